//! The `routes` part, and every policy: the top level's first.

use std::sync::Arc;

use super::compile::Faults;
use super::policy::{self, Asked};
use super::raw::{RawConfig, RawRoute, RawRouteMatch};
use crate::limits::{NAME_BYTES, PATH_BYTES, ROUTE_HOSTS, ROUTE_NAME_BYTES, ROUTES};
use crate::rego::Policy;
use crate::request::{CanonicalPath, PathError, host_name};
use crate::routes::{HostPattern, Match, PathPrefix, Route, Routes, Then};

/// What can be written in a path escaped or not, and is not the same to every reader (RFC 3986, section 2.2).
const TWO_SPELLINGS: &str = "!$&'()*+,:=@";

/// The policies and who is decided by which.
pub(super) struct Compiled {
    pub(super) policies: Vec<Policy>,
    pub(super) routes: Routes,
}

/// `None` only when a fault was added.
pub(super) fn compile(raw: &RawConfig, faults: &mut Faults) -> Option<Compiled> {
    if raw.routes.len() > ROUTES {
        faults.add("routes", format!("has more than {ROUTES} routes"), "put the difference into the policy");
        return None;
    }
    let mut found = Found::new(raw);
    for (index, route) in raw.routes.iter().enumerate() {
        let place = format!("routes[{index}]");
        name(&place, route, raw.routes.get(..index).unwrap_or_default(), faults);
        let matches = route.matches.as_ref().map(|parts| matching(&place, parts, faults));
        let Some(answer) = answer(&place, route, faults) else { continue };
        let then = found.then(&place, answer);
        // A match with a fault was reported; the route is not missed.
        let (Some(matches), then) = (matches.map_or(Some(None), |parts| parts.map(Some)), then) else {
            continue;
        };
        found.routes.push((Arc::from(route.name.as_str()), matches, then));
    }
    found.compile(raw, faults)
}

/// What a route does, as it is written.
enum Answer<'a> {
    Off,
    Decision(&'a str),
    Policy(&'a super::raw::RawPolicy),
}

/// The same, found among the policies: of the top level's by the rule, of the routes' own by their order.
enum Planned {
    Off,
    Shared(usize),
    Own(usize),
}

struct Found<'a> {
    /// The rules that are asked of the top-level policy, each once; its own decision is the first.
    asked: Vec<Asked<'a>>,
    own: Vec<(String, &'a super::raw::RawPolicy)>,
    routes: Vec<(Arc<str>, Option<Match>, Planned)>,
}

impl<'a> Found<'a> {
    fn new(raw: &'a RawConfig) -> Self {
        Self { asked: vec![Asked::of("policy", &raw.policy)], own: Vec::new(), routes: Vec::new() }
    }

    fn then(&mut self, place: &str, answer: Answer<'a>) -> Planned {
        match answer {
            Answer::Off => Planned::Off,
            Answer::Decision(rule) => {
                let known = self.asked.iter().position(|asked| asked.rule == rule);
                Planned::Shared(known.unwrap_or_else(|| {
                    self.asked.push(Asked { place: format!("{place}.decision"), rule });
                    self.asked.len().saturating_sub(1)
                }))
            }
            Answer::Policy(raw) => {
                self.own.push((format!("{place}.policy"), raw));
                Planned::Own(self.own.len().saturating_sub(1))
            }
        }
    }

    fn compile(self, raw: &RawConfig, faults: &mut Faults) -> Option<Compiled> {
        let top = policy::compile("policy", &raw.policy, &self.asked, faults);
        let mut own = Vec::new();
        for (place, raw) in &self.own {
            own.push(policy::compile(place, raw, &[Asked::of(place, raw)], faults));
        }
        // At `TOP_POLICY`, the first, is what the top level asks for.
        let mut policies = top?;
        let shared = policies.len();
        for own in own {
            policies.extend(own?);
        }
        let route = |(name, matches, planned)| {
            let then = match planned {
                Planned::Off => Then::Off,
                Planned::Shared(at) => Then::Policy(at),
                Planned::Own(at) => Then::Policy(shared.saturating_add(at)),
            };
            Route { name, matches, then }
        };
        Some(Compiled { policies, routes: Routes(self.routes.into_iter().map(route).collect()) })
    }
}

fn name(place: &str, route: &RawRoute, earlier: &[RawRoute], faults: &mut Faults) {
    let text = &route.name;
    if text.is_empty() || text.len() > NAME_BYTES || text.chars().any(char::is_control) {
        faults.add(format!("{place}.name"), "must be 1 to 128 bytes without control characters", "");
    } else if earlier.iter().any(|earlier| earlier.name == *text) {
        faults.add(
            format!("{place}.name"),
            "is the name of an earlier route",
            "the record and a proxy's own route name one route",
        );
    }
}

/// Exactly one of the three.
fn answer<'a>(place: &str, route: &'a RawRoute, faults: &mut Faults) -> Option<Answer<'a>> {
    match (route.off, &route.decision, &route.policy) {
        (Some(true), None, None) => Some(Answer::Off),
        (None, Some(rule), None) => Some(Answer::Decision(rule)),
        (None, None, Some(policy)) => Some(Answer::Policy(policy)),
        (Some(false), None, None) => {
            faults.add(
                format!("{place}.off"),
                "can only be true",
                "for a route that is checked give `decision` or `policy`",
            );
            None
        }
        (None, None, None) | (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            faults.add(
                place,
                "must have exactly one of `off`, `decision` and `policy`",
                "`off: true` checks nothing, `decision` asks another rule, `policy` is a policy of its own",
            );
            None
        }
    }
}

