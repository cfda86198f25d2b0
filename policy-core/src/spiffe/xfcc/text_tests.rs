//! The text form, rule by rule.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::{Xfcc, XfccForm};
use super::*;

fn parse(value: &str) -> Vec<XfccElement<'_>> {
    let xfcc = Xfcc::parse(value.as_bytes()).unwrap();
    assert_eq!(xfcc.form(), XfccForm::Text);
    xfcc.elements().to_vec()
}

fn refusal(value: impl AsRef<[u8]>) -> XfccError {
    Xfcc::parse(value.as_ref()).unwrap_err()
}

#[test]
fn an_element_has_pairs() {
    let hash = "ab".repeat(32);
    let value = format!(
        "By=spiffe://a/edge;Hash={hash};Cert=\"-----BEGIN%20\";Chain=\"x\";Subject=\"O=shop,CN=web\";\
         URI=spiffe://a/web;DNS=web.example;DNS=www.example;Issuer=\"O=ca\""
    );
    let [element] = parse(&value).try_into().unwrap();
    assert_eq!(element.by().collect::<Vec<_>>(), ["spiffe://a/edge"]);
    assert_eq!(element.hash(), Some(hash.as_str()));
    assert!(element.has_certificate() && element.has_chain());
    assert_eq!(element.subject(), Some("O=shop,CN=web"));
    assert_eq!(element.uri().collect::<Vec<_>>(), ["spiffe://a/web"]);
    assert_eq!(element.dns().collect::<Vec<_>>(), ["web.example", "www.example"]);
    assert!(!element.uri_after_dns);
}

#[test]
fn elements_are_divided_by_commas_in_order() {
    let elements = parse("URI=spiffe://a/1,URI=spiffe://a/2,URI=spiffe://a/3;By=x");
    let uris: Vec<_> = elements.iter().flat_map(XfccElement::uri).collect();
    assert_eq!(uris, ["spiffe://a/1", "spiffe://a/2", "spiffe://a/3"]);
    assert_eq!(elements[2].by().count(), 1);
}

#[test]
fn keys_are_case_insensitive() {
    let [element] = parse("bY=a;hASH=b;uri=c;dns=d;SUBJECT=\"e\"").try_into().unwrap();
    assert_eq!(element.by().chain(element.uri()).chain(element.dns()).collect::<Vec<_>>(), ["a", "c", "d"]);
    assert_eq!((element.hash(), element.subject()), (Some("b"), Some("e")));
}

#[test]
fn by_uri_and_dns_may_repeat() {
    let [element] = parse("By=a;By=b;URI=c;URI=d;DNS=e;DNS=f").try_into().unwrap();
    assert_eq!((element.by().count(), element.uri().count(), element.dns().count()), (2, 2, 2));
}

#[test]
fn the_subject_and_the_uri_may_be_empty() {
    let [element] = parse("Hash=;Subject=\"\";URI=").try_into().unwrap();
    assert_eq!((element.hash(), element.subject()), (Some(""), Some("")));
    assert_eq!(element.uri().collect::<Vec<_>>(), [""]);
}

