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
            // The unwind tables of the compiled `core` that comes with the compiler refer to these functions. Nothing
            // unwinds, so nobody calls them.
            "
             .popsection
             .pushsection .text.__aeabi_unwind_cpp, \"ax\", %progbits
             .weak __aeabi_unwind_cpp_pr0
             .weak __aeabi_unwind_cpp_pr1
             .weak __aeabi_unwind_cpp_pr2
             .type __aeabi_unwind_cpp_pr0, %function
             .type __aeabi_unwind_cpp_pr1, %function
             .type __aeabi_unwind_cpp_pr2, %function
             __aeabi_unwind_cpp_pr0:
             __aeabi_unwind_cpp_pr1:
             __aeabi_unwind_cpp_pr2:
                 mov pc, lr
             .popsection",
        )
    };
}
