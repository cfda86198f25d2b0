//! The X.509-SVID rules, one by one.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::id::SpiffeIdError;
use super::super::pem::PemError;
use super::super::testing::{
    BASIC_CONSTRAINTS, CA, CLIENT_ONLY_LEAF, Certificate, DNS, EDGE_LEAF, EDGE_LEAF_ID, EXTENDED_KEY_USAGE,
    HTTPS_URI, ISTIO_LEAF, KEY_USAGE, NO_URI, Noise, SERVER_ONLY, SPIRE_LEAF, SPIRE_LEAF_ID, STEP_LEAF,
    SUBJECT_ALT_NAME, TRUST_DOMAIN_LEAF, TWO_URIS, URI, extension, key_usage, names, sequence, tlv,
};
use super::super::trust_domain::TrustDomainError;
use super::*;

const WORKLOAD: &str = "spiffe://example.org/workload";

fn refusal(der: &[u8]) -> SvidError {
    X509Svid::from_der(der).unwrap_err()
}

/// The refusal of the good leaf with other extensions beside its names.
fn refusal_beside_names(extensions: &[Vec<u8>]) -> SvidError {
    let mut all = extensions.to_vec();
    all.push(names(false, &[(URI, WORKLOAD)]));
    refusal(&Certificate::with(&all))
}

/// The refusal of the good leaf with other names.
fn refusal_of_names(san: Vec<u8>) -> SvidError {
    refusal(&Certificate::with(&[key_usage(true, 0x80), san]))
}

#[test]
fn leaves_of_real_issuers_are_read() {
    for (pem, id) in [
        (SPIRE_LEAF, SPIRE_LEAF_ID),
        (EDGE_LEAF, EDGE_LEAF_ID),
        (ISTIO_LEAF, "spiffe://cluster.local/ns/shop/sa/frontend"),
        (STEP_LEAF, SPIRE_LEAF_ID),
    ] {
        let svid = X509Svid::from_pem(pem).unwrap();
        assert_eq!(svid.id().as_str(), id);
        assert_eq!(svid.not_before().secs(), 1_577_836_800); // 2020-01-01
        assert_eq!(svid.not_after().secs(), 4_733_510_400); // 2120-01-01
        assert_eq!(X509Svid::from_der(&pem::decode(pem).unwrap()), Ok(svid));
    }
}

#[test]
fn the_digest_is_that_of_envoy() {
    // The Hash that Envoy 1.40 wrote for this certificate.
    let svid = X509Svid::from_pem(SPIRE_LEAF).unwrap();
    assert_eq!(svid.sha256_hex(), "6d3acf631947c81b195dbc1a3815a4574dc5d5280e3d29f8148788a0e75c028a");
    assert_eq!(svid.sha256()[..2], [0x6d, 0x3a]);
}

#[test]
fn a_leaf_built_by_hand_is_read() {
    let svid = X509Svid::from_der(&Certificate::good().der()).unwrap();
    assert_eq!(svid.id().as_str(), WORKLOAD);
}

#[test]
fn there_is_exactly_one_uri_san() {
    assert_eq!(X509Svid::from_pem(TWO_URIS), Err(SvidError::SeveralUriSans { count: 2 }));
    assert_eq!(X509Svid::from_pem(NO_URI), Err(SvidError::NoUriSan));
    let three = names(false, &[(URI, WORKLOAD), (DNS, "a"), (URI, WORKLOAD), (URI, "https://a")]);
    assert_eq!(refusal_of_names(three), SvidError::SeveralUriSans { count: 3 });
    assert_eq!(refusal_of_names(names(false, &[])), SvidError::NoUriSan);
    assert_eq!(refusal(&Certificate::with(&[key_usage(true, 0x80)])), SvidError::NoUriSan);
}

#[test]
fn other_names_may_be_there() {
    let san = names(false, &[(DNS, "a"), (0x87, "1234"), (0x81, "a@b"), (URI, WORKLOAD), (DNS, "b\u{e9}")]);
    let svid = X509Svid::from_der(&Certificate::with(&[key_usage(true, 0x80), san])).unwrap();
    assert_eq!(svid.id().as_str(), WORKLOAD);
}

