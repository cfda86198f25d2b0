//! JSON text with fields in the order in which they are given, and numbers as they are.

use policy_core::rego::Value;

/// A JSON string.
#[must_use]
pub fn string(text: &str) -> String {
    Value::string(text).to_json()
}

/// A JSON object of fields that are JSON already.
#[must_use]
pub fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}:{value}", string(name))).collect();
    format!("{{{}}}", fields.join(","))
}

/// A JSON array of items that are JSON already.
#[must_use]
pub fn array(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

/// A number as Go prints it: without a fraction if it has none.
#[must_use]
pub fn float(number: f64) -> String {
    format!("{number}")
}

/// The same JSON over several lines, two spaces a level.
#[must_use]
pub fn indented(compact: &str) -> String {
    let mut text = String::with_capacity(compact.len().saturating_mul(2));
    let mut depth = 0_usize;
    let mut characters = compact.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                text.push('"');
                while let Some(inner) = characters.next() {
                    text.push(inner);
                    if inner == '\\' {
                        text.extend(characters.next());
                    } else if inner == '"' {
                        break;
                    }
                }
            }
            '{' | '[' => {
                text.push(character);
                if let Some(close) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(close);
                } else {
                    depth = depth.saturating_add(1);
                    line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(',');
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            other => text.push(other),
        }
    }
    text
}

fn line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::{array, indented, object, string};

    #[test]
    fn it_is_indented_as_go_does() {
        let json = object(&[
            ("a", array(["1".to_owned(), "{}".to_owned()])),
            ("b", string("x:{,\"")),
            ("c", "[]".to_owned()),
        ]);
        assert_eq!(
            indented(&json),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x:{,\\\"\",\n  \"c\": []\n}"
        );
    }
}
