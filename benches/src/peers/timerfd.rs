use std::time::Duration;

use timerfd::{ClockId, SetTimeFlags, TimerFd, TimerState};

use crate::wrong;

const ONCE: TimerState = TimerState::Oneshot(Duration::from_secs(10));

fn armed() -> TimerFd {
    let mut timer = TimerFd::new_custom(ClockId::Monotonic, true, true).unwrap();
    timer.set_state(ONCE, SetTimeFlags::Default);
    timer
}

pub fn tagain(times: u64) {
    let timer = armed();
    for _ in 0..times {
        if timer.read() != 0 {
            wrong();
        }
    }
}

pub fn settime(times: u64) {
    let mut timer = armed();
    for _ in 0..times {
        timer.set_state(ONCE, SetTimeFlags::Default);
        timer.set_state(TimerState::Disarmed, SetTimeFlags::Default);
    }
}

pub fn gettime(times: u64) {
    let timer = armed();
    for _ in 0..times {
        if timer.get_state() == TimerState::Disarmed {
            wrong();
        }
    }
}
