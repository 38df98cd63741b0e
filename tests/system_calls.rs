//! A tracer checks the system calls that each method issues: one call, one trap.
//!
//! The tracer can also answer instead of the kernel, with results that a test cannot cause in another way.

#![cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]

mod common;

use std::ffi::c_int;
use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::num::NonZeroU64;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::ptr;
use std::time::Duration;

use barefd::fd::AsFd;
use barefd::sys::{EpollOp, Itimerspec, SigmaskHow, Timespec, WaitId};
use barefd::trap::{self, nr};
use barefd::{
    Armed, Clock, Epoll, EpollCreateFlags, EpollEvent, EpollFlags, Errno, EventFd, EventFdFlags, ExitStatus, PidFd,
    PidFdFlags, PollFd, PollFlags, Result, SetTimeFlags, SigSet, Signal, SignalFd, SignalFdFlags, SignalInfo, Tick,
    TimerFd, TimerFdFlags, TimerSpec, WaitFlags, poll, sys,
};
use common::{Fork, STD_CHECKS, expired, in_child, owe, wait};

const DELAY: Duration = Duration::from_secs(1000);
const TICKS: NonZeroU64 = NonZeroU64::new(3).unwrap();
const TOO_LONG: Duration = Duration::MAX;

struct Call {
    number: usize,
    arguments: [u64; 6],
    /// The seconds and nanoseconds that were passed to `ppoll` or `epoll_pwait2`.
    timeout: Option<[u64; 2]>,
}

