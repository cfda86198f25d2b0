//! Terms: operators between terms, references, calls.

use super::super::nodes::{NodeId, NodeKind};
use super::super::scanner::At;
use super::super::token::Token;
use super::Parser;

/// How tightly an operator binds. `in` binds least and is not in this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Relation,
    Or,
    And,
    Sum,
    Product,
}

impl Binding {
    fn of(token: Token) -> Option<Self> {
        match token {
            Token::Equal | Token::Neq | Token::Lt | Token::Gt | Token::Lte | Token::Gte => {
                Some(Self::Relation)
            }
            Token::Or => Some(Self::Or),
            Token::And => Some(Self::And),
            Token::Add | Token::Sub => Some(Self::Sum),
            Token::Mul | Token::Quo | Token::Rem => Some(Self::Product),
            _ => None,
        }
    }

    fn tighter(self) -> Option<Self> {
        match self {
            Self::Relation => Some(Self::Or),
            Self::Or => Some(Self::And),
            Self::And => Some(Self::Sum),
            Self::Sum => Some(Self::Product),
            Self::Product => None,
        }
    }

    fn looser(self) -> Option<Self> {
        match self {
            Self::Relation => None,
            Self::Or => Some(Self::Relation),
            Self::And => Some(Self::Or),
            Self::Sum => Some(Self::And),
            Self::Product => Some(Self::Sum),
        }
    }
}

