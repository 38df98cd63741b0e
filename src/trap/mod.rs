//! The trap into the kernel: a system call by its number, and nothing else.
//!
//! Each function takes a number from [`nr`] and as many arguments as its name says, and returns the kernel's result. On
//! every instruction set, a result in `-4095..=-1` is a negated errno. This is also so if the kernel reports errors in
//! a flag or in a separate register. [`Errno::from_ret`](crate::Errno::from_ret) distinguishes an errno from a value.
//!
//! The compiler assumes that a trap reads and writes any memory that the program may read and write.
//!
//! ```
//! use barefd::{Errno, trap};
//!
//! // SAFETY: close takes no pointer, and -1 is never a descriptor.
//! let ret = unsafe { trap::syscall1(trap::nr::CLOSE, usize::MAX) };
//! assert_eq!(Errno::from_ret(ret), Err(Errno::BADF));
//! ```

/// Makes the functions of an instruction set from its `trap!` and from the registers that carry the arguments.
#[allow(unused_macros, reason = "where no register can be named, the functions are written out")]
macro_rules! functions {
    ($a:tt $b:tt $c:tt) => {
        #[inline(always)]
        pub(super) unsafe fn syscall0(nr: usize) -> isize {
            trap!([] nr)
        }

        #[inline(always)]
        pub(super) unsafe fn syscall1(nr: usize, a: usize) -> isize {
            trap!([] nr $a = a)
        }

        #[inline(always)]
        pub(super) unsafe fn syscall2(nr: usize, a: usize, b: usize) -> isize {
            trap!([] nr $a = a, $b = b)
        }

        #[inline(always)]
        pub(super) unsafe fn syscall3(nr: usize, a: usize, b: usize, c: usize) -> isize {
            trap!([] nr $a = a, $b = b, $c = c)
        }
    };
    ($a:tt $b:tt $c:tt $d:tt $e:tt) => {
        functions!($a $b $c);

        #[inline(always)]
        pub(super) unsafe fn syscall4(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
            trap!([] nr $a = a, $b = b, $c = c, $d = d)
        }

        #[inline(always)]
        pub(super) unsafe fn syscall4_readonly(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
            trap!([readonly] nr $a = a, $b = b, $c = c, $d = d)
        }

        #[inline(always)]
        pub(super) unsafe fn syscall5(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
            trap!([] nr $a = a, $b = b, $c = c, $d = d, $e = e)
        }
    };
    ($a:tt $b:tt $c:tt $d:tt $e:tt $f:tt) => {
        functions!($a $b $c $d $e);

        #[inline(always)]
        pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
            trap!([] nr $a = a, $b = b, $c = c, $d = d, $e = e, $f = f)
        }
    };
}

#[cfg_attr(target_arch = "aarch64", path = "aarch64.rs")]
#[cfg_attr(target_arch = "arm", path = "arm.rs")]
#[cfg_attr(target_arch = "loongarch64", path = "loongarch64.rs")]
#[cfg_attr(any(target_arch = "powerpc", target_arch = "powerpc64"), path = "powerpc.rs")]
#[cfg_attr(any(target_arch = "riscv32", target_arch = "riscv64"), path = "riscv.rs")]
#[cfg_attr(target_arch = "s390x", path = "s390x.rs")]
#[cfg_attr(target_arch = "x86", path = "x86.rs")]
#[cfg_attr(target_arch = "x86_64", path = "x86_64.rs")]
#[cfg_attr(all(target_arch = "csky", feature = "nightly"), path = "csky.rs")]
#[cfg_attr(all(target_arch = "hexagon", feature = "nightly"), path = "hexagon.rs")]
#[cfg_attr(all(target_arch = "m68k", feature = "nightly"), path = "m68k.rs")]
#[cfg_attr(
    all(
        any(target_arch = "mips", target_arch = "mips32r6", target_arch = "mips64", target_arch = "mips64r6"),
        feature = "nightly"
    ),
    path = "mips.rs"
)]
#[cfg_attr(all(any(target_arch = "sparc", target_arch = "sparc64"), feature = "nightly"), path = "sparc.rs")]
#[cfg_attr(
    not(any(
        target_arch = "aarch64",
        target_arch = "arm",
        target_arch = "loongarch64",
        target_arch = "powerpc",
        target_arch = "powerpc64",
        target_arch = "riscv32",
        target_arch = "riscv64",
        target_arch = "s390x",
        target_arch = "x86",
        target_arch = "x86_64",
        feature = "nightly"
    )),
    path = "missing.rs"
)]
mod isa;

pub use crate::abi::nr;

macro_rules! traps {
    ($($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident),*);)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        ///
        /// The arguments must be what the system call `nr` expects. Memory that it reads or writes must be valid for
        /// that. The caller must own the descriptors that it closes or replaces. Everything else that the call does to
        /// the process must be sound for the program.
        #[inline(always)]
        #[must_use]
        #[allow(clippy::too_many_arguments, reason = "a system call has a number and up to six arguments")]
        $vis unsafe fn $name(nr: usize $(, $arg: usize)*) -> isize {
            // SAFETY: the caller's promise.
            unsafe { isa::$name(nr $(, $arg)*) }
        }
    )*};
}

traps! {
    /// System call `nr` without arguments.
    pub fn syscall0();
    /// System call `nr` with one argument.
    pub fn syscall1(a);
    /// System call `nr` with two arguments.
    pub fn syscall2(a, b);
    /// System call `nr` with three arguments.
    pub fn syscall3(a, b, c);
    /// System call `nr` with four arguments.
    pub fn syscall4(a, b, c, d);
    /// System call `nr` with five arguments.
    pub fn syscall5(a, b, c, d, e);
    /// System call `nr` with six arguments.
    pub fn syscall6(a, b, c, d, e, f);

    /// System call `nr` with four arguments. It may read the program's memory, but it must not write memory and must
    /// not block. So the compiler may keep what it knows about memory.
    pub(crate) fn syscall4_readonly(a, b, c, d);
}
