//! From characters to tokens.
//!
//! The scanner holds one character that is not yet part of a token. What is wrong with that character is reported with
//! the token before it, as OPA does. Columns count characters from 1; a tab is one.

use super::token::{Keywords, Token};

/// A place in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct At {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// A token with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanned {
    pub(super) token: Token,
    pub(super) at: At,
    /// Where the token begins, in bytes.
    pub(super) start: usize,
    /// What it says, in bytes: of a string what stands between its quotes, otherwise all of it.
    pub(super) content: (usize, usize),
}

/// A position between two tokens: small, so that the parser can return to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    current: Option<char>,
    /// Where `current` begins, in bytes.
    offset: usize,
    at: At,
}

/// What a scan found to be wrong.
pub(super) type Complaints = Vec<&'static str>;

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, complaints: &mut Complaints) -> Self {
        let mut scanner = Self { text, current: None, offset: 0, at: At { line: 1, column: 0 } };
        scanner.look(complaints);
        if scanner.current == Some(BYTE_ORDER_MARK) {
            scanner.advance(complaints);
        }
        scanner
    }

    /// The next token; whitespace and comments are tokens too.
    pub(super) fn scan(&mut self, keywords: Keywords, complaints: &mut Complaints) -> Scanned {
        let (at, start) = (self.at, self.offset);
        let (token, content) = match self.current {
            None => (Token::Eof, (start, start)),
            Some(' ' | '\t' | '\n' | '\r') => {
                self.advance(complaints);
                (Token::Whitespace, (start, self.offset))
            }
            Some(letter) if is_letter(letter) => {
                self.skip_while(is_letter_or_digit, complaints);
                let word = self.text.get(start..self.touching()).unwrap_or_default();
                (keywords.token(word), (start, self.offset))
            }
            Some('0'..='9') => {
                self.number(complaints);
                (Token::Number, (start, self.touching()))
            }
            Some(character) => {
                self.advance(complaints);
                self.symbol(character, start, complaints)
            }
        };
        Scanned { token, at, start, content }
    }

    /// The next piece of a template string, after the `}` of an expression in it.
    pub(super) fn continue_template(&mut self, is_raw: bool, complaints: &mut Complaints) -> Scanned {
        let (at, start) = (self.at, self.offset);
        let (token, content) = self.template(is_raw, complaints);
        Scanned { token, at, start, content }
    }

    fn symbol(&mut self, first: char, start: usize, complaints: &mut Complaints) -> (Token, (usize, usize)) {
        let token = match first {
            '#' => {
                self.skip_while(|character| character != '\n', complaints);
                Token::Comment
            }
            '"' => return (Token::String, self.string(complaints)),
            '`' => return (Token::String, self.raw_string(complaints)),
            '[' => Token::LBrack,
            ']' => Token::RBrack,
            '{' => Token::LBrace,
            '}' => Token::RBrace,
            '(' => Token::LParen,
            ')' => Token::RParen,
            ',' => Token::Comma,
            ';' => Token::Semicolon,
            '.' => Token::Dot,
            '+' => Token::Add,
            '-' => Token::Sub,
            '*' => Token::Mul,
            '/' => Token::Quo,
            '%' => Token::Rem,
            '&' => Token::And,
            '|' => Token::Or,
            ':' => self.with_equals(Token::Assign, Token::Colon, complaints),
            '=' => self.with_equals(Token::Equal, Token::Unify, complaints),
            '>' => self.with_equals(Token::Gte, Token::Gt, complaints),
            '<' => self.with_equals(Token::Lte, Token::Lt, complaints),
            '!' => {
                let token = self.with_equals(Token::Neq, Token::Illegal, complaints);
                if token == Token::Illegal {
                    complaints.push("illegal ! character");
                }
                token
            }
            '$' => match self.current {
                Some(quote @ ('"' | '`')) => {
                    self.advance(complaints);
                    return self.template(quote == '`', complaints);
                }
                _ => {
                    complaints.push("illegal $ character");
                    Token::Illegal
                }
            },
            _ => Token::Illegal,
        };
        (token, (start, self.offset))
    }

    fn with_equals(&mut self, with: Token, without: Token, complaints: &mut Complaints) -> Token {
        if self.current == Some('=') {
            self.advance(complaints);
            with
        } else {
            without
        }
    }

    fn number(&mut self, complaints: &mut Complaints) {
        self.skip_while(|digit| digit.is_ascii_digit(), complaints);
        if self.current == Some('.') {
            self.advance(complaints);
            self.digits("expected fraction", complaints);
        }
        if matches!(self.current, Some('e' | 'E')) {
            self.advance(complaints);
            if matches!(self.current, Some('+' | '-')) {
                self.advance(complaints);
            }
            self.digits("expected exponent", complaints);
        }
        if self.current.is_some_and(is_letter) {
            complaints.push("illegal number format");
            self.skip_while(is_letter_or_digit, complaints);
        }
    }

    fn digits(&mut self, expected: &'static str, complaints: &mut Complaints) {
        let start = self.offset;
        self.skip_while(|digit| digit.is_ascii_digit(), complaints);
        if self.offset == start {
            complaints.push(expected);
        }
    }

    /// The rest of a string after its quote.
    fn string(&mut self, complaints: &mut Complaints) -> (usize, usize) {
        let start = self.offset;
        loop {
            let end = self.offset;
            match self.current {
                None | Some('\n') => {
                    complaints.push(NON_TERMINATED);
                    return (start, end);
                }
                Some(character) => {
                    self.advance(complaints);
                    match character {
                        '"' => return (start, end),
                        '\\' => self.escape(false, complaints),
                        _ => {}
                    }
                }
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self, in_template: bool, complaints: &mut Complaints) {
        match self.current {
            Some('\\' | '"' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => self.advance(complaints),
            Some('{') if in_template => self.advance(complaints),
            // The last of the four digits is read as any other character.
            Some('u') => (0..4).for_each(|_| self.advance(complaints)),
            _ => complaints.push("illegal escape sequence"),
        }
    }

    fn raw_string(&mut self, complaints: &mut Complaints) -> (usize, usize) {
        let start = self.offset;
        self.skip_while(|character| character != '`', complaints);
        let end = self.offset;
        if self.current.is_none() {
            complaints.push(NON_TERMINATED);
        }
        self.advance(complaints);
        (start, end)
    }

    fn template(&mut self, is_raw: bool, complaints: &mut Complaints) -> (Token, (usize, usize)) {
        let start = self.offset;
        loop {
            let end = self.offset;
            let Some(character) = self.current else {
                complaints.push(NON_TERMINATED);
                return (Token::Illegal, (start, end));
            };
            if character == '\n' && !is_raw {
                complaints.push(NON_TERMINATED);
                return (Token::Illegal, (start, end));
            }
            self.advance(complaints);
            match (character, is_raw) {
                ('"', false) => return (Token::TemplateEnd, (start, end)),
                ('`', true) => return (Token::RawTemplateEnd, (start, end)),
                ('{', false) => return (Token::TemplatePart, (start, end)),
                ('{', true) => return (Token::RawTemplatePart, (start, end)),
                ('\\', false) => self.escape(true, complaints),
                ('\\', true) if self.current == Some('{') => self.advance(complaints),
                _ => {}
            }
        }
    }

    /// Where a word or number ends. To OPA a character beyond ASCII that touches it belongs to it, so that it is no keyword
    /// and no number.
    fn touching(&self) -> usize {
        match self.current {
            Some(character) if !character.is_ascii() => self.offset.saturating_add(character.len_utf8()),
            _ => self.offset,
        }
    }

    fn skip_while(&mut self, goes_on: impl Fn(char) -> bool, complaints: &mut Complaints) {
        while self.current.is_some_and(&goes_on) {
            self.advance(complaints);
        }
    }

    /// Goes one character further. At the end of the text the place stays that of the last character.
    fn advance(&mut self, complaints: &mut Complaints) {
        self.offset = self.offset.saturating_add(self.current.map_or(0, char::len_utf8));
        self.look(complaints);
    }

    /// Reads the character at the offset.
    fn look(&mut self, complaints: &mut Complaints) {
        self.current = self.text.get(self.offset..).and_then(|rest| rest.chars().next());
        match self.current {
            None => return,
            Some('\0') => complaints.push("illegal null character"),
            Some(BYTE_ORDER_MARK) if self.offset > 0 => complaints.push("illegal byte-order mark"),
            Some(_) => {}
        }
        if self.current == Some('\n') {
            self.at = At { line: self.at.line.saturating_add(1), column: 0 };
        } else {
            self.at.column = self.at.column.saturating_add(1);
        }
    }
}

const BYTE_ORDER_MARK: char = '\u{feff}';
const NON_TERMINATED: &str = "non-terminated string";

fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_'
}

/// OPA also takes the decimal digits of other scripts into names. We do not: `x١` is refused.
fn is_letter_or_digit(character: char) -> bool {
    is_letter(character) || character.is_ascii_digit()
}
