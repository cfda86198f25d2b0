//! The table of OPA 1.20's built-in functions, sorted by name: what `opa capabilities` prints, a line each.

use super::{Shape, Signature};

const NUM: Shape = Shape::Number;
const ANY: Shape = Shape::Any;
const ARRAY: Shape = Shape::Array(&ANY);
const SET: Shape = Shape::Set(&ANY);
const COLLECTION: Shape = Shape::Union(&[ARRAY, SET]);
const BOOL: Shape = Shape::Boolean;
const STR: Shape = Shape::String;
const NULL: Shape = Shape::Null;
const OBJECT: Shape = Shape::Object(&[], Some((&ANY, &ANY)));
const STRINGS: Shape = Shape::Array(&STR);
const STRING_SET: Shape = Shape::Set(&STR);
const STRING_COLLECTION: Shape = Shape::Union(&[STRINGS, STRING_SET]);
const COUNTABLE: Shape = Shape::Union(&[STR, ARRAY, OBJECT, SET]);
const NAMED: Shape = Shape::Object(&[], Some((&STR, &ANY)));
const NAMEDS: Shape = Shape::Array(&NAMED);
const VERIFIED_CERTIFICATES: Shape = Shape::Tuple(&[BOOL, NAMEDS]);
const NULL_OR_STRINGS: Shape = Shape::Union(&[NULL, STRINGS]);
const GRAPH: Shape = Shape::Object(&[], Some((&ANY, &COLLECTION)));
const SET_OF_ARRAYS: Shape = Shape::Set(&ARRAY);
const STRING_OR_OBJECT: Shape = Shape::Union(&[STR, OBJECT]);
const TWO_OBJECTS: Shape = Shape::Tuple(&[OBJECT, OBJECT]);
const VERDICT_AND_TWO_OBJECTS: Shape = Shape::Tuple(&[BOOL, OBJECT, OBJECT]);
const NUMBERS: Shape = Shape::Array(&NUM);
const ARRAY_OF_SETS: Shape = Shape::Array(&SET);
const SETS: Shape = Shape::Set(&SET);
const TOKEN: Shape = Shape::Tuple(&[OBJECT, OBJECT, STR]);
const PATH: Shape = Shape::Union(&[STR, ARRAY]);
const PATH_ARRAY: Shape = Shape::Array(&PATH);
const PATH_SET: Shape = Shape::Set(&PATH);
const PATHS: Shape = Shape::Union(&[PATH_ARRAY, PATH_SET]);
const MARSHAL_OPTIONS: Shape =
    Shape::Object(&[("indent", STR), ("prefix", STR), ("pretty", BOOL)], Some((&STR, &ANY)));
const SCHEMA_ERROR: Shape =
    Shape::Object(&[("desc", STR), ("error", STR), ("field", STR), ("type", STR)], None);
