//! sparc and sparc64: `ta 0x10`, `ta 0x6d`.
//!
//! - number in %g1, arguments in %o0 to %o5
//! - result in %o0; an error sets the carry bit (icc on sparc, xcc on sparc64), with the errno in %o0 as a positive number
//! - %o1 and the condition codes are clobbered; the others survive
//!
//! Source: `arch/sparc/kernel/syscalls.S`, `linux_sparc_syscall`; `arch/sparc/kernel/entry.S`, `linux_sparc_syscall`.
//!
//! %g1 cannot be an operand, so the assembly moves the number there. The compiler keeps nothing in %g1 across an
//! `asm!`.

#[cfg(target_arch = "sparc")]
macro_rules! ta {
    () => {
        "ta 0x10
         bcc 2f"
    };
}

#[cfg(target_arch = "sparc64")]
macro_rules! ta {
    () => {
        "ta 0x6d
         bcc,pt %xcc, 2f"
    };
}

macro_rules! trap {
    ([$($option:ident)?] $nr:ident $($register:tt = $arg:ident),*) => {{
        let ret: isize;
        // SAFETY: the registers are those of the ABI, and the assembly names everything that the trap clobbers. The
        // caller promises that the arguments are valid for the system call.
        unsafe {
            core::arch::asm!(
                "mov {nr}, %g1",
                ta!(),
                " nop",
                "sub %g0, %o0, %o0",
                "2:",
                nr = in(reg) $nr,
                $(in($register) $arg,)*
                lateout("o0") ret,
                lateout("o1") _,
                options(nostack $(, $option)?),
            );
        }
        ret
    }};
}

functions!("o0" "o1" "o2" "o3" "o4" "o5");
