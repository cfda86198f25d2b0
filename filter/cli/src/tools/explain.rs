//! `doorward explain`: what a request is denied or allowed for.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use policy_core::rego::workbench::{Ask, Workbench};
use policy_core::rego::{DecisionPath, Limits, Module, RegoVersion, Value};
use serde_json::Value as Json;

use super::json::{array, indented, object};
use super::{Ended, Terminal, files, time};
use crate::check::check;

/// The command's arguments.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  doorward explain doorward.yaml --request denied.json
  doorward explain doorward.yaml --request denied.json --route admin
  kubectl logs ... | jq .input | doorward explain doorward.yaml --request - --format json")]
pub struct ExplainArguments {
    /// The configuration, YAML or JSON.
    config: PathBuf,
    /// The input document of the request, YAML or JSON; `-` is standard input.
    #[arg(long)]
    request: PathBuf,
    /// The route whose answer it is, by its name; otherwise the top-level policy's.
    #[arg(long)]
    route: Option<String>,
    /// The form.
    #[arg(short, long, value_enum, default_value = "pretty")]
    format: ExplainForm,
}

/// The forms of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainForm {
    /// A tree, for people.
    Pretty,
    /// JSON.
    Json,
}

/// Evaluates a configuration's decision for an input and says which rules were tried and where they failed.
///
/// # Errors
/// If the terminal cannot be written to.
pub fn explain(arguments: &ExplainArguments, terminal: &mut Terminal<'_>) -> io::Result<Ended> {
    let document = match check(&arguments.config) {
        Ok(checked) => checked.document,
        Err(faults) => return terminal.fail(&faults.join("\n")),
    };
    if document.pointer("/policy/compiled").is_some() {
        let why = "the policy is compiled: it has no texts to explain an answer with";
        let hint = "explain a configuration with `policy.modules`";
        return terminal.fail(&format!("{}: policy.compiled: {why} ({hint})", arguments.config.display()));
    }
    let input = match files::document(&arguments.request) {
        Ok(input) => input,
        Err(error) => return terminal.fail(&error),
    };
    let policy = match policy(&document, arguments.route.as_deref()) {
        Ok(policy) => policy,
        Err(error) => return terminal.fail(&error),
    };
    let (modules, version, decision, data) = parts(&policy);
    let decision = match DecisionPath::parse(&decision) {
        Ok(decision) => decision,
        Err(error) => return terminal.fail(&error),
    };
    let data = match Value::from_serde(&data, Limits::DEFAULT.data()) {
        Ok(data) => data,
        Err(error) => return terminal.fail(&error.message()),
    };
    let bench = match Workbench::open(modules.clone(), version, data) {
        Ok(bench) => bench,
        Err(errors) => return terminal.faults(&modules, &errors),
    };
    let ask = Ask { input: Some(&input), moment: time::moment(), is_strict: false, explain: true };
    let answer = match bench.ask(&decision.to_string(), &ask) {
        Ok(answer) => answer,
        Err(errors) => return terminal.faults(&modules, &errors),
    };
    let explanation = answer.explanation.unwrap_or_default();
    let value = match &answer.results {
        Ok(results) => {
            results.first().and_then(|result| result.expressions.first()).map(|found| found.value.to_json())
        }
        Err(failure) => {
            writeln!(terminal.err, "{failure}")?;
            None
        }
    };
    match arguments.format {
        ExplainForm::Pretty => {
            writeln!(terminal.out, "{decision} is {}", value.as_deref().unwrap_or("undefined"))?;
            write!(terminal.out, "{explanation}")?;
        }
        ExplainForm::Json => {
            let mut fields = vec![("decision", super::json::string(&decision.to_string()))];
            fields.extend(value.map(|value| ("value", value)));
            fields.push(("explanation", explanation.to_json().to_string()));
            fields.push(("prints", array(answer.prints.iter().map(|line| super::json::string(line)))));
            writeln!(terminal.out, "{}", indented(&object(&fields)))?;
        }
    }
    Ok(if answer.results.is_ok() { Ended::Well } else { Ended::Bad })
}

/// The policy of a checked configuration that decides on a route.
fn policy(document: &Json, route: Option<&str>) -> Result<Json, String> {
    let mut top = document.get("policy").cloned().unwrap_or_default();
    let Some(name) = route else { return Ok(top) };
    let mut routes = document.get("routes").and_then(Json::as_array).into_iter().flatten();
    let route = routes
        .find(|route| route.get("name").and_then(Json::as_str) == Some(name))
        .ok_or_else(|| format!("the configuration has no route {name}"))?;
    if let Some(own) = route.get("policy") {
        return Ok(own.clone());
    }
    match (route.get("decision"), top.as_object_mut()) {
        (Some(decision), Some(policy)) => {
            policy.insert("decision".to_owned(), decision.clone());
            Ok(top)
        }
        (None, _) | (_, None) => Err(format!("the route {name} is off: no policy is asked")),
    }
}

/// The parts of a policy that decide.
fn parts(policy: &Json) -> (Vec<Module>, RegoVersion, String, Json) {
    let text = |json: &Json, field: &str| json.get(field).and_then(Json::as_str).map(str::to_owned);
    let modules = policy.get("modules").and_then(Json::as_array).into_iter().flatten();
    let module = |module: &Json| Module {
        name: text(module, "name").unwrap_or_default(),
        source: text(module, "source").unwrap_or_default(),
    };
    let version = match text(policy, "rego_version").as_deref() {
        Some("v0") => RegoVersion::V0,
        _ => RegoVersion::V1,
    };
    let decision = text(policy, "decision").unwrap_or_else(|| "envoy/authz/allow".to_owned());
    let data = policy.get("data").filter(|data| data.is_object()).cloned();
    (
        modules.map(module).collect(),
        version,
        decision,
        data.unwrap_or_else(|| Json::Object(serde_json::Map::new())),
    )
}
