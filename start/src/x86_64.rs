//! x86_64: the stack pointer is in rsp. The kernel has aligned it to 16, as Rust code needs it before a call. A zero in
//! rbp ends backtraces.

/// `_start`: relocates a static PIE, and calls `start` with the stack pointer.
#[doc(hidden)]
#[macro_export]
macro_rules! __start {
    () => {
        concat!(
            ".globl _start
             .type _start, @function
             _start:
                 xor ebp, ebp
                 mov rdi, rsp
             ",
            $crate::__static_pie!(
                // rsi: _DYNAMIC. rdx: the base. r8, r9: DT_RELA (7), DT_RELASZ (8). r10, r11: DT_RELR (36),
                // DT_RELRSZ (35). Only entries of the type R_X86_64_RELATIVE (8) count.
                "    lea rsi, [rip + _DYNAMIC]
                     lea rdx, [rip + __ehdr_start]
                     test rsi, rsi
                     jz 9f
                     xor r9d, r9d
                     xor r11d, r11d
                 2:  mov rax, [rsi]
                     mov rcx, [rsi + 8]
                     add rsi, 16
                     cmp rax, 7
                     cmove r8, rcx
                     cmp rax, 8
                     cmove r9, rcx
                     cmp rax, 36
                     cmove r10, rcx
                     cmp rax, 35
                     cmove r11, rcx
                     test rax, rax
                     jnz 2b
                     add r8, rdx
                     add r9, r8
                 3:  cmp r8, r9
                     jae 5f
                     cmp dword ptr [r8 + 8], 8
                     jne 4f
                     mov rax, [r8 + 16]
                     add rax, rdx
                     mov rcx, [r8]
                     mov [rcx + rdx], rax
                 4:  add r8, 24
                     jmp 3b
                 5:  add r10, rdx
                     add r11, r10
                 6:  cmp r10, r11
                     jae 9f
                     mov rax, [r10]
                     add r10, 8
                     test al, 1
                     jnz 7f
                     lea rcx, [rax + rdx]
                     add [rcx], rdx
                     add rcx, 8
                     jmp 6b
                 7:  mov rsi, rcx
                     add rcx, 63 * 8
                 8:  shr rax, 1
                     jz 6b
                     test al, 1
                     jz 7f
                     add [rsi], rdx
                 7:  add rsi, 8
                     jmp 8b
                 9:
                 "
            ),
            "    call {start}",
            $crate::__no_pie!(".long " ""),
        )
    };
}
