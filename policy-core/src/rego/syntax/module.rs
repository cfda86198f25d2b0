//! Modules and queries, from their statements.

use super::RegoVersion;
use super::ast::{Body, Import, Module, Package, Rule};
use super::declare;
use super::lower::Lower;
use super::parser::{ParsedRule, Parser, Statement};
use super::scanner::At;
use super::strict;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::limits::Limits;
use crate::rego::syntax::ast::Loc;

/// Reads a module.
///
/// # Errors
/// If the text is not Rego of this version: all that OPA's parser reports, in its order, at its places. If it is longer
/// or deeper than the limits allow.
pub(in crate::rego) fn parse_module(
    file: u32,
    text: &str,
    version: RegoVersion,
    limits: &Limits,
) -> Result<Module, Vec<Fault>> {
    check_size(file, text, limits)?;
    let mut parser = Parser::new(file, text, version);
    let mut reader = Reader { file, limit: limits.rules, ..Reader::default() };
    while let Some(statement) = parser.statement(true) {
        reader.statement(&parser, statement);
    }
    if !parser.is_done() {
        return Err(parser.into_errors());
    }
    reader.module(version)
}

/// Reads a query: expressions with `;` or newlines between them.
///
/// # Errors
/// As for modules.
pub(in crate::rego) fn parse_query(file: u32, text: &str, version: RegoVersion) -> Result<Body, Vec<Fault>> {
    check_size(file, text, &Limits::DEFAULT)?;
    let mut parser = Parser::new(file, text, version);
    let mut body = Body::new();
    let mut other = None;
    while let Some(statement) = parser.statement(false) {
        match statement {
            Statement::Query(literals) => body.extend(Lower::new(&parser.nodes, file).body(&literals)),
            Statement::Package(package) => other = other.or(Some((package.at, "package"))),
            Statement::Import(import) => other = other.or(Some((import.at, "import"))),
            Statement::Rules(_) => {}
        }
    }
    if !parser.is_done() {
        return Err(parser.into_errors());
    }
    if let Some((at, what)) = other {
        return Err(vec![Fault::new(
            parser.loc(at),
            RegoErrorKind::Parse,
            format!("expected body but got {what}"),
        )]);
    }
    if body.is_empty() {
        return Err(vec![Fault::new(whole(file), RegoErrorKind::Parse, "empty query")]);
    }
    Ok(body)
}

fn check_size(file: u32, text: &str, limits: &Limits) -> Result<(), Vec<Fault>> {
    let message = if text.len() > limits.source_bytes {
        format!("more than {} bytes", limits.source_bytes)
    } else if text.lines().count() > limits.lines {
        format!("more than {} lines", limits.lines)
    } else {
        return Ok(());
    };
    Err(vec![Fault::new(whole(file), RegoErrorKind::Limit, message)])
}

fn whole(file: u32) -> Loc {
    Loc { file, line: 0, column: 0 }
}

/// What of a module has been read.
#[derive(Default)]
struct Reader {
    file: u32,
    /// How many definitions there may be.
    limit: usize,
    definitions: usize,
    is_empty: Option<At>,
    package: Option<Package>,
    imports: Vec<Import>,
    rules: Vec<Rule>,
    faults: Vec<Fault>,
    /// What is wrong if the module is written in v1.
    strict_faults: Vec<Fault>,
}

impl Reader {
    fn statement(&mut self, parser: &Parser<'_>, statement: Statement) {
        let is_first = self.is_empty.is_none();
        let lower = Lower::new(&parser.nodes, self.file);
        let at = match &statement {
            Statement::Package(package) => package.at,
            Statement::Import(import) => import.at,
            Statement::Rules(rules) => rules.first().map(|rule| rule.at).unwrap_or_default(),
            Statement::Query(literals) => literals.first().map(|literal| literal.at).unwrap_or_default(),
        };
        self.is_empty = Some(at);
        match statement {
            Statement::Package(package) if is_first => {
                self.package = Some(Package { at: lower.loc(package.at), path: package.path });
            }
            _ if is_first => self.fault(lower.loc(at), "package expected"),
            Statement::Package(package) => self.fault(lower.loc(package.at), "unexpected package"),
            Statement::Import(import) => {
                self.imports.push(Import { at: lower.loc(import.at), path: import.path, alias: import.alias })
            }
            Statement::Rules(rules) => rules.iter().for_each(|rule| self.rule(parser, lower, rule)),
            Statement::Query(literals) => match declare::rule_of(&parser.nodes, &literals) {
                Ok(rule) => self.rule(parser, lower, &rule),
                Err(message) => self.fault(lower.loc(at), message),
            },
        }
    }

    fn rule(&mut self, parser: &Parser<'_>, lower: Lower<'_>, rule: &ParsedRule) {
        self.definitions = self.definitions.saturating_add(1).saturating_add(rule.otherwise.len());
        if self.definitions > self.limit {
            return;
        }
        // OPA takes `f(x).y` as a head, and panics when it compiles it.
        if rule.head.reference.first().is_none_or(|name| parser.nodes.var(*name).is_none()) {
            let at = lower.loc(rule.at);
            self.faults.push(Fault::new(
                at,
                RegoErrorKind::Refused,
                "a rule's name cannot begin with a call",
            ));
        }
        for definition in std::iter::once(rule).chain(&rule.otherwise) {
            let faults = strict::faults(&parser.nodes, definition);
            let at = lower.loc(definition.at);
            self.strict_faults
                .extend(faults.into_iter().map(|fault| Fault::new(at, RegoErrorKind::Parse, fault)));
        }
        self.rules.push(lower.rule(rule));
    }

    fn fault(&mut self, at: Loc, message: impl Into<String>) {
        self.faults.push(Fault::new(at, RegoErrorKind::Parse, message));
    }

    fn module(mut self, version: RegoVersion) -> Result<Module, Vec<Fault>> {
        if self.is_empty.is_none() {
            return Err(vec![Fault::new(whole(self.file), RegoErrorKind::Parse, "empty module")]);
        }
        let is_v1 = version == RegoVersion::V1 || self.imports.iter().any(is_rego_v1);
        if is_v1 {
            self.faults.append(&mut self.strict_faults);
        }
        if self.definitions > self.limit {
            let message = format!("more than {} definitions of rules", self.limit);
            return Err(vec![Fault::new(whole(self.file), RegoErrorKind::Limit, message)]);
        }
        match self.package {
            Some(package) if self.faults.is_empty() => {
                Ok(Module { package, imports: self.imports, rules: self.rules, is_v1 })
            }
            _ => Err(self.faults),
        }
    }
}

fn is_rego_v1(import: &Import) -> bool {
    matches!(import.path.as_slice(), [root, version] if &**root == "rego" && &**version == "v1")
}
