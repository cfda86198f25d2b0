//! The golden decisions on a real Envoy with the wasm module. Needs an Envoy (`$ENVOY`) and the module (`$DOORWARD_WASM`);
//! `./build.sh test` sees to both.

use doorward_tests::golden::envoy::{Subject, root};
use doorward_tests::golden::report::Outcome;
use doorward_tests::golden::{Exceptions, Material, Report, folder, load_all};
use serde_json::Map;

/// The corpus may grow and may not shrink below this: decisions that a real Envoy shows as they are written.
const CASES: usize = 150;

#[test]
fn a_real_envoy_decides_as_written() {
    let files = load_all(&folder()).expect("the corpus can be read");
    let exceptions = Exceptions::load(&folder().join("exceptions.yaml")).expect("the exceptions can be read");
    let material = Material::new().expect("authorities and keys can be made");
    let mut subject = Subject::start(&files, &material, &root().join("target/golden"))
        .unwrap_or_else(|error| panic!("{error}"));
    let mut report = Report::default();
    for file in &files {
        for case in &file.cases {
            let id = file.case_id(case);
            let exception = exceptions.of(&id);
            if exception.is_some_and(|exception| exception.not_sent) {
                report.add(file.topic(), &id, Outcome::Excepted, Vec::new());
                continue;
            }
            let want = file.want(case, &Map::new()).expect("a case says what it wants");
            let outcome = if want.allows() { Outcome::Allowed } else { Outcome::Denied };
            let seen = match subject.run(file, case) {
                Ok(seen) => seen,
                Err(error) => {
                    report.fail(&id, error.to_string());
                    continue;
                }
            };
            let differences = seen.differences(&want);
            let Some(exception) = exception else {
                report.add(file.topic(), &id, outcome, differences);
                continue;
            };
            let differences = match &exception.instead {
                _ if differences.is_empty() => vec!["is listed as an exception, and agrees".to_owned()],
                None if seen.upstream.is_some() && !want.passes() => vec!["is let in".to_owned()],
                None => Vec::new(),
                Some(instead) => {
                    let want = file.want(case, instead).expect("an exception says what it wants");
                    seen.differences(&want)
                }
            };
            report.add(file.topic(), &id, Outcome::Excepted, differences);
        }
    }
    let known = |id: &str| files.iter().any(|file| file.cases.iter().any(|case| file.case_id(case) == id));
    for id in exceptions.unknown(known) {
        report.fail(id, "is listed as an exception, and no file has it".to_owned());
    }
    for line in subject.broken() {
        report.fail("the whole run", line);
    }
    let text = report.text("Envoy");
    println!("{text}");
    assert!(report.is_good(), "cases differ:\n{text}");
    assert!(report.agreeing() >= CASES, "only {} cases", report.agreeing());
}
