#![no_std]
#![no_main]
#![cfg_attr(feature = "nightly", feature(asm_experimental_arch))]
//! The child for the tests of `examples/init`: `/child` on a real kernel.
//!
//! The first run leaves orphans behind and kills itself. The second run says that it is ready, and ends. The third run
//! checks what init has done, and asks init to shut down. It writes a line for each check, `child: ok WHAT` or `child:
//! FAILED WHAT`.

use core::ffi::CStr;
use core::time::Duration;

use barefd::fd::{AsFd, FromRawFd, OwnedFd};
use barefd::{
    Clock, Errno, EventFd, EventFdFlags, PollFd, PollFlags, Result, SigSet, Signal, SignalFd, TimerFd, poll, sys,
};
use barefd_start::{Args, exit, print, stdout, write_all};
use init_kernel as kernel;

barefd_start::entry!(main);

/// This file exists from the first run on. It has the process ids of the first child and of the orphans.
const MARKER: &CStr = c"/run-1";
/// This file exists from the second run on.
const SECOND_MARKER: &CStr = c"/run-2";
/// The process id of init.
const INIT: u32 = 1;
const ORPHANS: usize = 8;
/// `O_CLOEXEC`, which is the same bit.
const CLOEXEC: u32 = EventFdFlags::CLOEXEC.bits();
/// The orphans end this long after their start.
const ORPHANS_LIVE: Duration = Duration::from_millis(300);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(10);
/// Less than the time after which init sends SIGKILL.
const UNTIL_KILLED: Duration = Duration::from_secs(3);

fn main(args: Args) -> i32 {
    let result = match create(MARKER) {
        Ok(marker) => first(&marker),
        Err(Errno::EXIST) if create(SECOND_MARKER).is_ok() => second(args),
        Err(Errno::EXIST) => third(args),
        Err(errno) => Err(errno),
    };
    if let Err(errno) = result {
        say(format_args!("FAILED unexpected {errno}"));
    }
    1
}

fn say(what: core::fmt::Arguments<'_>) {
    // A failed write is ignored: the reader of the console then misses the line.
    let _ = print(stdout(), format_args!("child: {what}\n"));
}

fn check(what: &str, holds: bool) {
    let verdict = if holds { "ok" } else { "FAILED" };
    say(format_args!("{verdict} {what}"));
}

fn first(marker: &OwnedFd) -> Result<()> {
    write_all(marker, &kernel::getpid().to_ne_bytes())?;
    match fork()? {
        Some(parent) => kernel::wait_for(parent)?,
        None => exit(leave_orphans(marker)),
    }
    say(format_args!("first run, killing itself"));
    kernel::kill(kernel::getpid(), Signal::KILL)
}

/// The orphans end together, so that one SIGCHLD may stand for several.
fn leave_orphans(marker: &OwnedFd) -> Result<()> {
    let end = Clock::Monotonic.now()?.saturating_add(ORPHANS_LIVE);
    for _ in 0..ORPHANS {
        match fork()? {
            Some(orphan) => write_all(marker, &orphan.to_ne_bytes())?,
            None => exit(orphan(end)),
        }
    }
    Ok(())
}

fn orphan(end: Duration) -> Result<()> {
    // Without a new session it gets SIGHUP, because the leader of the old session ends.
    kernel::setsid()?;
    let timer = TimerFd::new(Clock::Monotonic)?;
    timer.arm_at(end)?;
    timer.wait().map(drop)
}

/// It ends so soon after the write that init may see both at once.
fn second(args: Args) -> Result<()> {
    event_of_init(args).ok_or(Errno::BADF)?.notify()
}

fn third(args: Args) -> Result<()> {
    // This comes first, before another descriptor can get the number.
    let event = event_of_init(args);
    let marker = open(MARKER)?;
    check("restarted as another process", read_pid(&marker)?.is_some_and(|before| before != kernel::getpid()));
    let mut reaped = 0;
    while let Some(orphan) = read_pid(&marker)? {
        if !is_gone(orphan)? {
            break;
        }
        reaped += 1;
    }
    check("the orphans were reaped", reaped == ORPHANS);

    check("/proc is mounted", open(c"/proc/self/stat").is_ok());
    check("/sys is mounted", open(c"/sys/kernel").is_ok());
    check("/dev is mounted", open(c"/dev/null").is_ok());
    check("Ctrl-Alt-Del is a signal", is_zero(c"/proc/sys/kernel/ctrl-alt-del")?);
    check("descriptors 0 to 2 are open", (0..=2).all(kernel::is_open));
    check("no signal is blocked", SigSet::thread_mask()? == SigSet::EMPTY);
    check("the session is its own", kernel::getsid()? == kernel::getpid());
    check("the terminal is that of the session", open(c"/dev/tty").is_ok());

    leave_stopped()?;
    let terms = SigSet::EMPTY.with(Signal::TERM);
    terms.thread_block()?;
    let terms = SignalFd::nonblocking(&terms)?;
    check("INIT_EVENTFD was notified", event.is_some_and(|event| event.notify().is_ok()));
    kernel::kill(INIT, Signal::TERM)?;
    let came = poll(&mut [PollFd::new(&terms, PollFlags::IN)], Some(UNTIL_KILLED))? == 1;
    check("SIGTERM came", came && terms.take()?.is_some_and(|info| info.pid() == INIT));
    Ok(())
}

/// Leaves a stopped process behind. SIGTERM ends it, but only after SIGCONT.
fn leave_stopped() -> Result<()> {
    match fork()? {
        Some(stopped) => kernel::wait_for(stopped),
        // Without a new session, the kernel continues it when this session ends.
        None => exit(kernel::setsid().and_then(|()| kernel::kill(kernel::getpid(), Signal::STOP))),
    }
}

fn open(path: &CStr) -> Result<OwnedFd> {
    kernel::open(path, kernel::O_RDONLY | CLOEXEC)
}

/// Makes a new file, for writing. [`Errno::EXIST`] if it exists.
fn create(path: &CStr) -> Result<OwnedFd> {
    kernel::open(path, kernel::O_WRONLY | kernel::O_CREAT | kernel::O_EXCL | CLOEXEC)
}

fn fork() -> Result<Option<u32>> {
    // SAFETY: this process has one thread.
    unsafe { kernel::fork() }
}

fn is_zero(path: &CStr) -> Result<bool> {
    let mut text = [0];
    Ok(sys::read(open(path)?.as_fd(), &mut text)? == 1 && text == *b"0")
}

/// The next process id in the marker file, or `None` at the end of the file.
fn read_pid(marker: &OwnedFd) -> Result<Option<u32>> {
    let mut pid = [0; 4];
    Ok((sys::read(marker.as_fd(), &mut pid)? == pid.len()).then(|| u32::from_ne_bytes(pid)))
}

/// Waits until a process that is not a child of this one is reaped.
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

/// The event counter that the environment names.
fn event_of_init(args: Args) -> Option<EventFd> {
    let number = args.env().find_map(|variable| variable.to_str().ok()?.strip_prefix("INIT_EVENTFD="))?.parse().ok()?;
    // SAFETY: the descriptor is open, and init passed it to this program for this use.
    kernel::is_open(number).then(|| EventFd::from(unsafe { OwnedFd::from_raw_fd(number) }))
}
