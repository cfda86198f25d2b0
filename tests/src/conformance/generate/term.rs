//! Terms: constants, references into what may not be there, calls, comprehensions.

use super::{Kind, Writer};

impl Writer {
    /// A term of a kind, as far as the policy can say: what comes from the input can be anything.
    pub(super) fn term(&mut self, kind: Kind, depth: usize) -> String {
        let known: Vec<String> = self
            .vars
            .iter()
            .chain(&self.rules)
            .filter(|named| kind == Kind::Any || named.kind == kind || named.kind == Kind::Dynamic)
            .map(|named| named.name.clone())
            .collect();
        match self.weighted(&[8, 10, 8, if depth > 0 { 7 } else { 0 }]) {
            0 => self.constant(kind, depth),
            1 => self.reference(kind, depth),
            2 if !known.is_empty() => {
                let index = self.random.below(known.len());
                let name = known.get(index).cloned().unwrap_or_default();
                if self.random.one_in(5) { self.member(&name, depth) } else { name }
            }
            3 => self.compound(kind, depth - 1),
            _ => self.reference(kind, depth),
        }
    }

    /// A literal.
    pub(super) fn constant(&mut self, kind: Kind, depth: usize) -> String {
        match kind {
            Kind::Number => self.pick(&["0", "1", "2", "3", "-1", "1.5", "10", "1.0"]).to_owned(),
            Kind::Text => {
                self.pick(&["\"a\"", "\"b\"", "\"\"", "\"x\"", "\"abc\"", "\"alice\"", "`a`"]).to_owned()
            }
            Kind::Bool => self.pick(&["true", "false"]).to_owned(),
            Kind::Array => match depth {
                0 => self.pick(&["[]", "[1, 2]", "[\"a\", \"b\"]", "[1]", "[null, false]"]).to_owned(),
                _ => format!("[{}, {}]", self.term(Kind::Any, depth - 1), self.term(Kind::Any, 0)),
            },
            Kind::Set => match depth {
                0 => self.pick(&["set()", "{1, 2}", "{\"a\", \"b\"}", "{1}", "{null}"]).to_owned(),
                _ => format!("{{{}, {}}}", self.term(Kind::Any, depth - 1), self.term(Kind::Any, 0)),
            },
            Kind::Object => match depth {
                0 => self.pick(&["{}", "{\"a\": 1}", "{\"k\": \"a\", \"v\": 1}", "{1: 2}"]).to_owned(),
                _ => {
                    let key = self.pick(&["\"a\"", "\"k\"", "input.s", "1"]);
                    format!(
                        "{{{key}: {}, \"v\": {}}}",
                        self.term(Kind::Any, depth - 1),
                        self.term(Kind::Any, 0)
                    )
                }
            },
            Kind::Any | Kind::Dynamic => {
                let kinds = [Kind::Number, Kind::Text, Kind::Bool, Kind::Array, Kind::Set, Kind::Object];
                let kind = kinds.get(self.weighted(&[5, 5, 2, 1, 1, 1])).copied().unwrap_or(Kind::Number);
                if self.random.one_in(12) { String::from("null") } else { self.constant(kind, depth.min(1)) }
            }
        }
    }

    /// A reference into input or data that may lead nowhere.
    pub(super) fn reference(&mut self, kind: Kind, depth: usize) -> String {
        let own: &[&str] = match kind {
            Kind::Number => {
                &["input.n", "input.n", "data.d.n", "input.m.a.v", "input.m.b.v", "input.m.k", "input.xs[0]"]
            }
            Kind::Text => &["input.s", "input.s", "input.u.name", "input.m.b.w", "data.d.tab.b", "input.a"],
            Kind::Bool => &["input.flag", "input.u.admin", "input.m[\"1\"]", "input.a", "input.b"],
            Kind::Array | Kind::Set => {
                &["input.xs", "input.xs", "input.u.roles", "data.d.blocked", "data.d.tab.x"]
            }
            Kind::Object => {
                &["input.m", "input.u", "data.d.tab", "data.d.roles", "input.m.b", "data.d.tab.a"]
            }
            Kind::Any | Kind::Dynamic => &[
                "input.a",
                "input.b",
                "input.n",
                "input.s",
                "input.xs",
                "input.m",
                "input.u",
                "input.flag",
                "input.zz",
                "input.u.name",
                "input.u.zz",
                "input.a.b",
                "data.d.zz",
                "data.d.tab.a.k",
                "data.zz.q",
                "input",
                "data.d.n",
                "input.m.a.v",
                "input.xs[1]",
                "input.u.roles[0]",
            ],
        };
        let base = self.pick(own).to_owned();
        match self.weighted(&[10, 2]) {
            1 if matches!(kind, Kind::Any | Kind::Text | Kind::Number) => self.member(&base, depth),
            _ => base,
        }
    }

