//! What a route of Envoy's says for itself, in `typed_per_filter_config`: one of
//!
//! - `{"route": "NAME"}`: the route of this name in the filter's own configuration decides;
//! - `{"off": true}`: no check at all;
//! - a whole configuration, with `version`: it decides instead.

use policy_core::RouteChoice;
use serde_json::Value;

use crate::config::Shared;

/// Longest document of the two short forms: longer ones are whole configurations.
const SHORT_BYTES: usize = 1024;

/// A route's own configuration.
pub(crate) enum Route {
    /// A whole configuration of its own.
    Own(Box<Shared>),
    /// A route of the filter's configuration.
    Named(Box<str>),
    /// No check.
    Off,
}

impl Route {
    /// Loads what a route says.
    ///
    /// # Errors
    /// Every fault that was found, a line each.
    pub(crate) fn load(name: &[u8], document: &[u8]) -> Result<Self, String> {
        match short(document) {
            Some(short) => short,
            None => Shared::load(name, document).map(|shared| Self::Own(Box::new(shared))),
        }
    }

    /// Which route of the filter's configuration decides.
    pub(crate) fn choice(&self) -> RouteChoice<'_> {
        match self {
            Self::Own(_) => RouteChoice::ByMatch,
            Self::Named(name) => RouteChoice::Named(name),
            Self::Off => RouteChoice::Off,
        }
    }
}

/// A document of the short forms; `None` for any other.
fn short(document: &[u8]) -> Option<Result<Route, String>> {
    if document.len() > SHORT_BYTES {
        return None;
    }
    let Value::Object(members) = serde_json::from_slice(document).ok()? else { return None };
    let is_short = members.contains_key("route") || members.contains_key("off");
    if !is_short || members.contains_key("version") {
        return None;
    }
    let refused = |message: &str| Some(Err(message.to_owned()));
    let mut members = members.into_iter();
    match (members.next(), members.next()) {
        (Some((key, Value::String(name))), None) if key == "route" && !name.is_empty() => {
            Some(Ok(Route::Named(name.into())))
        }
        (Some((key, Value::Bool(true))), None) if key == "off" => Some(Ok(Route::Off)),
        _ => refused(
            "filter_config: a route says {\"route\": \"NAME\"}, {\"off\": true}, or gives a whole configuration with \
             `version`; leave typed_per_filter_config out where the filter's own configuration decides",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(document: &str) -> Result<Route, String> {
        short(document.as_bytes()).unwrap()
    }

    #[test]
    fn the_short_forms_are_read() {
        assert_eq!(load(r#"{"route":"admin"}"#).unwrap().choice(), RouteChoice::Named("admin"));
        assert_eq!(load(r#"{"off":true}"#).unwrap().choice(), RouteChoice::Off);
    }

    #[test]
    fn off_is_said_in_full_and_alone() {
        for document in [
            r#"{"off":false}"#,
            r#"{"off":"true"}"#,
            r#"{"off":1}"#,
            r#"{"off":true,"route":"a"}"#,
            r#"{"route":""}"#,
            r#"{"route":7}"#,
            r#"{"off":true,"x":1}"#,
        ] {
            assert!(load(document).is_err_and(|error| error.contains("a route says")), "{document}");
        }
    }

    #[test]
    fn anything_else_is_a_configuration() {
        for document in ["", "{}", "[]", r#"{"version":1,"off":true}"#, r#"{"version":1}"#] {
            assert!(short(document.as_bytes()).is_none(), "{document}");
        }
    }
}
