#![no_std]
#![deny(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
//! Start code for a static Linux binary without libc. [`entry!`] gives the binary `_start`, its arguments and
//! environment, and a panic handler. The crate `barefd-mem` has the memory functions that compiled code calls
//! (`memcpy`, `memmove`, `memset`, `memcmp`, `bcmp`, `strlen`).
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
//! The binary's package needs `panic = "abort"` in its profiles, `test = false` and `bench = false` for the binary, and
//! a `build.rs` that links without libc, at a fixed address:
//!
//! ```text
//! fn main() {
//!     for argument in ["-nostdlib", "-static", "-no-pie"] {
//!         println!("cargo::rustc-link-arg-bins={argument}");
//!     }
//! }
//! ```
//!
//! # A static PIE
//!
//! A static PIE is loaded at an address that differs each time. On x86_64, x86, aarch64 and riscv64 the start code
//! relocates it. Compile it with the target feature `crt-static` (`RUSTFLAGS=-Ctarget-feature=+crt-static`), and leave
//! out `-no-pie` in `build.rs`. For x86_64, also leave out `-static`: rustc makes a static PIE by itself. For the
//! others, write `-static-pie` instead of `-static` if the linker is a C compiler. If it is `rust-lld`, write `-static`
//! and `-pie`. Without the target feature, and on other architectures, the link of a PIE fails. The error names a
//! symbol that begins with `link_with_no_pie`.
//!
//! The kernel protects the pages that the program headers call read-only. Data that only relocations write (RELRO)
//! stays writable.
//!
//! # musl
//!
//! For a `*-linux-musl` target, rustc links the start code of musl. Only a flag of rustc leaves it out. A build script
//! cannot set that flag. Write in `.cargo/config.toml`:
//!
//! ```text
//! [target.'cfg(target_env = "musl")']
//! rustflags = ["-Clink-self-contained=no"]
//! ```
//!
//! # In a workspace
//!
//! The profiles are those of the workspace's `Cargo.toml`, also for this package. Another member of the workspace may
//! enable the feature `std` of barefd, or of another crate that both use. Then a command for the whole workspace
//! compiles this program with `std` too, and fails: `found duplicate lang item panic_impl` (E0152). Build the program
//! by its name (`cargo build -p NAME`) and the others without it (`cargo test --workspace --exclude NAME`). Or give the
//! program its own workspace.

#[cfg_attr(target_arch = "aarch64", path = "aarch64.rs")]
#[cfg_attr(target_arch = "arm", path = "arm.rs")]
#[cfg_attr(target_arch = "hexagon", path = "hexagon.rs")]
#[cfg_attr(target_arch = "loongarch64", path = "loongarch64.rs")]
#[cfg_attr(
    any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"),
    path = "mips.rs"
)]
#[cfg_attr(any(target_arch = "powerpc", target_arch = "powerpc64"), path = "powerpc.rs")]
#[cfg_attr(any(target_arch = "riscv32", target_arch = "riscv64"), path = "riscv.rs")]
#[cfg_attr(target_arch = "s390x", path = "s390x.rs")]
#[cfg_attr(any(target_arch = "sparc", target_arch = "sparc64"), path = "sparc.rs")]
#[cfg_attr(target_arch = "x86", path = "x86.rs")]
#[cfg_attr(target_arch = "x86_64", path = "x86_64.rs")]
#[cfg_attr(any(target_arch = "csky", target_arch = "m68k"), path = "missing.rs")]
mod isa;

mod auxv;
mod crt;
#[doc(hidden)]
pub mod outcome;
mod panic;
mod pie;
mod report;
mod streams;

// Nothing here calls the memory functions by name. This line makes the linker see them.
extern crate barefd_mem as _;

use core::ffi::{CStr, c_char};
use core::fmt::{self, Write};

use barefd::fd::{AsFd, BorrowedFd};
use barefd::{Errno, sys, trap};

pub use auxv::{Auxv, at};
#[doc(hidden)]
pub use panic::panic;
pub use streams::{open_standard_streams, open_standard_streams_at, stderr, stdin, stdout};

/// Makes `main`, a `fn(Args) -> impl Termination`, the main function of the program. It returns `()`, an exit status
/// (`i32`), a `Result` of one of these, or a type of its own with [`Termination`]. Or it never returns (`!`).
///
/// It defines the symbol `_start` and the panic handler. So use it once in a program, at the root of a crate that is
/// `#![no_std]` and `#![no_main]`.
///
/// If `main` returns an error, a line on standard error shows it: `error: ENOENT (2)`. The code for this line has about
/// 2 kB. `entry!(main, quiet)` leaves it out. Then only the exit status reports the error.
#[macro_export]
macro_rules! entry {
    ($main:path $(,)?) => {
        $crate::__entry! { $main, report }
    };
    ($main:path, quiet $(,)?) => {
        $crate::__entry! { $main, status }
    };
}