    /// A term whose type OPA does not know: comparing it is never a type error.
    fn dynamic(&mut self, kind: Kind, depth: usize) -> String {
        let dynamic = self.vars.iter().chain(&self.rules).filter(|named| named.kind == Kind::Dynamic);
        let names: Vec<String> = dynamic.map(|named| named.name.clone()).collect();
        match names.get(self.random.below(names.len())) {
            Some(name) if !self.random.one_in(3) => name.clone(),
            _ => self.reference(kind, depth),
        }
    }

    /// `base[...]` with a key that may not be there.
    pub(super) fn member(&mut self, base: &str, depth: usize) -> String {
        let collections =
            ["input.xs", "input.m", "data.d.tab", "data.d.blocked", "data.d.roles", "input.u.roles", base];
        let base = collections.get(self.random.below(collections.len())).copied().unwrap_or(base);
        let bound: Vec<String> = self.vars.iter().map(|var| var.name.clone()).collect();
        match self.weighted(&[4, 3, 4, 2]) {
            0 => format!("{base}[{}]", self.pick(&["0", "1", "\"a\"", "\"k\"", "\"x\"", "\"name\"", "true"])),
            1 => format!("{base}.{}", self.pick(&["a", "b", "k", "v", "x", "name"])),
            2 if !bound.is_empty() => {
                let index = self.random.below(bound.len());
                format!("{base}[{}]", bound.get(index).cloned().unwrap_or_default())
            }
            _ => format!("{base}[{}]", self.reference(Kind::Any, depth.saturating_sub(1))),
        }
    }

    /// A call, an operator, a comprehension.
    fn compound(&mut self, kind: Kind, depth: usize) -> String {
        if self.random.one_in(7)
            && let Some(call) = self.own_call(depth)
        {
            return call;
        }
        match kind {
            Kind::Number => match self.weighted(&[6, 4, 2, 2]) {
                0 => self.arithmetic(depth),
                1 => format!("count({})", self.collection(depth)),
                2 => format!("sum({})", self.term(Kind::Array, depth)),
                _ => format!("abs({})", self.term(Kind::Number, depth)),
            },
            Kind::Text => self.text_call(depth),
            Kind::Bool => self.test(depth),
            Kind::Array => match self.weighted(&[5, 2, 2, 1]) {
                0 => self.comprehension("[", "]", depth),
                1 => {
                    format!("array.concat({}, {})", self.term(Kind::Array, depth), self.term(Kind::Array, 0))
                }
                2 => format!("split({}, \"a\")", self.term(Kind::Text, depth)),
                _ => format!("sort({})", self.collection(depth)),
            },
            Kind::Set => match self.weighted(&[5, 3, 1]) {
                0 => self.comprehension("{", "}", depth),
                1 => {
                    let operator = self.pick(&["|", "&", "-"]);
                    format!("({} {operator} {})", self.set(depth), self.set(0))
                }
                _ => format!("object.keys({})", self.term(Kind::Object, depth)),
            },
            Kind::Object => match self.weighted(&[4, 2]) {
                0 => self.object_comprehension(depth),
                _ => format!(
                    "object.union({}, {})",
                    self.term(Kind::Object, depth),
                    self.term(Kind::Object, 0)
                ),
            },
            Kind::Any | Kind::Dynamic => match self.weighted(&[3, 2, 2, 2, 2, 2, 3]) {
                0 => self.arithmetic(depth),
                1 => self.text_call(depth),
                2 => self.test(depth),
                3 => self.comprehension("[", "]", depth),
                4 => self.comprehension("{", "}", depth),
                5 => self.object_comprehension(depth),
                _ => {
                    let (object, key) = (self.term(Kind::Object, depth), self.term(Kind::Text, 0));
                    format!("object.get({object}, {key}, {})", self.constant(Kind::Any, 0))
                }
            },
        }
    }

    /// A call of one of the policy's own functions.
    pub(super) fn own_call(&mut self, depth: usize) -> Option<String> {
        let index = self.random.below(self.functions.len());
        let function = self.functions.get(index)?.clone();
        let arguments: Vec<String> =
            (0..function.arity).map(|_| self.term(Kind::Any, depth.min(1))).collect();
        Some(format!("{}({})", function.name, arguments.join(", ")))
    }

    fn set(&mut self, depth: usize) -> String {
        let sets: Vec<String> = self
            .rules
            .iter()
            .chain(&self.vars)
            .filter(|named| named.kind == Kind::Set)
            .map(|named| named.name.clone())
            .collect();
        match sets.get(self.random.below(sets.len())) {
            Some(name) if !self.random.one_in(3) => name.clone(),
            _ => self.constant(Kind::Set, depth.min(1)),
        }
    }

