//! aarch64, both endians: the stack pointer is in sp, which the kernel aligned to 16; x29 and x30 zero end backtraces.

/// `_start`: calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        ".globl _start
         .type _start, %function
         _start:
             mov x29, xzr
             mov x30, xzr
             mov x0, sp
             bl {start}"
    };
}
