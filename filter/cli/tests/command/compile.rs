//! `doorward compile`, and the commands that load what it wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use policy_core::rego::{BuiltinErrors, Limits, Policy};

use crate::common::{Ended, doorward, folder};

const POLICY: &str = "package a

default allow := false

allow if {
	some r in data.roles
	r == input.role
}
";

fn files(name: &str) -> PathBuf {
    let files = [
        ("a.rego", POLICY),
        ("roles.yaml", "roles: [admin, x]\n"),
        ("in.json", "{\"role\": \"admin\"}"),
        ("bad.rego", "package b\n\nallow if {\n\tinput.x == y\n}\n"),
    ];
    folder(name, &files)
}

/// A folder with the compiled policy in it.
fn compiled(name: &str) -> PathBuf {
    let folder = files(name);
    let ended = compile(&folder, "p.compiled");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    folder
}

fn compile(folder: &Path, output: &str) -> Ended {
    doorward(folder, &["compile", "-d", "a.rego", "-d", "roles.yaml", "-o", output, "a/allow"])
}

fn eval(folder: &Path, arguments: &[&str]) -> Ended {
    doorward(folder, &[&["eval", "--compiled", "p.compiled", "-f", "pretty"], arguments].concat())
}

#[test]
fn what_is_written_loads_and_is_told() {
    let folder = files("compile");
    let ended = compile(&folder, "p.compiled");
    let bytes = fs::read(folder.join("p.compiled")).unwrap();
    assert!(Policy::from_compiled(&bytes, &Limits::DEFAULT, BuiltinErrors::Undefined).is_ok());
    let (what, digest) = ended.stdout.split_once(" sha256 ").unwrap();
    assert_eq!(what, format!("p.compiled: data.a.allow, {} bytes,", bytes.len()));
    assert!(digest.trim_end().len() == 64 && digest.ends_with('\n'), "{digest}");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));

    // The same policy is the same bytes, also on standard output, where nothing else is written.
    assert_eq!(compile(&folder, "p.compiled").stdout, ended.stdout);
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
    command.args(["compile", "-d", "a.rego", "-d", "roles.yaml", "-o", "-", "a/allow"]);
    let piped = command.current_dir(&folder).output().unwrap();
    assert_eq!((piped.status.code(), piped.stdout == bytes, piped.stderr), (Some(0), true, Vec::new()));
    // Nothing is left beside it.
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("tmp")));
}

#[test]
fn a_compiled_policy_answers_as_its_texts_do() {
    let folder = compiled("compile-eval");
    for (arguments, said) in [
        (&["-i", "in.json"][..], "true\n"),
        (&[], "false\n"),
        (&["-i", "in.json", "data.a.allow"], "true\n"),
        (&["data.roles[1]"], "\"x\"\n"),
        (&["data.a.other"], "undefined\n"),
    ] {
        let ended = eval(&folder, arguments);
        assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), said, ""));
        if arguments.last().is_some_and(|query| query.starts_with("data.")) {
            let texts = ["eval", "-d", "a.rego", "-d", "roles.yaml", "-f", "pretty"];
            assert_eq!(doorward(&folder, &[&texts[..], arguments].concat()), ended);
        }
    }
    let plan = doorward(&folder, &["plan", "--compiled", "p.compiled"]);
    assert_eq!(plan, doorward(&folder, &["plan", "-d", "a.rego", "-d", "roles.yaml", "a/allow"]));
    assert!(plan.stdout.contains("reads\n  input.role\n"), "{}", plan.stdout);
}

