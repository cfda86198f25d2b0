//! What holds for every header, over many that are made or damaged at random.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::id::SpiffeId;
use super::super::svid::X509Svid;
use super::super::testing::{
    EDGE_LEAF, EDGE_LEAF_ID, Noise, SPIRE_LEAF_ID, XFCC_APPEND_JSON, XFCC_APPEND_TEXT,
};
use super::element::XfccCertificate;
use super::*;

/// The text form of elements, with values in quotes where the documentation asks for them.
fn print(elements: &[XfccElement<'_>]) -> String {
    let pair = |key: &str, value: &str| match value.contains([';', ',', '=', '"']) {
        true => format!("{key}=\"{}\"", value.replace('"', "\\\"")),
        false => format!("{key}={value}"),
    };
    let mut texts = Vec::new();
    for element in elements {
        let mut pairs: Vec<String> = element.by().map(|value| pair("By", value)).collect();
        pairs.extend(element.hash().map(|value| pair("Hash", value)));
        if let Some(XfccCertificate::UrlEncoded(value)) = &element.cert {
            pairs.push(pair("Cert", value));
        }
        pairs.extend(element.has_chain().then(|| "Chain=\"\"".to_owned()));
        pairs.extend(element.subject().map(|value| pair("Subject", value)));
        pairs.extend(element.uri().map(|value| pair("URI", value)));
        pairs.extend(element.dns().map(|value| pair("DNS", value)));
        if pairs.is_empty() {
            pairs.push("Unknown=".to_owned());
        }
        texts.push(pairs.join(";"));
    }
    texts.join(",")
}

fn rule(hops: usize) -> XfccRule {
    XfccRule::new(vec![SpiffeId::parse(EDGE_LEAF_ID).unwrap()], hops, None).unwrap()
}

#[test]
fn what_is_read_prints_and_reads_again_as_the_same() {
    const PARTS: &[&str] = &[
        "By",
        "URI",
        "DNS",
        "Hash",
        "Subject",
        "Cert",
        "X",
        "=",
        "=",
        "=",
        ";",
        ";",
        ",",
        "\"",
        "\"",
        "\\",
        "\\\"",
        "a",
        "spiffe://a/b",
        "%20",
        "\u{e9}",
        " ",
    ];
    let mut noise = Noise::seeded(3);
    let mut read = 0;
    for _ in 0..100_000 {
        let value: String = (0..noise.below(12)).map(|_| PARTS[noise.below(PARTS.len())]).collect();
        let Ok(first) = Xfcc::parse(value.as_bytes()) else { continue };
        read += 1;
        let printed = print(first.elements());
        let second = Xfcc::parse(printed.as_bytes()).unwrap();
        for (left, right) in first.elements().iter().zip(second.elements()) {
            let right = XfccElement { uri_after_dns: left.uri_after_dns, ..right.clone() };
            assert_eq!(left, &right, "{value:?} printed as {printed:?}");
        }
        assert_eq!(first.elements().len(), second.elements().len(), "{value:?}");
    }
    assert!(read > 500, "the generator makes valid headers too: {read}");
}

#[test]
fn no_truncated_header_names_anybody() {
    let edge = X509Svid::from_pem(EDGE_LEAF).unwrap();
    for value in [XFCC_APPEND_TEXT, XFCC_APPEND_JSON] {
        for length in 0..value.len() {
            for hops in [1, 2] {
                let identity = rule(hops).identity(&[&value[..length]], Some(&edge), None);
                // Cut between elements or pairs, the text form is what a proxy that says less would write.
                let between = matches!(value[length], b',' | b';') || value[..length].ends_with(b"Subject=");
                match identity {
                    Err(_) => {}
                    Ok(identity) if between && value == XFCC_APPEND_TEXT => {
                        assert_eq!(identity.unwrap().id().as_str(), SPIRE_LEAF_ID);
                    }
                    Ok(identity) => panic!("{length} bytes, {hops} hops: {identity:?}"),
                }
            }
        }
    }
}

#[test]
fn a_changed_header_never_names_somebody_that_is_not_in_it() {
    let edge = X509Svid::from_pem(EDGE_LEAF).unwrap();
    let mut noise = Noise::seeded(4);
    for value in [XFCC_APPEND_TEXT, XFCC_APPEND_JSON] {
        for position in 0..value.len() {
            for change in [0x01, 0x20, 0x80, noise.byte() | 1] {
                let mut changed = value.to_vec();
                changed[position] ^= change;
                let Ok(identity) = rule(2).identity(&[&changed], Some(&edge), None) else { continue };
                // The element holds the certificate, so the URI cannot change without it.
                assert_eq!(identity.unwrap().id().as_str(), SPIRE_LEAF_ID, "byte {position}");
            }
        }
    }
}

#[test]
fn noise_is_refused_or_read_and_nothing_else() {
    let edge = X509Svid::from_pem(EDGE_LEAF).unwrap();
    let mut noise = Noise::seeded(5);
    for _ in 0..20_000 {
        let value: Vec<u8> = (0..noise.below(64)).map(|_| noise.byte()).collect();
        assert!(rule(1).identity(&[&value], Some(&edge), None).is_err(), "{value:?}");
    }
}
