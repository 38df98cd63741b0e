//! mips o32, n32 and n64, also release 6: `syscall`.
//!
//! - number in $2; the first four arguments in $4 to $7; the fifth and sixth at 16($sp) and 20($sp) (o32) or in $8 and
//!   $9
//! - result in $2; an error sets $7, with the errno in $2 as a positive number
//! - $1, $3, $8 to $15, $24, $25, hi and lo are clobbered; the others survive
//!
//! Source: `arch/mips/kernel/scall32-o32.S`, `scall64-n64.S`, `scall64-n32.S`; `arch/mips/include/asm/stackframe.h`,
//! `RESTORE_SOME` and its like; `arch/mips/include/uapi/asm/unistd.h`.
//!
//! `asm!` cannot name $1, hi and lo, and the compiler does keep values in $1 across an `asm!`. QEMU's user mode does
//! not show this. So the trap is a separate function: the calling convention lets a function clobber these registers.
//! The number is its last argument, so the other arguments are already where the kernel expects them. The symbol is
//! weak, because a program may contain two versions of this crate.

#[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
core::arch::global_asm!(
    ".set push
     .set noreorder
     .weak __barefd_syscall
     .hidden __barefd_syscall
     .type __barefd_syscall, @function
     .ent __barefd_syscall
     __barefd_syscall:
         lw $2, 24($sp)
         syscall
         beqz $7, 1f
          nop
         negu $2, $2
     1:  jr $ra
          nop
     .end __barefd_syscall
     .size __barefd_syscall, . - __barefd_syscall
     .set pop"
);

#[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
core::arch::global_asm!(
    ".set push
     .set noreorder
     .weak __barefd_syscall
     .hidden __barefd_syscall
     .type __barefd_syscall, @function
     .ent __barefd_syscall
     __barefd_syscall:
         move $2, $10
         syscall
         beqz $7, 1f
          nop
         dnegu $2, $2
     1:  jr $ra
          nop
     .end __barefd_syscall
     .size __barefd_syscall, . - __barefd_syscall
     .set pop"
);

unsafe extern "C" {
    fn __barefd_syscall(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, nr: usize) -> isize;
}

macro_rules! functions {
    ($($name:ident($($arg:ident),*) $($zero:literal)*;)*) => {$(
        #[inline(always)]
        pub(super) unsafe fn $name(nr: usize $(, $arg: usize)*) -> isize {
            // SAFETY: the caller's promise.
            unsafe { __barefd_syscall($($arg,)* $($zero,)* nr) }
        }
    )*};
}

functions! {
    syscall0() 0 0 0 0 0 0;
    syscall1(a) 0 0 0 0 0;
    syscall2(a, b) 0 0 0 0;
    syscall3(a, b, c) 0 0 0;
    syscall4(a, b, c, d) 0 0;
    syscall4_readonly(a, b, c, d) 0 0;
    syscall5(a, b, c, d, e) 0;
    syscall6(a, b, c, d, e, f);
}
