//! Requests from a seed: the corpus' own, changed in a few places, and hostile ones.

use serde_json::{Value, json};

use super::configurations::{MESH, TOKENS};
use crate::golden::text::url_encoded;
use crate::golden::token::{TokenSpec, mint};
use crate::golden::{GoldenFile, Material, Prepared, envoy};
use crate::hostile::{Ammunition, ISSUER, Kind, Prng, Target, aim};
use crate::pki::{Leaf, unix_now};
use crate::{Context, Result};

/// One request with its way to the proxy.
#[derive(Clone)]
pub struct Play {
    /// ID of the configuration.
    pub file: String,
    /// Its listener has no TLS.
    pub plain: bool,
    /// It is to come as HTTP/2; without TLS only.
    pub http2: bool,
    /// The caller's certificate, by its place in [`Stock::leaves`].
    pub leaf: Option<usize>,
    /// All of it.
    pub bytes: Vec<u8>,
    /// The response has no body.
    pub head: bool,
    /// Not to be followed by another on the same connection: what it leaves behind is unknown.
    pub last: bool,
}

/// What requests are made of.
pub struct Stock {
    bases: Vec<Base>,
    ammunition: Ammunition,
    /// Certificates of callers.
    pub leaves: Vec<Leaf>,
    /// Places of the hostile requests' two callers.
    hostile: [usize; 2],
}

/// A request of the corpus.
struct Base {
    file: String,
    plain: bool,
    leaf: Option<usize>,
    prepared: Prepared,
}

