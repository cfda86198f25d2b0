//! From where to where a head or an expression goes in its text.
//!
//! The syntax tree knows where things begin. Where they end is found again in the text: what begins at a token ends
//! before the token that begins something else, or closes what is around it.

use std::collections::{BTreeMap, BTreeSet};

use super::visit::{Part, visit_body, visit_module};
use crate::rego::syntax::{Body, Head, Loc, Module, Rule};

/// A place in one text: line and column, from 1.
pub(super) type At = (u32, u32);

/// What something says, and where it ends: the place after its last character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: At,
    pub(super) end: At,
    pub(super) text: String,
}

/// A token, as far as ends are concerned.
#[derive(Clone, Copy, Debug)]
struct Token<'t> {
    text: &'t str,
    from: usize,
    start: At,
    end: At,
}

/// The texts of one file.
#[derive(Debug)]
pub(super) struct Spans<'t> {
    source: &'t str,
    tokens: Vec<Token<'t>>,
    by_place: BTreeMap<At, usize>,
    /// Where heads, expressions, rules and imports begin.
    starts: BTreeSet<At>,
}

impl<'t> Spans<'t> {
    /// Of a module.
    pub(super) fn of_module(source: &'t str, module: &Module) -> Self {
        let mut starts: BTreeSet<At> = module.imports.iter().map(|import| place(import.at)).collect();
        visit_module(module, &mut |part| note(part, &mut starts));
        // A rule without a body has one at the place of its value, which is a part of the head.
        visit_module(module, &mut |part| {
            if let Part::Rule(Rule { head: Head { at, value: Some(value), .. }, .. }) = part
                && value.at > *at
            {
                starts.remove(&place(value.at));
            }
        });
        Self::new(source, starts)
    }

    /// Of a query.
    pub(super) fn of_query(source: &'t str, body: &Body) -> Self {
        let mut starts = BTreeSet::new();
        visit_body(body, &mut |part| note(part, &mut starts));
        Self::new(source, starts)
    }

    fn new(source: &'t str, starts: BTreeSet<At>) -> Self {
        let tokens = tokens(source);
        let by_place = tokens.iter().enumerate().map(|(index, token)| (token.start, index)).collect();
        Self { source, tokens, by_place, starts }
    }

    /// The expression that begins here.
    pub(super) fn expr(&self, at: Loc) -> Option<Span> {
        self.span(at, false)
    }

    /// The head that begins here.
    pub(super) fn head(&self, at: Loc) -> Option<Span> {
        self.span(at, true)
    }

    fn span(&self, at: Loc, is_head: bool) -> Option<Span> {
        let index = *self.by_place.get(&place(at))?;
        let first = self.tokens.get(index)?;
        let mut last = first;
        let mut depth = 0_usize;
        for token in self.tokens.get(index..)? {
            let is_first = token.from == first.from;
            match token.text {
                "(" | "[" => depth = depth.saturating_add(1),
                "{" => {
                    if is_head && depth == 0 && !is_first && !is_operator(last.text) {
                        break;
                    }
                    depth = depth.saturating_add(1);
                }
                ")" | "]" | "}" => {
                    if depth == 0 {
                        break;
                    }
                    depth = depth.saturating_sub(1);
                }
                ";" if depth == 0 => break,
                // To OPA the one condition of an `else` without braces begins at the `else`.
                "if" if first.text == "else" && !is_head => {}
                "if" | "else" if depth == 0 && !is_first => break,
                _ if depth == 0 && !is_first && self.starts.contains(&token.start) => break,
                _ => {}
            }
            last = token;
        }
        let end = last.from.saturating_add(last.text.len());
        let text = self.source.get(first.from..end)?.to_owned();
        Some(Span { start: first.start, end: last.end, text })
    }
}

fn note(part: Part<'_>, starts: &mut BTreeSet<At>) {
    match part {
        Part::Rule(rule) => {
            starts.insert(place(rule.at));
            starts.insert(place(rule.head.at));
        }
        Part::Expr(expr) => {
            starts.insert(place(expr.at));
        }
    }
}

fn place(at: Loc) -> At {
    (at.line, at.column)
}

/// Whether a value has to follow.
fn is_operator(text: &str) -> bool {
    matches!(text, ":=" | "=" | "==" | "contains" | "|" | "&" | "+" | "-" | "*" | "/" | "%" | "in" | ",")
}

