//! Descriptors across `fork`, `execve` and sockets, and signals between processes.

mod common;

use std::ffi::c_int;
use std::fs;
use std::mem::MaybeUninit;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr;
use std::time::Duration;

use barefd::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use barefd::{
    Clock, Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EventFd, EventFdFlags, ExitStatus, PidFd, PollFd,
    PollFlags, SigSet, Signal, SignalFd, SignalFdFlags, SignalInfo, TimerFd, TimerFdFlags, TimerSpec, poll, sys,
};
use common::{Fork, emulator, emulator_swaps, expired, in_child, owe, run, until};

const HOUR: Duration = Duration::from_secs(3600);

in_child!(a_forked_process_shares_the_count);
fn a_forked_process_shares_the_count() {
    let event = EventFd::new(3).unwrap();
    Fork::start(|| {
        assert_eq!(event.read(), Ok(3));
        event.write(5).unwrap();
    })
    .finish();
    assert_eq!(event.read(), Ok(5));
}

in_child!(a_forked_process_shares_the_nonblocking_mode);
fn a_forked_process_shares_the_nonblocking_mode() {
    let event = EventFd::new(0).unwrap();
    let timer = TimerFd::nonblocking(Clock::Monotonic).unwrap();
    Fork::start(|| {
        event.set_nonblocking(true).unwrap();
        timer.set_nonblocking(false).unwrap();
    })
    .finish();
    assert_eq!(event.is_nonblocking(), Ok(true));
    assert_eq!(timer.is_nonblocking(), Ok(false));
}

in_child!(a_forked_process_shares_the_timer_and_takes_its_expirations);
fn a_forked_process_shares_the_timer_and_takes_its_expirations() {
    let timer = TimerFd::nonblocking(Clock::Realtime).unwrap();
    owe(&timer, 9);
    Fork::start(|| assert_eq!(timer.wait(), Ok(expired(9)))).finish();
    assert_eq!(timer.take(), Ok(None));

    Fork::start(|| owe(&timer, 4)).finish();
    assert_eq!(timer.wait(), Ok(expired(4)));
}

/// A comma-separated list of the descriptors that the process inherited through `execve`.
fn inherited(variable: &str) -> Vec<RawFd> {
    std::env::var(variable).unwrap().split(',').map(|fd| fd.parse().unwrap()).collect()
}

fn list(fds: &[RawFd]) -> String {
    fds.iter().map(RawFd::to_string).collect::<Vec<_>>().join(",")
}

in_child!(exec_closes_all_but_what_was_made_without_cloexec, started by with_every_way_to_make_one);
fn exec_closes_all_but_what_was_made_without_cloexec() {
    let target = |fd: RawFd| fs::read_link(format!("/proc/self/fd/{fd}")).ok();
    assert!(inherited("CLOSED").into_iter().all(|fd| target(fd).is_none()));
    let open: Vec<_> = inherited("OPEN").into_iter().map(|fd| target(fd).unwrap()).collect();
    assert_eq!(
        open.iter().map(|path| path.to_str().unwrap()).collect::<Vec<_>>(),
        ["anon_inode:[eventfd]", "anon_inode:[timerfd]", "anon_inode:[signalfd]", "anon_inode:[eventpoll]"]
    );
}

