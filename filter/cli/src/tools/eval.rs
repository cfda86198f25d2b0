//! `doorward eval`: asks a policy, and answers as `opa eval` does.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use policy_core::rego::workbench::{Answer, Ask, Failure, Solution};
use policy_core::rego::{RegoError, RegoVersion, Value};

use super::files;
use super::json::{array, indented, object, string};
use super::open::{Opened, Unopened, open};
use super::{Ended, Terminal, table::table, time};

/// The command's arguments.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  doorward eval -d policy.rego -i request.json data.envoy.authz.allow
  doorward eval -d policies --format pretty 'some name; data.users[name].admin'
  doorward eval -d policy.rego -i request.json --explain data.envoy.authz.allow
  doorward eval --fail -d policy.rego -i request.json 'data.envoy.authz.allow == true'
  doorward eval --compiled policy.compiled -i request.json")]
pub struct EvalArguments {
    /// Policies and data: files and folders.
    #[arg(short, long = "data")]
    data: Vec<PathBuf>,
    /// A policy that `doorward compile` has written, instead of policies and data. It answers for one document at a
    /// time and explains nothing.
    #[arg(long, conflicts_with_all = ["data", "v0_compatible", "explain"])]
    compiled: Option<PathBuf>,
    /// The input document, YAML or JSON; `-` is standard input.
    #[arg(short, long)]
    input: Option<PathBuf>,
    /// The query [default: the decision of the compiled policy].
    #[arg(required_unless_present = "compiled")]
    query: Option<String>,
    /// The form of the answer.
    #[arg(short, long, value_enum, default_value = "json")]
    format: EvalForm,
    /// End with code 1 if the answer is undefined or empty, or an error.
    #[arg(long, conflicts_with = "fail_defined")]
    fail: bool,
    /// End with code 1 if there is an answer, or an error.
    #[arg(long)]
    fail_defined: bool,
    /// Take the failure of a built-in function for an error.
    #[arg(long)]
    strict_builtin_errors: bool,
    /// Say which rules were tried, which held, and at which condition the others failed.
    #[arg(long)]
    explain: bool,
    /// Policies are written in Rego as it was before OPA 1.0.
    #[arg(long)]
    v0_compatible: bool,
}

/// The forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EvalForm {
    /// `{"result": [{"expressions": [..], "bindings": {..}}]}`.
    Json,
    /// For people: the value, or a table.
    Pretty,
    /// The values in a line, strings without quotes.
    Raw,
    /// The values of each solution as an array.
    Values,
    /// The variables of each solution as an object.
    Bindings,
}

/// Answers a query.
///
/// # Errors
/// If the terminal cannot be written to.
pub fn eval(arguments: &EvalArguments, terminal: &mut Terminal<'_>) -> io::Result<Ended> {
    let version = if arguments.v0_compatible { RegoVersion::V0 } else { RegoVersion::V1 };
    let input = match arguments.input.as_deref().map(files::document).transpose() {
        Ok(input) => input,
        Err(error) => return bad(terminal, &error),
    };
    let ask = Ask {
        input: input.as_ref(),
        moment: time::moment(),
        is_strict: arguments.strict_builtin_errors,
        explain: arguments.explain,
    };
    let answered = match open(&arguments.data, arguments.compiled.as_deref(), version) {
        Ok(Opened { bench, modules, decision }) => {
            let decision = decision.map(|decision| decision.to_string());
            let query = arguments.query.clone().or(decision).unwrap_or_default();
            bench.ask(&query, &ask).map_err(|errors| (modules, errors))
        }
        Err(Unopened::Refused(modules, errors)) => Err((modules, errors)),
        Err(Unopened::Load(error)) => return bad(terminal, &error),
    };
    let answer = match answered {
        Ok(answer) => answer,
        Err((_, errors)) if arguments.format == EvalForm::Json => {
            let errors = array(errors.iter().map(error_json));
            writeln!(terminal.out, "{}", indented(&object(&[("errors", errors)])))?;
            return Ok(Ended::Bad);
        }
        Err((modules, errors)) => {
            terminal.faults(&modules, &errors)?;
            return Ok(Ended::Bad);
        }
    };
    for line in &answer.prints {
        writeln!(terminal.err, "{line}")?;
    }
    match &answer.results {
        Ok(results) => {
            show(arguments.format, &answer, results, terminal)?;
            let is_wanted =
                !(arguments.fail && results.is_empty() || arguments.fail_defined && !results.is_empty());
            Ok(if is_wanted { Ended::Well } else { Ended::Failed })
        }
        Err(failure) => {
            if arguments.format == EvalForm::Json {
                let mut fields = vec![("errors", array([failure_json(failure)]))];
                fields.extend(explanation_json(&answer));
                writeln!(terminal.out, "{}", indented(&object(&fields)))?;
            } else {
                explain(&answer, terminal)?;
                writeln!(terminal.err, "1 error occurred: {failure}")?;
            }
            Ok(Ended::Bad)
        }
    }
}