#[test]
fn the_uri_is_a_spiffe_id_with_a_path() {
    assert_eq!(X509Svid::from_pem(HTTPS_URI), Err(SvidError::SpiffeId(SpiffeIdError::Scheme)));
    assert_eq!(X509Svid::from_pem(TRUST_DOMAIN_LEAF), Err(SvidError::RootPath));
    for (uri, error) in [
        ("", SpiffeIdError::Empty),
        ("SPIFFE://a/b", SpiffeIdError::SchemeUppercase),
        ("spiffe://A/b", SpiffeIdError::TrustDomain(TrustDomainError::Uppercase { position: 0 })),
        ("spiffe://a/b\0", SpiffeIdError::PathCharacter { position: 12 }),
        ("spiffe://a/b;URI=spiffe://c/d", SpiffeIdError::PathCharacter { position: 12 }),
        ("spiffe://a/b,c", SpiffeIdError::PathCharacter { position: 12 }),
        ("spiffe://a/b/", SpiffeIdError::TrailingSlash),
    ] {
        assert_eq!(refusal_of_names(names(false, &[(URI, uri)])), SvidError::SpiffeId(error), "{uri:?}");
    }
}

#[test]
fn a_uri_that_is_not_text_counts_as_a_uri() {
    let not_ascii = SvidError::SpiffeId(SpiffeIdError::NotAscii { position: 11 });
    assert_eq!(refusal_of_names(names(false, &[(URI, "spiffe://a/\u{e9}")])), not_ascii);
    let beside = names(false, &[(URI, WORKLOAD), (URI, "\u{e9}")]);
    assert_eq!(refusal_of_names(beside), SvidError::SeveralUriSans { count: 2 });
    let (good, bad) = (tlv(URI, WORKLOAD.as_bytes()), tlv(URI, b"spiffe://a/\xff"));
    for content in [bad.clone(), [&good[..], &bad].concat(), [&bad[..], &good].concat()] {
        let san = extension(SUBJECT_ALT_NAME, false, &tlv(0x30, &content));
        assert_eq!(refusal_of_names(san), SvidError::SanMalformed);
    }
}

#[test]
fn names_are_well_formed() {
    let value = |content: &[u8]| extension(SUBJECT_ALT_NAME, false, content);
    let uri = tlv(URI, WORKLOAD.as_bytes());
    assert_eq!(refusal_of_names(value(&uri)), SvidError::SanMalformed);
    assert_eq!(refusal_of_names(value(&[tlv(0x30, &uri), vec![0]].concat())), SvidError::SanMalformed);
    assert_eq!(refusal_of_names(value(&tlv(0x30, &[uri, vec![URI, 9]].concat()))), SvidError::SanMalformed);
    assert_eq!(refusal_of_names(value(&[])), SvidError::SanMalformed);
    assert_eq!(refusal_of_names(value(&tlv(0x31, b""))), SvidError::SanMalformed);
}

#[test]
fn an_extension_is_not_repeated() {
    let san = names(false, &[(URI, WORKLOAD)]);
    assert_eq!(refusal_beside_names(&[key_usage(true, 0x80), san]), SvidError::DuplicateExtension);
    let usage = key_usage(true, 0x80);
    assert_eq!(refusal_beside_names(&[usage.clone(), usage]), SvidError::DuplicateExtension);
    let unknown = extension(99, false, b"");
    assert_eq!(
        refusal_beside_names(&[key_usage(true, 0x80), unknown.clone(), unknown]),
        SvidError::DuplicateExtension
    );
}

#[test]
fn extensions_are_limited() {
    let some: Vec<Vec<u8>> = (100..163).map(|id| extension(id, false, b"")).collect();
    assert_eq!(refusal_beside_names(&some), SvidError::KeyUsageMissing);
    let many: Vec<Vec<u8>> = (100..164).map(|id| extension(id, false, b"")).collect();
    assert_eq!(refusal_beside_names(&many), SvidError::TooManyExtensions { count: 65 });
}

#[test]
fn the_subject_is_empty_only_if_the_names_are_critical() {
    let without = |san| Certificate {
        subject: sequence(&[]),
        extensions: vec![key_usage(true, 0x80), san],
        ..Certificate::good()
    };
    assert_eq!(refusal(&without(names(false, &[(URI, WORKLOAD)])).der()), SvidError::SanNotCritical);
    assert!(X509Svid::from_der(&without(names(true, &[(URI, WORKLOAD)])).der()).is_ok());
}

