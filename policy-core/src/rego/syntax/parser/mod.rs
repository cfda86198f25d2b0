//! The parser: tokens to terms, with one token to look ahead and the ability to return.
//!
//! OPA's grammar is what OPA's parser takes, and the place of an error is where that parser gives up. So this one takes
//! the same decisions in the same order. Errors are collected, and forgotten when the parser returns to an earlier place
//! to try something else. Terms that have been read are remembered by where they begin, so that nothing is read more
//! than a few times, however deep.

#![expect(clippy::wildcard_enum_match_arm, reason = "a token that a place does not name cannot stand there")]

mod composites;
mod heads;
mod literals;
mod numbers;
mod rules;
mod statements;
mod strings;
mod terms;

use std::collections::HashMap;

use super::RegoVersion;
use super::ast::{Loc, Name};
use super::nodes::{NodeId, NodeKind, Nodes};
use super::scanner::{At, Complaints, Scanned, Scanner};
use super::token::{Keywords, Token};
use crate::rego::error::{Fault, RegoErrorKind};

pub(super) use heads::ParsedHead;
pub(super) use rules::{ParsedRule, RuleBody, rule};
pub(super) use statements::Statement;

/// Levels of terms and bodies in each other, also of `a + b + c`, which is `(a + b) + c`. OPA allows 100,000; here each
/// level may take a few KiB of the stack in a debug build, of 2 MiB, and every later stage recurses too.
const DEPTH: usize = 128;

/// Definitions in one chain of `else`.
const ELSE_CHAIN: usize = 128;

/// How often a text may be read: returning costs at most a few times its length. Reached only if that is not true.
const READINGS: usize = 64;

pub(super) struct Parser<'t> {
    text: &'t str,
    file: u32,
    version: RegoVersion,
    keywords: Keywords,
    state: State<'t>,
    complaints: Complaints,
    errors: Vec<Fault>,
    hints: Vec<&'static str>,
    /// A limit that was reached, or what we do not take; it ends everything and is not forgotten.
    refusal: Option<Fault>,
    pub(super) nodes: Nodes,
    memo: Vec<Memo<'t>>,
    names: HashMap<&'t str, Name>,
    depth: usize,
    scans_left: usize,
}

/// Where the parser is.
#[derive(Clone, Copy, Debug)]
struct State<'t> {
    scanner: Scanner<'t>,
    token: Token,
    at: At,
    start: usize,
    content: (usize, usize),
    skipped_newline: bool,
    wildcards: u32,
}

/// A place to return to.
#[derive(Clone, Copy, Debug)]
struct Saved<'t> {
    state: State<'t>,
    errors: usize,
}

