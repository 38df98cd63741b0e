//! sparc and sparc64: the stack is above the save area of a register window. On sparc64 the stack pointer has a bias of
//! 2047.

/// `_start`: calls `start` with the stack pointer.
#[cfg(target_arch = "sparc")]
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, @function
             _start:
                 mov 0, %fp
                 add %sp, 64, %o0
                 andn %sp, 7, %sp
                 sub %sp, 32, %sp
                 call {start}
                  nop",
            $crate::__no_pie!("sethi %hi(" "), %g0"),
        )
    };
}

/// `_start`: calls `start` with the stack pointer.
#[cfg(target_arch = "sparc64")]
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, @function
             _start:
                 mov 0, %fp
                 add %sp, 2047 + 128, %o0
                 sub %sp, 48, %sp
                 call {start}
                  nop",
            $crate::__no_pie!("sethi %hi(" "), %g0"),
        )
    };
}