fn with_every_way_to_make_one(command: &mut Command) {
    let event = EventFd::with_flags(0, EventFdFlags::empty()).unwrap();
    let timer = TimerFd::with_flags(Clock::Monotonic, TimerFdFlags::empty()).unwrap();
    let events = [
        EventFd::new(0).unwrap(),
        EventFd::nonblocking(0).unwrap(),
        EventFd::semaphore(0).unwrap(),
        EventFd::with_flags(0, EventFdFlags::default()).unwrap(),
        event.try_clone().unwrap(),
    ]
    .map(OwnedFd::from);
    let timers = [
        TimerFd::new(Clock::Monotonic).unwrap(),
        TimerFd::nonblocking(Clock::Monotonic).unwrap(),
        TimerFd::with_flags(Clock::Monotonic, TimerFdFlags::default()).unwrap(),
        timer.try_clone().unwrap(),
    ]
    .map(OwnedFd::from);
    let signals = SignalFd::with_flags(&SigSet::EMPTY, SignalFdFlags::empty()).unwrap();
    let of_signals = [
        SignalFd::new(&SigSet::EMPTY).unwrap(),
        SignalFd::nonblocking(&SigSet::EMPTY).unwrap(),
        SignalFd::with_flags(&SigSet::EMPTY, SignalFdFlags::default()).unwrap(),
        signals.try_clone().unwrap(),
    ]
    .map(OwnedFd::from);
    let epoll = Epoll::with_flags(EpollCreateFlags::empty()).unwrap();
    let process = PidFd::open(std::process::id()).unwrap();
    let of_sets_and_processes = [
        Epoll::new().unwrap().into(),
        Epoll::with_flags(EpollCreateFlags::default()).unwrap().into(),
        epoll.try_clone().unwrap().into(),
        process.try_clone().unwrap().into(),
        OwnedFd::from(process),
    ];
    let closed = events.iter().chain(&timers).chain(&of_signals).chain(&of_sets_and_processes);
    let closed: Vec<_> = closed.map(OwnedFd::as_raw_fd).collect();
    let open = [event.as_raw_fd(), timer.as_raw_fd(), signals.as_raw_fd(), epoll.as_raw_fd()];
    run(command.env("CLOSED", list(&closed)).env("OPEN", list(&open)));
}

in_child!(exec_keeps_the_count_and_the_expirations_and_the_timer_armed, started by with_a_count_and_a_timer);
fn exec_keeps_the_count_and_the_expirations_and_the_timer_armed() {
    let [event, timer] = inherited("OPEN").try_into().unwrap();
    // SAFETY: they were left open for this process, and have no other owner in it.
    let (event, timer) = unsafe { (EventFd::from_raw_fd(event), TimerFd::from_raw_fd(timer)) };
    assert_eq!(event.read(), Ok(7));
    event.write(5).unwrap();
    assert_eq!(timer.read(), Ok(9));
    let TimerSpec { initial, interval } = timer.get().unwrap();
    assert!(!initial.is_zero() && initial <= HOUR / 2);
    assert_eq!(interval, HOUR);
}

fn with_a_count_and_a_timer(command: &mut Command) {
    if emulator_swaps() {
        return;
    }
    let event = EventFd::with_flags(7, EventFdFlags::empty()).unwrap();
    let timer = TimerFd::with_flags(Clock::Realtime, TimerFdFlags::empty()).unwrap();
    owe(&timer, 9);
    run(command.env("OPEN", list(&[event.as_raw_fd(), timer.as_raw_fd()])));
    assert_eq!(event.read(), Ok(5));
    timer.set_nonblocking(true).unwrap();
    assert_eq!(timer.take(), Ok(None));
}

in_child!(a_descriptor_received_from_another_process_becomes_an_event_fd);
fn a_descriptor_received_from_another_process_becomes_an_event_fd() {
    if emulator_swaps() {
        return;
    }
    let (here, there) = UnixStream::pair().unwrap();
    let process = Fork::start(|| {
        let event = EventFd::from(receive_descriptor(&there));
        assert_eq!(event.read(), Ok(3));
        event.write(9).unwrap();
    });
    // It is made after the fork, so that the socket is the only way.
    let event = EventFd::new(3).unwrap();
    send_descriptor(&here, event.as_raw_fd());
    process.finish();
    assert_eq!(event.read(), Ok(9));
}

