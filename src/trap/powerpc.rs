//! powerpc and powerpc64, both endians: `sc`.
//!
//! - number in r0, arguments in r3 to r8
//! - result in r3; an error sets the summary overflow bit of cr0, with the errno in r3 as a positive number
//! - r0, r4 to r12, cr0, ctr and xer are clobbered; the others survive
//!
//! Source: `Documentation/arch/powerpc/syscall64-abi.rst`; `arch/powerpc/kernel/interrupt_64.S`, `system_call_common`,
//! and `entry_32.S`, `transfer_to_syscall`.
//!
//! The 64-bit kernel returns with a zero in ctr. If the assembly did not name ctr, a counted loop around a trap could
//! keep its counter there and never end. QEMU's user mode does not show this. The trap does not use `scv`, which faults
//! on kernels and processors that do not have it.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and the assembly names everything that the trap clobbers. The
        // caller promises that the arguments are valid for the system call.
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

functions!("r3" "r4" "r5" "r6" "r7" "r8");
