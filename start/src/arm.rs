//! arm: the stack pointer is in sp. Rust code needs it aligned to 8.
//!
//! `_start` is A32 code on every target. If `start` is Thumb code, `bl` changes to Thumb; before v5T the linker adds a
//! veneer for this.

/// `_start`: calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".pushsection .text._start, \"ax\", %progbits
             .arm
             .globl _start
             .type _start, %function
             _start:
                 mov r11, #0
                 mov lr, #0
                 mov r0, sp
                 bic sp, sp, #7
                 bl {start}",
            $crate::__no_pie!(".reloc ., R_ARM_MOVT_ABS, " "
                 .long 0"),
            "
             .popsection",
        )
    };
}
