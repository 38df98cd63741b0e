//! csky v2: `trap 0`.
//!
//! - number in r7, arguments in r0 to r5
//! - result in r0; an error is -4095..=-1. For a number that the kernel does not have, the result is the first argument
//! - every other register survives
//!
//! Source: `arch/csky/kernel/entry.S`, `csky_systemcall`.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, the code restores r7, and all others survive. The caller promises
        // that the arguments are valid for the system call.
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

functions!("r0" "r1" "r2" "r3" "r4" "r5");
