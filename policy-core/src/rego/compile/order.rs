//! The order of terms: in which the elements of sets and the keys of objects stand, and are evaluated.

use std::cmp::Ordering;

use crate::rego::syntax::{Body, Call, Expr, ExprKind, Name, TemplatePart, Term, TermKind, With};

/// Puts the elements of a set in order; of equal ones the first stays.
pub(super) fn sort_set(items: &mut Vec<Term>) {
    items.sort_by(terms);
    items.dedup_by(|later, earlier| terms(later, earlier).is_eq());
}

/// Puts the keys of an object in order; of equal ones the first key stays, with the last value.
pub(super) fn sort_object(pairs: &mut Vec<(Term, Term)>) {
    pairs.sort_by(|(left, _), (right, _)| terms(left, right));
    pairs.dedup_by(|later, earlier| {
        let is_same = terms(&later.0, &earlier.0).is_eq();
        if is_same {
            std::mem::swap(&mut later.1, &mut earlier.1);
        }
        is_same
    });
}

/// How two terms compare: by kind, then by content. Places do not count.
pub(super) fn terms(left: &Term, right: &Term) -> Ordering {
    match (&left.kind, &right.kind) {
        (TermKind::Bool(left), TermKind::Bool(right)) => left.cmp(right),
        (TermKind::Number(left), TermKind::Number(right)) => numbers(left, right),
        (TermKind::String(left), TermKind::String(right)) | (TermKind::Var(left), TermKind::Var(right)) => {
            left.cmp(right)
        }
        (TermKind::Ref(left), TermKind::Ref(right))
        | (TermKind::Array(left), TermKind::Array(right))
        | (TermKind::Set(left), TermKind::Set(right)) => slices(left, right),
        (TermKind::Object(left), TermKind::Object(right)) => pairs(left, right),
        (TermKind::ArrayCompr(left, left_body), TermKind::ArrayCompr(right, right_body))
        | (TermKind::SetCompr(left, left_body), TermKind::SetCompr(right, right_body)) => {
            terms(left, right).then_with(|| bodies(left_body, right_body))
        }
        (
            TermKind::ObjectCompr(left_key, left, left_body),
            TermKind::ObjectCompr(right_key, right, right_body),
        ) => terms(left_key, right_key)
            .then_with(|| terms(left, right))
            .then_with(|| bodies(left_body, right_body)),
        (TermKind::Call(left), TermKind::Call(right)) => calls(left, right),
        (TermKind::Template(left), TermKind::Template(right)) => templates(left, right),
        (left, right) => rank(left).cmp(&rank(right)),
    }
}

fn rank(kind: &TermKind) -> u8 {
    match kind {
        TermKind::Null => 0,
        TermKind::Bool(_) => 1,
        TermKind::Number(_) => 2,
        TermKind::String(_) => 3,
        TermKind::Template(_) => 4,
        TermKind::Var(_) => 5,
        TermKind::Ref(_) => 6,
        TermKind::Array(_) => 7,
        TermKind::Object(_) => 8,
        TermKind::Set(_) => 9,
        TermKind::ArrayCompr(..) => 10,
        TermKind::ObjectCompr(..) => 11,
        TermKind::SetCompr(..) => 12,
        TermKind::Call(_) => 13,
    }
}

fn slices(left: &[Term], right: &[Term]) -> Ordering {
    lexical(left, right, terms)
}

fn lexical<T>(left: &[T], right: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
    left.iter()
        .zip(right)
        .map(|(left, right)| compare(left, right))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| left.len().cmp(&right.len()))
}

fn pairs(left: &[(Term, Term)], right: &[(Term, Term)]) -> Ordering {
    lexical(left, right, |left, right| terms(&left.0, &right.0).then_with(|| terms(&left.1, &right.1)))
}

fn calls(left: &Call, right: &Call) -> Ordering {
    terms(&left.operator, &right.operator).then_with(|| slices(&left.args, &right.args))
}

fn bodies(left: &Body, right: &Body) -> Ordering {
    lexical(left, right, exprs)
}