const SCHEMA_ERRORS: Shape = Shape::Array(&SCHEMA_ERROR);
const SCHEMA_VERDICT: Shape = Shape::Tuple(&[BOOL, SCHEMA_ERRORS]);
const PATCH: Shape = Shape::Object(&[("op", STR), ("path", ANY)], Some((&ANY, &ANY)));
const PATCHES: Shape = Shape::Array(&PATCH);
const NULL_OR_STRING: Shape = Shape::Union(&[NULL, STR]);
const SCHEMA_CHECK: Shape = Shape::Tuple(&[BOOL, NULL_OR_STRING]);
const NUMBER_OR_SET: Shape = Shape::Union(&[NUM, SET]);
const PATH_OBJECT: Shape = Shape::Object(&[], Some((&STR, &PATH)));
const CIDRS: Shape = Shape::Union(&[STR, PATH_ARRAY, PATH_OBJECT, PATH_SET]);
const PAIR: Shape = Shape::Tuple(&[ANY, ANY]);
const PAIRS: Shape = Shape::Set(&PAIR);
const ONLY_STRING: Shape = Shape::Union(&[STR]);
const ONLY_STRINGS: Shape = Shape::Array(&ONLY_STRING);
const MERGEABLE: Shape = Shape::Union(&[ONLY_STRINGS, STRING_SET]);
const COMPOSITE: Shape = Shape::Union(&[ARRAY, OBJECT, SET]);
const OBJECTS: Shape = Shape::Array(&OBJECT);
const NUMBER_SET: Shape = Shape::Set(&NUM);
const NUMBER_COLLECTION: Shape = Shape::Union(&[NUMBERS, NUMBER_SET]);
const STRING_ARRAYS: Shape = Shape::Array(&STRINGS);
const STRING_OR_STRINGS: Shape = Shape::Union(&[STR, STRINGS, STRING_SET]);
const STRING_OBJECT: Shape = Shape::Object(&[], Some((&STR, &STR)));
const NS_AND_ZONE: Shape = Shape::Tuple(&[NUM, STR]);
const INSTANT: Shape = Shape::Union(&[NUM, NS_AND_ZONE]);
const THREE_NUMBERS: Shape = Shape::Tuple(&[NUM, NUM, NUM]);
const SIX_NUMBERS: Shape = Shape::Tuple(&[NUM, NUM, NUM, NUM, NUM, NUM]);
const NS_ZONE_AND_LAYOUT: Shape = Shape::Tuple(&[NUM, STR, STR]);
const INSTANT_AND_LAYOUT: Shape = Shape::Union(&[NUM, NS_AND_ZONE, NS_ZONE_AND_LAYOUT]);
const SCALAR: Shape = Shape::Union(&[NULL, BOOL, NUM, STR]);
const STRINGS_OBJECT: Shape = Shape::Object(&[], Some((&STR, &STRINGS)));
const QUERY_OBJECT: Shape = Shape::Object(&[], Some((&STR, &STRING_OR_STRINGS)));
const PATH_AND_VALUE: Shape = Shape::Tuple(&[ARRAY, ANY]);

const fn function(name: &'static str, args: &'static [Shape], result: Shape) -> Signature {
    Signature::new(name, args, Some(result))
}

/// A built-in without a result: it can only be an expression of its own.
const fn statement(name: &'static str, args: &'static [Shape]) -> Signature {
    Signature::new(name, args, None)
}

