//! No member twice: two readers of such a document can read two configurations.
//!
//! RFC 8259, section 4: "When the names within an object are not unique, the behavior of software that receives such an
//! object is unpredictable." serde refuses it for the fields of our own types; this is for what is passed on as it
//! stands, key sets and data.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Where in a JSON document a member stands twice, and its name.
///
/// # Errors
/// The path of the object, and what is wrong with it. Text that is not JSON is the business of who reads it.
pub(super) fn check(document: &[u8]) -> Result<(), (String, String)> {
    let mut json = serde_json::Deserializer::from_slice(document);
    match serde_path_to_error::deserialize::<_, Unique>(&mut json) {
        Ok(Unique) => Ok(()),
        Err(error) => {
            let path = error.path().to_string();
            let words = error.into_inner().to_string();
            let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
            Err((path, words.to_owned()))
        }
    }
}

/// A JSON value in which no object has a name twice.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Unique;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Unique, A::Error> {
        while sequence.next_element::<Unique>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if names.contains(&name) {
                map.next_value::<IgnoredAny>()?;
                return Err(A::Error::custom(format_args!("has the member `{name}` twice")));
            }
            map.next_value::<Unique>()?;
            names.insert(name);
        }
        Ok(Unique)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn twice(document: &str) -> String {
        check(document.as_bytes()).err().map(|(path, words)| format!("{path}: {words}")).unwrap_or_default()
    }

    #[test]
    fn a_member_that_stands_twice_is_found_with_its_object() {
        assert_eq!(twice(r#"{"a":1,"b":{"c":[{"d":1,"e":2}]},"f":[null,true,1.5,-1,"x"]}"#), "");
        assert_eq!(twice(r#"{"a":{"a":{"a":1}}}"#), "");
        assert_eq!(twice(r#"[{"a":1},{"a":1}]"#), "");
        assert!(twice(r#"{"a":1,"a":1}"#).ends_with("has the member `a` twice"));
        assert!(twice(r#"{"b":{"c":[0,{"d":1,"d":2}]}}"#).starts_with("b.c[1]"));
        assert!(twice(r#"{"b":{"c":1,"\u0063":2}}"#).ends_with("has the member `c` twice"));
    }
}
