//! What only the dynamic module can do, on a real Envoy: configurations of the proxy's own routes, and dynamic metadata
//! that access logs read. Needs what `golden_envoy` needs.
#![expect(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use doorward_tests::ecds::{NATIVE_TYPE, Plugin, write_atomically};
use doorward_tests::envoy::{Bootstrap, Envoy, Filter, Launch, Listener, LogTail, Program, Tls};
use doorward_tests::http::{Client, Request};
use doorward_tests::upstream::Upstream;
use doorward_tests::{Host, root};
use serde_json::{Value, json};

/// Longest wait for a line of the log.
const LOG_LIMIT: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(20);
/// The filter's name in `http_filters`, under which a route finds its configuration.
const NAME: &str = "doorward";

/// What the access log tells of a request, from the metadata alone.
const FORMAT: &str = "told %PATH(NQ)% [%DYNAMIC_METADATA(doorward:decision)%] [%DYNAMIC_METADATA(doorward:reason)%] \
    [%DYNAMIC_METADATA(doorward:revision)%] [%DYNAMIC_METADATA(doorward:route)%] \
    [%DYNAMIC_METADATA(doorward.policy:team)%] [%DYNAMIC_METADATA(doorward.policy:level)%] \
    [%DYNAMIC_METADATA(doorward.policy:roles)%] [%DYNAMIC_METADATA(doorward.policy:place)%]\n";

/// Everybody may read; `/told` comes with metadata; the route `staff` is for a header.
fn configuration() -> Value {
    json!({
        "version": 1,
        "revision": "shop-7",
        "dynamic_metadata": {},
        "upstream_headers": { "decision_id": "x-decision" },
        "routes": [{ "name": "staff", "decision": "shop/staff" }],
        "policy": { "decision": "shop/allow", "modules": [{ "name": "shop.rego", "source":
            "package shop\n\ndefault allow := false\n\nallow if input.request.path == \"/read\"\n\nallow := {\"allowed\": true, \
             \"dynamic_metadata\": {\"team\": \"red\", \"level\": 3, \"roles\": [\"a\", \"b\"], \"place\": {\"x\": 1}}} if \
             input.request.path == \"/told\"\n\ndefault staff := false\n\nstaff if input.request.headers[\"x-staff\"] == \"yes\"\n" }] },
    })
}

/// Nobody may do anything, by a policy of another name.
fn closed() -> Value {
    json!({ "version": 1, "revision": "closed-1", "policy": { "decision": "nobody/allow", "modules": [
        { "name": "nobody.rego", "source": "package nobody\n\ndefault allow := false\n" }] } })
}

fn route(prefix: &str, document: Option<&Value>) -> Value {
    let mut route = json!({ "match": { "prefix": prefix }, "route": { "cluster": "workload" } });
    if let Some(document) = document {
        route["typed_per_filter_config"] = json!({ NAME: {
            "@type": format!("{NATIVE_TYPE}PerRoute"),
            "dynamic_module_config": {
                "module": { "local": { "filename": Host::Native.module().unwrap() } }, "do_not_close": true,
            },
            "filter_name": "doorward",
            "filter_config": { "@type": "type.googleapis.com/google.protobuf.StringValue", "value": document.to_string() },
        } });
    }
    route
}