fn bad(terminal: &mut Terminal<'_>, what: &str) -> io::Result<Ended> {
    terminal.fail(&what)?;
    Ok(Ended::Bad)
}

fn show(
    form: EvalForm,
    answer: &Answer,
    results: &[Solution],
    terminal: &mut Terminal<'_>,
) -> io::Result<()> {
    if form != EvalForm::Json {
        explain(answer, terminal)?;
    }
    let out = &mut *terminal.out;
    match form {
        EvalForm::Json => {
            let mut fields = Vec::new();
            if !results.is_empty() {
                fields.push(("result", array(results.iter().map(solution_json))));
            }
            fields.extend(explanation_json(answer));
            writeln!(out, "{}", indented(&object(&fields)))
        }
        EvalForm::Pretty => pretty(results, out),
        EvalForm::Raw => {
            for result in results {
                let raw = |value: &Value<'_>| value.as_str().map_or_else(|| value.to_json(), str::to_owned);
                let values: Vec<String> = result.expressions.iter().map(|found| raw(&found.value)).collect();
                writeln!(out, "{}", values.join(" "))?;
            }
            Ok(())
        }
        EvalForm::Values => {
            for result in results {
                let values = array(result.expressions.iter().map(|found| found.value.to_json()));
                writeln!(out, "{}", indented(&values))?;
            }
            Ok(())
        }
        EvalForm::Bindings => {
            for result in results {
                writeln!(out, "{}", indented(&bindings_json(result)))?;
            }
            Ok(())
        }
    }
}

fn explain(answer: &Answer, terminal: &mut Terminal<'_>) -> io::Result<()> {
    match &answer.explanation {
        Some(explanation) => write!(terminal.out, "{explanation}"),
        None => Ok(()),
    }
}

/// One value alone is shown as it is; everything else as a table of variables and of values that say something.
fn pretty(results: &[Solution], out: &mut dyn io::Write) -> io::Result<()> {
    let Some(first) = results.first() else { return writeln!(out, "undefined") };
    let is_bool = |value: &Value<'_>| value.as_bool().is_some();
    let are_bools = first.expressions.iter().all(|found| is_bool(&found.value));
    if results.len() == 1
        && first.bindings.is_empty()
        && (first.expressions.len() == 1 || are_bools)
        && let Some(found) = first.expressions.first()
    {
        return writeln!(out, "{}", indented(&found.value.to_json()));
    }
    let shown: Vec<usize> = (0..)
        .zip(&first.expressions)
        .filter(|(_, found)| !is_bool(&found.value) || first.bindings.is_empty())
        .map(|(index, _)| index)
        .collect();
    let expressions =
        |result: &Solution, say: fn(&policy_core::rego::workbench::ExpressionValue) -> String| {
            shown.iter().filter_map(|index| result.expressions.get(*index)).map(say).collect::<Vec<_>>()
        };
    let mut titles = expressions(first, |found| found.text.clone());
    titles.extend(first.bindings.iter().map(|(name, _)| name.clone()));
    let row = |result: &Solution| {
        let mut cells = expressions(result, |found| found.value.to_json());
        cells.extend(result.bindings.iter().map(|(_, value)| value.to_json()));
        cells
    };
    write!(out, "{}", table(&titles, &results.iter().map(row).collect::<Vec<_>>()))
}

fn solution_json(solution: &Solution) -> String {
    let expressions = solution.expressions.iter().map(|found| {
        object(&[
            ("value", found.value.to_json()),
            ("text", string(&found.text)),
            ("location", object(&[("row", found.line.to_string()), ("col", found.column.to_string())])),
        ])
    });
    let mut fields = vec![("expressions", array(expressions))];
    if !solution.bindings.is_empty() {
        fields.push(("bindings", bindings_json(solution)));
    }
    object(&fields)
}

fn bindings_json(solution: &Solution) -> String {
    let fields: Vec<(&str, String)> =
        solution.bindings.iter().map(|(name, value)| (name.as_str(), value.to_json())).collect();
    object(&fields)
}

fn explanation_json(answer: &Answer) -> Option<(&'static str, String)> {
    answer.explanation.as_ref().map(|explanation| ("explanation", explanation.to_json().to_string()))
}

/// As OPA's, and what to do beside it.
fn error_json(error: &RegoError) -> String {
    let hint = (!error.hint.is_empty()).then_some(error.hint.as_str());
    located(&error.message, error.code(), &error.file, error.line, error.column, hint)
}

fn failure_json(failure: &Failure) -> String {
    located(&failure.message, failure.code, &failure.at.file, failure.at.line, failure.at.column, None)
}

/// An error as OPA's JSON has it.
fn located(message: &str, code: &str, file: &str, line: u32, column: u32, hint: Option<&str>) -> String {
    let location = object(&[("file", string(file)), ("row", line.to_string()), ("col", column.to_string())]);
    let mut fields = vec![("message", string(message)), ("code", string(code)), ("location", location)];
    fields.extend(hint.map(|hint| ("hint", string(hint))));
    object(&fields)
}
