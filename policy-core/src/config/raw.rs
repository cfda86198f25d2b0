//! The configuration as it is written: syntax only. What the strings mean is decided in [`super::compile`].
//!
//! One schema for every host. The JSON Schema that is published is generated from these types, and their
//! documentation comments are its descriptions.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// Doorward's configuration.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawConfig {
    /// Version of this schema. Only `1` exists.
    pub version: u64,
    /// Name of this configuration's revision, written to every decision record. At most 128 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// What a denial does: `enforce` refuses the request; `audit` lets it pass and records what would have been.
    #[serde(default)]
    pub mode: RawMode,
    /// Which decisions are written to the proxy's log, one JSON line each.
    #[serde(default)]
    pub decision_log: RawDecisionLog,
    /// Who may call: workload identity by SPIFFE. Left out, no request has an identity and none is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<RawIdentity>,
    /// Which tokens are accepted, from whom, for whom. Left out, no token is ever read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<RawTokens>,
    /// The policy that decides where no route does. There is no default policy.
    pub policy: RawPolicy,
    /// Other answers for parts of the traffic, in order: the first route that matches decides, otherwise `policy`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = 256)))]
    pub routes: Vec<RawRoute>,
    /// Time fields and trusted signals of `input.context`.
    #[serde(default)]
    pub context: RawContext,
    /// Headers of our own on the request that goes upstream. What a client sends under these names is removed.
    #[serde(default)]
    pub upstream_headers: RawUpstreamHeaders,
    /// What later filters and access logs can read of a decision, where the host can tell them (the native module).
    /// Left out, only what the policy itself gives as `dynamic_metadata`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dynamic_metadata: Option<RawDynamicMetadata>,
    /// Limits on what a request may make the filter do.
    #[serde(default)]
    pub limits: RawLimits,
}

/// What a denial does.
#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RawMode {
    /// A denied request is refused.
    #[default]
    Enforce,
    /// A denied request passes; the record says that it would have been refused, and why.
    Audit,
}

/// Which decisions are logged.
#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RawDecisionLog {
    /// Every decision.
    #[default]
    All,
    /// Denials only.
    Denied,
    /// None.
    None,
}

/// Workload identity.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawIdentity {
    /// Our own SPIFFE ID, seen by the policy as `input.request.destination`. Default: the URI SAN of the
    /// certificate that the proxy presents on the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spiffe_id: Option<String>,
    /// The trust domain whose identities are accepted, for example `corp.example.com`.
    pub trust_domain: String,
    /// Further trust domains whose identities are accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub federated_trust_domains: Vec<String>,
    /// Refuse a request without a proven identity before the policy is asked.
    #[serde(default = "yes")]
    pub required: bool,
    /// Where identity comes from, in order: the first source that presents evidence decides, and evidence that
    /// does not hold is a denial, never a reason to try the next.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub sources: Vec<RawSource>,
}

/// A source of identity.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum RawSource {
    /// The X.509-SVID that the peer presented on this mTLS connection.
    Connection {},
    /// The x-forwarded-client-cert header, written by a proxy that we trust.
    Xfcc {
        /// SPIFFE IDs of the proxies whose header is believed. Such a proxy must be the validated mTLS peer.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        trusted_proxies: Vec<String>,
        /// Which element is the caller's, counted from the right; 1 is the last.
        #[serde(default = "one")]
        hops: u64,
        /// The `By` value that the element must carry: the SPIFFE ID of the proxy that wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A filter-state object written by the proxy itself (Istio's waypoints).
    FilterState {
        /// Key of the object, for example `io.istio.peer_principal`.
        key: String,
    },
    /// The subject of a verified JWT-SVID.
    JwtSvid {
        /// Name of the provider, whose profile must be `jwt_svid`.
        provider: String,
    },
}

/// Tokens.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawTokens {
    /// The `realm` of WWW-Authenticate (RFC 6750, section 3).
    #[serde(default = "realm")]
    pub realm: String,
    /// The issuers whose tokens are accepted.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub providers: Vec<RawProvider>,
}

