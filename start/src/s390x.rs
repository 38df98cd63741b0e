//! s390x: the stack pointer is in r15, aligned to 8. The callee may save its registers in the 160 bytes above it. A
//! zero there ends backtraces.

/// `_start`: calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, @function
             _start:
                 lgr %r2, %r15
                 aghi %r15, -160
                 xc 0(8, %r15), 0(%r15)
                 brasl %r14, {start}",
            $crate::__no_pie!(".long " ""),
        )
    };
}
