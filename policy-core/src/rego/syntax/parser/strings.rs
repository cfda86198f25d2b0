//! Strings and template strings.

use super::super::nodes::{Literal, LiteralKind, NodeId, NodeKind, Piece};
use super::super::scanner::At;
use super::super::token::Token;
use super::Parser;
use crate::rego::syntax::RegoVersion;
use crate::rego::syntax::ast::Name;

impl Parser<'_> {
    /// `"text"` or `` `text` ``: the parser stays at it.
    pub(super) fn string(&mut self) -> Option<NodeId> {
        let is_raw = self.text.as_bytes().get(self.state.start) == Some(&b'`');
        let text = if is_raw { Some(Name::from(self.content())) } else { unescaped(self.content(), false) };
        match text {
            Some(text) => self.node(self.at(), NodeKind::String(text)),
            None => {
                self.error(self.at(), "illegal string literal");
                None
            }
        }
    }

    /// `$"text {term} text"`: the parser stays at its last piece.
    pub(super) fn template(&mut self, is_raw: bool) -> Option<NodeId> {
        let at = self.at();
        if self.version == RegoVersion::V0 {
            self.error(at, "template strings are not supported by current capabilities");
            return None;
        }
        let mut pieces = Vec::new();
        loop {
            let content = self.content();
            let text =
                if is_raw { Some(Name::from(content.replace("\\{", "{"))) } else { unescaped(content, true) };
            match text {
                Some(text) if text.is_empty() => {}
                Some(text) => pieces.push(Piece::Text(text)),
                None => {
                    self.error(self.at(), "illegal template-string part");
                    return None;
                }
            }
            if matches!(self.token(), Token::TemplateEnd | Token::RawTemplateEnd) {
                return self.node(at, NodeKind::Template(pieces));
            }
            self.scan();
            let Some(literal) = self.literal() else {
                self.error(self.at(), "invalid template-string expression");
                return None;
            };
            if let Some(unexpected) = self.unexpected_in_template(&literal) {
                self.error(literal.at, format!("unexpected {unexpected} in template-string expression"));
                return None;
            }
            pieces.push(Piece::Literal(literal));
            if self.token() != Token::RBrace {
                self.error(self.at(), "expected } to end template string expression");
                return None;
            }
            self.continue_template(is_raw);
            if self.token() == Token::Illegal {
                self.illegal_template_part(self.at());
                return None;
            }
        }
    }

    fn illegal_template_part(&mut self, at: At) {
        self.error(at, "expected template-string part");
    }

    fn unexpected_in_template(&self, literal: &Literal) -> Option<&'static str> {
        if literal.is_negated {
            return Some("negation ('not')");
        }
        match &literal.kind {
            LiteralKind::Call { operator, .. } if self.is_name(*operator, "eq") => Some("unification ('=')"),
            LiteralKind::Call { operator, .. } if self.is_name(*operator, "assign") => {
                Some("assignment (':=')")
            }
            LiteralKind::Every { .. } => Some("'every'"),
            LiteralKind::Some { .. } => Some("'some'"),
            LiteralKind::Call { .. } | LiteralKind::Term(_) => None,
        }
    }
}

/// What stands between quotes, as JSON reads it: with escapes, and then without control characters. A string without
/// escapes may have them. `None` if JSON does not take it.
fn unescaped(content: &str, in_template: bool) -> Option<Name> {
    if !content.contains('\\') {
        return Some(Name::from(content));
    }
    let mut text = String::with_capacity(content.len());
    let mut has_escapes = false;
    let mut has_controls = false;
    let mut rest = content.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            has_controls |= character < ' ';
            text.push(character);
            continue;
        }
        let escaped = rest.next()?;
        has_escapes |= !(in_template && escaped == '{');
        match escaped {
            '{' if in_template => text.push('{'),
            '"' | '\\' | '/' => text.push(escaped),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'u' => text.push(code_point(&mut rest)?),
            _ => return None,
        }
    }
    if has_escapes && has_controls { None } else { Some(Name::from(text)) }
}

/// The character of `\uXXXX`, or of two that are a pair; the replacement character for half a pair.
fn code_point(rest: &mut std::str::Chars<'_>) -> Option<char> {
    let first = four_digits(rest)?;
    if let Some(character) = char::from_u32(first) {
        return Some(character);
    }
    let mut ahead = rest.clone();
    let second = match (ahead.next(), ahead.next()) {
        (Some('\\'), Some('u')) => four_digits(&mut ahead),
        _ => None,
    };
    let pair = second.and_then(|second| {
        char::decode_utf16([u16::try_from(first).ok()?, u16::try_from(second).ok()?]).next()?.ok()
    });
    if pair.is_some() {
        *rest = ahead;
    }
    Some(pair.unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn four_digits(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    let mut value: u32 = 0;
    for _ in 0..4 {
        let digit = rest.next()?.to_digit(16)?;
        value = value.wrapping_mul(16).wrapping_add(digit);
    }
    Some(value)
}
