//! The signal descriptor.
//!
//! The cases use signals that end no process by default, and real-time signals, which [`Blocked`] takes at the end.

use core::mem::ManuallyDrop;

use barefd::fd::{AsFd, OwnedFd};
use barefd::sys::SignalfdSiginfo;
use barefd::{Errno, EventFd, PollFlags, Result, SigSet, Signal, SignalFd, SignalFdFlags, SignalInfo, sys};

use super::{Blocked, FdInfo, alone, events};
use crate::{Outcome, kernel};

/// Two real-time signals.
const REAL_TIME: [Signal; 2] = [Signal::from_raw(40).unwrap(), Signal::from_raw(41).unwrap()];

const RECORD: usize = size_of::<SignalfdSiginfo>();

/// The signal that is read, if one is there.
fn next(signals: &SignalFd) -> Outcome<Option<Signal>> {
    Ok(signals.take()?.map(|info| info.signal()))
}

/// A child that ends with `status`.
fn ended(status: i32) -> Result<u32> {
    // SAFETY: the new process ends at once.
    match unsafe { kernel::fork() }? {
        Some(child) => Ok(child),
        None => sys::exit_group(status),
    }
}

pub fn an_unknown_flag_is_inval() -> Outcome {
    for unknown in [0x1, 0x2, 1 << 30, 1 << 31] {
        let flags = SignalFdFlags::from_bits_retain(unknown);
        check_eq!(SignalFd::with_flags(&SigSet::EMPTY, flags).err(), Some(Errno::INVAL));
        check_eq!(SignalFd::with_flags(&SigSet::EMPTY, flags | SignalFdFlags::all()).err(), Some(Errno::INVAL));
        check_eq!(sys::signalfd4(&SigSet::EMPTY, flags).err(), Some(Errno::INVAL));
    }
    Ok(())
}

pub fn a_constructor_sets_what_it_says_and_close_on_exec() -> Outcome {
    let (blocking, nonblocking) = (SignalFd::new(&SigSet::EMPTY)?, SignalFd::nonblocking(&SigSet::EMPTY)?);
    check_eq!(kernel::is_cloexec(&blocking), Ok(true));
    check_eq!(kernel::is_cloexec(&nonblocking), Ok(true));
    check_eq!(blocking.is_nonblocking(), Ok(false));
    check_eq!(nonblocking.is_nonblocking(), Ok(true));
    Ok(())
}

pub fn it_has_exactly_the_flags_it_is_given() -> Outcome {
    check_eq!(SignalFdFlags::default(), SignalFdFlags::CLOEXEC);
    for flags in [SignalFdFlags::empty(), SignalFdFlags::CLOEXEC, SignalFdFlags::NONBLOCK, SignalFdFlags::all()] {
        let signals = SignalFd::with_flags(&SigSet::EMPTY, flags)?;
        check_eq!(kernel::is_cloexec(&signals), Ok(flags.contains(SignalFdFlags::CLOEXEC)));
        check_eq!(signals.is_nonblocking(), Ok(flags.contains(SignalFdFlags::NONBLOCK)));
    }
    Ok(())
}

pub fn the_kernel_takes_a_set_of_our_size_alone() -> Outcome {
    let size = size_of::<SigSet>();
    kernel::signalfd4_mask_of(size)?;
    for other in [0, 1, size - 1, size + 1, size / 2, 2 * size, 128] {
        check_eq!(kernel::signalfd4_mask_of(other).err(), Some(Errno::INVAL));
    }
    check_eq!(kernel::signalfd4_mask_nowhere().err(), Some(Errno::FAULT));
    Ok(())
}

pub fn without_a_pending_signal_a_read_would_block() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    let signals = blocked.signals()?;
    check_eq!(signals.read(), Err(Errno::AGAIN));
    check_eq!(signals.take(), Ok(None));
    check_eq!(sys::read(signals.as_fd(), &mut [0; RECORD]), Err(Errno::AGAIN));
    check_eq!(events(&signals, PollFlags::IN | PollFlags::OUT), Ok(PollFlags::empty()));
    Ok(())
}

