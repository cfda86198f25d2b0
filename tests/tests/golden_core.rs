//! The golden decisions on the core.

use doorward_tests::golden::core::Subject;
use doorward_tests::golden::report::Outcome;
use doorward_tests::golden::{Material, Report, folder, load_all};

/// The corpus may grow and may not shrink below this.
const CASES: usize = 150;

#[test]
fn the_core_decides_as_written() {
    let files = load_all(&folder()).expect("the corpus can be read");
    let material = Material::new().expect("authorities and keys can be made");
    let mut report = Report::default();
    let mut connection = 0;
    for file in &files {
        let subject = match Subject::load(file, &material) {
            Ok(subject) => subject,
            Err(error) => {
                report.fail(&file.id, error.to_string());
                continue;
            }
        };
        for case in &file.cases {
            connection += 1;
            let want = file.want(case, &serde_json::Map::new()).expect("a case says what it wants");
            let outcome = if want.allows() { Outcome::Allowed } else { Outcome::Denied };
            let mut differences = Vec::new();
            match subject.run(case, connection) {
                Ok(seen) => {
                    for (worker, seen) in ["new worker", "same worker", "same worker again"].iter().zip(seen)
                    {
                        let found = seen.differences(&want);
                        if differences.is_empty() {
                            differences = found.iter().map(|line| format!("{worker}: {line}")).collect();
                        }
                    }
                }
                Err(error) => differences.push(error.to_string()),
            }
            report.add(file.topic(), &file.case_id(case), outcome, differences);
        }
    }
    let text = report.text("core");
    println!("{text}");
    assert!(report.is_good(), "cases differ:\n{text}");
    assert!(report.agreeing() >= CASES, "only {} cases", report.agreeing());
    let (denied, allowed) = report.denied_and_allowed();
    assert!(denied > allowed, "{denied} refusals do not outnumber {allowed} allows");
}
