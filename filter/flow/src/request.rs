//! One request, from its head to the verdict carried out.

use std::sync::Arc;

use policy_core::{Decision, Headers, RequestView, RouteChoice, Snapshot, UnixTime, Verdict, decide};

use crate::apply::{allow, deny, fail, record};
use crate::gather::{Facts, connection};
use crate::host::{Host, Level, Log, Metrics, Respond};
use crate::peers::ConnectionFacts;
use crate::undecided::Undecided;
use crate::worker::{Held, Worker, Workplace};

/// What the host does with the stream now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Action {
    /// The request goes on to the next filter.
    Continue,
    /// The request stops here: it was answered, or could not be.
    Stop,
}

/// What a stream keeps between its callbacks.
#[derive(Default)]
pub struct Flow {
    response_headers: Vec<(String, String)>,
}

/// Decides a request when its head is complete, and carries the decision out.
///
/// Whatever goes wrong ends in [`Action::Stop`]: a host that cannot tell or do what is asked, a worker that is in
/// use (a host that calls back from inside a call), a clock that does not answer.
pub fn on_request_headers<H: Host>(workplace: &impl Workplace, host: &H, flow: &mut Flow) -> Action {
    let started = host.monotonic_nanos();
    let (snapshot, mut decision) = match decided(workplace, host) {
        Ok(decided) => decided,
        Err(cause) => return fail(host, cause, None),
    };
    let elapsed = host.monotonic_nanos().saturating_sub(started).checked_div(1000).unwrap_or(0);
    decision.event.elapsed_us = Some(elapsed);
    host.decision_micros(elapsed);
    let Decision { verdict, event, metadata } = decision;
    for item in &metadata {
        host.put_metadata(item);
    }
    // The record first, the answer last: a host may end the stream while it takes the answer.
    match verdict {
        Verdict::Allow(permit) => allow(host, &snapshot, permit, event, flow),
        Verdict::Deny(denial) => {
            record(host, &snapshot, &event);
            deny(host, &denial, &event)
        }
    }
}

/// Adds the decision's response headers when the response comes.
pub fn on_response_headers<H: Respond + Log + Metrics>(host: &H, flow: &mut Flow) {
    for (name, value) in std::mem::take(&mut flow.response_headers) {
        if let Err(error) = host.add_response_header(&name, &value) {
            host.error("response_header");
            host.write(Level::Warn, &format!("a response goes on without the policy's header: {error}"));
        }
    }
}

impl Flow {
    pub(crate) fn keep_response_headers(&mut self, headers: Vec<(String, String)>) {
        self.response_headers = headers;
    }
}

/// The decision and the snapshot that made it, if the host and the worker can be used.
fn decided<H: Host>(workplace: &impl Workplace, host: &H) -> Result<(Arc<Held>, Decision), Undecided> {
    let now = host.now().map_err(Undecided::Clock)?;
    let id = host.id();
    let start = workplace.with(|worker| (Arc::clone(&worker.held), id.and_then(|id| worker.peers.find(id))));
    let (snapshot, known) = start.ok_or(Undecided::WorkerInUse)?;
    let needs = snapshot.needs();
    let facts = Facts::gather(host, needs).map_err(Undecided::Headers)?;
    let is_new = known.is_none();
    let peer = known.unwrap_or_else(|| connection(host, needs));
    let asked = Asked { now, route: host.route_choice(), carries_metadata: host.carries_metadata() };
    let decision = workplace.with(|worker| {
        if let (true, Some(id)) = (is_new, id) {
            worker.peers.remember(id, &peer);
        }
        judge(&snapshot, worker, &facts, &peer, &asked)
    });
    Ok((snapshot, decision.ok_or(Undecided::WorkerInUse)?))
}

/// What the host says of the decision, not of the request.
struct Asked<'a> {
    now: UnixTime,
    route: RouteChoice<'a>,
    carries_metadata: bool,
}

fn judge(
    snapshot: &Snapshot,
    worker: &mut Worker,
    facts: &Facts,
    connection: &ConnectionFacts,
    asked: &Asked<'_>,
) -> Decision {
    let headers = Headers::new(facts.lines.iter().collect());
    let decision_id = worker.ids.next_id();
    let request = RequestView {
        decision_id: &decision_id,
        headers: &headers,
        peer: &connection.peer,
        own_id: connection.own_id.as_ref(),
        filter_state_principal: facts.filter_state.as_deref(),
        source_address: facts.source_address.as_deref(),
        destination_address: facts.destination_address.as_deref(),
        protocol: facts.protocol.as_deref(),
        route_name: facts.route_name.as_deref(),
        route: asked.route,
        carries_metadata: asked.carries_metadata,
    };
    decide(snapshot, &mut worker.memory, &request, asked.now)
}