pub fn a_signal_is_read_once_and_tells_who_sent_it() -> Outcome {
    for signal in [Signal::URG, Signal::USR1, Signal::TERM] {
        let blocked = Blocked::new(&[signal])?;
        let signals = blocked.signals()?;
        kernel::signal_self(signal)?;
        check_eq!(events(&signals, PollFlags::IN | PollFlags::OUT), Ok(PollFlags::IN));
        let info = signals.read()?;
        check_eq!(info.signal(), signal);
        check_eq!(info.code(), SignalInfo::SI_TKILL);
        check_eq!(info.pid(), kernel::getpid());
        check_eq!(info.uid(), kernel::user_id());
        let mut rest = *info.raw();
        check_eq!(rest.ssi_signo, signal.raw());
        (rest.ssi_signo, rest.ssi_code, rest.ssi_pid, rest.ssi_uid) = (0, 0, 0, 0);
        check_eq!(rest, SignalfdSiginfo::default());
        check_eq!(signals.take(), Ok(None));
        check_eq!(events(&signals, PollFlags::IN), Ok(PollFlags::empty()));
    }
    Ok(())
}

pub fn a_signal_that_is_pending_already_is_not_queued_again() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    let signals = blocked.signals()?;
    for _ in 0..3 {
        kernel::signal_self(Signal::URG)?;
    }
    check_eq!(next(&signals)?, Some(Signal::URG));
    check_eq!(next(&signals)?, None);
    kernel::signal_self(Signal::URG)?;
    check_eq!(next(&signals)?, Some(Signal::URG));
    Ok(())
}

pub fn real_time_signals_queue_in_order_with_their_values() -> Outcome {
    const VALUES: [i32; 4] = [7, 0, -1, i32::MIN];
    // The `int` is at the start of the pointer. If the pointer is wider, both its halves are the `int`.
    let pointer = |int: i32| (u64::from(int as u32) * 0x1_0000_0001) as usize;

    let blocked = Blocked::new(&REAL_TIME)?;
    let signals = blocked.signals()?;
    let [signal, _] = REAL_TIME;
    for value in VALUES {
        kernel::queue_self(signal, pointer(value))?;
    }
    for value in VALUES {
        let info = signals.read()?;
        check_eq!(info.signal(), signal);
        check_eq!(info.code(), SignalInfo::SI_QUEUE);
        check_eq!(info.pid(), kernel::getpid());
        check_eq!(info.uid(), kernel::user_id());
        check_eq!(info.int(), value);
        check_eq!(info.ptr(), pointer(value));
    }
    check_eq!(signals.take(), Ok(None));
    Ok(())
}

/// The `int` is in the half of the pointer that comes first in memory. On a big-endian ABI that is the high half.
#[cfg(target_pointer_width = "64")]
pub fn the_int_of_a_pointer_is_the_half_at_its_start() -> Outcome {
    const POINTER: usize = 0x1234_5678_9abc_def0;
    let [signal, _] = REAL_TIME;
    let blocked = Blocked::new(&[signal])?;
    let signals = blocked.signals()?;
    kernel::queue_self(signal, POINTER)?;
    let info = signals.read()?;
    check_eq!(info.ptr(), POINTER);
    check_eq!(info.int() as u32, if cfg!(target_endian = "big") { 0x1234_5678 } else { 0x9abc_def0 });
    Ok(())
}

