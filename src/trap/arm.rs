//! arm, A32 and every Thumb: `svc 0`.
//!
//! - number in r7, arguments in r0 to r5
//! - result in r0; an error is -4095..=-1
//! - every other register and the flags survive
//!
//! Source: `arch/arm/kernel/entry-common.S`, `vector_swi`, of the EABI.
//!
//! r7 is the frame pointer of Thumb code, and Thumb code cannot have it as an operand. No stable cfg distinguishes
//! Thumb from A32, so the code saves r7 on the stack in both. Thumb before v6 can move between low registers only with
//! `movs`. It has no register left next to six arguments, so the sixth argument and the number are passed through
//! memory.

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, the code restores r7, and all others survive. The caller promises
        // that the arguments are valid for the system call.
        unsafe {
            core::arch::asm!(
                "push {{r7}}",
                "movs r7, {nr}",
                "svc 0",
                "pop {{r7}}",
                nr = in(reg) $nr,
                $(in($register) $arg,)*
                lateout("r0") ret,
                options($($option)?),
            );
        }
        ret
    }};
}

functions!("r0" "r1" "r2" "r3" "r4");

#[inline(always)]
pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    let pair = [nr, f];
    let ret: isize;
    // SAFETY: as above. r5 points to `pair` until the last read of `pair`.
    unsafe {
        core::arch::asm!(
            "push {{r7}}",
            "ldr r7, [r5]",
            "ldr r5, [r5, #4]",
            "svc 0",
            "pop {{r7}}",
            in("r0") a,
            in("r1") b,
            in("r2") c,
            in("r3") d,
            in("r4") e,
            inlateout("r5") pair.as_ptr() => _,
            lateout("r0") ret,
        );
    }
    ret
}