#[test]
fn what_needs_the_texts_is_refused() {
    let folder = compiled("compile-texts");
    for query in ["x := data.a.allow", "data.roles[_]", "data.a.allow with input as {}", "not data.a.allow"] {
        let ended = eval(&folder, &[query]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{query}");
        let why = "rego_refused: a compiled policy can be asked for one document only; ask for a reference";
        assert!(ended.stderr.contains(why), "{}", ended.stderr);
    }
    for arguments in [&["--explain"][..], &["-d", "a.rego"], &["--v0-compatible"]] {
        let ended = eval(&folder, arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(ended.stderr.contains("cannot be used with"), "{}", ended.stderr);
    }
}

#[test]
fn a_file_that_is_none_is_refused_with_what_to_do() {
    let folder = compiled("compile-refused");
    let good = fs::read(folder.join("p.compiled")).unwrap();
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 2;
        bytes
    };
    let foreign = "compiled_foreign: this is not a compiled policy; make one with `doorward compile`";
    let damaged = "compiled_damaged: the compiled policy is damaged; copy it again, or compile it again";
    let format = "compiled_format: the compiled policy has version 3 of the form, this engine reads 1; compile it again";
    for (bytes, said) in [
        (Vec::new(), foreign),
        (POLICY.as_bytes().to_vec(), foreign),
        (good[..7].to_vec(), foreign),
        (changed(0), foreign),
        (good[..9].to_vec(), damaged),
        (good[..good.len() - 1].to_vec(), damaged),
        ([good.as_slice(), b"\n"].concat(), damaged),
        (changed(20), damaged),
        (changed(good.len() / 2), damaged),
        (changed(8), format),
    ] {
        fs::write(folder.join("p.compiled"), &bytes).unwrap();
        let ended = eval(&folder, &["-i", "in.json"]);
        let said = format!("p.compiled: {said}\n");
        assert_eq!(ended, Ended { code: Some(2), stdout: String::new(), stderr: said.clone() });
        let ended = doorward(&folder, &["plan", "--compiled", "p.compiled"]);
        assert_eq!(ended, Ended { code: Some(1), stdout: String::new(), stderr: said });
    }
    let ended = doorward(&folder, &["eval", "--compiled", "gone"]);
    assert_eq!(ended.stderr, "gone: cannot be read: No such file or directory (os error 2)\n");
}

#[test]
fn nothing_is_written_of_a_policy_that_does_not_load() {
    let folder = files("compile-bad");
    let said = |arguments: &[&str]| {
        let ended = doorward(&folder, &[&["compile", "-o", "p.compiled"], arguments].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        assert!(!folder.join("p.compiled").exists());
        ended.stderr
    };
    assert!(said(&["-d", "bad.rego", "b/allow"]).starts_with("bad.rego:4:2: rego_unsafe_var_error: "));
    assert_eq!(
        said(&["-d", "a.rego", "a/alow"]),
        "policy: rego_decision_error: there is no rule data.a.alow; the rules are: a/allow\n"
    );
    assert!(said(&["-d", "a.rego", ""]).starts_with("the decision path is empty; write package and rule"));
    assert!(said(&["-d", "gone.rego", "a/allow"]).starts_with("gone.rego: cannot be read: "));
}

#[test]
fn only_a_compiled_policy_is_overwritten() {
    let folder = compiled("compile-overwrite");
    for (output, said) in [
        (
            "a.rego",
            "is there and is no compiled policy; it is not overwritten: remove it, or give -o another name",
        ),
        (".", "is no file; give -o a file, or `-`"),
        ("gone/p", "cannot be written: No such file or directory (os error 2)"),
    ] {
        let ended = compile(&folder, output);
        let said = format!("{output}: {said}\n");
        assert_eq!(ended, Ended { code: Some(1), stdout: String::new(), stderr: said });
    }
    assert_eq!(fs::read_to_string(folder.join("a.rego")).unwrap(), POLICY);
    // One that is damaged, or of another version, is made anew.
    let good = fs::read(folder.join("p.compiled")).unwrap();
    for other in [&good[..12], &good[..good.len() - 1], &[][..]] {
        fs::write(folder.join("p.compiled"), other).unwrap();
        assert_eq!(compile(&folder, "p.compiled").code, Some(0));
        assert_eq!(fs::read(folder.join("p.compiled")).unwrap(), good);
    }
}

#[test]
fn a_configuration_takes_the_compiled_file() {
    let folder = compiled("compile-config");
    let write = |name: &str, policy: &str| {
        fs::write(folder.join(name), format!("version: 1\npolicy: {{ {policy} }}\n")).unwrap();
    };
    write("doorward.yaml", "compiled_file: p.compiled");
    let ended = doorward(&folder, &["check", "doorward.yaml"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "doorward.yaml: ok\n"));

    let rendered = doorward(&folder, &["render", "doorward.yaml", "--as", "json"]);
    let document: serde_json::Value = serde_json::from_str(&rendered.stdout).unwrap();
    assert!(document["policy"]["compiled"].as_str().is_some_and(|text| text.starts_with("iURvb3J3cmQB")));
    assert_eq!(document["policy"].as_object().unwrap().len(), 1);
    assert!(policy_core::Snapshot::load(rendered.stdout.as_bytes()).is_ok());
    let schema = doorward(&folder, &["schema"]).stdout;
    let schema = jsonschema::draft202012::new(&serde_json::from_str(&schema).unwrap()).unwrap();
    assert!(schema.is_valid(&document));

    let ended = doorward(&folder, &["explain", "doorward.yaml", "--request", "in.json"]);
    let why = "policy.compiled: the policy is compiled: it has no texts to explain an answer with";
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        ended.stderr,
        format!("doorward.yaml: {why} (explain a configuration with `policy.modules`)\n")
    );

    for (policy, said) in [
        (
            "compiled: aaaa, compiled_file: p.compiled",
            "policy.compiled_file: give either the value or the file",
        ),
        ("compiled_file: 7", "policy.compiled_file: must be the path of a file"),
        ("compiled_file: p.compiled, modules: [{ source_file: a.rego }]", "policy.modules: stands beside a"),
        ("compiled_file: p.compiled, decision: a/b", "policy.decision: is not what the policy was compiled"),
        ("compiled_file: a.rego", "policy.compiled: compiled_foreign: this is not a compiled policy"),
    ] {
        write("bad.yaml", policy);
        let ended = doorward(&folder, &["check", "bad.yaml"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        assert!(ended.stderr.starts_with(&format!("bad.yaml: {said}")), "{}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
}