/// An answer of the tracer instead of the kernel.
#[derive(Clone, Copy)]
struct Answer {
    result: isize,
    /// The index of an argument, and the words that the tracer writes to the address in this argument.
    memory: (usize, &'static [u64]),
}

const fn returns(result: isize) -> Answer {
    Answer { result, memory: (0, &[]) }
}

const fn fails(errno: Errno) -> Answer {
    returns(-(errno.raw_os_error() as isize))
}

const AGAIN: Answer = fails(Errno::AGAIN);
const INTR: Answer = fails(Errno::INTR);
const CANCELED: Answer = fails(Errno::CANCELED);
const ZERO: Answer = returns(0);
const ONE: Answer = returns(1);
const EIGHT: Answer = returns(8);
/// A `read` that gives this count.
const SEVEN: Answer = Answer { result: 8, memory: (1, &[7]) };
/// A `read` that gives a signal. The rest of the record is zero.
const CHLD: Answer = Answer { result: 128, memory: (1, &[libc::SIGCHLD as u64]) };

/// A `waitid` that reports a child: the numbers of the signal, the code, the process and its status.
const EXITED: Answer = Answer { result: 0, memory: (2, &[libc::SIGCHLD as u64, libc::CLD_EXITED as u64, 5, 7]) };
const DUMPED: Answer = Answer { result: 0, memory: (2, &[libc::SIGCHLD as u64, libc::CLD_DUMPED as u64, 5, 11]) };
/// A wait on a set that reports one event.
const TOKEN_7: Answer = Answer { result: 1, memory: (1, &[1 | 7 << 32, 0]) };

/// Another reader reads between the poll and the read.
const fn lost_race(last: Answer) -> [(usize, Answer); 5] {
    [(nr::READ, AGAIN), (nr::POLL, ONE), (nr::READ, AGAIN), (nr::POLL, ONE), (nr::READ, last)]
}

/// Runs `call` in a traced process. Returns its system calls, and its result as `Debug` text.
///
/// The first system calls are not made: they get `answers`. The kernel makes the later ones.
#[track_caller]
fn trace<T: Debug>(call: impl FnOnce() -> T, answers: &[Answer]) -> (Vec<Call>, String) {
    let (mut reader, mut writer) = UnixStream::pair().unwrap();
    let process = Fork::start(|| {
        ptrace(libc::PTRACE_TRACEME, 0, 0).expect("this environment permits no ptrace");
        // SAFETY: the tracer lets the process continue.
        unsafe { libc::raise(libc::SIGSTOP) };
        mark();
        let result = call();
        mark();
        write!(writer, "{result:?}").unwrap();
    });
    let id = process.id;
    assert!(libc::WIFSTOPPED(wait(id)), "this environment permits no ptrace");
    ptrace(libc::PTRACE_SETOPTIONS, id, libc::PTRACE_O_TRACESYSGOOD | libc::PTRACE_O_EXITKILL).unwrap();
    let memory = File::options().read(true).write(true).open(format!("/proc/{id}/mem")).unwrap();

    let mut answers = answers.iter();
    let mut calls = Vec::new();
    while until_system_call(id).orig_rax != MARK {}
    until_system_call(id);
    loop {
        let mut registers = until_system_call(id);
        if registers.orig_rax == MARK {
            break;
        }
        let call = Call::new(&registers, &memory);
        let Some(answer) = answers.next() else {
            until_system_call(id);
            calls.push(call);
            continue;
        };
        // No system call has this number, so the kernel makes none.
        registers.orig_rax = u64::MAX;
        set_registers(id, &registers);
        let mut registers = until_system_call(id);
        registers.rax = answer.result as u64;
        set_registers(id, &registers);
        let (argument, words) = answer.memory;
        let bytes: Vec<_> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        memory.write_all_at(&bytes, call.arguments[argument]).unwrap();
        calls.push(call);
    }
    ptrace(libc::PTRACE_DETACH, id, 0).unwrap();
    process.finish();
    drop(writer);
    let mut result = String::new();
    reader.read_to_string(&mut result).unwrap();
    (calls, result)
}

impl Call {
    fn new(registers: &libc::user_regs_struct, memory: &File) -> Self {
        let number = registers.orig_rax as usize;
        let (a, b, c) = (registers.rdi, registers.rsi, registers.rdx);
        let timeout = match number {
            nr::PPOLL => c,
            nr::EPOLL_PWAIT2 => registers.r10,
            _ => 0,
        };
        let timeout = (timeout != 0).then(|| {
            [timeout, timeout + 8].map(|address| {
                let mut word = [0; 8];
                memory.read_exact_at(&mut word, address).unwrap();
                u64::from_ne_bytes(word)
            })
        });
        Self { number, arguments: [a, b, c, registers.r10, registers.r8, registers.r9], timeout }
    }
}

/// The system call that the drop of a descriptor issues.
const DROP: &[usize] = if STD_CHECKS { &[nr::FCNTL, nr::CLOSE] } else { &[nr::CLOSE] };

/// A system call that the crate never issues.
const MARK: u64 = libc::SYS_getppid as u64;

fn mark() {
    // SAFETY: the call has no preconditions.
    let _ = unsafe { trap::syscall0(MARK as usize) };
}

/// Lets the process continue until the next entry to, or exit from, a system call.
fn until_system_call(process: libc::pid_t) -> libc::user_regs_struct {
    let mut signal = 0;
    loop {
        ptrace(libc::PTRACE_SYSCALL, process, signal).unwrap();
        let status = wait(process);
        assert!(libc::WIFSTOPPED(status), "it ended: wait status {status:#x}");
        if libc::WSTOPSIG(status) == libc::SIGTRAP | 0x80 {
            break;
        }
        signal = libc::WSTOPSIG(status);
    }
    let mut registers = MaybeUninit::<libc::user_regs_struct>::uninit();
    // SAFETY: the kernel writes all of `registers`, or fails.
    unsafe {
        assert_eq!(libc::ptrace(libc::PTRACE_GETREGS, process, 0, registers.as_mut_ptr()), 0);
        registers.assume_init()
    }
}

fn set_registers(process: libc::pid_t, registers: &libc::user_regs_struct) {
    // SAFETY: the kernel reads `registers`, which change only the other process.
    assert_eq!(unsafe { libc::ptrace(libc::PTRACE_SETREGS, process, 0, ptr::from_ref(registers)) }, 0);
}

/// The C libraries declare `ptrace` with different types.
#[cfg(target_env = "musl")]
type Request = c_int;
#[cfg(not(target_env = "musl"))]
type Request = libc::c_uint;

/// Makes a request that takes a number.
fn ptrace(request: Request, process: libc::pid_t, number: c_int) -> io::Result<()> {
    // SAFETY: the callers' requests touch no memory of this process.
    match unsafe { libc::ptrace(request, process, 0, libc::c_long::from(number)) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

fn numbers(calls: &[Call]) -> Vec<usize> {
    calls.iter().map(|call| call.number).collect()
}

/// Asserts that `call` succeeds with these system calls.
#[track_caller]
fn issues<T: Debug>(call: impl FnOnce() -> Result<T>, expected: &[usize]) {
    let (calls, result) = trace(call, &[]);
    assert_eq!(numbers(&calls), expected, "{result}");
    assert!(result.starts_with("Ok"), "{result}");
}

/// Asserts that `call` issues these system calls and returns `expected`, if the kernel gives these answers.
#[track_caller]
fn answered<T: Debug>(call: impl FnOnce() -> T, answers: &[(usize, Answer)], expected: T) {
    let (expected_numbers, answers): (Vec<_>, Vec<_>) = answers.iter().copied().unzip();
    let (calls, result) = trace(call, &answers);
    assert_eq!(numbers(&calls), expected_numbers, "{result}");
    assert_eq!(result, format!("{expected:?}"));
}

/// The arguments of the only system call of `call`.
#[track_caller]
fn arguments<T: Debug>(call: impl FnOnce() -> Result<T>, number: usize) -> [u64; 6] {
    let (calls, result) = trace(call, &[]);
    assert_eq!(numbers(&calls), [number], "{result}");
    assert!(result.starts_with("Ok"), "{result}");
    calls[0].arguments
}

fn dropped<D>(descriptor: D) -> Result<()> {
    drop(descriptor);
    Ok(())
}

fn signal(info: Result<SignalInfo>) -> Result<Signal> {
    info.map(|info| info.signal())
}

in_child!(each_method_of_a_counter_issues_the_calls_that_it_names);
fn each_method_of_a_counter_issues_the_calls_that_it_names() {
    issues(|| EventFd::new(0), &[nr::EVENTFD2]);
    issues(|| EventFd::nonblocking(0), &[nr::EVENTFD2]);
    issues(|| EventFd::semaphore(0), &[nr::EVENTFD2]);
    issues(|| EventFd::with_flags(0, EventFdFlags::empty()), &[nr::EVENTFD2]);

    let event = || EventFd::new(5).unwrap();
    let blocking = event();
    issues(|| blocking.read(), &[nr::READ]);
    let blocking = event();
    issues(|| blocking.take(), &[nr::READ]);
    let blocking = event();
    issues(|| blocking.wait(), &[nr::READ]);
    issues(|| blocking.write(1), &[nr::WRITE]);
    issues(|| blocking.notify(), &[nr::WRITE]);
    issues(|| blocking.is_nonblocking(), &[nr::FCNTL]);
    issues(|| blocking.set_nonblocking(true), &[nr::FCNTL, nr::FCNTL]);
    issues(|| blocking.try_clone(), &[nr::FCNTL]);
    issues(|| dropped(blocking), DROP);

    let empty = EventFd::nonblocking(0).unwrap();
    issues(|| empty.take(), &[nr::READ]);
    answered(|| empty.read(), &[(nr::READ, AGAIN)], Err(Errno::AGAIN));
    answered(|| empty.wait(), &lost_race(SEVEN), Ok(7));
}

in_child!(each_method_of_a_timer_issues_the_calls_that_it_names);
fn each_method_of_a_timer_issues_the_calls_that_it_names() {
    let clock = Clock::Realtime;
    issues(|| TimerFd::new(clock), &[nr::TIMERFD_CREATE]);
    issues(|| TimerFd::nonblocking(clock), &[nr::TIMERFD_CREATE]);
    issues(|| TimerFd::with_flags(clock, TimerFdFlags::empty()), &[nr::TIMERFD_CREATE]);

    let timer = TimerFd::new(clock).unwrap();
    issues(|| timer.arm_after(DELAY), &[nr::TIMERFD_SETTIME]);
    issues(|| timer.arm_every(DELAY), &[nr::TIMERFD_SETTIME]);
    issues(|| timer.arm_at(DELAY), &[nr::TIMERFD_SETTIME]);
    issues(|| timer.arm_every_at(DELAY, DELAY), &[nr::TIMERFD_SETTIME]);
    issues(|| timer.arm_at_cancel_on_set(DELAY), &[nr::TIMERFD_SETTIME]);
    issues(|| timer.set(SetTimeFlags::empty(), TimerSpec::once(DELAY)), &[nr::TIMERFD_SETTIME]);
    issues(|| timer.replace(SetTimeFlags::empty(), TimerSpec::once(DELAY)), &[nr::TIMERFD_SETTIME]);
    issues(|| timer.get(), &[nr::TIMERFD_GETTIME]);
    issues(|| timer.disarm(), &[nr::TIMERFD_SETTIME]);

    answered(|| timer.set_ticks(TICKS), &[(nr::IOCTL, ZERO)], Ok(()));
    owe(&timer, 3);
    issues(|| timer.read(), &[nr::READ]);
    owe(&timer, 3);
    issues(|| timer.take(), &[nr::READ]);
    owe(&timer, 3);
    issues(|| timer.wait(), &[nr::READ]);
    issues(|| timer.is_nonblocking(), &[nr::FCNTL]);
    issues(|| timer.set_nonblocking(true), &[nr::FCNTL, nr::FCNTL]);
    issues(|| timer.try_clone(), &[nr::FCNTL]);
    issues(|| timer.take(), &[nr::READ]);
    issues(|| dropped(timer), DROP);

    let timer = TimerFd::nonblocking(clock).unwrap();
    answered(|| timer.read(), &[(nr::READ, AGAIN)], Err(Errno::AGAIN));
    answered(|| timer.wait(), &lost_race(SEVEN), Ok(expired(7)));
}

in_child!(each_method_of_a_signal_descriptor_and_of_a_set_issues_the_calls_that_it_names);
fn each_method_of_a_signal_descriptor_and_of_a_set_issues_the_calls_that_it_names() {
    let set = SigSet::from_signals(&[Signal::CHLD]);
    issues(|| SignalFd::new(&set), &[nr::SIGNALFD4]);
    issues(|| SignalFd::nonblocking(&set), &[nr::SIGNALFD4]);
    issues(|| SignalFd::with_flags(&set, SignalFdFlags::empty()), &[nr::SIGNALFD4]);

    let signals = SignalFd::new(&set).unwrap();
    issues(|| signals.set_signals(&set), &[nr::SIGNALFD4]);
    answered(|| signal(signals.read()), &[(nr::READ, CHLD)], Ok(Signal::CHLD));
    answered(|| signals.take().map(|info| info.is_some()), &[(nr::READ, CHLD)], Ok(true));
    answered(|| signal(signals.wait()), &[(nr::READ, CHLD)], Ok(Signal::CHLD));
    answered(|| signal(signals.read()), &[(nr::READ, AGAIN)], Err(Errno::AGAIN));
    answered(|| signals.take(), &[(nr::READ, AGAIN)], Ok(None));
    answered(|| signal(signals.wait()), &lost_race(CHLD), Ok(Signal::CHLD));
    issues(|| signals.is_nonblocking(), &[nr::FCNTL]);
    issues(|| signals.set_nonblocking(true), &[nr::FCNTL, nr::FCNTL]);
    issues(|| signals.try_clone(), &[nr::FCNTL]);
    issues(|| dropped(signals), DROP);

    issues(|| set.thread_block(), &[nr::RT_SIGPROCMASK]);
    issues(|| set.thread_unblock(), &[nr::RT_SIGPROCMASK]);
    issues(|| set.thread_set_mask(), &[nr::RT_SIGPROCMASK]);
    issues(SigSet::thread_mask, &[nr::RT_SIGPROCMASK]);
    issues(|| Ok(set.with(Signal::HUP).without(Signal::CHLD).contains(Signal::HUP)), &[]);
}

/// The tokens that a wait on a set reports.
fn tokens(events: Result<&[EpollEvent]>) -> Result<Vec<u64>> {
    events.map(|events| events.iter().map(EpollEvent::token).collect())
}

/// A `clock_gettime` that gives this time.
const fn now(time: &'static [u64; 2]) -> (usize, Answer) {
    (nr::CLOCK_GETTIME, Answer { result: 0, memory: (1, time) })
}

in_child!(each_method_of_a_set_issues_the_calls_that_it_names);
fn each_method_of_a_set_issues_the_calls_that_it_names() {
    issues(Epoll::new, &[nr::EPOLL_CREATE1]);
    issues(|| Epoll::with_flags(EpollCreateFlags::empty()), &[nr::EPOLL_CREATE1]);

    let (epoll, event) = (Epoll::new().unwrap(), EventFd::new(1).unwrap());
    let mut events = [EpollEvent::default(); 2];
    // The traced process shares the set.
    issues(|| epoll.add(&event, EpollFlags::IN, 1), &[nr::EPOLL_CTL]);
    issues(|| epoll.modify(&event, EpollFlags::IN, 1), &[nr::EPOLL_CTL]);
    issues(|| tokens(epoll.wait(&mut events, None)), &[nr::EPOLL_PWAIT]);
    issues(|| tokens(epoll.wait(&mut events, Some(Duration::ZERO))), &[nr::EPOLL_PWAIT]);
    issues(|| tokens(epoll.wait(&mut events, Some(TOO_LONG))), &[nr::EPOLL_PWAIT]);
    issues(|| tokens(epoll.wait(&mut events, Some(DELAY))), &[nr::CLOCK_GETTIME, nr::EPOLL_PWAIT2]);
    issues(|| epoll.delete(&event), &[nr::EPOLL_CTL]);
    issues(|| epoll.set_nonblocking(true), &[nr::FCNTL, nr::FCNTL]);
    issues(|| epoll.is_nonblocking(), &[nr::FCNTL]);
    issues(|| epoll.try_clone(), &[nr::FCNTL]);
    issues(|| dropped(epoll), DROP);
}

in_child!(each_method_of_a_process_issues_the_calls_that_it_names);
fn each_method_of_a_process_issues_the_calls_that_it_names() {
    let this = std::process::id();
    issues(|| PidFd::open(this), &[nr::PIDFD_OPEN]);
    issues(|| PidFd::with_flags(this, PidFdFlags::NONBLOCK), &[nr::PIDFD_OPEN]);

    let process = PidFd::open(this).unwrap();
    let (exited, dumped) =
        (ExitStatus::Exited { status: 7 }, ExitStatus::Killed { signal: Signal::SEGV, core_dumped: true });
    answered(|| process.send_signal(Signal::TERM), &[(nr::PIDFD_SEND_SIGNAL, ZERO)], Ok(()));
    answered(|| process.take(), &[(nr::WAITID, ZERO)], Ok(None));
    answered(|| process.take(), &[(nr::WAITID, EXITED)], Ok(Some(exited)));
    answered(|| process.take(), &[(nr::WAITID, DUMPED)], Ok(Some(dumped)));
    answered(|| process.wait(), &[(nr::WAITID, EXITED)], Ok(exited));
    answered(|| process.wait(), &[(nr::WAITID, DUMPED)], Ok(dumped));
    // Another process reaps between the poll and the wait.
    let lost = [(nr::WAITID, AGAIN), (nr::POLL, ONE), (nr::WAITID, fails(Errno::CHILD))];
    answered(|| process.wait(), &lost, Err(Errno::CHILD));
    let found = [(nr::WAITID, AGAIN), (nr::POLL, ONE), (nr::WAITID, EXITED)];
    answered(|| process.wait(), &found, Ok(exited));
    // Another process traces the child and has not seen its end.
    let traced = [(nr::WAITID, AGAIN), (nr::POLL, ONE), (nr::WAITID, AGAIN)];
    answered(|| process.wait(), &traced, Err(Errno::AGAIN));
    issues(|| dropped(process), DROP);
}

in_child!(a_wait_for_a_process_does_not_hang_in_the_kernel_unasked);
fn a_wait_for_a_process_does_not_hang_in_the_kernel_unasked() {
    let process = PidFd::open(std::process::id()).unwrap();
    let options = |call: &dyn Fn() -> bool| {
        let (calls, _) = trace(call, &[EXITED]);
        assert_eq!(numbers(&calls), [nr::WAITID]);
        let [kind, _, _, options, usage, _] = calls[0].arguments;
        assert_eq!((kind, usage), (u64::from(libc::P_PIDFD), 0));
        options as c_int
    };
    assert_eq!(options(&|| process.take().is_ok()), libc::WEXITED | libc::WNOHANG);
    assert_eq!(options(&|| process.wait().is_ok()), libc::WEXITED);
    // No kernel reports such a child.
    let strange: [&'static [u64]; 3] = [&[17, 1, 5, 256], &[17, 2, 5, 0], &[17, 5, 5, 9]];
    for child in strange {
        let answer = [(nr::WAITID, Answer { result: 0, memory: (2, child) })];
        answered(|| process.take(), &answer, Err(Errno::INVAL));
        answered(|| process.wait(), &answer, Err(Errno::INVAL));
    }
    answered(|| process.wait(), &[(nr::WAITID, ZERO)], Err(Errno::INVAL));
}

in_child!(a_wait_on_a_set_goes_on_after_a_handler_with_the_time_that_is_left);
fn a_wait_on_a_set_goes_on_after_a_handler_with_the_time_that_is_left() {
    let epoll = Epoll::new().unwrap();
    let mut events = [EpollEvent::default(); 2];
    for timeout in [None, Some(TOO_LONG), Some(Duration::ZERO)] {
        let calls = [(nr::EPOLL_PWAIT, INTR), (nr::EPOLL_PWAIT, INTR), (nr::EPOLL_PWAIT, TOKEN_7)];
        answered(|| tokens(epoll.wait(&mut events, timeout)), &calls, Ok(vec![7]));
    }

    let answers = [
        // The deadline is 1000.000000005 seconds later.
        now(&[100, 999_999_999]),
        (nr::EPOLL_PWAIT2, INTR),
        now(&[600, 5]),
        (nr::EPOLL_PWAIT2, INTR),
        now(&[1101, 4]),
        (nr::EPOLL_PWAIT2, INTR),
        now(&[1101, 5]),
        (nr::EPOLL_PWAIT2, ZERO),
    ];
    let (expected, answers): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let (calls, result) = trace(|| tokens(epoll.wait(&mut events, Some(Duration::new(1000, 5)))), &answers);
    assert_eq!(result, "Ok([])");
    assert_eq!(numbers(&calls), expected);
    let timeouts: Vec<_> = calls.iter().filter_map(|call| call.timeout).collect();
    assert_eq!(timeouts, [[1000, 5], [500, 999_999_999], [0, 0], [0, 0]]);
    let clocks = calls.iter().filter(|call| call.number == nr::CLOCK_GETTIME);
    assert!(clocks.into_iter().all(|call| call.arguments[0] == Clock::Monotonic.id() as u64));

    // More milliseconds than an i32 holds.
    let days = Duration::from_secs(100 * 24 * 3600);
    answered(|| tokens(epoll.wait(&mut events, Some(days))), &[now(&[1, 0]), (nr::EPOLL_PWAIT2, ZERO)], Ok(vec![]));

    answered(
        || tokens(epoll.wait(&mut events, Some(DELAY))),
        &[(nr::CLOCK_GETTIME, fails(Errno::PERM))],
        Err(Errno::PERM),
    );
    let refused = [now(&[1, 0]), (nr::EPOLL_PWAIT2, fails(Errno::PERM))];
    answered(|| tokens(epoll.wait(&mut events, Some(DELAY))), &refused, Err(Errno::PERM));
}

in_child!(a_wait_on_a_set_rounds_up_where_the_kernel_has_only_milliseconds);
fn a_wait_on_a_set_rounds_up_where_the_kernel_has_only_milliseconds() {
    const NOSYS: Answer = fails(Errno::NOSYS);
    const DAYS_24: u64 = i32::MAX as u64;

    let epoll = Epoll::new().unwrap();
    let mut events = [EpollEvent::default(); 2];
    let mut millis = |timeout: Duration, answers: &[(usize, Answer)], expected: &str| -> Vec<u64> {
        let (expected_numbers, answers): (Vec<_>, Vec<_>) = answers.iter().copied().unzip();
        let (calls, result) = trace(|| tokens(epoll.wait(&mut events, Some(timeout))), &answers);
        assert_eq!(result, expected);
        assert_eq!(numbers(&calls), expected_numbers);
        let waits = calls.iter().filter(|call| call.number == nr::EPOLL_PWAIT);
        waits.map(|call| call.arguments[3]).collect()
    };
    for (nanos, expected) in [(1, 1), (1_000_000, 1), (1_000_001, 2), (999_999_999, 1000)] {
        let calls = [now(&[5, 0]), (nr::EPOLL_PWAIT2, NOSYS), (nr::EPOLL_PWAIT, ZERO)];
        assert_eq!(millis(Duration::from_nanos(nanos), &calls, "Ok([])"), [expected]);
    }

    let interrupted = [
        now(&[100, 0]),
        (nr::EPOLL_PWAIT2, NOSYS),
        (nr::EPOLL_PWAIT, INTR),
        now(&[100, 1]),
        (nr::EPOLL_PWAIT, INTR),
        now(&[101, 0]),
        (nr::EPOLL_PWAIT, TOKEN_7),
    ];
    assert_eq!(millis(Duration::from_secs(1), &interrupted, "Ok([7])"), [1000, 1000, 0]);

    // The longest wait in milliseconds is 24 days, which is less than this timeout.
    let long = [
        now(&[0, 0]),
        (nr::EPOLL_PWAIT2, NOSYS),
        (nr::EPOLL_PWAIT, ZERO),
        now(&[2_147_484, 0]),
        (nr::EPOLL_PWAIT, ZERO),
    ];
    assert_eq!(millis(Duration::from_secs(4_000_001), &long, "Ok([])"), [DAYS_24, 1_852_517_000]);

    let refused = [now(&[1, 0]), (nr::EPOLL_PWAIT2, NOSYS), (nr::EPOLL_PWAIT, NOSYS)];
    assert_eq!(millis(DELAY, &refused, "Err(Errno(ENOSYS))"), [1_000_000]);
}

in_child!(poll_and_clocks_and_the_functions_of_sys_issue_one_call);
fn poll_and_clocks_and_the_functions_of_sys_issue_one_call() {
    let event = EventFd::new(1).unwrap();
    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let fd = event.as_fd();
    let mut fds = [PollFd::new(&event, PollFlags::IN)];
    issues(|| poll(&mut fds, None), &[nr::POLL]);
    issues(|| poll(&mut fds, Some(Duration::ZERO)), &[nr::PPOLL]);
    issues(|| poll(&mut [], Some(Duration::from_nanos(1))), &[nr::PPOLL]);
    issues(|| poll(&mut fds, Some(TOO_LONG)), &[nr::POLL]);
    issues(|| Ok(fds.each_mut().map(|entry| (entry.set_events(PollFlags::OUT), entry.is_readable()))), &[]);
    for clock in [Clock::Realtime, Clock::Monotonic, Clock::Boottime, Clock::RealtimeAlarm, Clock::BoottimeAlarm] {
        issues(|| clock.now(), &[nr::CLOCK_GETTIME]);
    }

    issues(|| sys::eventfd2(0, EventFdFlags::empty()), &[nr::EVENTFD2]);
    issues(|| sys::timerfd_create(1, TimerFdFlags::empty()), &[nr::TIMERFD_CREATE]);
    let (set, signals) = (SigSet::EMPTY, SignalFd::new(&SigSet::EMPTY).unwrap());
    issues(|| sys::signalfd4(&set, SignalFdFlags::empty()), &[nr::SIGNALFD4]);
    issues(|| sys::signalfd4_set_mask(signals.as_fd(), &set), &[nr::SIGNALFD4]);
    issues(|| sys::rt_sigprocmask(SigmaskHow::Block, Some(&set), None), &[nr::RT_SIGPROCMASK]);
    issues(|| sys::read(fd, &mut [0; 8]), &[nr::READ]);
    issues(|| sys::write(fd, &1_u64.to_ne_bytes()), &[nr::WRITE]);
    issues(|| sys::fcntl_getfl(fd), &[nr::FCNTL]);
    issues(|| sys::fcntl_setfl(fd, 0), &[nr::FCNTL]);
    issues(|| sys::fcntl_dupfd_cloexec(fd, 0), &[nr::FCNTL]);
    issues(|| sys::poll(&mut fds, -1), &[nr::POLL]);
    issues(|| sys::ppoll(&mut fds, None, None), &[nr::PPOLL]);
    issues(|| sys::clock_gettime(0), &[nr::CLOCK_GETTIME]);
    let (new, flags) = (Itimerspec::default(), SetTimeFlags::empty());
    issues(|| sys::timerfd_settime(timer.as_fd(), flags, &new, None), &[nr::TIMERFD_SETTIME]);
    issues(|| sys::timerfd_gettime(timer.as_fd()), &[nr::TIMERFD_GETTIME]);
    answered(|| sys::timerfd_set_ticks(timer.as_fd(), 3), &[(nr::IOCTL, ZERO)], Ok(()));
    let (epoll, entry) = (Epoll::new().unwrap(), EpollEvent::new(EpollFlags::IN, 1));
    let (set, mut events) = (epoll.as_fd(), [EpollEvent::default()]);
    issues(|| sys::epoll_create1(EpollCreateFlags::empty()), &[nr::EPOLL_CREATE1]);
    issues(|| sys::epoll_ctl(set, EpollOp::Add, fd, Some(&entry)), &[nr::EPOLL_CTL]);
    issues(|| sys::epoll_pwait(set, &mut events, 0, None), &[nr::EPOLL_PWAIT]);
    issues(|| sys::epoll_pwait2(set, &mut events, Some(&Timespec::default()), None), &[nr::EPOLL_PWAIT2]);
    let this = std::process::id();
    let process = PidFd::open(this).unwrap();
    issues(|| sys::pidfd_open(this, PidFdFlags::empty()), &[nr::PIDFD_OPEN]);
    issues(|| sys::pidfd_send_signal(process.as_fd(), 0, None, 0), &[nr::PIDFD_SEND_SIGNAL]);
    answered(
        || sys::waitid(WaitId::Pid(5), WaitFlags::EXITED).map(|info| (info.si_pid, info.si_status())),
        &[(nr::WAITID, EXITED)],
        Ok((5, 7)),
    );
    issues(|| sys::close(event.into()), &[nr::CLOSE]);
}

in_child!(what_is_refused_beforehand_issues_no_call);
fn what_is_refused_beforehand_issues_no_call() {
    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let (zero, flags) = (Duration::ZERO, SetTimeFlags::empty());
    answered(|| timer.arm_every(zero), &[], Err(Errno::INVAL));
    answered(|| timer.arm_every_at(DELAY, zero), &[], Err(Errno::INVAL));

    answered(|| timer.arm_after(TOO_LONG), &[], Err(Errno::OVERFLOW));
    answered(|| timer.arm_every(TOO_LONG), &[], Err(Errno::OVERFLOW));
    answered(|| timer.arm_at(TOO_LONG), &[], Err(Errno::OVERFLOW));
    answered(|| timer.arm_every_at(TOO_LONG, DELAY), &[], Err(Errno::OVERFLOW));
    answered(|| timer.arm_every_at(DELAY, TOO_LONG), &[], Err(Errno::OVERFLOW));
    answered(|| timer.arm_at_cancel_on_set(TOO_LONG), &[], Err(Errno::OVERFLOW));
    answered(|| timer.set(flags, TimerSpec::once(TOO_LONG)), &[], Err(Errno::OVERFLOW));
    answered(|| timer.replace(flags, TimerSpec::every(TOO_LONG)), &[], Err(Errno::OVERFLOW));
}

in_child!(an_interrupted_call_is_issued_again);
fn an_interrupted_call_is_issued_again() {
    let event = EventFd::new(5).unwrap();
    let read = [(nr::READ, INTR), (nr::READ, INTR), (nr::READ, SEVEN)];
    answered(|| event.read(), &read, Ok(7));
    answered(|| event.take(), &read, Ok(Some(7)));
    answered(|| event.wait(), &read, Ok(7));
    let polled = [(nr::READ, AGAIN), (nr::POLL, INTR), (nr::POLL, ONE), (nr::READ, INTR), (nr::READ, SEVEN)];
    answered(|| event.wait(), &polled, Ok(7));
    let write = [(nr::WRITE, INTR), (nr::WRITE, INTR), (nr::WRITE, EIGHT)];
    answered(|| event.write(1), &write, Ok(()));
    answered(|| event.notify(), &write, Ok(()));

    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    answered(|| timer.read(), &read, Ok(7));
    answered(|| timer.take(), &read, Ok(Some(expired(7))));
    answered(|| timer.wait(), &read, Ok(expired(7)));
    answered(|| timer.wait(), &polled, Ok(expired(7)));

    let signals = SignalFd::new(&SigSet::EMPTY).unwrap();
    let read = [(nr::READ, INTR), (nr::READ, INTR), (nr::READ, CHLD)];
    answered(|| signal(signals.read()), &read, Ok(Signal::CHLD));
    answered(|| signals.take().map(|info| info.is_some()), &read, Ok(true));
    answered(|| signal(signals.wait()), &read, Ok(Signal::CHLD));
    let polled = [(nr::READ, AGAIN), (nr::POLL, INTR), (nr::POLL, ONE), (nr::READ, INTR), (nr::READ, CHLD)];
    answered(|| signal(signals.wait()), &polled, Ok(Signal::CHLD));

    let process = PidFd::open(std::process::id()).unwrap();
    let exited = ExitStatus::Exited { status: 7 };
    let reaped = [(nr::WAITID, INTR), (nr::WAITID, INTR), (nr::WAITID, EXITED)];
    answered(|| process.take(), &reaped, Ok(Some(exited)));
    answered(|| process.wait(), &reaped, Ok(exited));
    let polled = [(nr::WAITID, AGAIN), (nr::POLL, INTR), (nr::POLL, ONE), (nr::WAITID, INTR), (nr::WAITID, EXITED)];
    answered(|| process.wait(), &polled, Ok(exited));

    let mut fds = [PollFd::new(&event, PollFlags::IN)];
    for (timeout, call) in [(None, nr::POLL), (Some(TOO_LONG), nr::POLL), (Some(Duration::ZERO), nr::PPOLL)] {
        answered(|| poll(&mut fds, timeout), &[(call, INTR), (call, INTR), (call, ONE)], Ok(1));
    }
}

in_child!(the_functions_of_sys_and_close_on_drop_issue_an_interrupted_call_once);
fn the_functions_of_sys_and_close_on_drop_issue_an_interrupted_call_once() {
    let event = EventFd::new(5).unwrap();
    let fd = event.as_fd();
    answered(|| sys::read(fd, &mut [0; 8]), &[(nr::READ, INTR)], Err(Errno::INTR));
    answered(|| sys::write(fd, &[0; 8]), &[(nr::WRITE, INTR)], Err(Errno::INTR));
    answered(|| sys::poll(&mut [], -1), &[(nr::POLL, INTR)], Err(Errno::INTR));
    answered(|| sys::ppoll(&mut [], None, None), &[(nr::PPOLL, INTR)], Err(Errno::INTR));
    let mut events = [EpollEvent::default()];
    answered(|| sys::epoll_pwait(fd, &mut events, 0, None), &[(nr::EPOLL_PWAIT, INTR)], Err(Errno::INTR));
    answered(|| sys::epoll_pwait2(fd, &mut events, None, None), &[(nr::EPOLL_PWAIT2, INTR)], Err(Errno::INTR));
    let child = || sys::waitid(WaitId::All, WaitFlags::EXITED).map(drop);
    answered(child, &[(nr::WAITID, INTR)], Err(Errno::INTR));
    let clone = event.try_clone().unwrap();
    answered(|| sys::close(clone.into()), &[(nr::CLOSE, INTR)], Err(Errno::INTR));
    let dropped: Vec<_> = DROP.iter().map(|&number| if number == nr::CLOSE { INTR } else { ZERO }).collect();
    let (calls, _) = trace(|| drop(event), &dropped);
    assert_eq!(numbers(&calls), DROP);
}

in_child!(a_call_that_the_kernel_refuses_is_not_replaced_by_another);
fn a_call_that_the_kernel_refuses_is_not_replaced_by_another() {
    let event = EventFd::new(5).unwrap();
    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let signals = SignalFd::new(&SigSet::EMPTY).unwrap();
    let (epoll, process) = (Epoll::new().unwrap(), PidFd::open(std::process::id()).unwrap());
    let mut events = [EpollEvent::default()];
    for errno in [Errno::NOSYS, Errno::PERM] {
        let refused = fails(errno);
        answered(|| EventFd::new(0).map(drop), &[(nr::EVENTFD2, refused)], Err(errno));
        answered(|| TimerFd::new(Clock::Realtime).map(drop), &[(nr::TIMERFD_CREATE, refused)], Err(errno));
        answered(|| event.wait(), &[(nr::READ, refused)], Err(errno));
        answered(|| event.wait(), &[(nr::READ, AGAIN), (nr::POLL, refused)], Err(errno));
        answered(|| event.notify(), &[(nr::WRITE, refused)], Err(errno));
        answered(|| event.set_nonblocking(true), &[(nr::FCNTL, refused)], Err(errno));
        answered(|| event.set_nonblocking(true), &[(nr::FCNTL, ZERO), (nr::FCNTL, refused)], Err(errno));
        answered(|| event.try_clone().map(drop), &[(nr::FCNTL, refused)], Err(errno));
        answered(|| timer.arm_after(DELAY), &[(nr::TIMERFD_SETTIME, refused)], Err(errno));
        answered(|| timer.disarm(), &[(nr::TIMERFD_SETTIME, refused)], Err(errno));
        answered(|| timer.get(), &[(nr::TIMERFD_GETTIME, refused)], Err(errno));
        answered(|| timer.wait(), &[(nr::READ, AGAIN), (nr::POLL, refused)], Err(errno));
        answered(|| timer.set_ticks(TICKS), &[(nr::IOCTL, refused)], Err(errno));
        answered(|| SignalFd::new(&SigSet::EMPTY).map(drop), &[(nr::SIGNALFD4, refused)], Err(errno));
        answered(|| signals.set_signals(&SigSet::EMPTY), &[(nr::SIGNALFD4, refused)], Err(errno));
        answered(|| signals.wait(), &[(nr::READ, AGAIN), (nr::POLL, refused)], Err(errno));
        answered(|| SigSet::EMPTY.thread_block(), &[(nr::RT_SIGPROCMASK, refused)], Err(errno));
        answered(SigSet::thread_mask, &[(nr::RT_SIGPROCMASK, refused)], Err(errno));
        answered(|| Clock::Boottime.now(), &[(nr::CLOCK_GETTIME, refused)], Err(errno));
        answered(|| poll(&mut [], None), &[(nr::POLL, refused)], Err(errno));
        answered(|| poll(&mut [], Some(DELAY)), &[(nr::PPOLL, refused)], Err(errno));
        answered(|| Epoll::new().map(drop), &[(nr::EPOLL_CREATE1, refused)], Err(errno));
        answered(|| epoll.add(&event, EpollFlags::IN, 1), &[(nr::EPOLL_CTL, refused)], Err(errno));
        answered(|| epoll.modify(&event, EpollFlags::IN, 1), &[(nr::EPOLL_CTL, refused)], Err(errno));
        answered(|| epoll.delete(&event), &[(nr::EPOLL_CTL, refused)], Err(errno));
        answered(|| tokens(epoll.wait(&mut events, None)), &[(nr::EPOLL_PWAIT, refused)], Err(errno));
        answered(|| PidFd::open(1).map(drop), &[(nr::PIDFD_OPEN, refused)], Err(errno));
        answered(|| process.send_signal(Signal::TERM), &[(nr::PIDFD_SEND_SIGNAL, refused)], Err(errno));
        answered(|| process.take(), &[(nr::WAITID, refused)], Err(errno));
        answered(|| process.wait(), &[(nr::WAITID, refused)], Err(errno));
        answered(|| process.wait(), &[(nr::WAITID, AGAIN), (nr::POLL, refused)], Err(errno));
    }
}

in_child!(an_empty_read_of_a_timer_is_no_expiration_and_no_end);
fn an_empty_read_of_a_timer_is_no_expiration_and_no_end() {
    let timer = TimerFd::new(Clock::Realtime).unwrap();
    let empty = (nr::READ, ZERO);
    answered(|| timer.read(), &[empty], Err(Errno::AGAIN));
    answered(|| timer.take(), &[empty], Ok(None));
    let ready = (nr::POLL, ONE);
    answered(|| timer.wait(), &[empty, ready, (nr::READ, SEVEN)], Ok(expired(7)));
    answered(|| timer.wait(), &[empty, ready, (nr::READ, AGAIN), ready, (nr::READ, SEVEN)], Ok(expired(7)));
    // The descriptor is ready, but the read gives nothing. So it is not a timer.
    answered(|| timer.wait(), &[empty, ready, empty], Err(Errno::INVAL));
}

in_child!(a_read_or_write_of_another_length_is_einval);
fn a_read_or_write_of_another_length_is_einval() {
    let event = EventFd::new(5).unwrap();
    let timer = TimerFd::new(Clock::Realtime).unwrap();
    for length in [1, 4, 7] {
        let (read, write) = ([(nr::READ, returns(length))], [(nr::WRITE, returns(length))]);
        answered(|| event.read(), &read, Err(Errno::INVAL));
        answered(|| event.take(), &read, Err(Errno::INVAL));
        answered(|| event.wait(), &read, Err(Errno::INVAL));
        answered(|| event.write(1), &write, Err(Errno::INVAL));
        answered(|| event.notify(), &write, Err(Errno::INVAL));
        answered(|| timer.read(), &read, Err(Errno::INVAL));
        answered(|| timer.take(), &read, Err(Errno::INVAL));
        answered(|| timer.wait(), &read, Err(Errno::INVAL));
    }
    let empty = [(nr::READ, ZERO)];
    answered(|| event.read(), &empty, Err(Errno::INVAL));
    answered(|| event.take(), &empty, Err(Errno::INVAL));
    answered(|| event.wait(), &empty, Err(Errno::INVAL));
    answered(|| event.write(1), &[(nr::WRITE, ZERO)], Err(Errno::INVAL));

    let no_expirations = [(nr::READ, EIGHT)];
    answered(|| timer.read(), &no_expirations, Err(Errno::INVAL));
    answered(|| timer.take(), &no_expirations, Err(Errno::INVAL));
    answered(|| timer.wait(), &no_expirations, Err(Errno::INVAL));

    let signals = SignalFd::new(&SigSet::EMPTY).unwrap();
    let no_signal = |number: &'static [u64]| Answer { result: 128, memory: (1, number) };
    for answer in [ZERO, EIGHT, returns(127), no_signal(&[0]), no_signal(&[65]), no_signal(&[257])] {
        let read = [(nr::READ, answer)];
        answered(|| signals.read(), &read, Err(Errno::INVAL));
        answered(|| signals.take(), &read, Err(Errno::INVAL));
        answered(|| signals.wait(), &read, Err(Errno::INVAL));
    }
}

in_child!(a_canceled_timer_is_told_apart_from_a_failure);
fn a_canceled_timer_is_told_apart_from_a_failure() {
    let timer = TimerFd::new(Clock::Realtime).unwrap();
    answered(|| timer.read(), &[(nr::READ, CANCELED)], Err(Errno::CANCELED));
    answered(|| timer.take(), &[(nr::READ, CANCELED)], Ok(Some(Tick::ClockChanged)));
    answered(|| timer.wait(), &[(nr::READ, CANCELED)], Ok(Tick::ClockChanged));

    let armed = [(nr::TIMERFD_SETTIME, CANCELED)];
    answered(|| timer.arm_at_cancel_on_set(DELAY), &armed, Ok(Armed::AfterClockChange));
    let flags = SetTimeFlags::ABSTIME | SetTimeFlags::CANCEL_ON_SET;
    answered(|| timer.set(flags, TimerSpec::once(DELAY)), &armed, Err(Errno::CANCELED));
    answered(|| timer.replace(flags, TimerSpec::once(DELAY)), &armed, Err(Errno::CANCELED));
    answered(|| timer.set_ticks(TICKS), &[(nr::IOCTL, CANCELED)], Err(Errno::CANCELED));
}

in_child!(replace_alone_asks_for_the_old_value);
fn replace_alone_asks_for_the_old_value() {
    let timer = TimerFd::new(Clock::Realtime).unwrap();
    let (flags, spec) = (SetTimeFlags::empty(), TimerSpec::every(DELAY));
    #[track_caller]
    fn old<T: Debug>(call: impl FnOnce() -> Result<T>) -> u64 {
        arguments(call, nr::TIMERFD_SETTIME)[3]
    }
    assert_eq!(old(|| timer.arm_after(DELAY)), 0);
    assert_eq!(old(|| timer.arm_every(DELAY)), 0);
    assert_eq!(old(|| timer.arm_at(DELAY)), 0);
    assert_eq!(old(|| timer.arm_every_at(DELAY, DELAY)), 0);
    assert_eq!(old(|| timer.arm_at_cancel_on_set(DELAY)), 0);
    assert_eq!(old(|| timer.disarm()), 0);
    assert_eq!(old(|| timer.set(flags, spec)), 0);
    assert_ne!(old(|| timer.replace(flags, spec)), 0);
}

in_child!(arming_passes_the_flags_that_it_means);
fn arming_passes_the_flags_that_it_means() {
    let timer = TimerFd::new(Clock::Realtime).unwrap();
    #[track_caller]
    fn flags<T: Debug>(call: impl FnOnce() -> Result<T>) -> u64 {
        arguments(call, nr::TIMERFD_SETTIME)[1]
    }
    assert_eq!(flags(|| timer.arm_after(DELAY)), 0);
    assert_eq!(flags(|| timer.arm_every(DELAY)), 0);
    assert_eq!(flags(|| timer.arm_at(DELAY)), 1);
    assert_eq!(flags(|| timer.arm_every_at(DELAY, DELAY)), 1);
    assert_eq!(flags(|| timer.arm_at_cancel_on_set(DELAY)), 3);
    assert_eq!(flags(|| timer.disarm()), 0);
}

in_child!(wait_polls_one_entry_for_ever);
fn wait_polls_one_entry_for_ever() {
    let event = EventFd::new(0).unwrap();
    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let signals = SignalFd::new(&SigSet::EMPTY).unwrap();
    let unready = [AGAIN, ONE, fails(Errno::IO)];
    for (calls, _) in [
        trace(|| event.wait().map(drop), &unready),
        trace(|| timer.wait().map(drop), &unready),
        trace(|| signals.wait().map(drop), &unready),
    ] {
        assert_eq!(numbers(&calls), [nr::READ, nr::POLL, nr::READ]);
        let [_, entries, timeout, ..] = calls[1].arguments;
        assert_eq!((entries, timeout as i32), (1, -1));
    }
}

in_child!(poll_waits_for_ever_where_the_timeout_is_beyond_the_kernels_range);
fn poll_waits_for_ever_where_the_timeout_is_beyond_the_kernels_range() {
    let event = EventFd::new(1).unwrap();
    let mut fds = [PollFd::new(&event, PollFlags::IN)];
    assert_eq!(arguments(|| poll(&mut fds, None), nr::POLL)[2] as i32, -1);
    assert_eq!(arguments(|| poll(&mut fds, Some(TOO_LONG)), nr::POLL)[2] as i32, -1);
    assert_ne!(arguments(|| poll(&mut fds, Some(Duration::from_secs(i64::MAX as u64))), nr::PPOLL)[2], 0);
}

in_child!(an_alarm_clock_is_read_on_its_base_clock);
fn an_alarm_clock_is_read_on_its_base_clock() {
    let read = |clock: Clock| arguments(|| clock.now(), nr::CLOCK_GETTIME)[0];
    assert_eq!(read(Clock::RealtimeAlarm), Clock::Realtime.id() as u64);
    assert_eq!(read(Clock::BoottimeAlarm), Clock::Boottime.id() as u64);
}

in_child!(poll_after_a_handler_goes_on_with_the_time_that_the_kernel_wrote_back);
fn poll_after_a_handler_goes_on_with_the_time_that_the_kernel_wrote_back() {
    let interrupted = |left| Answer { memory: (2, left), ..INTR };
    let answers = [interrupted(&[9, 999_999_999]), interrupted(&[0, 1]), ZERO];
    let (calls, result) = trace(|| poll(&mut [], Some(Duration::new(1000, 5))), &answers);
    assert_eq!(result, "Ok(0)");
    let timeouts: Vec<_> = calls.into_iter().map(|call| call.timeout).collect();
    assert_eq!(timeouts, [Some([1000, 5]), Some([9, 999_999_999]), Some([0, 1])]);
}

in_child!(poll_asks_the_clock_after_a_handler_if_the_kernel_wrote_no_time_back);
fn poll_asks_the_clock_after_a_handler_if_the_kernel_wrote_no_time_back() {
    let now = |time| Answer { memory: (1, time), ..ZERO };
    let answers = [
        (nr::PPOLL, INTR),
        // The deadline is 1000.000000005 seconds later.
        (nr::CLOCK_GETTIME, now(&[100, 999_999_999])),
        (nr::PPOLL, INTR),
        (nr::CLOCK_GETTIME, now(&[600, 5])),
        (nr::PPOLL, Answer { memory: (2, &[7, 0]), ..INTR }),
        (nr::PPOLL, INTR),
        (nr::CLOCK_GETTIME, now(&[1101, 5])),
        (nr::PPOLL, INTR),
        (nr::PPOLL, ZERO),
    ];
    let (expected, answers): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let (calls, result) = trace(|| poll(&mut [], Some(Duration::new(1000, 5))), &answers);
    assert_eq!(result, "Ok(0)");
    assert_eq!(numbers(&calls), expected);
    let (polls, clocks): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| call.number == nr::PPOLL);
    let timeouts: Vec<_> = polls.into_iter().filter_map(|call| call.timeout).collect();
    assert_eq!(timeouts, [[1000, 5], [1000, 5], [500, 999_999_999], [7, 0], [0, 0], [0, 0]]);
    assert!(clocks.iter().all(|call| call.arguments[0] == Clock::Monotonic.id() as u64));

    let refused = [(nr::PPOLL, INTR), (nr::CLOCK_GETTIME, fails(Errno::PERM))];
    answered(|| poll(&mut [], Some(DELAY)), &refused, Err(Errno::PERM));
}

in_child!(a_time_of_day_before_1970_is_overflow);
fn a_time_of_day_before_1970_is_overflow() {
    let before = Answer { result: 0, memory: (1, &[-1_i64 as u64, 5]) };
    answered(|| Clock::Realtime.now(), &[(nr::CLOCK_GETTIME, before)], Err(Errno::OVERFLOW));
}
