//! Two statements rewritten in the text of a module before the interpreter sees it.
//!
//! `print(a, b)`: regorus' own collects whole values without bound. As OPA does itself, it becomes a call with one array
//! that has a set for each argument, empty if the argument is undefined; that call is ours and keeps little.
//!
//! `some x in xs`: regorus ends the evaluation if `xs` is no collection, where OPA finds no item. A function of ours
//! around `xs` makes it undefined then.
//!
//! Only text is inserted, and never a new line, so that errors keep their lines. The places come from the text, not
//! from the spans of expressions: those leave out quotes and parentheses.

use std::collections::BTreeSet;

use regorus::unstable::{Expr, Literal, LiteralStmt, Module, Ref};

use super::builtins::PRINT;
use super::program::Program;
use super::visit::{Place, Visitor, walk};

/// No name in a policy may contain this: the names that are put into its text do.
pub(super) const RESERVED: &str = "__doorward";

/// Text to insert before a byte of the module.
struct Insertion {
    at: usize,
    text: &'static str,
}

/// The text of a module for the interpreter; `None` if a place in it was not found, which refuses the policy.
pub(super) fn source(program: &Program, index: usize, module: &Ref<Module>) -> Option<String> {
    let original = module.package.span.source.contents();
    let mut rewriter = Rewriter {
        module: index,
        source: original,
        insertions: Vec::new(),
        seen: BTreeSet::new(),
        complete: true,
    };
    walk(program, &mut rewriter);
    if !rewriter.complete {
        return None;
    }
    let mut insertions = rewriter.insertions;
    // Stable: of two at one place, the one of the outer statement was found first.
    insertions.sort_by_key(|insertion| insertion.at);
    let mut text = String::with_capacity(original.len());
    let mut done = 0;
    for insertion in insertions {
        text.push_str(original.get(done..insertion.at)?);
        text.push_str(insertion.text);
        done = insertion.at;
    }
    text.push_str(original.get(done..)?);
    Some(text)
}

struct Rewriter<'a> {
    module: usize,
    source: &'a str,
    insertions: Vec<Insertion>,
    /// Where the statements begin that were looked at: those in a head come once for each of its bodies.
    seen: BTreeSet<u32>,
    complete: bool,
}

impl Visitor for Rewriter<'_> {
    fn statement(&mut self, place: &Place<'_>, statement: &LiteralStmt) {
        if place.module != self.module || !self.seen.insert(statement.span.start) {
            return;
        }
        let found = match &statement.literal {
            Literal::Expr { expr, .. } => match expr.as_ref() {
                Expr::Call { span, fcn, params, .. } if is_print(place, fcn) => {
                    range(span.start, span.end).and_then(|(start, end)| self.print(start, end, params.len()))
                }
                _ => Some(()),
            },
            Literal::SomeIn { collection, .. } if needs_guard(collection) => {
                let end =
                    statement.with_mods.first().map_or(statement.span.end, |modifier| modifier.span.start);
                range(statement.span.start, end).and_then(|(start, end)| self.some_in(start, end))
            }
            Literal::SomeIn { .. }
            | Literal::SomeVars { .. }
            | Literal::NotExpr { .. }
            | Literal::Every { .. } => Some(()),
        };
        self.complete &= found.is_some();
    }
}

impl Rewriter<'_> {
    fn insert(&mut self, at: usize, text: &'static str) {
        self.insertions.push(Insertion { at, text });
    }

    /// `print(a, b)` to `print([{x | x := a}, {x | x := b}])`.
    fn print(&mut self, start: usize, end: usize, params: usize) -> Option<()> {
        let mut tokens = Tokens::new(self.source, start, end);
        let open = tokens.find(|token| token.text == "(")?;
        let mut commas = Vec::new();
        let close = loop {
            let token = tokens.next()?;
            match token.text {
                "," if token.depth == 1 => commas.push(token.at),
                ")" if token.depth == 0 => break token.at,
                _ => {}
            }
        };
        let first = open.at.checked_add(1)?;
        if params == 0 {
            self.insert(first, "[]");
            return Some(());
        }
        // A comma may follow the last argument.
        let end = if commas.len() == params { commas.pop()? } else { close };
        if commas.len() != params.checked_sub(1)? {
            return None;
        }
        self.insert(first, "[{__doorward_arg | __doorward_arg := ");
        for comma in commas {
            self.insert(comma, "}");
            self.insert(comma.checked_add(1)?, " {__doorward_arg | __doorward_arg := ");
        }
        self.insert(end, "}");
        self.insert(close, "]");
        Some(())
    }

    /// `some x in xs` to `some x in items(xs)`.
    fn some_in(&mut self, start: usize, end: usize) -> Option<()> {
        let mut tokens = Tokens::new(self.source, start, end);
        let keyword = tokens.find(|token| token.text == "in" && token.depth == 0)?;
        let last = tokens.last()?;
        self.insert(keyword.end()?, " __doorward_items(");
        self.insert(last.end()?, ")");
        Some(())
    }
}

fn is_print(place: &Place<'_>, fcn: &Ref<Expr>) -> bool {
    fcn.span().text() == PRINT && place.program.function(place.module, &[PRINT.to_owned()]).is_none()
}

