//! Every built-in function of OPA 1.20: offered, or withheld with the reason. A name that is not here is no function.
//!
//! Offered are those whose answers were compared with OPA's, with regorus' function where it gives the same and ours
//! where it does not.

use super::{Function, ITEMS, cidr, glob, json, numbers, regex, strings, text, time, urlquery};

/// One built-in function.
pub(in crate::old_rego) struct Builtin {
    pub(in crate::old_rego) name: &'static str,
    /// The number of arguments.
    pub(in crate::old_rego) arity: u8,
    pub(in crate::old_rego) offer: Offer,
}

/// Whether a policy may call it.
#[derive(Clone, Copy)]
pub(in crate::old_rego) enum Offer {
    Offered { body: Body, cost: Cost },
    Withheld { reason: &'static str, instead: &'static str },
}

/// What runs when it is called.
#[derive(Clone, Copy)]
pub(in crate::old_rego) enum Body {
    /// regorus' function of that name.
    Regorus,
    /// Our own.
    Ours(Function),
    /// The interpreter itself: it is part of how bodies are evaluated.
    Interpreter,
}

/// What a call costs, besides the step that it is.
#[derive(Clone, Copy)]
pub(in crate::old_rego) enum Cost {
    /// Nothing, or the function charges for itself.
    Constant,
    /// The size of the arguments.
    Linear,
    /// The product of the sizes of the arguments.
    Product,
}

/// The built-in of a name.
pub(in crate::old_rego) fn find(name: &str) -> Option<&'static Builtin> {
    TABLE.iter().find(|builtin| builtin.name == name)
}

const fn offered(name: &'static str, arity: u8, body: Body, cost: Cost) -> Builtin {
    Builtin { name, arity, offer: Offer::Offered { body, cost } }
}

const fn withheld(name: &'static str, arity: u8, (reason, instead): (&'static str, &'static str)) -> Builtin {
    Builtin { name, arity, offer: Offer::Withheld { reason, instead } }
}

/// Why, and what to use instead.
type Reason = (&'static str, &'static str);

const TOKENS: Reason = (
    "tokens are verified before the policy runs",
    "configure a JWT provider and read its verified claims from `input.jwt`",
);
const CRYPTO: Reason =
    ("it is not offered yet", "read what the filter has verified from `input.identity` and `input.jwt`");
const NETWORK: Reason =
    ("a decision makes no network calls", "put what the policy needs into the data document");
const NO_RANDOMNESS: Reason =
    ("a decision is deterministic", "remove it, or compute it outside of the policy");
const NO_ENVIRONMENT: Reason =
    ("a decision does not see its environment", "put what the policy needs into the data document");
const UNBOUNDED: Reason = (
    "its work is not bounded by the size of its arguments",
    "compute the value outside of the policy and put it into the data document",
);
const DIFFERENT: Reason = (
    "this engine's answers differ from OPA's",
    "use another built-in, such as `startswith`, `split`, `glob.match` or `regex.match`",
);
const NOT_YET: Reason = ("it is not offered yet", "compute the value outside of the policy");
const DEPRECATED: Reason = ("it is deprecated and not offered yet", "use its replacement in today's Rego");

