//! From [`RawConfig`] to [`Snapshot`]: every fault is collected, with the path of its field.

use std::sync::Arc;

use super::error::{ConfigError, ConfigErrors};
use super::raw::{RawConfig, RawDecisionLog, RawLimits, RawMode, RawUpstreamHeaders};
use super::{context, identity, metadata, parse, policy, routes, tokens};
use crate::limits::{HEADER_BYTES, HEADERS, NAME_BYTES, PATH_BYTES};
use crate::outcome::header_name;
use crate::snapshot::{DecisionLog, Mode, RequestLimits, Snapshot, UpstreamHeaders};

/// The only version of the schema.
const VERSION: u64 = 1;

/// Collects faults while a configuration is compiled.
#[derive(Default)]
pub(super) struct Faults(Vec<ConfigError>);

impl Faults {
    pub(super) fn add(
        &mut self,
        place: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.0.push(ConfigError::new(place, message, hint));
    }

    /// A header name of the configuration in lower case, or a fault.
    pub(super) fn header(&mut self, place: &str, name: &str) -> Option<Box<str>> {
        let found = header_name(name);
        if found.is_none() {
            self.add(place, "is not a header name", "use letters, digits and `-`, at most 128");
        }
        found.map(String::into_boxed_str)
    }

    /// A limit that may be set between two numbers.
    fn limit(&mut self, field: &str, value: Option<u64>, default: usize, max: usize) -> usize {
        let Some(value) = value else { return default };
        match usize::try_from(value) {
            Ok(value) if value > 0 && value <= max => value,
            _ => {
                self.add(
                    format!("limits.{field}"),
                    format!("must be from 1 to {max}"),
                    "leave it out for the default",
                );
                default
            }
        }
    }
}

/// Compiles a configuration document.
pub(crate) fn compile(document: &[u8]) -> Result<Snapshot, ConfigErrors> {
    let raw = parse::parse(document)?;
    let mut faults = Faults::default();
    if raw.version != VERSION {
        faults.add("version", "is not a version that this filter knows", "write `version: 1`");
    }
    let mut warnings = Vec::new();
    let limits = request_limits(&raw.limits, &mut faults);
    let upstream = upstream_headers(&raw.upstream_headers, &mut faults);
    let tokens = tokens::compile(raw.tokens.as_ref(), &raw.limits, &mut faults, &mut warnings);
    let identity = raw.identity.as_ref().and_then(|raw| identity::compile(raw, &tokens, &mut faults));
    let signals = context::compile(&raw.context, &tokens, raw.identity.is_some(), &mut faults);
    let metadata = metadata::compile(raw.dynamic_metadata.as_ref(), tokens.as_ref(), &mut faults);
    let compiled = routes::compile(&raw, &mut faults);
    let budget = policy::budget(&raw.limits, &mut faults);
    let revision = revision(&raw, &mut faults);
    let mode = mode(raw.mode, &mut warnings);
    ConfigErrors::check(faults.0)?;
    // No fault means that both are there; a missing one is still an error, not an empty rule.
    let (Some(routes::Compiled { policies, routes }), Some(tokens)) = (compiled, tokens) else {
        return Err(ConfigErrors::one(ConfigError::new("policy", "could not be compiled", "report this")));
    };
    let (identity, filter_state) =
        identity.map_or((None, None), |found| (Some(found.rules), found.filter_state));
    let needs = Snapshot::find_needs(
        identity.as_ref(),
        !tokens.providers.is_empty(),
        filter_state,
        &policies,
        &routes,
    );
    Ok(Snapshot {
        revision,
        mode,
        decision_log: match raw.decision_log {
            RawDecisionLog::All => DecisionLog::All,
            RawDecisionLog::Denied => DecisionLog::Denied,
            RawDecisionLog::None => DecisionLog::None,
        },
        identity,
        tokens,
        policies: policies.into(),
        routes,
        budget,
        utc_offset_minutes: raw.context.utc_offset_minutes,
        signals,
        upstream,
        metadata,
        limits,
        needs,
        warnings,
        seal: Arc::new(()),
    })
}

fn mode(raw: RawMode, warnings: &mut Vec<String>) -> Mode {
    match raw {
        RawMode::Enforce => Mode::Enforce,
        RawMode::Audit => {
            warnings.push("mode is `audit`: no request is refused, denials are only recorded".to_owned());
            Mode::DangerousAudit
        }
    }
}

fn revision(raw: &RawConfig, faults: &mut Faults) -> Option<Arc<str>> {
    let text = raw.revision.as_deref()?;
    let fits = !text.is_empty() && text.len() <= NAME_BYTES && !text.chars().any(char::is_control);
    if !fits {
        faults.add("revision", "must be 1 to 128 bytes without control characters", "");
    }
    Some(Arc::from(text))
}

fn request_limits(raw: &RawLimits, faults: &mut Faults) -> RequestLimits {
    RequestLimits {
        headers: faults.limit("headers", raw.headers, HEADERS, 10_000),
        header_bytes: faults.limit("header_bytes", raw.header_bytes, HEADER_BYTES, 8 * 1024 * 1024),
        path_bytes: faults.limit("path_bytes", raw.path_bytes, PATH_BYTES, 64 * 1024),
    }
}

fn upstream_headers(raw: &RawUpstreamHeaders, faults: &mut Faults) -> UpstreamHeaders {
    let mut own = |place: &str, name: &str| {
        let name = faults.header(place, name)?;
        if name.starts_with(':') || is_reserved(&name) {
            faults.add(
                place,
                "is a header that the request itself needs",
                "choose a name of your own, such as x-doorward-spiffe-id",
            );
        }
        Some(name)
    };
    let spiffe_id = raw.spiffe_id.as_deref().and_then(|name| own("upstream_headers.spiffe_id", name));
    let decision_id = raw.decision_id.as_deref().and_then(|name| own("upstream_headers.decision_id", name));
    let policy: Vec<_> = raw
        .policy
        .iter()
        .enumerate()
        .filter_map(|(index, name)| own(&format!("upstream_headers.policy[{index}]"), name))
        .collect();
    let owned = spiffe_id.iter().chain(&decision_id).chain(&policy).cloned().collect();
    UpstreamHeaders { spiffe_id, decision_id, owned }
}

fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "host"
            | "authorization"
            | "cookie"
            | "content-length"
            | "content-type"
            | "transfer-encoding"
            | "connection"
    ) || name == "x-forwarded-client-cert"
}
