//! What to do about an error that is told in OPA's words.
//!
//! The words are OPA's and stay as they are; so they are what the advice is found by, in one place for all stages of the
//! compiler. An error of our own brings its advice along ([`Fault::hint`](super::error::Fault::hint)).

use super::error::RegoErrorKind;

/// How a message begins, what is further on in it, and what to do.
type Advice = (&'static str, &'static str, &'static str);

/// What to do, or nothing where the message says it itself.
pub(super) fn advice(kind: RegoErrorKind, message: &str) -> &'static str {
    if message.contains("(use a different") || message.contains("(e.g., ") {
        return "";
    }
    let (table, otherwise): (&[Advice], _) = match kind {
        RegoErrorKind::Parse => {
            (PARSE, "look at this place and just before it: something is missing there, or too much")
        }
        RegoErrorKind::UnsafeVar => {
            (&[], "give it a value in the same body, as in `some x in xs` or `x := y`, or mend its name")
        }
        RegoErrorKind::Recursion => (&[], "let one of these rules work out what it needs without the others"),
        RegoErrorKind::Type => (TYPE, "check the names and the types at this place"),
        RegoErrorKind::Compile => (COMPILE, "write it differently at this place"),
        RegoErrorKind::Refused => (&[], "write it differently at this place"),
        RegoErrorKind::Limit => (&[], "split it, and put lists into data"),
        RegoErrorKind::Data => (&[], "give an object: put a list or a text under a name"),
        RegoErrorKind::Decision => (&[], "name a rule of the policy"),
    };
    let is_about =
        |(start, within, _): &&Advice| message.strip_prefix(start).is_some_and(|rest| rest.contains(within));
    table.iter().find(is_about).map_or(otherwise, |(_, _, advice)| advice)
}

const PARSE: &[Advice] = &[
    ("unexpected eof token", "", "close what is open: a brace, a bracket or a parenthesis"),
    ("unexpected ", "expected \\n or ;", "begin a new line for each expression, or write `;` between them"),
    ("unexpected package", "", "put the second package into a module of its own"),
    ("unexpected import path", "", "import data.PATH or input.PATH"),
    (
        "`if` keyword is required",
        "",
        "write `if` before the body; or for a policy of before OPA 1.0 `rego_version: v0`, or --v0-compatible",
    ),
    (
        "`contains` keyword is required",
        "",
        "write `NAME contains KEY`; or for a policy of before OPA 1.0 `rego_version: v0`, or --v0-compatible",
    ),
    ("rule must have value", "", "write `:= VALUE` or `if { .. }` behind it"),
    ("function must have value", "", "write `:= VALUE` or `if { .. }` behind it"),
    ("", "keyword cannot be used for rule name", "choose another name"),
    ("rule name conflicts with built-in function", "", "write a rule, with a name of its own"),
    ("rule argument list", "", "give it an argument, or take the parentheses out"),
    ("", "cannot be used for rule", "only rules can stand here, such as `allow if { .. }`"),
    ("empty module", "", "begin it with `package NAME`"),
    ("package expected", "", "begin the module with `package NAME`"),
    ("empty query", "", "ask for something, such as data.envoy.authz.allow"),
    ("found empty body", "", "write a condition into it, or leave it out"),
    ("else keyword cannot be used", "", "write rules that exclude each other instead"),
    ("illegal default rule", "", "give it a name and a constant: `default allow := false`"),
    ("illegal ! character", "", "write `!=`, or `not` before the condition"),
    ("illegal escape sequence", "", "write \\\\ for a backslash, or put the text in backticks"),
    ("illegal null character", "", "take the character out"),
    ("illegal byte-order mark", "", "take the character out"),
    ("illegal string literal", "", "close the text on the same line, or put it in backticks"),
    ("non-terminated string", "", "close the text on the same line, or put it in backticks"),
    ("non-terminated", "", "close what was opened here"),
    ("illegal ref (head cannot be", "", "give it a name first: `x := ..`, then `x.y`"),
    ("number too big", "", "write a smaller one, or a text"),
    ("expected fraction", "", "write the number as in JSON"),
    ("expected exponent", "", "write the number as in JSON"),
    ("illegal number format", "", "write the number as in JSON"),
    ("", "template-string", "write one expression with a value between { and }, and \\{ for a brace"),
    ("`rego` imports", "", "write `import rego.v1`"),
    ("`future` imports", "", "write `import future.keywords`"),
    ("invalid import", "", "take it out: a policy of version v1 needs no such import"),
];

