//! Bodies and their expressions.

use super::super::nodes::{Literal, LiteralKind, Literals, Modifier, NodeId, NodeKind};
use super::super::scanner::At;
use super::super::token::Token;
use super::Parser;

const EXPECTED_MEMBERSHIP: &str = "expected `x[, y] in xs { ... }` expression";

/// `x in xs` or `k, v in xs`.
enum Membership {
    Value(NodeId, NodeId),
    KeyValue(NodeId, NodeId, NodeId),
}

/// Why a term is no membership.
enum NoMembership {
    /// It is no call.
    Term,
    /// It calls something else.
    Other,
    /// It calls the right function with the wrong number of arguments.
    Domain,
}

impl Parser<'_> {
    /// A body up to the bracket that ends it: the parser stays at that.
    pub(super) fn body(&mut self, end: Token) -> Option<Literals> {
        if !self.enter() {
            return None;
        }
        let body = self.literals(end);
        self.leave();
        body
    }

    fn literals(&mut self, end: Token) -> Option<Literals> {
        if self.token() == end {
            self.error(self.at(), "found empty body");
            return None;
        }
        let mut body = Vec::new();
        loop {
            body.push(self.literal()?);
            if self.token() == Token::Semicolon {
                self.scan();
            } else if self.token() == end {
                return Some(body);
            } else if !self.state.skipped_newline {
                if self.errors.is_empty() {
                    self.illegal(&format!("expected \\n or ; or {}", end.name()));
                }
                return None;
            }
        }
    }

    /// Expressions with `;` between them, without brackets.
    pub(super) fn statement_literals(&mut self) -> Option<Literals> {
        let mut body = Vec::new();
        loop {
            body.push(self.literal()?);
            if self.token() != Token::Semicolon {
                return Some(body);
            }
            self.scan();
        }
    }

    /// One expression.
    pub(super) fn literal(&mut self) -> Option<Literal> {
        let at = self.at();
        if self.take_keyword_as_reference() {
            return self.expression(at, false);
        }
        let is_negated = self.token() == Token::Not;
        if is_negated {
            self.scan();
            // With this import OPA reads a body, and not a set or an object.
            if self.keywords.has_not_bodies() && self.token() == Token::LBrace {
                self.refuse(
                    "`not` with a body in braces is not supported",
                    "write a rule for the body, and negate that",
                );
                return None;
            }
        }
        match self.token() {
            Token::Some | Token::Every if is_negated => {
                self.illegal(&format!("illegal negation of '{}'", self.token().name()));
                None
            }
            Token::Some => self.some(at),
            Token::Every => self.every(at),
            _ => self.expression(at, is_negated),
        }
    }

    fn expression(&mut self, at: At, is_negated: bool) -> Option<Literal> {
        let left = self.infix()?;
        let kind = if matches!(self.token(), Token::Assign | Token::Unify) {
            let operator = self.operator()?;
            let right = self.infix()?;
            LiteralKind::Call { operator, args: vec![left, right] }
        } else {
            match self.nodes.kind(left) {
                NodeKind::Call(operator, args) => {
                    LiteralKind::Call { operator: *operator, args: args.clone() }
                }
                _ => LiteralKind::Term(left),
            }
        };
        let with = self.modifiers()?;
        if matches!(self.token(), Token::LogicalAnd | Token::LogicalOr) {
            self.illegal_token();
            return None;
        }
        if is_negated && self.keywords.has_not_bodies() && self.calls(&kind, "print") {
            // It holds without the import, and does not with it.
            self.refuse("`not print(..)` is not supported", "remove it");
            return None;
        }
        Some(Literal { at, is_negated, kind, with })
    }

    fn calls(&self, kind: &LiteralKind, name: &str) -> bool {
        matches!(kind, LiteralKind::Call { operator, .. } if self.is_name(*operator, name))
    }

    /// `with .. as ..`, any number of times.
    fn modifiers(&mut self) -> Option<Vec<Modifier>> {
        let mut modifiers = Vec::new();
        while self.token() == Token::With {
            let at = self.at();
            self.scan();
            if self.token() != Token::Ident {
                self.illegal("expected ident");
                return None;
            }
            let target = self.term()?;
            if !matches!(self.nodes.kind(target), NodeKind::Ref(_) | NodeKind::Var(_)) {
                self.illegal("expected with target path");
            }
            if self.token() != Token::As {
                self.illegal("expected as keyword");
                return None;
            }
            self.scan();
            let value = self.infix()?;
            modifiers.push(Modifier { at, target, value });
        }
        Some(modifiers)
    }

    /// `some x in xs`, `some k, v in xs`, `some x, y`.
    fn some(&mut self, at: At) -> Option<Literal> {
        let start = self.save();
        self.scan();
        if let Some(term) = self.infix() {
            match self.membership_of(term) {
                Ok(_) => {
                    let with = self.modifiers()?;
                    let kind = LiteralKind::Some { at, symbols: vec![term] };
                    return Some(Literal { at, is_negated: false, kind, with });
                }
                Err(NoMembership::Domain) => {
                    self.illegal("illegal domain");
                    return None;
                }
                Err(NoMembership::Other) => {
                    self.illegal("expected `x in xs` or `x, y in xs` expression");
                    return None;
                }
                Err(NoMembership::Term) => {}
            }
        }
        self.restore(start);
        let mut symbols = Vec::new();
        loop {
            self.scan();
            if self.token() != Token::Ident {
                self.illegal("expected var");
                return None;
            }
            symbols.push(self.var()?);
            self.scan();
            if self.token() != Token::Comma {
                let kind = LiteralKind::Some { at, symbols };
                return Some(Literal { at, is_negated: false, kind, with: Vec::new() });
            }
        }
    }

    /// `every x in xs { .. }`, `every k, v in xs { .. }`.
    fn every(&mut self, at: At) -> Option<Literal> {
        self.scan();
        let term = self.infix()?;
        let (key, value, domain) = match self.membership_of(term) {
            Ok(Membership::Value(value, domain)) => (None, value, domain),
            Ok(Membership::KeyValue(key, value, domain)) => (Some(key), value, domain),
            Err(NoMembership::Domain) => {
                self.illegal("illegal domain");
                return None;
            }
            Err(NoMembership::Other | NoMembership::Term) => {
                self.illegal(EXPECTED_MEMBERSHIP);
                return None;
            }
        };
        if key.is_some_and(|key| self.nodes.var(key).is_none()) {
            self.illegal("expected key to be a variable");
            return None;
        }
        if self.nodes.var(value).is_none() {
            self.illegal("expected value to be a variable");
            return None;
        }
        if self.token() != Token::LBrace {
            self.illegal("missing body");
            return None;
        }
        self.scan();
        let body = self.body(Token::RBrace)?;
        self.scan();
        let with = self.modifiers()?;
        let kind = LiteralKind::Every { at, key, value, domain, body };
        Some(Literal { at, is_negated: false, kind, with })
    }

    /// A call of one of the two functions that `in` stands for, also when they are written by name.
    fn membership_of(&self, term: NodeId) -> Result<Membership, NoMembership> {
        let NodeKind::Call(operator, args) = self.nodes.kind(term) else { return Err(NoMembership::Term) };
        match (self.internal_function(*operator), args.as_slice()) {
            (Some("member_2"), [value, domain]) => Ok(Membership::Value(*value, *domain)),
            (Some("member_3"), [key, value, domain]) => Ok(Membership::KeyValue(*key, *value, *domain)),
            (Some("member_2" | "member_3"), _) => Err(NoMembership::Domain),
            _ => Err(NoMembership::Other),
        }
    }

    /// The name below `internal` that a reference has.
    fn internal_function(&self, operator: NodeId) -> Option<&str> {
        match self.nodes.parts(operator)? {
            [head, name] if self.nodes.var(*head).is_some_and(|head| &**head == "internal") => {
                if let NodeKind::String(name) = self.nodes.kind(*name) {
                    Some(name)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}
