//! aarch64, both endians: the stack pointer is in sp. The kernel has aligned it to 16. Zeros in x29 and x30 end
//! backtraces.

/// `_start`: relocates a static PIE, and calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, %function
             _start:
                 mov x29, xzr
                 mov x30, xzr
                 mov x0, sp
             ",
            $crate::__static_pie!(
                // x1: _DYNAMIC. x2: the base. x3, x4: DT_RELA (7), DT_RELASZ (8). x5, x6: DT_RELR (36),
                // DT_RELRSZ (35). Only entries of the type R_AARCH64_RELATIVE (1027) count.
                "    adrp x1, _DYNAMIC
                     add x1, x1, :lo12:_DYNAMIC
                     cbz x1, 9f
                     adrp x2, __ehdr_start
                     add x2, x2, :lo12:__ehdr_start
                     mov x4, xzr
                     mov x6, xzr
                 2:  ldp x7, x8, [x1], #16
                     cmp x7, #7
                     csel x3, x8, x3, eq
                     cmp x7, #8
                     csel x4, x8, x4, eq
                     cmp x7, #36
                     csel x5, x8, x5, eq
                     cmp x7, #35
                     csel x6, x8, x6, eq
                     cbnz x7, 2b
                     add x3, x3, x2
                     add x4, x4, x3
                 3:  cmp x3, x4
                     b.hs 5f
                     ldp x7, x8, [x3]
                     ldr x9, [x3, #16]
                     add x3, x3, #24
                     cmp w8, #1027
                     b.ne 3b
                     add x9, x9, x2
                     str x9, [x7, x2]
                     b 3b
                 5:  add x5, x5, x2
                     add x6, x6, x5
                 6:  cmp x5, x6
                     b.hs 9f
                     ldr x7, [x5], #8
                     tbnz x7, #0, 7f
                     add x8, x7, x2
                     ldr x9, [x8]
                     add x9, x9, x2
                     str x9, [x8], #8
                     b 6b
                 7:  mov x10, x8
                     add x8, x8, #63 * 8
                 8:  lsr x7, x7, #1
                     cbz x7, 6b
                     tbz x7, #0, 7f
                     ldr x9, [x10]
                     add x9, x9, x2
                     str x9, [x10]
                 7:  add x10, x10, #8
                     b 8b
                 9:
                 "
            ),
            "    bl {start}",
            $crate::__no_pie!("movz x0, #:abs_g3:" ""),
            // The compiled `core` that comes with the compiler has code that asks before main whether the processor has
            // LSE. A program without libc does not run that code. Its atomic operations use exclusive loads and stores,
            // which every processor has.
            "
             .pushsection .text.getauxval, \"ax\", %progbits
             .weak getauxval
             .type getauxval, %function
             getauxval:
                 mov x0, xzr
                 ret
             .popsection",
        )
    };
}
