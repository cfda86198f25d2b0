//! Policies that engines are compared on, and the requests that find their first rule, their last, or none.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{case, group};
use crate::cases::{Ask, ByHand, Comparison, Engine, Fields, Group, Policy, Work};

const HEAD: &str = "package bench\n\ndefault allow := false\n\n";

/// The bytecode machine's programs have at most 65 535 instructions.
const MOST_BYTECODE_RULES: usize = 3_000;

/// All comparisons, a group for each policy and request.
pub(super) fn comparisons(policies: &mut BTreeMap<String, Policy>) -> Vec<Group> {
    let mut all = Comparisons { policies, groups: Vec::new() };
    all.two_rules();
    for count in [10, 100, 1_000, 10_000] {
        all.rules(count);
    }
    all.searched(1_000);
    all.keyed(1_000);
    all.globs(50);
    all.regexes(50);
    all.prefixes(50);
    all.groups
}

struct Comparisons<'a> {
    policies: &'a mut BTreeMap<String, Policy>,
    groups: Vec<Group>,
}

impl Comparisons<'_> {
    fn policy(&mut self, name: &str, module: String, data: Value, by_hand: ByHand) {
        self.policies.insert(name.to_owned(), Policy { module, data, by_hand });
    }

    /// The request to each engine: `policy, which`.
    fn ask(
        &mut self,
        policy: &str,
        which: &str,
        fields: Fields,
        allows: bool,
        aim: Comparison,
        engines: &[Engine],
    ) {
        let cases = engines.iter().map(|engine| {
            let ask = Ask { engine: *engine, policy: policy.to_owned(), fields: fields.clone(), allows };
            case(name(*engine), Work::Ask(ask))
        });
        let question = format!("{policy}, {which}");
        let mut group = group(&format!("engines {question}"), &question, cases.collect());
        group.comparison = Some(aim);
        self.groups.push(group);
    }

    fn two_rules(&mut self) {
        let module = format!(
            r#"{HEAD}allow if {{
	input.source.spiffe_id == "spiffe://corp.example.com/ns/shop/sa/frontend"
	input.request.method == "GET"
	startswith(input.request.path, "/orders/")
}}