/// [`entry!`], with the method of [`Termination`] that gives the exit status.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($main:path, $status:ident) => {
        // `doc`: rustdoc may not know how a panic ends. `rust_analyzer`: it may have other settings than the build.
        #[allow(unexpected_cfgs, reason = "not every compiler knows rust_analyzer")]
        const _: () = {
            #[cfg(all(panic = "unwind", not(any(test, doc, rust_analyzer))))]
            ::core::compile_error!(
                "a program with barefd_start::entry! must abort on a panic. Write in the Cargo.toml of the package, or \
                 of the workspace if it is a member of one:

[profile.dev]
panic = \"abort\"

[profile.release]
panic = \"abort\"
"
            );

            #[cfg(not(any(doc, rust_analyzer)))]
            $crate::__no_crt_objects!();

            #[cfg(all(test, not(rust_analyzer)))]
            ::core::compile_error!(
                "a program with barefd_start::entry! has no test harness. Write in the Cargo.toml of its package, with \
                 the name of the program:

[[bin]]
name = \"NAME\"
path = \"src/main.rs\"
test = false
bench = false
"
            );
        };

        ::core::arch::global_asm!($crate::__start!(), start = sym __barefd_start);

        unsafe extern "C" fn __barefd_start(stack: *const usize) -> ! {
            // SAFETY: `_start` passes the stack pointer that the kernel started the program with.
            __barefd_main(unsafe { $crate::Args::from_stack(stack) })
        }

        // This is not in the unsafe function, so that an unsafe `main` does not compile.
        #[inline(always)]
        #[allow(unreachable_code, reason = "main may never return")]
        fn __barefd_main(args: $crate::Args) -> ! {
            $crate::__end($crate::outcome::Outcome::$status($main(args)))
        }

        #[cfg(not(test))]
        #[panic_handler]
        fn __barefd_panic(info: &::core::panic::PanicInfo<'_>) -> ! {
            $crate::panic(info)
        }

        // The compiled `core` and `alloc` that come with the compiler can unwind, so they refer to these functions.
        // This program aborts on a panic, so nobody calls them. The first one is empty on purpose. LLVM knows it by its
        // name, and must not merge it with a function that has the same code.
        #[unsafe(export_name = "rust_eh_personality")]
        extern "C" fn __barefd_personality() {}

        #[unsafe(export_name = "_Unwind_Resume")]
        extern "C" fn __barefd_resume() -> ! {
            $crate::exit(101)
        }

        // The `core` of some compilers has C functions with stack protection, for example Debian's for aarch64. The
        // guard is a constant: it detects a mistake, and does not stop an attacker.
        #[unsafe(export_name = "__stack_chk_guard")]
        static __BAREFD_GUARD: usize = 0x000a_ff0d;

        #[unsafe(export_name = "__stack_chk_fail")]
        extern "C" fn __barefd_smashed() -> ! {
            $crate::exit(101)
        }
    };
}

/// The program's arguments, environment and auxiliary vector, as the kernel put them on the stack (`fs/binfmt_elf.c`).
#[derive(Clone, Copy)]
pub struct Args {
    argv: Strings,
    envp: Strings,
}

impl Args {
    /// # Safety
    ///
    /// `stack` must be the stack pointer that the kernel started the program with.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub unsafe fn from_stack(stack: *const usize) -> Self {
        // SAFETY: the stack holds argc, then argc pointers and a null (argv), then pointers and a null (envp).
        unsafe {
            let argc = *stack;
            let argv = stack.add(1).cast();
            Self { argv: Strings { next: argv }, envp: Strings { next: argv.add(argc + 1) } }
        }
    }

    /// The arguments. By convention the first is the program's name. There may be no arguments at all.
    #[inline]
    #[must_use]
    pub fn iter(self) -> Strings {
        self.argv
    }

    /// The environment: strings of the form `NAME=value`.
    #[inline]
    #[must_use]
    pub fn env(self) -> Strings {
        self.envp
    }
}

/// The arguments, as a list of strings.
impl fmt::Debug for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.argv, f)
    }
}

impl IntoIterator for Args {
    type Item = &'static CStr;
    type IntoIter = Strings;

    #[inline]
    fn into_iter(self) -> Strings {
        self.argv
    }
}

/// The strings of [`Args`], in order.
#[derive(Clone, Copy)]
pub struct Strings {
    next: *const *const c_char,
}

/// The strings that are left, as a list.
impl fmt::Debug for Strings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

impl Iterator for Strings {
    type Item = &'static CStr;

    #[inline]
    fn next(&mut self) -> Option<&'static CStr> {
        // SAFETY: `next` points into an array that ends with a null, and never goes beyond the null. The strings stay
        // where the kernel put them, as long as the program runs.
        unsafe {
            let string = *self.next;
            if string.is_null() {
                return None;
            }
            self.next = self.next.add(1);
            Some(CStr::from_ptr(string))
        }
    }
}

/// What `main` may return: the exit status of the program.
///
/// A program can implement it for a type of its own. An error type of its own needs `From` alone: with
/// `impl From<MyError> for Errno`, a `main` that returns a [`barefd::Result`] takes such errors by `?`.
pub trait Termination: Sized {
    /// The exit status. The parent sees its low 8 bits.
    fn status(self) -> i32;

