//! The lab's Envoy starts, answers over every TLS mode, says why it would not start, and is gone when it should be.
#![expect(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use std::path::{Path, PathBuf};

use doorward_tests::ecds::{Plugin, WASM_TYPE};
use doorward_tests::envoy::{
    Bootstrap, ClientCertificates, Envoy, Filter, Launch, Listener, Program, ServerIdentity, Tls,
};
use doorward_tests::http::{Client, HttpError, Request, tls_config};
use doorward_tests::pki::{Authority, LeafSpec};
use doorward_tests::upstream::{Echo, Upstream};
use serde_json::json;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = root().join("target/lab").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn start(name: &str, bootstrap: &Bootstrap) -> doorward_tests::Result<Envoy> {
    let folder = folder(name);
    let config = folder.join("envoy.json");
    bootstrap.write(&config)?;
    Envoy::start(&Program::find(root())?, &Launch::new(name, &config, root(), &folder))
}

fn is_alive(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
fn requests_pass_byte_by_byte_and_the_process_is_gone_after_drop() {
    let upstream = Upstream::start("echo", 0).unwrap();
    let bootstrap =
        Bootstrap::new(upstream.address()).listener(Listener::new("plain", Tls::Plain, Filter::Nobody));
    let envoy = start("drop", &bootstrap).unwrap();
    let mut client = Client::plain(envoy.listener("plain").unwrap());
    let request =
        Request::get("/a?b=c").header("x-twice", "1").header("X-Twice", "2").header("x-raw", b"\xff");
    for _ in 0..3 {
        let response = client.send(&request).unwrap();
        assert_eq!(response.status, 200);
        let echo: Echo = serde_json::from_slice(&response.body).unwrap();
        assert_eq!((echo.method.as_str(), echo.path.as_str()), ("GET", "/a?b=c"));
        assert_eq!(echo.headers["x-twice"], ["1", "2"]);
        assert_eq!(echo.headers["x-raw"], ["\u{fffd}"]);
    }
    let posted = client.send(&Request::new("POST", "/").body("four")).unwrap();
    assert_eq!(serde_json::from_slice::<Echo>(&posted.body).unwrap().body_bytes, 4);
    assert_eq!(client.send(&Request::new("HEAD", "/")).unwrap().body, b"");
    assert_eq!(upstream.received(), 5);
    let stats = envoy.stats().unwrap();
    assert_eq!(
        stats.sum("envoy_http_downstream_cx_total"),
        stats.sum_labelled("envoy_http_downstream_cx_total", "prefix")
    );
    assert_eq!(stats.sum("no_such_metric"), None);

    let (pid, address) = (envoy.pid(), envoy.listener("plain").unwrap());
    assert!(is_alive(pid));
    drop(envoy);
    assert!(!is_alive(pid));
    assert!(matches!(Client::plain(address).send(&request), Err(HttpError::Connect(_))));
}

#[test]
fn a_panic_takes_the_process_down() {
    let upstream = Upstream::start("echo", 0).unwrap();
    let envoy = start("panic", &Bootstrap::new(upstream.address())).unwrap();
    let pid = envoy.pid();
    let panicked = std::thread::spawn(move || {
        let _owned = envoy;
        panic!("on purpose");
    });
    panicked.join().unwrap_err();
    assert!(!is_alive(pid));
}

#[test]
fn an_envoy_that_does_not_start_says_why() {
    let mut bootstrap = Bootstrap::new("127.0.0.1:9".parse().unwrap());
    let plugin = Plugin::new("missing", folder("refused").join("missing.wasm"));
    bootstrap.listeners.push(Listener::new("l", Tls::Plain, Filter::Inline(plugin, json!({}))));
    let message = start("refused", &bootstrap).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("missing.wasm"), "{message}");
}

#[test]
fn a_discovered_filter_that_is_refused_fails_the_start() {
    let file = folder("discovered").join("filter.json");
    let plugin = Plugin::new("broken", folder("discovered").join("missing.wasm"));
    plugin.write(&file, &json!({ "version": 1 })).unwrap();
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(written["resources"][0]["typed_config"]["@type"], WASM_TYPE);
    let filter = Filter::Discovered("broken".into(), file);
    let bootstrap =
        Bootstrap::new("127.0.0.1:9".parse().unwrap()).listener(Listener::new("l", Tls::Plain, filter));
    let message = start("discovered", &bootstrap).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("refused a filter's configuration"), "{message}");
}

#[test]
fn each_tls_mode_lets_in_whom_it_says() {
    let folder = folder("tls");
    let corp = Authority::new("corp.example.com").unwrap();
    let partner = Authority::new("partner.example.org").unwrap();
    std::fs::write(folder.join("corp.pem"), corp.pem()).unwrap();
    std::fs::write(folder.join("partner.pem"), partner.pem()).unwrap();
    let server = corp.leaf(&LeafSpec::svid("spiffe://corp.example.com/ns/db/sa/database")).unwrap();
    let (certificate, key) = server.write(&folder, "server").unwrap();
    let server = ServerIdentity { certificate, key };

    let upstream = Upstream::start("echo", 0).unwrap();
    let bundles = vec![
        ("corp.example.com".to_owned(), folder.join("corp.pem")),
        ("partner.example.org".to_owned(), folder.join("partner.pem")),
    ];
    let one = |required, accept_untrusted| ClientCertificates::OneAuthority {
        trusted_ca: folder.join("corp.pem"),
        required,
        accept_untrusted,
    };
    let modes = [
        ("ignored", ClientCertificates::Ignored),
        ("spiffe", ClientCertificates::Spiffe(bundles)),
        ("required", one(true, false)),
        ("reporting", one(false, true)),
    ];
    let mut bootstrap = Bootstrap::new(upstream.address());
    for (name, mode) in modes {
        bootstrap.listeners.push(Listener::new(name, Tls::Server(server.clone(), mode), Filter::Nobody));
    }
    let envoy = start("tls", &bootstrap).unwrap();

    let frontend = "spiffe://corp.example.com/ns/web/sa/frontend";
    let ours = corp.leaf(&LeafSpec::svid(frontend)).unwrap();
    let theirs = partner.leaf(&LeafSpec::svid("spiffe://partner.example.org/a")).unwrap();
    let impostor = partner.leaf(&LeafSpec::svid(frontend)).unwrap();
    let passes = |listener: &str, identity| {
        let config = tls_config([corp.der()], identity).unwrap();
        match Client::tls(envoy.listener(listener).unwrap(), config).send(&Request::get("/")) {
            Ok(response) => response.status == 200,
            Err(HttpError::Tls(_)) => false,
            Err(other) => panic!("{other}"),
        }
    };
    //                 ours, partner's, partner's with our name, none
    let table = [
        ("ignored", [true, true, true, true]),
        ("spiffe", [true, true, false, false]),
        ("required", [true, false, false, false]),
        ("reporting", [true, true, true, true]),
    ];
    for (listener, expected) in table {
        let callers = [Some(&ours), Some(&theirs), Some(&impostor), None];
        assert_eq!(callers.map(|caller| passes(listener, caller)), expected, "{listener}");
    }

    // The client checks the server, too.
    let config = tls_config([partner.der()], Some(&ours)).unwrap();
    let refused = Client::tls(envoy.listener("spiffe").unwrap(), config).send(&Request::get("/"));
    assert!(matches!(refused, Err(HttpError::Tls(_))));
}
