//! Packages and imports, and what to try in which order.

use super::super::nodes::{Literals, NodeId, NodeKind};
use super::super::scanner::At;
use super::super::token::{Keywords, Token, is_v0_keyword, is_v1_keyword};
use super::terms::is_root_document;
use super::{ParsedRule, Parser};
use crate::rego::syntax::RegoVersion;
use crate::rego::syntax::ast::Name;

/// What a module consists of. It is made of terms that are there until the next statement is read.
#[derive(Debug)]
pub(in crate::rego::syntax) enum Statement {
    Package(ParsedPackage),
    Import(ParsedImport),
    Rules(Vec<ParsedRule>),
    /// Expressions: in a query what it asks, in a module a rule without a body, or an error.
    Query(Literals),
}

#[derive(Debug)]
pub(in crate::rego::syntax) struct ParsedPackage {
    pub(in crate::rego::syntax) at: At,
    pub(in crate::rego::syntax) path: Vec<Name>,
}

#[derive(Debug)]
pub(in crate::rego::syntax) struct ParsedImport {
    pub(in crate::rego::syntax) at: At,
    path_at: At,
    pub(in crate::rego::syntax) path: Vec<Name>,
    pub(in crate::rego::syntax) alias: Option<Name>,
}

impl Parser<'_> {
    /// The next statement; `None` at the end and after an error. Terms of the one before are gone.
    pub(in crate::rego::syntax) fn statement(&mut self, may_have_rules: bool) -> Option<Statement> {
        self.forget();
        if self.token() == Token::Eof {
            return None;
        }
        if self.token() == Token::Package
            && let Some(package) = self.attempt(Self::package)?
        {
            return Some(Statement::Package(package));
        }
        if self.token() == Token::Import
            && let Some(import) = self.attempt(Self::import)?
        {
            self.import_keywords(&import);
            return Some(Statement::Import(import));
        }
        if may_have_rules && let Some(rules) = self.attempt(Self::rules)? {
            return Some(Statement::Rules(rules));
        }
        let query = self.statement_literals();
        if query.is_none() && self.errors.is_empty() && self.refusal.is_none() {
            self.illegal_token();
        }
        query.map(Statement::Query)
    }

    /// Tries to read something: `None` after an error, `Some(None)` if it is something else.
    #[expect(clippy::option_option, reason = "two questions: whether to go on, and whether there is one")]
    fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        let start = self.save();
        if let Some(found) = read(self) {
            return Some(Some(found));
        }
        if !self.errors.is_empty() || self.refusal.is_some() {
            return None;
        }
        self.restore(start);
        Some(None)
    }

    /// Whether everything was read without an error.
    pub(in crate::rego::syntax) fn is_done(&self) -> bool {
        self.errors.is_empty() && self.refusal.is_none() && self.token() == Token::Eof
    }

    /// `package a.b["c"]`
    fn package(&mut self) -> Option<ParsedPackage> {
        let at = self.keyword_of_path()?;
        let term = self.term()?;
        match self.nodes.kind(term) {
            NodeKind::Var(name) => Some(ParsedPackage { at, path: vec![name.clone()] }),
            NodeKind::Ref(parts) => {
                let parts = parts.clone();
                let first = *parts.first()?;
                let Some(name) = self.nodes.var(first).cloned() else {
                    let message = format!("unexpected {} token: expecting var", self.nodes.kind_name(first));
                    self.error(self.nodes.at(first), message);
                    return None;
                };
                let path = self.path(name, &parts)?;
                Some(ParsedPackage { at, path })
            }
            _ => {
                self.illegal_token();
                None
            }
        }
    }

    /// `import data.a.b as c`
    fn import(&mut self) -> Option<ParsedImport> {
        let at = self.keyword_of_path()?;
        let errors = self.errors.len();
        // `import future.keywords.in` has to be readable also where `in` is a keyword.
        let keywords = std::mem::replace(&mut self.keywords, Keywords::V0);
        let memo = std::mem::take(&mut self.memo);
        let term = self.term();
        self.memo = memo;
        self.keywords = keywords;
        let (path_at, last_at, path) = match term.and_then(|term| self.import_path(term)) {
            Some(path) => path,
            None => {
                if self.errors.len() == errors || term.is_none() {
                    self.error(self.at(), "expected path");
                }
                return None;
            }
        };
        let root = path.first()?;
        if !is_root_document(root) && !matches!(&**root, "future" | "rego") {
            self.error(path_at, format!("unexpected import path, must begin with one of: {{data, future, input, rego}}, got: {root}"));
            return None;
        }
        if self.token() == Token::As {
            let alias = self.alias()?;
            return Some(ParsedImport { at, path_at, path, alias: Some(alias) });
        }
        let is_keyword = match self.version {
            RegoVersion::V0 => is_v0_keyword,
            RegoVersion::V1 => is_v1_keyword,
        };
        if let Some(last) = path.last()
            && (path.len() == 1 || &**root != "future")
            && is_keyword(last)
        {
            self.hint("import a different path or use an alias");
            self.error(last_at, format!("unexpected import path, must not end with a keyword, got: {last}"));
        }
        Some(ParsedImport { at, path_at, path, alias: None })
    }

    /// Steps over `package` or `import`, to a name. `None` without an error if it is something else: a reference may
    /// begin with these words.
    fn keyword_of_path(&mut self) -> Option<At> {
        let at = self.at();
        self.scan_whitespace();
        if matches!(self.token(), Token::Dot | Token::LBrack) {
            return None;
        }
        if self.token() == Token::Whitespace {
            self.scan();
        }
        if self.token().is_keyword() {
            self.state.token = Token::Ident;
        }
        if self.token() != Token::Ident {
            self.illegal_token();
            return None;
        }
        Some(at)
    }

    fn import_path(&mut self, term: NodeId) -> Option<(At, At, Vec<Name>)> {
        let at = self.nodes.at(term);
        match self.nodes.kind(term) {
            NodeKind::Var(name) => Some((at, at, vec![name.clone()])),
            NodeKind::Ref(parts) => {
                let parts = parts.clone();
                let first = *parts.first()?;
                let last = *parts.last()?;
                let head =
                    self.nodes.var(first).cloned().unwrap_or_else(|| Name::from(self.nodes.kind_name(first)));
                Some((at, self.nodes.at(last), self.path(head, &parts)?))
            }
            _ => None,
        }
    }

    /// The names of a reference that has nothing but names.
    fn path(&mut self, head: Name, parts: &[NodeId]) -> Option<Vec<Name>> {
        let mut path = vec![head];
        for part in parts.iter().skip(1) {
            if let NodeKind::String(name) = self.nodes.kind(*part) {
                path.push(name.clone());
            } else {
                let message = format!("unexpected {} token: expecting string", self.nodes.kind_name(*part));
                self.error(self.nodes.at(*part), message);
                return None;
            }
        }
        Some(path)
    }

    fn alias(&mut self) -> Option<Name> {
        self.scan();
        if self.token() == Token::Ident
            && let Some(term) = self.term()
            && let Some(name) = self.nodes.var(term)
        {
            return Some(name.clone());
        }
        self.illegal("expected var");
        None
    }

    /// What `import rego.v1` and `import future.keywords` change.
    fn import_keywords(&mut self, import: &ParsedImport) {
        let at = import.path_at;
        let path: Vec<&str> = import.path.iter().map(|part| &**part).collect();
        match path.as_slice() {
            ["rego", "v1"] if self.version == RegoVersion::V1 => {}
            ["rego", "v1"] if import.alias.is_some() => self.error(at, "`rego` imports cannot be aliased"),
            ["rego", "v1"] => self.keywords.add_v1(),
            ["rego", ..] => {
                let message = format!("invalid import `{}`, must be `rego.v1`", path.join("."));
                self.error(at, message);
            }
            ["future", "keywords", ..] if import.alias.is_some() => {
                self.error(at, "`future` imports cannot be aliased");
            }
            ["future", "keywords", keyword] if self.keywords.add(keyword) => {}
            ["future", "keywords", _] => {
                self.error(at, "unexpected keyword, must be one of [and contains every if in not or]");
            }
            ["future", "keywords", ..] => self.keywords.add_all(),
            ["future", ..] => self.error(at, "invalid import, must be `future.keywords`"),
            _ => {}
        }
    }
}
