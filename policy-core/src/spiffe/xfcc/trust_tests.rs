//! When a header is believed, rule by rule.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::super::id::SpiffeIdError;
use super::super::super::svid::SvidError;
use super::super::super::testing::{
    EDGE_LEAF, EDGE_LEAF_ID, SPIRE_LEAF, SPIRE_LEAF_ID, STEP_LEAF, TWO_URIS, XFCC_APPEND_JSON,
    XFCC_APPEND_TEXT, XFCC_INJECTED_JSON, XFCC_INJECTED_TEXT,
};
use super::super::XfccError;
use super::*;

const OUR_ID: &str = "spiffe://example.org/our";
const BY_EDGE: &str = "By=spiffe://example.org/edge";
const URI_CALLER: &str = "URI=spiffe://example.org/ns/shop/sa/frontend";

fn id(text: &str) -> SpiffeId {
    SpiffeId::parse(text).unwrap()
}

fn edge() -> X509Svid {
    X509Svid::from_pem(EDGE_LEAF).unwrap()
}

fn rule(hops: usize) -> XfccRule {
    XfccRule::new(vec![id(EDGE_LEAF_ID), id("spiffe://example.org/front-edge")], hops, None).unwrap()
}

/// What a header from the edge proxy gives.
fn from_edge(hops: usize, value: impl AsRef<[u8]>) -> Result<XfccIdentity, XfccRefusal> {
    let own = id(OUR_ID);
    let identity = rule(hops).identity(&[value.as_ref()], Some(&edge()), Some(&own))?;
    Ok(identity.expect("there is a header"))
}

fn refusal(hops: usize, value: impl AsRef<[u8]>) -> XfccRefusal {
    from_edge(hops, value).unwrap_err()
}

/// The element that our own proxy appends.
fn ours() -> String {
    format!("By={OUR_ID};Hash={};Subject=\"O=SPIRE,C=US\";URI={EDGE_LEAF_ID}", edge().sha256_hex())
}

/// A certificate as Envoy writes it in the text form.
fn url_encode(pem: &[u8]) -> String {
    let mut text = String::from_utf8(pem.to_vec()).unwrap();
    for (plain, encoded) in [("\n", "%0A"), (" ", "%20"), ("+", "%2B"), ("/", "%2F"), ("=", "%3D")] {
        text = text.replace(plain, encoded);
    }
    text
}

#[test]
fn the_header_of_a_real_envoy_names_the_caller() {
    for value in [XFCC_APPEND_TEXT, XFCC_APPEND_JSON] {
        let identity = from_edge(2, value).unwrap();
        let svid = X509Svid::from_pem(SPIRE_LEAF).unwrap();
        assert_eq!(identity.id().as_str(), SPIRE_LEAF_ID);
        assert_eq!(identity.hash(), Some(svid.sha256()));
        assert_eq!(identity.certificate(), Some(&svid));
    }
}

#[test]
fn a_header_that_is_forwarded_as_it_is_has_one_hop() {
    let identity = from_edge(1, format!("{BY_EDGE};{URI_CALLER}")).unwrap();
    assert_eq!(identity.id().as_str(), SPIRE_LEAF_ID);
    assert_eq!((identity.hash(), identity.certificate()), (None, None));
}

#[test]
fn without_a_header_there_is_no_identity_and_no_refusal() {
    for peer in [None, Some(&edge())] {
        assert_eq!(rule(1).identity(&[], peer, None), Ok(None));
    }
}

#[test]
fn the_header_has_one_line() {
    let line = format!("{BY_EDGE};{URI_CALLER}");
    let lines = [line.as_bytes(), line.as_bytes()];
    assert_eq!(rule(1).identity(&lines, Some(&edge()), None), Err(XfccRefusal::SeveralHeaders));
    assert_eq!(rule(1).identity(&[b"", b""], Some(&edge()), None), Err(XfccRefusal::SeveralHeaders));
}

#[test]
fn a_header_from_anybody_else_is_forged() {
    let line = format!("{BY_EDGE};{URI_CALLER}");
    let stranger = X509Svid::from_pem(SPIRE_LEAF).unwrap();
    for line in [line.as_bytes(), b"", b"malformed"] {
        assert_eq!(rule(1).identity(&[line], None, None), Err(XfccRefusal::NoPeer));
        assert_eq!(rule(1).identity(&[line], Some(&stranger), None), Err(XfccRefusal::UntrustedPeer));
    }
}