const GATEWAY: &str = "spiffe://corp.example.com/ns/edge/sa/gateway";
const STRANGER: &str = "spiffe://corp.example.com/ns/shop/sa/batch";
/// Callers beside those of the corpus.
const CALLERS: [&str; 6] = [
    GATEWAY,
    STRANGER,
    "spiffe://corp.example.com/ns/payment/sa/frontend",
    "spiffe://corp.example.com/ns/analytics/sa/reporter",
    "spiffe://corp.example.com/ns/shop/sa/web",
    "spiffe://partner.example.org/ns/settlement/sa/collector",
];
const METHODS: [&str; 12] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get", "BREW", "CONNECT",
];
const PATHS: [&str; 22] = [
    "/",
    "/v1/transactions",
    "/v1/transactions/7",
    "/v1/transactions/status",
    "/v1/charges",
    "/v1/settlements/1",
    "/v1/accounts/7",
    "/api/public",
    "/health",
    "//a//b",
    "/a/../b",
    "/a/%2e%2e/b",
    "/a%2fb",
    "/a;b=c",
    "/%zz",
    "/%41",
    "/\u{e4}",
    "/a?b=c&b=d&c",
    "/a?%ff=1&=&&x=%20+",
    "http://other.example/a",
    "*",
    "/a#b",
];
const KEYS: [&str; 8] = [
    "staff-rsa",
    "staff-p256",
    "staff-p384",
    "staff-p521",
    "staff-ed25519",
    "posture-p256",
    "workload-p256",
    "rogue-p256",
];
const LINES: [(&str, &str); 27] = [
    ("x-forwarded-for", "203.0.113.7"),
    ("x-forwarded-proto", "https"),
    ("x-request-id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
    ("x-envoy-original-path", "/admin"),
    ("x-envoy-internal", "true"),
    ("x-envoy-expected-rq-timeout-ms", "1"),
    ("cookie", "a=b; c=d"),
    ("cookie", "e=f"),
    ("user-agent", "differential"),
    ("accept", "*/*"),
    ("content-type", "application/grpc"),
    ("content-type", "application/grpc+proto"),
    ("content-type", "application/grpc-web"),
    ("content-type", "application/grpc;a=b"),
    ("content-type", "application/json"),
    ("te", "trailers"),
    ("connection", "close"),
    ("connection", "keep-alive, x-drop"),
    ("x-drop", "1"),
    ("x-many", "forged"),
    ("x-doorward-spiffe-id", STRANGER),
    ("x-doorward-decision-id", "0123456789abcdef0123456789abcdef"),
    ("x-user-tier", "gold"),
    ("x_under", "1"),
    ("authorization", "Basic YTpi"),
    ("authorization", "Bearer"),
    ("via", "1.1 a"),
];

impl Stock {
    /// Makes tokens and certificates for the next minutes.
    ///
    /// # Errors
    /// A case is not well described.
    pub fn new(files: &[GoldenFile], ammunition: Ammunition) -> Result<Self> {
        let material = ammunition.material();
        let now = unix_now();
        let mut leaves = Vec::new();
        for uri in CALLERS {
            leaves.push(certificate(material, &json!({ "uris": [uri] }))?);
        }
        leaves.push(certificate(material, &json!({ "uris": [CALLERS[0], CALLERS[1]] }))?);
        leaves.push(certificate(material, &json!({ "uris": [CALLERS[4]], "issuer": "self" }))?);
        leaves.push(certificate(material, &json!({ "uris": [CALLERS[5]], "issuer": "partner" }))?);
        leaves.push(certificate(material, &json!({ "dns": ["a.example"], "subject": "a" }))?);
        let mut bases = Vec::new();
        for file in files {
            for case in &file.cases {
                let prepared = Prepared::new(file, case, material, now)?;
                let leaf = prepared.peer.as_ref().map(|peer| {
                    leaves.push(peer.leaf.clone());
                    leaves.len() - 1
                });
                bases.push(Base { file: file.id.clone(), plain: file.plain, leaf, prepared });
            }
            if file.cases.is_empty() {
                // A request to begin with; most of what makes a difference is then put in.
                let mut prepared = blank();
                prepared.headers.push((
                    "authorization".to_owned(),
                    format!("Bearer {}", ammunition.good_token).into_bytes(),
                ));
                for leaf in 0..CALLERS.len() {
                    let leaf = (!file.plain).then_some(leaf);
                    let prepared = prepared.clone();
                    bases.push(Base { file: file.id.clone(), plain: file.plain, leaf, prepared });
                }
            }
        }
        Ok(Self { bases, ammunition, leaves, hostile: [0, 1] })
    }

    /// Requests that the variations begin with.
    pub fn bases(&self) -> usize {
        self.bases.len()
    }

    /// Authorities and keys.
    pub fn material(&self) -> &Material {
        self.ammunition.material()
    }

    /// The same of the same keys, for the next minutes.
    ///
    /// # Errors
    /// As [`Stock::new`].
    pub fn renewed(self, files: &[GoldenFile]) -> Result<Self> {
        Self::new(files, Ammunition::with(self.ammunition.into_material())?)
    }

    /// The next request.
    pub fn play(&self, random: &mut Prng) -> Play {
        if random.one_in(6) { self.hostile(random) } else { self.varied(random) }
    }

    /// A request that marks the end of a batch: its record has `path`.
    pub fn mark(path: &str) -> Play {
        let bytes = format!("GET {path} HTTP/1.1\r\nhost: mark.example\r\n\r\n").into_bytes();
        Play {
            file: TOKENS.to_owned(),
            plain: true,
            http2: false,
            leaf: None,
            bytes,
            head: false,
            last: false,
        }
    }

    fn hostile(&self, random: &mut Prng) -> Play {
        let kind = Kind::ALL.get(random.below(Kind::ALL.len())).copied().unwrap_or_default();
        let shot = aim(kind, random, &self.ammunition);
        let [gateway, stranger] = self.hostile;
        let (file, leaf) = match shot.target {
            Target::Tokens => (TOKENS, None),
            Target::Gateway => (MESH, Some(gateway)),
            Target::Stranger => (MESH, Some(stranger)),
            // One of those that there are: making one takes longer than a request.
            Target::Certificate(_) => (MESH, Some(random.below(self.leaves.len()))),
        };
        let head = shot.bytes.starts_with(b"HEAD ");
        Play {
            file: file.to_owned(),
            plain: file == TOKENS,
            http2: false,
            leaf,
            bytes: shot.bytes,
            head,
            last: true,
        }
    }

    fn varied(&self, random: &mut Prng) -> Play {
        let Some(base) = self.bases.get(random.below(self.bases.len())) else { return Self::mark("/") };
        let mut prepared = base.prepared.clone();
        for _ in 0..random.below(5) {
            self.change(random, &mut prepared);
        }
        let leaf = match random.below(8) {
            _ if base.plain => None,
            0 => None,
            1 => Some(random.below(self.leaves.len())),
            _ => base.leaf,
        };
        let (bytes, last) = encoded(random, &prepared);
        let http2 = base.plain && random.one_in(4);
        let head = prepared.method.as_deref() == Some(b"HEAD");
        Play { file: base.file.clone(), plain: base.plain, http2, leaf, bytes, head, last }
    }

    fn change(&self, random: &mut Prng, request: &mut Prepared) {
        let other = self.bases.get(random.below(self.bases.len()));
        match random.below(14) {
            0 => request.method = Some(random.pick(&METHODS).as_bytes().to_vec()),
            1 => request.path = Some(random.pick(&PATHS).as_bytes().to_vec()),
            2 => request.path = other.and_then(|other| other.prepared.path.clone()),
            3 => {
                let piece = random.pick(&["/x", "/..", "?a=b", "&a=%62", "%20", "//", ";p", "/%7e", "?"]);
                request.path.get_or_insert_default().extend_from_slice(piece.as_bytes());
            }
            4 => {
                let host = random.pick(&[
                    "a.example",
                    "A.EXAMPLE:8443",
                    "127.0.0.1",
                    "[::1]:80",
                    "a..b",
                    "x@y",
                    "",
                    "a,b",
                ]);
                request.host = Some(host.as_bytes().to_vec());
            }
            5 => {
                let at = random.below(request.headers.len());
                if at < request.headers.len() {
                    request.headers.remove(at);
                }
            }
            6 => {
                let again = request.headers.get(random.below(request.headers.len())).cloned();
                request.headers.extend(again);
            }
            7 => {
                let value = odd_value(random);
                let at = random.below(request.headers.len());
                if let Some((_, place)) = request.headers.get_mut(at) {
                    *place = value;
                }
            }
            8 => {
                let at = random.below(request.headers.len());
                if let Some((name, _)) = request.headers.get_mut(at) {
                    *name = if random.one_in(3) { name.replace('-', "_") } else { name.to_ascii_uppercase() };
                }
            }
            9 => {
                let lines = other.map(|other| other.prepared.headers.clone()).unwrap_or_default();
                request.headers.extend(lines.get(random.below(lines.len())).cloned());
            }
            10 => spoil(random, request),
            11 => {
                let token = self.token(random);
                request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
                request.headers.push(("authorization".to_owned(), format!("Bearer {token}").into_bytes()));
            }
            12 => {
                let leaf = self.leaves.get(random.below(self.leaves.len()));
                let cert = leaf.map(|leaf| url_encoded(leaf.pem())).unwrap_or_default();
                let uri = random.pick(&CALLERS);
                let value = match random.below(3) {
                    0 => format!("By={GATEWAY};URI={uri}"),
                    1 => format!("By={GATEWAY};Cert=\"{cert}\";URI={uri}"),
                    _ => format!("By={uri};URI={uri},By={GATEWAY};URI={uri}"),
                };
                request.headers.push(("x-forwarded-client-cert".to_owned(), value.into_bytes()));
            }
            _ => {
                let (name, value) = random.pick(&LINES);
                request.headers.push((name.to_owned(), value.as_bytes().to_vec()));
            }
        }
    }

    /// A token of somebody for something: good for one configuration, bad for others.
    fn token(&self, random: &mut Prng) -> String {
        let issuer = random.pick(&[
            ISSUER,
            ISSUER,
            ISSUER,
            "https://sso.corp.example.com/realms/contractors",
            "https://posture.corp.example.com",
            "",
        ]);
        let audience = match random.below(4) {
            0 => json!("accounts"),
            1 => json!(["accounts", "api"]),
            2 => json!(["spiffe://corp.example.com/ns/ledger/sa/api"]),
            _ => json!("api"),
        };
        let subject = random.pick(&["alice", "ada", "bob", "mallory", "device-17", CALLERS[4], ""]);
        let mut claims = json!({
            "iss": issuer, "aud": audience, "sub": subject, "scope": random.pick(&["accounts:read", "accounts:write a", ""]),
            "roles": [random.pick(&["reader", "admin", "teller"])], "risk": random.below(100), "typ": "Bearer",
        });
        if random.one_in(6) {
            claims["deep"] = json!([[[{ "a": [1.5, null, "\u{e4}\n"] }]]]);
        }
        let spec = TokenSpec {
            key: random.pick(&KEYS).to_owned(),
            claims: claims.as_object().cloned().unwrap_or_default(),
            exp_in: Some(if random.one_in(8) { -3600 } else { 3600 }),
            ..TokenSpec::default()
        };
        mint(&spec, &self.ammunition.material().keys, self.ammunition.now()).unwrap_or_default()
    }
}

fn certificate(material: &Material, members: &Value) -> Result<Leaf> {
    let members = members.as_object().context(|| "an object")?;
    Ok(material.certificate(members, unix_now())?.leaf)
}

fn blank() -> Prepared {
    Prepared {
        peer: None,
        peer_unknown: false,
        method: Some(b"GET".to_vec()),
        path: Some(b"/v1/accounts/7".to_vec()),
        host: Some(b"api.corp.example.com".to_vec()),
        headers: Vec::new(),
        filter_state: Default::default(),
        route_name: Some(String::new()),
        secrets: Vec::new(),
    }
}

fn odd_value(random: &mut Prng) -> Vec<u8> {
    match random.below(7) {
        0 => Vec::new(),
        1 => b"   ".to_vec(),
        2 => {
            let count = random.between(1, 60);
            random.header_bytes(count)
        }
        3 => "\u{e4}\u{1f600}".as_bytes().to_vec(),
        4 => vec![b'a'; random.between(100, 20_000)],
        5 => b"a, b, , c".to_vec(),
        _ => b"\xc3\x28".to_vec(),
    }
}

/// Changes a byte of a value that looks like a token.
fn spoil(random: &mut Prng, request: &mut Prepared) {
    let tokens = request
        .headers
        .iter_mut()
        .filter(|(_, value)| value.iter().filter(|byte| **byte == b'.').count() >= 2);
    if let Some((_, value)) = tokens.last() {
        let at = random.below(value.len());
        if let Some(byte) = value.get_mut(at) {
            *byte = random.pick(b"AZaz09-_.= ");
        }
    }
}

/// The bytes, perhaps with a body; and whether the connection is to be closed after it.
fn encoded(random: &mut Prng, request: &Prepared) -> (Vec<u8>, bool) {
    let mut bytes = envoy::raw(request);
    if !random.one_in(8) || request.method.as_deref() == Some(b"HEAD") {
        return (bytes, false);
    }
    // Before the empty line that ends the head.
    bytes.truncate(bytes.len().saturating_sub(2));
    let (line, body) = match random.below(4) {
        0 => ("content-length: 4\r\n\r\n".to_owned(), b"body".to_vec()),
        1 => ("transfer-encoding: chunked\r\n\r\n".to_owned(), b"4\r\nbody\r\n0\r\n\r\n".to_vec()),
        2 => ("content-length: 20000\r\n\r\n".to_owned(), vec![b'b'; 20_000]),
        _ => ("content-length: 0\r\n\r\n".to_owned(), Vec::new()),
    };
    bytes.extend_from_slice(line.as_bytes());
    bytes.extend_from_slice(&body);
    // A refused request's body may be left on the connection.
    (bytes, true)
}
