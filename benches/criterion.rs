//! Criterion on the core: the cases of `target/bench/cases.json`, a group for each question.

use std::path::Path;
use std::time::Duration;
use std::{env, fs};

use criterion::{Criterion, criterion_group, criterion_main};
use doorward_benches::Engines;
use doorward_benches::cases::Suite;
use doorward_benches::ready::Ready;

fn every_case(criterion: &mut Criterion) {
    let suite = read().unwrap_or_else(|error| fail(&error));
    let mut engines = Engines::default();
    for group in &suite.groups {
        let mut measured = criterion.benchmark_group(&group.name);
        for case in &group.cases {
            // Made ready only when it is asked for, and once: criterion calls this for every sample.
            let mut ready = None;
            measured.bench_function(&case.name, |bencher| {
                let ready = ready.get_or_insert_with(|| match Ready::new(&suite, case, &mut engines) {
                    Ok(ready) => ready,
                    Err(error) => fail(&format!("{}/{}: {error}", group.name, case.name)),
                });
                bencher.iter(|| ready.run());
            });
        }
        measured.finish();
    }
}

/// The cases, which the program `table` makes.
fn read() -> Result<Suite, String> {
    let path = match env::var_os("DOORWARD_BENCH_CASES") {
        Some(path) => path.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench/cases.json"),
    };
    let text =
        fs::read(&path).map_err(|error| format!("{}: {error}; ./build.sh bench makes it", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn fail(error: &str) -> ! {
    eprintln!("error: {error}");
    std::process::exit(1)
}

fn settings() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_millis(2000))
        .sample_size(50)
}

criterion_group! { name = core; config = settings(); targets = every_case }
criterion_main!(core);
