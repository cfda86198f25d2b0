//! What the parser could not bear: nesting, chains and sizes, measured on the text before it is parsed.
//!
//! The parser reads a bracket first as a comprehension and, if that fails, again as a literal, so its work doubles
//! with every level; and long chains of operators become deep trees whose destruction recurses.

use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::limits::{CHAIN, Limits, NESTING, PARSE_WORK};

/// Measures one module.
pub(in crate::old_rego) fn check(file: &str, source: &str, limits: &Limits) -> Result<(), RegoError> {
    let over = |what: &str, limit: usize| {
        RegoError::whole(
            file,
            RegoErrorKind::Limit,
            format!("the module has more than {limit} {what}"),
            "split it into several modules of the same package, or move its tables into the data document",
        )
    };
    if source.len() > limits.source_bytes {
        return Err(over("bytes", limits.source_bytes));
    }
    if source.lines().count() > limits.lines {
        return Err(over("lines", limits.lines));
    }
    let mut scanner = Scanner::new(file, source, limits.columns);
    while let Some(token) = scanner.next_token()? {
        scanner.measure(token)?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Dot,
    Operator,
    Separator,
    Operand,
}

struct Scanner<'a> {
    file: &'a str,
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    line: u32,
    column: u32,
    columns: usize,
    /// Where the token at hand began.
    start: (u32, u32),
    work: u64,
    /// The expression at hand, outside of the brackets that are open.
    chain: Chain,
    /// The expressions around it, outermost first: one a bracket.
    around: Vec<Chain>,
    last: Token,
}

/// The length of one expression so far.
#[derive(Clone, Copy, Default)]
struct Chain {
    operators: usize,
    steps: usize,
}

impl<'a> Scanner<'a> {
    fn new(file: &'a str, source: &'a str, columns: usize) -> Self {
        Self {
            file,
            chars: source.chars().peekable(),
            line: 1,
            column: 0,
            columns,
            start: (1, 1),
            work: 0,
            chain: Chain::default(),
            around: Vec::new(),
            last: Token::Separator,
        }
    }

    fn error(&self, kind: RegoErrorKind, message: String, hint: &str) -> RegoError {
        let (line, column) = self.start;
        RegoError { line, column, ..RegoError::whole(self.file, kind, message, hint) }
    }

    fn advance(&mut self) -> Result<Option<char>, RegoError> {
        let Some(c) = self.chars.next() else { return Ok(None) };
        if c == '\n' {
            self.line = self.line.saturating_add(1);
            self.column = 0;
        } else {
            self.column = self.column.saturating_add(1);
            if usize::try_from(self.column).is_ok_and(|column| column > self.columns) {
                self.start = (self.line, self.column);
                return Err(self.error(
                    RegoErrorKind::Limit,
                    format!("the line is longer than {} columns", self.columns),
                    "break it",
                ));
            }
        }
        Ok(Some(c))
    }

    fn next_token(&mut self) -> Result<Option<Token>, RegoError> {
        loop {
            let Some(c) = self.advance()? else { return Ok(None) };
            self.start = (self.line, self.column);
            let token = match c {
                '#' => {
                    while self.chars.peek().is_some_and(|c| *c != '\n') {
                        self.advance()?;
                    }
                    continue;
                }
                '"' => {
                    self.skip_string('"', true)?;
                    Token::Operand
                }
                '`' => {
                    self.skip_string('`', false)?;
                    Token::Operand
                }
                '[' | '{' | '(' => Token::Open,
                ']' | '}' | ')' => Token::Close,
                '.' => Token::Dot,
                ',' | ';' => Token::Separator,
                '+' | '-' | '*' | '/' | '%' | '|' | '&' | '=' | '<' | '>' | '!' | ':' => Token::Operator,
                c if c.is_whitespace() => continue,
                c => return self.word(c).map(Some),
            };
            return Ok(Some(token));
        }
    }

    fn skip_string(&mut self, end: char, escapes: bool) -> Result<(), RegoError> {
        while let Some(c) = self.advance()? {
            if c == end {
                return Ok(());
            }
            if c == '\\' && escapes {
                self.advance()?;
            }
        }
        Ok(())
    }

    /// A name or number. `in` is an operator, and a chain of it a deep tree.
    fn word(&mut self, first: char) -> Result<Token, RegoError> {
        let mut word = String::from(first);
        while let Some(c) = self.chars.peek().copied().filter(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
            self.advance()?;
        }
        Ok(if word == "in" { Token::Operator } else { Token::Operand })
    }

    fn measure(&mut self, token: Token) -> Result<(), RegoError> {
        match token {
            Token::Open => {
                // An index or the arguments of a call: a step of the reference before it.
                if matches!(self.last, Token::Operand | Token::Close) {
                    self.chain.steps = self.chain.steps.saturating_add(1);
                }
                self.around.push(std::mem::take(&mut self.chain));
                if self.around.len() > NESTING {
                    return Err(self.error(
                        RegoErrorKind::Limit,
                        format!("brackets are nested deeper than {NESTING} levels"),
                        "move the inner part into a rule of its own, or into the data document",
                    ));
                }
            }
            Token::Close => self.chain = self.around.pop().unwrap_or_default(),
            Token::Dot => self.chain.steps = self.chain.steps.saturating_add(1),
            Token::Operator => {
                self.chain.operators = self.chain.operators.saturating_add(1);
                self.chain.steps = 0;
            }
            Token::Separator => self.chain = Chain::default(),
            Token::Operand => {
                // Nothing joins two operands: here begins another statement.
                if matches!(self.last, Token::Operand | Token::Close) {
                    self.chain = Chain::default();
                }
            }
        }
        if self.chain.operators.max(self.chain.steps) > CHAIN {
            return Err(self.error(
                RegoErrorKind::Limit,
                format!("an expression has more than {CHAIN} operators or a reference as many steps"),
                "split it into several rules",
            ));
        }
        let weight =
            1u64.checked_shl(u32::try_from(self.around.len()).unwrap_or(u32::MAX)).unwrap_or(u64::MAX);
        self.work = self.work.saturating_add(weight);
        if self.work > PARSE_WORK {
            return Err(self.error(
                RegoErrorKind::Limit,
                String::from("the module is too large and too deeply nested to be parsed quickly"),
                "move its tables into the data document, or split it into several modules of the same package",
            ));
        }
        self.last = token;
        Ok(())
    }
}