/// Whether a collection may be something else at run time.
fn needs_guard(collection: &Ref<Expr>) -> bool {
    !matches!(
        collection.as_ref(),
        Expr::Array { .. }
            | Expr::Set { .. }
            | Expr::Object { .. }
            | Expr::ArrayCompr { .. }
            | Expr::SetCompr { .. }
            | Expr::ObjectCompr { .. }
    )
}

fn range(start: u32, end: u32) -> Option<(usize, usize)> {
    Some((usize::try_from(start).ok()?, usize::try_from(end).ok()?))
}

/// A token of a module's text: a word, a string with its quotes, or one other character.
struct Token<'a> {
    at: usize,
    text: &'a str,
    /// How many brackets are open around it; a bracket itself counts as outside.
    depth: usize,
}

impl Token<'_> {
    fn end(&self) -> Option<usize> {
        self.at.checked_add(self.text.len())
    }
}

/// The tokens of a part of a module's text, comments and white space left out.
struct Tokens<'a> {
    source: &'a str,
    at: usize,
    end: usize,
    depth: usize,
}

impl<'a> Tokens<'a> {
    fn new(source: &'a str, at: usize, end: usize) -> Self {
        Self { source, at, end, depth: 0 }
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..self.end).unwrap_or_default()
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at = self.at.checked_add(rest.len().checked_sub(trimmed.len())?)?;
            if !trimmed.starts_with('#') {
                break;
            }
            self.at = self.at.checked_add(trimmed.find('\n').unwrap_or(trimmed.len()))?;
        }
        let rest = self.rest();
        let first = rest.chars().next()?;
        let length = match first {
            '"' | '`' => string_length(rest, first)?,
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let at = self.at;
        if matches!(first, ')' | ']' | '}') {
            self.depth = self.depth.saturating_sub(1);
        }
        let depth = self.depth;
        if matches!(first, '(' | '[' | '{') {
            self.depth = self.depth.saturating_add(1);
        }
        self.at = at.checked_add(length)?;
        Some(Token { at, text: rest.get(..length)?, depth })
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The bytes of a string with its quotes.
fn string_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            c if c == quote => return index.checked_add(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::old_rego::limits::Limits;
    use crate::old_rego::parse;
    use crate::old_rego::policy::{Module, RegoVersion};

    fn rewritten(rules: &str) -> String {
        let head = "package t\nimport rego.v1\n";
        let module = Module { name: String::from("t.rego"), source: format!("{head}{rules}") };
        let trees = parse::parse(&[module], RegoVersion::V1, &Limits::DEFAULT).expect("Rego");
        let program =
            Program::new(&trees, serde_json::json!({})).unwrap_or_else(|errors| panic!("{errors:?}"));
        let text = source(&program, 0, &trees[0]).expect("every place is found");
        text.strip_prefix(head).expect("the head stays").to_owned()
    }

    #[test]
    fn collections_are_guarded() {
        let cases = [
            ("r if { some x in input.l; x }", "r if { some x in __doorward_items( input.l); x }"),
            (
                "r if { some k, v in input[\"in\"]; k; v }",
                "r if { some k, v in __doorward_items( input[\"in\"]); k; v }",
            ),
            (
                "r if { some x in input.l with input as {}; x }",
                "r if { some x in __doorward_items( input.l) with input as {}; x }",
            ),
            (
                "r if { some x in (input.l); x # in\n}",
                "r if { some x in __doorward_items( (input.l)); x # in\n}",
            ),
            (
                "r if { some [x, \" in \"] in f(input.l); x }",
                "r if { some [x, \" in \"] in __doorward_items( f(input.l)); x }",
            ),
            (
                "r if { some x in f([y | some y in input.l]); x }",
                "r if { some x in __doorward_items( f([y | some y in __doorward_items( input.l)])); x }",
            ),
            // What can only be a collection stays as it is.
            ("r if { some x in [1, 2]; x }", "r if { some x in [1, 2]; x }"),
            ("r if { some x in {y | y := 1}; x }", "r if { some x in {y | y := 1}; x }"),
        ];
        for (rules, want) in cases {
            assert_eq!(rewritten(rules), want);
        }
    }

    #[test]
    fn prints_are_captured() {
        let captured = |text: &str| format!("{{__doorward_arg | __doorward_arg := {text}}}");
        let cases = [
            ("print()", String::from("print([])")),
            ("print(1)", format!("print([{}])", captured("1"))),
            (
                "print(\"a,b)\", f(1, 2),)",
                format!("print([{}, {},])", captured("\"a,b)\""), captured(" f(1, 2)")),
            ),
            (
                "print([x | some x in input.l])",
                format!("print([{}])", captured("[x | some x in __doorward_items( input.l)]")),
            ),
        ];
        for (print, want) in cases {
            assert_eq!(
                rewritten(&format!("r if {{ {print}; input.x }}")),
                format!("r if {{ {want}; input.x }}")
            );
        }
        // Once, though the head belongs to two bodies.
        let head = |print: &str| format!("r := [x | x := 1; {print}] if {{ input.x }} else if {{ input.y }}");
        assert_eq!(rewritten(&head("print(x)")), head(&format!("print([{}])", captured("x"))));
        // Not ours to rewrite: a rule of that name in a place where nothing is called.
        assert_eq!(rewritten("r := \"print(1)\" # print(2)\n"), "r := \"print(1)\" # print(2)\n");
    }
}