#[test]
fn a_malformed_header_is_refused_not_skipped() {
    assert_eq!(refusal(1, ""), XfccRefusal::Malformed(XfccError::Empty));
    assert_eq!(refusal(1, format!("{BY_EDGE};{URI_CALLER};")).code(), "xfcc_empty_pair");
    assert_eq!(refusal(1, "[{}").code(), "xfcc_json");
    assert_eq!(refusal(1, b"URI=\xff").code(), "xfcc_not_utf8");
    // The chosen element is well-formed; what is further left is not.
    assert_eq!(refusal(1, format!("Subject=\"x,{BY_EDGE};{URI_CALLER}")).code(), "xfcc_unbalanced_quote");
}

#[test]
fn there_are_as_many_elements_as_hops() {
    let caller = format!("{BY_EDGE};{URI_CALLER}");
    assert_eq!(refusal(2, ours()), XfccRefusal::TooFewElements);
    assert_eq!(
        refusal(3, format!("{BY_EDGE};URI=spiffe://example.org/front-edge,{}", ours())),
        XfccRefusal::TooFewElements
    );
    assert_eq!(refusal(32, format!("{caller},{}", ours())), XfccRefusal::UntrustedHop);
}

#[test]
fn what_is_further_left_is_not_read() {
    let forged = "By=x;URI=spiffe://example.org/admin,URI=,Hash=zz";
    let identity = from_edge(2, format!("{forged},{BY_EDGE};{URI_CALLER},{}", ours())).unwrap();
    assert_eq!(identity.id().as_str(), SPIRE_LEAF_ID);
}

#[test]
fn the_last_element_describes_the_peer_where_our_proxy_appends() {
    let caller = format!("{BY_EDGE};{URI_CALLER}");
    let hash = edge().sha256_hex();
    let other = "00".repeat(32);
    for last in
        [format!("Hash={hash}"), format!("URI={EDGE_LEAF_ID}"), format!("Hash={hash};URI={EDGE_LEAF_ID}")]
    {
        assert!(from_edge(2, format!("{caller},By={OUR_ID};{last}")).is_ok(), "{last}");
    }
    for last in [
        "Subject=\"\"".to_owned(),
        format!("Hash={other}"),
        "Hash=".to_owned(),
        format!("Hash={other};URI={EDGE_LEAF_ID}"),
        format!("Hash={hash};URI=spiffe://example.org/other"),
        format!("Hash={hash};URI="),
        format!("Hash={hash};URI={EDGE_LEAF_ID};URI={EDGE_LEAF_ID}"),
        URI_CALLER.to_owned(),
    ] {
        let value = format!("{caller},By={OUR_ID};{last}");
        assert_eq!(refusal(2, value), XfccRefusal::LastElementNotPeer, "{last}");
    }
}

#[test]
fn a_hop_count_that_does_not_fit_our_proxy_is_refused() {
    // Our proxy appends, and the rule takes the last element for the caller's.
    assert_eq!(refusal(1, XFCC_APPEND_TEXT), XfccRefusal::WriterMismatch);
    // Our proxy forwards, and the rule expects its element.
    let forwarded = format!("By=x;URI=spiffe://example.org/admin,{BY_EDGE};{URI_CALLER}");
    assert_eq!(refusal(2, forwarded), XfccRefusal::LastElementNotPeer);
}

#[test]
fn the_last_element_was_written_by_our_proxy() {
    let caller = format!("{BY_EDGE};{URI_CALLER}");
    let hash = edge().sha256_hex();
    for by in
        ["By=spiffe://example.org/other;".to_owned(), String::new(), format!("By={OUR_ID};By={OUR_ID};")]
    {
        let value = format!("{caller},{by}Hash={hash}");
        assert_eq!(refusal(2, &value), XfccRefusal::LastElementNotOurs, "{by}");
        let unknown_own = rule(2).identity(&[value.as_bytes()], Some(&edge()), None);
        assert!(unknown_own.is_ok(), "our own identity is not known: {by}");
    }
}

#[test]
fn every_proxy_in_between_is_trusted() {
    let caller = format!("By=spiffe://example.org/front-edge;{URI_CALLER}");
    let through = |hop: &str| format!("{caller},{hop},{}", ours());
    let trusted = format!("{BY_EDGE};URI=spiffe://example.org/front-edge");
    assert_eq!(from_edge(3, through(&trusted)).unwrap().id().as_str(), SPIRE_LEAF_ID);
    for hop in [
        format!("{BY_EDGE};URI=spiffe://example.org/other"),
        format!("{BY_EDGE};URI="),
        BY_EDGE.to_owned(),
        format!("{trusted};URI=spiffe://example.org/front-edge"),
    ] {
        assert_eq!(refusal(3, through(&hop)), XfccRefusal::UntrustedHop, "{hop}");
    }
}

