//! Ten thousand hostile requests against a real Envoy with the wasm module: the VM lives, nobody gets in, and whoever may
//! come in still does. Needs what `golden_envoy` needs.
#![expect(clippy::expect_used, clippy::panic, reason = "a test's helpers may fail the test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use doorward_tests::ecds::{Plugin, write_atomically};
use doorward_tests::envoy::{
    Bootstrap, ClientCertificates, Envoy, Filter, Launch, Listener, Program, ServerIdentity, Tls,
};
use doorward_tests::golden::material::Material;
use doorward_tests::hostile::{Ammunition, Kind, Prng, Target, aim};
use doorward_tests::http::{Client, HttpError, Request, tls_config};
use doorward_tests::pki::{Leaf, unix_now};
use doorward_tests::upstream::Upstream;
use doorward_tests::{Host, root};
use rustls::ClientConfig;
use serde_json::{Map, Value, json};

/// Hostile requests.
const REQUESTS: usize = 10_000;
/// One request that is allowed, on each listener, after so many hostile ones.
const GOOD_EVERY: usize = 50;
/// The run is the same every time; another number is another run.
const SEED: u64 = 0x000d_0012_7a2d;

const WEB: &str = "spiffe://corp.example.com/ns/shop/sa/web";
const GATEWAY: &str = "spiffe://corp.example.com/ns/edge/sa/gateway";
const STRANGER: &str = "spiffe://corp.example.com/ns/shop/sa/batch";

#[test]
fn no_hostile_request_gets_in_or_stops_the_filter() {
    let from = Ammunition::new().expect("keys and certificates can be made");
    let mut range = Range::open(&from);
    range.good_requests(&from);
    let vms = range.vms();
    let mut random = Prng::new(SEED);
    let mut counts: BTreeMap<Kind, BTreeMap<String, usize>> = BTreeMap::new();
    for number in 0..REQUESTS {
        let kind = Kind::ALL[number % Kind::ALL.len()];
        let shot = aim(kind, &mut random, &from);
        let answer = range.shoot(&from, &shot.target, &shot.bytes);
        let seen = range.upstream.received();
        assert_eq!(
            seen,
            range.good,
            "request {number} ({kind:?}) reached the workload:\n{}",
            String::from_utf8_lossy(&shot.bytes)
        );
        assert!(
            !answer.starts_with('5'),
            "request {number} ({kind:?}) was answered with {answer}:\n{}",
            String::from_utf8_lossy(&shot.bytes)
        );
        *counts.entry(kind).or_default().entry(answer).or_default() += 1;
        if number % GOOD_EVERY == GOOD_EVERY - 1 {
            range.good_requests(&from);
        }
    }
    println!("{}", table(&counts));
    assert_eq!(range.vms(), vms, "the filter's VMs are not the ones that it began with");
    let log = std::fs::read(range.envoy.log_path()).expect("Envoy has a log");
    let log = String::from_utf8_lossy(&log);
    for trace in ["wasm_fail_stream", "panicked", "Uncaught RuntimeError", "proxy_on_request_headers failed"]
    {
        assert!(!log.contains(trace), "Envoy's log has {trace:?}");
    }
    assert!(!log.contains(&from.good_token), "Envoy's log holds a token");
    let unanswered =
        counts.values().map(|answers| answers.get("no answer in time").unwrap_or(&0)).sum::<usize>();
    assert_eq!(unanswered, 0, "some requests were not answered in time");
}

/// An Envoy with a listener that asks for a token and one that asks for a certificate.
struct Range {
    envoy: Envoy,
    upstream: Upstream,
    tokens: Client,
    gateway: Client,
    stranger: Client,
    web: Client,
    mesh: std::net::SocketAddr,
    authority: Vec<u8>,
    /// Requests that were allowed so far.
    good: u64,
}

impl Range {
    fn open(from: &Ammunition) -> Self {
        let material = from.material();
        let folder = root().join("target/hostile");
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        let program = Program::find(&root()).unwrap_or_else(|error| panic!("{error}"));
        let module = Host::Wasm.module().unwrap_or_else(|error| panic!("{error}"));
        let upstream = Upstream::start("workload", 0).expect("a workload");
        let authority = material.authority("corp").expect("our authority");
        let trusted_ca = folder.join("authority.pem");
        write_atomically(&trusted_ca, authority.pem()).expect("the authority can be written");
        let own = svid(material, "spiffe://corp.example.com/ns/payment/sa/processor");
        let (certificate, key) = own.write(&folder, "own").expect("our certificate can be written");
        let clients =
            ClientCertificates::OneAuthority { trusted_ca, required: false, accept_untrusted: true };
        let configuration = |value: &Value| {
            material.configuration(value.as_object().unwrap_or(&Map::new())).expect("a configuration")
        };
        let filter =
            |name: &str, value: &Value| Filter::Inline(Plugin::new(name, &module), configuration(value));
        let mut mesh = Listener::new(
            "mesh",
            Tls::Server(ServerIdentity { certificate, key }, clients),
            filter("mesh", &mesh_configuration()),
        );
        mesh.forward_client_cert = Some("ALWAYS_FORWARD_ONLY".to_owned());
        mesh.normalize_path = false;
        let mut tokens = Listener::new("tokens", Tls::Plain, filter("tokens", &tokens_configuration()));
        tokens.normalize_path = false;
        let bootstrap = Bootstrap::new(upstream.address()).listener(mesh).listener(tokens);
        let config = folder.join("hostile.json");
        bootstrap.write(&config).expect("the bootstrap can be written");
        let envoy = Envoy::start(&program, &Launch::new("hostile", &config, &root(), &folder))
            .unwrap_or_else(|error| panic!("{error}"));
        let mesh = envoy.listener("mesh").expect("the mTLS listener");
        let authority = authority.der().to_vec();
        let client = |id: &str| Client::tls(mesh, tls(&authority, &svid(material, id)));
        Self {
            tokens: Client::plain(envoy.listener("tokens").expect("the listener for tokens")),
            gateway: client(GATEWAY),
            stranger: client(STRANGER),
            web: client(WEB),
            mesh,
            authority,
            envoy,
            upstream,
            good: 0,
        }
    }

