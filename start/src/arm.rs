//! arm: the stack pointer is in sp; Rust code wants it aligned to 8.
//!
//! `_start` is A32 code on every target: `bl` changes to Thumb where `start` is that, by a veneer of the linker's before v5T.

/// `_start`: calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        ".pushsection .text._start, \"ax\", %progbits
         .arm
         .globl _start
         .type _start, %function
         _start:
             mov r11, #0
             mov lr, #0
             mov r0, sp
             bic sp, sp, #7
             bl {start}
         .popsection"
    };
}
