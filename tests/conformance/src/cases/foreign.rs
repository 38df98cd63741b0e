//! Descriptors of other kinds, which the types accept too. Their methods return an errno. They never panic, and never
//! loop.

use core::ffi::CStr;
use core::num::NonZeroU64;
use core::time::Duration;

use barefd::fd::{AsFd, OwnedFd};
use barefd::{
    Clock, Epoll, EpollEvent, EpollFlags, Errno, EventFd, PidFd, SigSet, Signal, SignalFd, Tick, TimerFd, sys,
};

use super::{Blocked, alone, arming_is, becomes_readable, owe};
use crate::{Outcome, Unpassed, kernel};

/// The result of a `read` of eight bytes.
#[derive(Clone, Copy)]
enum Reads {
    Count(u64),
    Short,
    Empty,
    WouldBlock,
    Fails(Errno),
}

/// The result of a `write` of eight bytes.
#[derive(Clone, Copy)]
enum Writes {
    All,
    WouldBlock,
    Fails(Errno),
}

/// A descriptor, and another one that must stay open with it.
type Opened = (OwnedFd, Option<OwnedFd>);

struct Kind {
    name: &'static str,
    open: fn() -> Outcome<Opened>,
    reads: Reads,
    writes: Writes,
}

const COUNTERS: [Kind; 2] = [
    Kind {
        name: "a counter",
        open: || Ok((EventFd::new(5)?.into(), None)),
        reads: Reads::Count(5),
        writes: Writes::All,
    },
    Kind {
        name: "an empty counter",
        open: || Ok((EventFd::nonblocking(0)?.into(), None)),
        reads: Reads::WouldBlock,
        writes: Writes::All,
    },
];

const TIMERS: [Kind; 2] = [
    Kind {
        name: "a timer",
        open: || {
            let timer = TimerFd::new(Clock::Realtime)?;
            owe(&timer, 5)?;
            becomes_readable(&timer)?;
            Ok((timer.into(), None))
        },
        reads: Reads::Count(5),
        writes: Writes::Fails(Errno::INVAL),
    },
    Kind {
        name: "a disarmed timer",
        open: || Ok((TimerFd::nonblocking(Clock::Monotonic)?.into(), None)),
        reads: Reads::WouldBlock,
        writes: Writes::Fails(Errno::INVAL),
    },
];

const SIGNALS: [Kind; 1] = [Kind {
    name: "a signal descriptor",
    open: || Ok((SignalFd::new(&SigSet::EMPTY)?.into(), None)),
    reads: Reads::Fails(Errno::INVAL),
    writes: Writes::Fails(Errno::INVAL),
}];

const SETS: [Kind; 1] = [Kind {
    name: "an epoll set",
    open: || Ok((Epoll::new()?.into(), None)),
    reads: Reads::Fails(Errno::INVAL),
    writes: Writes::Fails(Errno::INVAL),
}];

const PROCESSES: [Kind; 1] = [Kind {
    name: "a process",
    open: || Ok((PidFd::open(kernel::getpid())?.into(), None)),
    reads: Reads::Fails(Errno::INVAL),
    writes: Writes::Fails(Errno::INVAL),
}];

