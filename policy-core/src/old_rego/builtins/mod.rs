//! The built-in functions that policies may call.
//!
//! Each is registered with regorus as an extension, which takes precedence over regorus' own function of the same
//! name. That gives one place where the work is paid for, where an error becomes undefined as in OPA (whose default
//! is not to be strict), and where our own implementations stand in.

mod cidr;
mod glob;
mod json;
mod numbers;
mod pattern;
mod regex;
mod strings;
mod table;
mod text;
mod time;
mod urlquery;

use std::sync::Arc;

use regorus::Value as Inner;
use regorus::unstable::{BUILTINS, BuiltinFcn, Expr, Ref, Source, Span};

use self::pattern::Patterns;
use self::table::{Body, Cost};
pub(super) use self::table::{Builtin, Offer, find};
use super::limits::{NUMBER_LIMIT, NUMBER_MAGNITUDE};
use super::meter;

/// The name under which the policy's `print` runs: see `rewrite`.
pub(super) const PRINT: &str = "print";

/// The name of the function that `rewrite` puts around the collection of `some ... in`.
pub(super) const ITEMS: &str = "__doorward_items";

/// What messages of the built-ins themselves give as their file.
pub(super) const PLACE: &str = "built-in";

/// What an evaluation's error says if a built-in ended it for its cost.
pub(super) const OVER_BUDGET: &str = "the evaluation is over its budget";

/// Why a built-in gives no answer at all: the evaluation ends with an error, which is a deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The budget is spent.
    Budget,
    /// OPA might have an answer here that this engine cannot be sure of.
    Unsure,
}

impl From<meter::Exhausted> for Stop {
    fn from(_: meter::Exhausted) -> Self {
        Self::Budget
    }
}

/// The answer of a built-in; undefined where OPA's has an error.
pub(super) type Answer = Result<Inner, Stop>;

/// A built-in that is ours. The patterns are those that the policy has compiled so far.
pub(super) type Function = fn(&Patterns, &[Inner]) -> Answer;

