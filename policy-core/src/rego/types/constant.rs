//! Constants in a policy: the keys of objects whose types are known property by property.

use std::cmp::Ordering;

use crate::rego::syntax::{Name, Term, TermKind};

/// Characters of a number that OPA reads as an integer.
const MAX_INTEGER: usize = 19;

/// Bytes of a key whose type is known by it; with a longer one the object is any object.
const MAX_KEY: usize = 64 * 1024;

/// A constant as JSON sees it: sets are arrays, and the keys of objects are strings.
#[derive(Clone, Debug)]
pub(super) enum Constant {
    Null,
    Bool(bool),
    Number(Name),
    String(Name),
    Array(Vec<Constant>),
    /// In the order of the keys, each once.
    Object(Vec<(Name, Constant)>),
}

impl Constant {
    /// The constant that a term is; `None` if it contains anything that is known only when it is evaluated.
    pub(super) fn of(term: &Term) -> Option<Self> {
        Some(match &term.kind {
            TermKind::Null => Self::Null,
            TermKind::Bool(value) => Self::Bool(*value),
            TermKind::Number(text) => Self::Number(text.clone()),
            TermKind::String(text) => Self::String(text.clone()),
            TermKind::Array(items) => Self::Array(items.iter().map(Self::of).collect::<Option<_>>()?),
            TermKind::Set(items) => {
                Self::Array(in_order(items).into_iter().map(Self::of).collect::<Option<_>>()?)
            }
            TermKind::Object(entries) => {
                let mut object: Vec<(Name, Self)> = Vec::with_capacity(entries.len());
                for (key, value) in properties(entries) {
                    let key = Self::of(key)?;
                    let key = if let Self::String(text) = key { text } else { Name::from(key.json()) };
                    // Text in text is quoted once more at every level, which doubles it.
                    if key.len() > MAX_KEY {
                        return None;
                    }
                    let value = Self::of(value)?;
                    match object.binary_search_by(|(known, _)| known.cmp(&key)) {
                        Ok(index) => {
                            if let Some(entry) = object.get_mut(index) {
                                entry.1 = value;
                            }
                        }
                        Err(index) => object.insert(index, (key, value)),
                    }
                }
                Self::Object(object)
            }
            TermKind::Var(_)
            | TermKind::Ref(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => return None,
        })
    }

    /// Whether a property with this key is the one that is asked for. Numbers are equal by value, but an integer only
    /// to one that is not written with an exponent.
    pub(super) fn is_found_by(&self, asked: &Self) -> bool {
        match (self, asked) {
            (Self::Number(key), Self::Number(number)) => {
                key == number
                    || (compare_numbers(key, number).is_eq() && (!is_integer(key) || is_integer(number)))
            }
            (Self::Array(key), Self::Array(items)) => {
                key.len() == items.len() && key.iter().zip(items).all(|(key, item)| key.is_found_by(item))
            }
            _ => self.cmp(asked).is_eq(),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::String(_) => 3,
            Self::Array(_) => 4,
            Self::Object(_) => 5,
        }
    }

    /// The text of a key that is not a string.
    fn json(&self) -> String {
        match self {
            Self::Null => String::from("null"),
            Self::Bool(value) => value.to_string(),
            Self::Number(text) => text.to_string(),
            Self::String(text) => format!("{text:?}"),
            Self::Array(items) => format!("[{}]", items.iter().map(Self::json).collect::<Vec<_>>().join(",")),
            Self::Object(entries) => {
                let entries: Vec<_> =
                    entries.iter().map(|(key, value)| format!("{key:?}:{}", value.json())).collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }
}

impl Ord for Constant {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => compare_numbers(a, b),
            (Self::String(a), Self::String(b)) => a.cmp(b),
            (Self::Array(a), Self::Array(b)) => a.cmp(b),
            (Self::Object(a), Self::Object(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Constant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Constant {}

/// Whether a term is the same in every evaluation.
pub(super) fn is_constant(term: &Term) -> bool {
    match &term.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => true,
        TermKind::Array(items) | TermKind::Set(items) => items.iter().all(is_constant),
        TermKind::Object(entries) => {
            entries.iter().all(|(key, value)| is_constant(key) && is_constant(value))
        }
        TermKind::Var(_)
        | TermKind::Ref(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => false,
    }
}

/// The properties of an object in the order of their keys; of equal keys the last one counts.
pub(super) fn properties(entries: &[(Term, Term)]) -> Vec<(&Term, &Term)> {
    let mut sorted: Vec<(&Term, &Term)> = entries.iter().map(|(key, value)| (key, value)).collect();
    sorted.sort_by(|a, b| compare(a.0, b.0));
    let mut kept: Vec<(&Term, &Term)> = Vec::with_capacity(sorted.len());
    for entry in sorted {
        match kept.last_mut() {
            Some(last) if compare(last.0, entry.0).is_eq() => *last = entry,
            Some(_) | None => kept.push(entry),
        }
    }
    kept
}

/// The elements of a set in order.
pub(super) fn in_order(items: &[Term]) -> Vec<&Term> {
    let mut sorted: Vec<&Term> = items.iter().collect();
    sorted.sort_by(|a, b| compare(a, b));
    sorted.dedup_by(|a, b| compare(a, b).is_eq());
    sorted
}

/// The order of terms: as that of values, with variables and references after strings.
pub(super) fn compare(a: &Term, b: &Term) -> Ordering {
    match (&a.kind, &b.kind) {
        (TermKind::Bool(a), TermKind::Bool(b)) => a.cmp(b),
        (TermKind::Number(a), TermKind::Number(b)) => compare_numbers(a, b),
        (TermKind::String(a), TermKind::String(b)) | (TermKind::Var(a), TermKind::Var(b)) => a.cmp(b),
        (TermKind::Ref(a), TermKind::Ref(b)) | (TermKind::Array(a), TermKind::Array(b)) => {
            compare_all(a.iter(), b.iter())
        }
        (TermKind::Set(a), TermKind::Set(b)) => compare_all(in_order(a).into_iter(), in_order(b).into_iter()),
        (TermKind::Object(a), TermKind::Object(b)) => compare_all(
            properties(a).into_iter().flat_map(|(key, value)| [key, value]),
            properties(b).into_iter().flat_map(|(key, value)| [key, value]),
        ),
        (a_kind, b_kind) => {
            // What is left has no order of its own: their places keep different terms apart.
            let ranks = term_rank(a_kind).cmp(&term_rank(b_kind));
            if matches!(a_kind, TermKind::Null) { ranks } else { ranks.then_with(|| a.at.cmp(&b.at)) }
        }
    }
}

fn compare_all<'t>(mut a: impl Iterator<Item = &'t Term>, mut b: impl Iterator<Item = &'t Term>) -> Ordering {
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => {
                let order = compare(a, b);
                if order.is_ne() {
                    return order;
                }
            }
        }
    }
}

fn term_rank(kind: &TermKind) -> u8 {
    match kind {
        TermKind::Null => 0,
        TermKind::Bool(_) => 1,
        TermKind::Number(_) => 2,
        TermKind::String(_) => 3,
        TermKind::Var(_) => 4,
        TermKind::Ref(_) => 5,
        TermKind::Array(_) => 6,
        TermKind::Object(_) => 7,
        TermKind::Set(_) => 8,
        TermKind::ArrayCompr(..) => 9,
        TermKind::ObjectCompr(..) => 10,
        TermKind::SetCompr(..) => 11,
        TermKind::Call(_) => 12,
        TermKind::Template(_) => 13,
    }
}

/// Whether a number is written as an integer, also one like `1.0`, that a machine word can hold.
fn is_integer(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    text.len() <= MAX_INTEGER && fraction.bytes().all(|digit| digit == b'0') && whole.parse::<i64>().is_ok()
}

/// The order of numbers by value, however they are written.
fn compare_numbers(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if let (Ok(a), Ok(b)) = (a.parse::<i64>(), b.parse::<i64>()) {
        return a.cmp(&b);
    }
    let (a, b) = (Decimal::of(a), Decimal::of(b));
    match (a.negative, b.negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => a.magnitude(&b),
        (true, true) => b.magnitude(&a),
    }
}

/// The same text for equal numbers.
pub(super) fn canonical_number(text: &str) -> String {
    let number = Decimal::of(text);
    format!("{}{}e{}", if number.negative { "-" } else { "" }, number.digits, number.point)
}

/// 0.digits times ten to the power of `point`, without zeros at either end; zero has no digits.
struct Decimal {
    negative: bool,
    point: i64,
    digits: String,
}

impl Decimal {
    fn of(text: &str) -> Self {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let saturated = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
        let exponent = exponent.trim_start_matches('+').parse::<i64>().unwrap_or(saturated);
        let all = format!("{whole}{fraction}");
        let digits = all.trim_start_matches('0');
        let zeros = i64::try_from(all.len().saturating_sub(digits.len())).unwrap_or(i64::MAX);
        let before = i64::try_from(whole.len()).unwrap_or(i64::MAX);
        let digits = digits.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Self { negative: false, point: 0, digits };
        }
        Self { negative, point: exponent.saturating_add(before).saturating_sub(zeros), digits }
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (false, false) => self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits)),
            (self_zero, other_zero) => other_zero.cmp(&self_zero),
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn numbers_compare_by_value() {
        for (a, b, want) in [
            ("1", "1.0", Ordering::Equal),
            ("10", "1e1", Ordering::Equal),
            ("0.1", "1e-1", Ordering::Equal),
            ("0", "-0.0", Ordering::Equal),
            ("-1", "1", Ordering::Less),
            ("-2.5", "-2", Ordering::Less),
            ("9", "10.5", Ordering::Less),
            ("0", "0.001", Ordering::Less),
            ("-0.5", "0", Ordering::Less),
            ("123456789012345678901234567890", "123456789012345678901234567891", Ordering::Less),
            ("1e400", "1e399", Ordering::Greater),
        ] {
            assert_eq!(compare_numbers(a, b), want, "{a} {b}");
            assert_eq!(compare_numbers(b, a), want.reverse(), "{b} {a}");
            assert_eq!(canonical_number(a) == canonical_number(b), want.is_eq(), "{a} {b}");
        }
    }
}
