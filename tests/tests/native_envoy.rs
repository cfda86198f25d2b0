//! Who the dynamic module believes a caller to be, with real certificates on a real Envoy. Needs what `golden_envoy` needs.
// Elsewhere there is no dynamic module to test, see `Host::here`.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use doorward_tests::ecds::{Plugin, write_atomically};
use doorward_tests::envoy::{
    Bootstrap, ClientCertificates, Envoy, Filter, Launch, Listener, LogTail, Program, ServerIdentity, Tls,
};
use doorward_tests::http::{Client, HttpError, Request, tls_config};
use doorward_tests::pki::{Authority, Leaf, LeafSpec, self_signed};
use doorward_tests::upstream::{Echo, Upstream};
use doorward_tests::{Host, root};
use serde_json::{Value, json};

const WEB: &str = "spiffe://corp.example.com/ns/shop/sa/web";
const BATCH: &str = "spiffe://corp.example.com/ns/shop/sa/batch";
/// Longest wait for a decision's record.
const RECORD_LIMIT: Duration = Duration::from_secs(5);
/// Connections that a worker remembers; so many more push out the oldest.
const REMEMBERED: usize = 1024;

/// Lets in every workload of the trust domain, and tells the workload who it is and over which connection.
fn configuration() -> Value {
    json!({
        "version": 1,
        "identity": { "trust_domain": "corp.example.com", "sources": [{ "type": "connection" }] },
        "upstream_headers": { "spiffe_id": "x-doorward-spiffe-id", "policy": ["x-source", "x-destination"] },
        "policy": { "modules": [{ "name": "policy.rego", "source": "package envoy.authz\n\nallow := {\n  \
            \"allowed\": input.identity.spiffe_id != \"\",\n  \"headers\": {\n    \"x-source\": sprintf(\"%s:%d\", \
            [input.attributes.source.address.socketAddress.address, \
            input.attributes.source.address.socketAddress.portValue]),\n    \"x-destination\": sprintf(\"%s:%d\", \
            [input.attributes.destination.address.socketAddress.address, \
            input.attributes.destination.address.socketAddress.portValue]),\n  },\n}\n" }] },
    })
}

/// An Envoy with the dynamic module behind listeners that differ in what they say of the peer.
struct Lab {
    envoy: Envoy,
    upstream: Upstream,
    corp: Authority,
    log: LogTail,
}

impl Lab {
    /// Listeners: `told` writes the filter state and lets any certificate come as far as the filter, `untold` does not
    /// write it, `strict` writes it and refuses what does not verify.
    fn open(name: &str, concurrency: u32) -> Self {
        let folder = root().join("target/lab").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let corp = Authority::new("corp.example.com").unwrap();
        let trusted_ca = folder.join("corp.pem");
        write_atomically(&trusted_ca, corp.pem()).unwrap();
        let own = corp.leaf(&LeafSpec::svid("spiffe://corp.example.com/ns/shop/sa/own")).unwrap();
        let (certificate, key) = own.write(&folder, "own").unwrap();
        let reporting = |ca: &PathBuf| ClientCertificates::OneAuthority {
            trusted_ca: ca.clone(),
            required: false,
            accept_untrusted: true,
        };
        let spiffe = ClientCertificates::Spiffe(vec![("corp.example.com".into(), trusted_ca.clone())]);
        let upstream = Upstream::start("workload", 0).unwrap();
        let mut bootstrap = Bootstrap::new(upstream.address());
        for (listener, clients, told) in [
            ("told", reporting(&trusted_ca), true),
            ("untold", reporting(&trusted_ca), false),
            ("strict", spiffe, true),
        ] {
            let plugin = Plugin::new(listener, Host::Native.module().unwrap());
            let identity = ServerIdentity { certificate: certificate.clone(), key: key.clone() };
            let mut listener = Listener::new(
                listener,
                Tls::Server(identity, clients),
                Filter::Inline(plugin, configuration()),
            );
            assert!(listener.tells_peer, "a native listener does by itself");
            listener.tells_peer = told;
            // Forged ones are to reach the filter.
            listener.forward_client_cert = Some("ALWAYS_FORWARD_ONLY".to_owned());
            bootstrap.listeners.push(listener);
        }
        let config = folder.join("envoy.json");
        bootstrap.write(&config).unwrap();
        let launch = Launch { concurrency, ..Launch::new(name, &config, &root(), &folder) };
        let envoy = Envoy::start(&Program::find(&root()).unwrap(), &launch).unwrap();
        let log = envoy.log();
        Self { envoy, upstream, corp, log }
    }

    fn address(&self, listener: &str) -> SocketAddr {
        self.envoy.listener(listener).unwrap()
    }

