//! Questions: a query is the body of a rule that collects the ways in which it holds.

use super::eval::{Failure, Ran, without_shortcuts};
use super::spans::Spans;
use super::{Explanation, Workbench};
use crate::rego::check::{Arities, Scope, body_vars};
use crate::rego::error::{Fault, RegoError};
use crate::rego::evaluate::Silent;
use crate::rego::explain::Recorder;
use crate::rego::outcome::Moment;
use crate::rego::plan::Entries;
use crate::rego::plan::terms::{below_data, constant, variable};
use crate::rego::syntax::{
    self, Body, Call, Expr, ExprKind, Head, Loc, Name, Package, Rule, Term, TermKind, With,
};
use crate::rego::value::Value;
use crate::time::UnixTime;

/// The package and the rule of a query. No policy can write these names.
const PACKAGE: &str = "the query";
const RULE: &str = "the solutions";

/// How a question is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The input document; `None` is undefined.
    pub input: Option<&'a Value<'static>>,
    /// The instant of `time.now_ns()`, and the seed of `rand.intn`.
    pub moment: Moment,
    /// Whether the failure of a built-in function is an error: OPA's `--strict-builtin-errors`.
    pub is_strict: bool,
    /// Whether to explain the answer. The evaluation then tries every rule.
    pub explain: bool,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        let moment = Moment { now: UnixTime::from_secs(0), seed: 0 };
        Self { input: None, moment, is_strict: false, explain: false }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Each way in which the query holds; none is undefined.
    pub results: Result<Vec<Solution>, Failure>,
    /// What was printed.
    pub prints: Vec<String>,
    /// If it was asked for.
    pub explanation: Option<Explanation>,
}

/// One way in which a query holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// The query's expressions.
    pub expressions: Vec<ExpressionValue>,
    /// The query's variables, by their names.
    pub bindings: Vec<(String, Value<'static>)>,
}

/// An expression of a query with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionValue {
    /// Its value; `true` for one that only holds.
    pub value: Value<'static>,
    /// The expression as it was written.
    pub text: String,
    /// Its line in the query, from 1.
    pub line: u32,
    /// Its column, from 1.
    pub column: u32,
}

/// An expression, and which variable its value is in.
struct Asked {
    text: String,
    at: Loc,
    capture: Option<Name>,
}

impl Workbench {
    /// Answers a query.
    ///
    /// # Errors
    /// What is wrong with the query or the policy. A query that says `data` for the whole document must be that alone.
    pub fn ask(&self, query: &str, ask: &Ask<'_>) -> Result<Answer, Vec<RegoError>> {
        self.asked(query, ask).map_err(|faults| self.errors(faults))
    }

    fn asked(&self, query: &str, ask: &Ask<'_>) -> Result<Answer, Vec<Fault>> {
        let file = u32::try_from(self.modules.len()).unwrap_or(u32::MAX);
        let mut body = syntax::parse_query(file, query, self.version)?;
        let spans = Spans::of_query(query, &body);
        let mut asked: Vec<Asked> = body
            .iter()
            .filter(|expr| !is_declaration(expr))
            .map(|expr| Asked {
                text: spans.expr(expr.at).map(|span| span.text).unwrap_or_default(),
                at: expr.at,
                capture: None,
            })
            .collect();
        if let Some(path) = document(&body) {
            let Ran { value, prints, tracer } = self.evaluated(self.trees.clone(), &path, ask)?;
            let results = value.map(|value| value.into_iter().map(|value| one(&asked, value)).collect());
            return Ok(self.answer(results, prints, tracer));
        }
        self.needs_texts(file)?;
        let vars = variables(&body);
        self.capture(&mut body, &mut asked);
        let mut trees = self.trees.clone();
        trees.push(module(file, body, &asked, &vars));
        let path = [Value::string(PACKAGE), Value::string(RULE)];
        let Ran { value, prints, tracer } = self.evaluated(trees, &path, ask)?;
        let results = value.map(|value| {
            let rows = value.as_ref().and_then(Value::as_items).unwrap_or_default();
            rows.iter().map(|row| solution(row, &asked, &vars)).collect()
        });
        Ok(self.answer(results, prints, tracer))
    }

