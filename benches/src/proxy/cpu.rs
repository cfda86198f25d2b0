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
    use std::process::Command;
    use std::thread::sleep;
    use std::time::Duration;

    use super::nanos;

    /// How often a busy process is looked at, 10 ms apart, until it was seen to work.
    const LOOKS: usize = 1000;

    #[test]
    fn work_is_seen() {
        // A process of one thread: ours has those of other tests, which come and go.
        let mut busy = Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        let before = nanos(busy.id()).unwrap();
        let seen = (0..LOOKS).any(|_| {
            sleep(Duration::from_millis(10));
            nanos(busy.id()).unwrap() > before
        });
        busy.kill().unwrap();
        busy.wait().unwrap();
        assert!(seen);
    }

    #[test]
    fn no_process_is_an_error() {
        assert!(nanos(u32::MAX).is_err());
    }
}