    fn client(&self, listener: &str, identity: Option<&Leaf>) -> Client {
        Client::tls(self.address(listener), tls_config([self.corp.der()], identity).unwrap())
    }

    fn svid(&self, id: &str) -> Leaf {
        self.corp.leaf(&LeafSpec::svid(id)).unwrap()
    }

    /// The reason of the decision about a request; `policy` is an allow.
    fn reason(&mut self, listener: &str, identity: Option<&Leaf>, request: &Request) -> String {
        self.log.lines();
        let received = self.upstream.received();
        let response = self.client(listener, identity).send(request).unwrap();
        let record = self.log.wait_for_decision(RECORD_LIMIT, |_| true).unwrap();
        let allowed = response.status == 200;
        assert_eq!(self.upstream.received() - received, u64::from(allowed), "{}", response.status);
        assert_eq!(record.spiffe_id().is_some(), allowed, "{}", record.json());
        record.reason().unwrap().to_owned()
    }
}

/// Who the workload is told that it was.
fn told(client: &mut Client) -> Result<(u16, Option<String>), HttpError> {
    let response = client.send(&Request::get("/"))?;
    let echo: Option<Echo> = serde_json::from_slice(&response.body).ok();
    Ok((response.status, echo.and_then(|echo| echo.headers.get("x-doorward-spiffe-id")?.first().cloned())))
}

/// Header lines with which a client might try to be somebody.
fn forged(leaf: &Leaf) -> Request {
    let pem: String = leaf.pem().lines().collect::<Vec<_>>().join("%0A");
    let state = format!("true {pem}");
    let xfcc = format!("By=x;Hash={};URI={WEB}", leaf.sha256_hex());
    [
        ("doorward.peer", state.as_str()),
        ("doorward-peer", &state),
        ("x-doorward-peer", &state),
        ("x-envoy-doorward.peer", &state),
        ("x-forwarded-client-cert", &xfcc),
        ("x-doorward-spiffe-id", WEB),
        ("connection.peer_certificate_valid", "true"),
        ("x-lab-principal", WEB),
    ]
    .into_iter()
    .fold(Request::get("/"), |request, (name, value)| request.header(name, value))
}

#[test]
fn only_a_validated_certificate_with_one_uri_is_an_identity() {
    let mut lab = Lab::open("native-identity", 1);
    let get = Request::get("/");
    let web = lab.svid(WEB);
    assert_eq!(lab.reason("told", Some(&web), &get), "policy");
    assert_eq!(lab.reason("strict", Some(&web), &get), "policy");
    for uris in [[WEB, BATCH], [BATCH, WEB], [WEB, WEB], [WEB, "https://corp.example.com/"]] {
        let spec = LeafSpec { uris: uris.map(str::to_owned).to_vec(), ..LeafSpec::default() };
        let leaf = lab.corp.leaf(&spec).unwrap();
        assert_eq!(lab.reason("told", Some(&leaf), &get), "svid_several_uri_sans", "{uris:?}");
    }
    let rogue = Authority::new("corp.example.com").unwrap().leaf(&LeafSpec::svid(WEB)).unwrap();
    let expired = LeafSpec { not_before_in: -7200, not_after_in: -3600, ..LeafSpec::svid(WEB) };
    let expired = lab.corp.leaf(&expired).unwrap();
    for leaf in [&self_signed(&LeafSpec::svid(WEB)).unwrap(), &rogue, &expired] {
        assert_eq!(lab.reason("told", Some(leaf), &get), "peer_not_validated");
        assert_eq!(
            lab.reason("told", Some(leaf), &forged(&web)),
            "peer_not_validated",
            "and headers do not help"
        );
    }
    assert_eq!(lab.reason("told", None, &get), "identity_missing");
    assert_eq!(lab.reason("told", None, &forged(&web)), "identity_missing");
    // The validator of Envoy's own refuses these before there is a request.
    for leaf in [Some(&rogue), None] {
        assert!(matches!(lab.client("strict", leaf).send(&get), Err(HttpError::Tls(_))));
    }
}

#[test]
fn a_listener_that_does_not_say_who_validated_lets_nobody_in() {
    let mut lab = Lab::open("native-untold", 1);
    let web = lab.svid(WEB);
    assert_eq!(lab.reason("told", Some(&web), &Request::get("/")), "policy");
    let rogue = self_signed(&LeafSpec::svid(WEB)).unwrap();
    for (leaf, reason) in [
        (Some(&web), "peer_validation_unknown"),
        (Some(&rogue), "peer_validation_unknown"),
        (None, "identity_missing"),
    ] {
        for request in [Request::get("/"), forged(&web)] {
            assert_eq!(lab.reason("untold", leaf, &request), reason);
        }
        // Each header alone, under every method that a proxy treats in its own way.
        for (name, value) in forged(&web).headers {
            for method in ["GET", "POST", "OPTIONS", "HEAD"] {
                let request = Request::new(method, "/").header(name.clone(), value.clone());
                assert_eq!(lab.reason("untold", leaf, &request), reason);
            }
        }
    }
    assert_eq!(lab.upstream.received(), 1);
}

