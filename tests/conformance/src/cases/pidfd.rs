//! The descriptor of a process, and how the process ended.

use core::fmt::Write;
use core::time::Duration;

use barefd::fd::AsFd;
use barefd::sys::{self, Siginfo, WaitId};
use barefd::{Errno, EventFd, ExitStatus, PidFd, PidFdFlags, PollFlags, Result, Signal, SignalInfo, WaitFlags};

use super::{Blocked, FdInfo, alone, becomes_readable, events};
use crate::outcome::Text;
use crate::{Outcome, Unpassed, kernel};

/// A child that lives until it is told to end. On drop it is killed and reaped.
pub struct Child {
    id: u32,
    status: EventFd,
}

impl Child {
    pub fn start() -> Result<Self> {
        let status = EventFd::new(0)?;
        // SAFETY: the new process makes only system calls, and ends here.
        match unsafe { kernel::fork() }? {
            Some(id) => Ok(Self { id, status }),
            None => sys::exit_group(status.wait().map_or(1, |status| status as i32 - 1)),
        }
    }

    pub fn open() -> Result<(Self, PidFd)> {
        let child = Self::start()?;
        let process = PidFd::open(child.id)?;
        Ok((child, process))
    }

    pub fn id(&self) -> u32 {
        self.id
    }

    /// Lets it end with this status. It is reaped by somebody else.
    pub fn end(&self, status: u8) -> Result<()> {
        self.status.write(u64::from(status) + 1)
    }

    /// Waits until it has ended. It is not reaped.
    fn until_ended(&self) -> Result<()> {
        sys::waitid(WaitId::Pid(self.id), WaitFlags::EXITED | WaitFlags::NOWAIT).map(drop)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Nobody has reaped it if it can still be waited for, so the number is still its own.
        if sys::waitid(WaitId::Pid(self.id), WaitFlags::EXITED | WaitFlags::NOHANG | WaitFlags::NOWAIT).is_ok() {
            let _ = kernel::signal_child(self.id, Signal::KILL);
            let _ = kernel::wait(self.id);
        }
    }
}

const fn exited(status: u8) -> ExitStatus {
    ExitStatus::Exited { status }
}

const fn killed(signal: Signal) -> ExitStatus {
    ExitStatus::Killed { signal, core_dumped: false }
}

pub fn it_is_close_on_exec() -> Outcome {
    check_eq!(kernel::is_cloexec(&PidFd::open(kernel::getpid())?), Ok(true));
    check_eq!(kernel::is_cloexec(&PidFd::with_flags(kernel::getpid(), PidFdFlags::empty())?), Ok(true));
    Ok(())
}

pub fn it_is_non_blocking_if_it_is_asked_to_be() -> Outcome {
    check_eq!(PidFd::open(kernel::getpid())?.is_nonblocking(), Ok(false));
    check_eq!(PidFd::with_flags(kernel::getpid(), PidFdFlags::NONBLOCK)?.is_nonblocking(), Ok(true));
    Ok(())
}

pub fn an_unknown_flag_is_inval() -> Outcome {
    let known = PidFdFlags::NONBLOCK | PidFdFlags::THREAD;
    for flag in (0..32).map(|shift| PidFdFlags::from_bits_retain(1 << shift)).filter(|&flag| !known.contains(flag)) {
        check_eq!(PidFd::with_flags(kernel::getpid(), flag).err(), Some(Errno::INVAL));
    }
    Ok(())
}

pub fn a_thread_can_be_opened_on_newer_kernels() -> Outcome {
    match PidFd::with_flags(kernel::getpid(), PidFdFlags::THREAD) {
        // Before Linux 6.9 the flag is unknown.
        Err(Errno::INVAL) => Ok(()),
        thread => {
            check_eq!(events(&thread?, PollFlags::IN), Ok(PollFlags::empty()));
            Ok(())
        }
    }
}