/// One issuer of tokens: its keys are never used for another.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawProvider {
    /// Name under which the policy finds the verified claims: `input.jwt.NAME`.
    pub name: String,
    /// Which rules the token must follow.
    #[serde(default)]
    pub profile: RawProfile,
    /// The exact value of `iss`. Profiles `jwt` and `access_token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The trust domain of the subjects. Profile `jwt_svid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_domain: Option<String>,
    /// One of these must be in `aud`. Mandatory and never empty.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub audiences: Vec<String>,
    /// Accepted algorithms. Default: every algorithm of the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithms: Option<Vec<String>>,
    /// The request header that carries the token. Default `authorization`.
    #[serde(default = "authorization")]
    pub header: String,
    /// What stands before the token. Default `Bearer ` for `authorization`, nothing for any other header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Answer 401 to a request without this token before the policy is asked.
    #[serde(default)]
    pub required: bool,
    /// Leave the token's header on the request that goes upstream.
    #[serde(default)]
    pub forward: bool,
    /// Allowed clock difference with the issuer, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leeway_seconds: Option<u64>,
    /// Longest accepted lifetime of a token, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_lifetime_seconds: Option<u64>,
    /// The issuer's public keys: a JWK Set (RFC 7517), or for `jwt_svid` a SPIFFE trust bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Map<String, Value>>,
    /// File with the keys, read by `doorward render`; a proxy's filter has no files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_file: Option<String>,
}

/// Rules for a token.
#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RawProfile {
    /// A JWT of RFC 7519, as identity providers issue them.
    #[default]
    Jwt,
    /// A JWT access token of RFC 9068: `typ` is `at+jwt`, with that document's required claims.
    AccessToken,
    /// A JWT-SVID of SPIFFE.
    JwtSvid,
}

/// The policy.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(extend("oneOf" = [
        { "required": ["modules"] },
        { "required": ["compiled"] },
        { "required": ["compiled_file"] },
    ]))
)]
#[serde(deny_unknown_fields)]
pub struct RawPolicy {
    /// The language of the modules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("default" = "v1")))]
    pub rego_version: Option<RawRegoVersion>,
    /// The rule that decides, written `package/parts/rule`. Default `envoy/authz/allow`, as in OPA-Envoy, or what a
    /// compiled policy was compiled for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("default" = "envoy/authz/allow")))]
    pub decision: Option<String>,
    /// The Rego modules. They or a compiled policy must be given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub modules: Vec<RawModule>,
    /// The data document, `data` in the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Map<String, Value>>,
    /// File with the data document (JSON or YAML), read by `doorward render`; a proxy's filter has no files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_file: Option<String>,
    /// Instead of modules and data: what `doorward compile` wrote, in base64 (RFC 4648, section 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compiled: Option<String>,
    /// File that `doorward compile` wrote, read by `doorward render`; a proxy's filter has no files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compiled_file: Option<String>,
}

/// Version of the Rego language.
#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RawRegoVersion {
    /// Rego v0, the language before OPA 1.0 (rules without `if`).
    V0,
    /// Rego v1.
    #[default]
    V1,
}

/// A Rego module.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawModule {
    /// Name used in error messages. Default: the name of `source_file`.
    #[serde(default)]
    pub name: String,
    /// The module's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// File with the text, read by `doorward render`; a proxy's filter has no files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_file: Option<String>,
}

/// A part of the traffic with an answer of its own: exactly one of `off`, `decision` and `policy`. Identity, tokens,
/// context and limits stay those of the top level.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("oneOf" = [
    { "required": ["off"] }, { "required": ["decision"] }, { "required": ["policy"] },
])))]
#[serde(deny_unknown_fields)]
pub struct RawRoute {
    /// Its name, unique among the routes: `route` in decision records. At most 128 bytes.
    pub name: String,
    /// Which requests it is for: every part that is given must hold. Left out, it is reached by its name only, from
    /// a proxy's own route that selects it.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "RawRouteMatch"))]
    pub matches: Option<RawRouteMatch>,
    /// `true`: no check at all, everybody gets in.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "bool", extend("enum" = [true])))]
    pub off: Option<bool>,
    /// Another rule of the same policy decides, written `package/parts/rule`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub decision: Option<String>,
    /// A policy of its own decides, with its own modules and data.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "RawPolicy"))]
    pub policy: Option<RawPolicy>,
}

