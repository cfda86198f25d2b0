//! Why a request could not be decided, or its decision not be carried out: never the caller's fault.

use crate::host::HostError;

/// The cause. The request is answered with 500 and goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Undecided {
    /// Without the time nothing that expires can be checked.
    #[error("the host did not give the time: {0}")]
    Clock(HostError),
    /// The header lines.
    #[error("the host did not give the request's headers: {0}")]
    Headers(HostError),
    /// The host called back from inside a call.
    #[error("the filter was called while it was deciding another request")]
    WorkerInUse,
    /// An allowed request that could not be changed as the permit says must not pass as it came.
    #[error("the host did not change the request's headers: {0}")]
    Change(HostError),
}

impl Undecided {
    /// Stable name for counters, records and response details.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Clock(_) => "host_clock",
            Self::Headers(_) => "host_headers",
            Self::WorkerInUse => "worker_in_use",
            Self::Change(_) => "host_change",
        }
    }
}
