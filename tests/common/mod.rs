//! What several of the tests need.
#![allow(dead_code, reason = "each test takes a part of it")]

use std::any::type_name;
use std::ffi::{OsString, c_int};
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use barefd::{Clock, TimerFd, sys};

/// How long something that must come may take. What takes longer hangs.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Whether the descriptors are the standard library's, and look before they close whether they are still open.
pub const STD_CHECKS: bool = cfg!(all(feature = "std", debug_assertions));

/// Where an emulator of processes stands before the kernel, tells that the test does not apply, and why.
pub fn emulator(lacks: &str) -> bool {
    let emulated = conformance::is_emulated();
    if emulated {
        // Not by `eprintln!`, which the harness shows of failed tests alone.
        let _ =
            writeln!(io::stderr(), "n/a {}: an emulator that {lacks}", thread::current().name().unwrap_or("a test"));
    }
    emulated
}

/// The same of a counter whose descriptor the emulator did not see made: that of a guest of the other byte order is swapped.
pub fn emulator_swaps() -> bool {
    cfg!(target_endian = "big") && emulator("swaps the bytes of a count by its descriptor")
}

/// Waits until `done`.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !done() {
        assert!(Instant::now() < deadline, "not within {LIMIT:?}: {what}");
        thread::yield_now();
    }
}

/// The next message; fails if it does not come, or if the senders are gone.
pub fn receive<T>(receiver: &Receiver<T>) -> T {
    receiver.recv_timeout(LIMIT).expect("a thread hangs or panicked")
}

/// Code on a thread of its own. One that hangs is left behind, so that the test fails and does not hang with it.
pub struct Task<T> {
    id: i32,
    result: Receiver<T>,
}

impl<T: Send + 'static> Task<T> {
    pub fn start(body: impl FnOnce() -> T + Send + 'static) -> Self {
        let id = Arc::new(AtomicI32::new(0));
        let (sender, result) = mpsc::channel();
        let published = Arc::clone(&id);
        thread::spawn(move || {
            // A store, because a channel could sleep here, which `until_blocked` would take for the call's sleep.
            published.store(thread_id(), SeqCst);
            let _ = sender.send(body());
        });
        until("a thread starts", || id.load(SeqCst) != 0);
        Self { id: id.load(SeqCst), result }
    }

    /// Waits until the thread sleeps in the kernel.
    pub fn until_blocked(&self) {
        let path = format!("/proc/self/task/{}/stat", self.id);
        until("a call blocks", || {
            let stat = std::fs::read_to_string(&path).expect("the thread ended without blocking");
            let (_, state) = stat.rsplit_once(") ").unwrap();
            state.starts_with('S')
        });
    }

    /// Sends `signal` to the thread, if it still lives.
    pub fn signal(&self, signal: c_int) {
        send_signal(self.id, signal);
    }

    /// What `body` returned, if it does within `patience`.
    pub fn result_within(&self, patience: Duration) -> Option<T> {
        match self.result.recv_timeout(patience) {
            Ok(result) => Some(result),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the thread panicked"),
        }
    }

    /// What `body` returned.
    pub fn finish(self) -> T {
        self.result_within(LIMIT).expect("the thread hangs")
    }
}

pub fn thread_id() -> i32 {
    // SAFETY: the call has no preconditions.
    unsafe { libc::syscall(libc::SYS_gettid) as i32 }
}

/// Sends `signal` to a thread of this process, if it still lives.
pub fn send_signal(thread: i32, signal: c_int) {
    // SAFETY: no pointer; the signal has a handler, whichever of the process's threads gets it.
    unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, signal) };
}

/// Makes a `Realtime` timer owe `expirations`, with the next one half an hour away.
pub fn owe(timer: &TimerFd, expirations: u32) {
    let hour = Duration::from_secs(3600);
    let first = Clock::Realtime.now().unwrap() + hour / 2 - hour * expirations;
    timer.arm_every_at(first, hour).unwrap();
}

/// The number of descriptors that the process has open, counted without opening one.
pub fn descriptors() -> usize {
    // SAFETY: the call reads a flag, of numbers that may be closed.
    (0..4096).filter(|&fd| unsafe { libc::fcntl(fd, libc::F_GETFD) } != -1).count()
}

const CHILD: &str = "BAREFD_TEST_CHILD";
/// Not the status of a test program that found nothing to run.
const PASSED: c_int = 42;

