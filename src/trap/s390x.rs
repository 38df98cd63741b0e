//! s390x: `svc 0`.
//!
//! - number in r1, arguments in r2 to r7
//! - result in r2; an error is -4095..=-1
//! - every other register and the condition code survive
//!
//! Source: `arch/s390/kernel/entry.S`, `system_call`; `arch/s390/kernel/syscall.c`, `__do_syscall`, which takes the number
//! from r1 where that of the instruction is 0.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and all others survive. What the kernel does with the arguments is
        // the caller's promise.
        unsafe {
            core::arch::asm!(
                "svc 0",
                in("r1") $nr,
                $(in($register) $arg,)*
                lateout("r2") ret,
                options(nostack, preserves_flags $(, $option)?),
            );
        }
        ret
    }};
}

#[inline(always)]
pub(super) unsafe fn syscall0(nr: usize) -> isize {
    trap!([] nr)
}

#[inline(always)]
pub(super) unsafe fn syscall1(nr: usize, a: usize) -> isize {
    trap!([] nr "r2" = a)
}

#[inline(always)]
pub(super) unsafe fn syscall2(nr: usize, a: usize, b: usize) -> isize {
    trap!([] nr "r2" = a, "r3" = b)
}

#[inline(always)]
pub(super) unsafe fn syscall3(nr: usize, a: usize, b: usize, c: usize) -> isize {
    trap!([] nr "r2" = a, "r3" = b, "r4" = c)
}

#[inline(always)]
pub(super) unsafe fn syscall4(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([] nr "r2" = a, "r3" = b, "r4" = c, "r5" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall4_readonly(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([readonly] nr "r2" = a, "r3" = b, "r4" = c, "r5" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall5(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    trap!([] nr "r2" = a, "r3" = b, "r4" = c, "r5" = d, "r6" = e)
}

#[inline(always)]
pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    trap!([] nr "r2" = a, "r3" = b, "r4" = c, "r5" = d, "r6" = e, "r7" = f)
}
