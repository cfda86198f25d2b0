//! OPA's own test cases, in their YAML: a folder of them is a private corpus, and no part of the repository.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::corpus::paths;
use super::json::Json;
use super::judge::{Difference, Verdict, is_of_opa};
use super::run::{Compared, ask_ours, on_all_cores};
use super::source::{Source, Version};
use crate::opa::{Answer, EvalError, EvalErrorKind, Place, Refusal};
use crate::{Context, Result};

#[derive(Deserialize)]
struct SuiteFile {
    cases: Vec<SuiteCase>,
}

#[derive(Clone, Deserialize)]
struct SuiteCase {
    #[serde(default)]
    note: String,
    query: String,
    #[serde(default)]
    modules: Option<Vec<String>>,
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    input: Option<Value>,
    #[serde(default)]
    input_term: Option<String>,
    #[serde(default)]
    want_result: Option<Vec<Value>>,
    #[serde(default)]
    want_error_code: Option<String>,
    #[serde(default)]
    want_error: Option<String>,
    #[serde(default)]
    sort_bindings: bool,
    #[serde(default)]
    strict_error: bool,
}

/// Compares our answers with what OPA's cases want. A query is made a rule of a module of its own.
///
/// # Errors
/// A file cannot be read.
pub fn run(folder: &Path) -> Result<Vec<Compared>> {
    let mut cases = Vec::new();
    for path in paths(folder)? {
        let text = std::fs::read_to_string(&path).context(|| format!("read {}", path.display()))?;
        let version = match path.components().any(|part| part.as_os_str() == "v0") {
            true => Version::V0,
            false => Version::V1,
        };
        match serde_saphyr::from_str::<SuiteFile>(&text) {
            Ok(file) => {
                let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
                cases.extend(file.cases.into_iter().map(|case| (name.clone(), version, case)));
            }
            Err(error) => eprintln!("{}: not read: {error}", path.display()),
        }
    }
    let name = |index: usize| {
        cases.get(index).map_or_else(String::new, |(file, _, case)| format!("{file}#{}", case.note))
    };
    on_all_cores(cases.len(), name, |index| {
        let (file, version, case) = cases.get(index).context(|| "a case")?;
        let folder = file.rsplit_once('/').map_or(file.as_str(), |(folder, _)| folder);
        Ok(compare(folder, *version, case))
    })
}

fn compare(folder: &str, version: Version, case: &SuiteCase) -> Compared {
    let mut source = Source {
        modules: case.modules.clone().unwrap_or_default(),
        version,
        data: case.data.as_ref().map_or_else(|| String::from("{}"), Value::to_string),
    };
    let input =
        case.input_term.clone().or_else(|| case.input.as_ref().map(Value::to_string)).unwrap_or_default();
    let (ask, names) = question(&mut source, case);
    let opa = wanted(case, &names);
    let ours =
        ask_ours(&source, &ask, &[&input], case.strict_error).into_iter().next().unwrap_or(Answer::Undefined);
    let verdict = judge_wanted(case, &opa, &ours);
    let id = format!("{folder}#{}", case.note);
    Compared { id, ours_source: source, opa_source: None, ask, input, opa, ours, verdict }
}

/// The document that stands for the query, and the variables of its results.
fn question(source: &mut Source, case: &SuiteCase) -> (String, Vec<String>) {
    let mut names: Vec<String> = Vec::new();
    for result in case.want_result.iter().flatten() {
        for name in result.as_object().into_iter().flat_map(serde_json::Map::keys) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    let simple = case.query.strip_prefix("data.").and_then(|query| query.strip_suffix(" = x"));
    if let Some(path) = simple.filter(|path| path.chars().all(|c| c.is_alphanumeric() || "._".contains(c))) {
        return (path.replace('.', "/"), Vec::new());
    }
    let members: Vec<String> = names.iter().map(|name| format!("\"{name}\": {name}")).collect();
    let object = format!("{{{}}}", members.join(", "));
    let module = format!(
        "package suite_query\n\nimport rego.v1\n\nresult := [{object} |\n{}\n]\n",
        case.query.replace("; ", "\n")
    );
    source.modules.push(module);
    (String::from("suite_query/result"), names)
}

fn wanted(case: &SuiteCase, names: &[String]) -> Answer {
    if let Some(code) = &case.want_error_code {
        let message = case.want_error.clone().unwrap_or_default();
        if is_of_opa(code) {
            return Answer::Refused(vec![Refusal { code: code.clone(), place: Place::default(), message }]);
        }
        return Answer::Error(EvalError { kind: EvalErrorKind::of(code), place: Place::default(), message });
    }
    if let Some(message) = &case.want_error {
        let error =
            EvalError { kind: EvalErrorKind::Other, place: Place::default(), message: message.clone() };
        return Answer::Error(error);
    }
    let json = |value: &Value| Json::parse(&value.to_string()).unwrap_or(Json::Null);
    match &case.want_result {
        Some(results) if !names.is_empty() || case.query.find(" = x").is_none() => {
            Answer::Value(Json::Array(results.iter().map(json).collect()))
        }
        Some(results) => match results.first() {
            Some(result) => Answer::Value(json(result.get("x").unwrap_or(result))),
            None => Answer::Undefined,
        },
        None => Answer::Undefined,
    }
}

/// As [`super::judge::judge`], but without places, which the cases do not tell, and for a query's results in any order.
fn judge_wanted(case: &SuiteCase, opa: &Answer, ours: &Answer) -> Verdict {
    let verdict = super::judge::judge(opa, ours);
    let sorted = |json: &Json| match json {
        Json::Array(items) => {
            let mut items = items.clone();
            items.sort();
            Json::Array(items)
        }
        _ => json.clone(),
    };
    match (verdict, opa, ours) {
        (Verdict::Place | Verdict::Digits, _, _) => Verdict::Equal,
        (Verdict::Different(Difference::ErrorKind), Answer::Error(theirs), _)
            if theirs.kind == EvalErrorKind::Other =>
        {
            Verdict::Equal
        }
        (Verdict::Different(Difference::Values), Answer::Value(theirs), Answer::Value(ours)) => {
            let (theirs, ours) = (theirs.with_plain_numbers(), ours.with_plain_numbers());
            let is_same = theirs == ours || (case.sort_bindings && sorted(&theirs) == sorted(&ours));
            if is_same { Verdict::Equal } else { verdict }
        }
        (_, Answer::Error(error), _) if error.kind == EvalErrorKind::Builtin && !case.strict_error => {
            Verdict::Unjudged
        }
        _ => verdict,
    }
}