#[test]
fn unknown_keys_are_passed_over() {
    let [element] = parse("Issuer=\"O=ca\";X-1_y=z;Issuer=\"again\";URI=a").try_into().unwrap();
    assert_eq!(element.uri().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn dividers_inside_quotes_divide_nothing() {
    let [element] = parse(r#"Subject="a;b,c=d";URI=x"#).try_into().unwrap();
    assert_eq!(element.subject(), Some("a;b,c=d"));
    assert_eq!(element.uri().count(), 1);
}

#[test]
fn an_escaped_quote_is_a_quote() {
    let [element] = parse(r#"Subject="a \"q\" \, b";URI=x"#).try_into().unwrap();
    assert_eq!(element.subject(), Some(r#"a "q" \, b"#));
}

#[test]
fn a_doubled_backslash_does_not_escape_the_quote_after_it() {
    // What Envoy 1.40 writes for a subject whose common name ends with a backslash.
    let [element] =
        parse(r#"Subject="O=a \"q\" \\ c\, d\;e=f,CN=end\\";URI=spiffe://a/b"#).try_into().unwrap();
    assert_eq!(element.subject(), Some(r#"O=a "q" \\ c\, d\;e=f,CN=end\\"#));
    assert_eq!(element.uri().collect::<Vec<_>>(), ["spiffe://a/b"]);
    // The escaped quote keeps the value open, so the rest is no pair and the value never ends.
    let open = r#"Subject="CN=end\";URI=spiffe://a/b"#;
    assert_eq!(refusal(open), XfccError::UnbalancedQuote { position: 8 });
}

#[test]
fn a_quote_is_closed() {
    assert_eq!(refusal(r#"Subject="abc"#), XfccError::UnbalancedQuote { position: 8 });
    assert_eq!(refusal(r#"Subject=""#), XfccError::UnbalancedQuote { position: 8 });
    assert_eq!(refusal(r#"Subject="\"#), XfccError::UnbalancedQuote { position: 8 });
    assert_eq!(refusal("Subject=\"\\é"), XfccError::UnbalancedQuote { position: 8 });
}

#[test]
fn nothing_follows_a_closed_quote() {
    assert_eq!(refusal(r#"Subject="a"b;URI=x"#), XfccError::AfterQuote { position: 11 });
    assert_eq!(refusal(r#"Subject="a" ;URI=x"#), XfccError::AfterQuote { position: 11 });
    assert_eq!(refusal(r#"Subject="a""b""#), XfccError::AfterQuote { position: 11 });
}

#[test]
fn quotes_and_equals_signs_are_quoted() {
    assert_eq!(refusal(r#"URI=a"b"#), XfccError::Unquoted { position: 5 });
    assert_eq!(refusal("URI=a=b"), XfccError::Unquoted { position: 5 });
    assert_eq!(refusal("Subject=CN=web"), XfccError::Unquoted { position: 10 });
}

#[test]
fn there_is_no_empty_pair_or_element() {
    for (value, position) in [
        (",", 0),
        (";", 0),
        (",URI=a", 0),
        (";URI=a", 0),
        ("URI=a,", 6),
        ("URI=a;", 6),
        ("URI=a,,URI=b", 6),
        ("URI=a;;By=b", 6),
        ("URI=a;,URI=b", 6),
    ] {
        assert_eq!(refusal(value), XfccError::EmptyPair { position }, "{value}");
    }
    assert_eq!(refusal(""), XfccError::Empty);
}

#[test]
fn a_key_has_a_value() {
    assert_eq!(refusal("URI"), XfccError::MissingEquals { position: 3 });
    assert_eq!(refusal("URI;By=a"), XfccError::MissingEquals { position: 3 });
    assert_eq!(refusal("By=a,URI"), XfccError::MissingEquals { position: 8 });
}

#[test]
fn a_key_is_a_word() {
    for (value, position) in [
        ("=a", 0),
        (" URI=a", 0),
        ("By=a; URI=b", 5),
        ("By=a, URI=b", 5),
        ("U RI=a", 1),
        ("\"URI\"=a", 0),
        ("é=a", 0),
    ] {
        assert_eq!(refusal(value), XfccError::Key { position }, "{value}");
    }
}

#[test]
fn what_an_element_has_once_is_not_repeated() {
    for key in ["Hash", "Cert", "Chain", "Subject"] {
        let value = format!("{key}=\"a\";URI=x;{}=\"b\"", key.to_uppercase());
        assert_eq!(refusal(&value), XfccError::DuplicateKey { position: key.len() + 11 }, "{key}");
        let divided = format!("{key}=\"a\",{key}=\"b\"");
        assert_eq!(parse(&divided).len(), 2, "each element has its own");
    }
}

#[test]
fn a_uri_after_a_dns_name_is_noticed() {
    assert!(parse("DNS=a;URI=b")[0].uri_after_dns);
    assert!(!parse("URI=b;DNS=a")[0].uri_after_dns);
    assert!(!parse("DNS=a,URI=b")[1].uri_after_dns);
}

#[test]
fn there_are_no_control_bytes() {
    assert_eq!(refusal("URI=a\0"), XfccError::ControlByte { position: 5 });
    assert_eq!(refusal("URI=a\tb"), XfccError::ControlByte { position: 5 });
    assert_eq!(refusal("Subject=\"a\r\nb\""), XfccError::ControlByte { position: 10 });
    assert_eq!(refusal("URI=\x7f"), XfccError::ControlByte { position: 4 });
}

#[test]
fn the_value_is_utf8() {
    assert_eq!(refusal(b"URI=a\xff"), XfccError::NotUtf8 { position: 5 });
    assert_eq!(refusal(b"Subject=\"\xc3\""), XfccError::NotUtf8 { position: 9 });
    assert_eq!(parse("Subject=\"é\"")[0].subject(), Some("é"));
}

#[test]
fn there_are_limits() {
    let most = vec!["URI=a"; 32].join(",");
    assert_eq!(parse(&most).len(), 32);
    assert_eq!(refusal(format!("{most},URI=a")), XfccError::TooManyElements);
    let pairs = vec!["DNS=a"; 256].join(";");
    assert_eq!(parse(&pairs)[0].dns().count(), 256);
    assert_eq!(refusal(format!("{pairs};DNS=a")), XfccError::TooManyPairs);
    let long = format!("Subject=\"{}\"", "a".repeat(64 * 1024 - 10));
    assert_eq!(parse(&long).len(), 1);
    assert_eq!(refusal(format!("{long};")), XfccError::TooLong { length: 64 * 1024 + 1 });
}
