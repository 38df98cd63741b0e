//! m68k: `trap #0`.
//!
//! - number in d0, arguments in d1 to d5 and a0
//! - result in d0; an error is -4095..=-1
//! - every other register survives
//!
//! Source: `arch/m68k/kernel/entry.S`, `system_call`.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and all others survive. What the kernel does with the arguments is
        // the caller's promise.
        unsafe {
            core::arch::asm!(
                "trap #0",
                inlateout("d0") $nr => ret,
                $(in($register) $arg,)*
                options(nostack $(, $option)?),
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
    trap!([] nr "d1" = a)
}

#[inline(always)]
pub(super) unsafe fn syscall2(nr: usize, a: usize, b: usize) -> isize {
    trap!([] nr "d1" = a, "d2" = b)
}

#[inline(always)]
pub(super) unsafe fn syscall3(nr: usize, a: usize, b: usize, c: usize) -> isize {
    trap!([] nr "d1" = a, "d2" = b, "d3" = c)
}

#[inline(always)]
pub(super) unsafe fn syscall4(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([] nr "d1" = a, "d2" = b, "d3" = c, "d4" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall4_readonly(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([readonly] nr "d1" = a, "d2" = b, "d3" = c, "d4" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall5(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    trap!([] nr "d1" = a, "d2" = b, "d3" = c, "d4" = d, "d5" = e)
}

#[inline(always)]
pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    trap!([] nr "d1" = a, "d2" = b, "d3" = c, "d4" = d, "d5" = e, "a0" = f)
}
