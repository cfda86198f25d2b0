//! What a part of an evaluation sees: the input and data it is about, and what it has computed from them.

use crate::rego::plan::ir::GroupId;
use crate::rego::value::Value;

/// What is known of a group's value.
#[derive(Clone, Debug, Default)]
pub(super) enum Memo<'e> {
    #[default]
    Unknown,
    Undefined,
    Known(Value<'e>),
}

/// A function in place of another.
#[derive(Clone, Debug)]
pub(super) enum Mock<'e> {
    Value(Value<'e>),
    Builtin(&'static str, crate::rego::builtins::Run),
    Function(GroupId),
}

/// What is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mocked {
    Builtin(std::sync::Arc<str>),
    Function(GroupId),
}

/// The outermost scope is the evaluation's; each `with` opens another above the one that it stands in.
#[derive(Debug, Default)]
pub(super) struct Scope<'e> {
    /// The parts of the input, as the plan numbers them.
    pub(super) slots: Vec<Option<Value<'e>>>,
    /// Values of groups.
    pub(super) memo: Vec<Memo<'e>>,
    /// The data that `with` put in the place of the document's, and the paths where it did.
    pub(super) data: Option<Value<'e>>,
    pub(super) targets: Vec<Vec<Value<'e>>>,
    pub(super) mocks: Vec<(Mocked, Mock<'e>)>,
}
