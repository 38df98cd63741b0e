//! The events that init waits for.

use core::time::Duration;

use barefd::{Clock, Errno, EventFd, PollFd, PollFlags, Result, SigSet, SignalFd, SignalInfo, TimerFd, poll};

use crate::console::say;
use crate::kernel;

/// The pause after a failure. Without it, the same failure may come again at once.
const PAUSE: Duration = Duration::from_secs(1);

pub struct Events {
    signals: SignalFd,
    delay: TimerFd,
    heartbeat: TimerFd,
    /// The child writes to it when the child is ready.
    pub ready: EventFd,
    /// A blocking timer, for the case that poll does not work.
    pause: TimerFd,
}

/// The events that ended a wait.
pub struct Woken {
    pub ready: bool,
    pub signal: Option<SignalInfo>,
    /// The delay of `Events::after` is over.
    pub delay: bool,
    pub heartbeat: bool,
}

impl Events {
    /// The error contains the name of the system call that failed.
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

    /// Waits until something happens.
    pub fn wait(&self) -> Woken {
        let mut fds = [
            PollFd::new(&self.ready, PollFlags::IN),
            PollFd::new(&self.signals, PollFlags::IN),
            PollFd::new(&self.delay, PollFlags::IN),
            PollFd::new(&self.heartbeat, PollFlags::IN),
        ];
        self.check("poll", poll(&mut fds, None).map(Some));
        // These reads do not block, so they run even if poll failed.
        Woken {
            ready: self.take_ready(),
            signal: self.check("signalfd", self.signals.take()),
            delay: self.check("timerfd", self.delay.take()).is_some(),
            heartbeat: self.check("timerfd", self.heartbeat.take()).is_some(),
        }
    }

    /// Whether the child wrote to the counter.
    pub fn take_ready(&self) -> bool {
        // The child shares the counter, and may have made it blocking.
        let mut fds = [PollFd::new(&self.ready, PollFlags::IN)];
        let readable = poll(&mut fds, Some(Duration::ZERO)) == Ok(1);
        readable && self.check("eventfd", self.ready.take()).is_some()
    }

    /// On a failure, writes a line and makes a pause.
    fn check<T>(&self, what: &str, result: Result<Option<T>>) -> Option<T> {
        result.unwrap_or_else(|errno| {
            say(format_args!("{what}: {errno}"));
            if poll(&mut [], Some(PAUSE)).is_err() {
                let paused = self.pause.arm_after(PAUSE).and_then(|()| self.pause.wait());
                // Neither poll nor read works, so init can do nothing more.
                paused.unwrap_or_else(|_| kernel::wait_for_ever());
            }
            None
        })
    }
}