    /// What came of a request: a status, or how the connection ended.
    fn shoot(&mut self, from: &Ammunition, target: &Target, bytes: &[u8]) -> String {
        let answer = match target {
            Target::Tokens => self.tokens.send_raw(bytes, bytes.starts_with(b"HEAD ")),
            Target::Gateway => self.gateway.send_raw(bytes, false),
            Target::Stranger => self.stranger.send_raw(bytes, false),
            Target::Certificate(members) => {
                let members = members.as_object().cloned().unwrap_or_default();
                let leaf = from.material().certificate(&members, unix_now()).expect("a certificate").leaf;
                Client::tls(self.mesh, tls(&self.authority, &leaf)).send_raw(bytes, false)
            }
        };
        match answer {
            Ok(response) => response.status.to_string(),
            Err(HttpError::TimedOut) => "no answer in time".to_owned(),
            Err(_) => "closed".to_owned(),
        }
    }

    /// Who may come in comes in, on either listener.
    fn good_requests(&mut self, from: &Ammunition) {
        let token = format!("Bearer {}", from.good_token);
        let request = Request::get("/v1/accounts/7").header("authorization", token);
        let answer = self.tokens.send(&request).expect("an answer to a good token");
        assert_eq!(answer.status, 200, "a good token is refused after {} good requests", self.good);
        let answer = self.web.send(&Request::get("/v1/accounts/7")).expect("an answer to a good certificate");
        assert_eq!(answer.status, 200, "a good certificate is refused after {} good requests", self.good);
        let forwarded =
            Request::get("/").header("x-forwarded-client-cert", format!("By={GATEWAY};URI={WEB}"));
        let answer = self.gateway.send(&forwarded).expect("an answer to the gateway");
        assert_eq!(answer.status, 200, "the gateway is refused after {} good requests", self.good);
        self.good += 3;
    }

    /// Envoy's counters of VMs: made, alive, made anew after a trap.
    fn vms(&self) -> BTreeMap<String, String> {
        let stats = self.envoy.get("/stats").expect("Envoy's statistics");
        let is_vm = |name: &str| {
            name.contains("wasm") && ["created", "active", "vm_count"].iter().any(|end| name.ends_with(end))
                || name.contains("vm_reload")
        };
        let counters = stats.lines().filter_map(|line| line.split_once(": ")).filter(|(name, _)| is_vm(name));
        let counters: BTreeMap<_, _> =
            counters.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert!(!counters.is_empty(), "Envoy counts no VMs");
        counters
    }
}

/// Lets in whom a certificate or the gateway calls the web workload. Reads whatever there is to read.
fn mesh_configuration() -> Value {
    json!({
        "identity": {
            "trust_domain": "corp.example.com",
            "sources": [{ "type": "xfcc", "trusted_proxies": [GATEWAY] }, { "type": "connection" }],
        },
        "upstream_headers": { "spiffe_id": "x-doorward-spiffe-id" },
        "policy": { "modules": [{ "name": "policy.rego", "source": format!(
            "package envoy.authz\n\ndefault allow := false\n\nallow if input.identity.spiffe_id == \"{WEB}\"\n"
        ) }] },
    })
}

/// Lets in Alice by her token. The policy reads the whole request, so that all of it is made into values.
fn tokens_configuration() -> Value {
    let policy = "package envoy.authz\n\ndefault allow := false\n\nallow if {\n  input.jwt.staff.sub == \"alice\"\n  \
                  input.request.method\n}\n\nallow if {\n  some name, value in input.request.headers\n  name == \
                  \"x-nobody-sends-this\"\n  some key, _ in input.parsed_query\n  key == value\n  input.parsed_path[0] == \
                  name\n  input.jwt.staff.sub == \"alice\"\n}\n";
    json!({
        "tokens": { "realm": "corp", "providers": [{
            "name": "staff",
            "issuer": doorward_tests::hostile::ISSUER,
            "audiences": ["accounts"],
            "jwks_of": "staff",
        }] },
        "upstream_headers": { "decision_id": "x-doorward-decision-id", "policy": ["x-user-tier"] },
        "policy": { "modules": [{ "name": "policy.rego", "source": policy }] },
    })
}

fn svid(material: &Material, id: &str) -> Leaf {
    let members = json!({ "uris": [id] });
    let members = members.as_object().cloned().unwrap_or_default();
    material.certificate(&members, unix_now()).expect("a certificate").leaf
}

fn tls(authority: &[u8], leaf: &Leaf) -> Arc<ClientConfig> {
    tls_config([authority], Some(leaf)).expect("a client's TLS")
}

fn table(counts: &BTreeMap<Kind, BTreeMap<String, usize>>) -> String {
    let mut text = String::new();
    for (kind, answers) in counts {
        let total: usize = answers.values().sum();
        let answers: Vec<String> =
            answers.iter().map(|(answer, count)| format!("{answer}: {count}")).collect();
        text.push_str(&format!("{:<28}{total:>6}   {}\n", format!("{kind:?}"), answers.join(", ")));
    }
    text
}
