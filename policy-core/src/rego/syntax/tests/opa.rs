//! What OPA's parser makes of the same texts: `tests-data/rego/parse`.

use serde::Deserialize;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::rego::error::RegoErrorKind;
use crate::rego::limits::Limits;
use crate::rego::syntax::{RegoVersion, parse_module};

#[derive(Deserialize)]
struct Case {
    text: String,
    version: u8,
    #[serde(default)]
    printed: String,
    #[serde(default)]
    faults: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    line: u32,
    column: u32,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../../../tests-data/rego/parse.json")).unwrap()
}

fn version(case: &Case) -> RegoVersion {
    if case.version == 0 { RegoVersion::V0 } else { RegoVersion::V1 }
}

/// Letters in their order: OPA sorts the members of sets and the keys of objects when it prints them.
fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.trim_end().chars().collect();
    letters.sort_unstable();
    letters
}

#[test]
fn the_same_texts_are_rego() {
    let mut wrong = Vec::new();
    let (mut taken, mut refused, mut ours) = (0, 0, 0);
    for case in cases() {
        let result = parse_module(0, &case.text, version(&case), &Limits::DEFAULT);
        match result {
            Ok(_) if case.faults.is_empty() => taken += 1,
            Err(faults) if faults[0].kind == RegoErrorKind::Refused => ours += 1,
            Err(faults) if !case.faults.is_empty() => {
                refused += 1;
                let found = faults.iter().map(|fault| (fault.at.line, fault.at.column));
                if !found.eq(case.faults.iter().map(|place| (place.line, place.column))) {
                    wrong.push(format!("{:?}: {faults:?}", case.text));
                }
                assert!(faults.iter().all(|fault| fault.kind == RegoErrorKind::Parse));
            }
            Ok(_) => wrong.push(format!("{:?} is taken", case.text)),
            Err(faults) => wrong.push(format!("{:?} is refused: {faults:?}", case.text)),
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(taken > 200 && refused > 500, "{taken} taken, {refused} refused");
    assert!(ours < 10, "{ours} refused by us alone");
}

#[test]
fn they_are_printed_as_opa_prints_them_and_read_again_the_same() {
    let mut compared = 0;
    for case in cases().into_iter().filter(|case| case.faults.is_empty()) {
        let Ok(module) = parse_module(0, &case.text, version(&case), &Limits::DEFAULT) else { continue };
        let printed = module.to_string();
        // OPA prints the constants of a template string without braces, and control characters as Go does.
        if !case.printed.contains("$\"") && !case.printed.contains("\\x") {
            assert_eq!(letters(&printed), letters(&case.printed), "{printed}\n{}", case.printed);
            compared += 1;
        }
        let version = if module.is_v1 { RegoVersion::V1 } else { RegoVersion::V0 };
        let again = parse_module(0, &printed, version, &Limits::DEFAULT)
            .unwrap_or_else(|fault| panic!("{printed}: {fault:?}"));
        assert_eq!(again.to_string(), printed);
    }
    assert!(compared > 200, "{compared}");
}
