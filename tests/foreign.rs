//! Descriptors of another kind, and closed descriptors: every method returns a value or an errno.

mod common;

use std::ffi::{CStr, c_int};
use std::fs::File;
use std::io::{self, Seek, Write};
use std::num::NonZeroU64;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use barefd::fd::{AsRawFd, FromRawFd, IntoRawFd, RawFd};
use barefd::{
    Clock, Errno, EventFd, PollFd, PollFlags, Result, SetTimeFlags, SigSet, SignalFd, Tick, TimerFd, TimerSpec, poll,
};
use common::{STD_CHECKS, descriptors, in_child, owe};

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

struct Kind {
    name: &'static str,
    /// A descriptor, and another one that must stay open with it.
    open: fn() -> (OwnedFd, Option<OwnedFd>),
    reads: Reads,
    writes: Writes,
}

const COUNTER: Kind = Kind {
    name: "a counter",
    open: || (std_fd(EventFd::new(5).unwrap()), None),
    reads: Reads::Count(5),
    writes: Writes::All,
};

const TIMER: Kind = Kind {
    name: "a timer",
    open: || {
        let timer = TimerFd::new(Clock::Realtime).unwrap();
        owe(&timer, 5);
        (std_fd(timer), None)
    },
    reads: Reads::Count(5),
    writes: Writes::Fails(Errno::INVAL),
};

const SIGNALS: Kind = Kind {
    name: "a signal descriptor",
    open: || (std_fd(SignalFd::new(&SigSet::EMPTY).unwrap()), None),
    reads: Reads::Fails(Errno::INVAL),
    writes: Writes::Fails(Errno::INVAL),
};

const OTHERS: [Kind; 18] = [
    Kind { name: "/dev/null", open: || path(c"/dev/null", libc::O_RDWR), reads: Reads::Empty, writes: Writes::All },
    Kind { name: "/dev/zero", open: || path(c"/dev/zero", libc::O_RDWR), reads: Reads::Count(0), writes: Writes::All },
    Kind {
        name: "/dev/full",
        open: || path(c"/dev/full", libc::O_RDWR),
        reads: Reads::Count(0),
        writes: Writes::Fails(Errno::NOSPC),
    },
    Kind {
        name: "a directory",
        open: || path(c"/", libc::O_RDONLY),
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
        name: "a pipe of three bytes",
        open: || (pipe(b"123").0, None),
        reads: Reads::Short,
        writes: Writes::Fails(Errno::BADF),
    },
    Kind {
        name: "a pipe without a writer",
        open: || (pipe(b"").0, None),
        reads: Reads::Empty,
        writes: Writes::Fails(Errno::BADF),
    },
    Kind {
        name: "a pipe without a reader",
        open: || (pipe(b"").1, None),
        reads: Reads::Fails(Errno::BADF),
        writes: Writes::Fails(Errno::PIPE),
    },
    Kind {
        name: "a pipe to a reader",
        open: || {
            let (reader, writer) = pipe(b"");
            (writer, Some(reader))
        },
        reads: Reads::Fails(Errno::BADF),
        writes: Writes::All,
    },
    Kind {
        name: "a full pipe to a reader",
        open: || {
            let (reader, writer) = pipe(b"");
            let event = EventFd::from(barefd_fd(writer));
            event.set_nonblocking(true).unwrap();
            while event.write(0).is_ok() {}
            (std_fd(event), Some(reader))
        },
        reads: Reads::Fails(Errno::BADF),
        writes: Writes::WouldBlock,
    },
    Kind {
        name: "a socket",
        open: || {
            let (here, there) = UnixStream::pair().unwrap();
            here.set_nonblocking(true).unwrap();
            (here.into(), Some(there.into()))
        },
        reads: Reads::WouldBlock,
        writes: Writes::All,
    },
    Kind {
        name: "a socket of two bytes",
        open: || {
            let (here, mut there) = UnixStream::pair().unwrap();
            there.write_all(b"12").unwrap();
            (here.into(), Some(there.into()))
        },
        reads: Reads::Short,
        writes: Writes::All,
    },
    Kind {
        name: "a socket whose peer is closed",
        open: || (UnixStream::pair().unwrap().0.into(), None),
        reads: Reads::Empty,
        writes: Writes::Fails(Errno::PIPE),
    },
    Kind {
        name: "a socket that is not connected",
        // SAFETY: no pointer.
        open: || (new(unsafe { libc::socket(libc::AF_UNIX, libc::SOCK_STREAM, 0) }), None),
        reads: Reads::Fails(Errno::INVAL),
        writes: Writes::Fails(Errno::from_raw_os_error(libc::ENOTCONN).unwrap()),
    },
    Kind {
        name: "an epoll instance",
        // SAFETY: no pointer.
        open: || (new(unsafe { libc::epoll_create1(0) }), None),
        reads: Reads::Fails(Errno::INVAL),
        writes: Writes::Fails(Errno::INVAL),
    },
];

