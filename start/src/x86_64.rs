//! x86_64: the stack pointer is in rsp. Rust code needs it aligned to 16 before a call. A zero in rbp ends backtraces.

/// `_start`: calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        ".globl _start
         .type _start, @function
         _start:
             xor ebp, ebp
             mov rdi, rsp
             and rsp, -16
             call {start}"
    };
}
