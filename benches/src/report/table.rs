//! The figures as Markdown: a table for each question.

use std::collections::BTreeMap;

use super::markdown::aligned;
use crate::cases::{Case, Group, Suite};
use crate::measure::Measured;

/// What was measured, of all rounds.
#[derive(Default)]
pub struct Figures(BTreeMap<String, Found>);

/// What was measured of one case.
#[derive(Default)]
pub(super) struct Found {
    pub(super) native: Vec<f64>,
    pub(super) wasm: Vec<f64>,
    pub(super) allocations: u64,
    pub(super) allocated_bytes: u64,
}

impl Figures {
    /// Adds a native round.
    pub fn add_native(&mut self, round: Vec<Measured>) {
        for measured in round {
            let case = self.0.entry(measured.name).or_default();
            case.native.extend(measured.nanos);
            case.allocations = measured.allocations;
            case.allocated_bytes = measured.allocated_bytes;
        }
    }

    /// Adds a round as wasm.
    pub fn add_wasm(&mut self, round: Vec<Measured>) {
        for measured in round {
            self.0.entry(measured.name).or_default().wasm.extend(measured.nanos);
        }
    }

    pub(super) fn case(&self, group: &Group, case: &Case) -> Option<&Found> {
        self.named(&group.full_name(case))
    }

    pub(super) fn named(&self, name: &str) -> Option<&Found> {
        self.0.get(name)
    }
}

const HEAD: [&str; 6] = ["case", "native", "over the baseline", "wasm", "wasm / native", "allocations"];

/// The tables of all groups of which something was measured.
pub fn render(suite: &Suite, figures: &Figures) -> String {
    let groups = suite.groups.iter().filter(|group| group.comparison.is_none()).filter_map(|group| {
        let rows = rows(group, figures);
        let table = || format!("**{}** (`{}`)\n\n{}", group.question, group.name, aligned(&HEAD, &rows));
        (!rows.is_empty()).then(table)
    });
    let engines = Some(super::engines::render(suite, figures)).filter(|table| !table.is_empty());
    groups.chain(engines).collect::<Vec<_>>().join("\n")
}

fn rows(group: &Group, figures: &Figures) -> Vec<[String; 6]> {
    let first = group.cases.first().and_then(|case| figures.case(group, case));
    let baseline = first.and_then(|found| summary(&found.native));
    let cases = group.cases.iter().enumerate();
    let measured = cases.filter_map(|(index, case)| Some((index, &case.name, figures.case(group, case)?)));
    let rows = measured.map(|(index, name, case)| {
        let (native, wasm) = (summary(&case.native), summary(&case.wasm));
        let over = match (index, native, baseline) {
            (1.., Some(native), Some(baseline)) => difference(native.median - baseline.median),
            _ => String::new(),
        };
        let ratio = native.zip(wasm).map(|(native, wasm)| format!("{:.2}", wasm.median / native.median));
        let allocations = format!("{} ({} B)", case.allocations, case.allocated_bytes);
        [
            name.clone(),
            native.map(Summary::text).unwrap_or_default(),
            over,
            wasm.map(Summary::text).unwrap_or_default(),
            ratio.unwrap_or_default(),
            allocations,
        ]
    });
    rows.collect()
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Summary {
    pub(super) median: f64,
    /// Half of what lies between the quartiles.
    pub(super) spread: f64,
}

pub(super) fn summary(nanos: &[f64]) -> Option<Summary> {
    let mut sorted = nanos.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let last = sorted.len().checked_sub(1)?;
        sorted.get((last as f64 * part).round() as usize).copied()
    };
    Some(Summary { median: at(0.5)?, spread: (at(0.75)? - at(0.25)?) / 2.0 })
}

impl Summary {
    pub(super) fn text(self) -> String {
        let (unit, divisor) = unit(self.median);
        let (median, spread) = (self.median / divisor, self.spread / divisor);
        let digits = digits(median);
        format!("{median:.digits$} {unit} ± {spread:.digits$}")
    }
}

fn difference(nanos: f64) -> String {
    let (unit, divisor) = unit(nanos.abs());
    let value = nanos / divisor;
    let digits = digits(value.abs());
    format!("{value:+.digits$} {unit}")
}

fn unit(nanos: f64) -> (&'static str, f64) {
    if nanos < 1_000_000.0 { ("µs", 1_000.0) } else { ("ms", 1_000_000.0) }
}

/// Digits after the point: three figures in all.
fn digits(value: f64) -> usize {
    if value < 10.0 {
        2
    } else if value < 100.0 {
        1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases;
    use crate::cases::Work;

    fn measured(name: &str, nanos: &[f64]) -> Measured {
        Measured { name: name.into(), nanos: nanos.to_vec(), allocations: 3, allocated_bytes: 70 }
    }

    fn suite() -> Suite {
        let case =
            |name: &str| cases::Case { name: name.into(), work: Work::Certificate { pem: String::new() } };
        let cases = vec![case("baseline: b"), case("c"), case("never measured")];
        let group = |name: &str, question: &str, cases| Group {
            name: name.into(),
            question: question.into(),
            comparison: None,
            cases,
        };
        let groups = vec![group("g", "How much?", cases), group("h", "And?", vec![case("d")])];
        Suite { now_nanos: 0, configurations: BTreeMap::new(), policies: BTreeMap::new(), groups }
    }

    #[test]
    fn rounds_are_one_sample_and_the_baseline_is_subtracted() {
        let mut figures = Figures::default();
        figures.add_native(vec![
            measured("g/baseline: b", &[1000.0]),
            measured("g/c", &[9000.0, 3000.0, 5000.0]),
        ]);
        figures.add_native(vec![measured("g/c", &[4000.0, 6000.0])]);
        figures.add_wasm(vec![measured("g/c", &[2_500_000.0])]);
        let wanted = "\
**How much?** (`g`)

| case        |         native | over the baseline |           wasm | wasm / native | allocations |
|-------------|---------------:|------------------:|---------------:|--------------:|------------:|
| baseline: b | 1.00 µs ± 0.00 |                   |                |               |    3 (70 B) |
| c           | 5.00 µs ± 1.00 |          +4.00 µs | 2.50 ms ± 0.00 |        500.00 |    3 (70 B) |
";
        assert_eq!(render(&suite(), &figures), wanted);
    }

    #[test]
    fn nothing_measured_is_no_table() {
        assert_eq!(render(&suite(), &Figures::default()), "");
        assert_eq!(summary(&[]), None);
    }

    #[test]
    fn three_figures_and_the_unit_that_fits() {
        for (nanos, text) in [
            (123.0, "0.12 µs ± 0.00"),
            (45_600.0, "45.6 µs ± 0.0"),
            (789_000.0, "789 µs ± 0"),
            (1_234_000.0, "1.23 ms ± 0.00"),
        ] {
            assert_eq!(Summary { median: nanos, spread: 0.0 }.text(), text);
        }
        assert_eq!(difference(-2_000.0), "-2.00 µs");
    }
}
