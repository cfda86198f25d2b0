//! The built-ins against the answers of OPA, which `tests-data/rego/builtins-core.py` collected.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::TABLES;
use crate::rego::builtins::{Call, Failure, Meter, Patterns, Run};
use crate::rego::value::{JsonLimits, Number, Object, Set, Value};
use crate::time::UnixTime;

const CASES: &str = include_str!("../../../../tests-data/rego/builtins-core.json");

fn find(name: &str) -> Run {
    let mut all = TABLES.iter().flat_map(|table| table.iter());
    all.find(|(known, _)| *known == name).unwrap_or_else(|| panic!("there is no {name}")).1
}

fn call<'v>(name: &str, args: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    with_meter(name, args, Meter::new(10_000_000, 100_000_000))
}

fn with_meter<'v>(name: &str, args: &[Value<'v>], mut meter: Meter) -> Result<Option<Value<'v>>, Failure> {
    let patterns = Patterns::default();
    let mut call = Call { meter: &mut meter, now: UnixTime::from_secs(0), seed: 0, patterns: &patterns };
    find(name)(&mut call, args)
}

/// An argument from its JSON, in which `{"$set": [..]}` is a set.
fn decode(value: &Value<'static>) -> Value<'static> {
    match value {
        Value::Array(items) => Value::array(items.iter().map(decode).collect()),
        Value::Object(object) => {
            if let Some(Value::Array(items)) = object.get_str("$set") {
                return Value::Set(items.iter().map(decode).collect::<Set<'_>>());
            }
            if let Some(Value::Array(pairs)) = object.get_str("$object") {
                let pair = |pair: &Value<'static>| {
                    let Value::Array(pair) = pair else { panic!("a pair") };
                    (decode(&pair[0]), decode(&pair[1]))
                };
                return Value::Object(pairs.iter().map(pair).collect::<Object<'_>>());
            }
            Value::Object(object.entries().iter().map(|(key, value)| (key.clone(), decode(value))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Set(_) => value.clone(),
    }
}

#[test]
fn answers_as_opa() {
    let limits = JsonLimits { depth: 64, nodes: 10_000_000 };
    let cases = Value::from_json(CASES.as_bytes(), limits).expect("JSON");
    let Value::Array(cases) = &cases else { panic!("an array") };
    let mut wrong = Vec::new();
    for case in cases.iter() {
        let Value::Array(case) = case else { panic!("an array") };
        let (name, want) = (case[0].as_str().expect("a name"), &case[2]);
        let Value::Array(args) = decode(&case[1]) else { panic!("arguments") };
        let got = call(name, &args);
        let is_right = match (&got, want) {
            (Ok(Some(value)), Value::String(want)) => Value::array(vec![value.clone()]).to_rego() == **want,
            (Ok(None), Value::Null) => true,
            // The inside of Go's own number.
            (Err(Failure::Limit(_)), Value::String(want)) => {
                name == "sprintf" && want.contains("%!w(*big.Int=")
            }
            (Err(Failure::Operand(text)), Value::Object(_)) => {
                let want = want.get("error").and_then(Value::as_str).expect("a message");
                // Ours do not quote keys, which may be a request's.
                let quotes_a_key = want.contains("unknown key") || want.contains("at index");
                !want.starts_with("operand") || quotes_a_key || want == text
            }
            _ => false,
        };
        if !is_right {
            let got = got.map(|value| value.map(|value| value.to_rego()));
            wrong.push(format!(
                "{name}{}: want {}, got {got:?}",
                args.to_vec().iter().map(Value::to_rego).collect::<Vec<_>>().join(" ; "),
                want.to_rego()
            ));
        }
    }
    assert!(cases.len() > 10_000, "{} cases", cases.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn what_v0_only_has() {
    let one = |name: &str, value: Value<'static>| {
        call(name, &[value]).map(|value| value.map(|value| value.to_rego()))
    };
    let flags = |flags: &[bool]| Value::array(flags.iter().map(|flag| Value::Bool(*flag)).collect());
    let yes = || Ok(Some(String::from("true")));
    let no = || Ok(Some(String::from("false")));
    assert_eq!(one("all", flags(&[])), yes());
    assert_eq!(one("all", flags(&[true, false])), no());
    assert_eq!(one("any", flags(&[])), no());
    assert_eq!(one("any", flags(&[false, true])), yes());
    assert_eq!(one("any", Value::array(vec![Value::integer(1)])), no());
    assert_eq!(
        one("cast_set", Value::array(vec![Value::integer(1), Value::integer(1)])),
        Ok(Some("{1}".into()))
    );
    assert_eq!(one("cast_string", Value::text("a")), Ok(Some("\"a\"".into())));
    let wrong = one("cast_object", Value::Null);
    assert_eq!(wrong, Err(Failure::Operand("operand 1 must be object but got null".into())));
}

/// Small arguments that ask for much.
#[test]
fn nothing_takes_more_than_its_budget() {
    let number = |text: &str| Value::Number(Number::parse(text).expect("a number"));
    let long = Value::from("a".repeat(100_000));
    let complete =
        (0..24).map(|node| (Value::integer(node), Value::array((0..24).map(Value::integer).collect())));
    let cases = [
        ("numbers.range", vec![number("0"), number("1e9")]),
        ("numbers.range", vec![number("0"), number("1e1999")]),
        ("numbers.range_step", vec![number("0"), number("1e18"), number("2")]),
        ("bits.lsh", vec![number("1"), number("100000000")]),
        ("bits.and", vec![number("1e99999"), number("1")]),
        ("plus", vec![number("1e999999"), number("1")]),
        ("minus", vec![number("1e-999999"), number("1")]),
        ("mul", vec![number("1e1500"), number("1e1500")]),
        ("ceil", vec![number("1.5e99999")]),
        ("product", vec![Value::array(vec![number("1e900"); 1000])]),
        ("units.parse_bytes", vec![Value::text("1e999999K")]),
        ("units.parse", vec![Value::text("1e-999999")]),
        ("to_number", vec![Value::text("1e-9999999")]),
        ("format_int", vec![number("1e99999"), number("2")]),
        ("sprintf", vec![Value::text("%1000000d%1000000d"), Value::array(vec![number("1"), number("2")])]),
        ("sprintf", vec![Value::text("%.1000000f"), Value::array(vec![number("1.5")])]),
        ("replace", vec![long.clone(), Value::text("a"), long.clone()]),
        (
            "strings.replace_n",
            vec![Value::Object([(Value::text("a"), long.clone())].into_iter().collect()), long.clone()],
        ),
        ("concat", vec![long.clone(), Value::array(vec![long.clone(); 1000])]),
        ("split", vec![long.clone(), Value::text("")]),
        ("indexof_n", vec![long.clone(), Value::text("a")]),
        ("trim", vec![long.clone(), long.clone()]),
        ("json.unmarshal", vec![Value::from("[".repeat(1000))]),
        (
            "graph.reachable_paths",
            vec![Value::Object(complete.collect()), Value::array(vec![Value::integer(0)])],
        ),
    ];
    for (name, args) in cases {
        let got = with_meter(name, &args, Meter::new(100_000, 1_000_000));
        assert!(
            matches!(got, Err(Failure::Limit(_))),
            "{name}: {:?}",
            got.map(|value| value.map(|value| value.type_name()))
        );
    }
}
