//! What Envoy spends on a request, as tables.

use super::markdown::aligned;
use crate::proxy::{Asked, CASES, Case, Kind, Series};

const HEAD: [&str; 5] = [
    "filter",
    "CPU time a request (10 %–90 %)",
    "to no filter (10 %–90 %)",
    "over no filter",
    "of it Doorward's own",
];

/// The tables, and below each the native module beside the wasm filter.
pub fn render_proxy(all: &[Series]) -> String {
    let of_case = |case: &Case| {
        let rows = rows(all, case);
        format!(
            "**{}** (`{}`)\n\n{}{}",
            case.title,
            case.name,
            aligned(&HEAD, &rows),
            native_to_wasm(all, case)
        )
    };
    CASES.iter().map(of_case).collect::<Vec<_>>().join("\n")
}

fn rows(all: &[Series], case: &Case) -> Vec<[String; 5]> {
    let of_case = all.iter().filter(|series| series.variant.case.name == case.name);
    of_case.map(|series| row(all, series, case.asked)).collect()
}

fn row(all: &[Series], series: &Series, asked: Asked) -> [String; 5] {
    let kind = series.variant.kind;
    let mut row = [kind.title(), "", "", "", ""].map(str::to_owned);
    if let Some(cost) = Spread::of(series.rounds.clone()) {
        row[1] = cost.text(1, " µs");
    }
    if kind == Kind::Nothing {
        return row;
    }
    if let Some(nothing) = baseline(all, Kind::Nothing, asked) {
        row[2] =
            pairs(series, nothing, |cost, nothing| cost / nothing).map(|s| s.text(2, "")).unwrap_or_default();
        row[3] = over(series, nothing);
    }
    let empty = match kind {
        Kind::Wasm => Some(Kind::EmptyWasm),
        Kind::Native => Some(Kind::EmptyNative),
        Kind::Nothing | Kind::EmptyWasm | Kind::EmptyNative => None,
    };
    if let Some(empty) = empty.and_then(|kind| baseline(all, kind, asked)) {
        row[4] = over(series, empty);
    }
    row
}

fn over(series: &Series, baseline: &Series) -> String {
    pairs(series, baseline, |cost, baseline| cost - baseline)
        .map(|difference| format!("{:+.1} µs", difference.median))
        .unwrap_or_default()
}

fn native_to_wasm(all: &[Series], case: &Case) -> String {
    let find =
        |kind| all.iter().find(|series| series.variant.case.name == case.name && series.variant.kind == kind);
    let (Some(native), Some(wasm)) = (find(Kind::Native), find(Kind::Wasm)) else { return String::new() };
    let Some(whole) = pairs(native, wasm, |native, wasm| native / wasm) else { return String::new() };
    let added = baseline(all, Kind::Nothing, case.asked).and_then(|nothing| {
        let rounds = native.rounds.iter().zip(&wasm.rounds).zip(&nothing.rounds);
        Spread::of(rounds.map(|((native, wasm), nothing)| (native - nothing) / (wasm - nothing)).collect())
    });
    let added =
        added.map(|added| format!("; of what the filter adds: {}", added.text(2, ""))).unwrap_or_default();
    format!("\nNative to wasm, the whole request: {}{added}\n", whole.text(2, ""))
}

/// The series that others with the same request are read against.
fn baseline(all: &[Series], kind: Kind, asked: Asked) -> Option<&Series> {
    all.iter().find(|series| series.variant.kind == kind && series.variant.case.asked == asked)
}

/// Of two series round by round, so that both are of the same moments of the machine.
fn pairs(one: &Series, other: &Series, of: impl Fn(f64, f64) -> f64) -> Option<Spread> {
    Spread::of(one.rounds.iter().zip(&other.rounds).map(|(one, other)| of(*one, *other)).collect())
}

/// The middle, and where eight of ten are.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spread {
    low: f64,
    median: f64,
    high: f64,
}

impl Spread {
    fn of(mut figures: Vec<f64>) -> Option<Self> {
        figures.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let place = part * figures.len().checked_sub(1)? as f64;
            let (low, high) = (figures.get(place.floor() as usize)?, figures.get(place.ceil() as usize)?);
            Some(low + (high - low) * place.fract())
        };
        Some(Self { low: at(0.1)?, median: at(0.5)?, high: at(0.9)? })
    }

    fn text(self, digits: usize, unit: &str) -> String {
        let Self { low, median, high } = self;
        format!("{median:.digits$}{unit} ({low:.digits$}–{high:.digits$})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::variants;

    #[test]
    fn a_spread_is_the_middle_and_eight_of_ten() {
        let spread = Spread::of((0..=10).rev().map(f64::from).collect());
        assert_eq!(spread, Some(Spread { low: 1.0, median: 5.0, high: 9.0 }));
        assert_eq!(Spread::of(vec![1.0, 2.0]).map(|spread| spread.median), Some(1.5));
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn ratios_are_of_the_same_round() {
        // The machine is ten times slower in the second round: the ratios do not see it.
        let cost = |kind| match kind {
            Kind::Nothing => 10.0,
            Kind::EmptyWasm => 14.0,
            Kind::EmptyNative => 11.0,
            Kind::Wasm => 30.0,
            Kind::Native => 20.0,
        };
        let series = variants().into_iter().map(|variant| {
            let cost = cost(variant.kind);
            Series { variant, rounds: vec![cost, cost * 10.0] }
        });
        let all: Vec<Series> = series.collect();
        let text = render_proxy(&all);
        assert_eq!(text.matches("2.00 (2.00–2.00)").count(), 3, "{text}");
        assert!(text.contains(
            "Native to wasm, the whole request: 0.67 (0.67–0.67); of what the filter adds: 0.50 (0.50–0.50)"
        ));
        // `logged` has no rows of its own for the filters that do not log.
        assert_eq!(text.matches("no filter ").count(), 2 + 2 * 3, "{text}");
    }
}
