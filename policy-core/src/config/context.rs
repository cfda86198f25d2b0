//! The `context` part.

use std::sync::Arc;

use super::compile::Faults;
use super::identity::workloads;
use super::raw::{RawContext, RawSignal, RawSignalSource, RawSignalType};
use crate::context::{Signal, SignalSource, SignalType};
use crate::limits::NAME_BYTES;
use crate::tokens::TokenRules;

/// Names in `input.context` that are ours.
const OWN_NAMES: [&str; 5] = ["request_hour", "request_minute", "request_weekday", "time", "time_seconds"];

/// Minutes of a day less one: no place on Earth is further from UTC.
const OFFSET_MAX: i64 = 1439;

/// Longest accepted age of a signal: a day.
const AGE_MAX: u64 = 86_400;

pub(super) fn compile(
    raw: &RawContext,
    tokens: &Option<TokenRules>,
    has_identity: bool,
    faults: &mut Faults,
) -> Box<[Signal]> {
    if !(-OFFSET_MAX..=OFFSET_MAX).contains(&raw.utc_offset_minutes) {
        faults.add(
            "context.utc_offset_minutes",
            "must be from -1439 to 1439",
            "60 for Central European Time",
        );
    }
    let mut signals: Vec<Signal> = Vec::new();
    for (index, raw) in raw.signals.iter().enumerate() {
        let place = format!("context.signals[{index}]");
        let is_used =
            OWN_NAMES.contains(&&*raw.name) || signals.iter().any(|earlier| *earlier.name == *raw.name);
        if is_used || raw.name.is_empty() || raw.name.len() > NAME_BYTES {
            faults.add(
                format!("{place}.name"),
                "must be 1 to 128 bytes and not in use already",
                "the policy reads input.context.NAME",
            );
        }
        if !(1..=AGE_MAX).contains(&raw.max_age_seconds) {
            faults.add(format!("{place}.max_age_seconds"), format!("must be from 1 to {AGE_MAX}"), "");
        }
        signals.extend(signal(&place, raw, tokens.as_ref(), has_identity, faults));
    }
    signals.into()
}

fn signal(
    place: &str,
    raw: &RawSignal,
    tokens: Option<&TokenRules>,
    has_identity: bool,
    faults: &mut Faults,
) -> Option<Signal> {
    let source = match &raw.from {
        RawSignalSource::Claim { provider, path } => {
            let index = tokens?.providers.iter().position(|rule| *rule.name == **provider);
            if index.is_none() {
                faults.add(
                    format!("{place}.from.claim.provider"),
                    "is not the name of a configured provider",
                    "add it to tokens.providers",
                );
            }
            if path.is_empty() {
                faults.add(
                    format!("{place}.from.claim.path"),
                    "must name at least one member",
                    "for example [device, compliant]",
                );
            }
            SignalSource::Claim {
                provider: index?,
                path: path.iter().map(|name| name.as_str().into()).collect(),
            }
        }
        RawSignalSource::Header { name, time_header, trusted_proxies } => {
            if !has_identity {
                faults.add(
                    format!("{place}.from.header"),
                    "needs to know the peer",
                    "configure `identity` with a connection source",
                );
            }
            let name = faults.header(&format!("{place}.from.header.name"), name);
            let time_header = faults.header(&format!("{place}.from.header.time_header"), time_header);
            let proxies = workloads(&format!("{place}.from.header.trusted_proxies"), trusted_proxies, faults);
            SignalSource::Header {
                name: Arc::from(name?),
                time_header: Arc::from(time_header?),
                trusted_proxies: proxies.into(),
            }
        }
    };
    let kind = match raw.kind {
        RawSignalType::Number => SignalType::Number,
        RawSignalType::Boolean => SignalType::Boolean,
        RawSignalType::String => SignalType::Text,
    };
    let max_age_seconds = i64::try_from(raw.max_age_seconds).ok()?;
    Some(Signal { name: raw.name.as_str().into(), kind, max_age_seconds, source })
}
