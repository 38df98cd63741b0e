//! aarch64, both endians: `svc 0`.
//!
//! - number in x8, arguments in x0 to x5
//! - result in x0; an error is -4095..=-1
//! - the other general registers, the flags and the low 128 bits of the vector registers survive; of SVE's state that is
//!   all: the predicate registers, FFR and the vector registers from bit 128 up come back zero
//!
//! Source: `arch/arm64/kernel/entry-common.c`, `el0_svc` and `fp_user_discard`; `Documentation/arch/arm64/sve.rst`,
//! section 3.
//!
//! The vector registers are named only where the target has SVE: v8 to v15 belong to the caller by the calling convention,
//! and a program without SVE should not save them around each trap.

macro_rules! svc {
    ([$($option:ident)?] [$($vector:tt)*] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and what the trap clobbers is named. What the kernel does with the
        // arguments is the caller's promise.
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

#[inline(always)]
pub(super) unsafe fn syscall0(nr: usize) -> isize {
    trap!([] nr)
}

#[inline(always)]
pub(super) unsafe fn syscall1(nr: usize, a: usize) -> isize {
    trap!([] nr "x0" = a)
}

#[inline(always)]
pub(super) unsafe fn syscall2(nr: usize, a: usize, b: usize) -> isize {
    trap!([] nr "x0" = a, "x1" = b)
}

#[inline(always)]
pub(super) unsafe fn syscall3(nr: usize, a: usize, b: usize, c: usize) -> isize {
    trap!([] nr "x0" = a, "x1" = b, "x2" = c)
}

#[inline(always)]
pub(super) unsafe fn syscall4(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([] nr "x0" = a, "x1" = b, "x2" = c, "x3" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall4_readonly(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap!([readonly] nr "x0" = a, "x1" = b, "x2" = c, "x3" = d)
}

#[inline(always)]
pub(super) unsafe fn syscall5(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    trap!([] nr "x0" = a, "x1" = b, "x2" = c, "x3" = d, "x4" = e)
}

#[inline(always)]
pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    trap!([] nr "x0" = a, "x1" = b, "x2" = c, "x3" = d, "x4" = e, "x5" = f)
}
