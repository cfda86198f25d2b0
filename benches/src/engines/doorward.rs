//! Ours: what the policy reads is lent from the request.

use policy_core::UnixTime;
use policy_core::rego::{
    Budget, BuiltinErrors, DecisionPath, JsonLimits, Limits, Module, Moment, Outcome, Policy as Compiled,
    RegoVersion, Value, Workspace,
};

use super::Asked;
use crate::cases::{Fields, Policy};

pub(super) struct Doorward {
    policy: Compiled,
    /// What each part of the input is that the policy reads.
    parts: Vec<Part>,
    workspace: Workspace,
}

#[derive(Clone, Copy)]
enum Part {
    SpiffeId,
    Method,
    Path,
    Host,
}

impl Part {
    fn of(path: &[&str]) -> Result<Self, String> {
        match path {
            ["source", "spiffe_id"] => Ok(Self::SpiffeId),
            ["request", "method"] => Ok(Self::Method),
            ["request", "path"] => Ok(Self::Path),
            ["request", "host"] => Ok(Self::Host),
            _ => Err(format!("the policy reads input.{}, which is no text of the request", path.join("."))),
        }
    }

    fn text(self, fields: &Fields) -> &str {
        match self {
            Self::SpiffeId => &fields.spiffe_id,
            Self::Method => &fields.method,
            Self::Path => &fields.path,
            Self::Host => &fields.host,
        }
    }
}

impl Doorward {
    pub(super) fn load(policy: &Policy) -> Result<Self, String> {
        let module = Module { name: "bench.rego".to_owned(), source: policy.module.clone() };
        let data = Value::from_serde(&policy.data, JsonLimits::REQUEST)
            .map_err(|error| error.message().to_owned())?;
        let decision = DecisionPath::parse("bench/allow").map_err(|error| error.to_string())?;
        let limits = Limits { source_bytes: 4 << 20, ..Limits::DEFAULT };
        let compiled = Compiled::compile(
            &[module],
            RegoVersion::V1,
            &data,
            &decision,
            &limits,
            BuiltinErrors::Undefined,
        );
        let policy = compiled.map_err(|errors| match errors.first() {
            Some(error) => error.to_string(),
            None => "refused without a reason".to_owned(),
        })?;
        let parts = policy.reads().iter().map(|path| {
            let path: Vec<&str> = path.iter().map(|name| &**name).collect();
            Part::of(&path)
        });
        Ok(Self { parts: parts.collect::<Result<_, _>>()?, policy, workspace: Workspace::default() })
    }
}

impl Asked for Doorward {
    fn allows(&mut self, fields: &Fields) -> Result<bool, String> {
        let Self { policy, parts, workspace } = self;
        let moment = Moment { now: UnixTime::from_nanos(0), seed: 0 };
        let mut read = |slot: usize, _: &_| Some(Value::text(parts.get(slot)?.text(fields)));
        match policy.evaluate(&mut read, moment, Budget::DEFAULT, workspace).outcome {
            Outcome::Defined(value) => Ok(value.as_bool() == Some(true)),
            Outcome::Undefined => Ok(false),
            Outcome::Error(error) => Err(error.to_string()),
        }
    }
}