/// The descriptor that a call has just opened.
fn new(fd: c_int) -> OwnedFd {
    assert_ne!(fd, -1, "{}", io::Error::last_os_error());
    // SAFETY: the callers pass a descriptor that nobody else has.
    unsafe { std::os::fd::FromRawFd::from_raw_fd(fd) }
}

fn std_fd(fd: impl IntoRawFd) -> OwnedFd {
    new(fd.into_raw_fd())
}

/// The same descriptor, in the type that the crate has without the feature `std`.
fn barefd_fd(fd: OwnedFd) -> barefd::fd::OwnedFd {
    // SAFETY: the owner has just given the number away.
    unsafe { barefd::fd::OwnedFd::from_raw_fd(std::os::fd::IntoRawFd::into_raw_fd(fd)) }
}

fn path(path: &CStr, flags: c_int) -> (OwnedFd, Option<OwnedFd>) {
    // SAFETY: the path ends with a zero.
    (new(unsafe { libc::open(path.as_ptr(), flags) }), None)
}

/// A regular file with this content. A read starts at its beginning.
fn file(content: &[u8]) -> (OwnedFd, Option<OwnedFd>) {
    // SAFETY: the name ends with a zero.
    let mut file = File::from(new(unsafe { libc::memfd_create(c"foreign".as_ptr(), 0) }));
    file.write_all(content).unwrap();
    file.rewind().unwrap();
    (file.into(), None)
}

/// The read end and the write end of a pipe that holds `content`.
fn pipe(content: &[u8]) -> (OwnedFd, OwnedFd) {
    let mut ends = [-1; 2];
    // SAFETY: the kernel writes both.
    assert_eq!(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) }, 0);
    let [reader, writer] = ends.map(new);
    let mut writer = File::from(writer);
    writer.write_all(content).unwrap();
    (reader, writer.into())
}

impl Kind {
    /// The result of `call` for a descriptor of this kind.
    fn call<D: From<barefd::fd::OwnedFd>, T>(&self, call: impl FnOnce(&D) -> T) -> T {
        let (fd, _beside) = (self.open)();
        call(&D::from(barefd_fd(fd)))
    }
}

fn check_counter(kind: &Kind) {
    let name = kind.name;
    let (read, take) = match kind.reads {
        Reads::Count(count) => (Ok(count), Ok(Some(count))),
        Reads::Short | Reads::Empty => (Err(Errno::INVAL), Err(Errno::INVAL)),
        Reads::WouldBlock => (Err(Errno::AGAIN), Ok(None)),
        Reads::Fails(errno) => (Err(errno), Err(errno)),
    };
    assert_eq!(kind.call(EventFd::read), read, "read of {name}");
    assert_eq!(kind.call(EventFd::take), take, "take of {name}");
    // On a descriptor of any kind that would block, it waits.
    if read != Err(Errno::AGAIN) {
        assert_eq!(kind.call(EventFd::wait), read, "wait for {name}");
    }

    let (write, notify) = match kind.writes {
        Writes::All => (Ok(()), Ok(())),
        Writes::WouldBlock => (Err(Errno::AGAIN), Ok(())),
        Writes::Fails(errno) => (Err(errno), Err(errno)),
    };
    assert_eq!(kind.call(|event: &EventFd| event.write(2)), write, "write to {name}");
    assert_eq!(kind.call(EventFd::notify), notify, "notify of {name}");
    kind.call(|event: &EventFd| {
        event.set_nonblocking(true).unwrap();
        assert_eq!(event.try_clone().unwrap().is_nonblocking(), Ok(true), "{name}");
        event.set_nonblocking(false).unwrap();
        assert_eq!(event.is_nonblocking(), Ok(false), "{name}");
    });
}

