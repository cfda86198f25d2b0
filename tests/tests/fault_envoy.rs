//! When something goes wrong that should not, no request passes undecided: a VM that traps, a configuration that does
//! not load. And what an operator sees of it all.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may fail the test")]

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use doorward_tests::ecds::{Plugin, write_atomically};
use doorward_tests::envoy::{Bootstrap, Envoy, Filter, Launch, Listener, LogTail, Program, START_LIMIT, Tls};
use doorward_tests::http::{Client, Request, Response};
use doorward_tests::upstream::{Echo, Upstream};
use serde_json::{Value, json};

/// Longest wait for something that Envoy does on its own: flush a log or its histograms, load a file or a VM. A new
/// configuration compiles the module again, which a busy machine may take as long for as for a start.
const PATIENCE: Duration = START_LIMIT;
const POLL: Duration = Duration::from_millis(20);

/// A filter that lets everything pass, and traps on request. The kinds of a fault are those that a compiled program can
/// have: an abort, a stack that overflows, an access outside of the memory, an arithmetic one.
const FAULTY: &str = r#"
(module
  (import "env" "proxy_get_header_map_value" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "x-abort")
  (data (i32.const 32) "x-overflow")
  (data (i32.const 48) "x-outside")
  (data (i32.const 64) "x-division")

  (func (export "proxy_abi_version_0_2_1"))
  ;; The value of a header, which nobody reads.
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_vm_start") (param i32 i32) (result i32) (i32.const 1))
  ;; Refuses a configuration of eight bytes.
  (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.ne (local.get 1) (i32.const 8)))
  (func (export "proxy_on_context_create") (param i32 i32))

  (func $has (param $name i32) (param $size i32) (result i32)
    (i32.eqz (call $get (i32.const 0) (local.get $name) (local.get $size) (i32.const 0) (i32.const 4))))
  (func $overflow (param $depth i32) (result i32)
    (i32.add (i32.const 1) (call $overflow (i32.add (local.get $depth) (i32.const 1)))))

  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (if (call $has (i32.const 16) (i32.const 7)) (then unreachable))
    (if (call $has (i32.const 32) (i32.const 10)) (then (drop (call $overflow (i32.const 0)))))
    (if (call $has (i32.const 48) (i32.const 9)) (then (drop (i32.load (i32.const -16)))))
    (if (call $has (i32.const 64) (i32.const 10)) (then (drop (i32.div_u (i32.const 1) (i32.load (i32.const 2048))))))
    (i32.const 0)))
"#;
const FAULTS: [&str; 4] = ["x-abort", "x-overflow", "x-outside", "x-division"];
/// How often each of them happens.
const ROUNDS: u64 = 2;

/// Does not come through its own configuration.
const TRAPS_WHEN_CONFIGURED: &str = r#"
(module
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_vm_start") (param i32 i32) (result i32) (i32.const 1))
  (func (export "proxy_on_configure") (param i32 i32) (result i32) unreachable)
  (func (export "proxy_on_context_create") (param i32 i32)))
"#;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = root().join("target/lab").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A module from its text.
fn assemble(name: &str, text: &str) -> PathBuf {
    let path = folder(name).join("module.wasm");
    std::fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
    path
}

/// The filter.
fn doorward() -> PathBuf {
    let path = std::env::var_os("DOORWARD_WASM").map_or_else(|| "target/doorward.wasm".into(), PathBuf::from);
    let path = root().join(path);
    assert!(path.is_file(), "there is no filter module at {}: run ./build.sh build", path.display());
    path
}

/// One Envoy with one filter in front of one workload.
struct Lab {
    envoy: Envoy,
    upstream: Upstream,
    client: Client,
    log: LogTail,
    /// Lines of the log so far.
    lines: Vec<String>,
}

impl Lab {
    fn open(name: &str, filter: Filter, with_refused_filters: bool) -> doorward_tests::Result<Self> {
        let upstream = Upstream::start("workload", 0)?;
        let bootstrap =
            Bootstrap::new(upstream.address()).listener(Listener::new("plain", Tls::Plain, filter));
        let config = folder(name).join("envoy.json");
        bootstrap.write(&config)?;
        let launch = Launch { with_refused_filters, ..Launch::new(name, &config, root(), &folder(name)) };
        let envoy = Envoy::start(&Program::find(root())?, &launch)?;
        let client = Client::plain(envoy.listener("plain")?);
        let log = envoy.log();
        Ok(Self { envoy, upstream, client, log, lines: Vec::new() })
    }

    fn get(&mut self, path: &str) -> Response {
        self.client.send(&Request::get(path)).unwrap()
    }

