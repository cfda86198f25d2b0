//! The golden decisions on a real Envoy, with the wasm module and with the dynamic one: each shows what is written, and
//! both show the same to the last header. Needs an Envoy (`$ENVOY`) and the modules (`$DOORWARD_WASM`,
//! `$DOORWARD_NATIVE`); `./build.sh test` sees to all.
#![expect(clippy::expect_used, reason = "a test's helpers may fail the test")]

use doorward_tests::golden::envoy::Subject;
use doorward_tests::golden::report::Outcome;
use doorward_tests::golden::{
    Case, Exceptions, GoldenFile, Material, Prepared, Report, Seen, folder, load_all, same,
};
use doorward_tests::pki::unix_now;
use doorward_tests::{Host, root};
use serde_json::Map;

/// The corpus may grow and may not shrink below this: decisions that a real Envoy shows as they are written.
const CASES: usize = 150;

#[test]
fn a_real_envoy_decides_as_written_whatever_runs_the_filter() {
    let files = load_all(&folder()).expect("the corpus can be read");
    let exceptions = Exceptions::load(&folder().join("exceptions.yaml")).expect("the exceptions can be read");
    let material = Material::new().expect("authorities and keys can be made");
    let start = |host: &Host| {
        let folder = root().join("target/golden").join(host.name());
        Subject::start(*host, &files, &material, &folder).unwrap_or_else(|error| panic!("{error}"))
    };
    let mut subjects: Vec<_> = Host::here().iter().map(start).collect();
    let mut reports: Vec<_> = subjects.iter().map(|_| Report::default()).collect();
    let mut between = Vec::new();
    let mut compared = 0;
    for file in &files {
        for case in &file.cases {
            let id = file.case_id(case);
            // The same bytes and certificate for both.
            let prepared =
                Prepared::new(file, case, &material, unix_now()).expect("a case can be made ready");
            let mut seen = Vec::new();
            for (subject, report) in subjects.iter_mut().zip(&mut reports) {
                seen.extend(judge(subject, file, case, &prepared, &exceptions, report));
            }
            if let [one, other] = seen.as_slice() {
                compared += 1;
                let found = same::differences(&same::comparable(one), &same::comparable(other));
                between.extend(found.iter().map(|line| format!("{id}: {line}")));
            }
        }
    }
    let known = |id: &str| files.iter().any(|file| file.cases.iter().any(|case| file.case_id(case) == id));
    for (subject, report) in subjects.iter().zip(&mut reports) {
        for id in exceptions.unknown(known) {
            report.fail(id, "is listed as an exception, and no file has it".to_owned());
        }
        for line in subject.broken() {
            report.fail("the whole run", line);
        }
        let text = report.text(&format!("Envoy with {}", subject.host()));
        println!("{}\n{text}", subject.host());
    }
    assert!(reports.iter().all(Report::is_good), "cases differ from what is written, see above");
    assert_eq!(between, Vec::<String>::new(), "wasm and native differ");
    if let [wasm, native] = subjects.as_slice() {
        assert_eq!(wasm.counters().expect("counters"), native.counters().expect("counters"));
        wait_for_access_logs();
        assert_eq!(wasm.access(), native.access(), "status and details in the access log");
        assert!(wasm.access().len() >= CASES, "the access log has {} lines", wasm.access().len());
        assert!(compared >= CASES, "only {compared} cases compared");
    }
    for report in &reports {
        assert!(report.agreeing() >= CASES, "only {} cases", report.agreeing());
    }
    println!("{compared} requests with equal answers, workload's headers and records on both");
}

/// Sends a case's request and counts what came of it; what was seen, if it was sent.
fn judge(
    subject: &mut Subject<'_>,
    file: &GoldenFile,
    case: &Case,
    prepared: &Prepared,
    exceptions: &Exceptions,
    report: &mut Report,
) -> Option<Seen> {
    let id = file.case_id(case);
    let exception = exceptions.of(&id, subject.host());
    if exception.is_some_and(|exception| exception.not_sent) {
        report.add(file.topic(), &id, Outcome::Excepted, Vec::new());
        return None;
    }
    let want = file.want(case, &Map::new()).expect("a case says what it wants");
    let outcome = if want.allows() { Outcome::Allowed } else { Outcome::Denied };
    let seen = match subject.run(file, prepared) {
        Ok(seen) => seen,
        Err(error) => {
            report.fail(&id, error.to_string());
            return None;
        }
    };
    let differences = seen.differences(&want);
    let Some(exception) = exception else {
        report.add(file.topic(), &id, outcome, differences);
        return Some(seen);
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
    Some(seen)
}

/// Envoy writes its access logs some time later: the lab's every 100 ms.
fn wait_for_access_logs() {
    std::thread::sleep(std::time::Duration::from_millis(500));
}
