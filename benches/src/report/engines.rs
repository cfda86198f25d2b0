//! The comparison of engines: a row for each policy and request, what others cost as a ratio to Doorward.

use super::markdown::aligned;
use super::table::{Figures, Summary, summary};
use crate::cases::{Comparison, Engine, Group, Suite, Work};

const HEAD: [&str; 9] = [
    "policy, request",
    "Doorward",
    "aim",
    "Doorward / by hand",
    "regorus' interpreter / Doorward",
    "regorus' bytecode / Doorward",
    "OPA / Doorward",
    "wasm / native",
    "allocations",
];

/// The table of all comparisons of which something was measured; empty if of none.
pub(super) fn render(suite: &Suite, figures: &Figures) -> String {
    let rows: Vec<_> = suite.groups.iter().filter_map(|group| row(group, figures)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let question = "What does a policy's answer cost, by engine, from the request's parts on?";
    format!("**{question}** (`engines`)\n\n{}", aligned(&HEAD, &rows))
}

fn row(group: &Group, figures: &Figures) -> Option<[String; 9]> {
    let comparison = group.comparison.as_ref()?;
    let native = |engine| Some(figures.case(group, case_of(group, engine)?)?.native.as_slice());
    let ours = native(Engine::Doorward)?;
    let case = figures.case(group, case_of(group, Engine::Doorward)?)?;
    let over = |above: Option<&[f64]>, below: Option<&[f64]>| match (above, below) {
        (Some(above), Some(below)) => ratio(above, below),
        _ => "–".to_owned(),
    };
    let allocations = match case.allocations {
        0 => "0".to_owned(),
        calls => format!("{calls} ({} B)", case.allocated_bytes),
    };
    Some([
        group.question.clone(),
        summary(ours)?.text(),
        aim(comparison, summary(ours)?, figures),
        over(Some(ours), native(Engine::ByHand)),
        over(native(Engine::Interpreter), Some(ours)),
        over(native(Engine::Bytecode), Some(ours)),
        over(native(Engine::Opa), Some(ours)),
        over(Some(&case.wasm), Some(ours)),
        allocations,
    ])
}

fn case_of(group: &Group, engine: Engine) -> Option<&crate::cases::Case> {
    group.cases.iter().find(|case| matches!(&case.work, Work::Ask(ask) if ask.engine == engine))
}

/// What was aimed at, and whether it was reached.
fn aim(comparison: &Comparison, ours: Summary, figures: &Figures) -> String {
    let (text, most) = match (&comparison.aim_times, comparison.aim_nanos) {
        (Some((times, other)), _) => {
            let Some(base) =
                figures.named(&format!("{other}/Doorward")).and_then(|case| summary(&case.native))
            else {
                return String::new();
            };
            (format!("{:.2} × 10 rules (at most {times})", ours.median / base.median), base.median * times)
        }
        (None, Some(nanos)) => (format!("{:.1} µs", nanos / 1_000.0), nanos),
        (None, None) => return String::new(),
    };
    format!("{text}: {}", if ours.median <= most { "met" } else { "missed" })
}

/// The ratio of figures that were taken in turn, pair by pair: its median, and half of what lies between its quartiles.
fn ratio(above: &[f64], below: &[f64]) -> String {
    let pairs: Vec<f64> = above.iter().zip(below).map(|(above, below)| above / below).collect();
    match summary(&pairs) {
        Some(Summary { median, spread }) => {
            let digits = if median < 10.0 { 2 } else { 0 };
            format!("{median:.digits$} ± {spread:.digits$}")
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{Ask, Case, Fields};
    use crate::measure::Measured;

    fn group() -> Group {
        let case = |name: &str, engine| {
            let text = String::new;
            let fields = Fields { spiffe_id: text(), method: text(), path: text(), host: text() };
            let ask = Ask { engine, policy: "p".into(), fields, allows: true };
            Case { name: name.into(), work: Work::Ask(ask) }
        };
        Group {
            name: "engines p".into(),
            question: "p".into(),
            comparison: Some(Comparison { aim_nanos: Some(500.0), aim_times: None }),
            cases: vec![case("Doorward", Engine::Doorward), case("OPA", Engine::Opa)],
        }
    }

    #[test]
    fn others_are_ratios_taken_pair_by_pair() {
        let measured = |name: &str, nanos: &[f64]| Measured {
            name: format!("engines p/{name}"),
            nanos: nanos.to_vec(),
            allocations: 0,
            allocated_bytes: 0,
        };
        let mut figures = Figures::default();
        // A machine that is twice as slow for a while changes the time, and not the ratio.
        figures.add_native(vec![measured("Doorward", &[200.0, 400.0]), measured("OPA", &[4000.0, 8000.0])]);
        figures.add_wasm(vec![measured("Doorward", &[300.0, 600.0])]);
        let row = row(&group(), &figures).unwrap();
        assert_eq!(row[6], "20 ± 0");
        assert_eq!(row[7], "1.50 ± 0.00");
        assert_eq!(row[2], "0.5 µs: met");
        assert_eq!(row[3], "–");
        assert_eq!(row[8], "0");
    }

    #[test]
    fn an_aim_that_is_missed_is_called_so() {
        let slow = Summary { median: 501.0, spread: 0.0 };
        let aimed = Comparison { aim_nanos: Some(500.0), aim_times: None };
        assert_eq!(aim(&aimed, slow, &Figures::default()), "0.5 µs: missed");
    }
}