/// A term that was read, or could not be.
struct Memo<'t> {
    start: usize,
    term: Option<NodeId>,
    after: State<'t>,
    errors: Vec<Fault>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(file: u32, text: &'t str, version: RegoVersion) -> Self {
        let mut complaints = Complaints::new();
        let scanner = Scanner::new(text, &mut complaints);
        let state = State {
            scanner,
            token: Token::Illegal,
            at: At::default(),
            start: 0,
            content: (0, 0),
            skipped_newline: false,
            wildcards: 0,
        };
        let keywords = match version {
            RegoVersion::V0 => Keywords::V0,
            RegoVersion::V1 => Keywords::V1,
        };
        let mut parser = Self {
            text,
            file,
            version,
            keywords,
            state,
            complaints,
            errors: Vec::new(),
            hints: Vec::new(),
            refusal: None,
            nodes: Nodes::default(),
            memo: Vec::new(),
            names: HashMap::new(),
            depth: 0,
            scans_left: text.len().saturating_add(READINGS).saturating_mul(READINGS),
        };
        parser.scan();
        parser
    }

    /// What was wrong.
    pub(super) fn into_errors(self) -> Vec<Fault> {
        match self.refusal {
            Some(fault) => vec![fault],
            None => self.errors,
        }
    }

    // Reading.

    /// The next token that is not whitespace.
    fn scan(&mut self) {
        self.next_token(true);
    }

    /// The next token, which may be whitespace.
    fn scan_whitespace(&mut self) {
        self.next_token(false);
    }

    fn next_token(&mut self, skip_whitespace: bool) {
        if self.state.token != Token::Whitespace {
            self.state.skipped_newline = false;
        }
        loop {
            let scanned = self.state.scanner.scan(self.keywords, &mut self.complaints);
            self.take(scanned);
            match self.state.token {
                Token::Whitespace => {
                    if self.content() == "\n" {
                        self.state.skipped_newline = true;
                    }
                    if !skip_whitespace {
                        return;
                    }
                }
                Token::Comment => {}
                _ => return,
            }
        }
    }

    fn continue_template(&mut self, is_raw: bool) {
        self.state.skipped_newline = false;
        let scanned = self.state.scanner.continue_template(is_raw, &mut self.complaints);
        self.take(scanned);
    }

    fn take(&mut self, scanned: Scanned) {
        self.state.token = scanned.token;
        self.state.at = scanned.at;
        self.state.start = scanned.start;
        self.state.content = scanned.content;
        match self.scans_left.checked_sub(1) {
            Some(left) => self.scans_left = left,
            None => {
                self.exceed("the text is too ambiguous to be read in reasonable time");
                self.state.token = Token::Eof;
            }
        }
        if !self.complaints.is_empty() {
            for complaint in std::mem::take(&mut self.complaints) {
                self.error(scanned.at, complaint);
            }
            self.state.token = Token::Illegal;
        }
    }

    fn token(&self) -> Token {
        self.state.token
    }

    fn at(&self) -> At {
        self.state.at
    }

    /// What the token says.
    fn content(&self) -> &'t str {
        let (start, end) = self.state.content;
        self.text.get(start..end).unwrap_or_default()
    }

    fn save(&self) -> Saved<'t> {
        Saved { state: self.state, errors: self.errors.len() }
    }

    /// Returns to a place, and forgets what was wrong after it.
    fn restore(&mut self, saved: Saved<'t>) {
        self.state = saved.state;
        self.errors.truncate(saved.errors);
    }

    // Terms that have been read.

    /// The term that begins here, if it has been read: then the parser is behind it.
    fn recall(&mut self) -> Option<Option<NodeId>> {
        let place = self.memo.binary_search_by_key(&self.state.start, |memo| memo.start).ok()?;
        let memo = self.memo.get(place)?;
        self.state = memo.after;
        self.errors.extend(memo.errors.iter().cloned());
        Some(memo.term)
    }

    /// Remembers a term; those that are parts of it are forgotten.
    fn remember(&mut self, before: Saved<'t>, term: Option<NodeId>) {
        let start = before.state.start;
        while self.memo.last().is_some_and(|memo| memo.start >= start) {
            self.memo.pop();
        }
        let errors = self.errors.get(before.errors..).unwrap_or_default().to_vec();
        self.memo.push(Memo { start, term, after: self.state, errors });
    }

    /// Between two statements nothing needs to be remembered.
    fn forget(&mut self) {
        self.memo.clear();
        self.nodes.clear();
    }

    // Depth.

    /// Whether there may be one more level here; if so, [`Self::leave`] has to follow.
    fn enter(&mut self) -> bool {
        if self.refusal.is_some() {
            return false;
        }
        if self.depth >= DEPTH {
            self.exceed(format!("more than {DEPTH} levels of terms"));
            return false;
        }
        self.depth = self.depth.saturating_add(1);
        true
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn exceed(&mut self, message: impl Into<String>) {
        if self.refusal.is_none() {
            let fault = Fault::new(self.loc(self.at()), RegoErrorKind::Limit, message)
                .hint("write parts of it as rules or data of their own");
            self.refusal = Some(fault);
        }
    }

    /// OPA may take it; we do not.
    fn refuse(&mut self, message: &str, hint: &str) {
        if self.refusal.is_none() {
            self.refusal = Some(Fault::new(self.loc(self.at()), RegoErrorKind::Refused, message).hint(hint));
        }
    }

    // Building.

    /// A new term; `None` if it is too deep.
    fn node(&mut self, at: At, kind: NodeKind) -> Option<NodeId> {
        let id = self.nodes.add(at, kind);
        if self.nodes.node(id).height > DEPTH {
            self.exceed(format!("more than {DEPTH} levels of terms"));
            return None;
        }
        Some(id)
    }

    /// A name, stored once.
    fn name(&mut self, text: &'t str) -> Name {
        self.names.entry(text).or_insert_with(|| Name::from(text)).clone()
    }

    /// A name for the next `_`.
    fn wildcard(&mut self) -> Name {
        let name = format!("${}", self.state.wildcards);
        self.state.wildcards = self.state.wildcards.saturating_add(1);
        Name::from(name)
    }

    // Errors.

    pub(super) fn loc(&self, at: At) -> Loc {
        Loc { file: self.file, line: at.line, column: at.column }
    }

    fn error(&mut self, at: At, message: impl Into<String>) {
        if matches!(self.token(), Token::LogicalAnd | Token::LogicalOr) {
            self.refuse(
                "`and` and `or` between expressions are not supported",
                "write two rules, or two expressions",
            );
        }
        let hints = std::mem::take(&mut self.hints).join(", ");
        let fault = Fault::new(self.loc(at), RegoErrorKind::Parse, message).hint(hints);
        self.errors.push(fault);
    }

    fn hint(&mut self, hint: &'static str) {
        self.hints.push(hint);
    }

    /// The token cannot stand here.
    fn illegal_token(&mut self) {
        self.illegal("");
    }

    /// The token cannot stand here, and what was expected.
    fn illegal(&mut self, expected: &str) {
        let token = self.token();
        if token == Token::Illegal {
            self.error(self.at(), "illegal token");
            return;
        }
        let kind = if token.is_keyword() { "keyword" } else { "token" };
        let name = token.name();
        let message = if expected.is_empty() {
            format!("unexpected {name} {kind}")
        } else {
            format!("unexpected {name} {kind}: {expected}")
        };
        self.error(self.at(), message);
    }
}
