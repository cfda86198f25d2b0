//! The limits of the policy engine: each a named number with its unit and its reason.

/// What a policy, its data and one evaluation may use.
///
/// The defaults are generous for policies written by hand and small enough that the largest thing they admit
/// still loads in about a second and evaluates without exhausting the 4 MiB stack of the wasm build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Modules in one policy.
    pub modules: usize,
    /// Bytes in the source of one module.
    pub source_bytes: usize,
    /// Lines in one module.
    pub lines: usize,
    /// Rules, counting each definition, in the whole policy.
    pub rules: usize,
    /// JSON values (objects, arrays, leaves) in the data document.
    pub data_nodes: usize,
    /// `print` lines kept from one evaluation; the rest is dropped and counted.
    pub prints: usize,
    /// Bytes kept of one `print` line.
    pub print_bytes: usize,
}

impl Limits {
    /// The defaults, as a constant.
    pub const DEFAULT: Self = Self {
        modules: 256,
        source_bytes: 1024 * 1024,
        lines: 20_000,
        rules: 20_000,
        data_nodes: 1_000_000,
        prints: 64,
        print_bytes: 1024,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Levels of a value, in and out. serde_json's own parser stops at 127.
pub(crate) const VALUE_DEPTH: usize = 64;

/// JSON values in one input or one parsed string.
pub(crate) const VALUE_NODES: usize = 100_000;
