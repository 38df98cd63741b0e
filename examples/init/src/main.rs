#![no_std]
#![no_main]
#![cfg_attr(feature = "nightly", feature(asm_experimental_arch))]
//! A minimal init: process 1 of an initramfs or a small virtual machine, without libc.
//!
//! `init [--heartbeat[=SECONDS]] [/PROGRAM [ARGUMENT…]]`
//!
//! - It mounts devtmpfs on `/dev`, proc on `/proc` and sysfs on `/sys`. If one of these is there already, it skips it.
//!   It mounts over any other file system. It opens `/dev/console` if descriptors 0 to 2 are closed.
//! - It starts one child. The child has its own session, the console as its terminal, and no signal blocked or ignored.
//! - It starts the child again when the child ends. The first delay is 100 ms. Each delay is twice as long as the one
//!   before, 10 s at most. The delay is 100 ms again if the child lived for 10 s, or if it wrote to the event counter.
//!   The variable `INIT_EVENTFD` tells the child the descriptor of this counter.
//! - A program that cannot be executed ends with status 126, or with 127 if there is no such file.
//! - It reaps every other process that becomes its child.
//! - It shuts down on SIGTERM, SIGINT (Ctrl-Alt-Del) and SIGPWR. It sends SIGTERM to every process, and 5 s later
//!   SIGKILL to those that are left. Then it writes all files to their disks, unmounts what it mounted itself (not what
//!   the child mounted), makes `/` read-only and switches the power off. In a container that may not do this it exits,
//!   which ends the container.
//!
//! Descriptors 0 to 2 must be `/dev/console`, as the kernel opens them, or a pseudo-terminal. When the child ends, the
//! kernel hangs up every other terminal of its session. Only a terminal that is open as `/dev/console` survives.
//!
//! The first word that starts with `/` is the child's path. The words after it are the child's arguments. Without a
//! path, the child is a function of this program that waits for ever. The kernel passes the words after ` -- ` on its
//! command line, and those words that it does not know itself.
//!
//! With `--heartbeat` init writes a line each second, or each SECONDS (1 to 86400):
//! `init: uptime 12 s, child 123, restarts 1, orphans 3`. The values are the seconds since boot, the process id of the
//! child (`none` between two children), how often the child was started again, and how many other processes were
//! reaped.
//!
//! If something fails, init writes a line to the console and continues, because the kernel panics when process 1 ends.
//! It drops a line if the console accepts nothing for half a second, for example after Ctrl-S.

mod args;
mod child;
mod console;
mod events;
mod mounts;
mod shutdown;

use core::fmt;
use core::time::Duration;

use barefd::{Clock, SigSet, Signal};
use barefd_start::{Args, print, stderr};
use init_kernel as kernel;

use crate::child::Child;
use crate::console::say;
use crate::events::Events;

barefd_start::entry!(main);

const SIGNALS: SigSet = SigSet::from_signals(&[Signal::CHLD, Signal::TERM, Signal::INT, Signal::PWR]);

fn main(args: Args) -> i32 {
    if kernel::getpid() != 1 {
        // The exit status reports it too.
        let _ = print(stderr(), format_args!("init: this is not process 1, which is what it is made for\n"));
        return 2;
    }
    // This comes first: the kernel drops signals to process 1 that are not blocked.
    let blocked = SIGNALS.thread_block();
    // The program that executed init may have ignored some signals, even SIGCHLD, and the child would inherit that.
    kernel::reset_signals();
    let caught = kernel::catch_ctrl_alt_del();
    let mounts = mounts::mount();
    if let Err(errno) = blocked {
        say(format_args!("signals are not blocked: {errno}"));
    }
    let options = args::parse(args);
    // The kernel refuses this in a container. Its root may be part of somebody else's file system.
    let root_is_ours = match caught {
        Ok(()) => true,
        Err(errno) => {
            say(format_args!("Ctrl-Alt-Del is not SIGINT: {errno}"));
            false
        }
    };
    let mut child = Child::new(options.child, args.env());
    let events = match Events::new(&SIGNALS) {
        Ok(events) => events,
        Err((what, errno)) => {
            say(format_args!("{what}: {errno}; without it there is no restart and no shutdown"));
            run_once(&mut child)
        }
    };
    if let Some(period) = options.heartbeat {
        if let Err(errno) = events.every(period) {
            say(format_args!("no heartbeat: {errno}"));
        }
    }

    let mut init = Init { events, child, starts: 0, orphans: 0 };
    init.start();
    loop {
        init.reap();
        let woken = init.events.wait();
        if woken.ready {
            init.child.is_ready();
        }
        if woken.heartbeat {
            init.heartbeat();
        }
        if woken.delay {
            init.start();
        }
        match woken.signal {
            Some(info) if info.signal() != Signal::CHLD => shutdown::run(&info, &init.events, &mounts, root_is_ours),
            _ => {}
        }
    }
}

/// Starts the child once, and reaps every process that ends.
fn run_once(child: &mut Child) -> ! {
    if let Err(errno) = child.start(None) {
        say(format_args!("fork: {errno}"));
    }
    while let Ok(ended) = kernel::wait() {
        if let Some(ended) = ended.filter(|ended| child.ended(ended.pid)) {
            say(format_args!("child {} {}", ended.pid, ended.status));
        }
    }
    kernel::wait_for_ever()
}

struct Init {
    events: Events,
    child: Child,
    starts: u64,
    orphans: u64,
}

impl Init {
    fn start(&mut self) {
        match self.child.start(Some(&self.events.ready)) {
            Ok(()) => self.starts += 1,
            Err(errno) => self.start_later(format_args!("fork: {errno}")),
        }
    }

    fn start_later(&mut self, why: fmt::Arguments<'_>) {
        let delay_ms = self.child.next_delay();
        say(format_args!("{why}; restart in {delay_ms} ms"));
        if let Err(errno) = self.events.after(Duration::from_millis(delay_ms)) {
            say(format_args!("no restart: {errno}"));
        }
    }

    fn reap(&mut self) {
        while let Ok(Some(ended)) = kernel::reap() {
            // The child may have become ready just before it ended.
            if self.child.pid() == Some(ended.pid) && self.events.take_ready() {
                self.child.is_ready();
            }
            if self.child.ended(ended.pid) {
                self.start_later(format_args!("child {} {}", ended.pid, ended.status));
            } else {
                self.orphans += 1;
            }
        }
    }

    fn heartbeat(&self) {
        let Self { child, orphans, .. } = self;
        let restarts = self.starts.saturating_sub(1);
        let uptime = Clock::Boottime.now().unwrap_or_default().as_secs();
        match child.pid() {
            Some(pid) => say(format_args!("uptime {uptime} s, child {pid}, restarts {restarts}, orphans {orphans}")),
            None => say(format_args!("uptime {uptime} s, child none, restarts {restarts}, orphans {orphans}")),
        }
    }
}