in_child!(a_timer_received_from_another_process_is_still_armed);
fn a_timer_received_from_another_process_is_still_armed() {
    if emulator_swaps() {
        return;
    }
    let (here, there) = UnixStream::pair().unwrap();
    let process = Fork::start(|| {
        let timer = TimerFd::new(Clock::Realtime).unwrap();
        owe(&timer, 9);
        send_descriptor(&there, timer.as_raw_fd());
    });
    let timer = TimerFd::from(receive_descriptor(&here));
    process.finish();
    assert_eq!(timer.read(), Ok(9));
    assert_eq!(timer.get().unwrap().interval, HOUR);
}

/// Runs `body` in a process with one thread that blocks `signals`. `body` gets a descriptor for them. In a process with
/// more threads, another thread could take a signal that is sent to the process.
fn with_signals(signals: &[Signal], body: impl FnOnce(SignalFd)) {
    let set = SigSet::from_signals(signals);
    Fork::start(|| {
        set.thread_block().unwrap();
        body(SignalFd::nonblocking(&set).unwrap());
    })
    .finish();
}

fn send(process: libc::pid_t, signal: Signal) {
    // SAFETY: no pointer. The process is this one, which has blocked the signal, or a child of this one.
    assert_eq!(unsafe { libc::kill(process, signal.raw() as c_int) }, 0);
}

fn this_process() -> libc::pid_t {
    // SAFETY: the call has no preconditions.
    unsafe { libc::getpid() }
}

in_child!(an_ignored_signal_comes_if_it_is_blocked_and_an_ignored_child_does_not);
fn an_ignored_signal_comes_if_it_is_blocked_and_an_ignored_child_does_not() {
    with_signals(&[Signal::USR1, Signal::CHLD], |signals| {
        for signal in [libc::SIGUSR1, libc::SIGCHLD] {
            // SAFETY: no handler.
            assert_ne!(unsafe { libc::signal(signal, libc::SIG_IGN) }, libc::SIG_ERR);
        }
        send(this_process(), Signal::USR1);
        assert_eq!(signals.read().unwrap().signal(), Signal::USR1);

        let child = Fork::start(|| sys::exit_group(0));
        // SAFETY: it waits for the child, and the kernel writes nothing.
        assert_eq!(unsafe { libc::waitpid(child.id, ptr::null_mut(), 0) }, -1);
        assert_eq!(signals.take(), Ok(None));
    });
}

in_child!(a_signal_tells_its_sender_and_the_value_that_it_sent);
fn a_signal_tells_its_sender_and_the_value_that_it_sent() {
    let value = Signal::from_raw(40).unwrap();
    with_signals(&[Signal::TERM, value], |signals| {
        let parent = this_process();
        let child = Fork::start(|| {
            send(parent, Signal::TERM);
            let seven = libc::sigval { sival_ptr: ptr::without_provenance_mut(7) };
            // SAFETY: the receiver does not use the value as a pointer.
            assert_eq!(unsafe { libc::sigqueue(parent, value.raw() as c_int, seven) }, 0);
        });
        let info = signals.wait().unwrap();
        assert_eq!((info.signal(), info.code(), info.pid()), (Signal::TERM, SignalInfo::SI_USER, child.id as u32));
        let info = signals.wait().unwrap();
        assert_eq!((info.signal(), info.code(), info.pid()), (value, SignalInfo::SI_QUEUE, child.id as u32));
        assert_eq!(info.ptr(), 7);
        child.finish();
    });
}

in_child!(each_process_reads_its_own_signals_from_a_descriptor_that_both_have);
fn each_process_reads_its_own_signals_from_a_descriptor_that_both_have() {
    with_signals(&[Signal::URG, Signal::WINCH], |signals| {
        send(this_process(), Signal::URG);
        Fork::start(|| {
            assert_eq!(signals.take(), Ok(None));
            send(this_process(), Signal::WINCH);
            assert_eq!(signals.read().unwrap().signal(), Signal::WINCH);
        })
        .finish();
        assert_eq!(signals.read().unwrap().signal(), Signal::URG);
        assert_eq!(signals.take(), Ok(None));
    });
}

