//! What the parser builds while it does not know yet what it reads.
//!
//! Rego's grammar is ambiguous until late: `[a | b` may become a comprehension or a list. The parser tries, returns, and
//! uses what it has read again. So terms refer to their parts by number: using one again costs nothing. When a statement
//! is complete, `lower` makes the syntax tree of it.

use super::ast::Name;
use super::scanner::At;

/// A term's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(usize);

/// A term.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: At,
    pub(super) kind: NodeKind,
    /// Levels of terms in it, with itself.
    pub(super) height: usize,
}

#[derive(Debug)]
pub(super) enum NodeKind {
    Null,
    Bool(bool),
    Number(Name),
    String(Name),
    Var(Name),
    Ref(Vec<NodeId>),
    Array(Vec<NodeId>),
    Object(Vec<(NodeId, NodeId)>),
    Set(Vec<NodeId>),
    ArrayCompr(NodeId, Literals),
    SetCompr(NodeId, Literals),
    ObjectCompr(NodeId, NodeId, Literals),
    Call(NodeId, Vec<NodeId>),
    Template(Vec<Piece>),
}

#[derive(Debug)]
pub(super) enum Piece {
    Text(Name),
    Literal(Literal),
}

pub(super) type Literals = Vec<Literal>;

/// One expression of a body.
#[derive(Debug)]
pub(super) struct Literal {
    pub(super) at: At,
    pub(super) is_negated: bool,
    pub(super) kind: LiteralKind,
    pub(super) with: Vec<Modifier>,
}

#[derive(Debug)]
pub(super) enum LiteralKind {
    Term(NodeId),
    Call { operator: NodeId, args: Vec<NodeId> },
    Some { at: At, symbols: Vec<NodeId> },
    Every { at: At, key: Option<NodeId>, value: NodeId, domain: NodeId, body: Literals },
}

/// `with target as value`.
#[derive(Debug)]
pub(super) struct Modifier {
    pub(super) at: At,
    pub(super) target: NodeId,
    pub(super) value: NodeId,
}

/// The terms of one statement.
#[derive(Debug, Default)]
pub(super) struct Nodes(Vec<Node>);

/// What a number that stands for no term refers to: no number does.
const NOTHING: &Node = &Node { at: At { line: 0, column: 0 }, kind: NodeKind::Null, height: 0 };

impl Nodes {
    pub(super) fn add(&mut self, at: At, kind: NodeKind) -> NodeId {
        let height = self.height_of_parts(&kind).saturating_add(1);
        let id = NodeId(self.0.len());
        self.0.push(Node { at, kind, height });
        id
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        self.0.get(id.0).unwrap_or(NOTHING)
    }

    pub(super) fn kind(&self, id: NodeId) -> &NodeKind {
        &self.node(id).kind
    }

    pub(super) fn at(&self, id: NodeId) -> At {
        self.node(id).at
    }

    /// The name, if the term is a variable.
    pub(super) fn var(&self, id: NodeId) -> Option<&Name> {
        if let NodeKind::Var(name) = self.kind(id) { Some(name) } else { None }
    }

    /// The parts of a reference.
    pub(super) fn parts(&self, id: NodeId) -> Option<&[NodeId]> {
        if let NodeKind::Ref(parts) = self.kind(id) { Some(parts) } else { None }
    }

    /// What OPA's messages call a term.
    pub(super) fn kind_name(&self, term: NodeId) -> &'static str {
        match self.kind(term) {
            NodeKind::Null => "null",
            NodeKind::Bool(_) => "boolean",
            NodeKind::Number(_) => "number",
            NodeKind::String(_) => "string",
            NodeKind::Var(_) => "var",
            NodeKind::Ref(_) => "ref",
            NodeKind::Array(_) => "array",
            NodeKind::Object(_) => "object",
            NodeKind::Set(_) => "set",
            NodeKind::ArrayCompr(..) => "arraycomprehension",
            NodeKind::SetCompr(..) => "setcomprehension",
            NodeKind::ObjectCompr(..) => "objectcomprehension",
            NodeKind::Call(..) => "call",
            NodeKind::Template(_) => "templatestring",
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether a term has no variables that have to be bound, as OPA counts them: the head of a reference is none.
    pub(super) fn is_ground(&self, id: NodeId) -> bool {
        let all = |ids: &[NodeId]| ids.iter().all(|id| self.is_ground(*id));
        match self.kind(id) {
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::String(_) => true,
            NodeKind::Var(_)
            | NodeKind::ArrayCompr(..)
            | NodeKind::SetCompr(..)
            | NodeKind::ObjectCompr(..)
            | NodeKind::Template(_) => false,
            NodeKind::Ref(parts) => parts.iter().skip(1).all(|id| self.is_ground(*id)),
            NodeKind::Array(items) | NodeKind::Set(items) => all(items),
            NodeKind::Object(pairs) => {
                pairs.iter().all(|(key, value)| self.is_ground(*key) && self.is_ground(*value))
            }
            NodeKind::Call(operator, args) => self.is_ground(*operator) && all(args),
        }
    }

    fn height(&self, id: NodeId) -> usize {
        self.node(id).height
    }

    fn height_of_parts(&self, kind: &NodeKind) -> usize {
        let most = |ids: &[NodeId]| ids.iter().map(|id| self.height(*id)).max().unwrap_or(0);
        match kind {
            NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::String(_)
            | NodeKind::Var(_) => 0,
            NodeKind::Ref(ids) | NodeKind::Array(ids) | NodeKind::Set(ids) => most(ids),
            NodeKind::Object(pairs) => {
                pairs.iter().map(|(key, value)| self.height(*key).max(self.height(*value))).max().unwrap_or(0)
            }
            NodeKind::ArrayCompr(head, body) | NodeKind::SetCompr(head, body) => {
                self.height(*head).max(self.height_of_literals(body))
            }
            NodeKind::ObjectCompr(key, value, body) => {
                self.height(*key).max(self.height(*value)).max(self.height_of_literals(body))
            }
            NodeKind::Call(operator, args) => self.height(*operator).max(most(args)),
            NodeKind::Template(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(_) => 0,
                    Piece::Literal(literal) => self.height_of_literal(literal),
                })
                .max()
                .unwrap_or(0),
        }
    }

    /// Levels of terms in a body.
    pub(super) fn height_of_literals(&self, literals: &[Literal]) -> usize {
        literals.iter().map(|literal| self.height_of_literal(literal)).max().unwrap_or(0)
    }

    fn height_of_literal(&self, literal: &Literal) -> usize {
        let most = |ids: &[NodeId]| ids.iter().map(|id| self.height(*id)).max().unwrap_or(0);
        let own = match &literal.kind {
            LiteralKind::Term(id) => self.height(*id),
            LiteralKind::Call { operator, args } => self.height(*operator).max(most(args)),
            LiteralKind::Some { symbols, .. } => most(symbols),
            LiteralKind::Every { domain, body, .. } => {
                self.height(*domain).max(self.height_of_literals(body))
            }
        };
        let modifiers = literal.with.iter().map(|with| self.height(with.target).max(self.height(with.value)));
        modifiers.max().unwrap_or(0).max(own).saturating_add(1)
    }
}
