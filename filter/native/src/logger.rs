//! The `log` facade on the proxy's log.

use doorward_flow::Level;
use log::{LevelFilter, Log, Metadata, Record};

use crate::envoy;

struct ProxyLog;

static PROXY_LOG: ProxyLog = ProxyLog;

/// Makes `log`'s macros write to the proxy's log, for our own code and for libraries.
pub(crate) fn install() {
    // It fails only where a logger is installed already, which is then as good.
    if log::set_logger(&PROXY_LOG).is_ok() {
        log::set_max_level(LevelFilter::Debug);
    }
}

const fn level(level: log::Level) -> Level {
    match level {
        log::Level::Error => Level::Error,
        log::Level::Warn => Level::Warn,
        log::Level::Info => Level::Info,
        log::Level::Debug | log::Level::Trace => Level::Debug,
    }
}

impl Log for ProxyLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        envoy::log_enabled(level(metadata.level()))
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            envoy::log(level(record.level()), &format!("doorward: {}", record.args()));
        }
    }

    fn flush(&self) {}
}
