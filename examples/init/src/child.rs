//! The only child, and when init starts it again.

use core::ffi::CStr;
use core::time::Duration;

use barefd::fd::{AsFd, RawFd};
use barefd::{Clock, Errno, EventFd, Result, SigSet};
use barefd_start::{Strings, exit, stderr, stdin};

use crate::console::{Word, say};
use crate::kernel::{self, Vector};

/// The delay before the child is started again. It doubles each time.
const FIRST_DELAY_MS: u64 = 100;
const LONGEST_DELAY_MS: u64 = 10_000;
/// If a child lived this long, the next delay is the first delay again.
const LONG_LIFE: Duration = Duration::from_secs(10);

/// The number of the event counter in the child.
const READY_FD: RawFd = 3;
const READY_VARIABLE: &CStr = c"INIT_EVENTFD=3";

pub struct Child {
    /// The path and the arguments. The first of these strings is the path, and also the first argument.
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

    /// The environment tells the child about the event counter `ready`, if there is one.
    pub fn start(&mut self, ready: Option<&EventFd>) -> Result<()> {
        // SAFETY: this process has one thread.
        let Some(pid) = unsafe { kernel::fork() }? else { self.become_it(ready) };
        say(format_args!("child {pid} started"));
        self.life = Some(Life { pid, since: now(), ready: false });
        Ok(())
    }

    /// Call this when the child has written to the event counter.
    pub fn is_ready(&mut self) {
        let Some(life) = &mut self.life else { return };
        if !life.ready {
            say(format_args!("child {} is ready", life.pid));
        }
        life.ready = true;
        self.delay_ms = FIRST_DELAY_MS;
    }

    /// Call this when a process has ended. Returns whether it was the child.
    pub fn ended(&mut self, pid: u32) -> bool {
        if self.pid() != Some(pid) {
            return false;
        }
        if self.life.take().is_some_and(|life| now().saturating_sub(life.since) >= LONG_LIFE) {
            self.delay_ms = FIRST_DELAY_MS;
        }
        true
    }

    /// The milliseconds to wait before the next start.
    pub fn next_delay(&mut self) -> u64 {
        let delay_ms = self.delay_ms;
        self.delay_ms = LONGEST_DELAY_MS.min(2 * delay_ms);
        delay_ms
    }

    /// Turns the new process into the child.
    fn become_it(&self, ready: Option<&EventFd>) -> ! {
        if let Err(errno) = kernel::setsid() {
            say(format_args!("setsid: {errno}"));
        }
        match kernel::set_controlling_terminal(stdin()) {
            // A console may not be a terminal.
            Ok(()) | Err(Errno::NOTTY | Errno::BADF) => {}
            Err(errno) => say(format_args!("no controlling terminal: {errno}")),
        }
        if let Err(errno) = SigSet::EMPTY.thread_set_mask() {
            say(format_args!("signals stay blocked: {errno}"));
        }
        let Some(command) = self.command else { wait(ready) };
        let (path, errno) = self.execute(command, ready);
        say(format_args!("{}: {errno}", Word(path)));
        // When this process ends, the kernel hangs up the terminal, and drops the output that is not sent yet.
        let _ = kernel::drain(stderr());
        exit(if errno == Errno::NOENT { 127 } else { 126 })
    }

    /// Returns only if it fails.
    fn execute(&self, command: Strings, ready: Option<&EventFd>) -> (&'static CStr, Errno) {
        let path = command.clone().next().unwrap_or_default();
        let variable = ready.and_then(|ready| {
            // SAFETY: after this, the process uses only the descriptors 0 to 2.
            match unsafe { kernel::hand_down(ready.as_fd(), READY_FD) } {
                Ok(()) => Some(READY_VARIABLE),
                Err(errno) => {
                    say(format_args!("no INIT_EVENTFD: {errno}"));
                    None
                }
            }
        });
        // An INIT_EVENTFD that init itself was given does not help the child.
        let env = self.env.filter(|string| !string.to_bytes().starts_with(b"INIT_EVENTFD="));
        let errno = match (Vector::new(command), Vector::new(env.chain(variable))) {
            (Ok(argv), Ok(envp)) => kernel::execve(path, &argv, &envp),
            (Err(errno), _) | (_, Err(errno)) => errno,
        };
        (path, errno)
    }
}

/// The child, if init was given no program.
fn wait(ready: Option<&EventFd>) -> ! {
    say(format_args!("no child given: this one waits for ever"));
    if let Some(Err(errno)) = ready.map(EventFd::notify) {
        say(format_args!("eventfd: {errno}"));
    }
    kernel::wait_for_ever()
}

/// Zero if the time cannot be read. Then no child counts as one that lived long.
fn now() -> Duration {
    Clock::Monotonic.now().unwrap_or_default()
}