const TYPE: &[Advice] = &[
    ("undefined function", "", "mend its name or its path: no built-in function and no rule is called so"),
    ("", "arity mismatch", "give it as many arguments as it takes"),
    ("function ", " has arity ", "give it as many arguments as it takes"),
    ("", "too many arguments", "give it as many arguments as it takes"),
    ("", "too few arguments", "give it as many arguments as it takes"),
    ("", "invalid argument(s)", "give it values of the types that it takes"),
    ("match error", "", "compare values of one type: these are never equal, so this could never hold"),
    ("undefined ref", "", "mend the name: there is never anything at this path"),
    ("function ", "is not called", "give it its arguments, in parentheses"),
    ("", " used as value", "let it stand alone: it has no value"),
    ("multiple default rules", "", "keep one of them"),
    (
        "conflicting rules",
        "",
        "rename one: rules of one name are all values, all sets, or all functions of as many arguments",
    ),
    ("rule ", " conflicts with rule ", "rename one: a rule cannot be inside the value of another"),
    ("package ", " conflicts with rule ", "rename one: a package cannot be inside the value of a rule"),
    ("with keyword target", "", "mend its name: input, data, a rule or a function can be replaced"),
    ("deprecated built-in", ": any", "write `some x in xs; x`"),
    ("deprecated built-in", ": all", "write `every x in xs { x }`"),
    ("deprecated built-in", ": re_match", "call regex.match"),
    ("deprecated built-in", ": net.cidr_overlap", "call net.cidr_contains"),
    ("deprecated built-in", ": set_diff", "write `a - b`"),
    ("deprecated built-in", ": cast_", "check it with is_array, is_object and their like"),
    ("deprecated built-in", "", "call the function that took its place"),
];