/// Which requests a route is for. At least one part.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("minProperties" = 1)))]
#[serde(deny_unknown_fields)]
pub struct RawRouteMatch {
    /// Hosts, one of which must be the request's: `shop.example.com`, `*.example.com` for every name below (not
    /// `example.com` itself), `*` for any. Lower-case, without port. At most 64.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>", length(min = 1, max = 64)))]
    pub hosts: Option<Vec<String>>,
    /// The canonical path starts with this, by whole segments: `/admin` is also for `/admin/` and `/admin/x`, not for
    /// `/administrator`. `/` is every path. Case matters.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub path_prefix: Option<String>,
    /// The proxy's own route has exactly this name. At most 1024 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub route_name: Option<String>,
}

/// `input.context`.
#[derive(Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawContext {
    /// Minutes to add to UTC for `request_hour` and the other fields of the calendar, -1439 to 1439.
    #[serde(default)]
    pub utc_offset_minutes: i64,
    /// Signals from trusted sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<RawSignal>,
}

/// A signal about the caller: risk, device compliance and the like.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawSignal {
    /// Name under which the policy finds it: `input.context.NAME`.
    pub name: String,
    /// Type of the value. A value of another type is left out, as if it had not been sent.
    #[serde(rename = "type")]
    pub kind: RawSignalType,
    /// An older value is left out.
    pub max_age_seconds: u64,
    /// Where it comes from.
    pub from: RawSignalSource,
}

/// Type of a signal.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RawSignalType {
    /// A JSON number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Text of at most 256 bytes.
    String,
}

/// Source of a signal.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RawSignalSource {
    /// A claim of a verified token; its age counts from the token's `iat`.
    Claim {
        /// Name of the provider.
        provider: String,
        /// Member names from the claims' root to the value.
        path: Vec<String>,
    },
    /// A header written by a trusted proxy in front of us.
    Header {
        /// The header with the value.
        name: String,
        /// The header with the time of the value, in seconds since 1970 (UTC).
        time_header: String,
        /// SPIFFE IDs of the proxies whose header is believed. Such a proxy must be the validated mTLS peer.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        trusted_proxies: Vec<String>,
    },
}

/// Headers of our own.
#[derive(Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawUpstreamHeaders {
    /// Carries the caller's proven SPIFFE ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spiffe_id: Option<String>,
    /// Carries the decision's ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<String>,
    /// Further headers that only the policy may set: what a client sends under these names is removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy: Vec<String>,
}

/// Dynamic metadata: `decision`, `reason`, `decision_id`, `revision`, `route`, `spiffe_id` and `trust_domain`, each where
/// there is one, and the claims that are named here.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawDynamicMetadata {
    /// The namespace. What the policy gives as `dynamic_metadata` is in the namespace of this name with `.policy` after it.
    #[serde(default = "metadata_namespace")]
    pub namespace: String,
    /// Verified claims, each under the key `claim.PROVIDER.NAME`. They may be personal data: only what is named here is
    /// handed on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<RawMetadataClaim>,
}

/// A claim that is handed on.
#[derive(Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawMetadataClaim {
    /// Name of the provider.
    pub provider: String,
    /// Name of the claim, at the claims' root.
    pub name: String,
}

/// Limits. Each has a default that suits most; a larger number costs memory or time.
#[derive(Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RawLimits {
    /// Most header lines of a request. Default 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<u64>,
    /// Most bytes of all header names and values together. Default 98304.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_bytes: Option<u64>,
    /// Most bytes of the path with its query. Default 8192.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_bytes: Option<u64>,
    /// Most bytes of one token. Default 16384.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_bytes: Option<u64>,
    /// Verified tokens remembered by one worker. Default 1024; 0 remembers none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_remembered: Option<u64>,
    /// Most steps of one evaluation of the policy: a step is one unit of the engine's work, well under a
    /// microsecond. Default 500000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation_steps: Option<u64>,
}

/// A member that may be left out and may not be `null`: a route with a part that says nothing would match more, or do
/// less, than was meant.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn metadata_namespace() -> String {
    crate::metadata::NAMESPACE.to_owned()
}

fn yes() -> bool {
    true
}

fn one() -> u64 {
    1
}

fn realm() -> String {
    "doorward".to_owned()
}

fn authorization() -> String {
    "authorization".to_owned()
}
