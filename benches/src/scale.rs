//! Many timers that expire together, and how late a timer is.
//!
//! - `scale PEER TIMERS ROUNDS`: arms all timers for the same moment, sleeps until it is past, and reads those that a wait
//!   reports until none is left. Prints the nanoseconds a tick of the median round.
//! - `scale late WAY TICKS`: ticks at 1 kHz. Prints the median, the 99th percentile and the maximum of the lateness, in
//!   nanoseconds.
//! - `scale --list`: the peers, then the ways.

use std::process::ExitCode;
use std::time::{Duration, Instant};

const PERIOD: Duration = Duration::from_millis(1);

trait Timers {
    fn new(count: usize) -> Self;
    /// Arms each timer for a moment that comes in `delay`.
    fn arm(&self, delay: Duration);
    /// Returns how many ticks it read.
    fn drain(&mut self) -> u64;
}

mod types {
    use std::time::Duration;

    use barefd::{Clock, Epoll, EpollEvent, EpollFlags, PollFd, PollFlags, Tick, TimerFd};

    pub struct ByEpoll {
        set: Epoll,
        timers: Vec<TimerFd>,
        events: [EpollEvent; 64],
    }

    fn timers(count: usize) -> Vec<TimerFd> {
        (0..count).map(|_| TimerFd::nonblocking(Clock::Monotonic).unwrap()).collect()
    }

    fn arm(timers: &[TimerFd], delay: Duration) {
        let deadline = Clock::Monotonic.now().unwrap() + delay;
        timers.iter().for_each(|timer| timer.arm_at(deadline).unwrap());
    }

    impl super::Timers for ByEpoll {
        fn new(count: usize) -> Self {
            let (set, timers) = (Epoll::new().unwrap(), timers(count));
            for (timer, token) in timers.iter().zip(0..) {
                set.add(timer, EpollFlags::IN, token).unwrap();
            }
            Self { set, timers, events: [EpollEvent::default(); 64] }
        }

        fn arm(&self, delay: Duration) {
            arm(&self.timers, delay);
        }

        fn drain(&mut self) -> u64 {
            drain_types_epoll(&self.set, &self.timers, &mut self.events)
        }
    }

    #[unsafe(no_mangle)]
    #[inline(never)]
    fn drain_types_epoll(set: &Epoll, timers: &[TimerFd], events: &mut [EpollEvent; 64]) -> u64 {
        let mut ticks = 0;
        loop {
            let ready = set.wait(events, Some(Duration::ZERO)).unwrap();
            if ready.is_empty() {
                return ticks;
            }
            for event in ready {
                match timers[event.token() as usize].take() {
                    Ok(Some(Tick::Expired(count))) => ticks += count.get(),
                    _ => return ticks,
                }
            }
        }
    }

    pub struct ByPoll(Vec<TimerFd>);

    impl super::Timers for ByPoll {
        fn new(count: usize) -> Self {
            Self(timers(count))
        }

        fn arm(&self, delay: Duration) {
            arm(&self.0, delay);
        }

        fn drain(&mut self) -> u64 {
            let mut fds: Vec<_> = self.0.iter().map(|timer| PollFd::new(timer, PollFlags::IN)).collect();
            drain_types_poll(&self.0, &mut fds)
        }
    }

    #[unsafe(no_mangle)]
    #[inline(never)]
    fn drain_types_poll(timers: &[TimerFd], fds: &mut [PollFd<'_>]) -> u64 {
        let mut ticks = 0;
        while barefd::poll(fds, Some(Duration::ZERO)).unwrap() > 0 {
            for (timer, _) in timers.iter().zip(&*fds).filter(|(_, entry)| entry.is_readable()) {
                match timer.take() {
                    Ok(Some(Tick::Expired(count))) => ticks += count.get(),
                    _ => return ticks,
                }
            }
        }
        ticks
    }

    /// The same with `sys`, whose read has a buffer of the caller's.
    pub struct BySys(ByEpoll);

    impl super::Timers for BySys {
        fn new(count: usize) -> Self {
            Self(ByEpoll::new(count))
        }

        fn arm(&self, delay: Duration) {
            self.0.arm(delay);
        }

        fn drain(&mut self) -> u64 {
            drain_sys_epoll(&self.0.set, &self.0.timers, &mut self.0.events)
        }
    }

    #[unsafe(no_mangle)]
    #[inline(never)]
    fn drain_sys_epoll(set: &Epoll, timers: &[TimerFd], events: &mut [EpollEvent; 64]) -> u64 {
        use barefd::fd::AsFd;

        let (mut ticks, mut count) = (0, [0; 8]);
        loop {
            let ready = set.wait(events, Some(Duration::ZERO)).unwrap();
            if ready.is_empty() {
                return ticks;
            }
            for event in ready {
                if barefd::sys::read(timers[event.token() as usize].as_fd(), &mut count) != Ok(8) {
                    return ticks;
                }
                ticks += u64::from_ne_bytes(count);
            }
        }
    }
}

mod rustix {
    use std::os::fd::OwnedFd;
    use std::time::Duration;

    use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
    };

    const ZERO: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

    pub struct ByEpoll {
        set: OwnedFd,
        timers: Vec<OwnedFd>,
        events: [Event; 64],
    }