const OTHERS: [Kind; 19] = [
    Kind { name: "/dev/null", open: || device(c"/dev/null"), reads: Reads::Empty, writes: Writes::All },
    Kind { name: "/dev/zero", open: || device(c"/dev/zero"), reads: Reads::Count(0), writes: Writes::All },
    Kind {
        name: "/dev/full",
        open: || device(c"/dev/full"),
        reads: Reads::Count(0),
        writes: Writes::Fails(Errno::NOSPC),
    },
    Kind {
        name: "a directory",
        open: || Ok((kernel::open(c"/", 0)?, None)),
        reads: Reads::Fails(Errno::ISDIR),
        writes: Writes::Fails(Errno::BADF),
    },
    Kind { name: "an empty file", open: || file(b""), reads: Reads::Empty, writes: Writes::All },
    Kind { name: "a file of one byte", open: || file(b"1"), reads: Reads::Short, writes: Writes::All },
    Kind { name: "a file of seven bytes", open: || file(b"1234567"), reads: Reads::Short, writes: Writes::All },
    Kind {
        name: "a file of nine bytes",
        open: || file(b"123456789"),
        reads: Reads::Count(u64::from_ne_bytes(*b"12345678")),
        writes: Writes::All,
    },
    Kind {
        name: "a pipe of nothing",
        open: || reader(b""),
        reads: Reads::WouldBlock,
        writes: Writes::Fails(Errno::BADF),
    },
    Kind {
        name: "a pipe of three bytes",
        open: || reader(b"123"),
        reads: Reads::Short,
        writes: Writes::Fails(Errno::BADF),
    },
    Kind {
        name: "a pipe of eight bytes",
        open: || reader(b"12345678"),
        reads: Reads::Count(u64::from_ne_bytes(*b"12345678")),
        writes: Writes::Fails(Errno::BADF),
    },
    Kind {
        name: "a pipe without a writer",
        open: || Ok((kernel::pipe()?.0, None)),
        reads: Reads::Empty,
        writes: Writes::Fails(Errno::BADF),
    },
    Kind {
        name: "a pipe without a reader",
        open: || Ok((kernel::pipe()?.1, None)),
        reads: Reads::Fails(Errno::BADF),
        writes: Writes::Fails(Errno::PIPE),
    },
    Kind {
        name: "a pipe to a reader",
        open: || {
            let (reader, writer) = kernel::pipe()?;
            Ok((writer, Some(reader)))
        },
        reads: Reads::Fails(Errno::BADF),
        writes: Writes::All,
    },
    Kind {
        name: "a full pipe to a reader",
        open: || {
            let (reader, writer) = kernel::pipe()?;
            while sys::write(writer.as_fd(), &[0; 4096]).is_ok() {}
            Ok((writer, Some(reader)))
        },
        reads: Reads::Fails(Errno::BADF),
        writes: Writes::WouldBlock,
    },
    Kind {
        name: "a socket",
        open: || {
            let (here, there) = kernel::sockets()?;
            Ok((here, Some(there)))
        },
        reads: Reads::WouldBlock,
        writes: Writes::All,
    },
    Kind {
        name: "a socket of two bytes",
        open: || {
            let (here, there) = kernel::sockets()?;
            sys::write(there.as_fd(), b"12")?;
            Ok((here, Some(there)))
        },
        reads: Reads::Short,
        writes: Writes::All,
    },
    Kind {
        name: "a socket whose peer is closed",
        open: || Ok((kernel::sockets()?.0, None)),
        reads: Reads::Empty,
        writes: Writes::Fails(Errno::PIPE),
    },
    Kind {
        name: "a socket that is not connected",
        open: || Ok((kernel::socket()?, None)),
        reads: Reads::Fails(Errno::INVAL),
        writes: Writes::Fails(NOTCONN),
    },
];

/// `ENOTCONN`
const NOTCONN: Errno = {
    #[cfg(not(target_arch = "hexagon"))]
    let number = linux_raw_sys::errno::ENOTCONN as i32;
    #[cfg(target_arch = "hexagon")]
    let number = 107;
    Errno::from_raw_os_error(number).unwrap()
};

fn device(path: &CStr) -> Outcome<Opened> {
    match kernel::open(path, crate::uapi::O_RDWR) {
        Err(Errno::NOENT | Errno::NXIO | Errno::ACCES) => Err(Unpassed::NotApplicable("no such device node here")),
        result => Ok((result?, None)),
    }
}

/// A regular file with this content, at its start.
fn file(content: &[u8]) -> Outcome<Opened> {
    match kernel::file_of(content) {
        Err(Errno::NOSYS) => Err(Unpassed::NotApplicable("a kernel without CONFIG_MEMFD_CREATE")),
        result => Ok((result?, None)),
    }
}

fn reader(content: &[u8]) -> Outcome<Opened> {
    let (reader, writer) = kernel::pipe()?;
    sys::write(writer.as_fd(), content)?;
    Ok((reader, Some(writer)))
}

impl Kind {
    /// What `call` returns for a descriptor of that kind.
    fn call<D: From<OwnedFd>, T>(&self, call: impl FnOnce(&D) -> T) -> Outcome<T> {
        let (fd, _beside) = (self.open)()?;
        Ok(call(&D::from(fd)))
    }
}

