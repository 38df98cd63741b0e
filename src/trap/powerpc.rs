//! powerpc and powerpc64, both endians: `sc`.
//!
//! - number in r0, arguments in r3 to r8
//! - result in r3; an error sets the summary overflow bit of cr0, with the errno in r3 as a positive number
//! - r0, r4 to r12, cr0, ctr and xer are clobbered; the others survive
//!
//! Source: `Documentation/arch/powerpc/syscall64-abi.rst`; `arch/powerpc/kernel/interrupt_64.S`, `system_call_common`,
//! and `entry_32.S`, `transfer_to_syscall`.
//!
//! The 64-bit kernel returns with ctr zero. Unless it is named, a counted loop around a trap keeps its counter there and
//! never ends; QEMU user mode does not show it. `scv` is not used: it faults on kernels and processors without it.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and what the trap clobbers is named. What the kernel does with the
        // arguments is the caller's promise.
        unsafe {
            core::arch::asm!(
                "sc",
                "bns 2f",
                "neg 3, 3",
                "2:",
                inlateout("r0") $nr => _,
                $(in($register) $arg,)*
                lateout("r3") ret,
                lateout("r4") _, lateout("r5") _, lateout("r6") _, lateout("r7") _, lateout("r8") _,
                lateout("r9") _, lateout("r10") _, lateout("r11") _, lateout("r12") _,
                lateout("cr0") _, lateout("ctr") _, lateout("xer") _,
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
    trap!([] nr "r3" = a)
}

#[inline(always)]
pub(super) unsafe fn syscall2(nr: usize, a: usize, b: usize) -> isize {
    trap!([] nr "r3" = a, "r4" = b)
}

#[inline(always)]
pub(super) unsafe fn syscall3(nr: usize, a: usize, b: usize, c: usize) -> isize {
    trap!([] nr "r3" = a, "r4" = b, "r5" = c)
}

#[inline(always)]
pub(super) unsafe fn syscall4(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([] nr "r3" = a, "r4" = b, "r5" = c, "r6" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall4_readonly(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([readonly] nr "r3" = a, "r4" = b, "r5" = c, "r6" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall5(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    trap!([] nr "r3" = a, "r4" = b, "r5" = c, "r6" = d, "r7" = e)
}

#[inline(always)]
pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    trap!([] nr "r3" = a, "r4" = b, "r5" = c, "r6" = d, "r7" = e, "r8" = f)
}
