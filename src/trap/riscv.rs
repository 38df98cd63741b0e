//! riscv32 and riscv64: `ecall`.
//!
//! - number in a7, arguments in a0 to a5
//! - result in a0; an error is -4095..=-1
//! - the other general and floating-point registers survive. The vector registers, vl, vtype and vstart do not: the
//!   kernel discards them, so the assembly has no `preserves_flags`
//!
//! Source: `arch/riscv/kernel/traps.c`, `do_trap_ecall_u`, and `riscv_v_vstate_discard` there;
//! `Documentation/arch/riscv/vector.rst`, section 3.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and the assembly names everything that the trap clobbers. The
        // caller promises that the arguments are valid for the system call.
        unsafe {
            core::arch::asm!(
                "ecall",
                in("a7") $nr,
                $(in($register) $arg,)*
                lateout("a0") ret,
                out("v0") _, out("v1") _, out("v2") _, out("v3") _, out("v4") _, out("v5") _, out("v6") _,
                out("v7") _, out("v8") _, out("v9") _, out("v10") _, out("v11") _, out("v12") _, out("v13") _,
                out("v14") _, out("v15") _, out("v16") _, out("v17") _, out("v18") _, out("v19") _, out("v20") _,
                out("v21") _, out("v22") _, out("v23") _, out("v24") _, out("v25") _, out("v26") _, out("v27") _,
                out("v28") _, out("v29") _, out("v30") _, out("v31") _,
                options(nostack $(, $option)?),
            );
        }
        ret
    }};
}

functions!("a0" "a1" "a2" "a3" "a4" "a5");
