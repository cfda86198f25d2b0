//! `doorward schema`: a JSON Schema that holds what the filter holds, and that is the published one.

use std::fs;

use crate::common::{doorward, root};
use doorward_cli::source::resolve;
use jsonschema::Validator;
use serde_json::{Value, json};

fn schema() -> Value {
    let ended = doorward(root(), &["schema"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    serde_json::from_str(&ended.stdout).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

fn faults(document: &Value) -> Vec<String> {
    validator().iter_errors(document).map(|error| error.to_string()).collect()
}

/// Every `doorward*.yaml` of the scenarios.
fn scenarios() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for folder in fs::read_dir(root().join("envoy")).unwrap() {
        let folder = folder.unwrap().path();
        for file in fs::read_dir(&folder).into_iter().flatten() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("doorward") && name.ends_with(".yaml") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), serde_saphyr::from_str(&text).unwrap()));
            }
        }
    }
    found
}

#[test]
fn it_is_a_json_schema() {
    let schema = schema();
    jsonschema::draft202012::meta::validate(&schema).map_err(|error| error.to_string()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["title"], "Doorward configuration");
}

#[test]
fn it_accepts_every_scenario() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 7, "{} scenarios", scenarios.len());
    for (name, document) in scenarios {
        assert_eq!(faults(&document), [""; 0], "{name}");
    }
    // And what `render` makes of one.
    let rendered = resolve(&root().join("envoy/payments/doorward.yaml")).unwrap();
    assert_eq!(faults(&rendered), [""; 0]);
}

#[test]
fn it_refuses_what_the_filter_refuses_for_its_form() {
    let good =
        || json!({ "version": 1, "policy": { "modules": [{ "name": "a.rego", "source": "package a" }] } });
    assert_eq!(faults(&good()), [""; 0]);
    type Spoil = fn(&mut Value);
    let spoiled: [(&str, Spoil); 12] = [
        ("no policy", |document| drop(document.as_object_mut().unwrap().remove("policy"))),
        ("no version", |document| drop(document.as_object_mut().unwrap().remove("version"))),
        ("an unknown field", |document| document["polcy"] = json!({})),
        ("an unknown field of the policy", |document| document["policy"]["moduls"] = json!([])),
        ("a version that is text", |document| document["version"] = json!("1")),
        ("an unknown mode", |document| document["mode"] = json!("permissive")),
        ("modules that are no list", |document| document["policy"]["modules"] = json!({})),
        ("an identity without a trust domain", |document| document["identity"] = json!({ "sources": [] })),
        ("an unknown source", |document| {
            document["identity"] = json!({ "trust_domain": "a.test", "sources": [{ "type": "header" }] });
        }),
        ("audiences that are text", |document| {
            document["tokens"] = json!({ "providers": [{ "name": "a", "audiences": "b" }] });
        }),
        ("a negative limit", |document| document["limits"] = json!({ "headers": -1 })),
        ("a list", |document| *document = json!([])),
    ];
    for (case, spoil) in spoiled {
        let mut document = good();
        spoil(&mut document);
        assert_ne!(faults(&document), [""; 0], "{case}");
        assert!(policy_core::Snapshot::load(document.to_string().as_bytes()).is_err(), "{case}");
    }
}

#[test]
fn it_is_the_published_one() {
    let published = fs::read_to_string(root().join("envoy/doorward.schema.json")).unwrap_or_default();
    let current = doorward(root(), &["schema"]).stdout;
    assert!(published == current, "run `doorward schema > envoy/doorward.schema.json`");
}

#[test]
fn every_field_is_described() {
    fn undescribed(schema: &Value, place: &str, found: &mut Vec<String>) {
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if property.get("description").is_none() && property.get("const").is_none() {
                found.push(format!("{place}.{name}"));
            }
        }
    }
    let schema = schema();
    let mut found = Vec::new();
    undescribed(&schema, "", &mut found);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        undescribed(definition, name, &mut found);
        for variant in definition.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
            // Either the form is described, or each of its fields is.
            if variant.get("description").is_none() {
                undescribed(variant, name, &mut found);
            }
            for (field, inner) in variant.get("properties").and_then(Value::as_object).into_iter().flatten() {
                undescribed(inner, &format!("{name}.{field}"), &mut found);
            }
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn the_reference_has_a_row_for_each_field_of_the_schema() {
    let ended = doorward(root(), &["schema", "--reference"]);
    assert_eq!(ended.code, Some(0));
    for name in schema()["properties"].as_object().unwrap().keys() {
        assert!(ended.stdout.contains(&format!("| `{name}` |")), "{name}");
    }
}
