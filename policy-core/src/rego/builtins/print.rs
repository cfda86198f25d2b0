//! What `print` and template strings write.

use super::operands::{Answer, array, error};
use super::{Call, Failure, Meter, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[("internal.template_string", template_string)];

/// Joins the parts. Each is a string or another plain value, or a set of one value (its expression's) or none.
fn template_string<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let parts = array(args, 1)?;
    let mut lines = Vec::new();
    print_lines(call.meter, parts, "", |line| lines.push(line))?;
    match lines.len() {
        0 | 1 => Ok(Some(Value::from(lines.pop().unwrap_or_default()))),
        _ => Err(Failure::Limit("template-strings must not produce multiple outputs")),
    }
}

/// The lines that `print` writes: one for each combination of the members of its operands, which are sets of the
/// values of each; a set of none is `<undefined>`. Plain values may stand for themselves.
///
/// # Errors
/// If an operand is a collection but no set, or the budget is used up.
pub(in crate::rego) fn print_lines(
    meter: &mut Meter,
    operands: &[Value<'_>],
    separator: &str,
    mut line: impl FnMut(String),
) -> Result<(), Failure> {
    let mut choices: Vec<&[Value<'_>]> = Vec::with_capacity(operands.len());
    for operand in operands {
        choices.push(match operand {
            Value::Set(set) => set.items(),
            Value::Array(_) | Value::Object(_) => {
                return Err(error(format!("illegal argument type: {}", operand.type_name())));
            }
            _ => std::slice::from_ref(operand),
        });
    }
    let mut chosen = vec![0_usize; choices.len()];
    loop {
        let mut text = String::new();
        for (index, (choice, at)) in choices.iter().zip(&chosen).enumerate() {
            if index > 0 {
                text.push_str(separator);
            }
            match choice.get(*at) {
                None => text.push_str("<undefined>"),
                Some(Value::String(part)) => text.push_str(part),
                Some(value) => {
                    meter.makes(value.size_in_bytes())?;
                    value.write_rego(&mut text);
                }
            }
            meter.steps(1)?;
        }
        meter.makes(text.len())?;
        line(text);
        // The next combination: the last operand changes fastest.
        let mut is_over = true;
        for (choice, at) in choices.iter().zip(&mut chosen).rev() {
            *at = at.saturating_add(1);
            if *at < choice.len() {
                is_over = false;
                break;
            }
            *at = 0;
        }
        if is_over {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::rego::value::Set;

    fn set(items: Vec<Value<'static>>) -> Value<'static> {
        Value::Set(items.into_iter().collect::<Set<'_>>())
    }

    #[test]
    fn prints_each_combination() {
        let operands = [
            set(vec![Value::text("a")]),
            set(vec![]),
            set(vec![Value::integer(1), Value::array(vec![Value::text("x")])]),
        ];
        let mut lines = Vec::new();
        print_lines(&mut Meter::new(1000, 10_000), &operands, " ", |line| lines.push(line)).expect("lines");
        assert_eq!(lines, ["a <undefined> 1", "a <undefined> [\"x\"]"]);
    }

    #[test]
    fn no_operands_are_one_empty_line() {
        let mut lines = Vec::new();
        print_lines(&mut Meter::new(1000, 10_000), &[], " ", |line| lines.push(line)).expect("lines");
        assert_eq!(lines, [""]);
    }

    #[test]
    fn stops_at_the_budget() {
        let many = || set((0..1000).map(Value::integer).collect());
        let mut lines: usize = 0;
        let printed =
            print_lines(&mut Meter::new(1000, 100_000), &[many(), many(), many()], " ", |_| lines += 1);
        assert!(matches!(printed, Err(Failure::Limit(_))));
        assert!(lines < 1000);
    }
}
