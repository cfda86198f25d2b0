//! No process is left behind: every one that the lab starts is listed here from before it runs until it is gone, and an
//! interrupt takes the listed ones down before this process ends.

use std::os::unix::process::CommandExt;
use std::process::{self, Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, waitpgid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::{Context, Error, Result};

/// How long a process may take to end after SIGTERM before it gets SIGKILL.
pub const GRACE: Duration = Duration::from_secs(2);
/// The same for an interrupt, where somebody waits for the prompt.
const INTERRUPT_GRACE: Duration = Duration::from_millis(700);
/// How long a killed process may take to be gone: nothing but a busy machine keeps it.
const KILLED_GRACE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);

static RUNNING: Mutex<Running> = Mutex::new(Running { closing: false, groups: Vec::new() });
static INTERRUPT_EXPECTED: AtomicBool = AtomicBool::new(false);

struct Running {
    /// An interrupt came: nothing may be started any more.
    closing: bool,
    groups: Vec<Pid>,
}

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn interrupted() -> bool {
    running().closing
}

/// From now on an interrupt is the ordinary end, with exit status 0 (`demo --keep`).
pub fn expect_interrupt() {
    INTERRUPT_EXPECTED.store(true, Ordering::SeqCst);
}

/// Does not return once an interrupt came: whatever fails then fails because of it, and the handler ends the process.
pub fn wait_if_interrupted() {
    while interrupted() {
        thread::park();
    }
}

/// Takes the listed processes down when this process gets SIGINT, SIGTERM or SIGHUP, then ends it with 128 plus the
/// signal's number. Does it once, however often it is called.
///
/// # Errors
/// The handlers could not be installed.
pub fn install() -> Result<()> {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| match Signals::new([SIGINT, SIGTERM, SIGHUP]) {
        Ok(mut signals) => {
            thread::spawn(move || {
                if let Some(signal) = signals.forever().next() {
                    take_all_down();
                    let expected = INTERRUPT_EXPECTED.load(Ordering::SeqCst);
                    process::exit(if expected { 0 } else { 128 + signal });
                }
            });
            true
        }
        Err(_) => false,
    });
    installed.then_some(()).context(|| "cannot handle signals, so a process could be left behind")
}

/// Starts a command in a process group of its own, so that a terminal's Ctrl-C reaches us first and children of the
/// child go with it.
///
/// # Errors
/// It could not be started, or an interrupt came.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    install()?;
    let mut running = running();
    if running.closing {
        return Err(Error::new("interrupted"));
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command.process_group(0).spawn().context(|| format!("start {program}"))?;
    running.groups.push(Pid::from_child(&child));
    Ok(child)
}

/// Asks a child's whole group to end.
pub(crate) fn terminate(child: &Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::TERM);
}

/// Ends a child's whole group, with SIGKILL if SIGTERM does not do in [`GRACE`], and collects the child.
pub(crate) fn take_down(child: &mut Child) {
    let group = Pid::from_child(child);
    let exited = |child: &mut Child| !matches!(child.try_wait(), Ok(None));
    if !exited(child) {
        let _ = kill_process_group(group, Signal::TERM);
        wait_until(|| exited(child), GRACE);
    }
    // The child may have left children of its own in its group, and may itself not have listened.
    let _ = kill_process_group(group, Signal::KILL);
    drop(child.wait());
    running().groups.retain(|listed| *listed != group);
}

fn take_all_down() {
    let groups = {
        let mut running = running();
        running.closing = true;
        running.groups.clone()
    };
    for group in &groups {
        let _ = kill_process_group(*group, Signal::TERM);
    }
    // Where process 1 collects nobody's children (many a container), an uncollected one would stay in the process table.
    let collected = || groups.iter().all(|group| has_no_child_left(*group));
    wait_until(collected, INTERRUPT_GRACE);
    for group in &groups {
        let _ = kill_process_group(*group, Signal::KILL);
    }
    wait_until(collected, KILLED_GRACE);
}

/// Collects what has ended of a group; whether nothing of it is left. The owner may have collected it before us.
fn has_no_child_left(group: Pid) -> bool {
    loop {
        match waitpgid(group, WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}

fn wait_until(mut done: impl FnMut() -> bool, limit: Duration) {
    let start = Instant::now();
    while !done() && start.elapsed() < limit {
        thread::sleep(POLL);
    }
}