    fn evaluated(
        &self,
        trees: Vec<syntax::Module>,
        path: &[Value<'static>],
        ask: &Ask<'_>,
    ) -> Result<Ran<Option<Recorder>>, Vec<Fault>> {
        let Ask { input, moment, is_strict, explain } = *ask;
        if explain {
            self.needs_texts_to_explain()?;
        }
        let mut plan = self.plan_of(trees, &Entries::Of(path), is_strict)?;
        if !explain {
            let Ran { value, prints, tracer: Silent } =
                self.run(&plan, path, input, moment, is_strict, Silent);
            return Ok(Ran { value, prints, tracer: None });
        }
        without_shortcuts(&mut plan);
        let Ran { value, prints, tracer } =
            self.run(&plan, path, input, moment, is_strict, Recorder::default());
        Ok(Ran { value, prints, tracer: Some(tracer) })
    }

    fn answer(
        &self,
        results: Result<Vec<Solution>, Failure>,
        prints: Vec<(Loc, String)>,
        tracer: Option<Recorder>,
    ) -> Answer {
        let explanation = tracer.map(|recorder| {
            let (frames, dropped) = recorder.finish();
            self.explanation(&frames, dropped, &self.spans())
        });
        Answer { results, prints: prints.into_iter().map(|(_, line)| line).collect(), explanation }
    }

    /// Puts the values of expressions into variables, as OPA does: of terms, and of calls that have one.
    ///
    /// A query of one expression that holds in one way only has the value `false` too; any other has to hold.
    fn capture(&self, body: &mut Body, asked: &mut [Asked]) {
        let arities = Arities::new(&self.qualified());
        let must_hold = asked.len() > 1 || has_ways(body);
        let mut conditions = Vec::new();
        let exprs = body.iter_mut().filter(|expr| !is_declaration(expr));
        for ((index, expr), asked) in exprs.enumerate().zip(asked) {
            let term = match &expr.kind {
                _ if expr.is_negated => continue,
                ExprKind::Term(term) => term.clone(),
                ExprKind::Call(call) if is_captured(call, &arities) => {
                    Term { at: expr.at, kind: TermKind::Call(Box::new(call.clone())) }
                }
                ExprKind::Call(_) | ExprKind::Some(_) | ExprKind::Every(_) => continue,
            };
            let name = Name::from(format!("the value {index}"));
            let value = var(expr.at, name.clone());
            if must_hold {
                let kind = ExprKind::Term(value.clone());
                conditions.push(Expr { kind, with: Vec::<With>::new(), is_generated: true, ..expr.clone() });
            }
            let args = vec![value, term];
            expr.kind = ExprKind::Call(Call { operator: operator(expr.at, "eq"), args });
            asked.capture = Some(name);
        }
        body.append(&mut conditions);
    }

    /// The modules with the package in front of every head, which is what knows the names of functions.
    fn qualified(&self) -> Vec<syntax::Module> {
        let mut trees = self.trees.clone();
        for tree in &mut trees {
            let package = tree.package.clone();
            for rule in &mut tree.rules {
                let at = rule.head.at;
                let path = package.path.iter().map(|name| string(at, name));
                let parts = rule.head.reference.drain(..).map(|part| {
                    let name = variable(&part).map(Name::from);
                    name.map_or_else(|| part.clone(), |name| string(part.at, &name))
                });
                let full = std::iter::once(var(at, Name::from("data"))).chain(path).chain(parts).collect();
                rule.head.reference = full;
            }
        }
        trees
    }
}

fn one(asked: &[Asked], value: Value<'static>) -> Solution {
    let expression = |asked: &Asked| ExpressionValue {
        value: value.clone(),
        text: asked.text.clone(),
        line: asked.at.line,
        column: asked.at.column,
    };
    Solution { expressions: asked.iter().map(expression).collect(), bindings: Vec::new() }
}

/// A solution from the pair of the captured values and the variables.
fn solution(row: &Value<'static>, asked: &[Asked], vars: &[Name]) -> Solution {
    let parts = row.as_items().unwrap_or_default();
    let list = |index: usize| parts.get(index).and_then(Value::as_items).unwrap_or_default();
    let mut captured = list(0).iter();
    let expressions = asked
        .iter()
        .map(|asked| ExpressionValue {
            value: match &asked.capture {
                Some(_) => captured.next().cloned().unwrap_or(Value::Null),
                None => Value::Bool(true),
            },
            text: asked.text.clone(),
            line: asked.at.line,
            column: asked.at.column,
        })
        .collect();
    let bindings = vars.iter().map(|name| name.to_string()).zip(list(1).iter().cloned()).collect();
    Solution { expressions, bindings }
}

/// `some x`, which is no expression to OPA.
fn is_declaration(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Some(some) => some.symbols.iter().all(|symbol| matches!(symbol.kind, TermKind::Var(_))),
        ExprKind::Term(_) | ExprKind::Call(_) | ExprKind::Every(_) => false,
    }
}

