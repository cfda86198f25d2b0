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
    /// Columns in one line, in characters.
    pub columns: usize,
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
        columns: 1024,
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

/// Levels of `{`, `[` and `(` in a policy. The parser tries a bracket first as a comprehension and then again as a
/// literal, so its work doubles with every level: 14 levels cost about 0.1 s, 30 more than a minute.
pub(crate) const NESTING: usize = 14;

/// Tokens that the parser may read in one module, each counted as often as backtracking reads it (twice for each
/// bracket around it). About a second natively.
pub(crate) const PARSE_WORK: u64 = 4_000_000;

/// Operators in one expression, and steps in one reference: both become levels of the syntax tree.
pub(crate) const CHAIN: usize = 32;

/// Weight of the longest chain of rules that refer to each other, counting each rule as 8 and each level of its
/// expressions as 1. Evaluation recurses along it: measured against a stack of 2 MiB in a debug build.
pub(crate) const DEPENDENCY_DEPTH: usize = 450;

/// Multiplications along any chain of rules, counting one by a short literal as 1 and any other as 3. With
/// [`NUMBER_DIGITS`] it keeps every number below 10^300, which fits a double: regorus panics when it prints a larger
/// one.
pub(crate) const MULTIPLICATIONS: usize = 9;

/// Statements in one body: finding the order in which they bind variables takes the square of it.
pub(crate) const BODY_STATEMENTS: usize = 500;

/// Decimal digits of a number that enters an evaluation.
pub(crate) const NUMBER_DIGITS: usize = 32;

/// The first magnitude that has more than [`NUMBER_DIGITS`] digits.
pub(crate) const NUMBER_MAGNITUDE: f64 = 1e32;

/// The same for whole numbers.
pub(crate) const NUMBER_LIMIT: u128 = 100_000_000_000_000_000_000_000_000_000_000;

/// Levels of a value, in and out. serde_json's own parser stops at 127.
pub(crate) const VALUE_DEPTH: usize = 64;

/// JSON values in one input or one parsed string.
pub(crate) const VALUE_NODES: usize = 100_000;

/// Bytes of one string (and of one object key) in a value.
pub(crate) const STRING_BYTES: usize = 1024 * 1024;

/// Steps of the interpreter between two looks at the budget.
pub(crate) const STEPS_PER_TICK: u32 = 16;

/// Bytes that a built-in may read or write for the price of one step.
pub(crate) const BYTES_PER_STEP: usize = 64;

/// Bytes of one regular expression or glob pattern.
pub(crate) const PATTERN_BYTES: usize = 4096;

/// Bytes of one compiled regular expression, as the `regex` crate counts them.
pub(crate) const PATTERN_PROGRAM_BYTES: usize = 256 * 1024;

/// Compiled patterns that one policy keeps; beyond it the cache starts anew.
pub(crate) const PATTERN_CACHE: usize = 512;
