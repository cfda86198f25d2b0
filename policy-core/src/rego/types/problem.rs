//! Type errors.

use std::fmt;

use super::constant::Constant;
use super::kind::{FunctionType, Type};
use super::show::{Listed, Names, Shown, Word};
use super::tree::Key;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Loc, Term};

/// Names that an error proposes.
const MAX_NAMES: usize = 10;

/// What could have stood in a reference: keys that are known, or a type.
#[derive(Debug)]
pub(super) enum Wanted {
    Keys(Vec<String>),
    Type(Type),
}

impl Wanted {
    /// The keys, or a type if none is known.
    pub(super) fn new(keys: Vec<String>, kind: Type) -> Self {
        if keys.is_empty() { Self::Type(kind) } else { Self::Keys(keys) }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(kind) => write!(f, "a key of type {kind}"),
            Self::Keys(keys) => {
                let listed: Vec<&str> = keys.iter().take(MAX_NAMES).map(String::as_str).collect();
                let more = if keys.len() > MAX_NAMES { ", .." } else { "" };
                write!(f, "one of {}{more}", listed.join(", "))
            }
        }
    }
}

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
    pub(super) fn not_a_collection(names: &Names, parts: &[Term], index: usize, kind: &Type) -> Self {
        let found = Shown(parts.get(..index).unwrap_or(parts), names);
        let message = if matches!(kind, Type::Function(_)) {
            format!("function {found} is not called: it is {kind}")
        } else {
            format!(
                "undefined ref: {}: {found} is of type {kind}, which has nothing inside",
                Shown(parts, names)
            )
        };
        Self::new(start(parts), message)
    }

    /// The part at `index` can find nothing.
    pub(super) fn wrong_key(names: &Names, parts: &[Term], index: usize, have: &Type, want: &Wanted) -> Self {
        let key = parts.get(index).map(|part| Word(part, names).to_string()).unwrap_or_default();
        let have = if have.is_known() { format!("{key} of type {have}") } else { key };
        Self::new(start(parts), format!("undefined ref: {}: have {have}, want {want}", Shown(parts, names)))
    }

    /// Two terms can never be equal.
    pub(super) fn no_match(at: Loc, a: &Type, b: &Type) -> Self {
        Self {
            is_consequence: a.has_unknown() || b.has_unknown(),
            ..Self::new(at, format!("match error: {a} on the left can never equal {b} on the right"))
        }
    }

    /// A call that the function does not take.
    pub(super) fn arguments(
        names: &Names,
        at: Loc,
        name: &[Term],
        what: &str,
        have: &[Type],
        want: &FunctionType,
    ) -> Self {
        let mut wanted = want.args.clone();
        if want.result.is_known() {
            wanted.push(want.result.clone());
        }
        let more =
            want.variadic.as_ref().map(|kind| format!(" and any number of {kind}")).unwrap_or_default();
        let message =
            format!("{}: {what}: have {}, want {}{more}", Shown(name, names), Listed(have), Listed(&wanted));
        Self { is_consequence: have.iter().any(Type::has_unknown), ..Self::new(at, message) }
    }

    /// What is called is not a function.
    pub(super) fn not_a_function(names: &Names, at: Loc, name: &[Term]) -> Self {
        Self::new(at, format!("undefined function {}", Shown(name, names)))
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
            Self::Other(term) => Some(Word(term, &Names::new()).to_string()),
        }
    }
}

impl Constant {
    /// The key as a proposal.
    pub(super) fn word(&self) -> String {
        if let Self::String(text) = self { format!("{text:?}") } else { self.to_string() }
    }
}