    /// The exit status, after a line on standard error if the value is an error. System call: `write` for the line. A
    /// failed write is ignored, because the status reports the error too.
    #[inline]
    fn report(self) -> i32 {
        self.status()
    }
}

impl Termination for () {
    #[inline]
    fn status(self) -> i32 {
        0
    }
}

impl Termination for i32 {
    #[inline]
    fn status(self) -> i32 {
        self
    }
}

/// The status of the value, or the number of the error: `Err(Errno::INVAL)` is 22. It is never 0 for an error: a number
/// above 255 does not fit, and is 255.
impl<T: Termination> Termination for barefd::Result<T> {
    #[inline]
    fn status(self) -> i32 {
        match self {
            Ok(value) => value.status(),
            Err(errno) => errno.raw_os_error().min(255),
        }
    }

    fn report(self) -> i32 {
        match self {
            Ok(value) => value.report(),
            Err(errno) => {
                report::error(errno);
                Err::<T, _>(errno).status()
            }
        }
    }
}

/// Ends the program. It prints nothing, also if `status` is an error. No destructor runs. System call: `exit_group`.
#[inline]
pub fn exit(status: impl Termination) -> ! {
    sys::exit_group(status.status())
}

/// [`sys::exit_group`] inlined, for the end of `main`: the compiler does not inline a `main` before a call that never
/// returns.
#[doc(hidden)]
#[inline]
pub fn __end(status: i32) -> ! {
    loop {
        // SAFETY: no pointer, and nothing runs afterwards.
        let _ = unsafe { trap::syscall1(trap::nr::EXIT_GROUP, status as usize) };
    }
}

/// Writes all of `bytes`. System call: `write`, again after `EINTR`, and again for the bytes that are left.
///
/// # Errors
///
/// Those of `write`, except `EINTR`; [`Errno::IO`] if it writes nothing.
pub fn write_all(fd: impl AsFd, bytes: &[u8]) -> barefd::Result<()> {
    // One copy in the program, not one for each type of descriptor.
    fn write_all(fd: BorrowedFd<'_>, mut bytes: &[u8]) -> barefd::Result<()> {
        while !bytes.is_empty() {
            match sys::write(fd, bytes) {
                Ok(0) => return Err(Errno::IO),
                Ok(written) => match bytes.get(written..) {
                    Some(rest) => bytes = rest,
                    None => return Err(Errno::IO),
                },
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }
    write_all(fd.as_fd(), bytes)
}

/// Prints a line on standard output, like the standard library's macro of that name.
///
/// A failed write is ignored. If your program needs the error, use [`print()`], which returns it.
///
/// System calls: those of [`print()`].
#[macro_export]
macro_rules! println {
    () => {
        $crate::__print($crate::stdout(), ::core::format_args!("\n"))
    };
    ($($text:tt)*) => {
        $crate::__print($crate::stdout(), ::core::format_args!("{}\n", ::core::format_args!($($text)*)))
    };
}

/// Prints a line on standard error, like the standard library's macro of that name.
///
/// A failed write is ignored. If your program needs the error, use [`print()`], which returns it.
///
/// System calls: those of [`print()`].
#[macro_export]
macro_rules! eprintln {
    () => {
        $crate::__print($crate::stderr(), ::core::format_args!("\n"))
    };
    ($($text:tt)*) => {
        $crate::__print($crate::stderr(), ::core::format_args!("{}\n", ::core::format_args!($($text)*)))
    };
}

#[doc(hidden)]
pub fn __print(fd: BorrowedFd<'_>, text: fmt::Arguments<'_>) {
    let _ = print(fd, text);
}

/// Writes formatted text: `print(stdout(), format_args!("{n} beats\n"))`. It writes up to 256 bytes in one piece, so
/// that the lines of several threads or processes do not mix.
///
/// System calls: those of [`write_all`].
///
/// # Errors
///
/// Those of [`write_all`]; [`Errno::INVAL`] if an argument's own formatting fails.
pub fn print(fd: impl AsFd, text: fmt::Arguments<'_>) -> barefd::Result<()> {
    // One copy in the program, not one for each call.
    fn print(fd: BorrowedFd<'_>, text: fmt::Arguments<'_>) -> barefd::Result<()> {
        let mut out = Buffered { fd, bytes: [0; 256], len: 0, result: Ok(()) };
        let formatted = out.write_fmt(text);
        out.flush();
        out.result.and(formatted.map_err(|fmt::Error| Errno::INVAL))
    }
    print(fd.as_fd(), text)
}

struct Buffered<'fd> {
    fd: BorrowedFd<'fd>,
    bytes: [u8; 256],
    len: usize,
    result: barefd::Result<()>,
}

impl Buffered<'_> {
    fn flush(&mut self) {
        let text = self.bytes.get(..self.len).unwrap_or_default();
        self.len = 0;
        self.result = self.result.and_then(|()| write_all(self.fd, text));
    }
}

impl Write for Buffered<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for &byte in text.as_bytes() {
            if self.len == self.bytes.len() {
                self.flush();
            }
            if let Some(slot) = self.bytes.get_mut(self.len) {
                *slot = byte;
                self.len += 1;
            }
        }
        self.result.map_err(|_| fmt::Error)
    }
}
