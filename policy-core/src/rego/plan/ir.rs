//! The plan: what an evaluation carries out.
//!
//! A rule's body is a list of steps. Which variables are bound at each step is known when the policy loads, so a
//! variable is a register, a step that binds one writes it, and nothing is ever unbound.

use std::sync::Arc;

use super::patterns::Matcher;
use crate::rego::builtins::{Patterns, Run};
use crate::rego::syntax::{Loc, Name};
use crate::rego::value::Value;

/// A register of the frame of a rule.
pub(in crate::rego) type Reg = u32;

/// A group of rules, by its place in [`Plan::groups`].
pub(in crate::rego) type GroupId = u32;

/// A part of the input that the policy reads, by its place in [`Plan::slots`].
pub(in crate::rego) type SlotId = u32;

/// The whole policy.
#[derive(Debug)]
pub(in crate::rego) struct Plan {
    /// Every document that rules define, and every function.
    pub(in crate::rego) groups: Vec<Group>,
    /// What is read of the input, each a path; none lies below another.
    pub(in crate::rego) slots: Vec<Vec<Name>>,
    /// The tree of packages and rules.
    pub(in crate::rego) tree: Tree,
    /// The data document.
    pub(in crate::rego) data: Value<'static>,
    /// Patterns that were compiled for its evaluations.
    pub(in crate::rego) patterns: Patterns,
}

/// A node of the tree of packages and rules: a place below `data`.
#[derive(Debug, Default)]
pub(in crate::rego) struct Tree {
    pub(in crate::rego) children: Vec<(Value<'static>, Tree)>,
    pub(in crate::rego) group: Option<GroupId>,
}

impl Tree {
    /// The child of a key.
    pub(in crate::rego) fn child(&self, key: &Value<'_>) -> Option<&Self> {
        let at = self.children.binary_search_by(|(known, _)| known.cmp_to(key)).ok()?;
        self.children.get(at).map(|(_, child)| child)
    }
}

/// The rules that define one document together, or one function.
#[derive(Debug)]
pub(in crate::rego) struct Group {
    /// Where it lies below `data`.
    pub(in crate::rego) path: Vec<Value<'static>>,
    pub(in crate::rego) kind: GroupKind,
    /// In the order of files and lines. Without the default.
    pub(in crate::rego) rules: Vec<PlannedRule>,
    pub(in crate::rego) default: Option<PlannedRule>,
    /// Whether every definition, as far as `else`, has one and the same constant value: the first that holds decides.
    pub(in crate::rego) is_uniform: bool,
    /// How an evaluation of it can come to an end without a value.
    pub(in crate::rego) hazard: Hazard,
    pub(in crate::rego) index: Option<super::index::Index>,
    /// Whether any definition has conditions that come first.
    pub(in crate::rego) has_needs: bool,
    /// The value, if it depends on nothing that a request brings.
    pub(in crate::rego) constant: Option<Option<Value<'static>>>,
}

/// What the rules of a group define.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego) enum GroupKind {
    /// One value.
    Complete,
    /// A value for arguments, of which there are so many.
    Function(usize),
    /// A set.
    Set,
    /// An object: the rules have references with variables.
    Object,
}

impl GroupKind {
    /// Whether rules add elements to one document.
    pub(in crate::rego) fn is_collection(self) -> bool {
        match self {
            Self::Set | Self::Object => true,
            Self::Complete | Self::Function(_) => false,
        }
    }
}

/// Whether carrying something out can end the evaluation with an error. Limits aside: those can be reached anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rego) enum Hazard {
    /// It cannot.
    None,
    /// Only if errors of built-in functions count as errors.
    Strict,
    /// It can: rules may contradict each other.
    Conflict,
}

/// One definition with its `else` chain.
#[derive(Debug)]
pub(in crate::rego) struct PlannedRule {
    pub(in crate::rego) at: Loc,
    /// Registers of its frame.
    pub(in crate::rego) registers: u32,
    /// Of a function: what each argument must match.
    pub(in crate::rego) args: Vec<Pattern>,
    /// Of a group of sets or objects: the reference below the group's path.
    pub(in crate::rego) path: Vec<Operand>,
    /// The element of a set.
    pub(in crate::rego) key: Option<Operand>,
    /// What OPA's index asks before the definition is tried; empty if nobody could notice.
    pub(in crate::rego) needs: Vec<Condition>,
    /// Its place among all branches of the group in the order in which OPA's index finds them.
    pub(in crate::rego) rank: u32,
    pub(in crate::rego) body: Steps,
    /// For when the caller gives the keys of the head's reference: they are matched first.
    pub(in crate::rego) given: Option<Given>,
    pub(in crate::rego) value: Operand,
    pub(in crate::rego) otherwise: Option<Box<PlannedRule>>,
}

/// Something that must be so before a definition is tried: a part is there, and meets any of the tests.
#[derive(Debug)]
pub(in crate::rego) struct Condition {
    pub(in crate::rego) subject: Subject,
    pub(in crate::rego) tests: Vec<Test>,
    /// Text meets a test too if its pieces do, taken apart at any of these characters.
    pub(in crate::rego) delimiters: Vec<String>,
}

/// What a condition is about.
#[derive(Debug)]
pub(in crate::rego) enum Subject {
    Arg(usize),
    /// A part of the input or data.
    Part(Root, Vec<Hop>),
}

