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
        // SAFETY: the registers are those of the ABI, and all others survive. The caller promises that the arguments
        // are valid for the system call.
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

functions!("d1" "d2" "d3" "d4" "d5" "a0");
