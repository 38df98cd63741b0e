//! x86_64 and x32: `syscall`.
//!
//! - number in rax (x32: with bit 30 set), arguments in rdi, rsi, rdx, r10, r8, r9
//! - result in rax; an error is -4095..=-1
//! - the instruction leaves the return address in rcx and the flags in r11; the kernel restores the flags from r11 and
//!   every other register
//!
//! Source: `arch/x86/entry/entry_64.S`, `entry_SYSCALL_64`; Intel SDM volume 2, `SYSCALL`.
//!
//! Operands are widened to 64 bits, which on x32 zero-extends pointers as the kernel wants them: a narrower operand would
//! leave the upper half of its register undefined.

macro_rules! trap {
    ([$($option:ident),*] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: u64;
        // SAFETY: the registers are those of the ABI, what the trap clobbers is named, and the flags survive. What the
        // kernel does with the arguments is the caller's promise.
        unsafe {
            core::arch::asm!(
                "syscall",
                inlateout("rax") $nr as u64 => ret,
                $(in($register) $arg as u64,)*
                lateout("rcx") _,
                lateout("r11") _,
                options(nostack, preserves_flags $(, $option)*),
            );
        }
        ret as isize
    }};
}

#[inline(always)]
pub(super) unsafe fn syscall0(nr: usize) -> isize {
    trap!([] nr)
}

#[inline(always)]
pub(super) unsafe fn syscall1(nr: usize, a: usize) -> isize {
    trap!([] nr "rdi" = a)
}

#[inline(always)]
pub(super) unsafe fn syscall2(nr: usize, a: usize, b: usize) -> isize {
    trap!([] nr "rdi" = a, "rsi" = b)
}

#[inline(always)]
pub(super) unsafe fn syscall3(nr: usize, a: usize, b: usize, c: usize) -> isize {
    trap!([] nr "rdi" = a, "rsi" = b, "rdx" = c)
}

#[inline(always)]
pub(super) unsafe fn syscall4(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([] nr "rdi" = a, "rsi" = b, "rdx" = c, "r10" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall4_readonly(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([readonly] nr "rdi" = a, "rsi" = b, "rdx" = c, "r10" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall5(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    trap!([] nr "rdi" = a, "rsi" = b, "rdx" = c, "r10" = d, "r8" = e)
}

#[inline(always)]
pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    trap!([] nr "rdi" = a, "rsi" = b, "rdx" = c, "r10" = d, "r8" = e, "r9" = f)
}