fn check_timer(kind: &Kind) {
    let name = kind.name;
    let expired = |count| NonZeroU64::new(count).map(Tick::Expired).ok_or(Errno::INVAL);
    let (read, take, wait) = match kind.reads {
        Reads::Count(count) => (expired(count).map(|_| count), expired(count).map(Some), expired(count)),
        Reads::Short => (Err(Errno::INVAL), Err(Errno::INVAL), Err(Errno::INVAL)),
        Reads::Empty => (Err(Errno::AGAIN), Ok(None), Err(Errno::INVAL)),
        Reads::WouldBlock => (Err(Errno::AGAIN), Ok(None), Err(Errno::AGAIN)),
        Reads::Fails(errno) => (Err(errno), Err(errno), Err(errno)),
    };
    assert_eq!(kind.call(TimerFd::read), read, "read of {name}");
    assert_eq!(kind.call(TimerFd::take), take, "take of {name}");
    // On a descriptor of any kind that would block, it waits.
    if wait != Err(Errno::AGAIN) {
        assert_eq!(kind.call(TimerFd::wait), wait, "wait for {name}");
    }

    kind.call(|timer: &TimerFd| {
        for (method, result) in timer_calls(timer) {
            assert_eq!(result, Err(Errno::INVAL), "{method} of {name}");
        }
        // epoll answers EINVAL to an unknown ioctl since Linux 6.9.
        let set_ticks = timer.set_ticks(NonZeroU64::MIN);
        assert!(
            matches!(set_ticks, Err(Errno::NOTTY | Errno::INVAL)) || is_no_ioctl(set_ticks),
            "set_ticks of {name}: {set_ticks:?}"
        );
        timer.set_nonblocking(true).unwrap();
        assert_eq!(timer.try_clone().unwrap().is_nonblocking(), Ok(true), "{name}");
        timer.set_nonblocking(false).unwrap();
        assert_eq!(timer.is_nonblocking(), Ok(false), "{name}");
    });
}

fn check_signals(kind: &Kind) {
    let name = kind.name;
    // None of them gives a whole signal record.
    let (errno, take) = match kind.reads {
        Reads::Count(_) | Reads::Short | Reads::Empty => (Errno::INVAL, Err(Errno::INVAL)),
        Reads::WouldBlock => (Errno::AGAIN, Ok(None)),
        Reads::Fails(errno) => (errno, Err(errno)),
    };
    assert_eq!(kind.call(SignalFd::read), Err(errno), "read of {name}");
    assert_eq!(kind.call(SignalFd::take), take, "take of {name}");
    // On a descriptor of any kind that would block, it waits.
    if errno != Errno::AGAIN {
        assert_eq!(kind.call(SignalFd::wait), Err(errno), "wait for {name}");
    }
    kind.call(|signals: &SignalFd| {
        assert_eq!(signals.set_signals(&SigSet::ALL), Err(Errno::INVAL), "set_signals of {name}");
        signals.set_nonblocking(true).unwrap();
        assert_eq!(signals.try_clone().unwrap().is_nonblocking(), Ok(true), "{name}");
        signals.set_nonblocking(false).unwrap();
        assert_eq!(signals.is_nonblocking(), Ok(false), "{name}");
    });
}

/// Whether this is the answer of an emulator that does not know `TFD_IOC_SET_TICKS`.
fn is_no_ioctl(set_ticks: Result<()>) -> bool {
    set_ticks == Err(Errno::NOSYS) && conformance::is_emulated()
}

