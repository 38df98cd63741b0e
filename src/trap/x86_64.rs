//! x86_64 and x32: `syscall`.
//!
//! - number in rax (x32: with bit 30 set), arguments in rdi, rsi, rdx, r10, r8, r9
//! - result in rax; an error is -4095..=-1
//! - the instruction leaves the return address in rcx and the flags in r11. The kernel restores the flags from r11, and
//!   restores every other register
//!
//! Source: `arch/x86/entry/entry_64.S`, `entry_SYSCALL_64`; Intel SDM volume 2, `SYSCALL`.
//!
//! Operands are widened to 64 bits. On x32 this zero-extends pointers, as the kernel expects. A narrower operand would
//! leave the upper half of its register undefined.

macro_rules! trap {
    ([$($option:ident),*] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: u64;
        // SAFETY: the registers are those of the ABI, the assembly names everything that the trap clobbers, and the
        // flags survive. The caller promises that the arguments are valid for the system call.
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

functions!("rdi" "rsi" "rdx" "r10" "r8" "r9");
