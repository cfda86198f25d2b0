//! The JSON form, since Envoy 1.38: an array of objects with the keys of the text form in lower case.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::limits::{MAX_XFCC_ELEMENTS, MAX_XFCC_PAIRS};
use super::element::{XfccCertificate, XfccElement};
use super::error::XfccError;

/// All elements of `value`, which begins with `[` and has no control bytes.
pub(super) fn elements(value: &str) -> Result<Vec<XfccElement<'static>>, XfccError> {
    let Bounded(objects) = serde_json::from_str::<Bounded<Element, MAX_XFCC_ELEMENTS>>(value)
        .map_err(|error| XfccError::Json { position: error.column() })?;
    Ok(objects.into_iter().map(|Element(object)| object.into_element()).collect())
}

/// One element, which is an object: what serde derives for a struct takes an array of its fields' values too.
struct Element(Object);

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ElementVisitor)
    }
}

struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Element;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, keys: A) -> Result<Self::Value, A::Error> {
        Object::deserialize(MapAccessDeserializer::new(keys)).map(Element)
    }
}

/// The keys of an element. One that is repeated, or of another type, is an error; keys that we do not know (Envoy 1.40
/// added `issuer`) are passed over.
#[derive(serde::Deserialize)]
struct Object {
    #[serde(default)]
    by: Bounded<String, MAX_XFCC_PAIRS>,
    #[serde(default, deserialize_with = "there")]
    hash: Option<String>,
    #[serde(default, deserialize_with = "there")]
    cert: Option<String>,
    #[serde(default, deserialize_with = "there")]
    chain: Option<Bounded<String, MAX_XFCC_PAIRS>>,
    #[serde(default, deserialize_with = "there")]
    subject: Option<String>,
    #[serde(default)]
    uri: Bounded<String, MAX_XFCC_PAIRS>,
    #[serde(default)]
    dns: Bounded<String, MAX_XFCC_PAIRS>,
}

impl Object {
    fn into_element(self) -> XfccElement<'static> {
        let Self { by, hash, cert, chain, subject, uri, dns } = self;
        XfccElement {
            by: by.into_texts(),
            hash: hash.map(Cow::Owned),
            cert: cert.map(XfccCertificate::Pem),
            chain: chain.is_some(),
            subject: subject.map(Cow::Owned),
            uri: uri.into_texts(),
            dns: dns.into_texts(),
            uri_after_dns: false,
        }
    }
}

/// A value for a key that is there; `null` is none.
fn there<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// An array of at most `MAX` items: the reader stops at the first one too many.
struct Bounded<T, const MAX: usize>(Vec<T>);

impl<const MAX: usize> Bounded<String, MAX> {
    fn into_texts(self) -> Vec<Cow<'static, str>> {
        self.0.into_iter().map(Cow::Owned).collect()
    }
}

impl<T, const MAX: usize> Default for Bounded<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Bounded<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(BoundedVisitor(Self(Vec::new())))
    }
}

