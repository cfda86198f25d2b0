//! Statements of a body.

use super::super::shrink::tokens;
use super::{Kind, Named, Writer};

impl Writer {
    /// Up to `most` statements, at least one.
    pub(super) fn statements(&mut self, depth: usize, most: usize) -> Vec<String> {
        let count = self.random.between(1, most + 1);
        let mut statements: Vec<String> = Vec::new();
        for _ in 0..count {
            statements.push(self.statement(depth));
        }
        // OPA finds an order itself, where one is to be found.
        if self.random.one_in(12) && statements.len() > 1 {
            statements.reverse();
        }
        statements
    }

    fn statement(&mut self, depth: usize) -> String {
        let statement = match self.weighted(&[10, 12, 8, 6, 7, 3, 3, 4, 2, 2, 2]) {
            0 => self.comparison(depth),
            1 => self.negation(depth),
            2 => self.assignment(depth),
            3 => self.term(Kind::Any, depth),
            4 => self.some_in(depth),
            5 => self.every(depth),
            6 => self.unification(depth),
            7 => self.test(depth),
            8 => self.declared_iteration(depth),
            9 => self.walk(),
            _ => self.print(depth),
        };
        if self.random.one_in(9) && !statement.starts_with("some ") && !statement.starts_with("every ") {
            return format!("{statement} {}", self.with());
        }
        statement
    }

    fn negation(&mut self, depth: usize) -> String {
        let negated = match self.weighted(&[6, 6, 4, 3, 2]) {
            0 => self.reference(Kind::Any, depth),
            1 => self.comparison(depth),
            2 => {
                let index = self.random.below(self.rules.len());
                match self.rules.get(index).map(|rule| rule.name.clone()) {
                    Some(name) if self.random.one_in(2) => self.member(&name, depth),
                    Some(name) => name,
                    None => self.term(Kind::Any, depth),
                }
            }
            3 => self.test(depth),
            _ => self.own_call(depth).unwrap_or_else(|| self.term(Kind::Any, depth)),
        };
        format!("not {negated}")
    }

    fn bind(&mut self, kind: Kind) -> String {
        let name = self.fresh("v");
        self.vars.push(Named { name: name.clone(), kind });
        name
    }

    fn assignment(&mut self, depth: usize) -> String {
        let kinds = [Kind::Any, Kind::Number, Kind::Text, Kind::Array, Kind::Object];
        let kind = kinds.get(self.weighted(&[8, 3, 3, 2, 1])).copied().unwrap_or(Kind::Any);
        if self.random.one_in(8) {
            let term = self.reference(Kind::Array, depth);
            let (one, other) = (self.bind(Kind::Dynamic), self.bind(Kind::Dynamic));
            return format!("[{one}, {other}] := {term}");
        }
        let (term, kind) = match self.random.one_in(3) {
            true => (self.term(kind, depth), Kind::Any),
            false => (self.reference(kind, depth), Kind::Dynamic),
        };
        let name = self.bind(kind);
        format!("{name} := {term}")
    }

    fn some_in(&mut self, depth: usize) -> String {
        let collection = self.collection(depth);
        let is_dynamic = collection.starts_with("input") || collection.starts_with("data");
        let kind = if is_dynamic { Kind::Dynamic } else { Kind::Any };
        let value = self.bind(kind);
        match self.weighted(&[6, 3, 1]) {
            1 => {
                let key = self.bind(kind);
                format!("some {key}, {value} in {collection}")
            }
            2 => {
                let pattern = self.pick(&["[\"a\", X]", "{\"v\": X}", "[X, _]"]);
                format!("some {} in {collection}", pattern.replace('X', &value))
            }
            _ => format!("some {value} in {collection}"),
        }
    }

    /// `every` sees the variables outside, and its own end with it.
    fn every(&mut self, depth: usize) -> String {
        let collection = self.collection(depth);
        self.inner(|writer| {
            let value = writer.bind(Kind::Dynamic);
            let key = writer.random.one_in(3).then(|| writer.bind(Kind::Dynamic));
            let mut body = writer.statements(0, 2).join("; ");
            if !writer.random.one_in(20) && !names(&body, &value) {
                body =
                    format!("{value} {} {}; {body}", writer.pick(&["==", "!="]), writer.term(Kind::Any, 0));
            }
            let key = match key {
                Some(key) if names(&body, &key) => format!("{key}, "),
                Some(_) => String::from("_, "),
                None => String::new(),
            };
            format!("every {key}{value} in {collection} {{ {body} }}")
        })
    }

    fn unification(&mut self, depth: usize) -> String {
        match self.weighted(&[4, 2, 2, 1]) {
            0 => {
                let term = self.reference(Kind::Any, depth);
                let name = self.bind(Kind::Dynamic);
                format!("{name} = {term}")
            }
            1 => {
                let term = self.reference(Kind::Array, 0);
                let (one, other) = (self.bind(Kind::Dynamic), self.bind(Kind::Dynamic));
                format!("[{one}, {other}] = {term}")
            }
            2 => {
                let term = self.reference(Kind::Object, 0);
                let name = self.bind(Kind::Dynamic);
                format!("{{\"a\": {name}}} = {term}")
            }
            _ => format!("{} = {}", self.reference(Kind::Any, depth), self.term(Kind::Any, 0)),
        }
    }

    fn declared_iteration(&mut self, depth: usize) -> String {
        let base = self.reference(Kind::Array, 0);
        let name = self.fresh("i");
        let right = self.term(Kind::Any, depth.min(1));
        self.vars.push(Named { name: name.clone(), kind: Kind::Dynamic });
        match self.weighted(&[4, 3, 2]) {
            0 => format!("some {name}; {base}[{name}] == {right}"),
            1 => {
                let value = self.bind(Kind::Dynamic);
                format!("some {name}; {value} := {base}[{name}]")
            }
            _ => format!("{base}[{name}]"),
        }
    }

    fn walk(&mut self) -> String {
        let term = self.reference(Kind::Object, 0);
        let (path, value) = (self.bind(Kind::Array), self.bind(Kind::Dynamic));
        match self.random.one_in(2) {
            true => format!("[{path}, {value}] = walk({term})"),
            false => format!("walk({term}, [{path}, {value}])"),
        }
    }

    fn print(&mut self, depth: usize) -> String {
        format!("print(\"at\", {})", self.term(Kind::Any, depth.min(1)))
    }

    fn with(&mut self) -> String {
        let target = self.pick(&[
            "input.a",
            "input.xs",
            "input.u.name",
            "input",
            "data.d.n",
            "data.d.tab",
            "input.m.a",
            "count",
        ]);
        match target {
            "count" => String::from("with count as 3"),
            "input.xs" => format!("with input.xs as {}", self.constant(Kind::Array, 0)),
            "input" => format!("with input as {}", self.constant(Kind::Object, 0)),
            target => format!("with {target} as {}", self.term(Kind::Any, 0)),
        }
    }
}

/// Whether a text uses a variable.
fn names(text: &str, variable: &str) -> bool {
    tokens::split(text).contains(&variable)
}
