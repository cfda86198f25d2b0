//! Which filters are compared, and on which requests.

use std::path::PathBuf;

use doorward_tests::lab::{Lab, TokenRequest};
use doorward_tests::{Context, Result};
use serde_json::{Map, Value, json};

/// The caller, its policy and the server: of the lab's cast.
pub(super) const CALLER: &str = "frontend";
pub(super) const SERVER: &str = "database";
const TRUST_DOMAIN: &str = "corp.example.com";
const CALLER_ID: &str = "spiffe://corp.example.com/ns/web/sa/frontend";
const ISSUER: &str = "staff";
const ISSUER_URL: &str = "https://sso.corp.example.com/realms/staff";

pub(super) const PATH: &str = "/orders/7";
/// What the policies refuse.
pub(super) const PATH_REFUSED: &str = "/admin";

/// The filter in an Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// None: the baseline.
    Nothing,
    /// A wasm filter that does nothing.
    EmptyWasm,
    /// A dynamic module that does nothing.
    EmptyNative,
    /// Doorward as wasm.
    Wasm,
    /// Doorward as a dynamic module.
    Native,
}

impl Kind {
    /// All, in the order of the table.
    pub const ALL: [Self; 5] = [Self::Nothing, Self::EmptyWasm, Self::EmptyNative, Self::Wasm, Self::Native];

    /// Its name in the table.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Nothing => "no filter",
            Self::EmptyWasm => "empty wasm filter",
            Self::EmptyNative => "empty native module",
            Self::Wasm => "Doorward, wasm",
            Self::Native => "Doorward, native",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::EmptyWasm => "empty-wasm",
            Self::EmptyNative => "empty-native",
            Self::Wasm => "wasm",
            Self::Native => "native",
        }
    }

    pub(super) const fn is_doorward(self) -> bool {
        matches!(self, Self::Wasm | Self::Native)
    }
}

/// The modules, each a file.
#[derive(Clone, Debug)]
pub struct Modules {
    /// `doorward.wasm`.
    pub wasm: PathBuf,
    /// `libdoorward.so`.
    pub native: PathBuf,
    /// The wasm filter that does nothing.
    pub empty_wasm: PathBuf,
    /// The dynamic module that does nothing.
    pub empty_native: PathBuf,
}

impl Modules {
    pub(super) fn of(&self, kind: Kind) -> Option<&PathBuf> {
        match kind {
            Kind::Nothing => None,
            Kind::EmptyWasm => Some(&self.empty_wasm),
            Kind::EmptyNative => Some(&self.empty_native),
            Kind::Wasm => Some(&self.wasm),
            Kind::Native => Some(&self.native),
        }
    }
}

/// What is asked: the same bytes of every filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A request without a token.
    Plain,
    /// One with a token.
    Token,
}

/// A configuration and the requests for it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its listener's name.
    pub name: &'static str,
    /// What the table says of it.
    pub title: &'static str,
    /// Which request it is asked.
    pub asked: Asked,
    /// `decision_log` of Doorward's configuration.
    decision_log: &'static str,
    /// Whether the filters that are not Doorward are measured again: not where the request is that of an earlier case.
    with_baselines: bool,
}

/// All cases.
pub const CASES: [Case; 3] = [
    Case {
        name: "identity",
        title: "Caller and path: two conditions, no decision record",
        asked: Asked::Plain,
        decision_log: "none",
        with_baselines: true,
    },
    Case {
        name: "logged",
        title: "The same, and each decision is written to Envoy's log",
        asked: Asked::Plain,
        decision_log: "all",
        with_baselines: false,
    },
    Case {
        name: "token",
        title: "Caller, path and a verified JWT that is remembered, no decision record",
        asked: Asked::Token,
        decision_log: "none",
        with_baselines: true,
    },
];

/// One thing that is measured: a case on a filter.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// The filter.
    pub kind: Kind,
    /// The case.
    pub case: &'static Case,
}

/// All that is measured, in the order of a round.
pub fn variants() -> Vec<Variant> {
    let of = |case: &'static Case| Kind::ALL.into_iter().map(move |kind| Variant { kind, case });
    CASES
        .iter()
        .flat_map(of)
        .filter(|variant| variant.kind.is_doorward() || variant.case.with_baselines)
        .collect()
}

impl Case {
    /// The configuration of Doorward, or what an empty filter is given in its place.
    pub(super) fn configuration(&self, lab: &Lab) -> Result<Value> {
        let mut rule = format!(
            "input.identity.spiffe_id == \"{CALLER_ID}\"\n\tstartswith(input.request.path, \"/orders/\")\n"
        );
        let mut document = json!({
            "version": 1,
            "decision_log": self.decision_log,
            "identity": { "trust_domain": TRUST_DOMAIN, "sources": [{ "type": "connection" }] },
        });
        if self.asked == Asked::Token {
            rule.push_str("\tinput.jwt.sso.sub == \"ada\"\n");
            let path = lab.folder().join(format!("keys/{ISSUER}.jwks.json"));
            let keys = std::fs::read_to_string(&path).context(|| format!("read {}", path.display()))?;
            let keys: Value = serde_json::from_str(&keys).context(|| format!("{}", path.display()))?;
            document["tokens"] = json!({ "providers": [{
                "name": "sso",
                "issuer": ISSUER_URL,
                "audiences": ["orders"],
                "algorithms": ["RS256"],
                "required": true,
                "jwks": keys,
            }] });
        }
        let source = format!("package bench\n\ndefault allow := false\n\nallow if {{\n\t{rule}}}\n");
        document["policy"] =
            json!({ "decision": "bench/allow", "modules": [{ "name": "policy.rego", "source": source }] });
        Ok(document)
    }
}

/// The token that [`Asked::Token`] carries.
pub(super) fn token(lab: &Lab) -> Result<String> {
    let claims: Map<String, Value> = [("aud".to_owned(), json!("orders"))].into_iter().collect();
    lab.token(&TokenRequest { issuer: ISSUER.into(), claims, ..TokenRequest::default() })
}
