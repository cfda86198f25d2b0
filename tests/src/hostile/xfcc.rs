//! Hostile x-forwarded-client-cert: each names the one who may pass, and each has something wrong with it.

use super::ammunition::{Ammunition, GATEWAY, STRANGER, WEB};
use super::prng::Prng;

/// Values of header lines, one each.
pub(super) fn lines(random: &mut Prng, from: &Ammunition) -> Vec<Vec<u8>> {
    let by = format!("By={GATEWAY}");
    let good = format!("{by};URI={WEB}");
    let text = match random.below(18) {
        0 => format!("URI={WEB}"),
        1 => format!("By={STRANGER};URI={WEB}"),
        2 => format!("{good};URI={STRANGER}"),
        3 => format!("{by};URI={STRANGER},URI={WEB}"),
        4 => format!("{good};By={WEB}"),
        5 => format!("{good};;"),
        6 => format!("{good};Subject=\"CN=x"),
        7 => format!("{good};Subject=\"CN=x\"y"),
        8 => format!("{good};Hash={}", &from.stranger_sha256[..random.below(63)]),
        9 => format!("{good};Cert=\"{}\"", from.stranger_pem),
        10 => format!("{good};Hash={};Cert=\"{}\"", from.stranger_sha256, from.web_pem),
        11 => format!("{good};Cert=\"{}\"", broken_pem(random, &from.web_pem)),
        12 => return vec![good.clone().into_bytes(), good.into_bytes()],
        13 => return vec![[good.as_bytes(), b";DNS=".as_slice(), &[0xff, 0xfe]].concat()],
        14 => format!("{by};URI={}", odd_id(random)),
        15 => json(random, WEB),
        16 => format!("{good},"),
        _ => format!("{good},{}", "By=x;Hash=y,".repeat(random.between(1, 900))),
    };
    vec![text.into_bytes()]
}

/// The PEM with a piece that is not as it was: what begins and ends a certificate, or the middle of it.
fn broken_pem(random: &mut Prng, good: &str) -> String {
    let (start, end) = good.split_at(random.between(1, good.len()));
    match random.below(5) {
        0 => start.to_owned(),
        1 => end.to_owned(),
        2 => format!("{start}%00{end}"),
        3 => format!("{good}{good}"),
        _ => format!("{start}%zz{end}"),
    }
}

fn odd_id(random: &mut Prng) -> String {
    match random.below(9) {
        0 => format!("{WEB}/"),
        1 => format!("{WEB}?x"),
        2 => format!("{WEB}#x"),
        3 => WEB.replacen("spiffe", "SPIFFE", 1),
        4 => WEB.replacen("corp", "Corp", 1),
        5 => WEB.replacen("/sa/", "/sa/../sa/", 1),
        6 => WEB.replacen("web", "%77eb", 1),
        7 => format!(" {WEB}"),
        _ => format!("spiffe://corp.example.com/{}", "a/".repeat(random.between(1, 3000))),
    }
}

/// Envoy's JSON form, not quite.
fn json(random: &mut Prng, id: &str) -> String {
    match random.below(7) {
        0 => format!("[{{\"by\":[\"{GATEWAY}\"],\"uri\":[\"{id}\",\"{id}\"]}}]"),
        1 => format!("[{{\"by\":[\"{GATEWAY}\"],\"uri\":[\"{id}\"]"),
        2 => format!("[{{\"by\":\"{GATEWAY}\",\"uri\":\"{id}\"}}]"),
        3 => format!("{}{{\"uri\":[\"{id}\"]}}", "[".repeat(random.between(2, 5000))),
        4 => format!("[{{\"uri\":[\"{id}\"]}}]"),
        5 => format!("[{{\"by\":[\"{GATEWAY}\"],\"uri\":[\"{STRANGER}\"],\"uri\":[\"{id}\"]}}]"),
        _ => format!("[{{\"by\":[\"{GATEWAY}\"],\"uri\":[\"{id}\"]}}]]"),
    }
}
