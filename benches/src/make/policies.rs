//! Policies of a size, and requests of a size.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::scenarios::empty;
use super::stage::Stage;
use super::{EMPTY, case, decide, group, policy_only};
use crate::cases::{Case, Group, Request, Work};

pub(super) fn rules(stage: &mut Stage) -> Group {
    let mut cases = vec![case("baseline: allow := true", Work::Decide(empty()))];
    for (count, places) in [(1, &["first"][..]), (10, &["first", "last"]), (100, &["first", "last"])] {
        let name = format!("rules-{count}");
        stage.add(&name, policy_only(&numbered_rules(count)));
        let plural = if count == 1 { "rule" } else { "rules" };
        for place in places {
            let number = if *place == "first" { 0 } else { count - 1 };
            let title = if count == 1 {
                "1 rule, it holds".to_owned()
            } else {
                format!("{count} {plural}, the {place} holds")
            };
            cases.push(case(title, Work::Decide(decide(&name, vec![resource(number)]))));
        }
        let nowhere = decide(&name, vec![resource(count)]).expecting("policy_denied");
        cases.push(case(format!("{count} {plural}, none holds"), Work::Decide(nowhere)));
    }
    stage.add("table-100", table(100));
    cases
        .push(case("1 rule with a table of 100 rows", Work::Decide(decide("table-100", vec![resource(99)]))));
    group("rules", "What does a policy cost by its number of rules?", cases)
}

pub(super) fn unread_headers(stage: &mut Stage) -> Group {
    let by_method = "package bench\n\ndefault allow := false\n\nallow if input.request.method == \"GET\"\n";
    let by_header = "package bench\n\ndefault allow := false\n\nallow if input.request.headers[\"x-team\"] == \"payments\"\n";
    stage.add("reads-no-header", policy_only(by_method));
    stage.add("reads-one-header", policy_only(by_header));
    let mut cases = Vec::new();
    for (configuration, reads) in
        [("reads-no-header", "no header read"), ("reads-one-header", "one header read")]
    {
        for extra in [0, 10, 50] {
            let mut request = Request::new("GET", "/orders/7").header("x-team", "payments");
            for number in 0..extra {
                request = request
                    .header(format!("x-extra-{number}"), format!("a value that nobody reads {number}"));
            }
            let title = match (cases.len(), extra) {
                (0, _) => format!("baseline: {reads}"),
                (_, 0) => reads.to_owned(),
                _ => format!("{reads}, {extra} more on the request"),
            };
            cases.push(case(title, Work::Decide(decide(configuration, vec![request]))));
        }
    }
    group("headers", "What do headers cost that the policy does not read?", cases)
}

pub(super) fn loading() -> Group {
    let load = |title: &str, configuration: &str| -> Case {
        case(title, Work::Load { configuration: configuration.to_owned() })
    };
    let cases = vec![
        load("baseline: allow := true", EMPTY),
        load("mesh", "mesh"),
        load("accounts", "accounts"),
        load("10 rules", "rules-10"),
        load("100 rules", "rules-100"),
    ];
    group("load", "What does a configuration cost when it is loaded, once for each worker?", cases)
}

fn resource(number: usize) -> Request {
    Request::new("GET", &format!("/v1/resources/{number}"))
}

fn numbered_rules(count: usize) -> String {
    let mut source = "package bench\n\ndefault allow := false\n".to_owned();
    for number in 0..count {
        // Writing into a string cannot fail.
        let _ = write!(
            source,
            "\nallow if {{\n\tinput.request.method == \"GET\"\n\tinput.request.path == \"/v1/resources/{number}\"\n}}\n"
        );
    }
    source
}

/// The same as rules by number, with what differs between them in the data document.
fn table(rows: usize) -> Value {
    let row = |number| (format!("/v1/resources/{number}"), json!(["GET"]));
    let methods: Map<String, Value> = (0..rows).map(row).collect();
    let mut document = policy_only(
        "package bench\n\ndefault allow := false\n\nallow if input.request.method in data.methods[input.request.path]\n",
    );
    if let Some(policy) = document.get_mut("policy").and_then(Value::as_object_mut) {
        policy.insert("data".to_owned(), json!({ "methods": methods }));
    }
    document
}
