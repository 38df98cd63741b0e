//! Signals by number and name, sets of them, and the mask of a thread.

use core::fmt::{Debug, Display, Write};

use barefd::fd::AsFd;
use barefd::sys::{self, SigmaskHow};
use barefd::{Errno, SigSet, Signal};

use super::Blocked;
use crate::outcome::Text;
use crate::uapi::SIG_BLOCK;
use crate::{Outcome, Unpassed, kernel};

/// The highest signal number. The lowest is 1.
const LAST: u32 = 8 * size_of::<SigSet>() as u32;

fn all() -> impl Iterator<Item = Signal> {
    (1..=LAST).filter_map(Signal::from_raw)
}

fn last() -> Signal {
    Signal::from_raw(LAST).unwrap_or(Signal::HUP)
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

pub fn sets_are_joined_and_taken_from_each_other() -> Outcome {
    let [low, high, both] = [&[Signal::HUP] as &[_], &[last()], &[Signal::HUP, last()]].map(SigSet::from_signals);
    check_eq!(low.union(high), both);
    check_eq!(both.union(low), both);
    check_eq!(both.difference(low), high);
    check_eq!(both.difference(high), low);
    check_eq!(low.difference(high), low);
    check_eq!(SigSet::ALL.difference(both).union(both), SigSet::ALL);
    check_eq!(SigSet::ALL.difference(SigSet::ALL), SigSet::EMPTY);
    Ok(())
}

pub fn a_set_has_a_bit_for_each_signal() -> Outcome {
    check_eq!((SigSet::EMPTY.bits(), SigSet::from_bits(0)), (0, Some(SigSet::EMPTY)));
    check_eq!(SigSet::from_bits(SigSet::ALL.bits()), Some(SigSet::ALL));
    for signal in all() {
        let (set, bits) = (SigSet::from_signals(&[signal]), 1 << (signal.raw() - 1));
        check_eq!((set.bits(), SigSet::from_bits(bits)), (bits, Some(set)));
    }
    for bit in LAST..128 {
        check_eq!(SigSet::from_bits(1 << bit), None);
        check_eq!(SigSet::from_bits(1 << bit | 1), None);
    }
    Ok(())
}

/// The kernel writes the most significant bit first.
pub fn proc_shows_the_bits_of_a_mask() -> Outcome {
    super::needs_proc()?;
    if kernel::is_emulated() {
        return Err(Unpassed::NotApplicable("an emulator: /proc shows the mask of the host"));
    }
    let _blocked = Blocked::new(&[Signal::HUP, Signal::URG, last()])?;
    let mut expected = Text::<64>::default();
    let _ = write!(expected, "{:0width$x}", SigSet::thread_mask()?.bits(), width = LAST as usize / 4);
    let mut text = [0; 4096];
    let status = kernel::open(c"/proc/thread-self/status", 0)?;
    let mut len = 0;
    loop {
        match sys::read(status.as_fd(), text.get_mut(len..).unwrap_or_default())? {
            0 => break,
            read => len += read,
        }
    }
    let text = core::str::from_utf8(text.get(..len).unwrap_or_default()).unwrap_or_default();
    check_eq!(text.lines().find_map(|line| line.strip_prefix("SigBlk:")).map(str::trim), Some(expected.as_str()));
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