#[test]
fn the_element_was_written_by_the_proxy_that_the_next_one_describes() {
    // The hop on the right is the edge's description of the front edge, so the front edge wrote the element.
    let hop = format!("{BY_EDGE};URI=spiffe://example.org/front-edge");
    for by in [BY_EDGE, "By=spiffe://example.org/other"] {
        let value = format!("{by};{URI_CALLER},{hop},{}", ours());
        assert_eq!(refusal(3, value), XfccRefusal::WriterMismatch, "{by}");
    }
}

#[test]
fn the_element_names_its_one_writer() {
    for (by, error) in [
        (String::new(), XfccRefusal::WriterUnclear),
        (format!("{BY_EDGE};{BY_EDGE};"), XfccRefusal::WriterUnclear),
        (format!("{BY_EDGE};By=;"), XfccRefusal::WriterUnclear),
        ("By=;".to_owned(), XfccRefusal::WriterMismatch),
        ("By=spiffe://example.org/other;".to_owned(), XfccRefusal::WriterMismatch),
        ("By=SPIFFE://example.org/edge;".to_owned(), XfccRefusal::WriterMismatch),
        ("By=spiffe://example.org/edge/x;".to_owned(), XfccRefusal::WriterMismatch),
        ("By=spiffe://example.org/edg;".to_owned(), XfccRefusal::WriterMismatch),
    ] {
        assert_eq!(refusal(1, format!("{by}{URI_CALLER}")), error, "{by}");
    }
}

#[test]
fn a_stated_writer_is_the_one() {
    let by = Some(id("spiffe://example.org/serving-edge"));
    let rule = XfccRule::new(vec![id(EDGE_LEAF_ID)], 1, by).unwrap();
    let identity = |by: &str| rule.identity(&[format!("{by};{URI_CALLER}").as_bytes()], Some(&edge()), None);
    assert!(identity("By=spiffe://example.org/serving-edge").is_ok());
    assert_eq!(identity(BY_EDGE), Err(XfccRefusal::WriterMismatch));
    assert_eq!(identity("Hash=00"), Err(XfccRefusal::WriterUnclear));
}

#[test]
fn an_element_that_a_real_certificate_wrote_is_refused() {
    assert_eq!(refusal(2, XFCC_INJECTED_TEXT), XfccRefusal::WriterRepeated);
    // The JSON form keeps it in its string, where it is no SPIFFE ID.
    assert_eq!(refusal(2, XFCC_INJECTED_JSON), XfccRefusal::SpiffeId(SpiffeIdError::Scheme));
}

#[test]
fn names_that_write_pairs_and_elements_are_refused() {
    let admin = "spiffe://example.org/admin";
    for (case, name) in [
        ("a pair", format!("https://x;URI={admin}")),
        ("two pairs", format!("https://x;{BY_EDGE};URI={admin}")),
        ("a second hash", format!("https://x;Hash=00;URI={admin}")),
        ("an element", format!("https://x,{BY_EDGE};URI={admin}")),
        ("an element without writer", format!("https://x,URI={admin}")),
        ("an element of another", format!("https://x,By=spiffe://example.org/front-edge;URI={admin}")),
        ("a whole element", format!("https://x,{BY_EDGE};Hash={};URI={admin}", "00".repeat(32))),
        ("two elements", format!("https://x,By=y;URI=z,{BY_EDGE};URI={admin}")),
        ("quotes", format!("https://x,{BY_EDGE};Subject=\"\";URI={admin}")),
        ("an open quote", format!("https://x,{BY_EDGE};URI={admin};Subject=\"")),
        ("what is there already", format!("{SPIRE_LEAF_ID};{BY_EDGE};URI={SPIRE_LEAF_ID}")),
    ] {
        let hash = "ab".repeat(32);
        for (place, element) in [
            ("uri", format!("{BY_EDGE};Hash={hash};Subject=\"CN=x\";URI={name};DNS=a;Issuer=\"O=ca\"")),
            ("dns", format!("{BY_EDGE};Hash={hash};Subject=\"CN=x\";URI=;DNS={name};Issuer=\"O=ca\"")),
            ("dns alone", format!("{BY_EDGE};Hash={hash};DNS={name}")),
        ] {
            assert!(from_edge(1, &element).is_err(), "{case} in {place}");
            assert!(from_edge(2, format!("{element},{}", ours())).is_err(), "{case} in {place}, appended");
        }
    }
}

#[test]
fn a_dns_name_brings_no_uri_along() {
    let value = format!("{BY_EDGE};Hash={};DNS=x;URI=spiffe://example.org/admin", "ab".repeat(32));
    assert_eq!(refusal(1, value), XfccRefusal::OutOfOrder);
}