#[test]
fn an_authority_is_no_leaf() {
    assert_eq!(X509Svid::from_pem(CA), Err(SvidError::CertificateAuthority));
    let ca = extension(BASIC_CONSTRAINTS, true, &tlv(0x30, &[0x01, 0x01, 0xff]));
    assert_eq!(refusal_beside_names(&[key_usage(true, 0x80), ca]), SvidError::CertificateAuthority);
    let with_length = extension(BASIC_CONSTRAINTS, false, &tlv(0x30, &[0x01, 0x01, 0xff, 0x02, 0x01, 0x00]));
    assert_eq!(refusal_beside_names(&[key_usage(true, 0x80), with_length]), SvidError::CertificateAuthority);
}

#[test]
fn basic_constraints_are_well_formed() {
    for value in [
        vec![],
        vec![0x30],
        vec![0x01, 0x01, 0x00],
        tlv(0x30, &[0x0c, 0x00]),
        [tlv(0x30, b""), vec![0]].concat(),
    ] {
        let constraints = extension(BASIC_CONSTRAINTS, true, &value);
        let error = refusal_beside_names(&[key_usage(true, 0x80), constraints]);
        assert_eq!(error, SvidError::BasicConstraintsMalformed, "{value:?}");
    }
}

#[test]
fn the_key_usage_is_there_and_critical() {
    assert_eq!(refusal_beside_names(&[]), SvidError::KeyUsageMissing);
    assert_eq!(refusal_beside_names(&[key_usage(false, 0x80)]), SvidError::KeyUsageNotCritical);
}

#[test]
fn the_key_makes_signatures() {
    for bits in [0x20, 0x08, 0x28, 0x40] {
        assert_eq!(
            refusal_beside_names(&[key_usage(true, bits)]),
            SvidError::NoDigitalSignature,
            "{bits:#x}"
        );
    }
    let none = extension(KEY_USAGE, true, &tlv(0x03, &[0]));
    assert_eq!(refusal_beside_names(&[none]), SvidError::NoDigitalSignature);
}

#[test]
fn the_key_signs_no_certificates_and_no_revocation_lists() {
    for bits in [0x84, 0x04, 0xfc, 0x86] {
        assert_eq!(refusal_beside_names(&[key_usage(true, bits)]), SvidError::KeyCertSign, "{bits:#x}");
    }
    for bits in [0x82, 0x02, 0xf2] {
        assert_eq!(refusal_beside_names(&[key_usage(true, bits)]), SvidError::CrlSign, "{bits:#x}");
    }
}

#[test]
fn the_key_usage_is_well_formed() {
    for value in
        [vec![], vec![0x03, 0x00], vec![0x30, 0x00], vec![0x03, 0x02, 0x07], vec![0x03, 0x02, 0x07, 0x80, 0]]
    {
        let usage = extension(KEY_USAGE, true, &value);
        assert_eq!(refusal_beside_names(&[usage]), SvidError::KeyUsageMalformed, "{value:?}");
    }
}

/// An extended key usage of purposes in `id-kp` (1.3.6.1.5.5.7.3).
fn purposes(ids: &[u8]) -> Vec<u8> {
    let ids: Vec<u8> =
        ids.iter().flat_map(|id| tlv(0x06, &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, *id])).collect();
    extension(EXTENDED_KEY_USAGE, false, &tlv(0x30, &ids))
}

#[test]
fn an_extended_key_usage_includes_client_authentication() {
    const SERVER: u8 = 1;
    const CLIENT: u8 = 2;
    const CODE: u8 = 3;
    assert_eq!(X509Svid::from_pem(SERVER_ONLY), Err(SvidError::NoClientAuth));
    for refused in [purposes(&[SERVER]), purposes(&[CODE]), purposes(&[SERVER, CODE])] {
        assert_eq!(refusal_beside_names(&[key_usage(true, 0x80), refused]), SvidError::NoClientAuth);
    }
    let any = extension(EXTENDED_KEY_USAGE, false, &tlv(0x30, &tlv(0x06, &[0x55, 0x1d, 0x25, 0x00])));
    assert_eq!(refusal_beside_names(&[key_usage(true, 0x80), any]), SvidError::NoClientAuth);
    assert!(X509Svid::from_pem(CLIENT_ONLY_LEAF).is_ok());
    let both = [key_usage(true, 0x80), purposes(&[SERVER, CLIENT]), names(false, &[(URI, WORKLOAD)])];
    assert!(X509Svid::from_der(&Certificate::with(&both)).is_ok());
}