    fn send(&mut self, header: &str) -> u16 {
        self.client.send(&Request::get("/").header(header, "1")).unwrap().status
    }

    /// A statistic by its name in Envoy; 0 while there is none.
    fn counter(&self, name: &str) -> u64 {
        let text = self.envoy.get(&format!("/stats?filter=^{name}$")).unwrap();
        text.trim().rsplit_once(": ").map_or(0, |(_, value)| value.parse().unwrap())
    }

    /// The first line of the log, from the beginning, for which `wanted` holds.
    fn line(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        self.wait("a line of the log", |lab| {
            let fresh = lab.log.lines();
            lab.lines.extend(fresh);
            lab.lines.iter().find(|line| wanted(line)).cloned()
        })
    }

    fn wait<T>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "{}", self.envoy.failure(&format!("did not show {what}")));
            sleep(POLL);
        }
    }
}

/// Traps again and again; between a trap and the reload every request is 503, and none reaches the workload.
fn traps(name: &str, filter: Filter) {
    let mut lab = Lab::open(name, filter, false).unwrap();
    let counter = |lab: &Lab, what: &str| lab.counter(&format!("wasm.{name}.vm_reload_{what}"));
    let mut passed = 0;
    for round in 0..ROUNDS {
        for fault in FAULTS {
            let (trapped, began) = (lab.send(fault), Instant::now());
            assert_eq!(trapped, 503, "{fault}, round {round}");
            let mut refused = 0;
            let down = lab.wait("a filter that works again", |lab| match lab.get("/").status {
                200 => Some(began.elapsed()),
                503 => {
                    refused += 1;
                    None
                }
                other => panic!("{fault}: {other}"),
            });
            passed += 1;
            assert_eq!(
                lab.upstream.received(),
                passed,
                "{fault}: only what was answered with 200 has passed"
            );
            // The first fault comes when the VM has stood for a while, and may be mended at once.
            if refused > 0 {
                println!("{name}: {fault}: {refused} requests refused in {} ms", down.as_millis());
            }
        }
    }
    let faults = ROUNDS * u64::try_from(FAULTS.len()).unwrap();
    assert_eq!(counter(&lab, "success"), faults, "a reload for each fault");
    assert!(counter(&lab, "backoff") > 0, "no request came between a fault and the reload");
    assert_eq!(counter(&lab, "failure"), 0);
    let line = lab.line(|line| line.starts_with("access 503"));
    assert_eq!(line, "access 503 wasm_fail_stream");
}

#[test]
fn a_filter_in_the_bootstrap_that_traps_lets_nothing_pass_and_comes_back() {
    let module = assemble("fault-inline", FAULTY);
    let plugin = Plugin { vm_id: "fault".into(), ..Plugin::new("fault-inline", module) };
    traps("fault-inline", Filter::Inline(plugin, json!({})));
}

#[test]
fn a_filter_from_a_file_that_traps_lets_nothing_pass_and_comes_back() {
    let name = "fault-ecds";
    let file = folder(name).join("filter.json");
    Plugin::new(name, assemble(name, FAULTY)).write(&file, &json!({})).unwrap();
    traps(name, Filter::Discovered(name.into(), file));
}

#[test]
fn a_filter_that_traps_after_a_refused_update_comes_back_too() {
    let name = "fault-both";
    let file = folder(name).join("filter.json");
    let plugin = Plugin::new(name, assemble(name, FAULTY));
    plugin.write(&file, &json!({})).unwrap();
    let mut lab = Lab::open(name, Filter::Discovered(name.into(), file.clone()), false).unwrap();
    let mut passed = 0;
    for (index, fault) in FAULTS.into_iter().enumerate() {
        let refused = |lab: &Lab| {
            let discovery = format!("extension_config_discovery.http_filter.{name}");
            ["update_rejected", "config_fail"].map(|counter| lab.counter(&format!("{discovery}.{counter}")))
        };
        let before = refused(&lab);
        // Eight bytes, and each time others: Envoy does not look at a refused file again.
        plugin.write(&file, &json!(format!("refus{index}"))).unwrap();
        lab.wait("a refused update", |lab| (refused(lab) != before).then_some(()));
        assert_eq!((lab.send("x-harmless"), lab.send(fault)), (200, 503), "{fault}");
        lab.wait("a filter that works again", |lab| (lab.send("x-harmless") == 200).then_some(()));
        passed += 2;
        assert_eq!(lab.upstream.received(), passed, "{fault}");
    }
}