/// Checks those of these kinds that this system has. No descriptor may be left.
fn each(kinds: &[&[Kind]], check: fn(&Kind) -> Outcome) -> Outcome {
    alone(|| {
        let before = kernel::descriptors();
        let mut missing = Ok(());
        for kind in kinds.iter().copied().flatten() {
            match check(kind) {
                Err(Unpassed::Failed(failure)) => {
                    return Err(Unpassed::failed(format_args!("{}: {failure}", kind.name)));
                }
                Err(not_applicable) => missing = Err(not_applicable),
                Ok(()) => {}
            }
        }
        check_eq!(kernel::descriptors(), before);
        missing
    })
}

/// If a read would block, `wait` waits, for every kind of descriptor.
fn check_counter(kind: &Kind) -> Outcome {
    // The kernel sends this signal to a writer if nobody reads.
    let _blocked = Blocked::new(&[Signal::PIPE])?;
    let (read, take) = match kind.reads {
        Reads::Count(count) => (Ok(count), Ok(Some(count))),
        Reads::Short | Reads::Empty => (Err(Errno::INVAL), Err(Errno::INVAL)),
        Reads::WouldBlock => (Err(Errno::AGAIN), Ok(None)),
        Reads::Fails(errno) => (Err(errno), Err(errno)),
    };
    check_eq!(kind.call(EventFd::read)?, read);
    check_eq!(kind.call(EventFd::take)?, take);
    if read != Err(Errno::AGAIN) {
        check_eq!(kind.call(EventFd::wait)?, read);
    }

    let (write, notify) = match kind.writes {
        Writes::All => (Ok(()), Ok(())),
        Writes::WouldBlock => (Err(Errno::AGAIN), Ok(())),
        Writes::Fails(errno) => (Err(errno), Err(errno)),
    };
    check_eq!(kind.call(|event: &EventFd| event.write(2))?, write);
    check_eq!(kind.call(EventFd::notify)?, notify);
    kind.call(|event: &EventFd| {
        for nonblocking in [true, false] {
            event.set_nonblocking(nonblocking)?;
            check_eq!(event.try_clone()?.is_nonblocking(), Ok(nonblocking));
        }
        Ok(())
    })?
}

fn check_timer(kind: &Kind) -> Outcome {
    let expired = |count| NonZeroU64::new(count).map(Tick::Expired).ok_or(Errno::INVAL);
    let (read, take, wait) = match kind.reads {
        // A timer never counts zero.
        Reads::Count(count) => (expired(count).map(|_| count), expired(count).map(Some), expired(count)),
        Reads::Short => (Err(Errno::INVAL), Err(Errno::INVAL), Err(Errno::INVAL)),
        // A read of a timer can give 0 bytes too. Only then does `wait` wait.
        Reads::Empty => (Err(Errno::AGAIN), Ok(None), Err(Errno::INVAL)),
        Reads::WouldBlock => (Err(Errno::AGAIN), Ok(None), Err(Errno::AGAIN)),
        Reads::Fails(errno) => (Err(errno), Err(errno), Err(errno)),
    };
    check_eq!(kind.call(TimerFd::read)?, read);
    check_eq!(kind.call(TimerFd::take)?, take);
    if wait != Err(Errno::AGAIN) {
        check_eq!(kind.call(TimerFd::wait)?, wait);
    }

    kind.call(|timer: &TimerFd| {
        arming_is(timer, Errno::INVAL)?;
        check_eq!(timer.get(), Err(Errno::INVAL));
        match timer.set_ticks(NonZeroU64::MIN) {
            // An emulator does not know the ioctl.
            Err(Errno::NOSYS) if kernel::is_emulated() => {}
            // Since Linux 6.9, epoll answers EINVAL to an ioctl that it does not know.
            result => check!(matches!(result, Err(Errno::NOTTY | Errno::INVAL))),
        }
        for nonblocking in [true, false] {
            timer.set_nonblocking(nonblocking)?;
            check_eq!(timer.try_clone()?.is_nonblocking(), Ok(nonblocking));
        }
        Ok(())
    })?
}

