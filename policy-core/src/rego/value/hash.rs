//! Hashes of values: equal values have equal hashes.

use std::hash::{Hash, Hasher};

use super::Value;

impl Hash for Value<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Bool(value) => value.hash(state),
            Self::Number(value) => value.hash(state),
            Self::String(value) => value.as_str().hash(state),
            Self::Array(items) => items.items().hash(state),
            Self::Set(items) => items.items().hash(state),
            Self::Object(object) => object.entries().hash(state),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::JsonLimits;
    use super::*;

    fn hashed(json: &str) -> (Value<'static>, u64) {
        let value = Value::from_json(json.as_bytes(), JsonLimits::REQUEST).expect("JSON");
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(&value);
        (value, hash)
    }

    #[test]
    fn equal_values_have_equal_hashes() {
        let groups = [
            ["1", "1.0", "1e0"],
            ["100", "1e2", "0.1e3"],
            ["0", "-0", "0.00e5"],
            ["1.5", "1.50", "15e-1"],
            ["-1e30", "-1000000000000000000000000000000", "-1.0E+30"],
            ["9223372036854775808", "9223372036854775808.0", "9.223372036854775808e18"],
            [r#"{"a":1,"b":[2]}"#, r#"{"b":[2.0],"a":1.0}"#, r#"{"a":0,"a":1,"b":[2]}"#],
        ];
        for group in groups {
            let first = hashed(group[0]);
            for other in group.map(hashed) {
                assert!(first == other, "{group:?}");
            }
        }
        assert!(hashed("1").1 != hashed("\"1\"").1);
    }
}
