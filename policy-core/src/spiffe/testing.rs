//! What the tests of this folder share: certificates made by real tools, certificates built field by field, and
//! repeatable noise.

/// As SPIRE issues it, for [`SPIRE_LEAF_ID`].
pub(super) const SPIRE_LEAF: &[u8] = include_bytes!("../../tests-data/spiffe/spire-leaf.pem");
pub(super) const SPIRE_LEAF_ID: &str = "spiffe://example.org/ns/shop/sa/frontend";
/// As SPIRE issues it, for [`EDGE_LEAF_ID`].
pub(super) const EDGE_LEAF: &[u8] = include_bytes!("../../tests-data/spiffe/edge-leaf.pem");
pub(super) const EDGE_LEAF_ID: &str = "spiffe://example.org/edge";
pub(super) const ISTIO_LEAF: &[u8] = include_bytes!("../../tests-data/spiffe/istio-leaf.pem");
pub(super) const STEP_LEAF: &[u8] = include_bytes!("../../tests-data/spiffe/step-leaf.pem");
pub(super) const CLIENT_ONLY_LEAF: &[u8] = include_bytes!("../../tests-data/spiffe/client-only-leaf.pem");
pub(super) const SERVER_ONLY: &[u8] = include_bytes!("../../tests-data/spiffe/server-only.pem");
pub(super) const TWO_URIS: &[u8] = include_bytes!("../../tests-data/spiffe/two-uris.pem");
pub(super) const NO_URI: &[u8] = include_bytes!("../../tests-data/spiffe/no-uri.pem");
pub(super) const HTTPS_URI: &[u8] = include_bytes!("../../tests-data/spiffe/https-uri.pem");
pub(super) const TRUST_DOMAIN_LEAF: &[u8] = include_bytes!("../../tests-data/spiffe/trust-domain-leaf.pem");
pub(super) const CA: &[u8] = include_bytes!("../../tests-data/spiffe/ca.pem");

/// Headers that a real Envoy wrote: see the README beside them.
pub(super) const XFCC_APPEND_TEXT: &[u8] = include_bytes!("../../tests-data/spiffe/xfcc-append.text");
pub(super) const XFCC_APPEND_JSON: &[u8] = include_bytes!("../../tests-data/spiffe/xfcc-append.json");
pub(super) const XFCC_INJECTED_TEXT: &[u8] = include_bytes!("../../tests-data/spiffe/xfcc-injected.text");
pub(super) const XFCC_INJECTED_JSON: &[u8] = include_bytes!("../../tests-data/spiffe/xfcc-injected.json");

/// Numbers that look random and are the same in every run: SplitMix64.
pub(super) struct Noise(u64);

impl Noise {
    pub(super) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap();
        usize::try_from(self.next().checked_rem(limit).unwrap()).unwrap()
    }

    pub(super) fn byte(&mut self) -> u8 {
        u8::try_from(self.next() & 0xff).unwrap()
    }
}

/// A DER element.
pub(super) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    match content.len() {
        length @ 0..=0x7f => element.push(u8::try_from(length).unwrap()),
        length @ 0x80..=0xff => element.extend([0x81, u8::try_from(length).unwrap()]),
        length => {
            element.push(0x82);
            element.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
    }
    element.extend(content);
    element
}

pub(super) fn sequence(elements: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &elements.concat())
}

/// The last two numbers of `id-ce` (2.5.29) extensions.
pub(super) const KEY_USAGE: u8 = 15;
pub(super) const SUBJECT_ALT_NAME: u8 = 17;
pub(super) const BASIC_CONSTRAINTS: u8 = 19;
pub(super) const EXTENDED_KEY_USAGE: u8 = 37;

/// An extension of `id-ce`.
pub(super) fn extension(id: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[0x01, 0x01, 0xff] } else { &[] };
    sequence(&[&tlv(0x06, &[0x55, 0x1d, id]), critical, &tlv(0x04, value)])
}

/// Subject alternative names, each a tag and a content.
pub(super) fn names(critical: bool, names: &[(u8, &str)]) -> Vec<u8> {
    let names: Vec<u8> = names.iter().flat_map(|(tag, name)| tlv(*tag, name.as_bytes())).collect();
    extension(SUBJECT_ALT_NAME, critical, &tlv(0x30, &names))
}

/// The tags of a URI and of a DNS name in subject alternative names.
pub(super) const URI: u8 = 0x86;
pub(super) const DNS: u8 = 0x82;

/// A key usage: the first byte of its bits, `digitalSignature` being the highest.
pub(super) fn key_usage(critical: bool, bits: u8) -> Vec<u8> {
    extension(KEY_USAGE, critical, &tlv(0x03, &[u8::try_from(bits.trailing_zeros().min(7)).unwrap(), bits]))
}

/// A certificate, field by field. Its signature signs nothing, which nobody here looks at.
#[derive(Clone)]
pub(super) struct Certificate {
    pub(super) version: u8,
    pub(super) subject: Vec<u8>,
    pub(super) not_before: (u8, &'static str),
    pub(super) not_after: (u8, &'static str),
    pub(super) extensions: Vec<Vec<u8>>,
    /// What follows the signature inside the certificate.
    pub(super) surplus: Vec<u8>,
}

impl Certificate {
    /// A leaf for `spiffe://example.org/workload` that breaks no rule.
    pub(super) fn good() -> Self {
        let common_name = sequence(&[&tlv(0x06, &[0x55, 0x04, 0x03]), &tlv(0x0c, b"workload")]);
        Self {
            version: 2,
            subject: tlv(0x30, &tlv(0x31, &common_name)),
            not_before: (0x17, "200101000000Z"),
            not_after: (0x17, "300101000000Z"),
            extensions: vec![key_usage(true, 0x80), names(false, &[(URI, "spiffe://example.org/workload")])],
            surplus: Vec::new(),
        }
    }

    /// With other extensions.
    pub(super) fn with(extensions: &[Vec<u8>]) -> Vec<u8> {
        Self { extensions: extensions.to_vec(), ..Self::good() }.der()
    }

    pub(super) fn der(&self) -> Vec<u8> {
        // ecdsa-with-SHA256; id-ecPublicKey, prime256v1
        let algorithm = sequence(&[&tlv(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])]);
        let curve = sequence(&[
            &tlv(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]),
            &tlv(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]),
        ]);
        let validity = sequence(&[
            &tlv(self.not_before.0, self.not_before.1.as_bytes()),
            &tlv(self.not_after.0, self.not_after.1.as_bytes()),
        ]);
        let fields = sequence(&[
            &tlv(0xa0, &tlv(0x02, &[self.version])),
            &tlv(0x02, &[1]),
            &algorithm,
            &sequence(&[]),
            &validity,
            &self.subject,
            &sequence(&[&curve, &tlv(0x03, &[0; 66])]),
            &tlv(0xa3, &tlv(0x30, &self.extensions.concat())),
        ]);
        sequence(&[&fields, &algorithm, &tlv(0x03, &[0; 65]), &self.surplus])
    }
}
