//! Rules.

use super::super::nodes::{LiteralKind, Literals, NodeId, NodeKind, Piece};
use super::super::scanner::At;
use super::super::token::Token;
use super::heads::ParsedHead;
use super::{ELSE_CHAIN, Parser};

/// One definition.
#[derive(Debug)]
pub(in crate::rego::syntax) struct ParsedRule {
    pub(in crate::rego::syntax) at: At,
    pub(in crate::rego::syntax) is_default: bool,
    pub(in crate::rego::syntax) head: ParsedHead,
    pub(in crate::rego::syntax) body: RuleBody,
    /// The definitions after `else`, in their order.
    pub(in crate::rego::syntax) otherwise: Vec<ParsedRule>,
    /// The head is a copy of another one that counts as standing here.
    pub(in crate::rego::syntax) head_stands_at: Option<At>,
}

/// What a rule says.
#[derive(Debug)]
pub(in crate::rego::syntax) enum RuleBody {
    /// Nothing: the body is `true`.
    Nothing {
        at: At,
        /// OPA holds that a body is missing, rather than that none is needed.
        is_missing: bool,
    },
    /// Expressions.
    Literals(Literals),
    /// Expressions that count as standing elsewhere.
    Moved(At, Literals),
}

impl Parser<'_> {
    /// The definitions that begin here, more than one if bodies are chained. `None` without an error if it is no rule.
    pub(super) fn rules(&mut self) -> Option<Vec<ParsedRule>> {
        let at = self.at();
        self.take_keyword_as_reference();
        let is_default = self.token() == Token::Default;
        if is_default {
            self.scan();
            self.take_keyword_as_reference();
        }
        if self.token() != Token::Ident {
            return None;
        }
        let mut head = self.head()?;
        if is_default {
            return self.default_rule(at, head).map(|rule| vec![rule]);
        }
        let has_if = self.token() == Token::If;
        let has_key = self.interpret_pair(&mut head, has_if)?;
        let body = if has_if {
            head.has_if = true;
            self.scan();
            self.body_after_if()?
        } else if self.token() == Token::LBrace {
            self.scan();
            self.braced_body()?
        } else if head.has_contains {
            let body = RuleBody::Nothing { at: head.at, is_missing: true };
            return Some(vec![rule(head.at, head, body)]);
        } else {
            return None;
        };
        let mut first = rule(at, head, body);
        if self.token() == Token::Else && !self.take_keyword_as_reference() {
            first.otherwise = self.otherwise(&first.head, has_key)?;
        }
        self.chained_bodies(first)
    }

    /// What `p[x]` and `p.x` mean: without `if` a set, with it a document. Whether OPA remembers the `x` as a key.
    fn interpret_pair(&mut self, head: &mut ParsedHead, has_if: bool) -> Option<bool> {
        if head.has_contains {
            return Some(true);
        }
        if !head.is_pair() {
            return Some(false);
        }
        let Some(part) = head.reference.last().copied() else { return Some(false) };
        if !self.is_named(head) && (!has_if || head.value.is_some()) {
            return None;
        }
        if has_if {
            if head.value.is_none() {
                head.has_generated_value = true;
                head.value = Some(self.node(head.at, NodeKind::Bool(true))?);
            }
            return Some(!self.nodes.is_ground(part) || self.nodes.parts(part).is_some());
        }
        if head.value.is_none() {
            head.key = Some(part);
            head.reference.pop();
        }
        Some(true)
    }

    /// One expression or expressions in braces. Braces are tried as a term first: `{"a": 1}[x]`.
    fn body_after_if(&mut self) -> Option<RuleBody> {
        let start = self.save();
        let has_brace = self.token() == Token::LBrace;
        if let Some(literal) = self.literal() {
            let is_set = has_brace
                && matches!(literal.kind, LiteralKind::Term(term) if matches!(self.nodes.kind(term), NodeKind::Set(_)));
            if !is_set {
                return Some(RuleBody::Literals(vec![literal]));
            }
        }
        if !has_brace {
            return None;
        }
        self.restore(start);
        self.scan();
        self.braced_body()
    }

    /// Expressions, and the brace at their end.
    fn braced_body(&mut self) -> Option<RuleBody> {
        let body = self.body(Token::RBrace)?;
        self.scan();
        Some(RuleBody::Literals(body))
    }

    /// `p { .. } { .. }`: each further body is a definition with the same head.
    fn chained_bodies(&mut self, first: ParsedRule) -> Option<Vec<ParsedRule>> {
        let mut rules = vec![first];
        while self.token() == Token::LBrace {
            let Some(first) = rules.first() else { break };
            if !first.otherwise.is_empty() {
                self.error(self.at(), "expected else keyword");
                return None;
            }
            let head = first.head.clone();
            let at = self.at();
            self.scan();
            let body = self.braced_body()?;
            let head = self.fresh_wildcards(ParsedHead { at, ..head })?;
            rules.push(ParsedRule { head_stands_at: Some(at), ..rule(at, head, body) });
        }
        Some(rules)
    }

    /// `else := v if { .. } else ..`
    fn otherwise(&mut self, head: &ParsedHead, has_key: bool) -> Option<Vec<ParsedRule>> {
        let is_ground = head.reference.iter().skip(1).all(|part| self.nodes.is_ground(*part));
        if !is_ground {
            self.error(self.at(), "else keyword cannot be used on rules with variables in head");
            return None;
        }
        if has_key {
            self.error(self.at(), "else keyword cannot be used on multi-value rules");
            return None;
        }
        let mut rules = Vec::new();
        while self.token() == Token::Else {
            if rules.len() >= ELSE_CHAIN {
                self.exceed(format!("more than {ELSE_CHAIN} definitions in a chain of else"));
                return None;
            }
            let (rule, is_last) = self.one_otherwise(head)?;
            rules.push(rule);
            if is_last {
                break;
            }
        }
        Some(rules)
    }

    /// One `else`, and whether none can follow.
    fn one_otherwise(&mut self, head: &ParsedHead) -> Option<(ParsedRule, bool)> {
        let at = self.at();
        let mut head = self.fresh_wildcards(ParsedHead {
            at,
            has_generated_value: false,
            has_if: false,
            ..head.clone()
        })?;
        self.scan();
        match self.token() {
            Token::LBrace | Token::If => {
                head.has_generated_value = true;
                head.value = self.node(at, NodeKind::Bool(true));
            }
            Token::Assign | Token::Unify => {
                head.is_assigned = self.token() == Token::Assign;
                self.scan();
                head.value = Some(self.infix()?);
            }
            _ => {
                self.illegal("expected else value term or rule body");
                return None;
            }
        }
        if !matches!(self.token(), Token::If | Token::LBrace) {
            return Some((rule(at, head, RuleBody::Nothing { at, is_missing: true }), true));
        }
        if self.token() == Token::If {
            head.has_if = true;
            self.scan();
        }
        let body = match self.token() {
            Token::LBrace => {
                self.scan();
                self.braced_body()?
            }
            Token::Eof => {
                self.illegal("rule body expected");
                return None;
            }
            _ => RuleBody::Moved(at, vec![self.literal()?]),
        };
        Some((rule(at, head, body), false))
    }

    /// A copy of a head in which arguments that are `_` get new names.
    fn fresh_wildcards(&mut self, mut head: ParsedHead) -> Option<ParsedHead> {
        for arg in head.args.iter_mut().flatten() {
            if self.nodes.var(*arg).is_some_and(|name| name.starts_with('$')) {
                let name = self.wildcard();
                *arg = self.node(self.nodes.at(*arg), NodeKind::Var(name))?;
            }
        }
        Some(head)
    }

    fn default_rule(&mut self, at: At, mut head: ParsedHead) -> Option<ParsedRule> {
        let Some(value) = head.value else {
            self.error(at, "illegal default rule (must have a value)");
            return None;
        };
        if let Some(kind) = self.variable_part(value) {
            self.error(at, format!("illegal default rule (value cannot contain {kind})"));
            return None;
        }
        self.check_default_args(at, &head)?;
        head.key = None;
        let body = RuleBody::Nothing { at, is_missing: false };
        Some(ParsedRule { is_default: true, ..rule(at, head, body) })
    }

    fn check_default_args(&mut self, at: At, head: &ParsedHead) -> Option<()> {
        let mut seen: Vec<&str> = Vec::new();
        let mut problem = None;
        for arg in head.args.iter().flatten() {
            match self.nodes.var(*arg) {
                Some(name) if seen.contains(&&**name) => {
                    problem = Some(format!("illegal default rule (arguments cannot be repeated {name})"));
                }
                Some(name) => seen.push(name),
                None => {
                    let kind = self.nodes.kind_name(*arg);
                    problem = Some(format!("illegal default rule (arguments cannot contain {kind})"));
                }
            }
        }
        match problem {
            Some(problem) => {
                self.error(at, problem);
                None
            }
            None => Some(()),
        }
    }

    /// What in a term is not constant, outside of comprehensions.
    fn variable_part(&self, term: NodeId) -> Option<&'static str> {
        match self.nodes.kind(term) {
            NodeKind::Ref(_) | NodeKind::Var(_) | NodeKind::Call(..) => Some(self.nodes.kind_name(term)),
            NodeKind::Array(items) | NodeKind::Set(items) => {
                items.iter().find_map(|item| self.variable_part(*item))
            }
            NodeKind::Object(pairs) => pairs
                .iter()
                .find_map(|(key, value)| self.variable_part(*key).or_else(|| self.variable_part(*value))),
            NodeKind::Template(pieces) => pieces.iter().find_map(|piece| match piece {
                Piece::Text(_) => None,
                Piece::Literal(literal) => match &literal.kind {
                    LiteralKind::Term(term) => self.variable_part(*term),
                    LiteralKind::Call { .. } | LiteralKind::Some { .. } | LiteralKind::Every { .. } => {
                        Some("call")
                    }
                },
            }),
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::String(_)
            | NodeKind::ArrayCompr(..)
            | NodeKind::SetCompr(..)
            | NodeKind::ObjectCompr(..) => None,
        }
    }
}

/// A definition without `else`.
pub(in crate::rego::syntax) fn rule(at: At, head: ParsedHead, body: RuleBody) -> ParsedRule {
    ParsedRule { at, is_default: false, head, body, otherwise: Vec::new(), head_stands_at: None }
}
