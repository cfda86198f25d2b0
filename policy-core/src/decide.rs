//! The decision for one request. The only place that makes a [`Permit`].

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::audit::{AuditEvent, AuditIdentity};
use crate::decision::{Decision, Denial, HeaderPair, Permit, Verdict};
use crate::identity::{Identity, IdentityError, Source};
use crate::input::{InputParts, part};
use crate::jwt::{Challenge, Complaint};
use crate::metadata::MetadataItem;
use crate::outcome::{Ruling, read_outcome};
use crate::reason::Reason;
use crate::rego::{Moment, Workspace};
use crate::request::{CanonicalPath, RequestView};
use crate::routes::Then;
use crate::snapshot::{Mode, Snapshot};
use crate::time::UnixTime;
use crate::tokens::{Credentials, TokenMemory};

/// What one worker remembers between requests for one snapshot: verified tokens, and the memory of evaluations.
pub struct Memory {
    tokens: TokenMemory,
    /// One for each policy: the sizes differ.
    workspaces: Box<[Workspace]>,
    seal: Arc<()>,
}

impl Memory {
    /// An empty memory for this snapshot.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        Self {
            tokens: TokenMemory::new(snapshot.tokens.remembered),
            workspaces: snapshot.policies.iter().map(|_| Workspace::default()).collect(),
            seal: Arc::clone(&snapshot.seal),
        }
    }

    /// The memory, emptied if it belongs to another snapshot: keys may have been withdrawn since.
    fn of(&mut self, snapshot: &Snapshot) -> &mut Self {
        if !Arc::ptr_eq(&self.seal, &snapshot.seal) {
            *self = Self::new(snapshot);
        }
        self
    }
}

/// The record's reason for a request that a route leaves unchecked.
const ROUTE_OFF: &str = "route_off";

/// What was found out about a request, as far as it went.
#[derive(Default)]
struct Findings {
    method: Option<String>,
    path: Option<CanonicalPath>,
    host: Option<String>,
    route: Option<Arc<str>>,
    identity: Option<Identity>,
    tokens: Vec<Arc<str>>,
    taken: Vec<Arc<str>>,
    prints: Vec<String>,
    fault: Option<String>,
    metadata: Vec<MetadataItem>,
}

/// Decides a request at the instant `now`.
///
/// Pure but for `memory`: the same snapshot, request and instant give the same verdict, whatever the memory holds.
/// The order of checks is: size, method, path and host; the route; identity by certificate, header or filter state;
/// tokens; identity by token; the route's policy. The first that fails denies. A route that is off ends them.
#[must_use]
pub fn decide(
    snapshot: &Snapshot,
    memory: &mut Memory,
    request: &RequestView<'_>,
    now: UnixTime,
) -> Decision {
    let mut findings = Findings::default();
    // What a client says under our own names does not exist for us.
    let headers = request.headers.without(&snapshot.upstream.owned);
    let request = RequestView { headers: &headers, ..*request };
    let outcome = examine(snapshot, memory.of(snapshot), &request, now, &mut findings);
    conclude(snapshot, &request, now, findings, outcome)
}