#[test]
fn the_element_has_exactly_one_uri() {
    assert_eq!(refusal(1, BY_EDGE), XfccRefusal::NoUri);
    assert_eq!(refusal(1, format!("{BY_EDGE};URI=")), XfccRefusal::NoUri);
    let two = XfccRefusal::SeveralUris { count: 2 };
    assert_eq!(refusal(1, format!("{BY_EDGE};{URI_CALLER};{URI_CALLER}")), two);
    assert_eq!(refusal(1, format!("{BY_EDGE};{URI_CALLER};URI=")), two);
    assert_eq!(refusal(1, format!("{BY_EDGE};URI=;{URI_CALLER}")), two);
    assert_eq!(
        refusal(1, format!(r#"[{{"by":["{EDGE_LEAF_ID}"],"uri":["{SPIRE_LEAF_ID}","{SPIRE_LEAF_ID}"]}}]"#)),
        two
    );
}

#[test]
fn the_uri_is_a_spiffe_id_with_a_path() {
    assert_eq!(refusal(1, format!("{BY_EDGE};URI=spiffe://example.org")), XfccRefusal::RootPath);
    for (uri, error) in [
        ("https://example.org/x", SpiffeIdError::Scheme),
        ("\" spiffe://example.org/x\"", SpiffeIdError::Scheme),
        ("spiffe://example.org/x%2fy", SpiffeIdError::PathPercentEncoding { position: 22 }),
        ("\"spiffe://example.org/x;y\"", SpiffeIdError::PathCharacter { position: 22 }),
        ("\"spiffe://example.org/x\\y\"", SpiffeIdError::PathCharacter { position: 22 }),
        ("spiffe://example.org/\u{e9}", SpiffeIdError::NotAscii { position: 21 }),
    ] {
        assert_eq!(refusal(1, format!("{BY_EDGE};URI={uri}")), XfccRefusal::SpiffeId(error), "{uri}");
    }
}

#[test]
fn the_certificate_names_the_same_caller() {
    let with = |pem: &[u8]| format!("{BY_EDGE};Cert=\"{}\";{URI_CALLER}", url_encode(pem));
    let identity = from_edge(1, with(SPIRE_LEAF)).unwrap();
    assert_eq!(identity.certificate().unwrap().id(), identity.id());
    assert_eq!(refusal(1, with(EDGE_LEAF)), XfccRefusal::CertificateIdMismatch);
    assert_eq!(refusal(1, with(TWO_URIS)), XfccRefusal::Certificate(SvidError::SeveralUriSans { count: 2 }));
    assert_eq!(refusal(1, with(b"")).code(), "pem_no_begin");
    assert_eq!(refusal(1, with(&[SPIRE_LEAF, SPIRE_LEAF].concat())).code(), "pem_several_blocks");
}

#[test]
fn the_certificate_is_url_encoded() {
    for text in ["%", "%zz", "-----BEGIN%2"] {
        let value = format!("{BY_EDGE};Cert=\"{text}\";{URI_CALLER}");
        assert_eq!(refusal(1, value), XfccRefusal::CertificateEncoding, "{text}");
    }
}

#[test]
fn the_hash_is_that_of_the_certificate() {
    let hash = X509Svid::from_pem(SPIRE_LEAF).unwrap().sha256_hex();
    let with =
        |hash: &str, pem: &[u8]| format!("{BY_EDGE};Hash={hash};Cert=\"{}\";{URI_CALLER}", url_encode(pem));
    assert!(from_edge(1, with(&hash, SPIRE_LEAF)).is_ok());
    assert_eq!(refusal(1, with(&hash, STEP_LEAF)), XfccRefusal::HashMismatch);
    assert_eq!(refusal(1, with(&"00".repeat(32), SPIRE_LEAF)), XfccRefusal::HashMismatch);
    for malformed in ["", "00", "zz", &"0".repeat(63), &format!("{hash}00")] {
        assert_eq!(refusal(1, with(malformed, SPIRE_LEAF)), XfccRefusal::HashMalformed, "{malformed}");
        let alone = format!("{BY_EDGE};Hash={malformed};{URI_CALLER}");
        assert_eq!(refusal(1, alone), XfccRefusal::HashMalformed, "{malformed}");
    }
}

#[test]
fn refusals_do_not_echo_the_header() {
    let error = refusal(1, format!("{BY_EDGE};URI=spiffe://example.org/hunter2?"));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    assert_eq!(error.code(), "spiffe_id_query");
}
