//! From what the parser built to the syntax tree.

use std::collections::HashSet;

use super::ast::{
    Body, Call, Every, Expr, ExprKind, Head, Loc, Rule, SomeDecl, TemplatePart, Term, TermKind, With,
};
use super::nodes::{Literal, LiteralKind, NodeId, NodeKind, Nodes, Piece};
use super::parser::{ParsedHead, ParsedRule, RuleBody};
use super::scanner::At;

/// Makes syntax trees of one statement's terms.
#[derive(Clone, Copy)]
pub(super) struct Lower<'n> {
    nodes: &'n Nodes,
    file: u32,
    /// Where everything counts as standing, if not where it stands.
    moved_to: Option<At>,
}

impl<'n> Lower<'n> {
    pub(super) fn new(nodes: &'n Nodes, file: u32) -> Self {
        Self { nodes, file, moved_to: None }
    }

    fn moved_to(self, at: Option<At>) -> Self {
        Self { moved_to: at, ..self }
    }

    pub(super) fn loc(self, at: At) -> Loc {
        let At { line, column } = self.moved_to.unwrap_or(at);
        Loc { file: self.file, line, column }
    }

    pub(super) fn rule(self, rule: &ParsedRule) -> Rule {
        let mut lowered = self.definition(rule);
        // From the last to the first: each is part of the one before.
        lowered.otherwise = rule
            .otherwise
            .iter()
            .rev()
            .fold(None, |rest, rule| Some(Box::new(Rule { otherwise: rest, ..self.definition(rule) })));
        lowered
    }

    /// A rule without its `else`.
    fn definition(self, rule: &ParsedRule) -> Rule {
        Rule {
            at: self.loc(rule.at),
            is_default: rule.is_default,
            head: self.moved_to(rule.head_stands_at).head(&rule.head),
            body: self.rule_body(&rule.body),
            otherwise: None,
        }
    }

    fn head(self, head: &ParsedHead) -> Head {
        Head {
            at: self.loc(head.at),
            // OPA leaves the name where it is written.
            reference: self.moved_to(None).terms(&head.reference),
            args: head.args.as_ref().map(|args| self.terms(args)),
            key: head.key.map(|key| self.term(key)),
            value: self.head_value(head),
            is_assigned: head.is_assigned,
        }
    }

    /// The value that is written, or `true`; sets have none.
    fn head_value(self, head: &ParsedHead) -> Option<Term> {
        match (head.value, head.key) {
            (Some(value), _) => Some(self.term(value)),
            (None, Some(_)) => None,
            (None, None) => Some(Term { at: self.loc(head.at), kind: TermKind::Bool(true) }),
        }
    }

    fn rule_body(self, body: &RuleBody) -> Body {
        match body {
            RuleBody::Nothing { at, .. } => {
                let at = self.loc(*at);
                let kind = ExprKind::Term(Term { at, kind: TermKind::Bool(true) });
                vec![Expr { at, is_negated: false, kind, with: Vec::new(), is_generated: false }]
            }
            RuleBody::Literals(literals) => self.body(literals),
            RuleBody::Moved(at, literals) => self.moved_to(Some(*at)).body(literals),
        }
    }

    pub(super) fn body(self, literals: &[Literal]) -> Body {
        literals.iter().map(|literal| self.expr(literal)).collect()
    }

    fn expr(self, literal: &Literal) -> Expr {
        let kind = match &literal.kind {
            LiteralKind::Term(term) => ExprKind::Term(self.term(*term)),
            LiteralKind::Call { operator, args } => ExprKind::Call(self.call(*operator, args)),
            LiteralKind::Some { at, symbols } => {
                ExprKind::Some(SomeDecl { at: self.loc(*at), symbols: self.terms(symbols) })
            }
            LiteralKind::Every { at, key, value, domain, body } => ExprKind::Every(Box::new(Every {
                at: self.loc(*at),
                key: key.map(|key| self.term(key)),
                value: self.term(*value),
                domain: self.term(*domain),
                body: self.body(body),
            })),
        };
        let with = literal.with.iter().map(|with| With {
            at: self.loc(with.at),
            target: self.term(with.target),
            value: self.term(with.value),
        });
        Expr {
            at: self.loc(literal.at),
            is_negated: literal.is_negated,
            kind,
            with: with.collect(),
            is_generated: false,
        }
    }

    fn call(self, operator: NodeId, args: &[NodeId]) -> Call {
        Call { operator: self.term(operator), args: self.terms(args) }
    }

    fn terms(self, ids: &[NodeId]) -> Vec<Term> {
        ids.iter().map(|id| self.term(*id)).collect()
    }

    fn boxed(self, id: NodeId) -> Box<Term> {
        Box::new(self.term(id))
    }

    fn term(self, id: NodeId) -> Term {
        let node = self.nodes.node(id);
        let kind = match &node.kind {
            NodeKind::Null => TermKind::Null,
            NodeKind::Bool(value) => TermKind::Bool(*value),
            NodeKind::Number(digits) => TermKind::Number(digits.clone()),
            NodeKind::String(text) => TermKind::String(text.clone()),
            NodeKind::Var(name) => TermKind::Var(name.clone()),
            NodeKind::Ref(parts) => TermKind::Ref(self.terms(parts)),
            NodeKind::Array(items) => TermKind::Array(self.terms(items)),
            NodeKind::Set(items) => TermKind::Set(distinct(self.terms(items))),
            NodeKind::Object(pairs) => {
                // All pairs, also those with the same key: the object is undefined if one of their values is.
                TermKind::Object(
                    pairs.iter().map(|(key, value)| (self.term(*key), self.term(*value))).collect(),
                )
            }
            NodeKind::ArrayCompr(head, body) => TermKind::ArrayCompr(self.boxed(*head), self.body(body)),
            NodeKind::SetCompr(head, body) => TermKind::SetCompr(self.boxed(*head), self.body(body)),
            NodeKind::ObjectCompr(key, value, body) => {
                TermKind::ObjectCompr(self.boxed(*key), self.boxed(*value), self.body(body))
            }
            NodeKind::Call(operator, args) => TermKind::Call(Box::new(self.call(*operator, args))),
            NodeKind::Template(pieces) => TermKind::Template(
                pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Text(text) => TemplatePart::Text(text.clone()),
                        Piece::Literal(literal) => TemplatePart::Expr(self.expr(literal)),
                    })
                    .collect(),
            ),
        };
        Term { at: self.loc(node.at), kind }
    }
}

/// The members of a set as it is written, each once.
fn distinct(mut items: Vec<Term>) -> Vec<Term> {
    if items.len() > 1 {
        let mut seen = HashSet::new();
        items.retain(|item| seen.insert(identity(item)));
    }
    items
}

/// Text that two terms share if they are the same wherever they stand.
fn identity(term: &Term) -> String {
    format!("{term:#}")
}
