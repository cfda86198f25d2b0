//! Heads of rules.

use super::super::nodes::{NodeId, NodeKind};
use super::super::scanner::At;
use super::super::token::Token;
use super::Parser;

/// What stands before the body of a rule.
#[derive(Clone, Debug)]
pub(in crate::rego::syntax) struct ParsedHead {
    pub(in crate::rego::syntax) at: At,
    pub(in crate::rego::syntax) reference: Vec<NodeId>,
    pub(in crate::rego::syntax) args: Option<Vec<NodeId>>,
    /// What is written after `contains`, or, without `if`, in the brackets of `p[x]`.
    pub(in crate::rego::syntax) key: Option<NodeId>,
    pub(in crate::rego::syntax) value: Option<NodeId>,
    pub(in crate::rego::syntax) is_assigned: bool,
    /// The value is `true` because none is written.
    pub(in crate::rego::syntax) has_generated_value: bool,
    pub(in crate::rego::syntax) has_if: bool,
    pub(in crate::rego::syntax) has_contains: bool,
}

impl ParsedHead {
    pub(in crate::rego::syntax) fn new(at: At, reference: Vec<NodeId>) -> Self {
        Self {
            at,
            reference,
            args: None,
            key: None,
            value: None,
            is_assigned: false,
            has_generated_value: false,
            has_if: false,
            has_contains: false,
        }
    }

    /// Functions have arguments. `f()` has none, and is what OPA makes of it: a rule like any other.
    pub(in crate::rego::syntax) fn has_args(&self) -> bool {
        self.args.as_ref().is_some_and(|args| !args.is_empty())
    }

    /// Written as `p[x]` or `p.x`, without arguments.
    pub(super) fn is_pair(&self) -> bool {
        self.reference.len() == 2 && !self.has_args()
    }
}

impl Parser<'_> {
    /// The head of a rule: the parser is behind it.
    pub(super) fn head(&mut self) -> Option<ParsedHead> {
        let at = self.at();
        let name = self.var()?;
        let Some(term) = self.finish_head(name) else {
            self.illegal("expected rule head name");
            return None;
        };
        let mut head = self.head_of(at, term)?;
        match self.token() {
            Token::Contains => self.head_key(&mut head)?,
            Token::Unify => self.head_value(&mut head)?,
            Token::Assign => {
                head.is_assigned = true;
                self.head_value(&mut head)?;
            }
            _ => {}
        }
        if head.value.is_none() && head.key.is_none() && !head.is_pair() {
            head.has_generated_value = true;
            head.value = self.node(at, NodeKind::Bool(true));
        }
        Some(head)
    }

    /// What follows the name. Whitespace may stand in front of it, other than in a term.
    fn finish_head(&mut self, name: NodeId) -> Option<NodeId> {
        self.scan_whitespace();
        match self.token() {
            Token::Add
            | Token::Sub
            | Token::Mul
            | Token::Quo
            | Token::Rem
            | Token::And
            | Token::Or
            | Token::Equal
            | Token::Neq
            | Token::Gt
            | Token::Gte
            | Token::Lt
            | Token::Lte => self.illegal_token(),
            Token::Whitespace => self.scan(),
            _ => {}
        }
        match self.token() {
            Token::LParen | Token::Dot | Token::LBrack => self.reference(name),
            _ => self.document(name),
        }
    }

    fn head_of(&mut self, at: At, term: NodeId) -> Option<ParsedHead> {
        match self.nodes.kind(term) {
            NodeKind::Var(_) => Some(ParsedHead::new(at, vec![term])),
            NodeKind::Ref(parts) => Some(ParsedHead::new(at, parts.clone())),
            NodeKind::Call(operator, args) => {
                let reference = self.nodes.parts(*operator).map(<[NodeId]>::to_vec).unwrap_or_default();
                let head = ParsedHead { args: Some(args.clone()), ..ParsedHead::new(at, reference) };
                if !self.is_named(&head) {
                    self.illegal("rule head ref invalid");
                    return None;
                }
                Some(head)
            }
            _ => None,
        }
    }

    /// Whether a head begins with a name, and not with a call as in `f(x).y`.
    pub(super) fn is_named(&self, head: &ParsedHead) -> bool {
        head.reference.first().is_some_and(|first| self.nodes.var(*first).is_some())
    }

    fn head_key(&mut self, head: &mut ParsedHead) -> Option<()> {
        head.has_contains = true;
        if head.args.is_some() {
            self.illegal("the contains keyword can only be used with multi-value rule definitions (e.g., p contains <VALUE> { ... })");
        }
        self.scan();
        head.key = self.infix();
        if head.key.is_none() {
            self.illegal("expected rule key term (e.g., p contains <VALUE> { ... })");
        }
        Some(())
    }

    fn head_value(&mut self, head: &mut ParsedHead) -> Option<()> {
        self.scan();
        head.value = self.infix();
        if head.value.is_none() {
            let what = if head.has_args() { "function" } else { "rule" };
            self.illegal(&format!("expected {what} value term"));
        }
        Some(())
    }
}
