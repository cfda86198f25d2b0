//! `demo` from the outside: what it prints, how it ends, and that nothing is left of it. The scenario's Envoy answers by
//! itself, so no filter is needed.
#![expect(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use doorward_tests::ports;
use rustix::process::{Pid, Signal, kill_process};

const ENVOY: &str = r#"
node: { id: trial, cluster: trial }
admin: { address: { socket_address: { address: 127.0.0.1, port_value: ADMIN } } }
static_resources:
  listeners:
    - name: door
      address: { socket_address: { address: 127.0.0.1, port_value: DOOR } }
      filter_chains:
        - transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              require_client_certificate: true
              common_tls_context:
                tls_certificates:
                  - certificate_chain: { filename: target/demo/pki/database.pem }
                    private_key: { filename: target/demo/pki/database.key }
                validation_context: { trusted_ca: { filename: target/demo/pki/corp-ca.pem } }
          filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: door
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  virtual_hosts:
                    - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, direct_response: { status: 204 } } ] }
"#;

const CAST: &str = r#"
authorities: { corp: corp.example.com, partner: partner.example.org }
identities:
  frontend: { spiffe_id: "spiffe://corp.example.com/ns/web/sa/frontend" }
  database: { spiffe_id: "spiffe://corp.example.com/ns/db/sa/database", dns: [localhost] }
  partner-app: { authority: partner, spiffe_id: "spiffe://partner.example.org/ns/app/sa/client" }
issuers:
  staff: { claims: { iss: "https://sso.corp.example.com" }, keys: [ { kid: a, alg: ES256 } ] }
"#;

const REQUESTS: &str = r#"
title: an Envoy that answers by itself
tokens: { good: { issuer: staff } }
requests:
  - { name: friend, as: frontend, to: door, path: /a, token: good, expect: { decision: not_asked, status: STATUS } }
  - { name: stranger, as: partner-app, to: door, expect: { decision: handshake_refused } }
  - { name: nobody, to: door, expect: { decision: handshake_refused } }
"#;

/// A small repository of its own, with one scenario; the port of its listener is returned, too.
fn repository(name: &str, status: u16) -> (PathBuf, u16) {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let root = ours.join("target/lab").join(name);
    let scenario = root.join("envoy/trial");
    // What an earlier run left.
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&scenario).unwrap();
    fs::create_dir_all(root.join("target")).unwrap();
    fs::write(root.join("target/doorward.wasm"), "never loaded").unwrap();
    fs::write(root.join("envoy/lab.yaml"), CAST).unwrap();
    fs::write(root.join("target/libdoorward.so"), "never loaded").unwrap();
    let [admin, door] = [(); 2].map(|()| ports::free().unwrap());
    let envoy = ENVOY.replace("ADMIN", &admin.to_string()).replace("DOOR", &door.to_string());
    fs::write(scenario.join("envoy.yaml"), envoy).unwrap();
    fs::write(scenario.join("doorward.yaml"), "version: 1\n").unwrap();
    fs::write(scenario.join("requests.yaml"), REQUESTS.replace("STATUS", &status.to_string())).unwrap();
    (root, door)
}

fn demo(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
    command.arg("--root").arg(root).stdin(Stdio::null());
    command.env_remove("DOORWARD_WASM").env_remove("DOORWARD_NATIVE");
    command
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Processes whose command line names this folder.
fn processes_of(root: &Path) -> Vec<String> {
    let named = root.to_string_lossy().into_owned();
    let entries =
        fs::read_dir("/proc").unwrap().filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok());
    entries
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .filter(|line| line.contains(&named))
        .collect()
}

#[test]
fn a_run_as_expected_ends_with_0_and_leaves_nothing() {
    let (root, port) = repository("as-expected", 204);
    let output = demo(&root).output().unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("✓ trial     frontend     GET /a   good   not asked     -        204"), "{text}");
    assert!(text.contains("no handshake"), "{text}");
    assert!(text.contains("3 requests, all decided as expected"), "{text}");
    assert_eq!(processes_of(&root), Vec::<String>::new());
    TcpListener::bind(("127.0.0.1", port)).unwrap();
    let token = fs::read_to_string(root.join("target/demo/trial/good.jwt")).unwrap();
    assert!(!text.contains(token.trim()), "a token was printed");
}

#[test]
fn a_difference_is_named_and_ends_with_1() {
    let (root, _) = repository("difference", 200);
    let output = demo(&root).arg("trial").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("✗ trial / friend: status: expected 200, got 204"), "{}", text(&output));
}

#[test]
fn a_taken_port_is_named_and_ends_with_1() {
    let (root, port) = repository("taken", 204);
    let _taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let output = demo(&root).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains(&format!("port {port} for door is taken")), "{}", text(&output));
}

#[test]
fn an_unknown_scenario_ends_with_2_and_says_which_there_are() {
    let (root, _) = repository("unknown", 204);
    let output = demo(&root).arg("trail").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("no scenario is called trail; there are: trial"), "{}", text(&output));
    let listed = demo(&root).arg("--list").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "trial  an Envoy that answers by itself\n");
}