/// Allows what is below `/open`.
fn configuration(revision: &str) -> Value {
    json!({
        "version": 1,
        "revision": revision,
        "policy": { "decision": "test/allow", "modules": [{
            "name": "test.rego",
            "source": "package test\n\ndefault allow := false\nallow if startswith(input.request.path, \"/open\")\n",
        }] },
    })
}

/// Configurations that do not load, with what the log says of each.
fn bad_configurations() -> Vec<(&'static str, Value)> {
    let with = |change: fn(&mut Value)| {
        let mut configuration = configuration("bad");
        change(&mut configuration);
        configuration
    };
    vec![
        ("version: ", with(|document| document["version"] = json!(2))),
        ("polcy: unknown field", with(|document| document["polcy"] = json!({}))),
        ("policy.modules", with(|document| document["policy"]["modules"] = json!([]))),
        (
            "test.rego:",
            with(|document| {
                document["policy"]["modules"][0]["source"] = json!("package test\n\nallow if {\n");
            }),
        ),
        (
            "tokens.providers[0].audiences",
            with(|document| {
                document["tokens"] =
                    json!({ "providers": [{ "name": "a", "issuer": "https://a.test", "jwks": {} }] });
            }),
        ),
        ("configuration: ", Value::Null),
    ]
}

#[test]
fn a_first_configuration_that_does_not_load_lets_nothing_pass_until_it_is_mended() {
    let name = "fault-first";
    let file = folder(name).join("filter.json");
    let plugin = Plugin::new(name, doorward());
    plugin.write(&file, &json!({ "version": 1 })).unwrap();
    let mut lab = Lab::open(name, Filter::Discovered(name.into(), file.clone()), true).unwrap();
    let discovery = format!("extension_config_discovery.http_filter.{name}");
    assert!(
        lab.counter(&format!("{discovery}.update_rejected"))
            + lab.counter(&format!("{discovery}.config_fail"))
            > 0
    );
    for path in ["/open", "/closed"] {
        assert_eq!(lab.get(path).status, 500, "{path}");
    }
    assert_eq!(lab.upstream.received(), 0);
    lab.line(|line| line.contains("doorward: configuration refused: ") && line.contains("`policy`"));

    plugin.write(&file, &configuration("mended")).unwrap();
    lab.wait("the mended configuration", |lab| (lab.get("/open").status == 200).then_some(()));
    assert_eq!(lab.get("/closed").status, 403);
    assert_eq!(lab.upstream.received(), 1);
}

#[test]
fn an_envoy_whose_own_file_holds_a_configuration_that_does_not_load_does_not_start() {
    let plugin = Plugin::new("fault-bootstrap", doorward());
    let filter = Filter::Inline(plugin, json!({ "version": 1, "policy": { "modules": [] }, "mode": "open" }));
    let message = Lab::open("fault-bootstrap", filter, false).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("doorward: configuration refused: mode: "), "{message}");
}

#[test]
fn an_update_that_does_not_load_leaves_the_configuration_that_serves() {
    let name = "fault-update";
    let file = folder(name).join("filter.json");
    let plugin = Plugin::new(name, doorward());
    plugin.write(&file, &configuration("good-1")).unwrap();
    let mut lab = Lab::open(name, Filter::Discovered(name.into(), file.clone()), false).unwrap();
    let discovery = format!("extension_config_discovery.http_filter.{name}");
    let refused = |lab: &Lab| {
        ["update_rejected", "update_failure", "config_fail"]
            .map(|counter| lab.counter(&format!("{discovery}.{counter}")))
            .into_iter()
            .sum::<u64>()
    };
    let version = |lab: &Lab| lab.envoy.get(&format!("/stats?filter=^{discovery}.version_text$")).unwrap();
    let shown = |lab: &Lab, configuration: &Value| {
        version(lab).contains(plugin.resource(configuration)["version_info"].as_str().unwrap())
    };
    assert!(shown(&lab, &configuration("good-1")), "{}", version(&lab));

    let assert_still_decides = |lab: &mut Lab| {
        let received = lab.upstream.received();
        assert_eq!((lab.get("/open").status, lab.get("/closed").status), (200, 403));
        assert_eq!(lab.upstream.received(), received + 1);
    };
    for (place, bad) in bad_configurations() {
        let before = refused(&lab);
        plugin.write(&file, &bad).unwrap();
        lab.wait(place, |lab| (refused(lab) > before).then_some(()));
        lab.line(|line| line.contains("doorward: configuration refused: ") && line.contains(place));
        assert_still_decides(&mut lab);
        assert!(!shown(&lab, &bad), "{place}");
    }
    // Not the configuration but the module, and half a file.
    let broken = Plugin::new(name, assemble("fault-update", TRAPS_WHEN_CONFIGURED));
    let before = refused(&lab);
    broken.write(&file, &configuration("good-2")).unwrap();
    lab.wait("a module that traps", |lab| (refused(lab) > before).then_some(()));
    assert_still_decides(&mut lab);
    let before = refused(&lab);
    let whole = plugin.resource(&configuration("good-2")).to_string();
    write_atomically(&file, whole.split_at(whole.len() / 2).0).unwrap();
    lab.wait("half a file", |lab| (refused(lab) > before).then_some(()));
    assert_still_decides(&mut lab);

    plugin.write(&file, &configuration("good-3")).unwrap();
    lab.wait("the next good one", |lab| shown(lab, &configuration("good-3")).then_some(()));
    assert_still_decides(&mut lab);
    lab.line(|line| line.contains("\"revision\":\"good-3\""));
}

