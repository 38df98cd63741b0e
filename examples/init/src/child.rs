//! The one child, and when it is started again.

use core::ffi::CStr;
use core::time::Duration;

use barefd::fd::{AsFd, RawFd};
use barefd::{Clock, Errno, EventFd, Result, SigSet};
use barefd_start::{Strings, exit, stderr, stdin};

use crate::console::{Word, say};
use crate::kernel::{self, Vector};

/// The delay before the child is started again, which doubles each time.
const FIRST_DELAY_MS: u64 = 100;
const LONGEST_DELAY_MS: u64 = 10_000;
/// After a child that lived that long it is the first delay again.
const LONG_LIFE: Duration = Duration::from_secs(10);

/// The event counter in the child.
const READY_FD: RawFd = 3;
const READY_VARIABLE: &CStr = c"INIT_EVENTFD=3";

pub struct Child {
    /// The path, and the arguments, which begin with it.
    command: Option<Strings>,
    env: Strings,
    life: Option<Life>,
    delay_ms: u64,
}

struct Life {
    pid: u32,
    since: Duration,
    ready: bool,
}

impl Child {
    pub const fn new(command: Option<Strings>, env: Strings) -> Self {
        Self { command, env, life: None, delay_ms: FIRST_DELAY_MS }
    }

    pub fn pid(&self) -> Option<u32> {
        self.life.as_ref().map(|life| life.pid)
    }

    /// The child is told of the event counter, if there is one.
    pub fn start(&mut self, ready: Option<&EventFd>) -> Result<()> {
        let Some(pid) = kernel::fork()? else { self.become_it(ready) };
        say(format_args!("child {pid} started"));
        self.life = Some(Life { pid, since: now(), ready: false });
        Ok(())
    }

    /// It wrote to the event counter.
    pub fn is_ready(&mut self) {
        let Some(life) = &mut self.life else { return };
        if !life.ready {
            say(format_args!("child {} is ready", life.pid));
        }
        life.ready = true;
        self.delay_ms = FIRST_DELAY_MS;
    }

    /// Whether the process that ended was the child.
    pub fn ended(&mut self, pid: u32) -> bool {
        if self.pid() != Some(pid) {
            return false;
        }
        if self.life.take().is_some_and(|life| now().saturating_sub(life.since) >= LONG_LIFE) {
            self.delay_ms = FIRST_DELAY_MS;
        }
        true
    }

    /// The milliseconds to wait for the next start.
    pub fn next_delay(&mut self) -> u64 {
        let delay_ms = self.delay_ms;
        self.delay_ms = LONGEST_DELAY_MS.min(2 * delay_ms);
        delay_ms
    }

    /// What the new process does.
    fn become_it(&self, ready: Option<&EventFd>) -> ! {
        if let Err(errno) = kernel::setsid() {
            say(format_args!("setsid: {errno}"));
        }
        match kernel::set_controlling_terminal(stdin()) {
            // A console need not be a terminal.
            Ok(()) | Err(Errno::NOTTY | Errno::BADF) => {}
            Err(errno) => say(format_args!("no controlling terminal: {errno}")),
        }
        if let Err(errno) = SigSet::EMPTY.thread_set_mask() {
            say(format_args!("signals stay blocked: {errno}"));
        }
        let Some(command) = self.command else { wait(ready) };
        let (path, errno) = self.execute(command, ready);
        say(format_args!("{}: {errno}", Word(path)));
        // With this process's end the kernel hangs up the terminal, and drops what that has not sent.
        let _ = kernel::drain(stderr());
        exit(if errno == Errno::NOENT { 127 } else { 126 })
    }

    /// Returns only if it fails.
    fn execute(&self, command: Strings, ready: Option<&EventFd>) -> (&'static CStr, Errno) {
        let path = command.clone().next().unwrap_or_default();
        let variable = ready.and_then(|ready| {
            // SAFETY: this process uses no descriptor after that, but 0 to 2.
            match unsafe { kernel::hand_down(ready.as_fd(), READY_FD) } {
                Ok(()) => Some(READY_VARIABLE),
                Err(errno) => {
                    say(format_args!("no INIT_EVENTFD: {errno}"));
                    None
                }
            }
        });
        // What init itself was given of that name is of no use to the child.
        let env = self.env.filter(|string| !string.to_bytes().starts_with(b"INIT_EVENTFD="));
        let errno = match (Vector::new(command), Vector::new(env.chain(variable))) {
            (Ok(argv), Ok(envp)) => kernel::execve(path, &argv, &envp),
            (Err(errno), _) | (_, Err(errno)) => errno,
        };
        (path, errno)
    }
}

/// The child of an init that was given none.
fn wait(ready: Option<&EventFd>) -> ! {
    say(format_args!("no child given: this one waits for ever"));
    if let Some(Err(errno)) = ready.map(EventFd::notify) {
        say(format_args!("eventfd: {errno}"));
    }
    kernel::wait_for_ever()
}

/// Zero without the time, after which no child has lived long.
fn now() -> Duration {
    Clock::Monotonic.now().unwrap_or_default()
}