impl Parser<'_> {
    /// A term with operators, which may be `k, v in xs`.
    pub(super) fn infix(&mut self) -> Option<NodeId> {
        self.membership(true)
    }

    /// A term with operators in a list, where a comma ends it.
    pub(super) fn infix_in_list(&mut self) -> Option<NodeId> {
        self.membership(false)
    }

    /// `x`, `x in xs`, `k, v in xs`, `x in xs in ys`.
    fn membership(&mut self, may_have_key: bool) -> Option<NodeId> {
        let mut left = self.operators(Binding::Relation)?;
        if may_have_key && self.token() == Token::Comma {
            let saved = self.save();
            match self.key_value_membership(left) {
                Some(call) if self.token() == Token::In => left = call,
                Some(call) => return Some(call),
                None => self.restore(saved),
            }
        }
        loop {
            // `in.x` and `in[x]` begin a reference.
            self.take_keyword_as_reference();
            if self.token() != Token::In {
                return Some(left);
            }
            let operator = self.member_operator("member_2")?;
            let Some(right) = self.operators(Binding::Relation) else { return Some(left) };
            left = self.node(self.nodes.at(left), NodeKind::Call(operator, vec![left, right]))?;
            if self.token() != Token::In {
                return Some(left);
            }
        }
    }

    /// The rest of `k, v in xs` after `k`.
    fn key_value_membership(&mut self, key: NodeId) -> Option<NodeId> {
        self.scan();
        let value = self.operators(Binding::Relation)?;
        if self.token() != Token::In {
            return None;
        }
        let operator = self.member_operator("member_3")?;
        let domain = self.operators(Binding::Relation)?;
        self.node(self.nodes.at(key), NodeKind::Call(operator, vec![key, value, domain]))
    }

    /// `in`, as the function that it stands for.
    fn member_operator(&mut self, function: &'static str) -> Option<NodeId> {
        let at = self.at();
        self.scan();
        let (internal, function) = (self.name("internal"), self.name(function));
        let head = self.node(at, NodeKind::Var(internal))?;
        let part = self.node(at, NodeKind::String(function))?;
        self.node(at, NodeKind::Ref(vec![head, part]))
    }

    /// Terms with operators between them that bind at least so tightly; all of them associate to the left.
    ///
    /// If nothing follows an operator that is an error, and what stands before it counts as the whole: then only looser
    /// operators may follow.
    fn operators(&mut self, least: Binding) -> Option<NodeId> {
        let mut left = self.term()?;
        let mut most = Some(Binding::Product);
        while let (Some(binding), Some(limit)) = (Binding::of(self.token()), most) {
            if binding < least || binding > limit {
                break;
            }
            let operator = self.operator()?;
            let right = match binding.tighter() {
                Some(tighter) => self.operators(tighter),
                None => self.term(),
            };
            match right {
                Some(right) => {
                    left = self.node(self.nodes.at(left), NodeKind::Call(operator, vec![left, right]))?;
                    most = Some(binding);
                }
                None => most = binding.looser(),
            }
        }
        Some(left)
    }

    /// The infix operator here, as the function that it stands for.
    pub(super) fn operator(&mut self) -> Option<NodeId> {
        let at = self.at();
        let name = self.name(self.token().name());
        self.scan();
        let head = self.node(at, NodeKind::Var(name))?;
        self.node(at, NodeKind::Ref(vec![head]))
    }

    /// A term without operators around it.
    pub(super) fn term(&mut self) -> Option<NodeId> {
        if !self.enter() {
            return None;
        }
        let term = match self.recall() {
            Some(term) => term,
            None => {
                let before = self.save();
                let term = self.whole_term();
                self.remember(before, term);
                term
            }
        };
        self.leave();
        term
    }

    fn whole_term(&mut self) -> Option<NodeId> {
        let at = self.at();
        let is_minus = self.token() == Token::Sub;
        let term = self.bare_term()?;
        let is_negative = is_minus && self.nodes.var(term).is_some();
        let term = self.finish_term(term)?;
        if is_negative { self.negative(at, term) } else { Some(term) }
    }

    /// `-x` is `0 - x`.
    fn negative(&mut self, at: At, term: NodeId) -> Option<NodeId> {
        let (minus, zero) = (self.name("minus"), self.name("0"));
        let head = self.node(at, NodeKind::Var(minus))?;
        let operator = self.node(at, NodeKind::Ref(vec![head]))?;
        let zero = self.node(at, NodeKind::Number(zero))?;
        self.node(at, NodeKind::Call(operator, vec![zero, term]))
    }

    /// What follows a minus: a name, or digits.
    fn minus(&mut self) -> Option<NodeId> {
        let start = self.save();
        self.scan();
        if matches!(self.token(), Token::Ident | Token::Contains) {
            return self.var();
        }
        self.restore(start);
        self.number()
    }

    /// `and(x, y)` and `or(x, y)` call the functions of these names also where the words are operators.
    fn take_operator_as_name(&mut self) {
        if !matches!(self.token(), Token::LogicalAnd | Token::LogicalOr) {
            return;
        }
        let saved = self.save();
        self.scan_whitespace();
        let next = self.token();
        self.restore(saved);
        if next == Token::LParen {
            self.state.token = Token::Ident;
        }
    }

    /// A term without what may follow it: the parser stays at its last token.
    fn bare_term(&mut self) -> Option<NodeId> {
        let at = self.at();
        self.take_operator_as_name();
        match self.token() {
            Token::Null => self.node(at, NodeKind::Null),
            Token::True => self.node(at, NodeKind::Bool(true)),
            Token::False => self.node(at, NodeKind::Bool(false)),
            Token::Dot | Token::Number => self.number(),
            Token::Sub => self.minus(),
            Token::String => self.string(),
            Token::TemplatePart | Token::TemplateEnd => self.template(false),
            Token::RawTemplatePart | Token::RawTemplateEnd => self.template(true),
            // `contains` means something only in the head of a rule.
            Token::Ident | Token::Contains => self.var(),
            Token::LBrack => self.array(),
            Token::LBrace => self.set_or_object(),
            Token::LParen => self.parenthesized(),
            _ => {
                self.illegal_token();
                None
            }
        }
    }

    fn parenthesized(&mut self) -> Option<NodeId> {
        self.scan();
        let term = self.infix()?;
        if self.token() == Token::RParen {
            Some(term)
        } else {
            self.error(self.at(), "non-terminated expression");
            None
        }
    }

    /// A variable; each `_` gets a name of its own.
    pub(super) fn var(&mut self) -> Option<NodeId> {
        let content = self.content();
        let name = if content == "_" { self.wildcard() } else { self.name(content) };
        self.node(self.at(), NodeKind::Var(name))
    }

    /// What directly follows a term: `.a`, `[x]`, `(x)`.
    fn finish_term(&mut self, head: NodeId) -> Option<NodeId> {
        self.scan_whitespace();
        match self.token() {
            Token::LParen | Token::Dot | Token::LBrack => self.reference(head),
            Token::Whitespace => {
                self.scan();
                self.document(head)
            }
            _ => self.document(head),
        }
    }

    /// `input` and `data` alone are references.
    pub(super) fn document(&mut self, term: NodeId) -> Option<NodeId> {
        match self.nodes.var(term) {
            Some(name) if is_root_document(name) => self.node(self.nodes.at(term), NodeKind::Ref(vec![term])),
            _ => Some(term),
        }
    }

    /// A reference or a call, from its head on: the parser is behind that.
    pub(super) fn reference(&mut self, head: NodeId) -> Option<NodeId> {
        let at = self.nodes.at(head);
        let mut head = head;
        loop {
            self.check_reference_head(head);
            let parts = self.reference_parts(head)?;
            let reference = self.node(at, NodeKind::Ref(parts))?;
            if self.token() != Token::LParen {
                if self.token() == Token::Whitespace {
                    self.scan();
                }
                return Some(reference);
            }
            let call = self.call(reference, at)?;
            match self.token() {
                // `f(x).y`: a reference into what the function returns.
                Token::Dot | Token::LBrack => head = call,
                Token::Whitespace => {
                    self.scan();
                    return Some(call);
                }
                _ => return Some(call),
            }
        }
    }

    fn check_reference_head(&mut self, head: NodeId) {
        match self.nodes.kind(head) {
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::String(_)
            | NodeKind::Ref(_)
            | NodeKind::Template(_) => {
                let message = format!("illegal ref (head cannot be {})", self.nodes.kind_name(head));
                self.error(self.nodes.at(head), message);
            }
            NodeKind::Var(_)
            | NodeKind::Array(_)
            | NodeKind::Object(_)
            | NodeKind::Set(_)
            | NodeKind::ArrayCompr(..)
            | NodeKind::SetCompr(..)
            | NodeKind::ObjectCompr(..)
            | NodeKind::Call(..) => {}
        }
    }

    /// The parts of a reference up to what is no part.
    fn reference_parts(&mut self, head: NodeId) -> Option<Vec<NodeId>> {
        let mut parts = vec![head];
        loop {
            match self.token() {
                Token::Dot => {
                    self.scan_whitespace();
                    if self.token() != Token::Ident && !self.token().is_keyword() {
                        self.illegal("expected identifier");
                        return None;
                    }
                    let name = self.name(self.content());
                    parts.push(self.node(self.at(), NodeKind::String(name))?);
                    self.scan_whitespace();
                }
                Token::LBrack => {
                    self.scan();
                    let part = self.infix()?;
                    if self.token() != Token::RBrack {
                        self.illegal("expected ]");
                        return None;
                    }
                    parts.push(part);
                    self.scan_whitespace();
                }
                _ => return Some(parts),
            }
        }
    }

    /// The arguments of a call: the parser is at the parenthesis.
    fn call(&mut self, operator: NodeId, at: At) -> Option<NodeId> {
        self.scan();
        let args =
            if self.token() == Token::RParen { Vec::new() } else { self.list(Token::RParen, Vec::new())? };
        self.scan_whitespace();
        if args.is_empty() && self.is_name(operator, "set") {
            return self.node(at, NodeKind::Set(Vec::new()));
        }
        self.node(at, NodeKind::Call(operator, args))
    }

    /// Whether a reference is this one name.
    pub(super) fn is_name(&self, reference: NodeId, name: &str) -> bool {
        match self.nodes.parts(reference) {
            Some([head]) => self.nodes.var(*head).is_some_and(|var| &**var == name),
            _ => false,
        }
    }

    /// A keyword before `.` or `[` is a name. Whether it was one.
    pub(super) fn take_keyword_as_reference(&mut self) -> bool {
        let is_reference = self.token().is_keyword() && self.begins_reference();
        if is_reference {
            self.state.token = Token::Ident;
        }
        is_reference
    }

    /// Whether `.` or `[` directly follows.
    pub(super) fn begins_reference(&mut self) -> bool {
        let saved = self.save();
        self.scan_whitespace();
        let next = self.token();
        self.restore(saved);
        matches!(next, Token::Dot | Token::LBrack)
    }
}

/// Whether a name is that of a document that every policy has.
pub(super) fn is_root_document(name: &str) -> bool {
    matches!(name, "data" | "input")
}
