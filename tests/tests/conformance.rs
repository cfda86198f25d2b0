//! The policy engine held to OPA: the corpus that is written by hand, and policies out of a seed.

use std::fs;

use doorward_tests::conformance::{bless, corpus, generate, report, run};

/// Policies that the corpus has at least.
const POLICIES: usize = 450;

/// The sequence that is compared here; other seeds are for longer runs.
const SEED: u64 = 20_260_101;

/// Policies of it, and inputs for each: 20,000 pairs.
const GENERATED: usize = 2_000;
const INPUTS: usize = 10;

#[test]
fn the_corpus_is_answered_as_opa_answers_it() {
    let files = corpus::load(&corpus::folder()).expect("the corpus can be read");
    let policies = files.iter().flat_map(corpus::File::questions).count();
    assert!(policies >= POLICIES, "only {policies} policies");
    let compared = run::corpus(&files).expect("every question has OPA's answer");
    let different: Vec<String> =
        compared.iter().filter(|one| one.verdict.is_different()).take(10).map(report::explain).collect();
    let table = report::table(&compared);
    assert!(different.is_empty(), "{}\n{table}", different.concat());
    println!("{table}");

    let again = "if this is meant: cargo run -p doorward-tests --bin conformance -- table";
    let (list, readme) = report::files();
    let listed = fs::read_to_string(list).expect("the list of what is refused can be read");
    let refused = report::refused(&compared);
    assert_eq!(listed, refused, "what ours refuses is not what is listed; {again}");
    let text = fs::read_to_string(readme).expect("the README can be read");
    let with_table = report::with_table(&text, &table).expect("the README has a place for the table");
    assert!(text == with_table, "the README has another table; {again}");
}

#[test]
fn the_corpus_is_written_as_it_is_to_be() {
    for file in corpus::load(&corpus::folder()).expect("the corpus can be read") {
        let path = corpus::folder().join(&file.id).with_extension("yaml");
        let written = fs::read_to_string(path).expect("the file can be read");
        let wanted = bless::text(&file).expect("it can be written");
        assert!(
            written == wanted,
            "{}: run `cargo run -p doorward-tests --bin conformance -- bless`",
            file.id
        );
    }
}

#[test]
fn opa_still_answers_as_the_corpus_has_it() {
    let files = corpus::load(&corpus::folder()).expect("the corpus can be read");
    for file in &files {
        for question in file.questions() {
            let Some(source) = &question.opa else { continue };
            let opa = source.opa().expect("OPA's library is here");
            for (input, want) in &question.asks {
                let answer = opa.evaluate(question.ask, input).expect("OPA answers");
                assert_eq!(corpus::want(&answer), *want, "{}", question.id);
            }
        }
    }
}

#[test]
fn generated_policies_are_decided_as_opa_decides_them() {
    let (counts, found) = generate::compare(SEED, 0..GENERATED, INPUTS, 3, None).expect("OPA answers");
    let shown: String = found
        .iter()
        .map(doorward_tests::conformance::shrink::shrink)
        .map(|one| report::explain(&one))
        .collect();
    assert_eq!(counts.different(), 0, "{shown}\n{}", counts.summary());
    println!("{}", counts.summary());
}
