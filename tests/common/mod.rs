//! What several of the tests need.
#![allow(dead_code, unused_imports, unused_macros, reason = "each test takes a part of it")]

use std::ffi::{OsString, c_int};
use std::fmt::Display;
use std::io::{self, Write};
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use barefd::{Clock, Tick, TimerFd, sys};

/// The time limit for an event that must come. Code that takes longer hangs.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Whether the descriptors are the standard library's, and check before they close that they are still open.
pub const STD_CHECKS: bool = cfg!(all(feature = "std", debug_assertions));

/// Whether the program runs under an emulator such as QEMU's user mode. If so, it writes that the test does not apply,
/// and why.
pub fn emulator(lacks: &str) -> bool {
    let emulated = conformance::is_emulated();
    if emulated {
        not_applicable(thread::current().name().unwrap_or("a test"), format_args!("an emulator that {lacks}"));
    }
    emulated
}

/// Prints that a test does not apply, and why.
pub fn not_applicable(test: &str, reason: impl Display) {
    // Not by `eprintln!`: the harness shows its output only if the test fails.
    let _ = writeln!(io::stderr(), "n/a {test}: {reason}");
}

/// Like [`emulator`], for a counter whose descriptor was made in a way that the emulator does not see. A program of the
/// other byte order then gets a count with swapped bytes.
pub fn emulator_swaps() -> bool {
    cfg!(target_endian = "big") && emulator("swaps the bytes of a count by its descriptor")
}

/// Waits until `done` returns true.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !done() {
        assert!(Instant::now() < deadline, "not within {LIMIT:?}: {what}");
        thread::yield_now();
    }
}

/// The next message. Fails if no message comes, or if the senders are gone.
pub fn receive<T>(receiver: &Receiver<T>) -> T {
    receiver.recv_timeout(LIMIT).expect("a thread hangs or panicked")
}

/// Code on a separate thread. If the thread hangs, the test leaves it behind and fails, and does not hang itself.
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
            // A store, because a channel could sleep here, and `until_blocked` would mistake that for the call's sleep.
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

    /// Sends `signal` to the thread, if the thread still lives.
    pub fn signal(&self, signal: c_int) {
        send_signal(self.id, signal);
    }

    /// The result of `body`, if it returns within `patience`.
    pub fn result_within(&self, patience: Duration) -> Option<T> {
        match self.result.recv_timeout(patience) {
            Ok(result) => Some(result),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the thread panicked"),
        }
    }

    /// The result of `body`.
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
    // SAFETY: no pointer. The signal has a handler, and any thread of the process may run it.
    unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, signal) };
}

/// Gives a `Realtime` timer `expirations` unread expirations. The next one is half an hour away.
pub fn owe(timer: &TimerFd, expirations: u32) {
    let hour = Duration::from_secs(3600);
    let first = Clock::Realtime.now().unwrap() + hour / 2 - hour * expirations;
    timer.arm_every_at(first, hour).unwrap();
}

/// What a read of a timer with this many unread expirations gives.
pub fn expired(expirations: u64) -> Tick {
    Tick::Expired(NonZeroU64::new(expirations).unwrap())
}

/// The number of descriptors that the process has open, counted without opening one.
pub fn descriptors() -> usize {
    // SAFETY: the call reads a flag. The numbers may be closed.
    (0..4096).filter(|&fd| unsafe { libc::fcntl(fd, libc::F_GETFD) } != -1).count()
}

const CHILD: &str = "BAREFD_TEST_CHILD";
/// It differs from the status of a test program that found no test to run.
const PASSED: c_int = 42;

/// Makes a function a test that runs in a separate process. That process is this program, executed again for this one
/// test. A function without such a line is dead code, and the compiler warns about it.
///
/// With `started by`, the function that is named starts the process. It gets the command.
macro_rules! in_child {
    ($test:ident) => {
        $crate::common::in_child!($test, started by $crate::common::run);
    };
    ($test:ident, started by $start:path) => {
        mod $test {
            use super::*;

            #[test]
            fn in_child() {
                let name = concat!(stringify!($test), "::in_child");
                $crate::common::run_in_child(name, $start, $test);
            }
        }
    };
}
pub(crate) use in_child;

/// The body of the test that [`in_child!`] makes. In the separate process it runs the test. Otherwise it starts that
/// process.
pub fn run_in_child(name: &str, start: impl FnOnce(&mut Command), test: fn()) {
    if std::env::var_os(CHILD).is_some_and(|child| child == name) {
        alarm();
        test();
        std::process::exit(PASSED)
    }
    start(&mut command(name));
}

/// The command that runs the test program only for this test.
fn command(test: &str) -> Command {
    // The runner of cargo for another architecture: the kernel may be unable to execute this program.
    let runner = std::env::vars().find(|(name, _)| name.starts_with("CARGO_TARGET_") && name.ends_with("_RUNNER"));
    let runner = runner.map(|(_, words)| words).unwrap_or_default();
    let mut words = runner.split_whitespace().map(OsString::from).chain([std::env::current_exe().unwrap().into()]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args([test, "--exact", "--nocapture"]).env(CHILD, test);
    command
}

/// Runs the process of a test to its end. The test in it must have passed.
pub fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.code() == Some(PASSED),
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    // The process may have printed that the test does not apply.
    io::stderr().write_all(&output.stderr).unwrap();
}

/// Kills the process if it hangs.
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
        // SAFETY: glibc and musl keep their locks usable in the child. No other thread holds anything else that `body`
        // needs: the only other thread waits for the test to end.
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

    /// Waits until `body` has ended. It must have passed.
    pub fn finish(self) {
        let status = wait(self.id);
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == PASSED, "wait status {status:#x}");
    }
}

/// Waits for the next status of a process that was forked here.
pub fn wait(process: libc::pid_t) -> c_int {
    let mut status = 0;
    // SAFETY: the kernel writes to `status`.
    let id = unsafe { libc::waitpid(process, &mut status, 0) };
    assert_eq!(id, process, "waitpid: {}", io::Error::last_os_error());
    status
}