/// Registers built-ins with an engine.
///
/// # Errors
/// The name of one that could not be registered: regorus does not have it, or has it already.
pub(super) fn register(
    engine: &mut regorus::Engine,
    builtins: impl Iterator<Item = &'static Builtin>,
) -> Result<(), &'static str> {
    let place = Place::new().ok_or("")?;
    let patterns = Arc::new(Patterns::new());
    for builtin in builtins {
        let name = builtin.name;
        let Offer::Offered { body, cost } = builtin.offer else { continue };
        let call = match body {
            Body::Interpreter => continue,
            Body::Regorus => Call::Theirs(*BUILTINS.get(name).ok_or(name)?),
            Body::Ours(function) => Call::Ours(function),
        };
        let (place, patterns) = (place.clone(), patterns.clone());
        let extension = move |args: Vec<Inner>| {
            let answer = pay(cost, &args).map_err(Stop::from).and_then(|()| match call {
                Call::Theirs(function) => place.call(function, &args),
                Call::Ours(function) => function(&patterns, &args),
            });
            answer.map_err(|stop| {
                place.span.error(match stop {
                    Stop::Budget => OVER_BUDGET,
                    Stop::Unsure => "the built-in does not support these arguments",
                })
            })
        };
        engine.add_extension(name.to_owned(), builtin.arity, Box::new(extension)).map_err(|_| name)?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Call {
    Theirs(BuiltinFcn),
    Ours(Function),
}

/// What regorus' built-ins want to know about the call: a place, for messages that nobody reads.
#[derive(Clone)]
struct Place {
    span: Span,
    params: Arc<[Ref<Expr>]>,
}

impl Place {
    /// Parameters of the most that any built-in takes.
    const PARAMETERS: usize = 8;

    fn new() -> Option<Self> {
        let source = Source::from_contents(PLACE.to_owned(), PLACE.to_owned()).ok()?;
        let span = Span { source, line: 1, col: 1, start: 0, end: 0 };
        let param = || Ref::new(Expr::Null { span: span.clone(), value: Inner::Null, eidx: 0 });
        let params = (0..Self::PARAMETERS).map(|_| param()).collect();
        Some(Self { span, params })
    }

    /// Calls one of regorus' functions; its error is undefined, as in OPA.
    fn call(&self, function: BuiltinFcn, args: &[Inner]) -> Answer {
        let Some(params) = self.params.get(..args.len()) else { return Err(Stop::Unsure) };
        match function.0(&self.span, params, args, true) {
            Ok(value) => bounded(value),
            Err(error) if error.is::<regorus::LimitError>() => Err(Stop::Budget),
            Err(_) => Ok(Inner::Undefined),
        }
    }
}

/// An error for a number beyond the magnitude that the arithmetic of this engine can bear.
fn bounded(value: Inner) -> Answer {
    if is_bearable(&value) { Ok(value) } else { Err(Stop::Unsure) }
}

/// Whether a value is no number of more digits than an evaluation may begin with.
pub(super) fn is_bearable(value: &Inner) -> bool {
    let Inner::Number(number) = value else { return true };
    match number.as_f64() {
        Some(approximate) => approximate.abs() < NUMBER_MAGNITUDE,
        // Whole numbers that a double does not hold exactly.
        None => {
            let magnitude = value.as_i128().map(i128::unsigned_abs).or_else(|_| value.as_u128());
            magnitude.is_ok_and(|magnitude| magnitude < NUMBER_LIMIT)
        }
    }
}

/// Takes the price of a call off the budget before it runs.
fn pay(cost: Cost, args: &[Inner]) -> Result<(), meter::Exhausted> {
    match cost {
        Cost::Constant => Ok(()),
        Cost::Linear => args.iter().try_for_each(charge_size),
        Cost::Product => {
            args.iter().try_for_each(charge_size)?;
            let product = args.iter().map(|arg| size(arg).max(1)).fold(1usize, usize::saturating_mul);
            meter::charge(product)
        }
    }
}

/// Charges for every part of a value, in the order in which it is seen, so that a large one is not walked for free.
fn charge_size(value: &Inner) -> Result<(), meter::Exhausted> {
    meter::charge(size(value))?;
    match value {
        Inner::Array(items) => items.iter().try_for_each(charge_size),
        Inner::Set(items) => items.iter().try_for_each(charge_size),
        Inner::Object(entries) => entries.iter().try_for_each(|(key, value)| {
            charge_size(key)?;
            charge_size(value)
        }),
        Inner::Null | Inner::Bool(_) | Inner::Number(_) | Inner::String(_) | Inner::Undefined => Ok(()),
    }
}

/// The size of a value itself: the bytes of a string, a few for each item of a collection.
fn size(value: &Inner) -> usize {
    const ITEM: usize = 32;
    match value {
        Inner::Null | Inner::Bool(_) | Inner::Undefined => 1,
        Inner::Number(_) => ITEM,
        Inner::String(text) => text.len(),
        Inner::Array(items) => items.len().saturating_mul(ITEM),
        Inner::Set(items) => items.len().saturating_mul(ITEM),
        Inner::Object(entries) => entries.len().saturating_mul(ITEM),
    }
}

/// The argument at an index; undefined if there is none, which the check of arity excludes.
fn arg(args: &[Inner], index: usize) -> &Inner {
    args.get(index).unwrap_or(&Inner::Undefined)
}

/// The argument at an index, if it is a string.
fn string(args: &[Inner], index: usize) -> Option<&str> {
    arg(args, index).as_string().ok().map(AsRef::as_ref)
}

/// Whether a pattern that stands in the policy's text can be used with the built-in; true for built-ins without one.
pub(super) fn is_supported_pattern(name: &str, pattern: &str) -> bool {
    match name {
        "regex.match" => regex::is_supported(pattern),
        "glob.match" => glob::is_supported(pattern),
        "sprintf" => strings::is_supported_format(pattern),
        _ => true,
    }
}

/// What to write where [`is_supported_pattern`] says no.
pub(super) fn pattern_hint(name: &str) -> &'static str {
    match name {
        "glob.match" => "use `*`, `**`, `?`, `[abc]`, `[!abc]`, `[a-z]` and `{a,b}`",
        "regex.match" => {
            "use characters, `.`, `[...]`, `\\d`, `\\w`, `\\s`, `\\b`, groups, `|` and repetitions"
        }
        "sprintf" => "use the verbs `%s`, `%d` and `%v` without flags",
        _ => "",
    }
}
