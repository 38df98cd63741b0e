//! hexagon: `trap0(#1)`.
//!
//! - number in r6, arguments in r0 to r5
//! - result in r0; an error is -4095..=-1. A number that the kernel does not have gives -1 (`EPERM`), not `ENOSYS`
//! - every other register survives
//!
//! Source: `arch/hexagon/kernel/traps.c`, `do_trap0`; `arch/hexagon/kernel/vm_entry.S`.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and all others survive. What the kernel does with the arguments is
        // the caller's promise.
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
