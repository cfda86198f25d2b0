//! A panic in the dynamic module costs the request that met it, and nobody else. Needs an Envoy, and cargo for the module
//! that panics on request.
// Elsewhere there is no dynamic module to test, see `Host::here`.
#![cfg(target_os = "linux")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use doorward_tests::ecds::Plugin;
use doorward_tests::envoy::{Bootstrap, Envoy, Filter, Launch, Listener, Program, Tls};
use doorward_tests::faulty::{MESSAGE, PROVOKE, module};
use doorward_tests::golden::same;
use doorward_tests::http::{Client, Request};
use doorward_tests::upstream::Upstream;
use doorward_tests::{Host, root};
use serde_json::{Value, json};

/// Faults, while others send requests.
const FAULTS: usize = 50;
const PATIENCE: Duration = Duration::from_secs(10);

/// Allows what is below `/open`.
fn configuration() -> Value {
    json!({
        "version": 1,
        "policy": { "decision": "test/allow", "modules": [{
            "name": "test.rego",
            "source": "package test\n\ndefault allow := false\nallow if startswith(input.request.path, \"/open\")\n",
        }] },
    })
}

#[test]
fn a_panic_costs_its_own_request_and_nothing_else() {
    let name = "native-faults";
    let folder = root().join("target/lab").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let upstream = Upstream::start("workload", 0).unwrap();
    let plugin = Plugin::new(name, module().unwrap());
    let listener = Listener::new("plain", Tls::Plain, Filter::Inline(plugin, configuration()));
    let config = folder.join("envoy.json");
    Bootstrap::new(upstream.address()).listener(listener).write(&config).unwrap();
    let launch = Launch { concurrency: 2, ..Launch::new(name, &config, &root(), &folder) };
    let mut envoy = Envoy::start(&Program::find(&root()).unwrap(), &launch).unwrap();
    let address = envoy.listener("plain").unwrap();

    // One connection: before, the fault, after.
    let mut client = Client::plain(address);
    let mut status = |request: &Request| client.send(request).unwrap().status;
    let [open, closed] = ["/open", "/closed"].map(Request::get);
    // Whatever the policy would have said.
    let faulty = [&open, &closed].map(|request| request.clone().header(PROVOKE, "secret-of-the-client"));
    for _ in 0..3 {
        assert_eq!((status(&open), status(&closed)), (200, 403));
        assert_eq!(faulty.each_ref().map(&mut status), [500, 500]);
    }
    assert_eq!(upstream.received(), 3);

    // Faults on one connection, others meanwhile on theirs.
    let ended = AtomicBool::new(false);
    let others: usize = scope(|scope| {
        let others: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let (mut client, mut rounds) = (Client::plain(address), 0);
                    while !ended.load(Ordering::Relaxed) {
                        assert_eq!(client.send(&open).unwrap().status, 200);
                        assert_eq!(client.send(&closed).unwrap().status, 403);
                        rounds += 1;
                    }
                    rounds
                })
            })
            .collect();
        for number in 0..FAULTS {
            assert_eq!(status(&faulty[number % 2]), 500);
            sleep(Duration::from_millis(2));
        }
        ended.store(true, Ordering::Relaxed);
        others.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(others > FAULTS, "only {others} rounds of the others");
    assert_eq!((status(&open), status(&closed)), (200, 403));
    assert_eq!(upstream.received(), u64::try_from(others).unwrap() + 4);

    let faults = FAULTS + 6;
    let counters = same::counters(&envoy.stats().unwrap());
    assert_eq!(counters.get("doorward_error{reason=\"fault\"}"), Some(&faults.to_string()), "{counters:?}");
    assert_eq!(counters.get("doorward_allowed"), Some(&(others + 4).to_string()), "{counters:?}");
    let details = "access 500 doorward_error:fault";
    let started = Instant::now();
    let count = |log: &str, wanted: &str| log.lines().filter(|line| line.contains(wanted)).count();
    let log = || String::from_utf8_lossy(&std::fs::read(envoy.log_path()).unwrap()).into_owned();
    while count(&log(), details) < faults && started.elapsed() < PATIENCE {
        sleep(Duration::from_millis(50));
    }
    let log = log();
    assert_eq!(count(&log, details), faults);
    // The place, and not what was there.
    assert_eq!(count(&log, "doorward: internal fault at filter/native/src/fault.rs:"), faults);
    for secret in [MESSAGE, "secret-of-the-client", "panicked"] {
        assert_eq!(count(&log, secret), 0, "{secret}");
    }
    assert!(envoy.is_running());
    assert_eq!(envoy.terminate().unwrap().code(), Some(0));
}

/// Nobody can ask the module that is shipped.
#[test]
fn the_shipped_module_does_not_know_how_to_panic_on_request() {
    let holds = |path: &std::path::Path, text: &str| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let (shipped, faulty) = (Host::Native.module().unwrap(), module().unwrap());
    for text in [PROVOKE, MESSAGE] {
        assert!(!holds(&shipped, text), "{} has {text:?}", shipped.display());
        assert!(holds(&faulty, text), "the search finds nothing in {}", faulty.display());
    }
    for word in ["provoke", "PROVOKE"] {
        assert!(!holds(&shipped, word), "{} has {word:?}", shipped.display());
    }
    assert!(holds(&shipped, "envoy_dynamic_module_on_http_filter_request_headers"), "it is the module");
}
