//! loongarch64: the stack pointer is in $sp. Rust code needs it aligned to 16.

/// `_start`: calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, @function
             _start:
                 move $fp, $zero
                 move $a0, $sp
                 bstrins.d $sp, $zero, 3, 0
                 bl {start}",
            $crate::__no_pie!("lu12i.w $zero, %abs_hi20(" ")"),
        )
    };
}