const COMPILE: &[Advice] = &[
    ("conflicting rule for data path", "", "rename the rule, or move what the data has there"),
    ("import must not shadow", "", "take one of the two out, or give it another name with `as`"),
    ("declared var ", " unused", "use it, or take it out"),
    ("arg ", " redeclared", "choose another name"),
    ("var ", " referenced above", "choose another name, or declare it before it is used"),
    ("var ", " assigned above", "choose another name, or compare with `==`"),
    ("var ", " declared above", "choose another name, or compare with `==`"),
    ("var ", " is undeclared", "give it a value before, in the same body"),
    ("cannot assign vars inside negated", "", "assign it before, and negate what it is needed for"),
    ("cannot assign to", "", "write a variable before `:=`, or compare with `==`"),
    ("cannot declare", "", "declare a variable: `some x`"),
    ("some must have", "", "write `some x in xs`"),
    ("rule arguments cannot contain calls", "", "give the argument a name, and compare it in the body"),
    ("called function ", " shadowed", "give the variable another name"),
    ("with keyword cannot partially", "", "replace the whole rule, or data that no rule defines"),
    ("with keyword replacing", "", "replace a rule that calls it instead"),
    ("error limit reached", "", "mend these first: there are more"),
    ("there is no module", "", "give it a policy"),
];

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use crate::rego::{BuiltinErrors, DecisionPath, JsonLimits, Limits, Module, Policy, RegoVersion, Value};

    fn refused(source: &str) -> String {
        let module = Module { name: String::from("a.rego"), source: source.to_owned() };
        let data = Value::from_json(br#"{"a": {"taken": 1}}"#, JsonLimits::REQUEST).unwrap();
        let decision = DecisionPath::parse("a/r").unwrap();
        let limits = Limits::DEFAULT;
        let errors =
            Policy::compile(&[module], RegoVersion::V1, &data, &decision, &limits, BuiltinErrors::Undefined)
                .unwrap_err();
        errors.first().unwrap().to_string()
    }

    /// One policy for each line of the tables that a policy can come to.
    #[test]
    fn what_opa_words_has_its_advice() {
        let mut differences = Vec::new();
        for (source, code, hint) in [
            ("", "parse_error: empty module", "begin it with"),
            ("x := 1", "parse_error: package expected", "begin the module"),
            ("package a\nr if {", "parse_error: ", "close what is open"),
            ("package a\nr if { input.x input.y }", "parse_error: ", "begin a new line for each"),
            ("package a\nx + 1", "parse_error: rule name conflicts", "write a rule, with a name of its own"),
            ("package a\nr if )", "parse_error: ", "look at this place"),
            ("package a\nimport foo.bar", "parse_error: ", "import data.PATH"),
            ("package a\nr { true }", "parse_error: `if` keyword", "write `if` before the body; or"),
            ("package a\nr[\"x\"]", "parse_error: `contains` keyword", "write `NAME contains KEY`"),
            ("package a\nr", "parse_error: var cannot be used for rule name", "only rules can stand here"),
            (
                "package a\ndefault r := x",
                "parse_error: illegal default rule",
                "give it a name and a constant",
            ),
            ("package a\nr := \"\\q\"", "parse_error: illegal escape", "write \\\\ for a backslash"),
            ("package a\nr := \"x", "parse_error: ", "close the text on the same line"),
            ("package a\nr := $\"{not input.x}\"", "parse_error: ", "write one expression with a value"),
            ("package a\nr if x", "unsafe_var_error: var x is unsafe", "give it a value in the same body"),
            ("package a\nr if s\ns if r", "recursion_error: ", "let one of these rules"),
            ("package a\nr if begins(input.x)", "type_error: undefined function begins", "mend its name"),
            ("package a\nr if startswith(input.x)", "type_error: ", "give it as many arguments"),
            ("package a\nf(x) := x\nr if f(1, 2, 3)", "type_error: ", "give it as many arguments"),
            ("package a\nr if count(1) > 0", "type_error: ", "give it values of the types"),
            ("package a\nr if [1] == \"x\"", "type_error: match error", "compare values of one type"),
            ("package a\ns := {\"x\": 1}\nr if s.y", "type_error: undefined ref", "mend the name"),
            ("package a\nr := print(1)", "type_error: ", "let it stand alone"),
            ("package a\ndefault r := 1\ndefault r := 2", "type_error: multiple default", "keep one"),
            ("package a\nr := 1\nr contains 2", "type_error: conflicting rules", "rename one: rules"),
            ("package a\nr := 1\nr.s := 2", "type_error: rule ", "rename one: a rule"),
            ("package a\nr if true with foo as 1", "type_error: with keyword target", "mend its name"),
            ("package a\nr if re_match(\"a\", \"b\")", "type_error: deprecated", "call regex.match"),
            ("package a\nr if any([true])", "type_error: deprecated", "write `some x in xs; x`"),
            ("package a\ntaken := 1", "compile_error: conflicting rule for data", "rename the rule"),
            ("package a\nimport data.x\nimport input.x\nr := x", "compile_error: import", "take one"),
            ("package a\nf(x) := x if { x := 1 }", "compile_error: arg x redeclared", "choose another"),
            (
                "package a\nr if { x := 1; x := 2 }",
                "compile_error: var x assigned",
                "choose another name, or compare",
            ),
            ("package a\nr if { input.y[x]; x := 2 }", "compile_error: var x referenced", "choose another"),
            ("package a\nr if { some x; input.y }", "compile_error: declared var x unused", "use it"),
            ("package a\nr if print(x)", "compile_error: var x is undeclared", "give it a value before"),
            ("package a\nr if not x := 1", "compile_error: cannot assign vars", "assign it before"),
            ("package a\nr if { 1 := 1 }", "compile_error: cannot assign to", "write a variable before"),
            (
                "package a\ns := 1 if input.x\nr if s.y with data.a.s.z as 1",
                "compile_error: with keyword",
                "replace the whole",
            ),
            (
                "package a\nr if input.x with eq as f\nf(a, b) := a",
                "compile_error: with keyword",
                "replace a rule",
            ),
        ] {
            let said = refused(source);
            let is_right = said.starts_with("a.rego") && said.contains(code);
            if !is_right || !said.contains(&format!("; {hint}")) {
                differences.push(format!("{source:?}: {said}"));
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }

    #[test]
    fn what_says_it_itself_needs_none() {
        let said = refused("package a\ninput := 1");
        assert!(said.ends_with("rules must not shadow input (use a different rule name)"), "{said}");
    }
}
