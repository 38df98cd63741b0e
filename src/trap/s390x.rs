//! s390x: `svc 0`.
//!
//! - number in r1, arguments in r2 to r7
//! - result in r2; an error is -4095..=-1
//! - every other register and the condition code survive
//!
//! Source: `arch/s390/kernel/entry.S`, `system_call`; `arch/s390/kernel/syscall.c`, `__do_syscall`, which takes the number
//! from r1 if the number in the instruction is 0.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and all others survive. The caller promises that the arguments
        // are valid for the system call.
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

functions!("r2" "r3" "r4" "r5" "r6" "r7");