/// Envoy's own default for a dynamic module's answer would be `grpc-status: 0`, which is "OK".
#[test]
fn a_refused_grpc_request_is_not_told_that_all_is_well() {
    let lab = Lab::open("native-grpc", 1);
    let web = lab.svid(WEB);
    let request = Request::new("POST", "/shop.Shop/Get").header("content-type", "application/grpc");
    let mut allowed = lab.client("told", Some(&web));
    let answer = allowed.send(&request).unwrap();
    assert_eq!((answer.status, answer.header("grpc-status")), (200, None), "the workload's own answer");
    for (leaf, path, status) in [(None, "/shop.Shop/Get", "7"), (Some(&web), "/shop.Shop/..%2fGet", "13")] {
        let mut request = request.clone();
        request.path = path.into();
        let answer = lab.client("told", leaf).send(&request).unwrap();
        assert_eq!((answer.status, answer.header("grpc-status").as_deref()), (200, Some(status)), "{path}");
    }
    assert_eq!(lab.upstream.received(), 1);
    // Who does not speak gRPC is told nothing of it.
    let answer = lab.client("told", None).send(&Request::get("/")).unwrap();
    assert_eq!((answer.status, answer.header("grpc-status")), (403, None));
}

#[test]
fn each_connection_keeps_its_own_identity_among_many() {
    const ROUNDS: usize = 40;
    let lab = Lab::open("native-connections", 2);
    let corp = &lab.corp;
    let two = LeafSpec { uris: vec![WEB.into(), BATCH.into()], ..LeafSpec::default() };
    let callers: [(Option<Leaf>, Option<&str>); 5] = [
        (Some(lab.svid(WEB)), Some(WEB)),
        (Some(lab.svid(BATCH)), Some(BATCH)),
        (Some(self_signed(&LeafSpec::svid(WEB)).unwrap()), None),
        (Some(corp.leaf(&two).unwrap()), None),
        (None, None),
    ];
    let answered = AtomicU64::new(0);
    thread::scope(|scope| {
        for (leaf, expected) in &callers {
            for threads in 0..2 {
                let (lab, answered) = (&lab, &answered);
                scope.spawn(move || {
                    let mut client = lab.client("told", leaf.as_ref());
                    for round in 0..ROUNDS {
                        let (status, id) = told(&mut client).unwrap();
                        assert_eq!((status == 200, id.as_deref()), (expected.is_some(), *expected));
                        answered.fetch_add(1, Ordering::Relaxed);
                        // Another connection in the middle of it: one caller sooner, one later.
                        if round % 7 == threads {
                            client.close();
                        }
                    }
                });
            }
        }
    });
    assert_eq!(answered.load(Ordering::Relaxed), 2 * 5 * 40);
}

#[test]
fn a_connection_that_a_worker_has_forgotten_is_read_again() {
    let lab = Lab::open("native-forgotten", 1);
    let [mut web, mut nobody] = [Some(&lab.svid(WEB)), None].map(|leaf| lab.client("told", leaf));
    let unknown = tls_config([lab.corp.der()], None).unwrap();
    let address = lab.address("told");
    for _ in 0..2 {
        assert_eq!(told(&mut web).unwrap(), (200, Some(WEB.to_owned())));
        assert_ne!(told(&mut nobody).unwrap().0, 200);
        // Each of these takes the place of an older one.
        for _ in 0..REMEMBERED / 2 + 8 {
            let mut client = Client::tls(address, unknown.clone());
            assert_ne!(client.send(&Request::get("/")).unwrap().status, 200);
        }
    }
    assert_eq!(told(&mut web).unwrap(), (200, Some(WEB.to_owned())));
    assert_ne!(told(&mut nobody).unwrap().0, 200);
}

#[test]
fn the_policy_sees_the_addresses_of_both_ends() {
    let lab = Lab::open("native-addresses", 1);
    let response = lab.client("told", Some(&lab.svid(WEB))).send(&Request::get("/")).unwrap();
    let echo: Echo = serde_json::from_slice(&response.body).unwrap();
    let one = |name: &str| echo.headers[name][0].clone();
    assert_eq!(one("x-destination"), lab.address("told").to_string());
    assert!(
        one("x-source").starts_with("127.0.0.1:") && one("x-source") != one("x-destination"),
        "{}",
        one("x-source")
    );
}
