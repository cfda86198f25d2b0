//! Inputs and data: a few fields, of which any may be missing or of another type than the policy expects.

use super::Writer;

impl Writer {
    /// A data document: `d` for everybody, and sometimes something below the packages of the policy.
    pub(super) fn data(&mut self) -> String {
        let blocked = self.list(&["\"a\"", "\"b\"", "\"mallory\"", "1"]);
        let tab =
            self.object(&[("a", "{\"k\":1,\"name\":\"a\"}"), ("b", "\"a\""), ("x", "[1,2]"), ("1", "null")]);
        let n = self.pick(&["0", "1", "2", "3.5", "\"2\"", "null"]);
        let roles = self.object(&[("alice", "[\"admin\",\"dev\"]"), ("bob", "[]"), ("a", "[\"dev\"]")]);
        let mut members =
            vec![format!("\"d\":{{\"blocked\":{blocked},\"tab\":{tab},\"n\":{n},\"roles\":{roles}}}")];
        match self.weighted(&[20, 2, 1, 1]) {
            1 => members.push(String::from("\"t\":{\"base\":{\"a\":1}}")),
            2 => members.push(String::from("\"t\":{\"p0\":{\"base\":1}}")),
            3 => members.push(String::from("\"lib\":{\"l9\":true}")),
            _ => {}
        }
        format!("{{{}}}", members.join(","))
    }

    /// An input.
    pub(super) fn input(&mut self) -> String {
        if self.random.one_in(40) {
            return self.pick(&["", "{}", "null", "[1,2]", "\"a\"", "7", "false"]).to_owned();
        }
        let mut members = Vec::new();
        let fields = ["a", "b", "n", "s", "xs", "m", "u", "flag"];
        for field in fields {
            if self.random.one_in(4) {
                continue;
            }
            let value = if self.random.one_in(6) { self.any_value(2) } else { self.value_of(field) };
            members.push(format!("\"{field}\":{value}"));
        }
        format!("{{{}}}", members.join(","))
    }

    fn value_of(&mut self, field: &str) -> String {
        match field {
            "n" => self.pick(&["0", "1", "2", "3", "-1", "2.5", "10", "1.0", "1e2"]).to_owned(),
            "s" => self.pick(&["\"\"", "\"a\"", "\"b\"", "\"abc\"", "\"/a/b\"", "\"A\"", "\"1\""]).to_owned(),
            "xs" => self.list(&["0", "1", "2", "3", "\"a\"", "\"b\"", "false", "null", "[1]", "{\"k\":1}"]),
            "m" => self.object(&[
                ("a", "{\"v\":1}"),
                ("b", "{\"v\":2,\"w\":\"x\"}"),
                ("x", "{\"v\":1}"),
                ("k", "1"),
                ("1", "true"),
                ("abc", "{}"),
            ]),
            "u" => {
                let roles = self.list(&["\"admin\"", "\"dev\"", "\"a\""]);
                let name = self.pick(&["\"alice\"", "\"bob\"", "\"a\"", "1"]);
                let admin = self.pick(&["true", "false", "false"]);
                self.object(&[("name", name), ("roles", &roles), ("admin", admin)])
            }
            "flag" => self.pick(&["true", "true", "false", "null"]).to_owned(),
            _ => self.any_value(2),
        }
    }

    fn any_value(&mut self, depth: usize) -> String {
        match self.weighted(&[12, 2, 2]) {
            1 if depth > 0 => {
                let (one, other) = (self.any_value(depth - 1), self.any_value(depth - 1));
                self.list(&[&one, &other, "1"])
            }
            2 if depth > 0 => {
                let (one, other) = (self.any_value(depth - 1), self.any_value(depth - 1));
                self.object(&[("a", &one), ("k", &other), ("v", "1")])
            }
            _ => self
                .pick(&[
                    "null", "true", "false", "0", "1", "2", "\"\"", "\"a\"", "\"b\"", "\"x\"", "1.5", "[]",
                    "{}",
                ])
                .to_owned(),
        }
    }

    /// Some of the items, in any order, perhaps repeated.
    fn list(&mut self, items: &[&str]) -> String {
        let count = self.random.below(4);
        let chosen: Vec<&str> =
            (0..count).filter_map(|_| items.get(self.random.below(items.len())).copied()).collect();
        format!("[{}]", chosen.join(","))
    }

    /// Most of the members.
    fn object(&mut self, members: &[(&str, &str)]) -> String {
        let mut chosen = Vec::new();
        for (key, value) in members {
            if !self.random.one_in(3) {
                chosen.push(format!("\"{key}\":{value}"));
            }
        }
        format!("{{{}}}", chosen.join(","))
    }
}
