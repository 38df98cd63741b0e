//! hexagon: the stack pointer is in r29. Rust code needs it aligned to 8.

/// `_start`: calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, @function
             _start:
                 r30 = #0
                 r0 = r29
                 r29 = and(r29, #-8)
                 call {start}",
            $crate::__no_pie!("r0.h = #HI(" ")"),
        )
    };
}
