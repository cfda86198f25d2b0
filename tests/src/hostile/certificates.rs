//! Hostile client certificates. Each is signed by our own authority, so that the filter and not the handshake has to see
//! what is wrong with it.

use serde_json::{Value, json};

use super::ammunition::{STRANGER, WEB};
use super::prng::Prng;

/// The members of a certificate, as the corpus describes one.
pub(super) fn certificate(random: &mut Prng) -> Value {
    match random.below(12) {
        0 => json!({ "uris": [WEB, STRANGER] }),
        1 => json!({ "uris": vec![WEB; random.between(2, 60)] }),
        2 => json!({ "uris": [format!("{WEB}/")] }),
        3 => json!({ "uris": [WEB.replacen("corp", "CORP", 1)] }),
        4 => json!({ "uris": [WEB], "ca": true }),
        5 => json!({ "uris": [WEB], "key_usage": ["digitalSignature", "keyCertSign"] }),
        6 => json!({ "uris": [WEB], "key_usage": [] }),
        7 => json!({ "dns": [WEB], "subject": WEB }),
        8 => json!({ "uris": [format!("{WEB},URI={WEB};By=x")] }),
        9 => {
            json!({ "uris": [format!("spiffe://corp.example.com/{}", "a".repeat(random.between(1, 6000)))] })
        }
        10 => {
            json!({ "uris": [WEB.replacen("spiffe://", "spiffe:///", 1)], "dns": vec!["x.example.com"; 200] })
        }
        _ => json!({ "uris": [WEB], "issuer": "self" }),
    }
}
