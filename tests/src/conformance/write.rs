//! The one way in which a file of the corpus is written, so that OPA's answers can be put in without touching the rest.

use std::fmt::Write as _;

use super::corpus::{Case, File};

/// The YAML of a file.
pub(super) fn file(file: &File) -> String {
    let mut out = format!("note: {}\ncases:\n", quoted(&file.note));
    for case in &file.cases {
        write_case(&mut out, case);
    }
    out
}

fn write_case(out: &mut String, case: &Case) {
    line(out, &format!("  - name: {}", quoted(&case.name)));
    modules(out, "modules", &case.modules);
    if case.v0 {
        line(out, "    v0: true");
    }
    modules(out, "same", &case.same);
    if case.data != "{}" {
        line(out, &format!("    data: {}", quoted(&case.data)));
    }
    if case.ask != "t" {
        line(out, &format!("    ask: {}", quoted(&case.ask)));
    }
    if !case.asks.is_empty() {
        line(out, "    asks:");
    }
    for ask in &case.asks {
        line(out, &format!("      - input: {}", quoted(&ask.input)));
        line(out, &format!("        want: {}", quoted(&ask.want)));
    }
    if !case.input.is_empty() {
        line(out, &format!("    input: {}", quoted(&case.input)));
    }
    if !case.each.is_empty() {
        line(out, "    each:");
    }
    for expression in &case.each {
        line(out, &format!("      - expr: {}", quoted(&expression.expr)));
        line(out, &format!("        want: {}", quoted(&expression.want)));
    }
}

fn modules(out: &mut String, key: &str, modules: &[String]) {
    if modules.is_empty() {
        return;
    }
    line(out, &format!("    {key}:"));
    for module in modules {
        if is_plain(module) {
            line(out, "      - |");
            for text in module.lines() {
                line(out, format!("        {text}").trim_end());
            }
        } else {
            line(out, &format!("      - {}", escaped(module)));
        }
    }
}

/// Whether a literal block gives the text back: printable, no line that begins the text with a blank or ends in one.
fn is_plain(text: &str) -> bool {
    let is_printable = |c: char| c == '\n' || c == '\t' || (!c.is_control() && c != '\u{feff}');
    text.chars().all(is_printable)
        && text.ends_with('\n')
        && !text.ends_with("\n\n")
        && !text.starts_with([' ', '\n', '\t'])
        && text.lines().all(|line| line.trim_end() == line)
}

fn quoted(text: &str) -> String {
    if text.chars().any(|c| c.is_control() || c == '\u{feff}') {
        return escaped(text);
    }
    format!("'{}'", text.replace('\'', "''"))
}

/// A string of JSON, which is one of YAML.
fn escaped(text: &str) -> String {
    super::json::Json::Text(text.to_owned()).to_string()
}

fn line(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

#[cfg(test)]
mod tests {
    use super::super::corpus::{Ask, Expression};
    use super::*;

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        let case = Case {
            name: String::from("it's a case: yes"),
            modules: vec![
                String::from("package t\n\nr := \"a\\nb\" if {\n\ttrue\n}\n"),
                String::from(" package u\r\n"),
            ],
            v0: true,
            same: vec![String::from("package t\n")],
            data: String::from("{\"a\": 1.50}"),
            ask: String::from("t/r"),
            asks: vec![Ask { input: String::from("{\"a\": \"'\"}"), want: String::from("undefined") }],
            each: vec![Expression { expr: String::from("'x' # {\"a\": 1}"), want: String::new() }],
            input: String::from("{}"),
        };
        let file = File { note: String::from("a note"), cases: vec![case], id: String::from("a/b") };
        let text = super::file(&file);
        assert_eq!(File::parse(&text, "a/b").expect("it reads back"), file);
    }
}
