//! The kinds of hostile requests, and one request of a kind.

use serde_json::Value;

use super::ammunition::{Ammunition, WEB};
use super::prng::Prng;
use super::{certificates, tokens, xfcc};

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    #[default]
    NonUtf8Headers,
    RepeatedAuthorization,
    Oversized,
    MutatedToken,
    ConfusedAlgorithm,
    HeaderTricks,
    DeepClaims,
    DuplicateMembers,
    OddJson,
    AlmostGoodClaims,
    WrongClaims,
    ForwardedCertificate,
    ForgedForwardedCertificate,
    Certificate,
    Path,
    MethodAndHost,
    Query,
    OwnHeaders,
    Garbage,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 19] = [
        Self::NonUtf8Headers,
        Self::RepeatedAuthorization,
        Self::Oversized,
        Self::MutatedToken,
        Self::ConfusedAlgorithm,
        Self::HeaderTricks,
        Self::DeepClaims,
        Self::DuplicateMembers,
        Self::OddJson,
        Self::AlmostGoodClaims,
        Self::WrongClaims,
        Self::ForwardedCertificate,
        Self::ForgedForwardedCertificate,
        Self::Certificate,
        Self::Path,
        Self::MethodAndHost,
        Self::Query,
        Self::OwnHeaders,
        Self::Garbage,
    ];
}

/// Where a request goes, and with which certificate.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The listener that asks for a token.
    Tokens,
    /// The mTLS listener, from the trusted gateway.
    Gateway,
    /// The mTLS listener, from a workload that may do nothing.
    Stranger,
    /// The mTLS listener, with this certificate.
    Certificate(Value),
}

/// One hostile request.
pub struct Shot {
    /// Where it goes.
    pub target: Target,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A request of a kind.
pub fn aim(kind: Kind, random: &mut Prng, from: &Ammunition) -> Shot {
    let bearer =
        |token: &[u8]| Lines::get("/v1/accounts/7").line(b"authorization", &[b"Bearer ", token].concat());
    let tokens = |lines: Lines| Shot { target: Target::Tokens, bytes: lines.end() };
    match kind {
        Kind::NonUtf8Headers => tokens(non_utf8(random)),
        Kind::RepeatedAuthorization => tokens(repeated(random, from)),
        Kind::Oversized => tokens(oversized(random, from)),
        Kind::MutatedToken => tokens(bearer(&tokens::mutated(random, &from.good_token))),
        Kind::ConfusedAlgorithm => tokens(bearer(tokens::confused(random, from).as_bytes())),
        Kind::HeaderTricks => tokens(bearer(tokens::header_tricks(random, from).as_bytes())),
        Kind::DeepClaims => tokens(bearer(tokens::deep(random, from).as_bytes())),
        Kind::DuplicateMembers => tokens(bearer(tokens::duplicate(random, from).as_bytes())),
        Kind::OddJson => tokens(bearer(tokens::odd_json(random, from).as_bytes())),
        Kind::AlmostGoodClaims => tokens(bearer(tokens::almost(random, from).as_bytes())),
        Kind::WrongClaims => tokens(bearer(tokens::wrong_claims(random, from).as_bytes())),
        Kind::ForwardedCertificate => Shot { target: Target::Gateway, bytes: forwarded(random, from).end() },
        Kind::ForgedForwardedCertificate => {
            let lines =
                Lines::get("/").line(b"x-forwarded-client-cert", format!("By={WEB};URI={WEB}").as_bytes());
            Shot { target: Target::Stranger, bytes: lines.end() }
        }
        Kind::Certificate => Shot {
            target: Target::Certificate(certificates::certificate(random)),
            bytes: Lines::get("/").end(),
        },
        Kind::Path => tokens(path(random)),
        Kind::MethodAndHost => tokens(method_and_host(random, from)),
        Kind::Query => tokens(query(random)),
        Kind::OwnHeaders => tokens(own_headers(random)),
        Kind::Garbage => {
            let mut bytes =
                if random.one_in(3) { b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec() } else { Vec::new() };
            let count = random.between(1, 600);
            bytes.extend(random.any_bytes(count));
            bytes.extend_from_slice(b"\r\n\r\n");
            Shot { target: Target::Tokens, bytes }
        }
    }
}

/// A request's head, line by line.
struct Lines(Vec<u8>);

impl Lines {
    fn get(path: &str) -> Self {
        Self::request(b"GET", path.as_bytes(), b"api.corp.example.com")
    }

    fn request(method: &[u8], path: &[u8], host: &[u8]) -> Self {
        Self([method, b" ", path, b" HTTP/1.1\r\n"].concat()).line(b"host", host)
    }

    fn line(mut self, name: &[u8], value: &[u8]) -> Self {
        self.0.extend_from_slice(&[name, b": ", value, b"\r\n"].concat());
        self
    }

    fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(b"\r\n");
        self.0
    }
}

