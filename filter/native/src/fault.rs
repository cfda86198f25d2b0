//! A panic of ours ends at the border: it is counted, logged and answered, and the proxy serves on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use doorward_flow::Level;

use crate::envoy;

/// Runs a hook's work. `None` where it panicked; the panic hook has logged where by then.
pub(crate) fn contained<R>(work: impl FnOnce() -> R) -> Option<R> {
    // What a panic leaves half done is dropped by whoever shares it: see `config::Workers`.
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Says where a panic was, and not what: the message may hold what a client sent.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        envoy::log(Level::Error, &format!("doorward: internal fault{place}; the request is refused"));
    }));
}

/// Panics if the request asks for it: only in a module that is built for tests.
#[cfg(any(test, feature = "provoked-faults"))]
#[expect(clippy::panic, reason = "the fault that a test asked for")]
pub(crate) fn provoke(headers: &doorward_flow::HeaderBlock) {
    /// The header that asks.
    const HEADER: &[u8] = b"x-doorward-provoke-fault";
    if headers.iter().any(|(name, _)| name == HEADER) {
        panic!("a fault was asked for");
    }
}
