//! riscv32 and riscv64: the stack pointer is in sp. Rust code needs it aligned to 16. It also needs
//! `__global_pointer$` in gp, because the linker may address data through gp.

/// `_start`: relocates a static PIE, and calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, @function
             _start:
                 .option push
                 .option norelax
                 .weak __global_pointer$
                 lla gp, __global_pointer$
                 li s0, 0
                 mv a0, sp
             ",
            $crate::__static_pie!(
                // a1: _DYNAMIC. a2: the base. a3, a4: DT_RELA (7), DT_RELASZ (8). a5, a6: DT_RELR (36),
                // DT_RELRSZ (35). Only entries of the type R_RISCV_RELATIVE (3) count.
                "    lla a1, _DYNAMIC
                     beqz a1, 9f
                     lla a2, __ehdr_start
                     li a4, 0
                     li a6, 0
                 2:  ld t0, 0(a1)
                     ld t1, 8(a1)
                     addi a1, a1, 16
                     li t2, 7
                     bne t0, t2, 3f
                     mv a3, t1
                 3:  li t2, 8
                     bne t0, t2, 3f
                     mv a4, t1
                 3:  li t2, 36
                     bne t0, t2, 3f
                     mv a5, t1
                 3:  li t2, 35
                     bne t0, t2, 3f
                     mv a6, t1
                 3:  bnez t0, 2b
                     add a3, a3, a2
                     add a4, a4, a3
                     li t3, 3
                 4:  bgeu a3, a4, 5f
                     ld t0, 0(a3)
                     lw t1, 8(a3)
                     ld t2, 16(a3)
                     addi a3, a3, 24
                     bne t1, t3, 4b
                     add t0, t0, a2
                     add t2, t2, a2
                     sd t2, 0(t0)
                     j 4b
                 5:  add a5, a5, a2
                     add a6, a6, a5
                 6:  bgeu a5, a6, 9f
                     ld t0, 0(a5)
                     addi a5, a5, 8
                     andi t1, t0, 1
                     bnez t1, 7f
                     add t3, t0, a2
                     ld t1, 0(t3)
                     add t1, t1, a2
                     sd t1, 0(t3)
                     addi t3, t3, 8
                     j 6b
                 7:  mv t4, t3
                     addi t3, t3, 63 * 8
                 8:  srli t0, t0, 1
                     beqz t0, 6b
                     andi t1, t0, 1
                     beqz t1, 7f
                     ld t1, 0(t4)
                     add t1, t1, a2
                     sd t1, 0(t4)
                 7:  addi t4, t4, 8
                     j 8b
                 9:
                 "
            ),
            "    .option pop
                 andi sp, sp, -16
                 call {start}",
            $crate::__no_pie!("lui zero, %hi(" ")"),
        )
    };
}
