//! Everything that decides, loaded and checked: immutable, shared, swapped whole.

use std::sync::Arc;

use crate::audit::AuditEvent;
use crate::config::{ConfigErrors, compile};
use crate::context::{Signal, SignalSource};
use crate::identity::{IdentityRules, Source};
use crate::metadata::MetadataRules;
use crate::rego::{Budget, Policy};
use crate::request::RequestView;
use crate::routes::Routes;
use crate::spiffe::SpiffeId;
use crate::time::UnixTime;
use crate::tokens::TokenRules;

/// What a denial does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It refuses the request.
    Enforce,
    /// It is recorded, and the request passes.
    DangerousAudit,
}

impl Mode {
    /// The name in records.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::DangerousAudit => "audit",
        }
    }
}

/// Which decisions are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecisionLog {
    All,
    Denied,
    None,
}

/// Limits on one request.
pub(crate) struct RequestLimits {
    pub(crate) headers: usize,
    pub(crate) header_bytes: usize,
    pub(crate) path_bytes: usize,
}

/// Headers of our own.
#[derive(Default)]
pub(crate) struct UpstreamHeaders {
    pub(crate) spiffe_id: Option<Box<str>>,
    pub(crate) decision_id: Option<Box<str>>,
    /// Every name that a client may not send, the two above among them.
    pub(crate) owned: Vec<Box<str>>,
}

/// What a host must ask for, since a decision of this snapshot can depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The peer's certificate and what the proxy knows of it.
    pub peer: bool,
    /// The SPIFFE ID of our own certificate.
    pub own_id: bool,
    /// The peer's address.
    pub source_address: bool,
    /// Our own address.
    pub destination_address: bool,
    /// The HTTP version.
    pub protocol: bool,
    /// The filter-state object of this key.
    pub filter_state: Option<Box<str>>,
    /// The name of the proxy's own route.
    pub route_name: bool,
}

/// A configuration, compiled: rules, keys, routes, policies and data. Immutable; share it with [`Arc`].
pub struct Snapshot {
    pub(crate) revision: Option<Arc<str>>,
    pub(crate) mode: Mode,
    pub(crate) decision_log: DecisionLog,
    pub(crate) identity: Option<IdentityRules>,
    pub(crate) tokens: TokenRules,
    /// The top-level policy, at [`TOP_POLICY`], and those of the routes.
    pub(crate) policies: Box<[Policy]>,
    pub(crate) routes: Routes,
    pub(crate) budget: Budget,
    pub(crate) utc_offset_minutes: i64,
    pub(crate) signals: Box<[Signal]>,
    pub(crate) upstream: UpstreamHeaders,
    pub(crate) metadata: MetadataRules,
    pub(crate) limits: RequestLimits,
    pub(crate) needs: Needs,
    pub(crate) warnings: Vec<String>,
    /// Tells this snapshot's memory from another's.
    pub(crate) seal: Arc<()>,
}

impl Snapshot {
    /// Loads a configuration: the JSON document of the published schema.
    ///
    /// # Errors
    /// Every fault that was found, each with its place and what to do.
    pub fn load(document: &[u8]) -> Result<Self, ConfigErrors> {
        compile(document)
    }

    /// What a host must ask for.
    #[must_use]
    pub const fn needs(&self) -> &Needs {
        &self.needs
    }

    /// What an operator should know although the configuration was loaded: skipped keys, audit mode.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The revision that the configuration names.
    #[must_use]
    pub fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }

    /// Whether the configuration has a route of this name, so that a host can refuse to select one that it has not
    /// before the first request does.
    #[must_use]
    pub fn has_route(&self, name: &str) -> bool {
        self.routes.named(name).is_some()
    }

    /// Whether this decision's record is to be logged.
    #[must_use]
    pub fn logs(&self, event: &AuditEvent) -> bool {
        match self.decision_log {
            DecisionLog::All => true,
            DecisionLog::Denied => event.decision != "allow",
            DecisionLog::None => false,
        }
    }

    /// Our own SPIFFE ID: as configured, or of the certificate that the proxy presented.
    pub(crate) fn own_id<'a>(&'a self, request: &RequestView<'a>) -> Option<&'a SpiffeId> {
        self.identity.as_ref().and_then(|rules| rules.own_id.as_ref()).or(request.own_id)
    }

    /// The sources of identity before the first that needs a token, and from it on.
    pub(crate) fn sources_around_tokens(&self) -> (&[Source], &[Source]) {
        let Some(rules) = &self.identity else { return (&[], &[]) };
        let is_token = |source: &Source| matches!(source, Source::JwtSvid { .. });
        let at = rules.sources.iter().position(is_token).unwrap_or(rules.sources.len());
        rules.sources.split_at_checked(at).unwrap_or((&[], &[]))
    }

    /// Headers of signals on a request whose peer may not send them: they must not reach the workload.
    pub(crate) fn untrusted_signal_headers(&self, request: &RequestView<'_>, now: UnixTime) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        for signal in &self.signals {
            let SignalSource::Header { name, time_header, .. } = &signal.source else { continue };
            if !self.trusts_signal(signal, request, now) {
                names.extend([name, time_header].map(Arc::clone));
            }
        }
        names
    }

    /// Whether the connection's peer may send this signal in headers.
    pub(crate) fn trusts_signal(&self, signal: &Signal, request: &RequestView<'_>, now: UnixTime) -> bool {
        let SignalSource::Header { trusted_proxies, .. } = &signal.source else { return false };
        self.identity.as_ref().is_some_and(|rules| rules.peer_is_among(trusted_proxies, request, now))
    }

    /// What hosts must ask for, from what the rules and any of the policies read.
    pub(crate) fn find_needs(
        identity: Option<&IdentityRules>,
        has_tokens: bool,
        filter_state: Option<Box<str>>,
        policies: &[Policy],
        routes: &Routes,
    ) -> Needs {
        let reads = |path: &[&str]| policies.iter().any(|policy| policy.may_read(path));
        let wants_own =
            reads(&["request", "destination"]) || reads(&["attributes", "destination", "principal"]);
        Needs {
            // Signals, XFCC and holder-bound tokens look at the peer too.
            peer: identity.is_some() || has_tokens,
            own_id: identity.is_some() || wants_own,
            source_address: reads(&["attributes", "source", "address"]),
            destination_address: reads(&["attributes", "destination", "address"]),
            protocol: reads(&["attributes", "request", "http", "protocol"]),
            filter_state,
            route_name: routes.read_names(),
        }
    }
}
