//! Type errors.

use super::constant::Constant;
use super::kind::{FunctionType, Type};
use super::show::{Listed, Shown, Word};
use super::tree::Key;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Loc, Term};

/// Names that an error proposes.
const MAX_NAMES: usize = 10;

/// A type error, and whether it may come from another one.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) fault: Fault,
    /// Something of which the type is not known takes part: another error in the same expression says more.
    pub(super) is_consequence: bool,
}

impl Problem {
    fn new(at: Loc, message: String) -> Self {
        Self { fault: Fault::new(at, RegoErrorKind::Type, message), is_consequence: false }
    }

    /// The reference goes on after the first `index` parts, but there is nothing inside of what they find.
    pub(super) fn not_a_collection(parts: &[Term], index: usize, kind: &Type) -> Self {
        let found = Shown(parts.get(..index).unwrap_or(parts));
        let message = match kind {
            Type::Function(_) => format!("function {found} is not called: it is {kind}"),
            _ => format!("undefined ref: {}: {found} is of type {kind}, which has nothing inside", Shown(parts)),
        };
        Self::new(start(parts), message)
    }

    /// The part at `index` can find nothing.
    pub(super) fn wrong_key(
        parts: &[Term],
        index: usize,
        have: &Type,
        want: &Type,
        names: Vec<String>,
    ) -> Self {
        let key = parts.get(index).map(|part| Word(part).to_string()).unwrap_or_default();
        let have = if have.is_known() { format!("{key} of type {have}") } else { key };
        let want = if names.is_empty() {
            format!("a key of type {want}")
        } else {
            let more = if names.len() > MAX_NAMES { ", .." } else { "" };
            let listed: Vec<_> = names.into_iter().take(MAX_NAMES).collect();
            format!("one of {}{more}", listed.join(", "))
        };
        Self::new(start(parts), format!("undefined ref: {}: have {have}, want {want}", Shown(parts)))
    }

    /// Two terms can never be equal.
    pub(super) fn no_match(at: Loc, a: &Type, b: &Type) -> Self {
        Self {
            is_consequence: a.has_unknown() || b.has_unknown(),
            ..Self::new(at, format!("match error: {a} on the left can never equal {b} on the right"))
        }
    }

    /// A call that the function does not take.
    pub(super) fn arguments(at: Loc, name: &[Term], what: &str, have: &[Type], want: &FunctionType) -> Self {
        let mut wanted = want.args.clone();
        if want.result.is_known() {
            wanted.push(want.result.clone());
        }
        let more =
            want.variadic.as_ref().map(|kind| format!(" and any number of {kind}")).unwrap_or_default();
        let message =
            format!("{}: {what}: have {}, want {}{more}", Shown(name), Listed(have), Listed(&wanted));
        Self { is_consequence: have.iter().any(Type::has_unknown), ..Self::new(at, message) }
    }

    /// What is called is not a function.
    pub(super) fn not_a_function(at: Loc, name: &[Term]) -> Self {
        Self::new(at, format!("undefined function {}", Shown(name)))
    }
}

fn start(parts: &[Term]) -> Loc {
    parts.first().map(|head| head.at).unwrap_or_default()
}

impl Key {
    /// The key as a proposal; variables are none.
    pub(super) fn word(&self) -> Option<String> {
        match self {
            Self::Var(_) => None,
            Self::String(text) => Some(format!("{text:?}")),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(_, text) => Some(text.to_string()),
            Self::Other(term) => Some(Word(term).to_string()),
        }
    }
}

impl Constant {
    /// The key as a proposal.
    pub(super) fn word(&self) -> String {
        match self {
            Self::String(text) => format!("{text:?}"),
            other => other.to_string(),
        }
    }
}
