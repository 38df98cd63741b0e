//! Linux event, timer, signal and process file descriptors without libc, and what it takes to wait for them.
//!
//! barefd has safe types for `eventfd2`, `timerfd_create`, `timerfd_settime`, `timerfd_gettime`, `signalfd4`,
//! `pidfd_open`, `read`, `write`, `poll`, `epoll_create1`, `epoll_ctl`, `epoll_pwait2` and the calls that belong to
//! them. Inline assembly issues them with the system call numbers of the target's ABI. The types are for `#![no_std]`
//! programs: static and freestanding binaries, minimal init processes, and hosted programs.
//!
//! A whole program, a loop over a timer and an event counter:
//!
//! ```
//! use barefd::{Clock, EventFd, PollFd, PollFlags, Result, Tick, TimerFd, poll};
//! use core::time::Duration;
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
//!         // Read each readable descriptor. A descriptor that is not read is ready again at once.
//!         if fds[0].is_readable() {
//!             match timer.take()? {
//!                 Some(Tick::Expired(n)) => event.write(n.get())?,
//!                 Some(Tick::ClockChanged) | None => {}
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
//! With the feature `std`, [`fd`] is the standard library's own `std::os::fd`. So the types work with tokio's `AsyncFd`
//! and everything else that takes a descriptor, and `?` converts an [`Errno`] to a `std::io::Error`. **Enable it in
//! hosted programs.** `docs/loops.md` in the repository has whole programs with tokio, mio, polling, async-io, rustix and
//! nix.
//!
//! # Overview
//!
//! - [`EventFd`]: a counter that is readable while it is not zero; a wake-up, or a semaphore
//! - [`TimerFd`]: a timer on a [`Clock`] that is readable once it has expired
//! - [`SignalFd`]: reads the signals of a [`SigSet`] that the thread blocks, instead of a handler
//! - [`PidFd`]: a process, readable once it has ended; its [`ExitStatus`]
//! - [`poll()`]: waits for these, and for any other descriptor, in [`PollFd`]s
//! - [`Epoll`]: a set of descriptors that the kernel keeps, for many of them or for a loop that owns them
//! - [`Errno`]: the error of every call
//! - [`fd`]: owned and borrowed descriptors
//! - [`sys`]: each system call as one function, without a policy
//! - [`trap`]: any system call by its number
//! - [`python`]: what replaces the functions of Python's `os`
//!
//! The types repeat a call that a signal handler interrupted. They distinguish "nothing there" from a value. On a
//! 32-bit ABI they try [the 64-bit time calls first](#times-on-32-bit-abis). The documentation of each method lists the
//! system calls that it issues. It issues no others, so a seccomp filter can be written from the documentation.
//!
//! Whether a call blocks depends on the descriptor and not on the type: `O_NONBLOCK` is part of the open file
//! description, which others may share. So `take` waits on a blocking descriptor, and `wait` waits on a blocking and on
//! a non-blocking one. There are two exceptions: [`PidFd::take`] never waits, and [`Epoll::wait`] waits as long as its
//! timeout says.
//!
//! [`poll()`] needs no descriptor of its own, but the kernel looks at each entry each time. [`Epoll`] costs as much as
//! what is ready. To wake a thread use an [`EventFd`], to wake at a time use a [`TimerFd`].
//!
//! Nothing here panics, allocates, or keeps state outside the descriptors.
//!
//! # A freestanding binary
//!
//! Such a binary has no libc, no `std` and no allocator. The crate `barefd-start` gives it `_start`, the arguments, and
//! the memory functions that compiled code calls. `src/main.rs`:
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
//! `Cargo.toml` needs `panic = "abort"` in the profiles `dev` and `release`, and `test = false` and `bench = false` for
//! the binary.
//!
//! An init process may start with descriptors 0 to 2 closed. The first descriptors that it makes then get these
//! numbers, and code that writes to "standard output" writes into them. Open three descriptors (`/dev/console` or
//! `/dev/null`) before anything else. `try_clone` never uses these numbers. [`SignalFd`](SignalFd#process-1) says how
//! an init learns that a child ended, and that it must shut down.
//!
//! # Wake-ups and memory
//!
//! A read that saw a write happens after everything that the writer did before the write. The writer may be another
//! thread or, on shared memory, another process. [`EventFd`](EventFd#ordering) says what this makes unnecessary, and
//! what not.
//!
//! # Times on 32-bit ABIs
//!
//! Most 32-bit ABIs have two calls for each purpose that needs a time: the old one has 32 bits for the seconds, and the
//! one of Linux 5.1 has 64. The types issue the second one. They issue the old one only if the kernel answers `ENOSYS`,
//! and only for a time that fits. Any other error, such as a filter's `EPERM`, is the result.
//!
//! Some filters kill the process at a call that they do not know. Android up to version 10 does so with the 64-bit
//! calls of 32-bit programs. **The feature `time32-first` is for such systems only: the old call comes first.** It is
//! a choice for the whole program, because cargo joins the features that its crates ask for. It does nothing on ABIs
//! that have only one kind of these calls. With it:
//!
//! - `timerfd_settime` arms a timer. If one of the times has more than `i32::MAX` seconds, `timerfd_settime64` arms it,
//!   and a filter that kills at that call ends the process. `i32::MAX` seconds are 68 years. For a deadline on
//!   `Realtime`, they end in January 2038.
//! - [`get`](TimerFd::get) issues `timerfd_gettime`. The old calls give the low 32 bits of the seconds, also to
//!   [`replace`](TimerFd::replace). That is the whole time up to `u32::MAX` seconds, which are 136 years. Only a timer
//!   that the 64-bit call armed can have a longer time. Nothing in the answer shows that such a time is cut.
//! - [`poll()`] with a timeout issues `ppoll`. A timeout of more than `i32::MAX` seconds means for ever.
//! - [`Clock::now`] issues `clock_gettime`, which wraps on `Realtime` in January 2038. From then on the result is
//!   [`OVERFLOW`](Errno::OVERFLOW). From February 2106 on the result begins again at 1970.
//! - Each of them issues the 64-bit call if the old one is `ENOSYS` (a kernel without `CONFIG_COMPAT_32BIT_TIME`).
//! - [`Epoll::wait`] issues `epoll_pwait` and rounds a timeout up to whole milliseconds. `epoll_pwait2` of Linux 5.11
//!   is left out.
//!
//! # Targets
//!
//! Linux and Android, on every ABI that has a table in `arch/`. For any other target the build fails and says what is
//! missing.
//!
//! - stable Rust: x86_64, x86, aarch64, arm, riscv64, riscv32, loongarch64, s390x, powerpc and powerpc64 (powerpc and
//!   powerpc64 from 1.95 on)
//! - a nightly compiler and the feature `nightly`: mips, sparc, sparc64 and hexagon. The feature does nothing on other
//!   targets
//!
//! The README's table says which targets were built, run under QEMU and run on a real kernel. Nothing here runs under
//! Miri, because Miri has no inline assembly.
//!
//! # Compilers
//!
//! Rust 1.85. The feature `syscalls` (conversion to and from `syscalls::Errno`) needs 1.87.

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
mod bits;
mod clock;
mod counter;
mod descriptor;
mod epoll;
mod epollevent;
mod errno;
mod eventfd;
pub mod fd;
mod flags;
mod pidfd;
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

/// Which call with a time comes first, for the cases that depend on it.
#[doc(hidden)]
pub use time64::TIME32_FIRST;

pub use clock::Clock;
pub use epoll::Epoll;
pub use epollevent::EpollEvent;
pub use errno::{Errno, Result};
pub use eventfd::EventFd;
pub use flags::{
    EpollCreateFlags, EpollFlags, EventFdFlags, PidFdFlags, PollFlags, SetTimeFlags, SignalFdFlags, TimerFdFlags,
    WaitFlags,
};
pub use pidfd::{ExitStatus, PidFd};
pub use poll::poll;
pub use pollfd::PollFd;
pub use signal::{SigSet, Signal};
pub use signalfd::{SignalFd, SignalInfo};
pub use timerfd::{Armed, Tick, TimerFd, TimerSpec};
