//! loongarch64: `syscall 0`.
//!
//! - number in $a7, arguments in $a0 to $a5
//! - result in $a0; an error is -4095..=-1
//! - $t0 to $t8 are clobbered; the others survive, floating-point and vector registers included
//!
//! Source: `arch/loongarch/kernel/entry.S`, `handle_syscall`, which saves all but the temporary registers;
//! `Documentation/arch/loongarch/introduction.rst`.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and what the trap clobbers is named. What the kernel does with the
        // arguments is the caller's promise.
        unsafe {
            core::arch::asm!(
                "syscall 0",
                in("$a7") $nr,
                $(in($register) $arg,)*
                lateout("$a0") ret,
                lateout("$t0") _, lateout("$t1") _, lateout("$t2") _, lateout("$t3") _, lateout("$t4") _,
                lateout("$t5") _, lateout("$t6") _, lateout("$t7") _, lateout("$t8") _,
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
    trap!([] nr "$a0" = a)
}

#[inline(always)]
pub(super) unsafe fn syscall2(nr: usize, a: usize, b: usize) -> isize {
    trap!([] nr "$a0" = a, "$a1" = b)
}

#[inline(always)]
pub(super) unsafe fn syscall3(nr: usize, a: usize, b: usize, c: usize) -> isize {
    trap!([] nr "$a0" = a, "$a1" = b, "$a2" = c)
}

#[inline(always)]
pub(super) unsafe fn syscall4(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([] nr "$a0" = a, "$a1" = b, "$a2" = c, "$a3" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall4_readonly(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([readonly] nr "$a0" = a, "$a1" = b, "$a2" = c, "$a3" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall5(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    trap!([] nr "$a0" = a, "$a1" = b, "$a2" = c, "$a3" = d, "$a4" = e)
}

#[inline(always)]
pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    trap!([] nr "$a0" = a, "$a1" = b, "$a2" = c, "$a3" = d, "$a4" = e, "$a5" = f)
}