pub fn a_number_that_is_no_process_is_inval_or_srch() -> Outcome {
    for none in [0, i32::MAX as u32 + 1, u32::MAX] {
        check_eq!(PidFd::open(none).err(), Some(Errno::INVAL));
    }
    // The kernel gives ids up to 4194304.
    check_eq!(PidFd::open(i32::MAX as u32).err(), Some(Errno::SRCH));
    Ok(())
}

pub fn it_is_readable_once_the_process_has_ended() -> Outcome {
    let (child, process) = Child::open()?;
    let asked = PollFlags::IN | PollFlags::OUT;
    check_eq!(events(&process, asked), Ok(PollFlags::empty()));
    child.end(0)?;
    becomes_readable(&process)?;
    check_eq!(events(&process, asked), Ok(PollFlags::IN));
    check_eq!(process.take(), Ok(Some(exited(0))));
    // Newer kernels report HUP too.
    let after = events(&process, asked)?;
    check_eq!(after.difference(PollFlags::HUP), PollFlags::IN);
    Ok(())
}

pub fn take_gives_the_status_once() -> Outcome {
    for status in [0, 1, 42, 126, 255] {
        let (child, process) = Child::open()?;
        check_eq!(process.take(), Ok(None));
        check_eq!(process.take(), Ok(None));
        child.end(status)?;
        becomes_readable(&process)?;
        check_eq!(process.take(), Ok(Some(exited(status))));
        check_eq!(process.take(), Err(Errno::CHILD));
        check_eq!(process.wait(), Err(Errno::CHILD));
        check_eq!(exited(status).success(), status == 0);
    }
    Ok(())
}

pub fn wait_gives_the_status_of_a_process_that_has_ended() -> Outcome {
    for flags in [PidFdFlags::empty(), PidFdFlags::NONBLOCK] {
        let child = Child::start()?;
        let process = PidFd::with_flags(child.id(), flags)?;
        child.end(7)?;
        becomes_readable(&process)?;
        check_eq!(process.wait(), Ok(exited(7)));
        check_eq!(process.wait(), Err(Errno::CHILD));
    }
    Ok(())
}

pub fn wait_waits_blocking_or_not() -> Outcome {
    for flags in [PidFdFlags::empty(), PidFdFlags::NONBLOCK] {
        // SAFETY: the new process makes only system calls, and ends here.
        let Some(id) = (unsafe { kernel::fork() })? else {
            let slept = barefd::poll(&mut [], Some(Duration::from_millis(20)));
            sys::exit_group(slept.map_or(1, |_| 9))
        };
        let process = PidFd::with_flags(id, flags)?;
        if flags == PidFdFlags::NONBLOCK {
            let options = WaitFlags::EXITED;
            check_eq!(sys::waitid(WaitId::PidFd(process.as_fd()), options).err(), Some(Errno::AGAIN));
        }
        check_eq!(process.wait(), Ok(exited(9)));
    }
    Ok(())
}

pub fn a_signal_ends_the_process_and_is_its_status() -> Outcome {
    for signal in [Signal::TERM, Signal::KILL, Signal::HUP] {
        // The cases may run in a process that ignores some signals, which a child inherits.
        alone(|| {
            init_kernel::reset_signals();
            let (_child, process) = Child::open()?;
            process.send_signal(signal)?;
            check_eq!(process.wait(), Ok(killed(signal)));
            check!(!killed(signal).success());
            Ok(())
        })?;
    }
    Ok(())
}

pub fn a_process_that_ended_can_be_opened_and_sent_signals_until_it_is_reaped() -> Outcome {
    let child = Child::start()?;
    child.end(3)?;
    child.until_ended()?;
    let process = PidFd::open(child.id())?;
    check_eq!(events(&process, PollFlags::IN), Ok(PollFlags::IN));
    check_eq!(process.send_signal(Signal::TERM), Ok(()));
    check_eq!(process.take(), Ok(Some(exited(3))));
    check_eq!(process.send_signal(Signal::TERM), Err(Errno::SRCH));
    check_eq!(process.send_signal(Signal::KILL), Err(Errno::SRCH));
    Ok(())
}