/// The text in tokens, without comments.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut reader = Reader { source, offset: 0, at: (1, 1) };
    if source.starts_with('\u{feff}') {
        reader.next();
    }
    while let Some(character) = reader.peek() {
        let (from, start) = (reader.offset, reader.at);
        match character {
            _ if character.is_whitespace() => {
                reader.next();
                continue;
            }
            '#' => {
                reader.skip(|character| character != '\n');
                continue;
            }
            '"' => reader.quoted('"'),
            '`' => reader.quoted('`'),
            '$' => {
                reader.next();
                if let Some(quote @ ('"' | '`')) = reader.peek() {
                    reader.template(quote);
                }
            }
            _ if is_word(character) => reader.skip(is_word),
            ':' | '=' | '!' | '<' | '>' => {
                reader.next();
                if reader.peek() == Some('=') {
                    reader.next();
                }
            }
            _ => {
                reader.next();
            }
        }
        let text = source.get(from..reader.offset).unwrap_or_default();
        tokens.push(Token { text, from, start, end: reader.at });
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Reader<'t> {
    source: &'t str,
    offset: usize,
    at: At,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.source.get(self.offset..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.offset = self.offset.saturating_add(character.len_utf8());
        self.at = match character {
            '\n' => (self.at.0.saturating_add(1), 1),
            _ => (self.at.0, self.at.1.saturating_add(1)),
        };
        Some(character)
    }

    fn skip(&mut self, goes_on: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&goes_on) {
            self.next();
        }
    }

    fn quoted(&mut self, quote: char) {
        self.next();
        while let Some(character) = self.next() {
            if character == quote {
                return;
            }
            if character == '\\' && quote == '"' {
                self.next();
            }
        }
    }

    /// A template string, with what stands in its braces.
    fn template(&mut self, quote: char) {
        self.next();
        let mut depth = 0_usize;
        while let Some(character) = self.peek() {
            match character {
                '"' | '`' if depth > 0 => {
                    self.quoted(character);
                    continue;
                }
                '{' => depth = depth.saturating_add(1),
                '}' => depth = depth.saturating_sub(1),
                '\\' if depth == 0 => {
                    self.next();
                }
                _ => {}
            }
            self.next();
            if character == quote && depth == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::Spans;
    use crate::rego::limits::Limits;
    use crate::rego::syntax::{RegoVersion, parse_module};
    use crate::rego::workbench::visit::{Part, visit_module};

    /// Every head and expression of a module, as text, and where it ends.
    fn texts(source: &str, version: RegoVersion) -> Vec<(String, (u32, u32))> {
        let module = parse_module(0, source, version, &Limits::DEFAULT).unwrap();
        let spans = Spans::of_module(source, &module);
        let mut texts = Vec::new();
        visit_module(&module, &mut |part| {
            let span = match part {
                Part::Rule(rule) => spans.head(rule.head.at),
                Part::Expr(expr) => spans.expr(expr.at),
            };
            texts.extend(span.map(|span| (span.text, span.end)));
        });
        texts
    }

    #[test]
    fn heads_and_expressions_end_where_they_end() {
        let source = "package a\n\nx := {\"k\": 1} # c\n\nf(y) := [y] if {\n\ty > 1; y < 3 # c }\n\tz := {v |\n\t\tsome v in \
                      [1]\n\t}\n\tnot z[\"}\"] with input as {\"a\": 1}\n} else := 2 if `}` == \"\\\"}\"\n\np contains q \
                      if some q in [1]\n";
        let found = texts(source, RegoVersion::V1);
        let wanted = [
            ("x := {\"k\": 1}", (3, 14)),
            ("{\"k\": 1}", (3, 14)),
            ("f(y) := [y]", (5, 12)),
            ("y > 1", (6, 7)),
            ("y < 3", (6, 14)),
            ("z := {v |\n\t\tsome v in [1]\n\t}", (9, 3)),
            ("some v in [1]", (8, 16)),
            ("not z[\"}\"] with input as {\"a\": 1}", (10, 35)),
            ("else := 2", (11, 12)),
            ("else := 2 if `}` == \"\\\"}\"", (11, 28)),
            ("p contains q", (13, 13)),
            ("some q in [1]", (13, 30)),
        ];
        let found: Vec<(&str, (u32, u32))> = found.iter().map(|(text, end)| (text.as_str(), *end)).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn rules_of_v0_have_no_if() {
        let found = texts("package a\np[x] { x := 1 } { x := 2 }\nq = {1} { true }\n", RegoVersion::V0);
        let found: Vec<&str> = found.iter().map(|(text, _)| text.as_str()).collect();
        assert!(
            found.contains(&"p[x]") && found.contains(&"x := 1") && found.contains(&"x := 2"),
            "{found:?}"
        );
        assert!(found.contains(&"q = {1}") && found.contains(&"true"), "{found:?}");
    }
}