#[test]
fn an_operator_sees_every_decision_in_the_statistics_and_by_its_id_in_both_logs() {
    let name = "fault-metrics";
    let filter = Filter::Inline(Plugin::new(name, doorward()), configuration("seen"));
    let mut lab = Lab::open(name, filter, false).unwrap();
    assert_eq!(lab.get("/open").status, 200);
    for path in ["/closed", "/closed", "/open;a=b"] {
        assert!([400, 403].contains(&lab.get(path).status), "{path}");
    }
    assert_eq!(lab.upstream.received(), 1);

    let stats = lab.envoy.stats().unwrap();
    assert_eq!(stats.sum("doorward_allowed"), Some(1.0));
    assert_eq!(stats.sum_labelled("doorward_denied", "reason=\"policy_denied\""), Some(2.0));
    assert_eq!(stats.sum_labelled("doorward_denied", "reason=\"path_parameter\""), Some(1.0));
    assert_eq!(stats.sum("doorward_denied"), Some(3.0), "and no other reason");
    assert_eq!(stats.sum("doorward_error"), None);
    // Histograms come with the next flush.
    let count = lab.wait("the histogram", |lab| {
        lab.envoy.stats().unwrap().sum("doorward_decision_us_count").filter(|count| *count >= 4.0)
    });
    assert_eq!(count, 4.0);
    let stats = lab.envoy.stats().unwrap();
    assert!(stats.sum("doorward_decision_us_sum").unwrap() > 0.0);
    assert_eq!(
        stats.names("doorward_"),
        ["doorward_allowed", "doorward_denied", "doorward_decision_us"],
        "an operator's dashboards hang on these"
    );

    for (status, reason) in [(403, "policy_denied"), (400, "path_parameter")] {
        let details = format!("doorward_denied:{reason}:");
        let access = lab.line(|line| line.starts_with(&format!("access {status} {details}")));
        let id = access.rsplit_once(':').map(|(_, id)| id.to_owned()).unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{access}");
        let record = lab.line(|line| line.contains("wasm log") && line.contains(&id));
        assert!(record.contains(&format!("\"reason\":\"{reason}\"")), "{record}");
        assert!(record.contains("\"revision\":\"seen\""), "{record}");
    }
    // An allowed request shows its ID to the workload instead, where that is configured.
    lab.line(|line| line == "access 200 via_upstream");
}

#[test]
fn what_a_client_repeats_under_a_name_that_the_policy_sets_is_replaced_whole() {
    let name = "fault-set";
    let mut document = configuration("set");
    document["policy"]["modules"][0]["source"] = json!(
        "package test\n\nallow := {\"allowed\": true, \"headers\": {\"x-role\": \"reader\", \"x-team\": [\"red\", \"blue\"]}, \
         \"request_headers_to_remove\": [\"x-debug\"], \"response_headers_to_add\": {\"x-served\": \"yes\"}}\n"
    );
    let filter = Filter::Inline(Plugin::new(name, doorward()), document);
    let mut lab = Lab::open(name, filter, false).unwrap();
    let request = ["x-role", "x-role", "x-team", "x-debug", "x-debug"]
        .into_iter()
        .fold(Request::get("/"), |request, header| request.header(header, "forged"));
    let response = lab.client.send(&request).unwrap();
    assert_eq!(response.status, 200);
    let echo: Echo = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(echo.headers.get("x-role").map(Vec::as_slice), Some(&["reader".to_owned()][..]));
    assert_eq!(
        echo.headers.get("x-team").map(Vec::as_slice),
        Some(&["red".to_owned(), "blue".to_owned()][..])
    );
    assert_eq!(echo.headers.get("x-debug"), None);
    assert!(!String::from_utf8_lossy(&response.body).contains("forged"));
    assert_eq!(response.header("x-served").as_deref(), Some("yes"));
}
