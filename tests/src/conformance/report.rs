//! Counting, and the table of the run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::judge::Verdict;
use super::run::Compared;
use crate::opa::Answer;
use crate::{Context, Result};

/// The counts of one construct or family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Comparisons by what came of them.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// What ours refused in its own name, by code.
    pub refused: BTreeMap<String, usize>,
    /// OPA's answers by their kind.
    pub answers: BTreeMap<&'static str, usize>,
}

impl Counts {
    /// Counts one comparison.
    pub fn add(&mut self, compared: &Compared) {
        *self.verdicts.entry(compared.verdict).or_default() += 1;
        *self.answers.entry(kind(&compared.opa)).or_default() += 1;
        if compared.verdict == Verdict::Refused
            && let Answer::Refused(reasons) = &compared.ours
        {
            let code = reasons.first().map_or("", |reason| reason.code.as_str());
            *self.refused.entry(code.to_owned()).or_default() += 1;
        }
    }

    /// Adds the counts of another run.
    pub fn merge(&mut self, other: &Self) {
        other.verdicts.iter().for_each(|(key, count)| *self.verdicts.entry(*key).or_default() += count);
        other.refused.iter().for_each(|(key, count)| *self.refused.entry(key.clone()).or_default() += count);
        other.answers.iter().for_each(|(key, count)| *self.answers.entry(key).or_default() += count);
    }

    /// All comparisons.
    #[must_use]
    pub fn all(&self) -> usize {
        self.verdicts.values().sum()
    }

    /// Comparisons that came out so.
    #[must_use]
    pub fn of(&self, verdict: Verdict) -> usize {
        self.verdicts.get(&verdict).copied().unwrap_or(0)
    }

    /// Comparisons that fail the run.
    #[must_use]
    pub fn different(&self) -> usize {
        self.verdicts.iter().filter(|(verdict, _)| verdict.is_different()).map(|(_, count)| count).sum()
    }

    /// The summary of a run: every verdict, every kind of answer, and what they mean for it.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut out = String::from("| answers compared | |\n|---|---:|\n");
        let mut row = |name: &str, count: usize| {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "| {name} | {count} |");
        };
        row("in all", self.all());
        for (kind, count) in &self.answers {
            row(&format!("OPA: {kind}"), *count);
        }
        for (verdict, count) in &self.verdicts {
            row(&verdict.to_string(), *count);
        }
        for (code, count) in &self.refused {
            row(&format!("refused by ours: {code}"), *count);
        }
        row("**different**", self.different());
        out
    }
}

fn kind(answer: &Answer) -> &'static str {
    match answer {
        Answer::Value(_) => "a value",
        Answer::Undefined => "undefined",
        Answer::Error(error) => error.kind.code(),
        Answer::Refused(reasons) => match reasons.first().map_or("", |reason| reason.code.as_str()) {
            "rego_parse_error" => "rego_parse_error",
            "rego_unsafe_var_error" => "rego_unsafe_var_error",
            "rego_recursion_error" => "rego_recursion_error",
            "rego_type_error" => "rego_type_error",
            "rego_compile_error" => "rego_compile_error",
            _ => "refused otherwise",
        },
    }
}

/// The table of the corpus: a line for every construct and family.
#[must_use]
pub fn table(compared: &[Compared]) -> String {
    let mut families: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut all = Counts::default();
    for one in compared {
        let family = one.id.split('#').next().unwrap_or_default();
        families.entry(family).or_default().add(one);
        all.add(one);
    }
    let mut out = String::from(
        "| file | answers | equal | another place | refused at load | ended by a limit | not judged | different |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let mut row = |name: &str, counts: &Counts| {
        let refused: Vec<String> = counts.refused.iter().map(|(code, n)| format!("{code} {n}")).collect();
        let refused = if refused.is_empty() { String::from("0") } else { refused.join(", ") };
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {refused} | {} | {} | {} |",
            counts.all(),
            counts.of(Verdict::Equal),
            counts.of(Verdict::Place),
            counts.of(Verdict::Limit),
            counts.of(Verdict::Unjudged),
            counts.different(),
        );
    };
    families.iter().for_each(|(family, counts)| row(family, counts));
    row("**all**", &all);
    out
}

/// The lines of `refused.txt`: every question that ours refuses in its own name, with the code.
#[must_use]
pub fn refused(compared: &[Compared]) -> String {
    let mut lines: Vec<String> = compared
        .iter()
        .filter(|one| one.verdict == Verdict::Refused)
        .filter_map(|one| match &one.ours {
            Answer::Refused(reasons) => Some(format!("{}: {}\n", reasons.first()?.code, one.id)),
            Answer::Value(_) | Answer::Undefined | Answer::Error(_) => None,
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines.concat()
}

/// The list of what ours refuses, and the README with the table.
#[must_use]
pub fn files() -> (PathBuf, PathBuf) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    (folder.join("refused.txt"), folder.join("README.md"))
}

/// What the README holds between these two lines is the table.
const BEGIN: &str = "<!-- table: cargo run -p doorward-tests --bin conformance -- table -->\n";
const END: &str = "<!-- end of the table -->\n";

/// The README's text with this table in it.
///
/// # Errors
/// It has no place for it.
pub fn with_table(readme: &str, table: &str) -> Result<String> {
    let (before, rest) =
        readme.split_once(BEGIN).context(|| "the README has no line that begins the table")?;
    let (_, after) = rest.split_once(END).context(|| "the README has no line that ends the table")?;
    Ok(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

/// Writes the table of the corpus and the list of what ours refuses.
///
/// # Errors
/// The corpus or a file cannot be read or written.
pub fn write_table() -> Result<()> {
    let compared = super::run::corpus(&super::corpus::load(&super::corpus::folder())?)?;
    let (list, readme) = files();
    let text = fs::read_to_string(&readme).context(|| format!("read {}", readme.display()))?;
    fs::write(&readme, with_table(&text, &table(&compared))?).context(|| "write the README")?;
    fs::write(&list, refused(&compared)).context(|| "write the list of what is refused")
}

/// One comparison for a person: the policy, the question, both answers.
#[must_use]
pub fn explain(compared: &Compared) -> String {
    let mut out = format!("── {}: {}\n", compared.verdict, compared.id);
    for (name, text) in compared.ours_source.named() {
        let _ = writeln!(out, "{name}:");
        text.lines().for_each(|line| out.push_str(&format!("    {line}\n")));
    }
    if compared.ours_source.data != "{}" {
        let _ = writeln!(out, "data  {}", compared.ours_source.data);
    }
    let _ = writeln!(out, "input {}\nask   {}", compared.input, compared.ask);
    let _ = writeln!(out, "OPA   {}\nours  {}", compared.opa, compared.ours);
    out
}
