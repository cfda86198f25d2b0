//! From text to a syntax tree.

mod ast;
mod declare;
mod lower;
mod module;
mod nodes;
mod parser;
mod print;
mod scanner;
mod strict;
mod token;

pub(in crate::rego) use ast::{
    Body, Call, Every, Expr, ExprKind, Head, Import, Loc, Module, Name, Package, Ref, Rule, SomeDecl,
    TemplatePart, Term, TermKind, With,
};
pub(in crate::rego) use module::{parse_module, parse_query};

/// Which Rego a module without `import rego.v1` is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegoVersion {
    /// Before OPA 1.0: rules without `if` and `contains`.
    V0,
    /// OPA 1.0 and later.
    V1,
}

#[cfg(test)]
mod tests;