pub fn what_another_wait_reaped_is_no_child() -> Outcome {
    let (child, process) = Child::open()?;
    child.end(3)?;
    check_eq!(kernel::wait(child.id()), Ok(3));
    check_eq!(process.take(), Err(Errno::CHILD));
    check_eq!(process.wait(), Err(Errno::CHILD));
    check_eq!(process.send_signal(Signal::TERM), Err(Errno::SRCH));
    check!(events(&process, PollFlags::IN)?.contains(PollFlags::IN));
    Ok(())
}

pub fn a_process_that_is_no_child_keeps_its_status() -> Outcome {
    let (child, process) = Child::open()?;
    // That process inherits the descriptor, and is no parent.
    alone(|| {
        check_eq!(process.take(), Err(Errno::CHILD));
        check_eq!(process.wait(), Err(Errno::CHILD));
        check_eq!(events(&process, PollFlags::IN), Ok(PollFlags::empty()));
        child.end(5)?;
        becomes_readable(&process)?;
        check_eq!(process.take(), Err(Errno::CHILD));
        Ok(())
    })?;
    check_eq!(process.take(), Ok(Some(exited(5))));
    Ok(())
}

pub fn this_process_is_not_its_own_child() -> Outcome {
    let process = PidFd::open(kernel::getpid())?;
    check_eq!(process.take(), Err(Errno::CHILD));
    check_eq!(process.wait(), Err(Errno::CHILD));
    check_eq!(events(&process, PollFlags::IN), Ok(PollFlags::empty()));
    Ok(())
}

pub fn clones_are_the_same_process() -> Outcome {
    let (child, process) = Child::open()?;
    let other = process.try_clone()?;
    drop(process);
    child.end(6)?;
    check_eq!(other.wait(), Ok(exited(6)));
    Ok(())
}

pub fn a_process_of_another_user_is_perm() -> Outcome {
    const NOBODY: u32 = 65534;

    if kernel::user_id() != 0 {
        return Err(Unpassed::NotApplicable("a user that cannot become another one"));
    }
    let (_child, process) = Child::open()?;
    alone(|| {
        match kernel::set_user(NOBODY) {
            Err(Errno::PERM | Errno::INVAL) => {
                return Err(Unpassed::NotApplicable("a user that cannot become another"));
            }
            result => result?,
        }
        check_eq!(process.send_signal(Signal::TERM), Err(Errno::PERM));
        check_eq!(process.send_signal(Signal::KILL), Err(Errno::PERM));
        Ok(())
    })?;
    check_eq!(process.take(), Ok(None));
    Ok(())
}

pub fn a_signal_or_a_flag_out_of_range_is_inval() -> Outcome {
    let (_child, process) = Child::open()?;
    let send = |signal, flags| sys::pidfd_send_signal(process.as_fd(), signal, None, flags);
    let last = (1..).map_while(Signal::from_raw).last().map_or(0, Signal::raw);
    for signal in [last + 1, 1000, i32::MAX as u32, u32::MAX] {
        check_eq!(send(signal, 0), Err(Errno::INVAL));
    }
    check_eq!(send(Signal::TERM.raw(), 1 << 31), Err(Errno::INVAL));
    // Not sent: the call only looks whether it could be.
    check_eq!(send(0, 0), Ok(()));
    check_eq!(process.take(), Ok(None));
    Ok(())
}

pub fn a_value_comes_with_the_signal() -> Outcome {
    const VALUE: usize = 0x0102_0304;

    alone(|| {
        let signal = Signal::TERM;
        let blocked = Blocked::new(&[signal])?;
        let signals = blocked.signals()?;
        let process = PidFd::open(kernel::getpid())?;
        let info = kernel::queued(signal, VALUE);
        sys::pidfd_send_signal(process.as_fd(), signal.raw(), Some(&info), 0)?;
        let read = signals.read()?;
        check_eq!((read.signal(), read.code(), read.ptr()), (signal, SignalInfo::SI_QUEUE, VALUE));
        check_eq!((read.pid(), read.uid()), (kernel::getpid(), kernel::user_id()));

        process.send_signal(signal)?;
        let read = signals.read()?;
        check_eq!((read.signal(), read.code(), read.pid()), (signal, SignalInfo::SI_USER, kernel::getpid()));
        Ok(())
    })
}