fn folder(name: &str) -> PathBuf {
    let folder = root().join("target/lab").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The bootstrap of one plain listener with these routes.
fn bootstrap(upstream: &Upstream, routes: &[Value]) -> Value {
    let filter = Filter::Inline(Plugin::new(NAME, Host::Native.module().unwrap()), configuration());
    let listener = Listener::new("door", Tls::Plain, filter);
    let mut all = Bootstrap::new(upstream.address()).listener(listener).to_json();
    let chain = all.pointer_mut("/static_resources/listeners/0/filter_chains/0/filters").unwrap();
    let manager = chain.as_array_mut().unwrap().last_mut().unwrap();
    let manager = manager.pointer_mut("/typed_config").unwrap();
    *manager.pointer_mut("/route_config/virtual_hosts/0/routes").unwrap() = json!(routes);
    *manager.pointer_mut("/access_log/0/typed_config/log_format/text_format_source/inline_string").unwrap() =
        json!(FORMAT);
    all
}

struct Lab {
    upstream: Upstream,
    client: Client,
    envoy: Envoy,
    log: LogTail,
    lines: Vec<String>,
}

impl Lab {
    fn start(name: &str, routes: &[Value]) -> doorward_tests::Result<Self> {
        let upstream = Upstream::start("workload", 0)?;
        let config = folder(name).join("envoy.json");
        write_atomically(&config, &bootstrap(&upstream, routes).to_string())?;
        let envoy =
            Envoy::start(&Program::find(&root())?, &Launch::new(name, &config, &root(), &folder(name)))?;
        let (client, log) = (Client::plain(envoy.listener("door")?), envoy.log());
        Ok(Self { upstream, client, envoy, log, lines: Vec::new() })
    }

    /// The status, and whether the workload saw the request.
    fn get(&mut self, path: &str, staff: bool) -> (u16, bool) {
        let before = self.upstream.received();
        let request = Request::get(path);
        let request = if staff { request.header("x-staff", "yes") } else { request };
        let status = self.client.send(&request).unwrap().status;
        (status, self.upstream.received() > before)
    }

    fn line(&mut self, start: &str) -> String {
        let began = Instant::now();
        loop {
            self.lines.extend(self.log.lines());
            if let Some(line) = self.lines.iter().find(|line| line.starts_with(start)) {
                return line.clone();
            }
            assert!(began.elapsed() < LOG_LIMIT, "{}", self.envoy.failure(&format!("logged no {start}")));
            sleep(POLL);
        }
    }
}

#[test]
fn a_route_of_the_proxy_chooses_another_decision_another_policy_or_none() {
    let routes = [
        route("/staff", Some(&json!({ "route": "staff" }))),
        route("/closed", Some(&closed())),
        route("/health", Some(&json!({ "off": true }))),
        route("/lost", Some(&json!({ "route": "nobody-has-this" }))),
        route("/", None),
    ];
    let mut lab = Lab::start("native-routes", &routes).unwrap();
    for (path, staff, wanted) in [
        ("/read", false, (200, true)),
        ("/other", false, (403, false)),
        ("/other", true, (403, false)),
        ("/staff", true, (200, true)),
        ("/staff", false, (403, false)),
        ("/closed", true, (403, false)),
        ("/health", false, (200, true)),
        ("/lost", true, (403, false)),
        ("/read", false, (200, true)),
    ] {
        assert_eq!(lab.get(path, staff), wanted, "{path}");
    }
    // The record and the metadata say which route decided.
    assert!(lab.line("told /staff ").starts_with("told /staff [allow] [policy] [shop-7] [staff] "));
    assert!(lab.line("told /health ").starts_with("told /health [allow] [route_off] [shop-7] "));
    assert!(lab.line("told /lost ").starts_with("told /lost [deny] [route_unknown] "));
    // That policy's configuration asks for no metadata.
    assert!(lab.line("told /closed ").starts_with("told /closed [-] [-] [-] [-] "));
}

#[test]
fn metadata_reaches_the_access_log_for_what_is_allowed_and_for_what_is_refused() {
    let mut lab = Lab::start("native-metadata", &[route("/", None)]).unwrap();
    for (path, line) in [
        ("/read", "told /read [allow] [policy] [shop-7] [-] [-] [-] [-] [-]"),
        ("/other", "told /other [deny] [policy_denied] [shop-7] [-] [-] [-] [-] [-]"),
        ("/told", "told /told [allow] [policy] [shop-7] [-] [red] [3] [[\"a\",\"b\"]] [{\"x\":1}]"),
    ] {
        lab.get(path, false);
        assert_eq!(lab.line(&format!("told {path} ")), line);
    }
}

#[test]
fn a_route_that_does_not_say_what_it_wants_keeps_envoy_from_starting() {
    for (at, document) in
        [json!({ "off": false }), json!({ "version": 1 }), json!({ "route": 1 })].iter().enumerate()
    {
        let routes = [route("/a", Some(document)), route("/", None)];
        let Err(error) = Lab::start(&format!("native-bad-route-{at}"), &routes) else {
            panic!("{document} was taken");
        };
        let error = error.to_string();
        assert!(error.contains("configuration of a route refused: "), "{error}");
    }
}
