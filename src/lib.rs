//! Linux event, timer and signal file descriptors without libc.
//!
//! `eventfd2`, `timerfd_create`, `timerfd_settime`, `timerfd_gettime`, `signalfd4`, `read`, `write`, `ppoll` and what
//! belongs to them, issued by inline assembly with the system call numbers of the target's ABI, as safe types for
//! `#![no_std]` programs: static and freestanding binaries, minimal init processes, and hosted programs.
//!
//! A loop over a timer and an event counter, which is a whole program:
//!
//! ```
//! use core::time::Duration;
//!
//! use barefd::{Clock, EventFd, PollFd, PollFlags, Result, Tick, TimerFd, poll};
//!
//! fn main() -> Result<()> {
//!     let timer = TimerFd::nonblocking(Clock::Monotonic)?;
//!     let event = EventFd::nonblocking(0)?;
//!     timer.arm_every(Duration::from_millis(5))?;
//!
//!     let mut ticks = 0;
//!     let mut fds = [PollFd::new(&timer, PollFlags::IN), PollFd::new(&event, PollFlags::IN)];
//!     while ticks < 3 {
//!         poll(&mut fds, None)?;
//!         // Read what is readable: a descriptor that is not read is ready again at once.
//!         if fds[0].is_readable() {
//!             if let Some(Tick::Expired(n)) = timer.take()? {
//!                 event.write(n.get())?;
//!             }
//!         }
//!         if fds[1].is_readable() {
//!             ticks += event.take()?.unwrap_or(0);
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Feature `std`: [`fd`] is then the standard library's own `std::os::fd`, so that the types go into tokio's `AsyncFd` and
//! everything else that takes a descriptor, and [`Errno`] becomes a `std::io::Error` by `?`. **Hosted programs want it.**
//!
//! # What is where
//!
//! - [`EventFd`]: a counter that is readable while it is not zero; a wake-up, or a semaphore
//! - [`TimerFd`]: a timer that is readable once it has expired, on a [`Clock`]
//! - [`SignalFd`]: signals that are read instead of handled, of a [`SigSet`] that the thread blocks
//! - [`poll()`]: waits for them, and for any other descriptor, in [`PollFd`]s
//! - [`Errno`]: what every call fails with
//! - [`fd`]: owned and borrowed descriptors
//! - [`sys`]: each system call as one function, without a policy
//! - [`trap`]: any system call by its number
//! - [`python`]: the way here from Python's `os`
//!
//! The types retry what a signal handler interrupted, tell "nothing there" from a value, and take the 64-bit time calls of
//! a 32-bit ABI first. Each method names the system calls that it issues, and issues no other: a seccomp filter can be
//! written from the documentation. What blocks belongs to the descriptor (`O_NONBLOCK` is part of the open file description,
//! which others may share), not to a type: hence `take`, which on a blocking descriptor waits, and `wait`, which waits on
//! either kind.
//!
//! Nothing here panics, allocates, or keeps state outside the descriptors.
//!
//! # A freestanding binary
//!
//! No libc, no `std`, no allocator: with the crate `barefd-start`, which brings `_start`, the arguments, and the memory
//! functions that compiled code calls. `src/main.rs`:
//!
//! ```text
//! #![no_std]
//! #![no_main]
//!
//! use barefd::{Clock, Result, TimerFd};
//! use core::time::Duration;
//!
//! barefd_start::entry!(main);
//!
//! fn main(_args: barefd_start::Args) -> Result<()> {
//!     let timer = TimerFd::new(Clock::Monotonic)?;
//!     timer.arm_after(Duration::from_millis(100))?;
//!     timer.wait()?;
//!     Ok(())
//! }
//! ```
//!
//! `build.rs`, for a static file at a fixed address:
//!
//! ```text
//! fn main() {
//!     for argument in ["-nostdlib", "-static", "-no-pie"] {
//!         println!("cargo::rustc-link-arg-bins={argument}");
//!     }
//! }
//! ```
//!
//! and in `Cargo.toml` `panic = "abort"` for the profiles `dev` and `release`, and `test = false` for the binary.
//!
//! An init process may be started with descriptors 0 to 2 closed; the first ones that it makes then get these numbers,
//! and what writes to "standard output" writes into them. Open three (`/dev/console` or `/dev/null`) before anything
//! else; `try_clone` keeps clear of them by itself. How it hears of its children and of the end,
//! [`SignalFd`](SignalFd#process-1) says.
//!
//! # Wake-ups and memory
//!
//! A read that saw a write comes after everything the writer did before it, in another thread or, on shared memory, in
//! another process: see [`EventFd`](EventFd#ordering) for what that spares and what it does not.
//!
//! # Targets
//!
//! Linux and Android, on every ABI that has a table in `arch/`; the build names what is missing for any other. x86_64, x86,
//! aarch64, arm, riscv64, riscv32, loongarch64, s390x, powerpc and powerpc64 on stable Rust (powerpc and powerpc64 from
//! 1.95 on); mips, sparc, sparc64 and hexagon with a nightly compiler and the feature `nightly`, which does nothing on other
//! targets. The README's table says which targets were built, run under QEMU and run on a real kernel. Under Miri nothing
//! here runs: it has no inline assembly.
//!
//! # Compilers
//!
//! Rust 1.85; the feature `syscalls` (conversion to and from `syscalls::Errno`) needs 1.87.

#![no_std]
#![cfg_attr(
    all(
        feature = "nightly",
        any(
            target_arch = "csky",
            target_arch = "hexagon",
            target_arch = "m68k",
            target_arch = "mips",
            target_arch = "mips32r6",
            target_arch = "mips64",
            target_arch = "mips64r6",
            target_arch = "sparc",
            target_arch = "sparc64"
        )
    ),
    feature(asm_experimental_arch)
)]
#![deny(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

#[cfg(feature = "std")]
extern crate std;

mod abi;
mod clock;
mod counter;
mod descriptor;
mod errno;
mod eventfd;
pub mod fd;
mod flags;
mod poll;
mod pollfd;
#[cfg(doc)]
#[doc = include_str!("../docs/python.md")]
pub mod python {}
mod sigmask;
mod signal;
mod signalfd;
pub mod sys;
mod time64;
mod timerfd;
pub mod trap;

/// The layouts of the kernel's structs, for the check against its headers.
#[doc(hidden)]
pub const LAYOUTS: [abi::Layouts; 2] = [abi::LAYOUTS, pollfd::LAYOUTS];

pub use clock::Clock;
pub use errno::{Errno, Result};
pub use eventfd::EventFd;
pub use flags::{EventFdFlags, PollFlags, SetTimeFlags, SignalFdFlags, TimerFdFlags};
pub use poll::poll;
pub use pollfd::PollFd;
pub use signal::{SigSet, Signal};
pub use signalfd::{SignalFd, SignalInfo};
pub use timerfd::{Armed, Tick, TimerFd, TimerSpec};