#[test]
fn the_extended_key_usage_is_well_formed() {
    for value in [vec![], vec![0x06, 0x00], vec![0x30, 0x02, 0x06], [tlv(0x30, b""), vec![0]].concat()] {
        let usage = extension(EXTENDED_KEY_USAGE, false, &value);
        let error = refusal_beside_names(&[key_usage(true, 0x80), usage]);
        assert_eq!(error, SvidError::ExtendedKeyUsageMalformed, "{value:?}");
    }
}

#[test]
fn the_version_is_3() {
    for version in [0, 1, 3] {
        assert_eq!(
            refusal(&Certificate { version, ..Certificate::good() }.der()),
            SvidError::Version,
            "{version}"
        );
    }
}

#[test]
fn nothing_follows_the_certificate() {
    let mut der = Certificate::good().der();
    der.push(0);
    assert_eq!(refusal(&der), SvidError::TrailingData);
    let twice = [Certificate::good().der(), Certificate::good().der()].concat();
    assert_eq!(refusal(&twice), SvidError::TrailingData);
    let pem = [SPIRE_LEAF, b"x"].concat();
    assert_eq!(X509Svid::from_pem(&pem), Err(SvidError::Pem(PemError::TrailingData)));
    assert_eq!(X509Svid::from_pem(&[SPIRE_LEAF, CA].concat()), Err(SvidError::Pem(PemError::SeveralBlocks)));
}

#[test]
fn nothing_is_left_over_inside_the_certificate() {
    for surplus in [tlv(0x05, b""), vec![0], tlv(0xa3, b"")] {
        assert_eq!(refusal(&Certificate { surplus, ..Certificate::good() }.der()), SvidError::Der);
    }
    let mut extensions = Certificate::good().extensions;
    extensions.push(sequence(&[&tlv(0x06, &[0x55, 0x1d, 99]), &tlv(0x04, b""), &tlv(0x05, b"")]));
    assert_eq!(refusal(&Certificate::with(&extensions)), SvidError::Der);
    let mut loose = Certificate::good().extensions;
    loose.push(tlv(0x05, b""));
    assert_eq!(refusal(&Certificate::with(&loose)), SvidError::Der);
    let critical = [&tlv(0x06, &[0x55, 0x1d, 99])[..], &[0x01, 0x01, 0x01], &tlv(0x04, b"")];
    let mut not_a_boolean = Certificate::good().extensions;
    not_a_boolean.push(sequence(&critical));
    assert_eq!(refusal(&Certificate::with(&not_a_boolean)), SvidError::Der);
}

#[test]
fn lengths_are_definite_and_minimal() {
    let der = Certificate::good().der();
    let content = &der[4..];
    assert_eq!(der[..2], [0x30, 0x82]);
    let indefinite = [&[0x30, 0x80][..], content, &[0, 0]].concat();
    assert_eq!(refusal(&indefinite), SvidError::Der);
    let long = [&[0x30, 0x83, 0x00][..], &der[2..4], content].concat();
    assert_eq!(refusal(&long), SvidError::Der);
    for bad in [
        &[][..],
        &[0x30],
        &[0x30, 0x00],
        &[0x30, 0x81, 0x01, 0x00],
        &[0x1f, 0x00],
        b"-----BEGIN CERTIFICATE-----",
    ] {
        assert_eq!(refusal(bad), SvidError::Der, "{bad:?}");
    }
}

#[test]
fn the_size_is_limited() {
    let large = vec![0; 16 * 1024 + 1];
    assert_eq!(refusal(&large), SvidError::TooLarge { length: large.len() });
    assert_eq!(refusal(&large[1..]), SvidError::Der);
    let pem = vec![b'-'; 24 * 1024 + 1];
    assert_eq!(X509Svid::from_pem(&pem), Err(SvidError::TooLarge { length: pem.len() }));
}

#[test]
fn a_certificate_is_valid_from_its_first_to_its_last_second() {
    let svid = X509Svid::from_der(&Certificate::good().der()).unwrap();
    let check = |now| svid.check_validity(now, Duration::ZERO);
    let (first, last) = (svid.not_before(), svid.not_after());
    assert_eq!((first.secs(), last.secs()), (1_577_836_800, 1_893_456_000));
    assert_eq!(check(first), Ok(()));
    assert_eq!(check(last), Ok(()));
    assert_eq!(check(UnixTime::from_nanos(first.nanos() - 1)), Err(ValidityError::NotYetValid));
    assert_eq!(check(UnixTime::from_nanos(last.nanos() + 1)), Err(ValidityError::Expired));
    assert_eq!(check(UnixTime::from_nanos(i64::MIN)), Err(ValidityError::NotYetValid));
    assert_eq!(check(UnixTime::from_nanos(i64::MAX)), Err(ValidityError::Expired));
}

