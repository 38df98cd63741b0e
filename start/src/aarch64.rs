//! aarch64, both endians: the stack pointer is in sp. The kernel has aligned it to 16. Zeros in x29 and x30 end
//! backtraces.

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