fn is_captured(call: &Call, arities: &Arities) -> bool {
    let name = crate::rego::check::operator_name(&call.operator);
    let is_plain = !matches!(name.as_deref(), Some("eq" | "assign"));
    let signature = name.as_deref().and_then(crate::rego::builtins::signature::find);
    let is_void = signature.is_some_and(crate::rego::builtins::signature::Signature::is_void);
    is_plain && !is_void && arities.of(&call.operator) == Some(call.args.len())
}

/// The path of a query that is one document below `data` and nothing more.
fn document(body: &Body) -> Option<Vec<Value<'static>>> {
    let [expr] = body.as_slice() else { return None };
    let ExprKind::Term(term) = &expr.kind else { return None };
    if expr.is_negated || !expr.with.is_empty() {
        return None;
    }
    below_data(term)?.iter().map(constant).collect()
}

/// Whether a query can hold in more than one way: it has references with variables in them.
fn has_ways(body: &Body) -> bool {
    body.iter().any(|expr| match &expr.kind {
        ExprKind::Term(term) => is_open(term),
        ExprKind::Call(call) => call.args.iter().any(is_open),
        ExprKind::Some(_) | ExprKind::Every(_) => false,
    })
}

fn is_open(term: &Term) -> bool {
    match &term.kind {
        TermKind::Ref(parts) => parts.iter().skip(1).any(|part| constant(part).is_none()),
        TermKind::Call(call) => call.args.iter().any(is_open),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().any(is_open),
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_)
        | TermKind::Object(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Template(_) => false,
    }
}

/// The variables whose values a query gives, in order.
fn variables(body: &Body) -> Vec<Name> {
    let mut vars = body_vars(body, Scope::Safety);
    for expr in body {
        if let ExprKind::Some(some) = &expr.kind {
            vars.extend(some.symbols.iter().filter_map(|symbol| Some(Name::from(variable(symbol)?))));
        }
    }
    let is_shown = |name: &Name| !name.starts_with('$') && !matches!(&**name, "data" | "input");
    vars.into_iter().filter(is_shown).collect()
}

/// `the solutions := [[values, variables] | query]`: an array keeps every solution, in order.
fn module(file: u32, body: Body, asked: &[Asked], vars: &[Name]) -> syntax::Module {
    let at = Loc { file, line: 1, column: 1 };
    let term = |kind| Term { at, kind };
    let list = |names: Vec<&Name>| {
        term(TermKind::Array(names.into_iter().map(|name| var(at, name.clone())).collect()))
    };
    let captures = list(asked.iter().filter_map(|asked| asked.capture.as_ref()).collect());
    let row = term(TermKind::Array(vec![captures, list(vars.iter().collect())]));
    let head = Head {
        at,
        reference: vec![var(at, Name::from(RULE))],
        args: None,
        key: None,
        value: Some(term(TermKind::ArrayCompr(Box::new(row), body))),
        is_assigned: true,
    };
    let holds = Expr {
        at,
        is_negated: false,
        kind: ExprKind::Term(term(TermKind::Bool(true))),
        with: Vec::new(),
        is_generated: false,
    };
    let rule = Rule { at, is_default: false, head, body: vec![holds], otherwise: None };
    let package = Package { at, path: vec![Name::from(PACKAGE)] };
    syntax::Module { package, imports: Vec::new(), rules: vec![rule], is_v1: true }
}

fn var(at: Loc, name: Name) -> Term {
    Term { at, kind: TermKind::Var(name) }
}

fn string(at: Loc, name: &Name) -> Term {
    Term { at, kind: TermKind::String(name.clone()) }
}

fn operator(at: Loc, name: &str) -> Term {
    Term { at, kind: TermKind::Ref(vec![var(at, Name::from(name))]) }
}
