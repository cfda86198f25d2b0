//! Texts with places to fill in, and bytes that are no text.

use serde_json::Value;

use crate::{Context, Error, Result};

/// `text` with every `${NAME}` replaced by what `lookup` says of the name.
///
/// # Errors
/// A place is not closed, or nothing has its name.
pub fn filled(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').context(|| format!("{text}: a place is not closed"))?;
        out.push_str(before);
        out.push_str(&lookup(name).context(|| format!("nothing is called ${{{name}}}"))?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Every text in a JSON value, filled.
///
/// # Errors
/// As [`filled`].
pub fn filled_value(value: &Value, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Value> {
    Ok(match value {
        Value::String(text) => Value::String(filled(text, lookup)?),
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| filled_value(item, lookup)).collect::<Result<_>>()?)
        }
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| Ok((name.clone(), filled_value(value, lookup)?)))
                .collect::<Result<_>>()?,
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

/// The bytes that a value stands for: a filled text, `{hex: ..}`, or `{repeat: .., times: ..}` with optional `before` and
/// `after`. `null` is none.
///
/// # Errors
/// It is none of these.
pub fn bytes(value: &Value, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Option<Vec<u8>>> {
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    match value {
        Value::Null => Ok(None),
        Value::String(text) => filled(text, lookup).map(|text| Some(text.into_bytes())),
        Value::Object(_) => {
            if let Some(hex) = member("hex") {
                return unhex(hex).map(Some);
            }
            let times =
                value.get("times").and_then(Value::as_u64).and_then(|times| usize::try_from(times).ok());
            let (Some(unit), Some(times)) = (member("repeat"), times) else {
                return Err(Error::new("bytes are a text, {hex} or {repeat, times}"));
            };
            let (before, after) = (member("before").unwrap_or_default(), member("after").unwrap_or_default());
            let text = format!("{before}{}{after}", unit.repeat(times));
            filled(&text, lookup).map(|text| Some(text.into_bytes()))
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            Err(Error::new("bytes are a text, {hex} or {repeat, times}"))
        }
    }
}

fn unhex(digits: &str) -> Result<Vec<u8>> {
    let digits: Vec<char> = digits.chars().filter(|digit| !digit.is_whitespace()).collect();
    let byte = |pair: &[char]| -> Option<u8> {
        let &[high, low] = pair else { return None };
        u8::try_from(high.to_digit(16)? * 16 + low.to_digit(16)?).ok()
    };
    digits.chunks(2).map(|pair| byte(pair).context(|| "hexadecimal digits come in pairs")).collect()
}

/// Text in which every byte but the unreserved characters is percent-encoded, as Envoy writes PEM into a header.
pub fn url_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Seconds since 1970 of `YYYY-MM-DDTHH:MM:SSZ`.
///
/// # Errors
/// It is not such an instant.
pub fn instant(text: &str) -> Result<i64> {
    let numbers: Vec<i64> = text.split(['-', 'T', ':', 'Z']).filter_map(|part| part.parse().ok()).collect();
    let &[year, month, day, hour, minute, second] = numbers.as_slice() else {
        return Err(Error::new(format!("{text} is not an instant as 2026-11-18T10:00:00Z")));
    };
    // Days from the civil calendar, March as the first month: a leap day is then a year's last.
    let year = if month <= 2 { year - 1 } else { year };
    let era_year = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = era_year * 365 + era_year / 4 - era_year / 100 + day_of_year;
    let days = year.div_euclid(400) * 146_097 + day_of_era - 719_468;
    Ok(days * 86_400 + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(name: &str) -> Option<String> {
        (name == "a").then(|| "1".to_owned())
    }

    #[test]
    fn places_are_filled_and_unknown_ones_are_errors() {
        assert_eq!(filled("x${a}y${a}", &names).unwrap(), "x1y1");
        assert_eq!(filled_value(&json!({ "b": ["${a}", 2] }), &names).unwrap(), json!({ "b": ["1", 2] }));
        assert!(filled("${b}", &names).is_err());
        assert!(filled("${a", &names).is_err());
    }

    #[test]
    fn bytes_are_text_or_hexadecimal_or_repeated() {
        assert_eq!(bytes(&json!("${a}"), &names).unwrap(), Some(b"1".to_vec()));
        assert_eq!(bytes(&json!({ "hex": "00 fF" }), &names).unwrap(), Some(vec![0, 0xff]));
        assert_eq!(
            bytes(&json!({ "repeat": "ab", "times": 2, "before": "/" }), &names).unwrap(),
            Some(b"/abab".to_vec())
        );
        assert_eq!(bytes(&json!(null), &names).unwrap(), None);
        for bad in
            [json!({ "hex": "0" }), json!({ "hex": "zz" }), json!({ "repeat": "a" }), json!(1), json!([])]
        {
            assert!(bytes(&bad, &names).is_err(), "{bad}");
        }
    }

    #[test]
    fn instants_are_seconds_since_1970() {
        assert_eq!(instant("1970-01-01T00:00:00Z").unwrap(), 0);
        assert_eq!(instant("2000-02-29T12:00:01Z").unwrap(), 951_825_601);
        assert_eq!(instant("2026-11-22T00:36:00Z").unwrap(), 1_795_307_760);
        for bad in ["", "2026-11-22", "now", "2026-11-22T00:36Z"] {
            assert!(instant(bad).is_err(), "{bad}");
        }
    }
}
