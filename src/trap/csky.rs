//! csky v2: `trap 0`.
//!
//! - number in r7, arguments in r0 to r5
//! - result in r0; an error is -4095..=-1. A number that the kernel does not have gives the first argument back
//! - every other register survives
//!
//! Source: `arch/csky/kernel/entry.S`, `csky_systemcall`.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, r7 gets its value back, and all others survive. What the kernel does
        // with the arguments is the caller's promise.
        unsafe {
            core::arch::asm!(
                "mov {saved}, r7",
                "mov r7, {nr}",
                "trap 0",
                "mov r7, {saved}",
                saved = out(reg) _,
                nr = in(reg) $nr,
                $(in($register) $arg,)*
                lateout("r0") ret,
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
    trap!([] nr "r0" = a)
}

#[inline(always)]
pub(super) unsafe fn syscall2(nr: usize, a: usize, b: usize) -> isize {
    trap!([] nr "r0" = a, "r1" = b)
}

#[inline(always)]
pub(super) unsafe fn syscall3(nr: usize, a: usize, b: usize, c: usize) -> isize {
    trap!([] nr "r0" = a, "r1" = b, "r2" = c)
}

#[inline(always)]
pub(super) unsafe fn syscall4(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([] nr "r0" = a, "r1" = b, "r2" = c, "r3" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall4_readonly(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([readonly] nr "r0" = a, "r1" = b, "r2" = c, "r3" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall5(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    trap!([] nr "r0" = a, "r1" = b, "r2" = c, "r3" = d, "r4" = e)
}

#[inline(always)]
pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    trap!([] nr "r0" = a, "r1" = b, "r2" = c, "r3" = d, "r4" = e, "r5" = f)
}
