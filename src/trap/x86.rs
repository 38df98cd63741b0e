//! x86: `int 0x80`.
//!
//! - number in eax, arguments in ebx, ecx, edx, esi, edi, ebp
//! - result in eax; an error is -4095..=-1
//! - every other register and the flags survive
//!
//! Source: `arch/x86/entry/entry_32.S`, `entry_INT80_32`; on a 64-bit kernel `arch/x86/entry/common.c`, `int80_emulation`.
//!
//! LLVM keeps esi and ebp for itself, so neither can be an operand. The code exchanges the fourth argument with esi
//! around the trap. It passes the sixth through memory, and meanwhile saves ebp on the stack. ebx can be an operand, in
//! position-independent code too: only calls through the old i386 PLT need it.

use core::arch::asm;

macro_rules! trap {
    ([] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and all others survive. The caller promises that the arguments
        // are valid for the system call.
        unsafe {
            asm!(
                "int 0x80",
                inlateout("eax") $nr => ret,
                $(in($register) $arg,)*
                options(nostack, preserves_flags),
            );
        }
        ret
    }};
}

macro_rules! trap_esi {
    ([$($option:ident),*] $nr:ident $d:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: as above. The second exchange restores esi. Between the two exchanges {d} holds the value of esi, the
        // kernel does not change {d}, and nothing touches the stack.
        unsafe {
            asm!(
                "xchg esi, {d}",
                "int 0x80",
                "xchg esi, {d}",
                d = in(reg) $d,
                inlateout("eax") $nr => ret,
                $(in($register) $arg,)*
                options(nostack, preserves_flags $(, $option)*),
            );
        }
        ret
    }};
}

functions!("ebx" "ecx" "edx");

#[inline(always)]
pub(super) unsafe fn syscall4(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap_esi!([] nr d "ebx" = a, "ecx" = b, "edx" = c)
}

#[inline(always)]
pub(super) unsafe fn syscall4_readonly(nr: usize, a: usize, b: usize, c: usize, d: usize) -> isize {
    trap_esi!([readonly] nr d "ebx" = a, "ecx" = b, "edx" = c)
}

#[inline(always)]
pub(super) unsafe fn syscall5(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize) -> isize {
    // edi is taken too, so a position-independent debug build may have only eax left for `d`.
    let pair = [nr, d];
    let ret: isize;
    // SAFETY: eax points to `pair` until the last read of `pair`. The code pops esi again, and ebx, ecx, edx and edi
    // are the registers of the ABI.
    unsafe {
        asm!(
            "push esi",
            "mov esi, [eax + 4]",
            "mov eax, [eax]",
            "int 0x80",
            "pop esi",
            inlateout("eax") pair.as_ptr() => ret,
            in("ebx") a,
            in("ecx") b,
            in("edx") c,
            in("edi") e,
            options(preserves_flags),
        );
    }
    ret
}

#[inline(always)]
pub(super) unsafe fn syscall6(nr: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) -> isize {
    let triple = [nr, d, f];
    let ret: isize;
    // SAFETY: as in `syscall5`. The code also saves and restores ebp.
    unsafe {
        asm!(
            "push esi",
            "push ebp",
            "mov esi, [eax + 4]",
            "mov ebp, [eax + 8]",
            "mov eax, [eax]",
            "int 0x80",
            "pop ebp",
            "pop esi",
            inlateout("eax") triple.as_ptr() => ret,
            in("ebx") a,
            in("ecx") b,
            in("edx") c,
            in("edi") e,
            options(preserves_flags),
        );
    }
    ret
}
