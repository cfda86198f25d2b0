//! A case made ready: loaded and asked once, so that an iteration does what is to be measured and nothing else.

use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::sync::Arc;

use doorward_flow::{Action, DecisionIds, Flow, Worker, on_request_headers};
use policy_core::{
    Decision, Headers, Memory, Peer, PeerEvidence, RequestView, RouteChoice, Snapshot, SpiffeId, UnixTime, decide,
};

use crate::cases::{Ask, Case, Decide, Fields, Request, Suite, Work};
use crate::engines::{Engines, Loaded};
use crate::host::BenchHost;

/// As the filter's own: 32 hexadecimal digits.
const DECISION_ID: &str = "00000000000000ab0000000000000001";

/// A case that can be run.
pub struct Ready<'a>(Kind<'a>);

enum Kind<'a> {
    Decide(Box<Deciding<'a>>),
    Flow(Box<Flowing<'a>>),
    Certificate(&'a str),
    Load(Vec<u8>),
    Ask(Loaded, &'a Fields),
}

struct Deciding<'a> {
    snapshot: Snapshot,
    memory: Memory,
    now: UnixTime,
    peer: Peer,
    /// Read on each run where every connection is a new one.
    new_peer_pem: Option<&'a str>,
    own_id: Option<SpiffeId>,
    requests: Turns<Headers<'a>>,
}

struct Flowing<'a> {
    worker: RefCell<Worker>,
    host: BenchHost<'a>,
    requests: Turns<&'a Request>,
    is_new_each_time: bool,
}

/// Items in turn, for ever.
struct Turns<T> {
    items: Vec<T>,
    next: usize,
}

impl<T> Turns<T> {
    fn of(items: Vec<T>) -> Result<Self, String> {
        if items.is_empty() { Err("no request".to_owned()) } else { Ok(Self { items, next: 0 }) }
    }

    fn turn(&mut self) -> Option<&T> {
        let at = self.next;
        self.next = if at + 1 < self.items.len() { at + 1 } else { 0 };
        self.items.get(at)
    }
}

impl<'a> Ready<'a> {
    /// Loads what the case needs and runs it, each of its requests twice: what is remembered then is remembered in the
    /// measurement.
    ///
    /// # Errors
    /// The configuration does not load, or the decision is not the expected one: a benchmark of something else.
    pub fn new(suite: &'a Suite, case: &'a Case, engines: &mut Engines) -> Result<Self, String> {
        let mut ready = Self(match &case.work {
            Work::Decide(wanted) => Kind::Decide(Box::new(Deciding::new(suite, wanted)?)),
            Work::Flow(wanted) => Kind::Flow(Box::new(Flowing::new(suite, wanted)?)),
            Work::Certificate { pem } => {
                if read_peer(pem).svid().is_none() {
                    return Err("the certificate proves no identity".to_owned());
                }
                Kind::Certificate(pem)
            }
            Work::Load { configuration } => {
                let document = document(suite, configuration)?;
                load(&document)?;
                Kind::Load(document)
            }
            Work::Ask(ask) => Kind::Ask(asked(suite, ask, engines)?, &ask.fields),
        });
        ready.run();
        Ok(ready)
    }

    /// One iteration.
    pub fn run(&mut self) {
        match &mut self.0 {
            Kind::Decide(deciding) => {
                black_box(deciding.run());
            }
            Kind::Flow(flowing) => {
                black_box(flowing.run());
            }
            Kind::Certificate(pem) => {
                black_box(read_peer(black_box(pem)));
            }
            Kind::Load(document) => {
                black_box(Snapshot::load(black_box(document)).is_ok());
            }
            Kind::Ask(engine, fields) => {
                black_box(engine.borrow_mut().allows(black_box(fields)).is_ok());
            }
        }
    }
}

impl<'a> Deciding<'a> {
    fn new(suite: &Suite, wanted: &'a Decide) -> Result<Self, String> {
        let snapshot = load(&document(suite, &wanted.configuration)?)?;
        let pem = wanted.connection.peer_pem.as_deref();
        let mut deciding = Self {
            memory: Memory::new(&snapshot),
            snapshot,
            now: UnixTime::from_nanos(suite.now_nanos),
            peer: pem.map_or(Peer::Absent, read_peer),
            new_peer_pem: pem.filter(|_| wanted.connection.is_new_each_time),
            own_id: own_id(wanted)?,
            requests: Turns::of(
                wanted.requests.iter().map(|request| Headers::new(lines(request))).collect(),
            )?,
        };
        for _ in 0..wanted.requests.len() * 2 {
            let found = deciding.run().map(|decision| decision.event.reason);
            if found != Some(&wanted.expect) {
                return Err(format!("decides {found:?}, not {:?}", wanted.expect));
            }
        }
        Ok(deciding)
    }

    fn run(&mut self) -> Option<Decision> {
        if let Some(pem) = self.new_peer_pem {
            self.peer = read_peer(black_box(pem));
        }
        let request = RequestView {
            decision_id: DECISION_ID,
            headers: self.requests.turn()?,
            peer: &self.peer,
            own_id: self.own_id.as_ref(),
            filter_state_principal: None,
            source_address: Some(b"192.0.2.1:40000"),
            destination_address: Some(b"192.0.2.2:443"),
            protocol: Some(b"HTTP/2"),
            route_name: None,
            route: RouteChoice::ByMatch,
            carries_metadata: false,
        };
        Some(decide(black_box(&self.snapshot), &mut self.memory, black_box(&request), self.now))
    }
}

impl<'a> Flowing<'a> {
    fn new(suite: &Suite, wanted: &'a Decide) -> Result<Self, String> {
        // That the answer is the expected one is asked of the core.
        Deciding::new(suite, wanted)?;
        let snapshot = Arc::new(load(&document(suite, &wanted.configuration)?)?);
        let first = wanted.requests.first().ok_or("no request")?;
        let mut flowing = Self {
            worker: RefCell::new(Worker::new(snapshot, DecisionIds::new(0xab))),
            host: BenchHost {
                now: UnixTime::from_nanos(suite.now_nanos),
                request: Cell::new(first),
                connection: Cell::new(0),
                peer_pem: wanted.connection.peer_pem.as_deref(),
                own_id: wanted.connection.own_id.as_deref(),
            },
            requests: Turns::of(wanted.requests.iter().collect())?,
            is_new_each_time: wanted.connection.is_new_each_time,
        };
        let expected = if wanted.expect == "policy" { Action::Continue } else { Action::Stop };
        for _ in 0..wanted.requests.len() * 2 {
            if flowing.run() != Some(expected) {
                return Err(format!("the request does not end in {expected:?}"));
            }
        }
        Ok(flowing)
    }

    fn run(&mut self) -> Option<Action> {
        self.host.request.set(self.requests.turn()?);
        if self.is_new_each_time {
            self.host.connection.set(self.host.connection.get().wrapping_add(1));
        }
        let mut flow = Flow::default();
        let action = on_request_headers(&self.worker, black_box(&self.host), &mut flow);
        black_box(&flow);
        Some(action)
    }
}

/// The engine, whose answer is the expected one.
fn asked(suite: &Suite, ask: &Ask, engines: &mut Engines) -> Result<Loaded, String> {
    let engine = engines.loaded(suite, ask.engine, &ask.policy)?;
    // Twice: what an engine remembers must not change its answer.
    for _ in 0..2 {
        let allows = engine.borrow_mut().allows(&ask.fields)?;
        if allows != ask.allows {
            return Err(format!("allows: {allows}, not {}", ask.allows));
        }
    }
    Ok(engine)
}

fn read_peer(pem: &str) -> Peer {
    Peer::from_evidence(&PeerEvidence {
        presented: Some(true),
        validated: Some(true),
        certificate_pem: Some(pem.as_bytes()),
        digest_hex: None,
    })
}

fn own_id(wanted: &Decide) -> Result<Option<SpiffeId>, String> {
    let id = wanted.connection.own_id.as_deref();
    id.map(|id| SpiffeId::parse(id).map_err(|error| error.to_string())).transpose()
}

fn lines(request: &Request) -> Vec<(&[u8], &[u8])> {
    request.lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
}

fn document(suite: &Suite, configuration: &str) -> Result<Vec<u8>, String> {
    let document = suite.configurations.get(configuration);
    let document = document.ok_or_else(|| format!("no configuration {configuration}"))?;
    serde_json::to_vec(document).map_err(|error| error.to_string())
}

fn load(document: &[u8]) -> Result<Snapshot, String> {
    Snapshot::load(document).map_err(|errors| errors.to_string())
}
