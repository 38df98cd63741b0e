//! hexagon: `trap0(#1)`.
//!
//! - number in r6, arguments in r0 to r5
//! - result in r0; an error is -4095..=-1. For a number that the kernel does not have, the result is -1 (`EPERM`), not
//!   `ENOSYS`
//! - every other register survives
//!
//! Source: `arch/hexagon/kernel/traps.c`, `do_trap0`; `arch/hexagon/kernel/vm_entry.S`.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and all others survive. The caller promises that the arguments
        // are valid for the system call.
        unsafe {
            core::arch::asm!(
                "trap0(#1)",
                in("r6") $nr,
                $(in($register) $arg,)*
                lateout("r0") ret,
                options(nostack, preserves_flags $(, $option)?),
            );
        }
        ret
    }};
}

functions!("r0" "r1" "r2" "r3" "r4" "r5");