    fn arithmetic(&mut self, depth: usize) -> String {
        let operator = self.pick(&["+", "+", "-", "*", "/", "%"]);
        let left = self.term(Kind::Number, depth);
        // An error of a built-in tells little: OPA's library is strict.
        let right = match operator {
            "/" | "%" => self.pick(&["2", "3", "1"]).to_owned(),
            _ => self.term(Kind::Number, depth.min(1)),
        };
        format!("({left} {operator} {right})")
    }

    fn text_call(&mut self, depth: usize) -> String {
        match self.weighted(&[3, 2, 2, 2, 2, 1, 2]) {
            0 => format!("lower({})", self.term(Kind::Text, depth)),
            1 => format!("concat(\"/\", [{}, \"b\"])", self.term(Kind::Text, depth)),
            2 => {
                format!("sprintf(\"%v-%v\", [{}, {}])", self.term(Kind::Any, depth), self.term(Kind::Any, 0))
            }
            3 => format!("trim_prefix({}, \"a\")", self.term(Kind::Text, depth)),
            4 => format!("replace({}, \"a\", {})", self.term(Kind::Text, depth), self.term(Kind::Text, 0)),
            5 => format!("$\"<{{{}}}>\"", self.term(Kind::Any, 0)),
            _ => format!("type_name({})", self.term(Kind::Any, depth)),
        }
    }

    /// Something that is true, false or undefined.
    pub(super) fn test(&mut self, depth: usize) -> String {
        match self.weighted(&[6, 3, 2, 2, 1, 2]) {
            0 => self.comparison(depth),
            1 => {
                let collection = self.collection(depth);
                format!("({} in {collection})", self.term(Kind::Any, depth))
            }
            2 => {
                let name = self.pick(&["startswith", "endswith", "contains"]);
                format!("{name}({}, {})", self.term(Kind::Text, depth), self.term(Kind::Text, 0))
            }
            3 => {
                let name = self.pick(&[
                    "is_string",
                    "is_number",
                    "is_array",
                    "is_object",
                    "is_null",
                    "is_set",
                    "is_boolean",
                ]);
                format!("{name}({})", self.term(Kind::Any, depth))
            }
            4 => format!("regex.match(`^[ab]`, {})", self.term(Kind::Text, depth)),
            _ => format!("glob.match(\"*\", [\"/\"], {})", self.term(Kind::Text, depth)),
        }
    }

    /// Two terms compared.
    pub(super) fn comparison(&mut self, depth: usize) -> String {
        let operator = self.pick(&["==", "==", "==", "!=", "!=", "<", ">", "<=", ">="]);
        let kinds = [Kind::Any, Kind::Text, Kind::Number, Kind::Array];
        let kind = kinds.get(self.weighted(&[5, 3, 3, 1])).copied().unwrap_or(Kind::Any);
        let left = if self.random.one_in(12) { self.term(kind, depth) } else { self.dynamic(kind, depth) };
        let right = self.term(kind, depth.min(1));
        match self.random.one_in(5) {
            true => format!("{right} {operator} {left}"),
            false => format!("{left} {operator} {right}"),
        }
    }

    /// Something to iterate over.
    pub(super) fn collection(&mut self, depth: usize) -> String {
        let kinds = [Kind::Array, Kind::Object, Kind::Set];
        let kind = kinds.get(self.weighted(&[5, 3, 2])).copied().unwrap_or(Kind::Array);
        self.term(kind, depth)
    }

    fn comprehension(&mut self, open: &str, close: &str, depth: usize) -> String {
        self.inner(|writer| {
            let body = writer.statements(depth.min(1), 2).join("; ");
            let head = writer.head_value(0);
            format!("{open}{head} | {body}{close}")
        })
    }

    fn object_comprehension(&mut self, depth: usize) -> String {
        self.inner(|writer| {
            let body = writer.statements(depth.min(1), 2).join("; ");
            let key = writer.head_value(0);
            let value = writer.head_value(0);
            format!("{{{key}: {value} | {body}}}")
        })
    }

    /// Writes something whose variables end with it.
    pub(super) fn inner<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.vars.len();
        let written = write(self);
        self.vars.truncate(before);
        written
    }

    /// What a head or a comprehension gives: mostly a variable of its body.
    pub(super) fn head_value(&mut self, depth: usize) -> String {
        match self.vars.last().map(|var| var.name.clone()) {
            Some(name) if !self.random.one_in(4) => name,
            _ => self.term(Kind::Any, depth),
        }
    }
}