pub fn a_record_must_be_of_its_signal_and_not_the_kernels() -> Outcome {
    let (_child, process) = Child::open()?;
    let send = |info: &Siginfo| sys::pidfd_send_signal(process.as_fd(), Signal::KILL.raw(), Some(info), 0);
    check_eq!(send(&kernel::queued(Signal::TERM, 0)), Err(Errno::INVAL));
    for si_code in [SignalInfo::SI_USER, SignalInfo::SI_KERNEL, SignalInfo::SI_TKILL] {
        check_eq!(send(&Siginfo { si_code, ..kernel::queued(Signal::KILL, 0) }), Err(Errno::PERM));
    }
    check_eq!(process.take(), Ok(None));
    check_eq!(send(&kernel::queued(Signal::KILL, 0)), Ok(()));
    check_eq!(process.wait(), Ok(killed(Signal::KILL)));
    Ok(())
}

pub fn proc_shows_the_process() -> Outcome {
    let process = PidFd::open(kernel::getpid())?;
    let info = FdInfo::of(&process)?;
    let mut id = Text::<16>::default();
    let _ = write!(id, "{}", kernel::getpid());
    check_eq!(info.field("Pid"), Some(id.as_str()));
    Ok(())
}

pub fn a_status_is_what_its_code_says() -> Outcome {
    const EXITED: i32 = SignalInfo::CLD_EXITED;
    const KILLED: i32 = SignalInfo::CLD_KILLED;
    const DUMPED: i32 = SignalInfo::CLD_DUMPED;

    let last = (1..).map_while(Signal::from_raw).last().map_or(0, Signal::raw) as i32;
    let segv = Signal::SEGV;
    let dumped = ExitStatus::Killed { signal: segv, core_dumped: true };
    for (code, status, expected) in [
        (EXITED, 0, Some(exited(0))),
        (EXITED, 255, Some(exited(255))),
        (EXITED, 256, None),
        (EXITED, -1, None),
        (KILLED, segv.raw() as i32, Some(killed(segv))),
        (DUMPED, segv.raw() as i32, Some(dumped)),
        (KILLED, 0, None),
        (KILLED, -1, None),
        (DUMPED, last + 1, None),
        (SignalInfo::CLD_TRAPPED, 5, None),
        (SignalInfo::CLD_STOPPED, 5, None),
        (SignalInfo::CLD_CONTINUED, 5, None),
        (0, 0, None),
    ] {
        check_eq!(ExitStatus::from_code(code, status), expected);
    }
    check_eq!(ExitStatus::from_siginfo(&Siginfo::default()), None);

    for (status, expected) in [
        (exited(3), "exited with status 3"),
        (killed(segv), "was killed by SIGSEGV"),
        (dumped, "was killed by SIGSEGV (core dumped)"),
    ] {
        let mut text = Text::<64>::default();
        let _ = write!(text, "{status}");
        check_eq!(text.as_str(), expected);
    }
    Ok(())
}

/// What `SignalFd` reads of a child is what `waitid` says of it.
pub fn the_signal_of_a_child_has_the_same_status() -> Outcome {
    alone(|| {
        let blocked = Blocked::new(&[Signal::CHLD])?;
        let signals = blocked.signals()?;
        for end in [exited(11), killed(Signal::KILL)] {
            let (child, process) = Child::open()?;
            match end {
                ExitStatus::Exited { status } => child.end(status)?,
                ExitStatus::Killed { signal, .. } => process.send_signal(signal)?,
            }
            let info = signals.wait()?;
            check_eq!(ExitStatus::from_code(info.code(), info.status()), Some(end));
            check_eq!(process.wait(), Ok(end));
        }
        Ok(())
    })
}