    impl super::Timers for ByEpoll {
        fn new(count: usize) -> Self {
            let set = epoll::create(CreateFlags::CLOEXEC).unwrap();
            let timers: Vec<_> = (0..count as u64)
                .map(|token| {
                    let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK).unwrap();
                    epoll::add(&set, &timer, EventData::new_u64(token), EventFlags::IN).unwrap();
                    timer
                })
                .collect();
            Self { set, timers, events: [Event { flags: EventFlags::empty(), data: EventData::new_u64(0) }; 64] }
        }

        fn arm(&self, delay: Duration) {
            // Relative, because its clock_gettime crashes under Valgrind 3.19.
            let it_value = Timespec { tv_sec: 0, tv_nsec: delay.subsec_nanos().into() };
            let spec = Itimerspec { it_interval: ZERO, it_value };
            for timer in &self.timers {
                timerfd_settime(timer, TimerfdTimerFlags::empty(), &spec).unwrap();
            }
        }

        fn drain(&mut self) -> u64 {
            drain_rustix_epoll(&self.set, &self.timers, &mut self.events)
        }
    }

    #[unsafe(no_mangle)]
    #[inline(never)]
    fn drain_rustix_epoll(set: &OwnedFd, timers: &[OwnedFd], events: &mut [Event; 64]) -> u64 {
        let mut ticks = 0;
        loop {
            let ready = epoll::wait(set, &mut events[..], Some(&ZERO)).unwrap();
            if ready == 0 {
                return ticks;
            }
            for event in &events[..ready] {
                let mut count = [0; 8];
                match rustix::io::read(&timers[event.data.u64() as usize], &mut count) {
                    Ok(8) => ticks += u64::from_ne_bytes(count),
                    _ => return ticks,
                }
            }
        }
    }
}

/// Runs rounds of so many timers, and returns the nanoseconds a tick.
type Rounds = fn(usize, usize) -> u64;
/// Runs so many ticks, and returns how late each was.
type Ticks = fn(usize) -> Vec<u64>;

const PEERS: [(&str, Rounds); 4] = [
    ("types_epoll", rounds::<types::ByEpoll>),
    ("types_poll", rounds::<types::ByPoll>),
    ("sys_epoll", rounds::<types::BySys>),
    ("rustix_epoll", rounds::<rustix::ByEpoll>),
];

const WAYS: [(&str, Ticks); 2] = [("timer", by_timer), ("clock_nanosleep", by_sleep)];

/// The nanoseconds a tick of the median round.
fn rounds<T: Timers>(count: usize, rounds: usize) -> u64 {
    const DELAY: Duration = Duration::from_millis(20);

    let mut timers = T::new(count);
    let mut times: Vec<_> = (0..rounds)
        .map(|_| {
            timers.arm(DELAY);
            // All have expired, also where arming them took long.
            std::thread::sleep(2 * DELAY);
            let (start, mut ticks) = (Instant::now(), 0);
            while ticks < count as u64 {
                ticks += timers.drain();
            }
            start.elapsed().as_nanos() as u64 / count as u64
        })
        .collect();
    times.sort();
    times[rounds / 2]
}

fn by_timer(ticks: usize) -> Vec<u64> {
    use barefd::{Clock, Tick, TimerFd};

    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let mut next = Clock::Monotonic.now().unwrap() + PERIOD;
    timer.arm_every_at(next, PERIOD).unwrap();
    let mut late = Vec::new();
    while late.len() < ticks {
        let Ok(Tick::Expired(count)) = timer.wait() else { continue };
        next += PERIOD * (count.get() as u32 - 1);
        late.push((Clock::Monotonic.now().unwrap() - next).as_nanos() as u64);
        next += PERIOD;
    }
    late
}

fn by_sleep(ticks: usize) -> Vec<u64> {
    use barefd::Clock;

    let mut next = Clock::Monotonic.now().unwrap();
    (0..ticks)
        .map(|_| {
            next += PERIOD;
            let until = libc::timespec { tv_sec: next.as_secs() as i64, tv_nsec: next.subsec_nanos().into() };
            // SAFETY: it reads `until`, and writes nothing.
            unsafe {
                libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &until, std::ptr::null_mut());
            }
            (Clock::Monotonic.now().unwrap() - next).as_nanos() as u64
        })
        .collect()
}

/// Permits the program this many descriptors more than the usual ones, if the hard limit does.
fn permit_descriptors(count: usize) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the kernel writes to `limit` and then reads it.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        limit.rlim_cur = limit.rlim_max.min(100 + count as libc::rlim_t);
        libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["--list"] => {
            PEERS.iter().for_each(|(peer, _)| println!("{peer}"));
            WAYS.iter().for_each(|(way, _)| println!("late {way}"));
            Some(())
        }
        ["late", way, ticks] => {
            WAYS.iter().find(|(name, _)| *name == way).zip(ticks.parse().ok()).map(|((_, run), ticks)| {
                let mut late = run(ticks);
                late.sort();
                println!("{} {} {}", late[ticks / 2], late[ticks * 99 / 100], late[ticks - 1]);
            })
        }
        [peer, count, rounds] => {
            let run = PEERS.iter().find(|(name, _)| *name == peer);
            run.zip(count.parse().ok().zip(rounds.parse().ok())).map(|((_, run), (count, rounds))| {
                permit_descriptors(count);
                println!("{}", run(count, rounds));
            })
        }
        _ => None,
    };
    match done {
        Some(()) => ExitCode::SUCCESS,
        None => {
            eprintln!("usage: scale PEER TIMERS ROUNDS | scale late WAY TICKS | scale --list");
            ExitCode::from(2)
        }
    }
}
