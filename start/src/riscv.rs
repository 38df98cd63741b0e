//! riscv32 and riscv64: the stack pointer is in sp. Rust code needs it aligned to 16. It also needs
//! `__global_pointer$` in gp, because the linker may address data through gp.

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
