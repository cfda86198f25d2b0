//! Values, in and out.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn nested(levels: usize) -> serde_json::Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

#[test]
fn json_comes_back_as_it_went_in() {
    let cases = [
        json!(null),
        json!(true),
        json!(-7),
        json!(9_223_372_036_854_775_807_i64),
        json!(18_446_744_073_709_551_615_u64),
        json!(0.25),
        json!("text"),
        json!([]),
        json!({"b": [1, {"c": null}], "a": ""}),
        nested(64),
    ];
    for json in cases {
        assert_eq!(Value::from_json(&json).and_then(|value| value.to_json()), Ok(json));
    }
}

#[test]
fn json_beyond_the_limits_is_refused() {
    let long = "x".repeat(1024 * 1024 + 1);
    let many: Vec<u8> = vec![0; 100_000];
    let cases = [
        (nested(65), ValueError::TooDeep),
        (nested(90), ValueError::TooDeep),
        (json!(long), ValueError::StringTooLong),
        (json!({ long: 1 }), ValueError::StringTooLong),
        (json!(many), ValueError::TooManyNodes),
        (json!(1e32), ValueError::NumberTooLarge),
        (json!([-1e300]), ValueError::NumberTooLarge),
        (json!({"a": {"$serde_json::private::Number": "1"}}), ValueError::ReservedKey),
    ];
    for (json, want) in cases {
        assert_eq!(Value::from_json(&json), Err(want), "{}", want.code());
    }
}

/// serde_json itself may have turned the object into a number already: never into a string or an object.
#[test]
fn the_reserved_key_cannot_be_smuggled_in() {
    let text = r#"{"a": {"$serde_json::private::Number": "1"}}"#;
    let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
    match Value::from_json(&json) {
        Ok(value) => assert_eq!(value.get("a").and_then(|a| a.as_i64()), Some(1)),
        Err(error) => assert_eq!(error, ValueError::ReservedKey),
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e32, -1e32, f64::MAX] {
        assert_eq!(Value::number_f64(number), None, "{number}");
    }
    assert_eq!(Value::number_f64(0.5).and_then(|v| v.to_json().ok()), Some(json!(0.5)));
}

#[test]
fn readers_read_their_kind_only() {
    let value = Value::object([
        ("bool", Value::bool(true)),
        ("text", Value::string("a")),
        ("number", Value::integer(5)),
        ("list", Value::array(vec![Value::null(), Value::integer(1)])),
    ]);
    let field = |name: &str| value.get(name).expect("a field");
    assert_eq!(field("bool").as_bool(), Some(true));
    assert_eq!(field("text").as_bool(), None);
    assert_eq!(field("text").as_str(), Some("a"));
    assert_eq!(field("number").as_str(), None);
    assert_eq!(field("number").as_i64(), Some(5));
    assert_eq!(field("bool").as_i64(), None);
    assert_eq!(field("list").items().map(|items| items.len()), Some(2));
    assert_eq!(field("text").items(), None);
    assert!(value.is_object() && !field("list").is_object());
    assert!(field("list").items().is_some_and(|items| items[0].is_null()));
    assert_eq!(value.get("missing"), None);
    assert_eq!(field("text").get("a"), None);
    let names: Vec<&str> = value.entries().map(|(name, _)| name).collect();
    assert_eq!(names, ["bool", "list", "number", "text"]);
    assert_eq!(field("list").entries().count(), 0);
}

#[test]
fn an_object_is_built_with_prepared_keys() {
    let key = Key::new("spiffe_id");
    let mut object = ObjectBuilder::new();
    object.insert("spiffe_id", Value::integer(1));
    object.insert_key(&key, Value::string("later wins"));
    assert_eq!(object.build().to_json(), Ok(json!({"spiffe_id": "later wins"})));
}

#[test]
fn debug_shows_no_contents() {
    let value = Value::object([("secret-key", Value::string("secret-value"))]);
    for text in
        [format!("{value:?}"), format!("{:?}", Outcome::Defined(value)), format!("{:?}", Key::new("secret"))]
    {
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn sets_and_odd_keys_become_json() {
    let policy = loaded("package t\nr := {\"set\": {3, 1, 2}, 5: true, [1]: null}", "t/r");
    let Outcome::Defined(value) = evaluate(&policy, &json!({})) else { panic!("no value") };
    assert_eq!(value.to_json(), Ok(json!({"set": [1, 2, 3], "5": true, "[1]": null})));
    assert_eq!(value.get("set").and_then(|set| set.items()).map(|items| items.len()), Some(3));
}

#[test]
fn decision_paths() {
    let parse = |text: &str| DecisionPath::parse(text).map(|path| path.to_string());
    assert_eq!(parse("envoy/authz/allow"), Ok(String::from("data.envoy.authz.allow")));
    assert_eq!(parse("/envoy/authz"), Ok(String::from("data.envoy.authz")));
    assert_eq!(parse("data.envoy.authz.allow"), Ok(String::from("data.envoy.authz.allow")));
    assert_eq!(parse("a/b-c"), Ok(String::from("data.a[\"b-c\"]")));
    for (text, want) in [
        ("", DecisionPathError::Empty),
        ("/", DecisionPathError::Empty),
        ("data", DecisionPathError::Empty),
        ("a//b", DecisionPathError::Segment { index: 1 }),
        ("a/b/", DecisionPathError::Segment { index: 2 }),
        ("a/b c", DecisionPathError::Segment { index: 1 }),
        ("a/\"b", DecisionPathError::Segment { index: 1 }),
        ("data.a..b", DecisionPathError::Segment { index: 1 }),
        ("a.b", DecisionPathError::Segment { index: 0 }),
    ] {
        assert_eq!(DecisionPath::parse(text), Err(want), "{text}");
    }
    assert_eq!(DecisionPath::parse(&"a/".repeat(40)), Err(DecisionPathError::TooLong));
}