in_child!(a_process_reads_its_own_signals_from_a_descriptor_that_it_received);
fn a_process_reads_its_own_signals_from_a_descriptor_that_it_received() {
    if emulator_swaps() {
        return;
    }
    let both = [Signal::URG, Signal::WINCH];
    with_signals(&both, |_| {
        let (here, there) = UnixStream::pair().unwrap();
        let process = Fork::start(|| {
            let signals = SignalFd::from(receive_descriptor(&there));
            assert_eq!(signals.take(), Ok(None));
            send(this_process(), Signal::WINCH);
            assert_eq!(signals.read().unwrap().signal(), Signal::WINCH);
        });
        send(this_process(), Signal::URG);
        // It is made after the fork, so that the socket is the only way.
        let signals = SignalFd::nonblocking(&SigSet::from_signals(&both)).unwrap();
        send_descriptor(&here, signals.as_raw_fd());
        process.finish();
        assert_eq!(signals.read().unwrap().signal(), Signal::URG);
        assert_eq!(signals.take(), Ok(None));
    });
}

in_child!(exec_keeps_the_mask_the_set_and_what_is_pending, started by with_a_pending_signal);
fn exec_keeps_the_mask_the_set_and_what_is_pending() {
    let [signals] = inherited("OPEN").try_into().unwrap();
    // SAFETY: it was left open for this process, and has no other owner in it.
    let signals = unsafe { SignalFd::from_raw_fd(signals) };
    let mask = SigSet::thread_mask().unwrap();
    assert!(mask.contains(Signal::URG) && !mask.contains(Signal::WINCH));
    assert_eq!(signals.read().unwrap().signal(), Signal::URG);
    assert_eq!(signals.take(), Ok(None));
}

fn with_a_pending_signal(command: &mut Command) {
    if emulator("takes what is pending to itself, which exec then loses") {
        return;
    }
    let set = SigSet::from_signals(&[Signal::URG]);
    let signals = SignalFd::with_flags(&set, SignalFdFlags::NONBLOCK).unwrap();
    let before = set.thread_block().unwrap();
    command.env("OPEN", list(&[signals.as_raw_fd()]));
    // SAFETY: the new process makes only system calls.
    unsafe {
        command.pre_exec(|| {
            send(this_process(), Signal::URG);
            Ok(())
        })
    };
    run(command);
    before.thread_set_mask().unwrap();
}

/// Space for the control message that carries a descriptor.
#[repr(C, align(8))]
struct Control([u8; 64]);

/// A message with this control message, and with one byte: the kernel does not send the descriptor without a byte.
fn message(byte: &mut libc::iovec, control: &mut Control) -> libc::msghdr {
    // SAFETY: all zeros is an empty message.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    message.msg_iov = byte;
    message.msg_iovlen = 1;
    message.msg_control = ptr::from_mut(control).cast();
    // SAFETY: it computes a number.
    message.msg_controllen = unsafe { libc::CMSG_SPACE(size_of::<RawFd>() as u32) } as _;
    message
}

fn send_descriptor(socket: &UnixStream, fd: RawFd) {
    let mut byte = 0_u8;
    let mut byte = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    let mut control = Control([0; 64]);
    let message = message(&mut byte, &mut control);
    // SAFETY: the message has space for a header and a descriptor, and points to memory that lives until the call
    // returns.
    let sent = unsafe {
        let header = libc::CMSG_FIRSTHDR(&message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<RawFd>() as u32) as _;
        libc::CMSG_DATA(header).cast::<RawFd>().write_unaligned(fd);
        libc::sendmsg(std::os::fd::AsRawFd::as_raw_fd(socket), &message, 0)
    };
    assert_eq!(sent, 1);
}

