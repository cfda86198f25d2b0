//! `semver.*`: semantic versions as OPA reads them, which is laxer than the specification: a `v` in front, and signs
//! and leading zeros in the numbers.

use std::cmp::Ordering;

use super::arguments::{refuse, text};
use super::{Call, Failure, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] =
    &[("semver.compare", compare), ("semver.is_valid", is_valid)];

fn compare<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (a, b) = (text(arguments, 1)?, text(arguments, 2)?);
    call.meter.reads(a.len().saturating_add(b.len()))?;
    let Some(a) = Version::parse(a) else { return refuse("operand 1: not a valid SemVer") };
    let Some(b) = Version::parse(b) else { return refuse("operand 2: not a valid SemVer") };
    Ok(Some(Value::integer(match a.order(&b) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    })))
}

fn is_valid<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let Ok(text) = text(arguments, 1) else { return Ok(Some(Value::Bool(false))) };
    call.meter.reads(text.len())?;
    Ok(Some(Value::Bool(Version::parse(text).is_some())))
}

struct Version<'t> {
    numbers: [i64; 3],
    pre_release: &'t str,
}

impl<'t> Version<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = text.split_once('+').unwrap_or((text, ""));
        let (text, pre_release) = text.split_once('-').unwrap_or((text, ""));
        let identifiers = |text: &str| {
            let part = |part: &str| {
                !part.is_empty() && part.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric())
            };
            text.is_empty() || text.split('.').all(part)
        };
        if !identifiers(metadata) || !identifiers(pre_release) {
            return None;
        }
        let mut parts = text.split('.');
        let (major, minor, patch) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let numbers = [major.parse().ok()?, minor.parse().ok()?, patch.parse().ok()?];
        Some(Self { numbers, pre_release })
    }

    /// Build metadata does not count; without a pre-release a version is the greater one.
    fn order(&self, other: &Version<'_>) -> Ordering {
        let numbers = self.numbers.cmp(&other.numbers);
        if numbers.is_ne() || self.pre_release == other.pre_release {
            return numbers;
        }
        match (self.pre_release.is_empty(), other.pre_release.is_empty()) {
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            _ => {}
        }
        let (mut a, mut b) = (self.pre_release.split('.'), other.pre_release.split('.'));
        loop {
            let order = match (a.next(), b.next()) {
                // Different texts can be worth the same: `1` and `01`. OPA never returns for them.
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => Ordering::Less,
                (Some(_), None) => Ordering::Greater,
                (Some(a), Some(b)) => identifier(a, b),
            };
            if order.is_ne() {
                return order;
            }
        }
    }
}

/// Numbers before names; numbers beyond 64 bits are worth the largest one.
fn identifier(a: &str, b: &str) -> Ordering {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i64>().unwrap_or(i64::MAX))
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}
