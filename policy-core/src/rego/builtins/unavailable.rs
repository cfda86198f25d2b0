//! Built-in functions that OPA has and this engine has not, each with what to use instead.
//!
//! A policy that calls one is refused when it loads. The functions of OPA that need the network, a clock or a compiler
//! cannot be inside a proxy's filter; the others could not be made to answer exactly as OPA does.

/// Names, and what to use instead.
pub(in crate::rego) const UNAVAILABLE: &[(&str, &str)] = &[
    (
        "crypto.x509.parse_and_verify_certificates",
        "the peer's certificate is verified before the policy runs: use its identity from the input",
    ),
    (
        "crypto.x509.parse_and_verify_certificates_with_options",
        "the peer's certificate is verified before the policy runs: use its identity from the input",
    ),
    ("graphql.is_valid", "parse the query outside and decide on the parts of it that the input has"),
    ("graphql.parse", "parse the query outside and decide on the parts of it that the input has"),
    ("graphql.parse_and_verify", "parse the query outside and decide on the parts of it that the input has"),
    ("graphql.parse_query", "parse the query outside and decide on the parts of it that the input has"),
    ("graphql.parse_schema", "parse the schema outside and put what is needed of it into data"),
    ("graphql.schema_is_valid", "check the schema where it is made"),
    ("http.send", "use what the request's input has, and put what would be fetched into data"),
    ("json.match_schema", "check the fields that matter with conditions of their own"),
    ("json.verify_schema", "check the schema where it is made"),
    (
        "net.lookup_ip_addr",
        "use the addresses that the input has, or put names with their addresses into data",
    ),
    ("providers.aws.sign_req", "sign requests where they are sent"),
    ("regex.globs_match", "compare the patterns where they are made"),
    ("rego.parse_module", "check policies where they are made"),
    ("strings.render_template", "use sprintf, or a template string: $\"{input.name} ..\""),
    ("yaml.is_valid", "use JSON: json.is_valid"),
    ("yaml.marshal", "use JSON: json.marshal"),
    ("yaml.unmarshal", "use JSON: json.unmarshal, or put the document into data"),
];

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::{crypto, jwt};
    use super::UNAVAILABLE;

    #[test]
    fn names_are_in_order_and_not_also_there() {
        assert!(UNAVAILABLE.is_sorted_by(|a, b| a.0 < b.0));
        for (name, _) in UNAVAILABLE {
            assert!(!jwt::TABLE.iter().chain(crypto::TABLE).any(|(known, _)| known == name), "{name}");
        }
    }

    #[test]
    fn the_tables_are_in_order() {
        assert!(jwt::TABLE.is_sorted_by(|a, b| a.0 < b.0));
        assert!(crypto::TABLE.is_sorted_by(|a, b| a.0 < b.0));
    }
}