/// The records have the `int` as kernels of each width and byte order write it. A pointer of 32 bits is right with each
/// of them.
pub fn a_pointer_has_the_width_and_the_value_of_the_abis_own() -> Outcome {
    for int in [0x1234_5678, 0, -1, i32::MIN] {
        let low = u64::from(int as u32);
        for ssi_ptr in [
            low,             // A 64-bit kernel, little-endian.
            low << 32,       // A 64-bit kernel, big-endian.
            int as i64 as _, // A 32-bit kernel.
        ] {
            let mut record = SignalfdSiginfo::default();
            (record.ssi_signo, record.ssi_int, record.ssi_ptr) = (40, int, ssi_ptr);
            let info = SignalInfo::from_raw(record).ok_or(Errno::INVAL)?;
            check_eq!(info.int(), int);
            check_eq!(info.ptr() as u64, if cfg!(target_pointer_width = "32") { low } else { ssi_ptr });
        }
    }
    Ok(())
}

pub fn the_lowest_number_comes_first() -> Outcome {
    let [third, fourth] = REAL_TIME;
    let in_order = [Signal::CHLD, Signal::WINCH, third, fourth];
    let blocked = Blocked::new(&in_order)?;
    let signals = blocked.signals()?;
    for signal in [fourth, Signal::WINCH, third, Signal::CHLD] {
        kernel::signal_self(signal)?;
    }
    for signal in in_order {
        check_eq!(next(&signals)?, Some(signal));
    }
    Ok(())
}

/// Another thread of the process could take the child's signal, which is sent to the process.
pub fn those_to_the_thread_come_before_those_to_the_process() -> Outcome {
    alone(|| {
        let [high, higher] = REAL_TIME;
        let blocked = Blocked::new(&[Signal::CHLD, high, higher])?;
        let signals = blocked.signals()?;
        check_eq!(kernel::wait(ended(0)?), Ok(0));
        for signal in [higher, high] {
            kernel::signal_self(signal)?;
        }
        for signal in [high, higher, Signal::CHLD] {
            check_eq!(next(&signals)?, Some(signal));
        }
        Ok(())
    })
}

/// The status in the next signal of a child.
fn told(signals: &SignalFd, child: u32, code: i32) -> Outcome<i32> {
    let info = signals.wait()?;
    check_eq!((info.signal(), info.code()), (Signal::CHLD, code));
    check_eq!((info.pid(), info.uid()), (child, kernel::user_id()));
    Ok(info.status())
}

/// Another thread of the process could take the signal.
pub fn a_child_tells_how_it_ended_and_one_signal_may_stand_for_several() -> Outcome {
    alone(|| {
        let blocked = Blocked::new(&[Signal::CHLD])?;
        let signals = blocked.signals()?;
        for status in [0, 7, 255] {
            let child = ended(status)?;
            check_eq!(told(&signals, child, SignalInfo::CLD_EXITED)?, status);
            check_eq!(kernel::wait(child), Ok(status));
        }
        for child in [ended(0)?, ended(0)?, ended(0)?] {
            check_eq!(kernel::wait(child), Ok(0));
        }
        check_eq!(next(&signals)?, Some(Signal::CHLD));
        check_eq!(next(&signals)?, None);
        Ok(())
    })
}

pub fn a_child_tells_that_it_stopped_went_on_and_was_killed() -> Outcome {
    /// A child that waits for ever. Killed on drop.
    struct Waiting(u32);

    impl Waiting {
        fn new() -> Result<Self> {
            // SAFETY: the new process makes only system calls, and ends here.
            let Some(child) = (unsafe { kernel::fork() })? else {
                let _ = EventFd::new(0).and_then(|event| event.wait());
                sys::exit_group(1)
            };
            Ok(Self(child))
        }

        /// Waits for its end. After that, another process may get the number.
        fn wait(self) -> Result<i32> {
            kernel::wait(ManuallyDrop::new(self).0)
        }
    }

    impl Drop for Waiting {
        fn drop(&mut self) {
            let _ = kernel::signal_child(self.0, Signal::KILL);
        }
    }

    alone(|| {
        let blocked = Blocked::new(&[Signal::CHLD])?;
        let signals = blocked.signals()?;
        let child = Waiting::new()?;
        for (signal, code) in [
            (Signal::STOP, SignalInfo::CLD_STOPPED),
            (Signal::CONT, SignalInfo::CLD_CONTINUED),
            (Signal::KILL, SignalInfo::CLD_KILLED),
        ] {
            kernel::signal_child(child.0, signal)?;
            let status = told(&signals, child.0, code)?;
            // Under an emulator, this is the host's number of the signal.
            check!(status == signal.raw() as i32 || kernel::is_emulated());
        }
        check_eq!(signals.take(), Ok(None));
        check_eq!(child.wait(), Ok(Signal::KILL.raw() as i32));
        Ok(())
    })
}

