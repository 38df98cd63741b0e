//! x86: the stack pointer is in esp. Rust code needs it aligned to 16 before a call. A zero in ebp ends backtraces.
//! Arguments are on the stack.

/// `_start`: calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        ".globl _start
         .type _start, @function
         _start:
             xor ebp, ebp
             mov eax, esp
             and esp, -16
             sub esp, 12
             push eax
             call {start}"
    };
}
