//! The `log` facade on the proxy's log, for our own code and for libraries.

use std::sync::OnceLock;

use log::{LevelFilter, Log, Metadata, Record};

use crate::host::Level;

/// A proxy's log.
struct ProxyLog {
    enabled: fn(Level) -> bool,
    write: fn(Level, &str),
}

static PROXY_LOG: OnceLock<ProxyLog> = OnceLock::new();

/// Makes `log`'s macros write with `write` what `enabled` wants. The first call counts.
pub fn install_logger(enabled: fn(Level) -> bool, write: fn(Level, &str)) {
    // It fails only where a logger is installed already, which is then as good.
    if log::set_logger(PROXY_LOG.get_or_init(|| ProxyLog { enabled, write })).is_ok() {
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
        (self.enabled)(level(metadata.level()))
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            (self.write)(level(record.level()), &format!("doorward: {}", record.args()));
        }
    }

    fn flush(&self) {}
}
