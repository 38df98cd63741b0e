//! mips o32 and n64, also release 6: the stack pointer is in $sp. Rust code needs $gp, the address of the called
//! function in $25, a stack aligned to 8 (o32) or 16, and on o32 stack space for four arguments.
//!
//! lld's default entry point is `__start`, that of all other linkers is `_start`.

/// `_start`: calls `start` with the stack pointer.
#[cfg(any(target_arch = "mips", target_arch = "mips32r6"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".set push
             .set noreorder
             .globl __start
             .globl _start
             .type _start, @function
             __start:
             _start:
                 move $fp, $zero
                 bal 2f
                  nop
             2:  .cpload $ra
                 move $ra, $zero
                 move $a0, $sp
                 li $t0, -8
                 and $sp, $sp, $t0
                 addiu $sp, $sp, -16
                 la $t9, {start}
                 jalr $t9
                  nop
             .set pop",
            $crate::__no_pie!("lui $zero, %hi(" ")"),
        )
    };
}

/// `_start`: calls `start` with the stack pointer.
#[cfg(any(target_arch = "mips64", target_arch = "mips64r6"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".set push
             .set noreorder
             .globl __start
             .globl _start
             .type _start, @function
             __start:
             _start:
                 move $fp, $zero
                 bal 2f
                  nop
             2:  .cpsetup $ra, $25, 2b
                 move $ra, $zero
                 move $a0, $sp
                 li $t0, -16
                 and $sp, $sp, $t0
                 dla $t9, {start}
                 jalr $t9
                  nop
             .set pop",
            $crate::__no_pie!("lui $zero, %hi(" ")"),
        )
    };
}