allow if {{
	input.source.spiffe_id == "spiffe://corp.example.com/ns/shop/sa/batch"
	input.request.method == "POST"
	input.request.path == "/reports"
}}
"#
        );
        let name = "2 rules";
        self.policy(name, module, json!({}), ByHand::TwoRules);
        let caller = |account: &str| format!("spiffe://corp.example.com/ns/shop/sa/{account}");
        let aim = || Comparison { aim_nanos: Some(500.0), aim_times: None };
        self.ask(name, "the first holds", fields(&caller("frontend"), "GET", "/orders/7"), true, aim(), &ALL);
        self.ask(name, "the last holds", fields(&caller("batch"), "POST", "/reports"), true, aim(), &ALL);
        self.ask(name, "none holds", fields(&caller("nobody"), "GET", "/orders/7"), false, aim(), &ALL);
    }

    fn rules(&mut self, count: usize) {
        let mut module = HEAD.to_owned();
        for (caller, method, prefix) in rows(count) {
            let _ = writeln!(
                module,
                "allow if {{ input.source.spiffe_id == \"{caller}\"; input.request.method == \"{method}\"; \
                 startswith(input.request.path, \"{prefix}\") }}"
            );
        }
        let name = format!("{} rules", thousands(count));
        self.policy(&name, module, json!({}), ByHand::ByCaller(rows(count)));
        let engines: Vec<Engine> = ALL
            .into_iter()
            .filter(|engine| *engine != Engine::Bytecode || count <= MOST_BYTECODE_RULES)
            .collect();
        for (which, number) in places(count) {
            let aim = Comparison {
                aim_nanos: None,
                aim_times: (count > 10).then(|| (1.2, format!("engines 10 rules, {which}"))),
            };
            self.ask(&name, which, resource(number), number < count, aim, &engines);
        }
    }

    fn searched(&mut self, count: usize) {
        let module = format!(
            "{HEAD}allow if {{\n\tsome binding in data.bindings\n\tbinding.caller == input.source.spiffe_id\n\
             \tbinding.method == input.request.method\n\tstartswith(input.request.path, binding.prefix)\n}}\n"
        );
        let bindings: Vec<Value> = rows(count)
            .into_iter()
            .map(|(caller, method, prefix)| json!({ "caller": caller, "method": method, "prefix": prefix }))
            .collect();
        let name = format!("{} bindings searched", thousands(count));
        self.policy(&name, module, json!({ "bindings": bindings }), ByHand::ByCaller(rows(count)));
        self.everywhere(&name, count, 2_000.0);
    }

    fn keyed(&mut self, count: usize) {
        let module = format!(
            "{HEAD}allow if {{\n\trow := data.table[input.source.spiffe_id]\n\trow.method == input.request.method\n\
             \tstartswith(input.request.path, row.prefix)\n}}\n"
        );
        let table: Map<String, Value> = rows(count)
            .into_iter()
            .map(|(caller, method, prefix)| (caller, json!({ "method": method, "prefix": prefix })))
            .collect();
        let name = format!("a table of {} by key", thousands(count));
        self.policy(&name, module, json!({ "table": table }), ByHand::ByCaller(rows(count)));
        self.everywhere(&name, count, 2_000.0);
    }

    fn globs(&mut self, count: usize) {
        let rule = |number| format!("glob.match(\"/s{number}/*/items/**\", [\"/\"], input.request.path)");
        let by_hand = (0..count).map(|number| format!("^/s{number}/[^/]*/items/(?s:.*)$")).collect();
        self.policy(&format!("{count} globs"), patterns(count, rule), json!({}), ByHand::Regexes(by_hand));
        self.patterns(&format!("{count} globs"), count);
    }

    fn regexes(&mut self, count: usize) {
        let pattern = |number| format!("^/s{number}/[a-z]+/items/[0-9]+$");
        let rule = |number| format!("regex.match(\"{}\", input.request.path)", pattern(number));
        let by_hand = (0..count).map(pattern).collect();
        self.policy(&format!("{count} regexes"), patterns(count, rule), json!({}), ByHand::Regexes(by_hand));
        self.patterns(&format!("{count} regexes"), count);
    }

    fn prefixes(&mut self, count: usize) {
        let prefix = |number| format!("/s{number}/");
        let rule = |number| format!("startswith(input.request.path, \"{}\")", prefix(number));
        let by_hand = || ByHand::Prefixes((0..count).map(prefix).collect());
        let name = format!("{count} prefixes");
        self.policy(&name, patterns(count, rule), json!({}), by_hand());
        self.patterns(&name, count);
        let name = format!("{count} prefixes searched");
        let module = format!(
            "{HEAD}allow if {{\n\tsome prefix in data.prefixes\n\tstartswith(input.request.path, prefix)\n}}\n"
        );
        let all: Vec<String> = (0..count).map(prefix).collect();
        self.policy(&name, module, json!({ "prefixes": all }), by_hand());
        self.patterns(&name, count);
    }

    fn patterns(&mut self, name: &str, count: usize) {
        for (which, number) in places(count).into_iter().skip(1) {
            let aim = Comparison { aim_nanos: Some(2_000.0), aim_times: None };
            self.ask(name, which, resource(number), number < count, aim, &ALL);
        }
    }

    fn everywhere(&mut self, name: &str, count: usize, aim_nanos: f64) {
        for (which, number) in places(count) {
            let aim = Comparison { aim_nanos: Some(aim_nanos), aim_times: None };
            self.ask(name, which, resource(number), number < count, aim, &ALL);
        }
    }
}

const ALL: [Engine; 5] =
    [Engine::Doorward, Engine::ByHand, Engine::Interpreter, Engine::Bytecode, Engine::Opa];

fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Doorward => "Doorward",
        Engine::ByHand => "by hand",
        Engine::Interpreter => "regorus, interpreter",
        Engine::Bytecode => "regorus, bytecode",
        Engine::Opa => "OPA",
    }
}

fn places(count: usize) -> [(&'static str, usize); 3] {
    [("the first holds", 0), ("the last holds", count - 1), ("none holds", count)]
}

/// Callers with their method and prefix.
fn rows(count: usize) -> Vec<(String, String, String)> {
    (0..count).map(|number| (caller(number), "GET".to_owned(), format!("/s{number}/"))).collect()
}

fn caller(number: usize) -> String {
    format!("spiffe://corp.example.com/ns/shop/sa/s{number}")
}

/// A request of a caller for its own resource.
fn resource(number: usize) -> Fields {
    fields(&caller(number), "GET", &format!("/s{number}/orders/items/7"))
}

fn fields(spiffe_id: &str, method: &str, path: &str) -> Fields {
    let host = "service.corp.example.com".to_owned();
    Fields { spiffe_id: spiffe_id.to_owned(), method: method.to_owned(), path: path.to_owned(), host }
}

fn patterns(count: usize, rule: impl Fn(usize) -> String) -> String {
    let mut module = HEAD.to_owned();
    for number in 0..count {
        let _ = writeln!(module, "allow if {}", rule(number));
    }
    module
}

fn thousands(count: usize) -> String {
    match (count / 1_000, count % 1_000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}
