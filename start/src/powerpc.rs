//! powerpc and powerpc64, both endians: the stack pointer is in r1. Rust code needs it aligned to 16. A zero back chain
//! ends backtraces.
//!
//! With ELFv1 (the GNU targets of big-endian powerpc64) the symbol of a function is a descriptor. The kernel also takes
//! r2 from it. With ELFv2, r12 holds the address of `_start`, and the code computes r2 from it.

/// `_start`: calls `start` with the stack pointer.
#[cfg(target_arch = "powerpc")]
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, @function
             _start:
                 mr 3, 1
                 li 0, 0
                 rlwinm 1, 1, 0, 0, 27
                 stwu 1, -16(1)
                 stw 0, 0(1)
                 bl {start}",
            $crate::__no_pie!(".long " ""),
        )
    };
}

/// `_start`: calls `start` with the stack pointer.
#[cfg(all(target_arch = "powerpc64", target_endian = "big", not(target_env = "musl")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".section .opd, \"aw\"
             .balign 8
             .globl _start
             _start:
                 .quad ._start, .TOC.@tocbase, 0
             .text
             .type ._start, @function
             ._start:
                 mr 3, 1
                 li 0, 0
                 clrrdi 1, 1, 4
                 stdu 0, -112(1)
                 bl {start}
                 nop",
            $crate::__no_pie!(".long " ""),
        )
    };
}

/// `_start`: calls `start` with the stack pointer.
#[cfg(all(target_arch = "powerpc64", any(target_endian = "little", target_env = "musl")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, @function
             _start:
                 addis 2, 12, .TOC. - _start@ha
                 addi 2, 2, .TOC. - _start@l
                 mr 3, 1
                 li 0, 0
                 clrrdi 1, 1, 4
                 stdu 0, -32(1)
                 bl {start}
                 nop",
            $crate::__no_pie!(".long " ""),
        )
    };
}
