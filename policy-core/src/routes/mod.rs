//! Which policy decides about a request: the first route that matches, otherwise the top-level policy.
//!
//! A route can loosen what the top level demands, so what is not certain never matches one: a request without the host
//! or the proxy's route name that a route asks for is refused instead of being passed on to the next.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::reason::Reason;
use crate::request::{CanonicalPath, RequestView};

/// Where the top-level policy is in [`crate::Snapshot`].
pub(crate) const TOP_POLICY: usize = 0;

/// Which route decides, as the host says: a proxy's own route may have a configuration for the filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RouteChoice<'a> {
    /// The first that matches, otherwise the top-level policy.
    #[default]
    ByMatch,
    /// The route of this name, whatever it matches. A name that the configuration does not have is a denial.
    Named(&'a str),
    /// None: the request is not checked, as by a route that is off.
    Off,
}

/// What a route does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing is checked.
    Off,
    /// The policy at this place decides.
    Policy(usize),
}

/// A configured route.
pub(crate) struct Route {
    pub(crate) name: Arc<str>,
    /// What it matches; `None` is reached by its name only.
    pub(crate) matches: Option<Match>,
    pub(crate) then: Then,
}

/// What a request must be for a route: every part that is there. The configuration sees to it that one is.
pub(crate) struct Match {
    pub(crate) hosts: Option<Box<[HostPattern]>>,
    pub(crate) path: Option<PathPrefix>,
    pub(crate) route_name: Option<Box<str>>,
}

/// Host names, in the spelling of [`RequestView::host`]: lower-case, without port and final dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostPattern {
    /// `*`.
    Any,
    /// One name.
    Exact(Box<str>),
    /// `*.example.com`, kept as `.example.com`: every name below, of one label more or several.
    Below(Box<str>),
}

/// A canonical path without a slash at its end; empty for `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPrefix(Box<str>);

/// The routes in their order.
pub(crate) struct Routes(pub(crate) Box<[Route]>);

/// The route that was found.
pub(crate) struct Chosen {
    /// Its name; `None` for the top level.
    pub(crate) name: Option<Arc<str>>,
    pub(crate) then: Then,
}

impl Routes {
    /// The route for a request.
    ///
    /// # Errors
    /// [`Reason::RouteUnknown`] for a name that is none; [`Reason::Authority`] and [`Reason::RouteNameMissing`] when all
    /// that is missing for a match is a thing that the request does not say.
    pub(crate) fn choose(
        &self,
        request: &RequestView<'_>,
        path: &CanonicalPath,
        host: Option<&str>,
    ) -> Result<Chosen, Reason> {
        let found = match request.route {
            RouteChoice::Off => return Ok(Chosen { name: None, then: Then::Off }),
            RouteChoice::Named(name) => Some(self.named(name).ok_or(Reason::RouteUnknown)?),
            RouteChoice::ByMatch => self.matching(request.route_name, path, host)?,
        };
        Ok(match found {
            Some(route) => Chosen { name: Some(Arc::clone(&route.name)), then: route.then },
            None => Chosen { name: None, then: Then::Policy(TOP_POLICY) },
        })
    }

    /// The route of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Route> {
        self.0.iter().find(|route| *route.name == *name)
    }

    /// Whether any route looks at the name of the proxy's own.
    pub(crate) fn read_names(&self) -> bool {
        let parts = self.0.iter().filter_map(|route| route.matches.as_ref());
        parts.into_iter().any(|parts| parts.route_name.is_some())
    }

    fn matching(
        &self,
        route_name: Option<&[u8]>,
        path: &CanonicalPath,
        host: Option<&str>,
    ) -> Result<Option<&Route>, Reason> {
        for route in &self.0 {
            let Some(parts) = &route.matches else { continue };
            if parts.admit(route_name, path, host)? {
                return Ok(Some(route));
            }
        }
        Ok(None)
    }
}

impl Match {
    /// Whether every part holds. What is known is compared first: a request is refused for what it does not say only if
    /// nothing else keeps it from this route.
    fn admit(
        &self,
        route_name: Option<&[u8]>,
        path: &CanonicalPath,
        host: Option<&str>,
    ) -> Result<bool, Reason> {
        if self.path.as_ref().is_some_and(|prefix| !prefix.admits(path)) {
            return Ok(false);
        }
        let by_host = self.hosts.as_ref().map(|patterns| {
            host.map(|host| patterns.iter().any(|pattern| pattern.admits(host))).ok_or(Reason::Authority)
        });
        let by_name = self
            .route_name
            .as_ref()
            .map(|name| route_name.map(|found| found == name.as_bytes()).ok_or(Reason::RouteNameMissing));
        match (by_host, by_name) {
            (Some(Ok(false)), _) | (_, Some(Ok(false))) => Ok(false),
            (Some(Err(missing)), _) | (_, Some(Err(missing))) => Err(missing),
            (None | Some(Ok(true)), None | Some(Ok(true))) => Ok(true),
        }
    }
}

impl HostPattern {
    fn admits(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(name) => *host == **name,
            // A host has no empty label, so what stands before the dot is one label or several.
            Self::Below(suffix) => host.strip_suffix(&**suffix).is_some_and(|labels| !labels.is_empty()),
        }
    }
}

impl PathPrefix {
    /// The prefix of a canonical path, which may not end in a slash unless it is one; `None` if it does.
    pub(crate) fn new(path: &CanonicalPath) -> Option<Self> {
        match path.as_str() {
            "/" => Some(Self("".into())),
            text if text.ends_with('/') => None,
            text => Some(Self(text.into())),
        }
    }

    /// By whole segments: `/admin` admits `/admin`, `/admin/` and `/admin/x`, not `/administrator`.
    fn admits(&self, path: &CanonicalPath) -> bool {
        path.as_str().strip_prefix(&*self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