/// `None` only when a fault was added.
fn matching(place: &str, raw: &RawRouteMatch, faults: &mut Faults) -> Option<Match> {
    let place = format!("{place}.match");
    if raw.hosts.is_none() && raw.path_prefix.is_none() && raw.route_name.is_none() {
        faults.add(
            place,
            "must have at least one part",
            "for every request write `path_prefix: /`; to be reached by its name only, leave `match` out",
        );
        return None;
    }
    let hosts = raw.hosts.as_ref().map(|texts| hosts(&format!("{place}.hosts"), texts, faults));
    let path = raw.path_prefix.as_ref().map(|text| prefix(&format!("{place}.path_prefix"), text, faults));
    let route_name = raw.route_name.as_ref().map(|text| {
        let fits = !text.is_empty() && text.len() <= ROUTE_NAME_BYTES;
        if !fits {
            faults.add(
                format!("{place}.route_name"),
                format!("must be 1 to {ROUTE_NAME_BYTES} bytes"),
                "the `name` of a route in the proxy's configuration",
            );
        }
        fits.then(|| Box::from(text.as_str()))
    });
    Some(Match { hosts: whole(hosts)?, path: whole(path)?, route_name: whole(route_name)? })
}

/// A part that is absent or there; `None` for one with a fault.
#[expect(clippy::option_option, reason = "absent, there and faulty are three cases")]
fn whole<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    part.map_or(Some(None), |part| part.map(Some))
}

fn hosts(place: &str, texts: &[String], faults: &mut Faults) -> Option<Box<[HostPattern]>> {
    if texts.is_empty() {
        faults.add(place, "must name at least one host", "`*` is any host");
        return None;
    }
    if texts.len() > ROUTE_HOSTS {
        faults.add(place, format!("has more than {ROUTE_HOSTS} hosts"), "use `*.` or several routes");
        return None;
    }
    let mut patterns = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match host(text) {
            Some(pattern) => patterns.push(pattern),
            None => faults.add(
                format!("{place}[{index}]"),
                "is not a host name as it is compared",
                "lower-case, without port and final dot; or `*.` and a name, or `*`",
            ),
        }
    }
    (patterns.len() == texts.len()).then(|| patterns.into())
}

fn host(text: &str) -> Option<HostPattern> {
    let is_canonical = |name: &str| host_name(name.as_bytes()).is_some_and(|canonical| canonical == name);
    match text.strip_prefix('*') {
        Some("") => Some(HostPattern::Any),
        Some(suffix) => {
            let name = suffix.strip_prefix('.')?;
            // There is nothing below an address.
            (is_canonical(name) && !name.starts_with('[')).then(|| HostPattern::Below(suffix.into()))
        }
        None => is_canonical(text).then(|| HostPattern::Exact(text.into())),
    }
}

fn prefix(place: &str, text: &str, faults: &mut Faults) -> Option<PathPrefix> {
    let canonical = match CanonicalPath::parse(text.as_bytes(), PATH_BYTES) {
        Ok(path) => path,
        Err(PathError::Missing) => {
            faults.add(place, "must start with a slash", "`/` is every path");
            return None;
        }
        Err(error) => {
            faults.add(place, error.to_string(), "a request with such a path is refused anyway");
            return None;
        }
    };
    if canonical.as_str() != text {
        faults.add(
            place,
            "is not in its canonical spelling, or has a query",
            "letters, digits, `-`, `.`, `_` and `~` are not escaped, other escapes are upper-case",
        );
        return None;
    }
    if text.contains(|c| TWO_SPELLINGS.contains(c)) {
        faults.add(
            place,
            format!("has one of `{TWO_SPELLINGS}`, which a client can also send escaped"),
            "end the prefix before it and let the policy look at the rest",
        );
        return None;
    }
    let prefix = PathPrefix::new(&canonical);
    if prefix.is_none() {
        faults.add(place, "ends in a slash", "`/admin` is also for `/admin/` and what is below");
    }
    prefix
}
