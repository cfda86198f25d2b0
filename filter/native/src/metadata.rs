//! A decision's metadata as Envoy's dynamic metadata: text, numbers, yes or no, and lists of text as such; anything else,
//! which Envoy's interface cannot be given as it is, as JSON text.

use policy_core::MetadataItem;
use serde_json::Value;

use crate::envoy::Stream;

/// Hands on one item.
pub(crate) fn put(stream: &Stream<'_>, item: &MetadataItem) {
    let (namespace, key) = (&*item.namespace, &*item.key);
    match &item.value {
        Value::String(text) => stream.metadata_text(namespace, key, text),
        Value::Bool(flag) => stream.metadata_flag(namespace, key, *flag),
        Value::Number(number) => match exact(number) {
            Some(number) => stream.metadata_number(namespace, key, number),
            None => stream.metadata_text(namespace, key, &number.to_string()),
        },
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => {
            for text in items.iter().filter_map(Value::as_str) {
                stream.metadata_list_text(namespace, key, text);
            }
        }
        Value::Null | Value::Array(_) | Value::Object(_) => {
            stream.metadata_text(namespace, key, &item.value.to_string());
        }
    }
}

/// The number as Envoy keeps numbers, a 64-bit float, where that says the same: whole numbers up to 2^53.
fn exact(number: &serde_json::Number) -> Option<f64> {
    const LARGEST: u64 = 1 << 53;
    let is_small = number.as_i64().is_none_or(|number| number.unsigned_abs() <= LARGEST)
        && number.as_u64().is_none_or(|number| number <= LARGEST);
    number.as_f64().filter(|_| is_small)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_that_would_change_is_text() {
        let number = |value: serde_json::Value| exact(value.as_number().unwrap());
        assert_eq!(number(json!(7)), Some(7.0));
        assert_eq!(number(json!(-1.5)), Some(-1.5));
        assert_eq!(number(json!(9_007_199_254_740_992_u64)), Some(9_007_199_254_740_992.0));
        for large in [json!(9_007_199_254_740_993_u64), json!(u64::MAX), json!(i64::MIN)] {
            assert_eq!(number(large), None);
        }
    }
}