/// All built-ins, sorted by name.
#[rustfmt::skip]
pub(super) static TABLE: [Signature; 206] = [
    function("abs", &[NUM], NUM),
    function("all", &[COLLECTION], BOOL).deprecated(),
    function("and", &[SET, SET], SET).infix("&"),
    function("any", &[COLLECTION], BOOL).deprecated(),
    function("array.concat", &[ARRAY, ARRAY], ARRAY),
    function("array.flatten", &[ARRAY], ARRAY),
    function("array.reverse", &[ARRAY], ARRAY),
    function("array.slice", &[ARRAY, NUM, NUM], ARRAY),
    function("assign", &[ANY, ANY], BOOL).infix(":="),
    function("base64.decode", &[STR], STR),
    function("base64.encode", &[STR], STR),
    function("base64.is_valid", &[STR], BOOL),
    function("base64url.decode", &[STR], STR),
    function("base64url.encode", &[STR], STR),
    function("base64url.encode_no_pad", &[STR], STR),
    function("bits.and", &[NUM, NUM], NUM),
    function("bits.lsh", &[NUM, NUM], NUM),
    function("bits.negate", &[NUM], NUM),
    function("bits.or", &[NUM, NUM], NUM),
    function("bits.rsh", &[NUM, NUM], NUM),
    function("bits.xor", &[NUM, NUM], NUM),
    function("cast_array", &[ANY], ARRAY).deprecated(),
    function("cast_boolean", &[ANY], BOOL).deprecated(),
    function("cast_null", &[ANY], NULL).deprecated(),
    function("cast_object", &[ANY], OBJECT).deprecated(),
    function("cast_set", &[ANY], SET).deprecated(),
    function("cast_string", &[ANY], STR).deprecated(),
    function("ceil", &[NUM], NUM),
    function("concat", &[STR, STRING_COLLECTION], STR),
    function("contains", &[STR, STR], BOOL),
    function("count", &[COUNTABLE], NUM),
    function("crypto.hmac.equal", &[STR, STR], BOOL),
    function("crypto.hmac.md5", &[STR, STR], STR),
    function("crypto.hmac.sha1", &[STR, STR], STR),
    function("crypto.hmac.sha256", &[STR, STR], STR),
    function("crypto.hmac.sha512", &[STR, STR], STR),
    function("crypto.md5", &[STR], STR),
    function("crypto.parse_private_keys", &[STR], NAMEDS),
    function("crypto.sha1", &[STR], STR),
    function("crypto.sha256", &[STR], STR),
    function("crypto.x509.parse_and_verify_certificates", &[STR], VERIFIED_CERTIFICATES),
    function("crypto.x509.parse_and_verify_certificates_with_options", &[STR, NAMED], VERIFIED_CERTIFICATES),
    function("crypto.x509.parse_certificate_request", &[STR], NAMED),
    function("crypto.x509.parse_certificates", &[STR], NAMEDS),
    function("crypto.x509.parse_keypair", &[STR, STR], NAMED),
    function("crypto.x509.parse_rsa_private_key", &[STR], NAMED),
    function("div", &[NUM, NUM], NUM).infix("/"),
    function("endswith", &[STR, STR], BOOL),
    function("eq", &[ANY, ANY], BOOL).infix("="),
    function("equal", &[ANY, ANY], BOOL).infix("=="),
    function("floor", &[NUM], NUM),
    function("format_int", &[NUM, NUM], STR),
    function("glob.match", &[STR, NULL_OR_STRINGS, STR], BOOL),
    function("glob.quote_meta", &[STR], STR),
    function("graph.reachable", &[GRAPH, COLLECTION], SET),
    function("graph.reachable_paths", &[GRAPH, COLLECTION], SET_OF_ARRAYS),
    function("graphql.is_valid", &[STRING_OR_OBJECT, STRING_OR_OBJECT], BOOL),
    function("graphql.parse", &[STRING_OR_OBJECT, STRING_OR_OBJECT], TWO_OBJECTS),
    function("graphql.parse_and_verify", &[STRING_OR_OBJECT, STRING_OR_OBJECT], VERDICT_AND_TWO_OBJECTS),
    function("graphql.parse_query", &[STR], OBJECT),
    function("graphql.parse_schema", &[STR], OBJECT),
    function("graphql.schema_is_valid", &[STRING_OR_OBJECT], BOOL),
    function("gt", &[ANY, ANY], BOOL).infix(">"),
    function("gte", &[ANY, ANY], BOOL).infix(">="),
    function("hex.decode", &[STR], STR),
    function("hex.encode", &[STR], STR),
    function("http.send", &[NAMED], OBJECT).nondeterministic(),
    function("indexof", &[STR, STR], NUM),
    function("indexof_n", &[STR, STR], NUMBERS),
    function("internal.member_2", &[ANY, ANY], BOOL).infix("in"),
    function("internal.member_3", &[ANY, ANY, ANY], BOOL).infix("in"),
    statement("internal.print", &[ARRAY_OF_SETS]),
    function("internal.template_string", &[ARRAY], STR),
    statement("internal.test_case", &[ARRAY]),
    function("intersection", &[SETS], SET),
    function("io.jwt.decode", &[STR], TOKEN),
    function("io.jwt.decode_verify", &[STR, NAMED], VERDICT_AND_TWO_OBJECTS).nondeterministic(),
    function("io.jwt.encode_sign", &[NAMED, NAMED, NAMED], STR).nondeterministic(),
    function("io.jwt.encode_sign_raw", &[STR, STR, STR], STR).nondeterministic(),
    function("io.jwt.verify_eddsa", &[STR, STR], BOOL),
    function("io.jwt.verify_es256", &[STR, STR], BOOL),
    function("io.jwt.verify_es384", &[STR, STR], BOOL),
    function("io.jwt.verify_es512", &[STR, STR], BOOL),
    function("io.jwt.verify_hs256", &[STR, STR], BOOL),
    function("io.jwt.verify_hs384", &[STR, STR], BOOL),
    function("io.jwt.verify_hs512", &[STR, STR], BOOL),
    function("io.jwt.verify_ps256", &[STR, STR], BOOL),
    function("io.jwt.verify_ps384", &[STR, STR], BOOL),
    function("io.jwt.verify_ps512", &[STR, STR], BOOL),
    function("io.jwt.verify_rs256", &[STR, STR], BOOL),
    function("io.jwt.verify_rs384", &[STR, STR], BOOL),
    function("io.jwt.verify_rs512", &[STR, STR], BOOL),
    function("is_array", &[ANY], BOOL),
    function("is_boolean", &[ANY], BOOL),
    function("is_null", &[ANY], BOOL),
    function("is_number", &[ANY], BOOL),
    function("is_object", &[ANY], BOOL),
    function("is_set", &[ANY], BOOL),
    function("is_string", &[ANY], BOOL),
    function("json.filter", &[OBJECT, PATHS], OBJECT),
    function("json.is_valid", &[STR], BOOL),
    function("json.marshal", &[ANY], STR),
    function("json.marshal_with_options", &[ANY, MARSHAL_OPTIONS], STR),
    function("json.match_schema", &[STRING_OR_OBJECT, STRING_OR_OBJECT], SCHEMA_VERDICT),
    function("json.patch", &[ANY, PATCHES], ANY),
    function("json.remove", &[OBJECT, PATHS], OBJECT),
    function("json.unmarshal", &[STR], ANY),
    function("json.verify_schema", &[STRING_OR_OBJECT], SCHEMA_CHECK),
    function("lower", &[STR], STR),
    function("lt", &[ANY, ANY], BOOL).infix("<"),
    function("lte", &[ANY, ANY], BOOL).infix("<="),
    function("max", &[COLLECTION], ANY),
    function("min", &[COLLECTION], ANY),
    function("minus", &[NUMBER_OR_SET, NUMBER_OR_SET], NUMBER_OR_SET).infix("-"),
    function("mul", &[NUM, NUM], NUM).infix("*"),
    function("neq", &[ANY, ANY], BOOL).infix("!="),
    function("net.cidr_contains", &[STR, STR], BOOL),
    function("net.cidr_contains_matches", &[CIDRS, CIDRS], PAIRS),
    function("net.cidr_expand", &[STR], STRING_SET),
    function("net.cidr_intersects", &[STR, STR], BOOL),
    function("net.cidr_is_valid", &[STR], BOOL),
    function("net.cidr_merge", &[MERGEABLE], STRING_SET),
    function("net.cidr_overlap", &[STR, STR], BOOL).deprecated(),
    function("net.lookup_ip_addr", &[STR], STRING_SET).nondeterministic(),
    function("numbers.range", &[NUM, NUM], NUMBERS),
    function("numbers.range_step", &[NUM, NUM, NUM], NUMBERS),
    function("object.filter", &[OBJECT, COMPOSITE], OBJECT),
    function("object.get", &[OBJECT, ANY, ANY], ANY),
    function("object.keys", &[OBJECT], SET),
    function("object.remove", &[OBJECT, COMPOSITE], OBJECT),
    function("object.subset", &[COMPOSITE, COMPOSITE], BOOL),
    function("object.union", &[OBJECT, OBJECT], OBJECT),
    function("object.union_n", &[OBJECTS], OBJECT),
    function("opa.runtime", &[], NAMED).nondeterministic(),
    function("or", &[SET, SET], SET).infix("|"),
    function("plus", &[NUM, NUM], NUM).infix("+"),
    statement("print", &[]).variadic(ANY),
    function("product", &[NUMBER_COLLECTION], NUM),
    function("providers.aws.sign_req", &[NAMED, NAMED, NUM], OBJECT),
    function("rand.intn", &[STR, NUM], NUM).nondeterministic(),
    function("re_match", &[STR, STR], BOOL).deprecated(),
    function("regex.find_all_string_submatch_n", &[STR, STR, NUM], STRING_ARRAYS),
    function("regex.find_n", &[STR, STR, NUM], STRINGS),
    function("regex.globs_match", &[STR, STR], BOOL),
    function("regex.is_valid", &[STR], BOOL),
    function("regex.match", &[STR, STR], BOOL),
    function("regex.replace", &[STR, STR, STR], STR),
    function("regex.split", &[STR, STR], STRINGS),
    function("regex.template_match", &[STR, STR, STR, STR], BOOL),
    function("rego.metadata.chain", &[], ARRAY),
    function("rego.metadata.rule", &[], ANY),
    function("rego.parse_module", &[STR, STR], NAMED),
    function("rem", &[NUM, NUM], NUM).infix("%"),
    function("replace", &[STR, STR, STR], STR),
    function("round", &[NUM], NUM),
    function("semver.compare", &[STR, STR], NUM),
    function("semver.is_valid", &[ANY], BOOL),
    function("set_diff", &[SET, SET], SET).deprecated(),
    function("sort", &[COLLECTION], ARRAY),
    function("split", &[STR, STR], STRINGS),
    function("sprintf", &[STR, ARRAY], STR),
    function("startswith", &[STR, STR], BOOL),
    function("strings.any_prefix_match", &[STRING_OR_STRINGS, STRING_OR_STRINGS], BOOL),
    function("strings.any_suffix_match", &[STRING_OR_STRINGS, STRING_OR_STRINGS], BOOL),
    function("strings.count", &[STR, STR], NUM),
    function("strings.render_template", &[STR, NAMED], STR),
    function("strings.replace_n", &[STRING_OBJECT, STR], STR),
    function("strings.reverse", &[STR], STR),
    function("strings.split_n", &[STR, STR, NUM], STRINGS),
    function("substring", &[STR, NUM, NUM], STR),
    function("sum", &[NUMBER_COLLECTION], NUM),
    function("time.add_date", &[NUM, NUM, NUM, NUM], NUM),
    function("time.clock", &[INSTANT], THREE_NUMBERS),
    function("time.date", &[INSTANT], THREE_NUMBERS),
    function("time.diff", &[INSTANT, INSTANT], SIX_NUMBERS),
    function("time.format", &[INSTANT_AND_LAYOUT], STR),
    function("time.now_ns", &[], NUM).nondeterministic(),
    function("time.parse_duration_ns", &[STR], NUM),
    function("time.parse_ns", &[STR, STR], NUM),
    function("time.parse_rfc3339_ns", &[STR], NUM),
    function("time.weekday", &[INSTANT], STR),
    function("to_number", &[SCALAR], NUM),
    function("trace", &[STR], BOOL),
    function("trim", &[STR, STR], STR),
    function("trim_left", &[STR, STR], STR),
    function("trim_prefix", &[STR, STR], STR),
    function("trim_right", &[STR, STR], STR),
    function("trim_space", &[STR], STR),
    function("trim_suffix", &[STR, STR], STR),
    function("type_name", &[ANY], STR),
    function("union", &[SETS], SET),
    function("units.parse", &[STR], NUM),
    function("units.parse_bytes", &[STR], NUM),
    function("upper", &[STR], STR),
    function("uri.is_valid", &[STR], BOOL),
    function("uri.parse", &[STR], STRING_OBJECT),
    function("urlquery.decode", &[STR], STR),
    function("urlquery.decode_object", &[STR], STRINGS_OBJECT),
    function("urlquery.encode", &[STR], STR),
    function("urlquery.encode_object", &[QUERY_OBJECT], STR),
    function("uuid.parse", &[STR], NAMED),
    function("uuid.rfc4122", &[STR], STR).nondeterministic(),
    function("walk", &[ANY], PATH_AND_VALUE).relation(),
    function("yaml.is_valid", &[STR], BOOL),
    function("yaml.marshal", &[ANY], STR),
    function("yaml.unmarshal", &[STR], ANY),
];
