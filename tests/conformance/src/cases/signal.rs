//! Signals by number and name, sets of them, and the mask of a thread.

use core::fmt::{Debug, Display, Write};

use barefd::sys::{self, SigmaskHow};
use barefd::{Errno, SigSet, Signal};

use super::Blocked;
use crate::outcome::Text;
use crate::uapi::SIG_BLOCK;
use crate::{Outcome, kernel};

/// The highest signal number. The lowest is 1.
const LAST: u32 = 8 * size_of::<SigSet>() as u32;

fn all() -> impl Iterator<Item = Signal> {
    (1..=LAST).filter_map(Signal::from_raw)
}

fn display(value: impl Display) -> Outcome<Text<80>> {
    let mut text = Text::default();
    check_eq!(write!(text, "{value}"), Ok(()));
    Ok(text)
}

fn debug(value: impl Debug) -> Outcome<Text<80>> {
    let mut text = Text::default();
    check_eq!(write!(text, "{value:?}"), Ok(()));
    Ok(text)
}

pub fn a_signal_is_one_of_the_kernels_numbers() -> Outcome {
    for number in [0, LAST + 1, 255, 256, 257, u32::MAX] {
        check_eq!(Signal::from_raw(number), None);
    }
    check!(all().map(Signal::raw).eq(1..=LAST));
    Ok(())
}

pub fn a_signal_has_a_name_if_there_is_a_constant() -> Outcome {
    check_eq!(Signal::HUP.name(), Some("SIGHUP"));
    check_eq!(Signal::CHLD.name(), Some("SIGCHLD"));
    check_eq!(Signal::SYS.name(), Some("SIGSYS"));
    // All signals below the real-time signals have a name, except one: SIGSTKFLT or SIGEMT.
    check_eq!(all().filter(|signal| signal.name().is_some()).count(), 30);
    check!(all().skip(31).all(|signal| signal.name().is_none()));
    Ok(())
}

pub fn a_signal_shows_its_name_or_its_number() -> Outcome {
    check_eq!(display(Signal::TERM)?.as_str(), "SIGTERM");
    check_eq!(debug(Signal::TERM)?.as_str(), "Signal(SIGTERM)");
    check_eq!(all().nth(39).map(display).transpose()?.as_ref().map(Text::as_str), Some("signal 40"));
    check_eq!(all().nth(39).map(debug).transpose()?.as_ref().map(Text::as_str), Some("Signal(40)"));
    Ok(())
}

pub fn a_set_holds_the_signals_that_were_put_in() -> Outcome {
    for signal in all() {
        check!(SigSet::ALL.contains(signal) && !SigSet::EMPTY.contains(signal));
        let set = SigSet::EMPTY.with(signal);
        check!(all().all(|other| set.contains(other) == (other == signal)));
        check_eq!(set.with(signal), set);
        check_eq!(set.without(signal), SigSet::EMPTY);
        let set = SigSet::ALL.without(signal);
        check!(all().all(|other| set.contains(other) == (other != signal)));
        check_eq!(set.without(signal), set);
        check_eq!(set.with(signal), SigSet::ALL);
    }
    const SET: SigSet = SigSet::from_signals(&[Signal::HUP, Signal::TERM, Signal::HUP]);
    check_eq!(SET, SigSet::EMPTY.with(Signal::TERM).with(Signal::HUP));
    check_eq!(SigSet::from_signals(&[]), SigSet::EMPTY);
    check_eq!(debug(SET)?.as_str(), "{Signal(SIGHUP), Signal(SIGTERM)}");
    Ok(())
}

pub fn a_mask_changes_by_a_set_and_tells_what_it_was() -> Outcome {
    let blocked = Blocked::new(&[])?;
    let [one, other, both] =
        [&[Signal::URG] as &[_], &[Signal::WINCH], &[Signal::URG, Signal::WINCH]].map(SigSet::from_signals);
    let before = blocked.before;
    check_eq!(SigSet::thread_mask(), Ok(before));
    check_eq!(one.thread_set_mask(), Ok(before));
    check_eq!(SigSet::thread_mask(), Ok(one));
    check_eq!(other.thread_block(), Ok(one));
    check_eq!(other.thread_block(), Ok(both));
    check_eq!(one.thread_unblock(), Ok(both));
    check_eq!(one.thread_unblock(), Ok(other));
    check_eq!(SigSet::EMPTY.thread_block(), Ok(other));
    check_eq!(SigSet::EMPTY.thread_unblock(), Ok(other));
    check_eq!(SigSet::EMPTY.thread_set_mask(), Ok(other));
    check_eq!(SigSet::thread_mask(), Ok(SigSet::EMPTY));
    Ok(())
}

pub fn every_signal_can_be_blocked_but_kill_and_stop() -> Outcome {
    let _blocked = Blocked::new(&[])?;
    for signal in all() {
        let set = SigSet::from_signals(&[signal]);
        set.thread_set_mask()?;
        let unstoppable = [Signal::KILL, Signal::STOP].contains(&signal);
        check_eq!(SigSet::thread_mask(), Ok(if unstoppable { SigSet::EMPTY } else { set }));
    }
    SigSet::ALL.thread_set_mask()?;
    check_eq!(SigSet::thread_mask(), Ok(SigSet::ALL.without(Signal::KILL).without(Signal::STOP)));
    Ok(())
}

pub fn a_mask_is_read_and_written_where_it_is_asked_for() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    let mask = SigSet::thread_mask()?;
    for how in [SigmaskHow::Block, SigmaskHow::Unblock, SigmaskHow::SetMask] {
        let mut old = SigSet::EMPTY;
        check_eq!(sys::rt_sigprocmask(how, None, Some(&mut old)), Ok(()));
        check_eq!(old, mask);
        check_eq!(sys::rt_sigprocmask(how, None, None), Ok(()));
    }
    check_eq!(sys::rt_sigprocmask(SigmaskHow::Unblock, Some(&blocked.set), None), Ok(()));
    check_eq!(SigSet::thread_mask(), Ok(mask.without(Signal::URG)));
    Ok(())
}

pub fn the_kernel_takes_a_mask_of_our_size_and_its_own_operations_alone() -> Outcome {
    let size = size_of::<SigSet>();
    check_eq!(kernel::sigprocmask_of(SIG_BLOCK, size), Ok(()));
    for other in [0, 1, size - 1, size + 1, size / 2, 2 * size, 128] {
        check_eq!(kernel::sigprocmask_of(SIG_BLOCK, other), Err(Errno::INVAL));
    }
    for how in [5, 1 << 31, u32::MAX] {
        check_eq!(kernel::sigprocmask_of(how, size), Err(Errno::INVAL));
    }
    check_eq!(kernel::sigprocmask_nowhere(true), Err(Errno::FAULT));
    check_eq!(kernel::sigprocmask_nowhere(false), Err(Errno::FAULT));
    Ok(())
}