/// The checks, in order; `Err` is a denial.
fn examine(
    snapshot: &Snapshot,
    memory: &mut Memory,
    request: &RequestView<'_>,
    now: UnixTime,
    findings: &mut Findings,
) -> Result<Ruling, Reason> {
    let limits = &snapshot.limits;
    request.headers.within(limits.headers, limits.header_bytes).map_err(Reason::Headers)?;
    let method =
        request.headers.single(":method").map_err(Reason::Headers)?.and_then(method).ok_or(Reason::Method)?;
    let method = findings.method.insert(method.to_owned());
    let target = request.headers.single(":path").map_err(Reason::Headers)?.unwrap_or_default();
    let path = CanonicalPath::parse(target, limits.path_bytes).map_err(Reason::Path)?;
    let path = findings.path.insert(path);
    findings.host = request.host()?;
    let chosen = snapshot.routes.choose(request, path, findings.host.as_deref())?;
    findings.route = chosen.name;
    let at = match chosen.then {
        Then::Off => return Ok(Ruling::Off),
        Then::Policy(at) => at,
    };
    let chosen = snapshot.policies.get(at).zip(memory.workspaces.get_mut(at));
    let (policy, workspace) = chosen.ok_or(Reason::RouteUnknown)?;

    // Certificates first: only who may come here at all can make us check a signature.
    let (before, after) = snapshot.sources_around_tokens();
    findings.identity = prove(snapshot, before, request, None, now)?;
    let credentials = snapshot.tokens.verify(&mut memory.tokens, request, now)?;
    findings.tokens = names(snapshot, &credentials);
    findings.taken.clone_from(&credentials.taken);
    if request.carries_metadata {
        findings.metadata = snapshot.metadata.claims(&credentials);
    }
    if findings.identity.is_none() {
        findings.identity = prove(snapshot, after, request, Some(&credentials), now)?;
    }
    if snapshot.tokens.missing(&credentials) {
        return Err(Reason::TokenMissing);
    }
    if let (None, Some(rules)) = (&findings.identity, &snapshot.identity)
        && rules.required
    {
        // Where only a token can prove an identity, the caller is told so.
        let is_token = |source: &Source| matches!(source, Source::JwtSvid { .. });
        let by_token = rules.sources.iter().all(is_token);
        return Err(if by_token { Reason::TokenMissing } else { Reason::Identity(IdentityError::Missing) });
    }

    let parts = InputParts {
        snapshot,
        request,
        now,
        method,
        path,
        target,
        host: findings.host.as_deref(),
        identity: findings.identity.as_ref(),
        credentials: &credentials,
    };
    let mut unread = None;
    let evaluation = policy.evaluate(
        &mut |_, path| {
            part(&parts, path).unwrap_or_else(|reason| {
                unread = Some(reason);
                None
            })
        },
        Moment { now, seed: seed(request.decision_id) },
        snapshot.budget,
        workspace,
    );
    if let Some(reason) = unread {
        return Err(reason);
    }
    findings.prints = evaluation.prints;
    read_outcome(evaluation.outcome).map_err(|failure| {
        findings.fault = failure.detail;
        failure.reason
    })
}