fn non_utf8(random: &mut Prng) -> Lines {
    let mut lines = Lines::get("/v1/accounts/7");
    for _ in 0..random.between(1, 8) {
        let name = random.pick(&[
            "x-role",
            "authorization",
            "cookie",
            "user-agent",
            "x-request-id",
            "accept",
            "x-doorward-spiffe-id",
        ]);
        let count = random.between(1, 300);
        lines = lines.line(name.as_bytes(), &random.header_bytes(count));
    }
    lines
}

fn repeated(random: &mut Prng, from: &Ammunition) -> Lines {
    let good = format!("Bearer {}", from.good_token);
    let other = match random.below(4) {
        0 => good.clone(),
        1 => "Bearer x".to_owned(),
        2 => "Basic YTpi".to_owned(),
        // Not an empty line: Envoy drops that one, and what is left is one good token.
        _ => "Bearer".to_owned(),
    };
    let pair = if random.one_in(2) { [good, other] } else { [other, good] };
    let names = [random.pick(&["authorization", "Authorization", "AUTHORIZATION"]), "authorization"];
    let mut lines = Lines::get("/v1/accounts/7");
    if random.one_in(4) {
        return lines.line(b"authorization", pair.join(", ").as_bytes());
    }
    for (name, value) in names.iter().zip(&pair) {
        lines = lines.line(name.as_bytes(), value.as_bytes());
    }
    lines
}

fn oversized(random: &mut Prng, from: &Ammunition) -> Lines {
    let lines = Lines::get("/v1/accounts/7");
    match random.below(4) {
        0 => lines.line(b"x-long", &vec![b'a'; random.between(10_000, 100_000)]),
        1 => lines.line(
            b"authorization",
            &[b"Bearer ".to_vec(), vec![b'A'; random.between(10_000, 58_000)]].concat(),
        ),
        2 => {
            let padding = "A".repeat(random.between(1, 50_000));
            lines.line(b"authorization", format!("Bearer {}{padding}", from.good_token).as_bytes())
        }
        _ => (0..random.between(50, 300))
            .fold(lines, |lines, index| lines.line(format!("x-{index}").as_bytes(), b"1")),
    }
}

fn forwarded(random: &mut Prng, from: &Ammunition) -> Lines {
    xfcc::lines(random, from)
        .iter()
        .fold(Lines::get("/"), |lines, value| lines.line(b"x-forwarded-client-cert", value))
}

fn path(random: &mut Prng) -> Lines {
    let pieces = [
        "/v1", "/..", "/.", "//", "/%2e%2e", "/%2f", "/%5c", "\\", ";x", "/%00", "/%", "/%zz", "/%c0%af",
        "/a", "/%252e", "?", "#", "/\u{e4}", "/*", "/{}",
    ];
    let mut path = String::from(random.pick(&["", "/", "http://x.example", "//x.example"]));
    let longest = if random.one_in(20) { 3000 } else { 20 };
    for _ in 0..random.between(1, longest) {
        path.push_str(random.pick(&pieces));
    }
    let mut path = path.into_bytes();
    if random.one_in(4) {
        let count = random.between(1, 40);
        path.extend(random.header_bytes(count).iter().map(|byte| if *byte == b' ' { b'_' } else { *byte }));
    }
    Lines::request(b"GET", &path, b"api.corp.example.com")
}

fn method_and_host(random: &mut Prng, from: &Ammunition) -> Lines {
    let method =
        random.pick(&["GET", "get", "CONNECT", "OPTIONS", "TRACE", "BREW", "G\u{e4}T", "X-", "PROPFIND", ""]);
    let host = match random.below(8) {
        0 => "a".repeat(random.between(200, 5000)),
        1 => "user@api.corp.example.com".to_owned(),
        2 => "api.corp.example.com:99999999".to_owned(),
        3 => "[::1".to_owned(),
        4 => String::new(),
        5 => "api.corp.example.com, other".to_owned(),
        6 => "\u{e4}.example".to_owned(),
        _ => "..".to_owned(),
    };
    let lines = Lines::request(method.as_bytes(), b"/", host.as_bytes());
    if random.one_in(3) {
        lines.line(b"authorization", tokens::almost(random, from).as_bytes())
    } else {
        lines
    }
}

fn query(random: &mut Prng) -> Lines {
    let piece = random
        .pick(&["a=1&", "a&", "&", "=", "a%zz=1&", "a;b&", "%ff=%fe&", "x[]=1&", "a=b=c&", "+&", "\u{e4}&"]);
    let path = format!("/v1/accounts/7?{}", piece.repeat(random.between(1, 12_000 / piece.len())));
    Lines::request(b"GET", path.as_bytes(), b"api.corp.example.com")
}

fn own_headers(random: &mut Prng) -> Lines {
    let names = [
        "x-doorward-spiffe-id",
        "x-doorward-decision-id",
        "x-user-tier",
        "X-Doorward-Spiffe-Id",
        "x-risk-score",
    ];
    let mut lines = Lines::get("/v1/accounts/7");
    for _ in 0..random.between(1, 10) {
        let value = random.pick(&[WEB, "true", "gold", "", "alice"]);
        lines = lines.line(random.pick(&names).as_bytes(), value.as_bytes());
    }
    lines
}
