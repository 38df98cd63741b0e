#![no_std]
#![no_main]
#![cfg_attr(feature = "nightly", feature(asm_experimental_arch))]
//! A minimal init: process 1 of an initramfs or a small virtual machine, without libc.
//!
//! `init [--heartbeat[=SECONDS]] [/PROGRAM [ARGUMENT…]]`
//!
//! - Mounts devtmpfs on `/dev`, proc on `/proc` and sysfs on `/sys`, unless that very file system is there already; any
//!   other is covered. Opens `/dev/console` where descriptors 0 to 2 are closed.
//! - Starts one child, in a session of its own with the console as its terminal and no signal blocked or ignored, and
//!   starts it again when it ends: after 100 ms, then after twice as long each time, 10 s at most. After 100 ms again
//!   once a child lived for 10 s, or wrote to the event counter whose descriptor the variable `INIT_EVENTFD` tells it.
//!   What cannot be executed ends with status 126, and with 127 if there is no such file.
//! - Reaps whatever else becomes its child.
//! - Shuts down on SIGTERM, SIGINT (Ctrl-Alt-Del) and SIGPWR: SIGTERM to every process, SIGKILL 5 s later to those that are
//!   left; then it writes all files to their disks, unmounts what it mounted itself (not what the child mounted), makes `/`
//!   read-only and switches the power off. In a container that may not do that it exits, which ends the container.
//!
//! Descriptors 0 to 2 must be `/dev/console`, as the kernel gives them, or a pseudo-terminal: with the child's end the kernel
//! hangs up every other terminal of its session, and only what is open as `/dev/console` lives on.
//!
//! The first word that begins with `/` is the child's path, and what follows it are its arguments. Without one the child is a
//! function of this program, which waits for ever. A kernel hands over what follows ` -- ` on its command line, and words
//! that it does not know itself.
//!
//! With `--heartbeat` there is a line each second, or each SECONDS (1 to 86400):
//! `init: uptime 12 s, child 123, restarts 1, orphans 3`. Those are the seconds since boot, the child's process id or `none`
//! between two, how often it was started again, and how many other processes were reaped.
//!
//! Whatever fails is a line on the console, and init goes on: the kernel panics when process 1 ends. A line is dropped where
//! the console takes none for half a second, as after Ctrl-S.

mod args;
mod child;
mod console;
mod events;
mod kernel;
mod mounts;
mod shutdown;

use core::fmt;
use core::time::Duration;

use barefd::{Clock, SigSet, Signal};
use barefd_start::{Args, print, stderr};

use crate::child::Child;
use crate::console::say;
use crate::events::Events;

barefd_start::entry!(main);

const SIGNALS: SigSet = SigSet::from_signals(&[Signal::CHLD, Signal::TERM, Signal::INT, Signal::PWR]);

fn main(args: Args) -> i32 {
    if kernel::getpid() != 1 {
        // The status says it too.
        let _ = print(stderr(), format_args!("init: this is not process 1, which is what it is made for\n"));
        return 2;
    }
    // First of all: the kernel drops those that come to process 1 while they are not blocked.
    let blocked = SIGNALS.thread_block();
    // Who executed init may have had some ignored, SIGCHLD too, and the child would inherit that.
    kernel::reset_signals();
    let caught = kernel::catch_ctrl_alt_del();
    let mounts = mounts::mount();
    if let Err(errno) = blocked {
        say(format_args!("signals are not blocked: {errno}"));
    }
    let options = args::parse(args);
    // The kernel refuses it in a container, whose root may be a part of somebody else's.
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

/// Starts the child once, and reaps whatever ends.
fn run_once(child: &mut Child) -> ! {
    if let Err(errno) = child.start(None) {
        say(format_args!("fork: {errno}"));
    }
    while let Ok(ended) = kernel::wait() {
        if let Some(ended) = ended.filter(|ended| child.ended(ended.pid)) {
            say(format_args!("child {} {ended}", ended.pid));
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
            // The child may have been ready right before its end.
            if self.child.pid() == Some(ended.pid) && self.events.take_ready() {
                self.child.is_ready();
            }
            if self.child.ended(ended.pid) {
                self.start_later(format_args!("child {} {ended}", ended.pid));
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