struct BoundedVisitor<T, const MAX: usize>(Bounded<T, MAX>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for BoundedVisitor<T, MAX> {
    type Value = Bounded<T, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of at most {MAX} items")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Self::Value, A::Error> {
        while let Some(item) = items.next_element()? {
            let Bounded(found) = &mut self.0;
            if found.len() >= MAX {
                return Err(serde::de::Error::custom("too many items"));
            }
            found.push(item);
        }
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::{Xfcc, XfccForm};
    use super::*;

    fn refused(value: &str) -> bool {
        matches!(Xfcc::parse(value.as_bytes()), Err(XfccError::Json { .. }))
    }

    #[test]
    fn an_element_has_keys() {
        let value = r#"[{"by":["spiffe://a/edge"],"hash":"ab","cert":"-----BEGIN\n","chain":["x"],
            "subject":"CN=end\\\\","uri":["spiffe://a/web","spiffe://a/b"],"dns":["w"],"issuer":"O=ca"}]"#;
        let value = value.replace('\n', "");
        let xfcc = Xfcc::parse(value.as_bytes()).unwrap();
        assert_eq!(xfcc.form(), XfccForm::Json);
        let [element] = xfcc.elements() else { panic!("one element") };
        assert_eq!(element.by().collect::<Vec<_>>(), ["spiffe://a/edge"]);
        assert_eq!((element.hash(), element.subject()), (Some("ab"), Some(r"CN=end\\")));
        assert!(element.has_certificate() && element.has_chain());
        assert_eq!(element.uri().collect::<Vec<_>>(), ["spiffe://a/web", "spiffe://a/b"]);
        assert_eq!(element.dns().collect::<Vec<_>>(), ["w"]);
    }

    #[test]
    fn keys_may_be_missing_and_elements_empty() {
        let xfcc = Xfcc::parse(br#"[{},{"subject":""}]"#).unwrap();
        assert_eq!(xfcc.elements().len(), 2);
        assert_eq!(xfcc.elements()[0], XfccElement::default());
        assert_eq!(xfcc.elements()[1].subject(), Some(""));
    }

    #[test]
    fn dividers_of_the_text_form_divide_nothing() {
        let xfcc = Xfcc::parse(br#"[{"uri":["spiffe://x/y;URI=spiffe://z/w,By=q"]}]"#).unwrap();
        assert_eq!(xfcc.elements().len(), 1);
        assert_eq!(xfcc.elements()[0].uri().count(), 1);
    }

    #[test]
    fn there_is_an_element() {
        assert_eq!(Xfcc::parse(b"[]"), Err(XfccError::Empty));
    }

    #[test]
    fn it_is_an_array_of_objects_and_nothing_else() {
        for value in [
            "[",
            "[]x",
            "[{}",
            "[{}],By=x",
            "[{},]",
            "[,{}]",
            "[1]",
            "[null]",
            "[[]]",
            "[\"By=x\"]",
            "[{}{}]",
        ] {
            assert!(refused(value), "{value}");
        }
        assert!(
            refused(r#"[[["spiffe://a/edge"],"ab","x",["x"],"x",["spiffe://a/b"],[]]]"#),
            "values without keys"
        );
        // What Envoy appends to a value that only looks like the JSON form.
        assert!(refused(r#"[bad json,{"uri":["spiffe://a/b"]}]"#));
        assert!(refused(r#"[,{"uri":["spiffe://a/b"]}]"#));
    }

    #[test]
    fn a_known_key_has_its_type() {
        for pair in [
            r#""by":"spiffe://a/b""#,
            r#""uri":"spiffe://a/b""#,
            r#""uri":null"#,
            r#""uri":[null]"#,
            r#""uri":[1]"#,
            r#""hash":null"#,
            r#""hash":["ab"]"#,
            r#""cert":{}"#,
            r#""chain":"x""#,
            r#""subject":1"#,
            r#""dns":{}"#,
        ] {
            assert!(refused(&format!("[{{{pair}}}]")), "{pair}");
        }
    }

    #[test]
    fn a_known_key_is_not_repeated() {
        for key in ["by", "uri", "dns", "chain"] {
            assert!(refused(&format!(r#"[{{"{key}":["a"],"{key}":["a"]}}]"#)), "{key}");
        }
        for key in ["hash", "cert", "subject"] {
            assert!(refused(&format!(r#"[{{"{key}":"a","{key}":"a"}}]"#)), "{key}");
        }
        assert!(refused(r#"[{"uri":["a"],"\u0075ri":["b"]}]"#), "an escaped key is the same key");
    }

    #[test]
    fn there_are_limits() {
        let most = format!("[{}]", vec!["{}"; 32].join(","));
        assert_eq!(Xfcc::parse(most.as_bytes()).unwrap().elements().len(), 32);
        assert!(refused(&most.replacen("{}", "{},{}", 1)));
        let many = format!(r#"[{{"dns":[{}]}}]"#, vec!["\"a\""; 257].join(","));
        assert!(refused(&many));
        let deep = |key| format!(r#"[{{"{key}":{}{}}}]"#, "[".repeat(30_000), "]".repeat(30_000));
        assert!(refused(&deep("uri")));
        assert!(Xfcc::parse(deep("unknown").as_bytes()).is_ok(), "what is passed over needs no stack");
    }

    #[test]
    fn there_are_no_bare_control_bytes() {
        assert_eq!(Xfcc::parse(b"[{}\n]"), Err(XfccError::ControlByte { position: 3 }));
    }
}
