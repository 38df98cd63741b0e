//! loongarch64: `syscall 0`.
//!
//! - number in $a7, arguments in $a0 to $a5
//! - result in $a0; an error is -4095..=-1
//! - $t0 to $t8 are clobbered; the others survive, floating-point and vector registers included
//!
//! Source: `arch/loongarch/kernel/entry.S`, `handle_syscall`, which saves all registers except the temporary ones;
//! `Documentation/arch/loongarch/introduction.rst`.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and the assembly names everything that the trap clobbers. The
        // caller promises that the arguments are valid for the system call.
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

functions!("$a0" "$a1" "$a2" "$a3" "$a4" "$a5");