/// What OPA's index asks of a value.
#[derive(Clone, Debug)]
pub(in crate::rego) enum Test {
    /// Nothing more than that it is there.
    There,
    /// It is this scalar, or a collection with it.
    Is(Value<'static>),
    /// It is an array of just so many, each any or a scalar.
    Items(Vec<Option<Value<'static>>>),
}

/// A body that starts from keys: what each must match, and the steps.
#[derive(Debug)]
pub(in crate::rego) struct Given {
    /// The parts of the reference below the group's path, and the element of a set.
    pub(in crate::rego) keys: Vec<Pattern>,
    /// What has to come before: the parts of keys that are computed.
    pub(in crate::rego) body: Steps,
}

/// Steps that are carried out one after the other.
pub(in crate::rego) type Steps = Vec<Step>;

/// One step of a body.
#[derive(Debug)]
pub(in crate::rego) struct Step {
    pub(in crate::rego) at: Loc,
    pub(in crate::rego) kind: StepKind,
}

/// The kinds of steps.
#[derive(Debug)]
pub(in crate::rego) enum StepKind {
    /// The operand is not `false`.
    Holds(Operand),
    /// Both are equal, or the pattern takes the operand apart.
    Match(Operand, Pattern),
    /// From a root along a path; once for each way there is.
    Walk(Walk),
    /// A function of ours or of the policy, and what its result must match.
    Call(Call),
    /// The steps do not hold.
    Not(Steps, Hazard),
    /// For every element of the domain, the steps hold.
    Every { domain: Operand, key: Pattern, value: Pattern, steps: Steps },
    /// A comprehension, and what it must match.
    Comprehend(Box<Comprehension>),
    /// All pairs of path and value below an operand: the built-in `walk`.
    Relate { operand: Operand, pattern: Pattern },
    /// The steps under other documents or functions.
    With(Vec<Replacement>, Steps),
    /// `print`: the operands are sets of what may be undefined.
    Print(Vec<Operand>),
}

/// A reference with what its value must match.
#[derive(Debug)]
pub(in crate::rego) struct Walk {
    pub(in crate::rego) root: Root,
    pub(in crate::rego) path: Vec<Hop>,
    pub(in crate::rego) end: Pattern,
    /// For a constant collection that is searched: the elements by what they must have.
    pub(in crate::rego) search: Option<Box<super::search::Search>>,
}

/// Where a reference starts.
#[derive(Debug)]
pub(in crate::rego) enum Root {
    /// A part of the input.
    Slot(SlotId),
    /// A variable, or any other operand.
    Operand(Operand),
    /// Below `data`, where no rule is: the value in the data document. With its path, for `with`.
    Data(Vec<Value<'static>>, Option<Value<'static>>),
    /// What a group of rules defines. With its path, for `with`.
    Group(GroupId),
    /// A place in the tree above rules: the path so far; the rest of the way is found as it goes.
    Tree(Vec<Value<'static>>),
}

/// One part of a reference.
#[derive(Clone, Debug)]
pub(in crate::rego) enum Hop {
    /// By a key.
    Key(Operand),
    /// To every element whose key matches.
    Each(Pattern),
}

/// Something that has a value once it is reached.
#[derive(Debug, Clone)]
pub(in crate::rego) enum Operand {
    Const(Value<'static>),
    Reg(Reg),
    Array(Vec<Operand>),
    Object(Vec<(Operand, Operand)>),
    Set(Vec<Operand>),
}

/// What a value must look like; binds registers.
#[derive(Debug, Clone)]
pub(in crate::rego) enum Pattern {
    /// Anything.
    Any,
    /// Anything but `false`.
    Holds,
    /// Anything: into the register.
    Bind(Reg),
    /// Equal to the operand.
    Equal(Operand),
    /// An array of just so many.
    Array(Vec<Pattern>),
    /// An object with just these keys.
    Object(Vec<(Operand, Pattern)>),
}

/// A call.
#[derive(Debug)]
pub(in crate::rego) struct Call {
    pub(in crate::rego) target: Target,
    pub(in crate::rego) args: Vec<Operand>,
    pub(in crate::rego) result: Pattern,
}

/// What is called.
#[derive(Debug)]
pub(in crate::rego) enum Target {
    /// A built-in function.
    Builtin(&'static str, Run),
    /// One that matches a constant pattern, compiled when the policy loaded.
    Pattern(&'static str, Run, Box<Matcher>),
    /// A function of the policy.
    Group(GroupId),
}

/// A comprehension.
#[derive(Debug)]
pub(in crate::rego) struct Comprehension {
    pub(in crate::rego) kind: ComprehensionKind,
    /// What it is compared with: OPA does not evaluate it if that is of another type.
    pub(in crate::rego) against: Option<Operand>,
    pub(in crate::rego) steps: Steps,
    pub(in crate::rego) result: Pattern,
}

/// What a comprehension collects.
#[derive(Debug)]
pub(in crate::rego) enum ComprehensionKind {
    Array(Operand),
    Set(Operand),
    Object(Operand, Operand),
}

/// One `with`.
#[derive(Debug)]
pub(in crate::rego) struct Replacement {
    pub(in crate::rego) target: ReplacementTarget,
    pub(in crate::rego) value: ReplacementValue,
}

/// What is replaced.
#[derive(Debug)]
pub(in crate::rego) enum ReplacementTarget {
    Input(Vec<Name>),
    Data(Vec<Value<'static>>),
    Builtin(Arc<str>),
    Function(GroupId),
}

/// What it is replaced by.
#[derive(Debug)]
pub(in crate::rego) enum ReplacementValue {
    Operand(Operand),
    Builtin(&'static str, Run),
    Function(GroupId),
}