/// Checks the calls that only a timer supports.
fn timer_calls(timer: &TimerFd) -> [(&'static str, Result<()>); 9] {
    const TIME: Duration = Duration::from_secs(1000);

    let (flags, spec) = (SetTimeFlags::empty(), TimerSpec::once(TIME));
    [
        ("arm_after", timer.arm_after(TIME)),
        ("arm_every", timer.arm_every(TIME)),
        ("arm_at", timer.arm_at(TIME)),
        ("arm_every_at", timer.arm_every_at(TIME, TIME)),
        ("arm_at_cancel_on_set", timer.arm_at_cancel_on_set(TIME).map(drop)),
        ("disarm", timer.disarm()),
        ("set", timer.set(flags, spec)),
        ("replace", timer.replace(flags, spec).map(drop)),
        ("get", timer.get().map(drop)),
    ]
}

in_child!(a_counter_of_another_kind_answers_and_leaks_nothing);
fn a_counter_of_another_kind_answers_and_leaks_nothing() {
    let before = descriptors();
    OTHERS.iter().for_each(check_counter);
    check_counter(&TIMER);
    check_counter(&SIGNALS);
    assert_eq!(descriptors(), before);
}

in_child!(a_timer_of_another_kind_answers_and_leaks_nothing);
fn a_timer_of_another_kind_answers_and_leaks_nothing() {
    let before = descriptors();
    OTHERS.iter().for_each(check_timer);
    check_timer(&COUNTER);
    check_timer(&SIGNALS);
    assert_eq!(descriptors(), before);
}

in_child!(a_signal_descriptor_of_another_kind_answers_and_leaks_nothing);
fn a_signal_descriptor_of_another_kind_answers_and_leaks_nothing() {
    let before = descriptors();
    OTHERS.iter().for_each(check_signals);
    check_signals(&COUNTER);
    check_signals(&TIMER);
    assert_eq!(descriptors(), before);
}

/// Asserts that every call that needs an open file fails with `EBADF`.
fn check_not_open(event: &EventFd, timer: &TimerFd, signals: &SignalFd) {
    let bad = Errno::BADF;
    assert_eq!((event.read(), event.take(), event.wait()), (Err(bad), Err(bad), Err(bad)));
    assert_eq!((event.write(1), event.notify()), (Err(bad), Err(bad)));
    assert_eq!(event.set_nonblocking(true), Err(bad));
    assert_eq!((timer.read(), timer.take(), timer.wait()), (Err(bad), Err(bad), Err(bad)));
    for (method, result) in timer_calls(timer) {
        assert_eq!(result, Err(bad), "{method}");
    }
    let set_ticks = timer.set_ticks(NonZeroU64::MIN);
    assert!(set_ticks == Err(bad) || is_no_ioctl(set_ticks), "set_ticks: {set_ticks:?}");
    assert_eq!(timer.set_nonblocking(true), Err(bad));
    assert_eq!((signals.read(), signals.take(), signals.wait()), (Err(bad), Err(bad), Err(bad)));
    assert_eq!((signals.set_signals(&SigSet::ALL), signals.set_nonblocking(true)), (Err(bad), Err(bad)));
}

in_child!(a_closed_number_is_ebadf_in_every_method_and_drop_survives_it);
fn a_closed_number_is_ebadf_in_every_method_and_drop_survives_it() {
    fn close(fd: RawFd) {
        // SAFETY: the owner does not know that the number is closed, but it only makes system calls with it.
        assert_eq!(unsafe { libc::close(fd) }, 0);
    }
    let before = descriptors();
    let event = EventFd::new(1).unwrap();
    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let signals = SignalFd::new(&SigSet::EMPTY).unwrap();
    close(event.as_raw_fd());
    close(timer.as_raw_fd());
    close(signals.as_raw_fd());
    check_not_open(&event, &timer, &signals);
    assert_eq!((event.is_nonblocking(), timer.is_nonblocking()), (Err(Errno::BADF), Err(Errno::BADF)));
    assert_eq!(signals.is_nonblocking(), Err(Errno::BADF));
    assert_eq!(event.try_clone().map(drop), Err(Errno::BADF));
    assert_eq!(timer.try_clone().map(drop), Err(Errno::BADF));
    assert_eq!(signals.try_clone().map(drop), Err(Errno::BADF));

    let mut fds = [PollFd::new(&event, PollFlags::IN), PollFd::new(&timer, PollFlags::empty())];
    assert_eq!(poll(&mut fds, None), Ok(2));
    assert!(fds.iter().all(|entry| entry.revents() == PollFlags::NVAL && entry.is_failed()));

    if STD_CHECKS {
        // The check would end the process.
        std::mem::forget((event, timer, signals));
    } else {
        drop((event, timer, signals));
    }
    assert_eq!(descriptors(), before);
}

in_child!(a_descriptor_that_is_a_path_alone_is_ebadf_where_an_open_file_is_needed);
fn a_descriptor_that_is_a_path_alone_is_ebadf_where_an_open_file_is_needed() {
    let before = descriptors();
    let open = || barefd_fd(path(c"/dev/zero", libc::O_PATH).0);
    let (event, timer, signals) = (EventFd::from(open()), TimerFd::from(open()), SignalFd::from(open()));
    check_not_open(&event, &timer, &signals);
    assert_eq!((event.is_nonblocking(), timer.is_nonblocking()), (Ok(false), Ok(false)));
    assert_eq!(signals.is_nonblocking(), Ok(false));
    event.try_clone().unwrap();
    timer.try_clone().unwrap();
    signals.try_clone().unwrap();
    drop((event, timer, signals));
    assert_eq!(descriptors(), before);
}