fn exprs(left: &Expr, right: &Expr) -> Ordering {
    let content = || match (&left.kind, &right.kind) {
        (ExprKind::Term(left), ExprKind::Term(right)) => terms(left, right),
        (ExprKind::Call(left), ExprKind::Call(right)) => calls(left, right),
        (ExprKind::Some(left), ExprKind::Some(right)) => slices(&left.symbols, &right.symbols),
        (ExprKind::Every(left), ExprKind::Every(right)) => options(left.key.as_ref(), right.key.as_ref())
            .then_with(|| terms(&left.value, &right.value))
            .then_with(|| terms(&left.domain, &right.domain))
            .then_with(|| bodies(&left.body, &right.body)),
        (left, right) => expr_rank(left).cmp(&expr_rank(right)),
    };
    left.is_negated
        .cmp(&right.is_negated)
        .then_with(content)
        .then_with(|| lexical(&left.with, &right.with, withs))
}

fn expr_rank(kind: &ExprKind) -> u8 {
    match kind {
        ExprKind::Some(_) => 0,
        ExprKind::Term(_) => 1,
        ExprKind::Call(_) => 2,
        ExprKind::Every(_) => 3,
    }
}

fn options(left: Option<&Term>, right: Option<&Term>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => terms(left, right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}

fn withs(left: &With, right: &With) -> Ordering {
    terms(&left.target, &right.target).then_with(|| terms(&left.value, &right.value))
}

fn templates(left: &[TemplatePart], right: &[TemplatePart]) -> Ordering {
    lexical(left, right, |left, right| match (left, right) {
        (TemplatePart::Text(left), TemplatePart::Text(right)) => left.cmp(right),
        (TemplatePart::Expr(left), TemplatePart::Expr(right)) => exprs(left, right),
        (TemplatePart::Text(_), TemplatePart::Expr(_)) => Ordering::Less,
        (TemplatePart::Expr(_), TemplatePart::Text(_)) => Ordering::Greater,
    })
}

/// By what they are worth, however they were written.
fn numbers(left: &Name, right: &Name) -> Ordering {
    Decimal::read(left).compare(&Decimal::read(right))
}

/// A number as it is written, without the zeros that do not count.
struct Decimal<'a> {
    is_negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Decimal<'a> {
    fn read(text: &'a str) -> Self {
        let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
        // An exponent that does not fit is so great that only its sign counts.
        let limit = if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
        Self { is_negative, whole, fraction, exponent: exponent.parse().unwrap_or(limit) }
    }

    /// The digits that count, and the power of ten of the first.
    fn scientific(&self) -> (Vec<u8>, i64) {
        let all: Vec<u8> = self.whole.bytes().chain(self.fraction.bytes()).collect();
        let zeros = all.iter().take_while(|digit| **digit == b'0').count();
        let mut digits: Vec<u8> = all.into_iter().skip(zeros).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let length = |count: usize| i64::try_from(count).unwrap_or(i64::MAX / 4);
        let power = length(self.whole.len()).saturating_sub(length(zeros)).saturating_add(self.exponent);
        (digits, power)
    }

    fn compare(&self, other: &Self) -> Ordering {
        let ((left, left_power), (right, right_power)) = (self.scientific(), other.scientific());
        let sign = |digits: &[u8], is_negative: bool| match (digits.is_empty(), is_negative) {
            (true, _) => 0_i8,
            (false, true) => -1,
            (false, false) => 1,
        };
        let (left_sign, right_sign) = (sign(&left, self.is_negative), sign(&right, other.is_negative));
        if left_sign != right_sign || left_sign == 0 {
            return left_sign.cmp(&right_sign);
        }
        let order = left_power.cmp(&right_power).then_with(|| left.cmp(&right));
        if self.is_negative { order.reverse() } else { order }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn numbers_compare_by_what_they_are_worth() {
        let order = |left: &str, right: &str| numbers(&Name::from(left), &Name::from(right));
        for (left, right) in [("1", "1.0"), ("10", "1e1"), ("0", "-0.0"), ("100", "1E+2"), ("0.1", "1e-1")] {
            assert_eq!(order(left, right), Ordering::Equal, "{left} {right}");
        }
        for (left, right) in
            [("1", "2"), ("-2", "-1"), ("-1", "0"), ("9", "10"), ("1.5", "1.51"), ("2e-9", "1")]
        {
            assert_eq!(order(left, right), Ordering::Less, "{left} {right}");
        }
    }
}
