//! The syntax tree. The parser makes it and the stages of the compiler rewrite it; its shapes are those in which OPA's
//! documentation speaks: terms, references, expressions, bodies, rules.

use std::sync::Arc;

/// A name of a variable, an identifier or a part of a path.
pub(in crate::rego) type Name = Arc<str>;

/// A place in a policy: the first character of the thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::rego) struct Loc {
    /// The module's place in the list of modules.
    pub(in crate::rego) file: u32,
    /// The line, from 1; 0 if there is none.
    pub(in crate::rego) line: u32,
    /// The column in characters, from 1; 0 if there is none.
    pub(in crate::rego) column: u32,
}

impl Loc {
    /// The policy as a whole.
    pub(in crate::rego) const POLICY: Self = Self { file: u32::MAX, line: 0, column: 0 };
}

/// One file.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Module {
    pub(in crate::rego) package: Package,
    pub(in crate::rego) imports: Vec<Import>,
    pub(in crate::rego) rules: Vec<Rule>,
    /// V1 if the module is written in v1 by the version it was parsed as, or by `import rego.v1`.
    pub(in crate::rego) is_v1: bool,
}

/// `package a.b["c"]`.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Package {
    pub(in crate::rego) at: Loc,
    /// The segments below `data`: a, b, c.
    pub(in crate::rego) path: Vec<Name>,
}

/// `import data.a.b as c`.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Import {
    pub(in crate::rego) at: Loc,
    /// The segments with the root: data, a, b. `rego` and `future` are roots too.
    pub(in crate::rego) path: Vec<Name>,
    pub(in crate::rego) alias: Option<Name>,
}

/// One definition of a rule. A chained body (`r if { .. } { .. }` in v0) is a rule of its own.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Rule {
    pub(in crate::rego) at: Loc,
    pub(in crate::rego) is_default: bool,
    pub(in crate::rego) head: Head,
    /// Never empty once parsed: a rule without a body has the one expression `true`.
    pub(in crate::rego) body: Body,
    pub(in crate::rego) otherwise: Option<Box<Rule>>,
}

/// What stands before `if`.
///
/// After parsing `reference` is what was written: `p`, `p.q.r`, `p[x]`, `p.q[x].r`. A partial set (`p contains x`, or
/// v0's `p[x] { .. }`) has `key` and no `value`; every other rule has `value` (`true` if none was written). The stage
/// that rewrites heads puts the package in front, so that `reference` starts with the variable `data`.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Head {
    pub(in crate::rego) at: Loc,
    pub(in crate::rego) reference: Ref,
    /// `Some` for functions, also without arguments.
    pub(in crate::rego) args: Option<Vec<Term>>,
    /// The element of a partial set.
    pub(in crate::rego) key: Option<Term>,
    pub(in crate::rego) value: Option<Term>,
    /// Written with `:=`.
    pub(in crate::rego) is_assigned: bool,
}

/// Expressions that must all hold.
pub(in crate::rego) type Body = Vec<Expr>;

/// One expression of a body.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Expr {
    pub(in crate::rego) at: Loc,
    pub(in crate::rego) is_negated: bool,
    pub(in crate::rego) kind: ExprKind,
    pub(in crate::rego) with: Vec<With>,
    /// Put there by a stage of the compiler, not by the author.
    pub(in crate::rego) is_generated: bool,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub(in crate::rego) enum ExprKind {
    /// A term that must be defined and not `false`.
    Term(Term),
    /// A call of `operator` (a reference, such as `eq`, `assign`, `plus`, `net.cidr_contains`, `data.t.f`). Infix
    /// operators are calls by the name that OPA gives them: `=` is `eq`, `==` `equal`, `:=` `assign`, `!=` `neq`, `<`
    /// `lt`, `<=` `lte`, `>` `gt`, `>=` `gte`, `+` `plus`, `-` `minus`, `*` `mul`, `/` `div`, `%` `rem`, `|` `or`, `&`
    /// `and`, `in` `internal.member_2` and `internal.member_3`. A call of a function that is given one argument more
    /// than it has binds its result to that argument.
    Call(Call),
    /// `some x, y`, and `some x in xs` (one term: a call of `internal.member_2` or `_3`).
    Some(SomeDecl),
    /// `every k, v in xs { .. }`.
    Every(Box<Every>),
}

/// A function's reference and its arguments.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Call {
    pub(in crate::rego) operator: Term,
    pub(in crate::rego) args: Vec<Term>,
}

/// `some x, y` or `some k, v in xs`.
#[derive(Clone, Debug)]
pub(in crate::rego) struct SomeDecl {
    pub(in crate::rego) at: Loc,
    /// Variables; or the one call of `internal.member_2` or `internal.member_3`.
    pub(in crate::rego) symbols: Vec<Term>,
}

/// `every k, v in xs { .. }`.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Every {
    pub(in crate::rego) at: Loc,
    pub(in crate::rego) key: Option<Term>,
    pub(in crate::rego) value: Term,
    pub(in crate::rego) domain: Term,
    pub(in crate::rego) body: Body,
}

/// `with target as value`.
#[derive(Clone, Debug)]
pub(in crate::rego) struct With {
    pub(in crate::rego) at: Loc,
    pub(in crate::rego) target: Term,
    pub(in crate::rego) value: Term,
}

/// A reference: a head (a variable, or any term in `[1,2][i]`, `f(x).y`) and what follows; `a.b` is `a["b"]`.
pub(in crate::rego) type Ref = Vec<Term>;

/// A term with its place.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Term {
    pub(in crate::rego) at: Loc,
    pub(in crate::rego) kind: TermKind,
}

/// The kinds of terms.
#[derive(Clone, Debug)]
pub(in crate::rego) enum TermKind {
    Null,
    Bool(bool),
    /// The digits as they were written: `1`, `1.50`, `1e3`.
    Number(Name),
    String(Name),
    /// A variable. `_` has been given a name of its own by the parser: `$0`, `$1`, ..., one each in a module.
    Var(Name),
    /// Has at least two parts, other than `input` and `data` alone and the operators of calls, which may have one.
    Ref(Ref),
    Array(Vec<Term>),
    Object(Vec<(Term, Term)>),
    Set(Vec<Term>),
    ArrayCompr(Box<Term>, Body),
    SetCompr(Box<Term>, Body),
    ObjectCompr(Box<Term>, Box<Term>, Body),
    Call(Box<Call>),
    /// `$"a {x} b"`: strings as terms, and each expression in braces as a body of one expression.
    Template(Vec<TemplatePart>),
}

/// A piece of a template string.
#[derive(Clone, Debug)]
pub(in crate::rego) enum TemplatePart {
    Text(Name),
    Expr(Expr),
}