/// None of these kinds gives the whole record of a signal.
fn check_signals(kind: &Kind) -> Outcome {
    let (errno, take) = match kind.reads {
        Reads::Count(_) | Reads::Short | Reads::Empty => (Errno::INVAL, Err(Errno::INVAL)),
        Reads::WouldBlock => (Errno::AGAIN, Ok(None)),
        Reads::Fails(errno) => (errno, Err(errno)),
    };
    check_eq!(kind.call(SignalFd::read)?, Err(errno));
    check_eq!(kind.call(SignalFd::take)?, take);
    if errno != Errno::AGAIN {
        check_eq!(kind.call(SignalFd::wait)?, Err(errno));
    }
    kind.call(|signals: &SignalFd| {
        check_eq!(signals.set_signals(&SigSet::ALL), Err(Errno::INVAL));
        for nonblocking in [true, false] {
            signals.set_nonblocking(nonblocking)?;
            check_eq!(signals.try_clone()?.is_nonblocking(), Ok(nonblocking));
        }
        Ok(())
    })?
}

/// The kernel looks at the descriptor that is added before it looks at the set.
fn check_set(kind: &Kind) -> Outcome {
    let (event, directory) = (EventFd::new(1)?, kernel::open(c"/", 0)?);
    kind.call(|epoll: &Epoll| {
        check_eq!(epoll.add(&event, EpollFlags::IN, 1), Err(Errno::INVAL));
        check_eq!(epoll.modify(&event, EpollFlags::IN, 1), Err(Errno::INVAL));
        check_eq!(epoll.delete(&event), Err(Errno::INVAL));
        check_eq!(epoll.add(&directory, EpollFlags::IN, 1), Err(Errno::PERM));
        for timeout in [None, Some(Duration::ZERO), Some(Duration::from_millis(1)), Some(Duration::MAX)] {
            check_eq!(epoll.wait(&mut [EpollEvent::default()], timeout), Err(Errno::INVAL));
        }
        for nonblocking in [true, false] {
            epoll.set_nonblocking(nonblocking)?;
            check_eq!(epoll.try_clone()?.is_nonblocking(), Ok(nonblocking));
        }
        Ok(())
    })?
}

fn check_process(kind: &Kind) -> Outcome {
    kind.call(|process: &PidFd| {
        check_eq!(process.take(), Err(Errno::BADF));
        check_eq!(process.wait(), Err(Errno::BADF));
        check_eq!(process.send_signal(Signal::TERM), Err(Errno::BADF));
        for nonblocking in [true, false] {
            process.set_nonblocking(nonblocking)?;
            check_eq!(process.try_clone()?.is_nonblocking(), Ok(nonblocking));
            check_eq!((process.take(), process.wait()), (Err(Errno::BADF), Err(Errno::BADF)));
        }
        Ok(())
    })?
}

pub fn a_counter_of_another_kind_answers_and_leaves_no_descriptor() -> Outcome {
    each(&[&OTHERS, &TIMERS, &SIGNALS, &SETS, &PROCESSES], check_counter)
}

pub fn a_timer_of_another_kind_answers_and_leaves_no_descriptor() -> Outcome {
    each(&[&OTHERS, &COUNTERS, &SIGNALS, &SETS, &PROCESSES], check_timer)
}

pub fn a_signal_descriptor_of_another_kind_answers_and_leaves_no_descriptor() -> Outcome {
    each(&[&OTHERS, &COUNTERS, &TIMERS, &SETS, &PROCESSES], check_signals)
}

pub fn a_set_of_another_kind_answers_and_leaves_no_descriptor() -> Outcome {
    each(&[&OTHERS, &COUNTERS, &TIMERS, &SIGNALS, &PROCESSES], check_set)
}

pub fn a_process_of_another_kind_answers_and_leaves_no_descriptor() -> Outcome {
    each(&[&OTHERS, &COUNTERS, &TIMERS, &SIGNALS, &SETS], check_process)
}

pub fn what_is_no_record_is_no_signal() -> Outcome {
    let (read, write) = kernel::pipe()?;
    let signals = SignalFd::from(read);
    for bytes in [&[1_u8; 127] as &[u8], &[0; 128], &[1; 128], &[255; 128]] {
        let some = || sys::write(write.as_fd(), bytes);
        check_eq!(some(), Ok(bytes.len()));
        check_eq!(signals.read(), Err(Errno::INVAL));
        check_eq!(some(), Ok(bytes.len()));
        check_eq!(signals.take(), Err(Errno::INVAL));
        check_eq!(some(), Ok(bytes.len()));
        check_eq!(signals.wait(), Err(Errno::INVAL));
    }
    Ok(())
}
