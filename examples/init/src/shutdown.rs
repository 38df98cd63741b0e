//! An orderly shutdown.

use core::time::Duration;

use barefd::{Errno, Signal, SignalInfo};
use barefd_start::exit;

use crate::console::say;
use crate::events::Events;
use crate::kernel;
use crate::mounts::Mounted;

/// The time that processes have to end after SIGTERM, and the same again after SIGKILL.
const GRACE: Duration = Duration::from_secs(5);

pub fn run(why: &SignalInfo, events: &Events, mounts: &Mounted, root_is_ours: bool) -> ! {
    let signal = why.signal();
    match (why.code(), why.pid()) {
        (SignalInfo::SI_KERNEL, _) => say(format_args!("shutting down: {signal} from the kernel")),
        (_, 0) => say(format_args!("shutting down: {signal} from outside this namespace")),
        (_, pid) => say(format_args!("shutting down: {signal} from process {pid}")),
    }
    // A stopped process acts on SIGTERM only after SIGCONT.
    send(Signal::TERM);
    send(Signal::CONT);
    if !all_end(events) {
        say(format_args!("processes are left after {} s: killing them", GRACE.as_secs()));
        send(Signal::KILL);
        if !all_end(events) {
            say(format_args!("processes are left that cannot be killed"));
        }
    }
    kernel::sync();
    mounts.unmount();
    if root_is_ours {
        if let Err(errno) = kernel::remount_root_read_only() {
            say(format_args!("/ stays writable: {errno}"));
        }
    }

    say(format_args!("power off"));
    if let Err(errno) = kernel::power_off() {
        if !root_is_ours {
            say(format_args!("power off: {errno}; ending"));
            // A pid namespace ends with its init. This is not the init of the machine, without which the kernel panics.
            exit(0);
        }
        say(format_args!("power off: {errno}; halting"));
    }
    if let Err(errno) = kernel::halt() {
        say(format_args!("halt: {errno}; the power can be switched off"));
    }
    kernel::wait_for_ever()
}

fn send(signal: Signal) {
    match kernel::kill_all(signal) {
        // SRCH: there is no process.
        Ok(()) | Err(Errno::SRCH) => {}
        Err(errno) => say(format_args!("{signal} to all: {errno}")),
    }
}

/// Reaps until no process is left (true), or until the time is over (false).
fn all_end(events: &Events) -> bool {
    let timed = events.after(GRACE);
    if let Err(errno) = timed {
        say(format_args!("no time to end: {errno}"));
    }
    let mut over = timed.is_err();
    loop {
        match kernel::reap() {
            Ok(Some(_)) => {}
            // ECHILD: no process is left. Every process except the kernel's threads is a descendant or becomes a child.
            Err(_) => return true,
            Ok(None) if over => return false,
            Ok(None) => over = events.wait().delay,
        }
    }
}
