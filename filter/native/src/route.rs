//! What a route of Envoy's says for itself, in `typed_per_filter_config`.

use crate::config::Shared;

/// A route's own configuration.
pub(crate) enum Route {
    /// A whole configuration of its own.
    Own(Shared),
}

impl Route {
    /// Loads what a route says.
    ///
    /// # Errors
    /// Every fault that was found, a line each.
    pub(crate) fn load(name: &[u8], document: &[u8]) -> Result<Self, String> {
        Shared::load(name, document).map(Self::Own)
    }
}