/// Runs `body` in a process of its own: this program, executed anew for the test that `body` is a closure of.
pub fn in_child<F: FnOnce()>(body: F) {
    // CRATE::TEST::{{closure}}. Should that change, the program finds no such test, and this fails.
    let test = type_name::<F>().split("::").nth(1).unwrap();
    if is_child(test) {
        child(body);
    }
    run(&mut command(test));
}

/// Whether this is the process that [`command`] made.
pub fn is_child(test: &str) -> bool {
    std::env::var_os(CHILD).is_some_and(|name| name == test)
}

/// The test program, for that test in a process of its own.
pub fn command(test: &str) -> Command {
    // What cargo runs the programs of another architecture with: the kernel may not know how to execute this one.
    let runner = std::env::vars().find(|(name, _)| name.starts_with("CARGO_TARGET_") && name.ends_with("_RUNNER"));
    let runner = runner.map(|(_, words)| words).unwrap_or_default();
    let mut words = runner.split_whitespace().map(OsString::from).chain([std::env::current_exe().unwrap().into()]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args([test, "--exact", "--nocapture"]).env(CHILD, test);
    command
}

/// Runs a [`command`] to its end.
pub fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.code() == Some(PASSED),
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Ends the process with `body`.
pub fn child(body: impl FnOnce()) -> ! {
    alarm();
    body();
    std::process::exit(PASSED)
}

/// Kills the process should it hang.
fn alarm() {
    // SAFETY: the call has no preconditions; nobody handles the signal.
    unsafe { libc::alarm(LIMIT.as_secs() as _) };
}

/// A forked process.
pub struct Fork {
    pub id: libc::pid_t,
}

impl Fork {
    /// Forks a process that ends with `body`.
    pub fn start(body: impl FnOnce()) -> Self {
        // SAFETY: glibc and musl keep their locks usable in the child, and what else `body` needs no other thread holds:
        // the only one waits for the test to end.
        match unsafe { libc::fork() } {
            -1 => panic!("fork: {}", io::Error::last_os_error()),
            0 => {
                alarm();
                let passed = catch_unwind(AssertUnwindSafe(body)).is_ok();
                sys::exit_group(if passed { PASSED } else { 1 })
            }
            id => Self { id },
        }
    }

    /// Waits until `body` has ended, which must not have failed.
    pub fn finish(self) {
        let status = wait(self.id);
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == PASSED, "wait status {status:#x}");
    }
}

/// What a process that was forked here has to tell its parent next.
pub fn wait(process: libc::pid_t) -> c_int {
    let mut status = 0;
    // SAFETY: the kernel writes to `status`.
    let id = unsafe { libc::waitpid(process, &mut status, 0) };
    assert_eq!(id, process, "waitpid: {}", io::Error::last_os_error());
    status
}

/// An epoll instance.
pub struct Epoll {
    fd: OwnedFd,
}

impl Epoll {
    pub fn new() -> Self {
        // SAFETY: no pointer; a success is a new descriptor, of which `OwnedFd` refuses -1.
        Self { fd: unsafe { OwnedFd::from_raw_fd(libc::epoll_create1(libc::EPOLL_CLOEXEC)) } }
    }

    pub fn add(&self, fd: RawFd, events: c_int) {
        let mut event = libc::epoll_event { events: events as u32, u64: 0 };
        // SAFETY: the kernel reads `event`.
        let result = unsafe { libc::epoll_ctl(self.fd.as_raw_fd(), libc::EPOLL_CTL_ADD, fd, &mut event) };
        assert_eq!(result, 0, "epoll_ctl: {}", io::Error::last_os_error());
    }

    /// The events of the only descriptor, none if there are none within `patience`.
    pub fn wait(&self, patience: Duration) -> c_int {
        let mut event = libc::epoll_event { events: 0, u64: 0 };
        // SAFETY: the kernel writes to `event`.
        match unsafe { libc::epoll_wait(self.fd.as_raw_fd(), &mut event, 1, patience.as_millis() as c_int) } {
            0 => 0,
            1 => event.events as c_int,
            _ => panic!("epoll_wait: {}", io::Error::last_os_error()),
        }
    }

    /// The events of the only descriptor that are there already.
    pub fn look(&self) -> c_int {
        self.wait(Duration::ZERO)
    }
}
