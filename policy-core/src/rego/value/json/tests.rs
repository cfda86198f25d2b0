#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::rego::value::{ObjectBuilder, Set, Value};

fn read(text: &str) -> Result<Value<'static>, JsonError> {
    Value::from_json(text.as_bytes(), JsonLimits::REQUEST)
}

fn round_trip(text: &str) -> String {
    read(text).expect("JSON").to_json()
}

#[test]
fn keeps_numbers_and_sorts_keys() {
    assert_eq!(
        round_trip(r#" {"b": [1.50, 1E5, -0, 1e400], "a":null , "b2":true} "#),
        r#"{"a":null,"b":[1.50,1E5,-0,1e400],"b2":true}"#
    );
}

#[test]
fn of_equal_keys_the_last_stays() {
    assert_eq!(round_trip(r#"{"a":1,"b":2,"a":3}"#), r#"{"a":3,"b":2}"#);
}

#[test]
fn unescapes_as_go() {
    assert_eq!(
        read(r#""\ud83d\ude00\ud800x\udc00\u00e9\/""#).expect("JSON").as_str(),
        Some("\u{1f600}\u{fffd}x\u{fffd}é/")
    );
    assert_eq!(read(r#""\ud800\ud83d\ude00""#).expect("JSON").as_str(), Some("\u{fffd}\u{1f600}"));
    let invalid = Value::from_json(b"\"a\xff\xe2\x82b\"", JsonLimits::REQUEST).expect("JSON");
    assert_eq!(invalid.as_str(), Some("a\u{fffd}\u{fffd}\u{fffd}b"));
}

#[test]
fn escapes_as_go() {
    assert_eq!(
        Value::text("<&>\u{1}\u{7f}\u{2028}\u{8}\"").to_json(),
        r#""\u003c\u0026\u003e\u0001"#.to_owned() + "\u{7f}" + r#"\u2028\b\"""#
    );
}

#[test]
fn refuses_what_is_not_json() {
    for text in [
        "",
        " ",
        "01",
        "1.",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "'a'",
        "\"\u{1}\"",
        "nul",
        "1 2",
        "\u{feff}1",
        "\"\\x\"",
        "\"\\u12g4\"",
        "-",
        "[1",
        "{\"a\"",
        "\"a",
        "+1",
        "{\"a\" 1}",
    ] {
        assert!(matches!(read(text), Err(JsonError::Syntax(_))), "{text}");
    }
}

#[test]
fn keeps_its_limits() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(read(&nested(64)).is_ok());
    assert_eq!(read(&nested(65)).err(), Some(JsonError::Depth));
    assert_eq!(read(&format!("[{}1]", "1,".repeat(100_000))).err(), Some(JsonError::Nodes));
    assert_eq!(read("1e9999999").err(), Some(JsonError::Number));
}

#[test]
fn an_object_is_never_a_number() {
    let value = read(r#"{"$serde_json::private::Number":"1"}"#).expect("JSON");
    assert!(value.is_object());
    let json = value.to_serde();
    assert!(json.is_object());
    assert!(Value::from_serde(&json, JsonLimits::REQUEST).expect("a value").is_object());
}

#[test]
fn numbers_survive_serde() {
    let json: serde_json::Value = serde_json::from_str("[1.5, 18446744073709551615, -3, 0]").expect("JSON");
    let value = Value::from_serde(&json, JsonLimits::REQUEST).expect("a value");
    assert_eq!(value.to_json(), "[1.5,18446744073709551615,-3,0]");
    assert_eq!(value.to_serde(), json);
}

#[test]
fn keys_and_sets_become_json() {
    let mut object = ObjectBuilder::new();
    object.insert(Value::integer(1), Value::text("number"));
    object.insert(Value::text("1"), Value::text("text"));
    object.insert(
        Value::Set([Value::text("<"), Value::integer(2)].into_iter().collect::<Set<'_>>()),
        Value::Null,
    );
    object.insert(Value::Null, Value::Bool(false));
    assert_eq!(
        Value::Object(object.build()).to_json(),
        r#"{"1":"text","[2,\"\\u003c\"]":null,"null":false}"#
    );
}