pub fn another_set_is_read_from_then_on() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG, Signal::WINCH])?;
    let signals = SignalFd::nonblocking(&SigSet::from_signals(&[Signal::WINCH]))?;
    kernel::signal_self(Signal::URG)?;
    check_eq!(signals.take(), Ok(None));
    check_eq!(events(&signals, PollFlags::IN), Ok(PollFlags::empty()));
    signals.set_signals(&SigSet::from_signals(&[Signal::URG]))?;
    check_eq!(events(&signals, PollFlags::IN), Ok(PollFlags::IN));
    kernel::signal_self(Signal::WINCH)?;
    check_eq!(next(&signals)?, Some(Signal::URG));
    check_eq!(next(&signals)?, None);
    signals.set_signals(&blocked.set)?;
    check_eq!(next(&signals)?, Some(Signal::WINCH));
    check_eq!(signals.is_nonblocking(), Ok(true));
    check_eq!(kernel::is_cloexec(&signals), Ok(true));
    Ok(())
}

pub fn wait_gives_what_is_pending_blocking_or_not() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    for flags in [SignalFdFlags::empty(), SignalFdFlags::NONBLOCK] {
        let signals = SignalFd::with_flags(&blocked.set, flags)?;
        kernel::signal_self(Signal::URG)?;
        check_eq!(signals.wait()?.signal(), Signal::URG);
        kernel::signal_self(Signal::URG)?;
        check_eq!(next(&signals)?, Some(Signal::URG));
        kernel::signal_self(Signal::URG)?;
        check_eq!(signals.read()?.signal(), Signal::URG);
    }
    Ok(())
}

pub fn clones_share_the_set() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    let signals = SignalFd::nonblocking(&SigSet::EMPTY)?;
    let other = signals.try_clone()?;
    kernel::signal_self(Signal::URG)?;
    check_eq!(other.take(), Ok(None));
    other.set_signals(&blocked.set)?;
    check_eq!(next(&signals)?, Some(Signal::URG));
    check_eq!(next(&other)?, None);
    Ok(())
}

pub fn two_descriptors_give_a_signal_once() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    let (one, other) = (blocked.signals()?, blocked.signals()?);
    kernel::signal_self(Signal::URG)?;
    check_eq!(events(&one, PollFlags::IN), Ok(PollFlags::IN));
    check_eq!(events(&other, PollFlags::IN), Ok(PollFlags::IN));
    check_eq!(next(&one)?, Some(Signal::URG));
    check_eq!(next(&other)?, None);
    Ok(())
}

pub fn a_short_read_is_inval_even_where_it_would_block() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    let signals = SignalFd::new(&blocked.set)?;
    let mut buf = [0; RECORD - 1];
    check_eq!(sys::read(signals.as_fd(), &mut buf), Err(Errno::INVAL));
    check_eq!(sys::read(signals.as_fd(), &mut []), Err(Errno::INVAL));
    kernel::signal_self(Signal::URG)?;
    check_eq!(sys::read(signals.as_fd(), &mut buf), Err(Errno::INVAL));
    check_eq!(next(&signals)?, Some(Signal::URG));
    Ok(())
}

