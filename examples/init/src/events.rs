//! What init waits for.

use core::time::Duration;

use barefd::{Clock, Errno, EventFd, PollFd, PollFlags, Result, SigSet, SignalFd, SignalInfo, TimerFd, poll};

use crate::console::say;
use crate::kernel;

/// What passes after a failure, which may come again at once.
const PAUSE: Duration = Duration::from_secs(1);

pub struct Events {
    signals: SignalFd,
    delay: TimerFd,
    heartbeat: TimerFd,
    /// What the child writes to when it is ready.
    pub ready: EventFd,
    /// Blocks, for where not even poll works.
    pause: TimerFd,
}

/// What happened while init waited.
pub struct Woken {
    pub ready: bool,
    pub signal: Option<SignalInfo>,
    /// The time that `Events::after` was given is over.
    pub delay: bool,
    pub heartbeat: bool,
}

impl Events {
    /// The error has the system call that failed.
    pub fn new(signals: &SigSet) -> core::result::Result<Self, (&'static str, Errno)> {
        let timer = |result: Result<TimerFd>| result.map_err(|errno| ("timerfd_create", errno));
        Ok(Self {
            signals: SignalFd::nonblocking(signals).map_err(|errno| ("signalfd4", errno))?,
            delay: timer(TimerFd::nonblocking(Clock::Monotonic))?,
            heartbeat: timer(TimerFd::nonblocking(Clock::Monotonic))?,
            ready: EventFd::nonblocking(0).map_err(|errno| ("eventfd2", errno))?,
            pause: timer(TimerFd::new(Clock::Monotonic))?,
        })
    }

    pub fn after(&self, delay: Duration) -> Result<()> {
        self.delay.arm_after(delay)
    }

    pub fn every(&self, period: Duration) -> Result<()> {
        self.heartbeat.arm_every(period)
    }

    /// Waits until something happened.
    pub fn wait(&self) -> Woken {
        let mut fds = [
            PollFd::new(&self.ready, PollFlags::IN),
            PollFd::new(&self.signals, PollFlags::IN),
            PollFd::new(&self.delay, PollFlags::IN),
            PollFd::new(&self.heartbeat, PollFlags::IN),
        ];
        self.check("poll", poll(&mut fds, None).map(Some));
        // They do not block, and are read even where poll failed.
        Woken {
            ready: self.take_ready(),
            signal: self.check("signalfd", self.signals.take()),
            delay: self.check("timerfd", self.delay.take()).is_some(),
            heartbeat: self.check("timerfd", self.heartbeat.take()).is_some(),
        }
    }

    /// Whether the child wrote to the counter.
    pub fn take_ready(&self) -> bool {
        // The child shares it, and may have made it block.
        let mut fds = [PollFd::new(&self.ready, PollFlags::IN)];
        let readable = poll(&mut fds, Some(Duration::ZERO)) == Ok(1);
        readable && self.check("eventfd", self.ready.take()).is_some()
    }

    /// A failure is a line and a pause.
    fn check<T>(&self, what: &str, result: Result<Option<T>>) -> Option<T> {
        result.unwrap_or_else(|errno| {
            say(format_args!("{what}: {errno}"));
            if poll(&mut [], Some(PAUSE)).is_err() {
                let paused = self.pause.arm_after(PAUSE).and_then(|()| self.pause.wait());
                // Neither poll nor read, then: nothing is left that init could do.
                paused.unwrap_or_else(|_| kernel::wait_for_ever());
            }
            None
        })
    }
}