pub fn waitid_waits_for_what_it_is_asked() -> Outcome {
    const STOPPED: i32 = SignalInfo::CLD_STOPPED;
    const CONTINUED: i32 = SignalInfo::CLD_CONTINUED;

    let (child, process) = Child::open()?;
    let by_fd = WaitId::PidFd(process.as_fd());
    for id in [WaitId::Pid(child.id()), by_fd] {
        let info = sys::waitid(id, WaitFlags::EXITED | WaitFlags::NOHANG)?;
        check_eq!((info.si_signo, info.si_code, info.si_pid), (0, 0, 0));
    }

    process.send_signal(Signal::STOP)?;
    let info = sys::waitid(by_fd, WaitFlags::STOPPED)?;
    check_eq!((info.si_signo, info.si_code), (Signal::CHLD.raw() as i32, STOPPED));
    check_eq!((info.si_pid, info.si_uid), (child.id(), kernel::user_id()));
    check_eq!(info.si_status(), Signal::STOP.raw() as i32);
    check_eq!(ExitStatus::from_siginfo(&info), None);

    process.send_signal(Signal::CONT)?;
    let info = sys::waitid(WaitId::Pid(child.id()), WaitFlags::CONTINUED)?;
    check_eq!((info.si_code, info.si_status()), (CONTINUED, Signal::CONT.raw() as i32));

    child.end(8)?;
    for options in [WaitFlags::EXITED | WaitFlags::NOWAIT, WaitFlags::EXITED] {
        let info = sys::waitid(by_fd, options)?;
        check_eq!((info.si_pid, ExitStatus::from_siginfo(&info)), (child.id(), Some(exited(8))));
    }
    check_eq!(sys::waitid(by_fd, WaitFlags::EXITED).err(), Some(Errno::CHILD));
    check_eq!(sys::waitid(WaitId::Pid(child.id()), WaitFlags::EXITED).err(), Some(Errno::CHILD));
    Ok(())
}

/// No other process here has a child that this one could reap.
pub fn waitid_takes_any_child_or_one_of_a_group() -> Outcome {
    alone(|| {
        let exited = WaitFlags::EXITED;
        check_eq!(sys::waitid(WaitId::All, exited).err(), Some(Errno::CHILD));
        for id in [WaitId::All, WaitId::Pgid(0)] {
            let child = Child::start()?;
            check_eq!(sys::waitid(id, exited | WaitFlags::NOHANG)?.si_pid, 0);
            let other_group = WaitId::Pgid(i32::MAX as u32);
            check_eq!(sys::waitid(other_group, exited | WaitFlags::NOHANG).err(), Some(Errno::CHILD));
            child.end(4)?;
            let info = sys::waitid(id, exited)?;
            check_eq!((info.si_pid, info.si_status()), (child.id(), 4));
        }
        check_eq!(sys::waitid(WaitId::Pgid(u32::MAX), exited).err(), Some(Errno::INVAL));
        check_eq!(sys::waitid(WaitId::Pid(i32::MAX as u32), exited).err(), Some(Errno::CHILD));
        Ok(())
    })
}

pub fn waitid_of_nothing_or_with_unknown_options_is_inval() -> Outcome {
    let child = Child::start()?;
    let id = WaitId::Pid(child.id());
    for options in [WaitFlags::empty(), WaitFlags::NOHANG, WaitFlags::NOWAIT, WaitFlags::from_bits_retain(0x10)] {
        check_eq!(sys::waitid(id, options).err(), Some(Errno::INVAL));
    }
    for none in [0, u32::MAX] {
        check_eq!(sys::waitid(WaitId::Pid(none), WaitFlags::EXITED).err(), Some(Errno::INVAL));
    }
    let event = EventFd::new(1)?;
    for fd in [event.as_fd(), kernel::not_open()] {
        check_eq!(sys::waitid(WaitId::PidFd(fd), WaitFlags::EXITED).err(), Some(Errno::BADF));
    }
    Ok(())
}
