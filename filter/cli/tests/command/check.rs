//! `doorward check`: what it says, word by word, and how it ends.

use crate::common::{Ended, doorward, folder};

const POLICY: &str = "package envoy.authz\n\nallow if input.request.method == \"GET\"\n";

fn refused(stderr: &str) -> Ended {
    Ended { code: Some(1), stdout: String::new(), stderr: stderr.to_owned() }
}

#[test]
fn a_good_configuration_is_ok() {
    let folder = folder(
        "check-good",
        &[
            ("doorward.yaml", "version: 1\npolicy: { modules: [{ source_file: policies/get.rego }] }\n"),
            (
                "audit.json",
                r#"{ "version": 1, "mode": "audit", "policy": { "modules": [{ "source_file": "policies/get.rego" }] } }"#,
            ),
            ("policies/get.rego", POLICY),
        ],
    );
    let good = Ended { code: Some(0), stdout: "doorward.yaml: ok\n".to_owned(), stderr: String::new() };
    assert_eq!(doorward(&folder, &["check", "doorward.yaml"]), good);
    // Files are found beside the configuration, wherever the command runs.
    let elsewhere = doorward(folder.parent().unwrap_or(&folder), &["check", "check-good/doorward.yaml"]);
    assert_eq!(elsewhere.stdout, "check-good/doorward.yaml: ok\n");
    assert_eq!(
        doorward(&folder, &["check", "audit.json"]),
        Ended {
            code: Some(0),
            stdout: "audit.json: ok\n".to_owned(),
            stderr:
                "audit.json: warning: mode is `audit`: no request is refused, denials are only recorded\n"
                    .to_owned(),
        }
    );
}

#[test]
fn every_fault_is_said_with_its_place_and_what_to_do() {
    let bad = "version: 2\nrevision: \"\"\npolicy: { modules: [{ source_file: broken.rego }] }\nlimits: { headers: 0 }\n";
    let broken = "package envoy.authz\n\nallow if {\n  input.request.method ==\n}\n";
    let folder = folder("check-bad", &[("bad.yaml", bad), ("broken.rego", broken)]);
    let said = "\
bad.yaml: version: is not a version that this filter knows (write `version: 1`)
bad.yaml: limits.headers: must be from 1 to 10000 (leave it out for the default)
bad.yaml: broken.rego:5:1: rego_parse_error: unexpected } token (look at this place and just before it: something is missing there, or too much)
bad.yaml: revision: must be 1 to 128 bytes without control characters
";
    assert_eq!(doorward(&folder, &["check", "bad.yaml"]), refused(said));
}

#[test]
fn one_bad_file_among_good_ones_fails_the_run() {
    let good = "version: 1\npolicy: { modules: [{ source_file: get.rego }] }\n";
    let files = [("good.yaml", good), ("bad.yaml", "version: 1\npolicy: {}\n"), ("get.rego", POLICY)];
    let folder = folder("check-several", &files);
    let ended = doorward(&folder, &["check", "good.yaml", "bad.yaml", "good.yaml"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), "good.yaml: ok\ngood.yaml: ok\n"));
    assert!(ended.stderr.starts_with("bad.yaml: "), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let files = [
        ("module.yaml", "version: 1\npolicy: { modules: [{ source_file: gone.rego }] }\n"),
        ("data.yaml", "version: 1\npolicy: { data_file: gone.json, modules: [{ source_file: get.rego }] }\n"),
        (
            "keys.yaml",
            "version: 1\ntokens: { providers: [{ name: a, jwks_file: keys/gone.json }] }\npolicy: { modules: [] }\n",
        ),
        ("get.rego", POLICY),
    ];
    let folder = folder("check-missing", &files);
    let why = "cannot be read: No such file or directory (os error 2)\n";
    for (configuration, missing) in [
        ("gone.yaml", "gone.yaml"),
        ("module.yaml", "gone.rego"),
        ("data.yaml", "gone.json"),
        ("keys.yaml", "keys/gone.json"),
    ] {
        assert_eq!(doorward(&folder, &["check", configuration]), refused(&format!("{missing}: {why}")));
    }
}

#[test]
fn a_value_given_both_ways_is_refused() {
    let files = [
        (
            "source.yaml",
            "version: 1\npolicy: { modules: [{ source: \"package a\", source_file: get.rego }] }\n",
        ),
        (
            "data.yaml",
            "version: 1\npolicy: { data: {}, data_file: d.json, modules: [{ source_file: get.rego }] }\n",
        ),
        (
            "jwks.yaml",
            "version: 1\ntokens: { providers: [{ name: a, jwks: { keys: [] }, jwks_file: d.json }] }\npolicy: { modules: [] }\n",
        ),
        ("number.yaml", "version: 1\npolicy: { modules: [{ source_file: 7 }] }\n"),
        ("get.rego", POLICY),
        ("d.json", "{}"),
    ];
    let folder = folder("check-both", &files);
    let both = "give either the value or the file, not both";
    for (configuration, said) in [
        ("source.yaml", format!("policy.modules[0].source_file: {both}")),
        ("data.yaml", format!("policy.data_file: {both}")),
        ("jwks.yaml", format!("tokens.providers[0].jwks_file: {both}")),
        ("number.yaml", "policy.modules[0].source_file: must be the path of a file".to_owned()),
    ] {
        let said = format!("{configuration}: {said}\n");
        assert_eq!(doorward(&folder, &["check", configuration]), refused(&said));
    }
}

#[test]
fn what_cannot_be_parsed_is_not_shown() {
    let files = [
        ("open.yaml", "version: 1\npassword: hunter2\npolicy: [\n"),
        ("twice.yaml", "version: 1\npassword: hunter2\nversion: 1\n"),
        ("open.json", "{ \"version\": 1,\n  \"password\": \"hunter2\" "),
    ];
    let folder = folder("check-syntax", &files);
    for (configuration, place) in [
        ("open.yaml", "line 3, column 9"),
        ("twice.yaml", "line 3, column 1"),
        ("open.json", "line 2 column 24"),
    ] {
        let ended = doorward(&folder, &["check", configuration]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        let said = ended.stderr.trim_end();
        assert!(said.starts_with(&format!("{configuration}: is not YAML or JSON: ")), "{said}");
        assert!(said.ends_with(place), "{said}");
        assert!(!said.contains("hunter2") && !said.contains('\n'), "{said}");
    }
}

#[test]
fn a_command_line_that_is_none_is_told_apart() {
    let folder = folder("check-usage", &[("x", "")]);
    for arguments in [&["check"][..], &["frobnicate"], &[], &["render", "x", "--as", "toml"]] {
        assert_eq!(doorward(&folder, arguments).code, Some(2), "{arguments:?}");
    }
}