pub fn a_long_read_gives_the_records_that_are_there_and_fit() -> Outcome {
    let [one, other] = REAL_TIME;
    let blocked = Blocked::new(&REAL_TIME)?;
    let signals = SignalFd::new(&blocked.set)?;
    let mut buf = [[0; RECORD]; 3];
    let of =
        |record: &[u8; RECORD]| SignalInfo::from_raw(SignalfdSiginfo::from_ne_bytes(*record)).map(|info| info.signal());
    for signal in [one, other] {
        kernel::signal_self(signal)?;
    }
    check_eq!(sys::read(signals.as_fd(), buf.as_flattened_mut()), Ok(2 * RECORD));
    check_eq!(buf.each_ref().map(of), [Some(one), Some(other), None]);
    for signal in [one, other] {
        kernel::signal_self(signal)?;
    }
    let mut buf = [0; 2 * RECORD - 1];
    check_eq!(sys::read(signals.as_fd(), &mut buf), Ok(RECORD));
    check_eq!(buf.first_chunk().and_then(of), Some(one));
    check_eq!(next(&signals)?, Some(other));
    Ok(())
}

pub fn a_read_to_a_bad_address_is_fault_and_loses_the_signal() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    let signals = blocked.signals()?;
    check_eq!(kernel::read_nowhere(&signals, RECORD), Err(Errno::AGAIN));
    kernel::signal_self(Signal::URG)?;
    check_eq!(kernel::read_nowhere(&signals, RECORD), Err(Errno::FAULT));
    check_eq!(signals.take(), Ok(None));
    Ok(())
}

pub fn it_cannot_be_written() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    let signals = blocked.signals()?;
    check_eq!(sys::write(signals.as_fd(), &[0; RECORD]), Err(Errno::INVAL));
    let event = EventFd::from(OwnedFd::from(signals));
    check_eq!(event.write(1), Err(Errno::INVAL));
    check_eq!(event.take(), Err(Errno::INVAL));
    Ok(())
}

pub fn kill_and_stop_are_left_out_of_the_set() -> Outcome {
    for signals in [SignalFd::nonblocking(&SigSet::ALL)?, {
        let signals = SignalFd::nonblocking(&SigSet::EMPTY)?;
        signals.set_signals(&SigSet::ALL)?;
        signals
    }] {
        let info = FdInfo::of(&signals)?;
        let mask = info.field("sigmask").and_then(|mask| u128::from_str_radix(mask, 16).ok());
        let every = u128::MAX >> (128 - 8 * size_of::<SigSet>());
        let but = |signal: Signal| !(1 << (signal.raw() - 1));
        check_eq!(mask, Some(every & but(Signal::KILL) & but(Signal::STOP)));
    }
    Ok(())
}

pub fn proc_shows_the_set() -> Outcome {
    let last = Signal::from_raw(8 * size_of::<SigSet>() as u32).unwrap_or(Signal::SYS);
    for signal in [Signal::HUP, Signal::CHLD, last] {
        let info = FdInfo::of(SignalFd::new(&SigSet::from_signals(&[signal]))?)?;
        let mask = info.field("sigmask").and_then(|mask| u128::from_str_radix(mask, 16).ok());
        check_eq!(mask, Some(1 << (signal.raw() - 1)));
    }
    Ok(())
}

pub fn a_record_without_a_signal_is_none() -> Outcome {
    for number in [0, 8 * size_of::<SigSet>() as u32 + 1, u32::MAX] {
        let record = SignalfdSiginfo { ssi_signo: number, ..Default::default() };
        check_eq!(SignalInfo::from_raw(record), None);
    }
    Ok(())
}

pub fn a_record_is_the_bytes_of_a_read() -> Outcome {
    let blocked = Blocked::new(&[Signal::URG])?;
    let signals = blocked.signals()?;
    kernel::signal_self(Signal::URG)?;
    let mut bytes = [0; size_of::<SignalfdSiginfo>()];
    check_eq!(sys::read(signals.as_fd(), &mut bytes), Ok(bytes.len()));
    let record = SignalfdSiginfo::from_ne_bytes(bytes);
    check_eq!((record.ssi_signo, record.ssi_pid), (Signal::URG.raw(), kernel::getpid()));
    check!(record.to_ne_bytes() == bytes);
    Ok(())
}
