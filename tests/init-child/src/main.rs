#![no_std]
#![no_main]
#![cfg_attr(feature = "nightly", feature(asm_experimental_arch))]
//! The child that `examples/init` is tested with: `/child` on a real kernel.
//!
//! The first time it leaves an orphan behind and kills itself. The second time it looks at what init made of that, and
//! asks init to shut down. Each check is a line, `child: ok WHAT` or `child: FAILED WHAT`.

mod kernel;

use core::time::Duration;

use barefd::fd::{AsFd, FromRawFd, OwnedFd};
use barefd::{Clock, Errno, EventFd, PollFd, PollFlags, Result, SigSet, Signal, SignalFd, TimerFd, poll, sys};
use barefd_start::{Args, exit, print, stdout, write_all};

barefd_start::entry!(main);

/// There from the first run on: the process ids of the first child and of its orphan.
const MARKER: &core::ffi::CStr = c"/run-1";
/// The orphan ends that much later than its parents.
const ORPHAN_LIVES: Duration = Duration::from_millis(300);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(10);

fn main(args: Args) -> i32 {
    let result = match kernel::create(MARKER) {
        Ok(marker) => first(&marker),
        Err(Errno::EXIST) => second(args),
        Err(errno) => Err(errno),
    };
    if let Err(errno) = result {
        say(format_args!("FAILED unexpected {errno}"));
    }
    1
}

fn say(what: core::fmt::Arguments<'_>) {
    // Whoever reads the console misses the line.
    let _ = print(stdout(), format_args!("child: {what}\n"));
}

fn check(what: &str, holds: bool) {
    let verdict = if holds { "ok" } else { "FAILED" };
    say(format_args!("{verdict} {what}"));
}

fn first(marker: &OwnedFd) -> Result<()> {
    write_all(marker, &kernel::getpid().to_ne_bytes())?;
    match kernel::fork()? {
        Some(parent) => kernel::wait_for(parent)?,
        None => match kernel::fork()? {
            Some(orphan) => exit(write_all(marker, &orphan.to_ne_bytes())),
            None => exit(orphan()),
        },
    }
    say(format_args!("first run, killing itself"));
    kernel::kill(kernel::getpid(), Signal::KILL)
}

fn orphan() -> Result<()> {
    // Otherwise it gets the SIGHUP of a session whose leader ended.
    kernel::setsid()?;
    let timer = TimerFd::new(Clock::Monotonic)?;
    timer.arm_after(ORPHAN_LIVES)?;
    timer.wait().map(drop)
}

fn second(args: Args) -> Result<()> {
    let marker = kernel::open(MARKER)?;
    let (mut before, mut orphan) = ([0; 4], [0; 4]);
    check("the marker", sys::read(marker.as_fd(), &mut before)? == 4 && sys::read(marker.as_fd(), &mut orphan)? == 4);
    check("restarted as another process", u32::from_ne_bytes(before) != kernel::getpid());
    check("the orphan was reaped", is_gone(u32::from_ne_bytes(orphan))?);

    check("/proc is mounted", kernel::open(c"/proc/self/stat").is_ok());
    check("/sys is mounted", kernel::open(c"/sys/kernel").is_ok());
    check("/dev is mounted", kernel::open(c"/dev/null").is_ok());
    check("descriptors 0 to 2 are open", (0..=2).all(kernel::is_open));
    check("no signal is blocked", SigSet::thread_mask()? == SigSet::EMPTY);
    check("the session is its own", kernel::getsid()? == kernel::getpid());
    check("the terminal is that of the session", kernel::open(c"/dev/tty").is_ok());

    let terms = SigSet::EMPTY.with(Signal::TERM);
    terms.thread_block()?;
    let terms = SignalFd::nonblocking(&terms)?;
    check("INIT_EVENTFD was notified", notify(args)?);
    kernel::kill(kernel::INIT, Signal::TERM)?;
    let came = poll(&mut [PollFd::new(&terms, PollFlags::IN)], Some(LONG))? == 1;
    check("SIGTERM came", came && terms.take()?.is_some_and(|info| info.pid() == kernel::INIT));
    Ok(())
}

/// Waits for a process that is not a child to be reaped.
fn is_gone(pid: u32) -> Result<bool> {
    let timer = TimerFd::new(Clock::Monotonic)?;
    timer.arm_every(LOOK_AGAIN)?;
    let deadline = Clock::Monotonic.now()?.saturating_add(LONG);
    while kernel::exists(pid) {
        if Clock::Monotonic.now()? > deadline {
            return Ok(false);
        }
        timer.wait()?;
    }
    Ok(true)
}

/// Whether there is an event counter to write to.
fn notify(args: Args) -> Result<bool> {
    let number = args.env().find_map(|variable| variable.to_str().ok()?.strip_prefix("INIT_EVENTFD=")?.parse().ok());
    match number {
        Some(number) if kernel::is_open(number) => {
            // SAFETY: it is open, and init passed it to this program for this.
            let event = EventFd::from(unsafe { OwnedFd::from_raw_fd(number) });
            event.notify()?;
            Ok(true)
        }
        _ => Ok(false),
    }
}
