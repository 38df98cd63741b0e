//! aarch64, both endians: `svc 0`.
//!
//! - number in x8, arguments in x0 to x5
//! - result in x0; an error is -4095..=-1
//! - the other general registers, the flags and the low 128 bits of the vector registers survive. The rest of SVE's
//!   state does not: the predicate registers, FFR and the vector registers from bit 128 up come back zero
//!
//! Source: `arch/arm64/kernel/entry-common.c`, `el0_svc` and `fp_user_discard`; `Documentation/arch/arm64/sve.rst`,
//! section 3.
//!
//! The vector registers are named as clobbered only if the target has SVE. By the calling convention, v8 to v15 belong
//! to the caller, and a program without SVE should not have to save them around each trap.

macro_rules! svc {
    ([$($option:ident)?] [$($vector:tt)*] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and the assembly names everything that the trap clobbers. The
        // caller promises that the arguments are valid for the system call.
        unsafe {
            core::arch::asm!(
                "svc 0",
                in("x8") $nr,
                $(in($register) $arg,)*
                lateout("x0") ret,
                out("p0") _, out("p1") _, out("p2") _, out("p3") _, out("p4") _, out("p5") _, out("p6") _,
                out("p7") _, out("p8") _, out("p9") _, out("p10") _, out("p11") _, out("p12") _, out("p13") _,
                out("p14") _, out("p15") _,
                out("ffr") _,
                $(out($vector) _,)*
                options(nostack, preserves_flags $(, $option)?),
            );
        }
        ret
    }};
}

#[cfg(not(target_feature = "sve"))]
macro_rules! trap {
    ([$($option:ident)?] $($call:tt)*) => { svc!([$($option)?] [] $($call)*) };
}

#[cfg(target_feature = "sve")]
macro_rules! trap {
    ([$($option:ident)?] $($call:tt)*) => {
        svc!(
            [$($option)?]
            [
                "v0" "v1" "v2" "v3" "v4" "v5" "v6" "v7" "v8" "v9" "v10" "v11" "v12" "v13" "v14" "v15" "v16" "v17"
                "v18" "v19" "v20" "v21" "v22" "v23" "v24" "v25" "v26" "v27" "v28" "v29" "v30" "v31"
            ]
            $($call)*
        )
    };
}

functions!("x0" "x1" "x2" "x3" "x4" "x5");
