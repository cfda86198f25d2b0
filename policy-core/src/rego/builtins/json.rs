//! `json.*`.

mod patch;
mod paths;

use super::operands::{Answer, any, error, object, string};
use super::{Call, Failure, Meter, Run};
use crate::rego::value::{JsonError, JsonLimits, Number, Reader, Value, by_text, quote_json};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("json.marshal", marshal),
    ("json.marshal_with_options", marshal_with_options),
    ("json.unmarshal", unmarshal),
    ("json.is_valid", is_valid),
    ("json.filter", paths::filter),
    ("json.remove", paths::remove),
    ("json.patch", patch::patch),
];

fn marshal<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let value = any(args, 1)?;
    pay(call.meter, value)?;
    check(value)?;
    Ok(Some(Value::from(value.to_json())))
}

/// `{"pretty": true, "indent": "\t", "prefix": ""}`: an indent or a prefix alone ask for pretty printing too.
fn marshal_with_options<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let value = any(args, 1)?;
    let options = object(args, 2)?;
    let (mut indent, mut prefix) = ("\t", "");
    let (mut is_pretty, mut is_implied) = (None, false);
    for (index, (key, option)) in options.entries().iter().enumerate() {
        let not_text = |name: &str| {
            let got = option.type_name();
            error(format!(
                "operand 2 key {name:?} failed cast to string: operand {index} must be string but got {got}"
            ))
        };
        let text = |name: &str| option.as_str().ok_or_else(|| not_text(name));
        match key.as_str() {
            Some("prefix") => (prefix, is_implied) = (text("prefix")?, true),
            Some("indent") => (indent, is_implied) = (text("indent")?, true),
            Some("pretty") => {
                let wanted =
                    option.as_bool().ok_or_else(|| error("operand 2 key \"pretty\" failed cast to bool"))?;
                is_pretty = Some(wanted);
            }
            Some(_) => return Err(error("operand 2 object contained unknown key")),
            None => return Err(error("operand 2 failed to stringify key")),
        }
    }
    pay(call.meter, value)?;
    check(value)?;
    if !is_pretty.unwrap_or(is_implied) {
        return Ok(Some(Value::from(value.to_json())));
    }
    let mut printer = Pretty { meter: call.meter, indent, prefix, out: prefix.to_owned() };
    printer.write(value, 0)?;
    Ok(Some(Value::from(printer.out)))
}

/// About what it takes as text.
fn pay(meter: &mut Meter, value: &Value<'_>) -> Result<(), Failure> {
    meter.makes(value.size_in_bytes())
}

/// A number that `to_number` took from text need not be JSON's.
fn check(value: &Value<'_>) -> Result<(), Failure> {
    let is_good = match value {
        Value::Number(number) => Number::is_json(&number.text()),
        Value::Array(items) => return items.iter().try_for_each(check),
        Value::Set(items) => return items.iter().try_for_each(check),
        Value::Object(object) => {
            return object
                .entries()
                .iter()
                .try_for_each(|(key, value)| check(key).and_then(|()| check(value)));
        }
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    };
    if is_good { Ok(()) } else { Err(error("json: invalid number literal")) }
}

/// Go's `json.MarshalIndent`.
struct Pretty<'a> {
    meter: &'a mut Meter,
    indent: &'a str,
    prefix: &'a str,
    out: String,
}

impl Pretty<'_> {
    fn write(&mut self, value: &Value<'_>, depth: usize) -> Result<(), Failure> {
        let below = depth.saturating_add(1);
        match value {
            Value::Array(items) if !items.is_empty() => self.items(items, below),
            Value::Set(items) if !items.is_empty() => self.items(items, below),
            Value::Object(object) if !object.is_empty() => {
                self.out.push('{');
                for (index, (key, value)) in by_text(object.entries()).into_iter().enumerate() {
                    self.line(index > 0, below)?;
                    quote_json(&key, &mut self.out);
                    self.out.push_str(": ");
                    self.write(value, below)?;
                }
                self.line(false, depth)?;
                self.out.push('}');
                Ok(())
            }
            other => {
                other.write_json(&mut self.out);
                Ok(())
            }
        }
    }

    fn items(&mut self, items: &[Value<'_>], below: usize) -> Result<(), Failure> {
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            self.line(index > 0, below)?;
            self.write(item, below)?;
        }
        self.line(false, below.saturating_sub(1))?;
        self.out.push(']');
        Ok(())
    }

    /// A new line at a depth, after a comma if the last item is followed by another.
    fn line(&mut self, is_next: bool, depth: usize) -> Result<(), Failure> {
        let width = self.prefix.len().saturating_add(self.indent.len().saturating_mul(depth));
        self.meter.makes(width.saturating_add(2))?;
        if is_next {
            self.out.push(',');
        }
        self.out.push('\n');
        self.out.push_str(self.prefix);
        for _ in 0..depth {
            self.out.push_str(self.indent);
        }
        Ok(())
    }
}

/// One JSON text. As in OPA a `null` may follow, and anything after that.
fn unmarshal<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let mut reader = reader(call, string(args, 1)?)?;
    let value = reader.value().map_err(problem)?;
    if !reader.rest().is_empty() && !reader.rest().starts_with(b"null") {
        return Err(error(JsonError::Syntax(0).message()));
    }
    Ok(Some(value))
}

fn is_valid<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let Some(text) = any(args, 1)?.as_str() else { return Ok(Some(Value::Bool(false))) };
    let mut reader = reader(call, text)?;
    match reader.value().and_then(|_| reader.end()).map_err(problem) {
        Ok(()) => Ok(Some(Value::Bool(true))),
        Err(Failure::Operand(_)) => Ok(Some(Value::Bool(false))),
        Err(limit @ Failure::Limit(_)) => Err(limit),
    }
}

/// A value takes 32 bytes and more for each two of its text: `[0,0,..`.
fn reader<'t>(call: &mut Call<'_>, text: &'t str) -> Result<Reader<'t>, Failure> {
    call.meter.makes(text.len().saturating_mul(4))?;
    Ok(Reader::new(text.as_bytes(), JsonLimits::REQUEST))
}

/// What is not JSON is undefined; what is too large for us but not for OPA ends the evaluation.
fn problem(problem: JsonError) -> Failure {
    match problem {
        JsonError::Syntax(_) => error(problem.message()),
        JsonError::Depth | JsonError::Nodes | JsonError::Number => Failure::Limit(problem.message()),
    }
}
