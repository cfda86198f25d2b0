//! Arrays, sets, objects and comprehensions.
//!
//! `|` after the first term makes a comprehension if a body follows it, and is the operator otherwise.

use super::super::nodes::{NodeId, NodeKind};
use super::super::scanner::At;
use super::super::token::Token;
use super::Parser;

impl Parser<'_> {
    /// `[..]`: the parser stays at the last bracket, here and in everything below.
    pub(super) fn array(&mut self) -> Option<NodeId> {
        let at = self.at();
        self.scan();
        if self.token() == Token::RBrack {
            return self.node(at, NodeKind::Array(Vec::new()));
        }
        let may_be_comprehension = !self.skip_leading_comma();
        let start = self.save();
        let head = self.term()?;
        match self.token() {
            Token::RBrack => return self.node(at, NodeKind::Array(vec![head])),
            Token::Comma => {
                self.scan();
                let items = self.list(Token::RBrack, vec![head])?;
                return self.node(at, NodeKind::Array(items));
            }
            Token::Or if may_be_comprehension => {
                self.scan();
                if let Some(body) = self.body(Token::RBrack) {
                    return self.node(at, NodeKind::ArrayCompr(head, body));
                }
                if self.token() != Token::Comma {
                    return None;
                }
            }
            _ => {}
        }
        self.restore(start);
        let items = self.list(Token::RBrack, Vec::new())?;
        self.node(at, NodeKind::Array(items))
    }

    /// `{..}`
    pub(super) fn set_or_object(&mut self) -> Option<NodeId> {
        let at = self.at();
        self.scan();
        if self.token() == Token::RBrace {
            return self.node(at, NodeKind::Object(Vec::new()));
        }
        let may_be_comprehension = !self.skip_leading_comma();
        let start = self.save();
        let head = self.term()?;
        match self.token() {
            Token::RBrace => return self.node(at, NodeKind::Set(vec![head])),
            Token::Comma => return self.set(at, head),
            Token::Colon => return self.object(at, head, may_be_comprehension),
            Token::Or if may_be_comprehension => {
                self.scan();
                if let Some(body) = self.body(Token::RBrace) {
                    return self.node(at, NodeKind::SetCompr(head, body));
                }
                if self.token() != Token::Comma {
                    return None;
                }
                self.restore(start);
                let items = self.list(Token::RBrace, Vec::new())?;
                return self.node(at, NodeKind::Set(items));
            }
            _ => {}
        }
        self.restore(start);
        let head = self.infix_in_list()?;
        match self.token() {
            Token::RBrace => self.node(at, NodeKind::Set(vec![head])),
            Token::Comma => self.set(at, head),
            Token::Colon => self.object(at, head, may_be_comprehension),
            _ => {
                self.illegal("non-terminated set");
                None
            }
        }
    }

    /// The rest of a set, from the first comma on.
    fn set(&mut self, at: At, head: NodeId) -> Option<NodeId> {
        self.scan();
        let items = self.list(Token::RBrace, vec![head])?;
        self.node(at, NodeKind::Set(items))
    }

    /// The rest of an object, from the first colon on.
    fn object(&mut self, at: At, key: NodeId, may_be_comprehension: bool) -> Option<NodeId> {
        self.scan();
        let start = self.save();
        let value = self.term()?;
        let mut may_have_operators = true;
        if may_be_comprehension {
            match self.token() {
                Token::RBrace | Token::Comma => {
                    may_have_operators = false;
                    if let Some(object) = self.finish_object(at, key, value) {
                        return Some(object);
                    }
                }
                Token::Or => {
                    self.scan();
                    if let Some(body) = self.body(Token::RBrace) {
                        return self.node(at, NodeKind::ObjectCompr(key, value, body));
                    }
                }
                _ => {}
            }
        }
        self.restore(start);
        if may_have_operators {
            let value = self.infix_in_list()?;
            if matches!(self.token(), Token::RBrace | Token::Comma) {
                return self.finish_object(at, key, value);
            }
        }
        self.illegal("non-terminated object");
        None
    }

    /// The rest of an object after its first value.
    fn finish_object(&mut self, at: At, key: NodeId, value: NodeId) -> Option<NodeId> {
        let mut pairs = vec![(key, value)];
        if self.token() == Token::Comma {
            self.scan();
            self.pairs(&mut pairs)?;
        }
        self.node(at, NodeKind::Object(pairs))
    }

    fn pairs(&mut self, pairs: &mut Vec<(NodeId, NodeId)>) -> Option<()> {
        while self.token() != Token::RBrace {
            let key = self.infix_in_list()?;
            if self.token() != Token::Colon {
                self.illegal("expected \":\"");
                return None;
            }
            self.scan();
            let value = self.infix_in_list()?;
            pairs.push((key, value));
            self.separator(Token::RBrace)?;
        }
        Some(())
    }

    /// Terms with commas between them; one more at the end does no harm.
    pub(super) fn list(&mut self, end: Token, mut items: Vec<NodeId>) -> Option<Vec<NodeId>> {
        while self.token() != end {
            items.push(self.infix_in_list()?);
            self.separator(end)?;
        }
        Some(items)
    }

    /// Steps over a comma, or stays at the end.
    fn separator(&mut self, end: Token) -> Option<()> {
        if self.token() == Token::Comma {
            self.scan();
        } else if self.token() != end {
            self.illegal(&format!("expected \",\" or \"{}\"", end.name()));
            return None;
        }
        Some(())
    }

    /// OPA takes a comma before the first item.
    fn skip_leading_comma(&mut self) -> bool {
        let is_comma = self.token() == Token::Comma;
        if is_comma {
            self.scan();
        }
        is_comma
    }
}