#[test]
fn leeway_moves_both_ends() {
    let svid = X509Svid::from_der(&Certificate::good().der()).unwrap();
    let check = |seconds| svid.check_validity(UnixTime::from_secs(seconds), Duration::from_secs(5));
    let (first, last) = (svid.not_before().secs(), svid.not_after().secs());
    assert_eq!((check(first - 5), check(last + 5)), (Ok(()), Ok(())));
    assert_eq!(check(first - 6), Err(ValidityError::NotYetValid));
    assert_eq!(check(last + 6), Err(ValidityError::Expired));
    assert_eq!(svid.check_validity(UnixTime::from_secs(last + 6), Duration::MAX), Ok(()));
}

#[test]
fn dates_have_two_forms_and_no_other() {
    let life = |not_before, not_after| Certificate { not_before, not_after, ..Certificate::good() }.der();
    // RFC 5280 section 4.1.2.5: "CAs ... MUST always encode certificate validity dates through the year 2049 as
    // UTCTime", and "99991231235959Z" for no end.
    let forever = X509Svid::from_der(&life((0x17, "491231235959Z"), (0x18, "99991231235959Z"))).unwrap();
    assert_eq!(forever.not_before().secs(), 2_524_607_999);
    assert_eq!(forever.not_after(), UnixTime::from_nanos(i64::MAX));
    let old = X509Svid::from_der(&life((0x17, "500101000000Z"), (0x17, "491231235959Z"))).unwrap();
    assert_eq!(old.not_before().secs(), -631_152_000); // 1950
    for bad in [
        "",
        "Z",
        "201301000000Z",
        "200132000000Z",
        "200101250000Z",
        "20010100000",
        "2001010000000",
        "xx0101000000Z",
    ] {
        assert_eq!(refusal(&life((0x17, bad), (0x17, "300101000000Z"))), SvidError::Der, "{bad}");
    }
    assert_eq!(refusal(&life((0x16, "200101000000Z"), (0x17, "300101000000Z"))), SvidError::Der);
}

#[test]
fn errors_and_debug_are_safe_to_log() {
    let error = refusal_of_names(names(false, &[(URI, "spiffe://a/b?token=hunter2")]));
    assert_eq!(error.code(), "spiffe_id_query");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    let svid = X509Svid::from_pem(SPIRE_LEAF).unwrap();
    assert!(format!("{svid:?}").contains(SPIRE_LEAF_ID));
    assert_eq!(ValidityError::Expired.code(), "svid_expired");
}

#[test]
fn no_truncated_certificate_is_read() {
    for pem in [SPIRE_LEAF, ISTIO_LEAF, STEP_LEAF] {
        let der = pem::decode(pem).unwrap();
        for length in 0..der.len() {
            assert!(X509Svid::from_der(&der[..length]).is_err(), "{length} bytes");
        }
        for length in 0..pem.len() - 1 {
            assert!(X509Svid::from_pem(&pem[..length]).is_err(), "{length} bytes");
        }
    }
}

/// Whoever reads an ID out of bytes finds that ID in the bytes, once and in one piece.
#[test]
fn a_changed_certificate_never_names_somebody_that_is_not_in_it() {
    let der = pem::decode(SPIRE_LEAF).unwrap();
    let mut noise = Noise::seeded(2);
    let mut read = 0;
    for position in 0..der.len() {
        for change in [0x01, 0x20, 0x80, 0xff, noise.byte() | 1] {
            let mut changed = der.clone();
            changed[position] ^= change;
            let Ok(svid) = X509Svid::from_der(&changed) else { continue };
            read += 1;
            let id = svid.id().as_str().as_bytes();
            assert!(changed.windows(id.len()).any(|window| window == id), "byte {position}");
            assert_eq!(id.len(), SPIRE_LEAF_ID.len(), "byte {position}: no ID is cut short");
        }
    }
    assert!(read > 100, "changes of the key or the signature are not ours to notice");
}