/// Where randomness that a policy asks for starts: the same decision has the same.
fn seed(decision_id: &str) -> u64 {
    // FNV-1a, 64 bits.
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    decision_id.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// RFC 9110, section 9.1: a method is a token. `None` for anything else.
fn method(text: &[u8]) -> Option<&str> {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let fits = !text.is_empty() && text.len() <= crate::limits::NAME_BYTES && text.iter().all(is_token);
    fits.then(|| std::str::from_utf8(text).ok()).flatten()
}

/// The identity of the first of `sources` that presents evidence.
fn prove(
    snapshot: &Snapshot,
    sources: &[Source],
    request: &RequestView<'_>,
    credentials: Option<&Credentials>,
    now: UnixTime,
) -> Result<Option<Identity>, Reason> {
    let Some(rules) = &snapshot.identity else { return Ok(None) };
    for source in sources {
        let found = match source {
            Source::JwtSvid { provider } => {
                match credentials.and_then(|credentials| credentials.of(*provider)) {
                    Some(token) => rules.by_token(&token.claims).map(Some),
                    None => Ok(None),
                }
            }
            Source::Connection | Source::Xfcc(_) | Source::FilterState => {
                rules.by_source(source, request, now)
            }
        };
        if let Some(identity) = found.map_err(Reason::Identity)? {
            return Ok(Some(identity));
        }
    }
    Ok(None)
}

fn names(snapshot: &Snapshot, credentials: &Credentials) -> Vec<Arc<str>> {
    let rules = snapshot.tokens.providers.iter().enumerate();
    rules
        .filter(|(index, _)| credentials.of(*index).is_some())
        .map(|(_, rule)| Arc::clone(&rule.name))
        .collect()
}

/// Turns what the checks say into what the host does, and into the record.
fn conclude(
    snapshot: &Snapshot,
    request: &RequestView<'_>,
    now: UnixTime,
    mut findings: Findings,
    outcome: Result<Ruling, Reason>,
) -> Decision {
    let mut event = event(snapshot, request, now, &mut findings);
    let mut metadata = std::mem::take(&mut findings.metadata);
    let mut describe = |event: &AuditEvent, given: Option<Map<String, Value>>| {
        if request.carries_metadata {
            snapshot.metadata.describe(event, findings.identity.as_ref(), given, &mut metadata);
        }
    };
    let (mut denial, policy_reason) = match outcome {
        Ok(Ruling::Off) => {
            event.reason = ROUTE_OFF;
            describe(&event, None);
            let permit = complete(snapshot, request, now, &findings, Permit::bare());
            return Decision { verdict: Verdict::Allow(permit), event, metadata };
        }
        Ok(Ruling::Allow { mut permit, reason }) => {
            event.policy_reason = reason;
            describe(&event, permit.metadata.take());
            let permit = complete(snapshot, request, now, &findings, permit);
            return Decision { verdict: Verdict::Allow(permit), event, metadata };
        }
        Ok(Ruling::Deny { denial, reason }) => (denial, reason),
        Err(reason) => (refusal(reason), None),
    };
    event.decision = "deny";
    event.reason = denial.reason.code();
    event.policy_reason = policy_reason;
    describe(&event, denial.metadata.take());
    let verdict = match snapshot.mode {
        Mode::Enforce => {
            event.status = Some(denial.status);
            Verdict::Deny(challenged(snapshot, denial))
        }
        Mode::DangerousAudit => Verdict::Allow(complete(snapshot, request, now, &findings, Permit::bare())),
    };
    Decision { verdict, event, metadata }
}

/// The record of what was found. Takes from the findings what only the record has a use for.
fn event(
    snapshot: &Snapshot,
    request: &RequestView<'_>,
    now: UnixTime,
    findings: &mut Findings,
) -> AuditEvent {
    let own = snapshot.own_id(request);
    AuditEvent {
        decision_id: request.decision_id.to_owned(),
        time: now.to_rfc3339(),
        decision: "allow",
        reason: "policy",
        policy_reason: None,
        mode: snapshot.mode.as_str(),
        status: None,
        identity: findings.identity.as_ref().map(|identity| AuditIdentity {
            spiffe_id: identity.id.as_str().to_owned(),
            source: identity.source.as_str(),
        }),
        tokens: std::mem::take(&mut findings.tokens),
        method: findings.method.take(),
        path: findings.path.as_ref().map(|path| path.as_str().to_owned()),
        // A request that was refused before its host was read has one all the same.
        host: findings.host.take().or_else(|| request.host().ok().flatten()),
        route: findings.route.take(),
        destination: own.map(|id| id.as_str().to_owned()),
        revision: snapshot.revision.clone(),
        elapsed_us: None,
        version: 1,
        prints: std::mem::take(&mut findings.prints),
        fault: findings.fault.take().map(Into::into),
    }
}

/// The policy's permit with what the configuration adds to it.
fn complete(
    snapshot: &Snapshot,
    request: &RequestView<'_>,
    now: UnixTime,
    findings: &Findings,
    mut permit: Permit,
) -> Permit {
    permit.remove.extend(findings.taken.iter().cloned());
    permit.remove.extend(snapshot.upstream.owned.iter().map(|name| Arc::from(&**name)));
    permit.remove.extend(snapshot.untrusted_signal_headers(request, now));
    let mut add = |name: &Option<Box<str>>, value: Option<&str>| {
        let Some(name) = name else { return };
        // A policy cannot speak for us: what it set under our name goes, also when we have nothing to say.
        permit.set.retain(|(set, _)| **set != **name);
        if let Some(value) = value {
            permit.set.push((name.to_string(), value.to_owned()));
        }
    };
    add(&snapshot.upstream.spiffe_id, findings.identity.as_ref().map(|identity| identity.id.as_str()));
    add(&snapshot.upstream.decision_id, Some(request.decision_id));
    permit
}

/// A denial of our own, before or instead of the policy.
fn refusal(reason: Reason) -> Denial {
    Denial { status: reason.status(), reason, headers: Vec::new(), body: String::new(), metadata: None }
}

/// RFC 6750, section 3: a refusal that a token caused carries a challenge, unless the policy gave its own.
fn challenged(snapshot: &Snapshot, mut denial: Denial) -> Denial {
    let complaint = match &denial.reason {
        Reason::TokenMissing => Some(Complaint::MissingToken),
        Reason::Bearer(_) => Some(Complaint::InvalidRequest),
        Reason::Token(_) | Reason::TokenIssuer | Reason::TokenClaims => Some(Complaint::InvalidToken),
        // The policy asks for a token, or for a better one.
        Reason::PolicyDenied if denial.status == 401 => Some(Complaint::MissingToken),
        Reason::Headers(_)
        | Reason::Method
        | Reason::Path(_)
        | Reason::Authority
        | Reason::Query
        | Reason::RouteUnknown
        | Reason::RouteNameMissing
        | Reason::Identity(_)
        | Reason::PolicyDenied
        | Reason::PolicyUndefined
        | Reason::PolicyError
        | Reason::PolicyDecision
        | Reason::Input => None,
    };
    if let Some(complaint) = complaint {
        let is_given = denial.headers.iter().any(|(name, _): &HeaderPair| name == "www-authenticate");
        if !is_given {
            let challenge = Challenge::new(complaint, &snapshot.tokens.realm, None);
            denial.headers.push(("www-authenticate".to_owned(), challenge.header));
        }
    }
    denial
}
