//! The CPU time of a process, from Linux's scheduler: nanoseconds, where the clock ticks of `/proc/PID/stat` are 10 ms.

use std::fs;

use doorward_tests::{Context, Error, Result};

/// Nanoseconds that all threads of a process have run, in user and system mode together. A thread that has ended is not
/// in it: Envoy's threads end with it.
pub(super) fn nanos(pid: u32) -> Result<u64> {
    let folder = format!("/proc/{pid}/task");
    let tasks =
        fs::read_dir(&folder).context(|| format!("read {folder}: CPU time is measured on Linux only"))?;
    let mut sum = 0_u64;
    for task in tasks {
        let file = task.context(|| format!("read {folder}"))?.path().join("schedstat");
        // "running waiting slices", kernel's Documentation/scheduler/sched-stats.
        let text = fs::read_to_string(&file).context(|| format!("read {}", file.display()))?;
        let running = text.split_whitespace().next().and_then(|running| running.parse::<u64>().ok());
        sum += running.ok_or_else(|| Error::new(format!("{} has no figures", file.display())))?;
    }
    Ok(sum)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::nanos;

    #[test]
    fn work_is_seen_and_does_not_run_backwards() {
        let before = nanos(std::process::id()).unwrap();
        let mut state = 1_u64;
        for _ in 0..5_000_000 {
            state = std::hint::black_box(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
        let after = nanos(std::process::id()).unwrap();
        assert!(after > before, "{before} {after}");
    }

    #[test]
    fn no_process_is_an_error() {
        assert!(nanos(u32::MAX).is_err());
    }
}