/// Sorted by name.
static TABLE: &[Builtin] = &[
    // Not OPA's: see `rewrite`. No policy can name it.
    offered(ITEMS, 1, Body::Ours(text::ITEMS), Cost::Constant),
    offered("abs", 1, Body::Regorus, Cost::Linear),
    withheld("all", 1, DEPRECATED),
    withheld("any", 1, DEPRECATED),
    offered("array.concat", 2, Body::Regorus, Cost::Linear),
    withheld("array.flatten", 1, NOT_YET),
    offered("array.reverse", 1, Body::Regorus, Cost::Linear),
    offered("array.slice", 3, Body::Regorus, Cost::Linear),
    offered("base64.decode", 1, Body::Ours(strings::BASE64_DECODE), Cost::Linear),
    offered("base64.encode", 1, Body::Regorus, Cost::Linear),
    offered("base64.is_valid", 1, Body::Ours(strings::BASE64_IS_VALID), Cost::Linear),
    offered("base64url.decode", 1, Body::Ours(strings::BASE64URL_DECODE), Cost::Linear),
    offered("base64url.encode", 1, Body::Regorus, Cost::Linear),
    offered("base64url.encode_no_pad", 1, Body::Regorus, Cost::Linear),
    offered("bits.and", 2, Body::Ours(numbers::BITS_AND), Cost::Linear),
    withheld("bits.lsh", 2, UNBOUNDED),
    offered("bits.negate", 1, Body::Ours(numbers::BITS_NEGATE), Cost::Linear),
    offered("bits.or", 2, Body::Ours(numbers::BITS_OR), Cost::Linear),
    withheld("bits.rsh", 2, UNBOUNDED),
    offered("bits.xor", 2, Body::Ours(numbers::BITS_XOR), Cost::Linear),
    withheld("cast_array", 1, DEPRECATED),
    withheld("cast_boolean", 1, DEPRECATED),
    withheld("cast_null", 1, DEPRECATED),
    withheld("cast_object", 1, DEPRECATED),
    withheld("cast_set", 1, DEPRECATED),
    withheld("cast_string", 1, DEPRECATED),
    offered("ceil", 1, Body::Regorus, Cost::Linear),
    offered("concat", 2, Body::Ours(strings::CONCAT), Cost::Linear),
    offered("contains", 2, Body::Regorus, Cost::Linear),
    offered("count", 1, Body::Regorus, Cost::Linear),
    withheld("crypto.hmac.equal", 2, CRYPTO),
    withheld("crypto.hmac.md5", 2, CRYPTO),
    withheld("crypto.hmac.sha1", 2, CRYPTO),
    withheld("crypto.hmac.sha256", 2, CRYPTO),
    withheld("crypto.hmac.sha512", 2, CRYPTO),
    withheld("crypto.md5", 1, CRYPTO),
    withheld("crypto.parse_private_keys", 1, CRYPTO),
    withheld("crypto.sha1", 1, CRYPTO),
    withheld("crypto.sha256", 1, CRYPTO),
    withheld("crypto.x509.parse_and_verify_certificates", 1, CRYPTO),
    withheld("crypto.x509.parse_and_verify_certificates_with_options", 2, CRYPTO),
    withheld("crypto.x509.parse_certificate_request", 1, CRYPTO),
    withheld("crypto.x509.parse_certificates", 1, CRYPTO),
    withheld("crypto.x509.parse_keypair", 2, CRYPTO),
    withheld("crypto.x509.parse_rsa_private_key", 1, CRYPTO),
    offered("endswith", 2, Body::Regorus, Cost::Linear),
    offered("floor", 1, Body::Regorus, Cost::Linear),
    offered("format_int", 2, Body::Regorus, Cost::Linear),
    offered("glob.match", 3, Body::Ours(glob::MATCH), Cost::Linear),
    offered("glob.quote_meta", 1, Body::Ours(glob::QUOTE_META), Cost::Linear),
    offered("graph.reachable", 2, Body::Regorus, Cost::Product),
    withheld("graph.reachable_paths", 2, UNBOUNDED),
    withheld("graphql.is_valid", 2, NOT_YET),
    withheld("graphql.parse", 2, NOT_YET),
    withheld("graphql.parse_and_verify", 2, NOT_YET),
    withheld("graphql.parse_query", 1, NOT_YET),
    withheld("graphql.parse_schema", 1, NOT_YET),
    withheld("graphql.schema_is_valid", 1, NOT_YET),
    offered("hex.decode", 1, Body::Regorus, Cost::Linear),
    offered("hex.encode", 1, Body::Regorus, Cost::Linear),
    withheld("http.send", 1, NETWORK),
    offered("indexof", 2, Body::Ours(strings::INDEXOF), Cost::Linear),
    withheld("indexof_n", 2, DIFFERENT),
    offered("intersection", 1, Body::Regorus, Cost::Linear),
    withheld("io.jwt.decode", 1, TOKENS),
    withheld("io.jwt.decode_verify", 2, TOKENS),
    withheld("io.jwt.encode_sign", 3, TOKENS),
    withheld("io.jwt.encode_sign_raw", 3, TOKENS),
    withheld("io.jwt.verify_eddsa", 2, TOKENS),
    withheld("io.jwt.verify_es256", 2, TOKENS),
    withheld("io.jwt.verify_es384", 2, TOKENS),
    withheld("io.jwt.verify_es512", 2, TOKENS),
    withheld("io.jwt.verify_hs256", 2, TOKENS),
    withheld("io.jwt.verify_hs384", 2, TOKENS),
    withheld("io.jwt.verify_hs512", 2, TOKENS),
    withheld("io.jwt.verify_ps256", 2, TOKENS),
    withheld("io.jwt.verify_ps384", 2, TOKENS),
    withheld("io.jwt.verify_ps512", 2, TOKENS),
    withheld("io.jwt.verify_rs256", 2, TOKENS),
    withheld("io.jwt.verify_rs384", 2, TOKENS),
    withheld("io.jwt.verify_rs512", 2, TOKENS),
    offered("is_array", 1, Body::Regorus, Cost::Linear),
    offered("is_boolean", 1, Body::Regorus, Cost::Linear),
    offered("is_null", 1, Body::Regorus, Cost::Linear),
    offered("is_number", 1, Body::Regorus, Cost::Linear),
    offered("is_object", 1, Body::Regorus, Cost::Linear),
    offered("is_set", 1, Body::Regorus, Cost::Linear),
    offered("is_string", 1, Body::Regorus, Cost::Linear),
    withheld("json.filter", 2, DIFFERENT),
    offered("json.is_valid", 1, Body::Ours(json::IS_VALID), Cost::Linear),
    offered("json.marshal", 1, Body::Ours(json::MARSHAL), Cost::Linear),
    withheld("json.marshal_with_options", 2, DIFFERENT),
    withheld("json.match_schema", 2, NOT_YET),
    withheld("json.patch", 2, DIFFERENT),
    withheld("json.remove", 2, DIFFERENT),
    offered("json.unmarshal", 1, Body::Ours(json::UNMARSHAL), Cost::Linear),
    withheld("json.verify_schema", 1, NOT_YET),
    offered("lower", 1, Body::Ours(strings::LOWER), Cost::Linear),
    offered("max", 1, Body::Ours(numbers::MAX), Cost::Linear),
    offered("min", 1, Body::Ours(numbers::MIN), Cost::Linear),
    offered("net.cidr_contains", 2, Body::Ours(cidr::CONTAINS), Cost::Linear),
    withheld("net.cidr_contains_matches", 2, NOT_YET),
    withheld("net.cidr_expand", 1, NOT_YET),
    withheld("net.cidr_intersects", 2, NOT_YET),
    offered("net.cidr_is_valid", 1, Body::Ours(cidr::IS_VALID), Cost::Linear),
    withheld("net.cidr_merge", 1, NOT_YET),
    withheld("net.cidr_overlap", 2, NOT_YET),
    withheld("net.lookup_ip_addr", 1, NETWORK),
    offered("numbers.range", 2, Body::Ours(numbers::RANGE), Cost::Constant),
    withheld("numbers.range_step", 3, UNBOUNDED),
    offered("object.filter", 2, Body::Regorus, Cost::Linear),
    offered("object.get", 3, Body::Regorus, Cost::Linear),
    offered("object.keys", 1, Body::Regorus, Cost::Linear),
    offered("object.remove", 2, Body::Regorus, Cost::Linear),
    withheld("object.subset", 2, DIFFERENT),
    offered("object.union", 2, Body::Regorus, Cost::Linear),
    offered("object.union_n", 1, Body::Regorus, Cost::Linear),
    withheld("opa.runtime", 0, NO_ENVIRONMENT),
    offered("print", 1, Body::Ours(text::PRINT), Cost::Constant),
    withheld("product", 1, UNBOUNDED),
    withheld("providers.aws.sign_req", 3, NOT_YET),
    withheld("rand.intn", 2, NO_RANDOMNESS),
    withheld("re_match", 2, DEPRECATED),
    withheld("regex.find_all_string_submatch_n", 3, DIFFERENT),
    withheld("regex.find_n", 3, DIFFERENT),
    withheld("regex.globs_match", 2, DIFFERENT),
    offered("regex.is_valid", 1, Body::Ours(regex::IS_VALID), Cost::Linear),
    offered("regex.match", 2, Body::Ours(regex::MATCH), Cost::Linear),
    withheld("regex.replace", 3, DIFFERENT),
    withheld("regex.split", 2, DIFFERENT),
    withheld("regex.template_match", 4, DIFFERENT),
    withheld("rego.metadata.chain", 0, NO_ENVIRONMENT),
    withheld("rego.metadata.rule", 0, NO_ENVIRONMENT),
    withheld("rego.parse_module", 2, NO_ENVIRONMENT),
    offered("replace", 3, Body::Ours(strings::REPLACE), Cost::Linear),
    offered("round", 1, Body::Regorus, Cost::Linear),
    withheld("semver.compare", 2, DIFFERENT),
    withheld("semver.is_valid", 1, DIFFERENT),
    withheld("set_diff", 2, DEPRECATED),
    offered("sort", 1, Body::Ours(numbers::SORT), Cost::Linear),
    offered("split", 2, Body::Regorus, Cost::Linear),
    offered("sprintf", 2, Body::Ours(strings::SPRINTF), Cost::Linear),
    offered("startswith", 2, Body::Regorus, Cost::Linear),
    offered("strings.any_prefix_match", 2, Body::Regorus, Cost::Product),
    offered("strings.any_suffix_match", 2, Body::Regorus, Cost::Product),
    offered("strings.count", 2, Body::Ours(strings::COUNT), Cost::Linear),
    withheld("strings.render_template", 2, DIFFERENT),
    withheld("strings.replace_n", 2, DIFFERENT),
    offered("strings.reverse", 1, Body::Regorus, Cost::Linear),
    withheld("strings.split_n", 3, DIFFERENT),
    offered("substring", 3, Body::Ours(strings::SUBSTRING), Cost::Linear),
    offered("sum", 1, Body::Ours(numbers::SUM), Cost::Linear),
    withheld("time.add_date", 4, DIFFERENT),
    offered("time.clock", 1, Body::Ours(time::CLOCK), Cost::Linear),
    offered("time.date", 1, Body::Ours(time::DATE), Cost::Linear),
    withheld("time.diff", 2, DIFFERENT),
    withheld("time.format", 1, DIFFERENT),
    offered("time.now_ns", 0, Body::Ours(numbers::NOW_NS), Cost::Constant),
    offered("time.parse_duration_ns", 1, Body::Ours(time::PARSE_DURATION), Cost::Linear),
    withheld("time.parse_ns", 2, DIFFERENT),
    offered("time.parse_rfc3339_ns", 1, Body::Ours(time::PARSE_RFC3339), Cost::Linear),
    offered("time.weekday", 1, Body::Ours(time::WEEKDAY), Cost::Linear),
    offered("to_number", 1, Body::Ours(numbers::TO_NUMBER), Cost::Linear),
    withheld("trace", 1, NOT_YET),
    offered("trim", 2, Body::Regorus, Cost::Linear),
    offered("trim_left", 2, Body::Regorus, Cost::Linear),
    offered("trim_prefix", 2, Body::Regorus, Cost::Linear),
    offered("trim_right", 2, Body::Regorus, Cost::Linear),
    offered("trim_space", 1, Body::Regorus, Cost::Linear),
    offered("trim_suffix", 2, Body::Regorus, Cost::Linear),
    offered("type_name", 1, Body::Regorus, Cost::Linear),
    offered("union", 1, Body::Regorus, Cost::Linear),
    withheld("units.parse", 1, UNBOUNDED),
    withheld("units.parse_bytes", 1, UNBOUNDED),
    offered("upper", 1, Body::Ours(strings::UPPER), Cost::Linear),
    withheld("uri.is_valid", 1, NOT_YET),
    withheld("uri.parse", 1, NOT_YET),
    offered("urlquery.decode", 1, Body::Ours(urlquery::DECODE), Cost::Linear),
    offered("urlquery.decode_object", 1, Body::Ours(urlquery::DECODE_OBJECT), Cost::Linear),
    offered("urlquery.encode", 1, Body::Ours(urlquery::ENCODE), Cost::Linear),
    withheld("urlquery.encode_object", 1, DIFFERENT),
    withheld("uuid.parse", 1, NOT_YET),
    withheld("uuid.rfc4122", 1, NO_RANDOMNESS),
    offered("walk", 1, Body::Interpreter, Cost::Constant),
    withheld("yaml.is_valid", 1, NOT_YET),
    withheld("yaml.marshal", 1, NOT_YET),
    withheld("yaml.unmarshal", 1, NOT_YET),
];
