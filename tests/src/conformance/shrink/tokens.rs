//! A policy's text in pieces: as coarse a lexer as moving them about needs.

/// The tokens and what is blank between them; together they are the text.
#[must_use]
pub fn split(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\n' => 1,
            c if c.is_whitespace() => prefix(rest, |c| c.is_whitespace() && c != '\n'),
            c if c.is_alphanumeric() || c == '_' => prefix(rest, |c| c.is_alphanumeric() || c == '_'),
            '"' => string(rest),
            '`' => rest.get(1..).and_then(|inner| inner.find('`')).map_or(rest.len(), |end| end + 2),
            '#' => prefix(rest, |c| c != '\n'),
            ':' | '=' | '!' | '<' | '>' if rest.get(1..2) == Some("=") => 2,
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length.clamp(1, rest.len()));
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Whether a token only separates others.
#[must_use]
pub fn is_blank(token: &str) -> bool {
    token.chars().all(char::is_whitespace)
}

fn prefix(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' | '\n' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tokens_are_the_text() {
        let text = "package t\n\nr := \"a\\\"b\" if {\n\tx != `y` # é\n}";
        assert_eq!(split(text).concat(), text);
        assert_eq!(split("a:=\"x\" == 1"), ["a", ":=", "\"x\"", " ", "==", " ", "1"]);
    }
}
