//! `walk`: a value and all that is in it, each with its path.

use super::operands::{Answer, any, takes};
use super::{Call, Failure, Meter, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[("walk", all)];

/// All pairs of path and value in one array, for callers that cannot take them one by one.
fn all<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let mut pairs = Vec::new();
    walk(call.meter, any(args, 1)?, &mut |meter, path, value| {
        takes(meter, path.len().saturating_add(3))?;
        pairs.push(Value::array(vec![Value::array(path.to_vec()), value.clone()]));
        Ok(true)
    })?;
    Ok(Some(Value::array(pairs)))
}

/// What is called with each path and value, until it says `false`.
pub(in crate::rego) type Visit<'f, 'v> =
    &'f mut dyn FnMut(&mut Meter, &[Value<'v>], &Value<'v>) -> Result<bool, Failure>;

/// Visits a value and then all that is in it, in order: a set's members by themselves as keys. A step each. Recursion is
/// as deep as the value.
///
/// # Errors
/// When the budget is used up, and what the visitor returns.
pub(in crate::rego) fn walk<'v>(
    meter: &mut Meter,
    value: &Value<'v>,
    visit: Visit<'_, 'v>,
) -> Result<bool, Failure> {
    go(meter, &mut Vec::new(), value, visit)
}

fn go<'v>(
    meter: &mut Meter,
    path: &mut Vec<Value<'v>>,
    value: &Value<'v>,
    visit: Visit<'_, 'v>,
) -> Result<bool, Failure> {
    meter.steps(1)?;
    if !visit(meter, path, value)? {
        return Ok(false);
    }
    let mut below = |key: Value<'v>, value: &Value<'v>| {
        path.push(key);
        let goes_on = go(meter, path, value, visit);
        path.pop();
        goes_on
    };
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if !below(Value::integer(i64::try_from(index).unwrap_or(i64::MAX)), item)? {
                    return Ok(false);
                }
            }
        }
        Value::Object(object) => {
            for (key, value) in object.entries() {
                if !below(key.clone(), value)? {
                    return Ok(false);
                }
            }
        }
        Value::Set(items) => {
            for item in items.iter() {
                if !below(item.clone(), item)? {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::rego::value::JsonLimits;

    #[test]
    fn visits_parents_first_and_in_order() {
        let value = Value::from_json(br#"{"b": [1, {"c": 2}], "a": 3}"#, JsonLimits::REQUEST).expect("JSON");
        let mut seen = Vec::new();
        walk(&mut Meter::new(100, 0), &value, &mut |_, path, value| {
            seen.push(format!("{} {}", Value::array(path.to_vec()).to_json(), value.to_json()));
            Ok(seen.len() < 5)
        })
        .expect("within the limits");
        let all = r#"{"a":3,"b":[1,{"c":2}]}"#;
        let wanted = [
            format!("[] {all}"),
            r#"["a"] 3"#.into(),
            r#"["b"] [1,{"c":2}]"#.into(),
            r#"["b",0] 1"#.into(),
            r#"["b",1] {"c":2}"#.into(),
        ];
        assert_eq!(seen, wanted);
    }
}
