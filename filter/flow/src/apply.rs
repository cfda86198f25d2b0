//! Carries a verdict out on the host, and records it.

use policy_core::{AuditEvent, Denial, Permit, Snapshot};

use crate::host::{Host, HostError, Level, Log, Metrics, Reply};
use crate::request::{Action, Flow};
use crate::undecided::Undecided;

/// RFC 9110, section 15.6.1: the fault is on our side.
const FAILED: u16 = 500;

/// Changes the request as the permit says and lets it go on. A change that the host refuses stops the request.
pub(crate) fn allow<H: Host>(
    host: &H,
    snapshot: &Snapshot,
    permit: Permit,
    event: AuditEvent,
    flow: &mut Flow,
) -> Action {
    match change(host, &permit) {
        Ok(()) => {
            record(host, snapshot, &event);
            flow.keep_response_headers(permit.into_response_headers());
            Action::Continue
        }
        Err(error) => {
            let cause = Undecided::Change(error);
            let refused =
                AuditEvent { decision: "deny", reason: cause.code(), status: Some(FAILED), ..event };
            record(host, snapshot, &refused);
            fail(host, cause, Some(&refused.decision_id))
        }
    }
}

fn change<H: Host>(host: &H, permit: &Permit) -> Result<(), HostError> {
    for name in permit.request_headers_to_remove() {
        host.remove(name)?;
    }
    let mut previous: Option<&str> = None;
    for (name, value) in permit.request_headers() {
        if previous == Some(name) {
            host.add(name, value)?
        } else {
            host.set(name, value)?
        }
        previous = Some(name);
    }
    Ok(())
}

/// Answers a refused request.
pub(crate) fn deny<H: Host>(host: &H, denial: &Denial, event: &AuditEvent) -> Action {
    let details = format!("doorward_denied:{}:{}", event.reason, event.decision_id);
    let reply =
        Reply { status: denial.status(), headers: denial.headers(), body: denial.body(), details: &details };
    answer(host, &reply)
}

/// Answers 500 to a request that could not be decided or changed.
pub(crate) fn fail<H: Host>(host: &H, cause: Undecided, decision_id: Option<&str>) -> Action {
    host.error(cause.code());
    let details = match decision_id {
        Some(id) => format!("doorward_error:{}:{id}", cause.code()),
        None => format!("doorward_error:{}", cause.code()),
    };
    host.write(Level::Error, &format!("{details}: {cause}"));
    answer(host, &Reply { status: FAILED, headers: &[], body: "", details: &details })
}

/// Whether or not the host takes the answer, the request stays here.
fn answer<H: Host>(host: &H, reply: &Reply<'_>) -> Action {
    if let Err(error) = host.reply(reply) {
        host.error("reply");
        host.write(Level::Error, &format!("{}: the host did not take the answer: {error}", reply.details));
    }
    Action::Stop
}

/// Counts the decision and writes its record, one JSON line.
pub(crate) fn record<H: Log + Metrics>(host: &H, snapshot: &Snapshot, event: &AuditEvent) {
    if event.decision == "allow" {
        host.allowed()
    } else {
        host.denied(event.reason)
    }
    if let Some(fault) = &event.fault {
        host.error(event.reason);
        host.write(Level::Warn, &format!("decision {}: {fault}", event.decision_id));
    }
    if host.enabled(Level::Debug) {
        for line in &event.prints {
            host.write(Level::Debug, &format!("decision {}: print: {line}", event.decision_id));
        }
    }
    if snapshot.logs(event) && host.enabled(Level::Info) {
        host.write(Level::Info, &event.to_json_line());
    }
}
