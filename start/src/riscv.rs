//! riscv32 and riscv64: the stack pointer is in sp; Rust code wants it aligned to 16, and gp at its symbol, through which
//! the linker may address data.

/// `_start`: calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        ".globl _start
         .type _start, @function
         _start:
             .option push
             .option norelax
             .weak __global_pointer$
             la gp, __global_pointer$
             .option pop
             li s0, 0
             mv a0, sp
             andi sp, sp, -16
             call {start}"
    };
}