fn receive_descriptor(socket: &UnixStream) -> OwnedFd {
    let mut byte = 0_u8;
    let mut byte = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    let mut control = Control([0; 64]);
    let mut message = message(&mut byte, &mut control);
    // SAFETY: the message points to memory that lives until the call returns. If the message has a header and a
    // descriptor, the kernel wrote them. The descriptor is new and has no other owner.
    unsafe {
        let received = libc::recvmsg(std::os::fd::AsRawFd::as_raw_fd(socket), &mut message, libc::MSG_CMSG_CLOEXEC);
        assert_eq!(received, 1);
        let header = libc::CMSG_FIRSTHDR(&message);
        assert!(!header.is_null() && (*header).cmsg_type == libc::SCM_RIGHTS);
        OwnedFd::from_raw_fd(libc::CMSG_DATA(header).cast::<RawFd>().read_unaligned())
    }
}

in_child!(a_child_of_the_standard_library_is_waited_for_in_a_set);
#[expect(clippy::zombie_processes, reason = "the descriptor reaps it")]
fn a_child_of_the_standard_library_is_waited_for_in_a_set() {
    let (epoll, mut events) = (Epoll::new().unwrap(), [EpollEvent::default(); 4]);
    let children = [3, 0, 7].map(|status| {
        let child = Command::new("sh").arg("-c").arg(format!("exit {status}")).spawn().unwrap();
        (PidFd::open(child.id()).unwrap(), ExitStatus::Exited { status })
    });
    for ((process, _), token) in children.iter().zip(0..) {
        epoll.add(process, EpollFlags::IN | EpollFlags::ONESHOT, token).unwrap();
    }
    let mut ended = 0;
    while ended < children.len() {
        for event in epoll.wait(&mut events, None).unwrap() {
            let (process, status) = &children[event.token() as usize];
            assert_eq!(process.take(), Ok(Some(*status)));
            ended += 1;
        }
    }
}

in_child!(a_descriptor_of_a_process_survives_a_socket_and_is_no_parent_there);
#[expect(clippy::zombie_processes, reason = "the descriptor reaps it")]
fn a_descriptor_of_a_process_survives_a_socket_and_is_no_parent_there() {
    let (here, there) = UnixStream::pair().unwrap();
    let receiver = Fork::start(|| {
        let process = PidFd::from(receive_descriptor(&there));
        assert_eq!(process.take(), Err(barefd::Errno::CHILD));
        process.send_signal(Signal::KILL).unwrap();
    });
    let child = Command::new("sleep").arg("60").spawn().unwrap();
    let process = PidFd::open(child.id()).unwrap();
    send_descriptor(&here, process.as_raw_fd());
    assert_eq!(process.wait(), Ok(ExitStatus::Killed { signal: Signal::KILL, core_dumped: false }));
    receiver.finish();
}

in_child!(a_process_that_executes_another_program_is_the_same_process);
fn a_process_that_executes_another_program_is_the_same_process() {
    let process = PidFd::open(Fork::start(|| panic!("{}", Command::new("true").exec())).id as u32).unwrap();
    assert_eq!(process.wait(), Ok(ExitStatus::Exited { status: 0 }));
}

in_child!(a_process_has_ended_when_its_last_thread_has);
fn a_process_has_ended_when_its_last_thread_has() {
    let (first, last) = (EventFd::new(0).unwrap(), EventFd::new(0).unwrap());
    let process = Fork::start(|| {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                last.wait().unwrap();
                sys::exit_group(5);
            });
            first.notify().unwrap();
            // SAFETY: this thread ends here, and the other one uses only what the process keeps.
            unsafe { libc::syscall(libc::SYS_exit, 0) };
        });
    });
    let status = PidFd::open(process.id as u32).unwrap();
    first.wait().unwrap();
    let path = format!("/proc/{0}/task/{0}/stat", process.id);
    until("the first thread ends", || fs::read_to_string(&path).unwrap().contains(") Z "));
    let mut fds = [PollFd::new(&status, PollFlags::IN)];
    assert_eq!(poll(&mut fds, Some(Duration::ZERO)), Ok(0));
    assert_eq!(status.take(), Ok(None));
    last.notify().unwrap();
    assert_eq!(status.wait(), Ok(ExitStatus::Exited { status: 5 }));
}
