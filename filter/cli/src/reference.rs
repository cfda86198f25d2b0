//! The configuration reference: the JSON Schema as a Markdown table, so that the two cannot differ.

use std::fmt::Write as _;

use serde_json::Value;

/// The reference of this JSON Schema: one row a field, in the order of the document.
#[must_use]
pub fn reference(schema: &Value) -> String {
    let mut table = String::from("| Field | Type | Default | Meaning |\n|---|---|---|---|\n");
    rows(&mut table, schema, schema, "");
    table
}

fn rows(table: &mut String, root: &Value, object: &Value, path: &str) {
    let required: Vec<&str> = strings(object.get("required"));
    let properties = object.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        if property.get("const").is_some() {
            continue;
        }
        let place = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let (shape, is_list) = shape(root, property);
        let default = match property.get("default") {
            Some(value) if value.is_object() => String::new(),
            Some(_) if property.get("minItems").is_some() => "required".to_owned(),
            Some(value) => format!("`{value}`"),
            None if required.contains(&&**name) => "required".to_owned(),
            None => String::new(),
        };
        let meaning =
            property.get("description").or_else(|| shape.get("description")).and_then(Value::as_str);
        let _infallible = writeln!(
            table,
            "| `{place}` | {} | {default} | {} |",
            kind(root, property),
            meaning.unwrap_or_default().replace('\n', " ").replace('|', "\\|"),
        );
        let below = if is_list { format!("{place}[]") } else { place };
        if shape.get("properties").is_some() {
            rows(table, root, shape, &below);
        }
        variants(table, root, shape, &below);
    }
}

/// The forms of a tagged object: each with its tag and its own fields.
fn variants(table: &mut String, root: &Value, shape: &Value, path: &str) {
    for variant in shape.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        if variant.get("properties").is_none() {
            continue;
        }
        let tag = variant.pointer("/properties/type/const").and_then(Value::as_str);
        let place = tag.map_or_else(|| path.to_owned(), |tag| format!("{path} (`type: {tag}`)"));
        let meaning =
            variant.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        if tag.is_some() {
            let _infallible =
                writeln!(table, "| `{path}` `type: {}` | object | | {meaning} |", tag.unwrap_or_default());
        }
        rows(table, root, variant, &place.replace('`', ""));
    }
}

/// The schema behind a property: through references, options and lists; and whether it is a list's item.
fn shape<'a>(root: &'a Value, property: &'a Value) -> (&'a Value, bool) {
    let property = target(root, property);
    match property.get("items") {
        Some(items) => (target(root, items), true),
        None => (property, false),
    }
}

fn target<'a>(root: &'a Value, property: &'a Value) -> &'a Value {
    let option =
        property.get("anyOf").and_then(Value::as_array).and_then(|forms| forms.first()).unwrap_or(property);
    let reference = option.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
    reference.and_then(|pointer| root.pointer(pointer)).unwrap_or(option)
}

fn kind(root: &Value, property: &Value) -> String {
    let (shape, is_list) = shape(root, property);
    let choices: Vec<&str> = match shape.get("enum") {
        Some(names) => strings(Some(names)),
        None => {
            let forms = shape.get("oneOf").and_then(Value::as_array).into_iter().flatten();
            forms.filter_map(|form| form.get("const").and_then(Value::as_str)).collect()
        }
    };
    let one = if choices.is_empty() {
        let names = match shape.get("type") {
            Some(Value::String(name)) => vec![name.as_str()],
            Some(list) => strings(Some(list)),
            None => vec!["object"],
        };
        names.into_iter().filter(|name| *name != "null").collect::<Vec<_>>().join(" or ")
    } else {
        choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ")
    };
    if is_list { format!("list of {one}") } else { one }
}

fn strings(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
