//! Rules of every kind.

use super::{Function, Kind, Named, Writer};

impl Writer {
    /// A rule of a name, perhaps in several parts; and whether it can be asked for.
    pub(super) fn rule(&mut self, name: &str) -> (String, bool) {
        self.vars.clear();
        let parts = if self.random.one_in(3) { 2 } else { 1 };
        let kind = self.weighted(&[8, 8, 5, 4, 7, 4, 3, 7, 1, 1]);
        let mut text = String::new();
        match kind {
            2 => text.push_str(&format!("default {name} := {}\n\n", self.constant(Kind::Any, 0))),
            7 if self.random.one_in(4) => {
                let value = self.constant(Kind::Any, 0);
                text.push_str(&format!("default {name}(_) := {value}\n\n"));
            }
            _ => {}
        }
        let arity = if kind == 7 && text.is_empty() && self.random.one_in(3) { 2 } else { 1 };
        for _ in 0..parts {
            let part = match kind {
                0 => self.definition(&format!("{name} if"), None),
                1 | 2 => self.definition(&format!("{name} := VALUE if"), None),
                3 => self.chain(name),
                4 => self.definition(&format!("{name} contains VALUE if"), None),
                5 => self.definition(&format!("{name}[KEY] := VALUE if"), None),
                6 => self.deep(name),
                7 => self.function(name, arity),
                8 => format!("{name} := {}\n", self.term(Kind::Any, 2)),
                _ => self.recursive(name),
            };
            text.push_str(&part);
            text.push('\n');
        }
        let known = match kind {
            4 => Kind::Set,
            5 | 6 => Kind::Object,
            _ => Kind::Any,
        };
        if kind == 7 {
            self.functions.push(Function { name: name.to_owned(), arity });
        } else {
            self.rules.push(Named { name: name.to_owned(), kind: known });
        }
        (text, kind != 7)
    }

    /// A head with `VALUE` and `KEY` in it, and a body; `inside` are the variables that the head binds.
    fn definition(&mut self, head: &str, inside: Option<Vec<Named>>) -> String {
        self.vars = inside.unwrap_or_default();
        let body = self.block(3);
        let key = match self.vars.first().map(|var| var.name.clone()) {
            Some(name) if self.random.one_in(2) => name,
            _ => self.pick(&["\"a\"", "\"k\"", "input.s", "input.n"]).to_owned(),
        };
        let value = if self.random.one_in(3) { self.constant(Kind::Any, 0) } else { self.head_value(1) };
        format!("{} {body}\n", head.replace("KEY", &key).replace("VALUE", &value))
    }

    /// `{ ... }` with every statement on a line of its own.
    fn block(&mut self, most: usize) -> String {
        let statements = self.statements(2, most);
        format!("{{\n\t{}\n}}", statements.join("\n\t"))
    }

    fn chain(&mut self, name: &str) -> String {
        let first = self.definition(&format!("{name} := VALUE if"), None);
        let mut text = first.trim_end().to_owned();
        for _ in 0..self.random.between(1, 3) {
            let part = self.definition(" else := VALUE if", None);
            text.push_str(part.trim_end());
        }
        if self.random.one_in(3) {
            text.push_str(&format!(" else := {}", self.constant(Kind::Any, 0)));
        }
        text.push('\n');
        text
    }

    fn deep(&mut self, name: &str) -> String {
        let member = self.pick(&["a", "b", "k"]);
        match self.weighted(&[3, 3, 3, 2]) {
            0 => self.definition(&format!("{name}.{member} := VALUE if"), None),
            1 => self.definition(&format!("{name}.{member} contains VALUE if"), None),
            2 => self.definition(&format!("{name}.{member}[KEY] := VALUE if"), None),
            _ => self.definition(&format!("{name}[KEY].{member} := VALUE if"), None),
        }
    }

    fn function(&mut self, name: &str, arity: usize) -> String {
        let mut variables = Vec::new();
        let mut parameters = Vec::new();
        for _ in 0..arity {
            let mut bind = |writer: &mut Self| {
                let name = writer.fresh("x");
                variables.push(Named { name: name.clone(), kind: Kind::Dynamic });
                name
            };
            parameters.push(match self.weighted(&[8, 2, 1, 1]) {
                0 => bind(self),
                1 => self.constant(Kind::Any, 0),
                2 => format!("[{}, _]", bind(self)),
                _ => format!("{{\"a\": {}}}", bind(self)),
            });
        }
        let parameters = parameters.join(", ");
        match self.weighted(&[4, 3, 1]) {
            0 => self.definition(&format!("{name}({parameters}) := VALUE if"), Some(variables)),
            1 => self.definition(&format!("{name}({parameters}) if"), Some(variables)),
            _ => {
                self.vars = variables;
                format!("{name}({parameters}) := {}\n", self.head_value(1))
            }
        }
    }

    /// A rule that names itself, or one that comes later: refused, or a document that is not there.
    fn recursive(&mut self, name: &str) -> String {
        let other = self.pick(&["p0", "p1", "p2", "p3"]);
        match self.random.one_in(2) {
            true => self.definition(&format!("{name} := {other} if"), None),
            false => self.definition(&format!("{name} contains {other} if"), None),
        }
    }
}