#[test]
fn an_interrupt_while_it_stays_up_leaves_nothing() {
    for (name, signal, code) in [("kept-int", Signal::INT, 0), ("kept-term", Signal::TERM, 0)] {
        let (root, port) = repository(name, 204);
        let mut child =
            demo(&root).arg("--keep").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let curl = lines.find(|line| line.starts_with("curl ")).unwrap();
        assert!(curl.contains(&format!("--cert target/demo/pki/frontend.pem --key target/demo/pki/frontend.key -H \"authorization: Bearer $(cat target/demo/trial/good.jwt)\" https://localhost:{port}/a")), "{curl}");
        assert!(lines.any(|line| line.contains("Ctrl-C ends it")));
        assert!(!processes_of(&root).is_empty());
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(processes_of(&root), Vec::<String>::new());
        TcpListener::bind(("127.0.0.1", port)).unwrap();
    }
}

#[test]
fn an_interrupt_at_any_moment_leaves_nothing() {
    let (root, _) = repository("interrupted", 204);
    for after_ms in [1, 100, 400, 700, 1000] {
        let mut child = demo(&root).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(after_ms));
        // Before its handlers stand, the signal's own effect is the right one.
        let _ = kill_process(Pid::from_child(&child), Signal::TERM);
        let status = child.wait().unwrap();
        assert!(matches!(status.code(), None | Some(143 | 0)), "{status}");
        assert_eq!(processes_of(&root), Vec::<String>::new());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn each_host_has_its_time_and_a_request_is_counted_on_each() {
    let (root, _) = repository("both", 204);
    let output = demo(&root).arg("--both").output().unwrap();
    let both = text(&output);
    assert_eq!(output.status.code(), Some(0), "{both}");
    let heading = both.lines().find(|line| line.contains("caller")).unwrap();
    assert!(heading.ends_with("HTTP  wasm  native"), "{heading}");
    assert!(both.contains("6 requests (3 on each host, alike), all decided as expected"), "{both}");
    let output = demo(&root).arg("--native").output().unwrap();
    let native = text(&output);
    assert_eq!(output.status.code(), Some(0), "{native}");
    assert!(native.contains("3 requests, all decided as expected"), "{native}");
    assert_eq!(processes_of(&root), Vec::<String>::new());
}

/// As expected on each, and yet not the same.
#[test]
#[cfg(target_os = "linux")]
fn a_difference_between_the_hosts_is_named_and_ends_with_1() {
    let (root, _) = repository("unlike", 204);
    let trial = root.join("envoy/trial");
    let requests = fs::read_to_string(trial.join("requests.yaml")).unwrap();
    fs::write(trial.join("requests.yaml"), requests.replace(", status: 204", "")).unwrap();
    let envoy = fs::read_to_string(trial.join("envoy.yaml")).unwrap();
    fs::create_dir(trial.join("native")).unwrap();
    fs::write(trial.join("native/envoy.yaml"), envoy.replace("status: 204", "status: 205")).unwrap();
    let output = demo(&root).arg("--both").output().unwrap();
    let both = text(&output);
    assert_eq!(output.status.code(), Some(1), "{both}");
    assert!(both.contains("not asked     -       204 / 205"), "{both}");
    assert!(both.contains("✗ trial / friend: status: 204 on wasm, 205 on native"), "{both}");
    assert!(both.contains("6 requests, 1 difference"), "{both}");
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_missing_for_the_native_module_is_said() {
    let (root, _) = repository("missing", 204);
    fs::remove_file(root.join("target/libdoorward.so")).unwrap();
    let output = demo(&root).arg("--native").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = "there is no native module at target/libdoorward.so: run ./build.sh build";
    assert!(text(&output).contains(said), "{}", text(&output));
    let output = demo(&root).arg("--native").env("DOORWARD_NATIVE", "target/doorward.wasm").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("target/doorward.wasm is not the native module"), "{}", text(&output));
}

/// A real scenario, on ports of its own, with a module that no proxy can load.
#[test]
#[cfg(target_os = "linux")]
fn a_twin_is_asked_for_and_written_and_a_module_that_does_not_load_is_named() {
    let (root, _) = repository("twins", 204);
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("envoy");
    let there = root.join("envoy");
    fs::remove_dir_all(there.join("trial")).unwrap();
    fs::create_dir(there.join("require-jwt")).unwrap();
    fs::copy(ours.join("lab.yaml"), there.join("lab.yaml")).unwrap();
    let ports = [18400, 18401, 18409].map(|port| (port.to_string(), ports::free().unwrap().to_string()));
    for file in [
        "require-jwt/envoy.yaml",
        "require-jwt/doorward.yaml",
        "require-jwt/policy.rego",
        "require-jwt/requests.yaml",
    ] {
        let text = fs::read_to_string(ours.join(file)).unwrap();
        fs::write(there.join(file), ports.iter().fold(text, |text, (old, new)| text.replace(old, new)))
            .unwrap();
    }
    let twin = there.join("require-jwt/native/envoy.yaml");

    let output = demo(&root).arg("--native").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = format!("{} is missing: ./build.sh demo --write-twins makes it", twin.display());
    assert!(text(&output).contains(&said), "{}", text(&output));

    let output = demo(&root).arg("--write-twins").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{}\n", twin.display()));
    assert!(fs::read_to_string(&twin).unwrap().contains("DynamicModuleFilter"));

    let output = demo(&root).arg("--native").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    for said in
        ["refused a filter's configuration", "libdoorward.so", "envoy/README.md says which were tried"]
    {
        assert!(text(&output).contains(said), "{}", text(&output));
    }
    assert_eq!(processes_of(&root), Vec::<String>::new());
}
