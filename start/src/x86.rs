//! x86: the stack pointer is in esp. Rust code needs it aligned to 16 before a call. A zero in ebp ends backtraces.
//! Arguments are on the stack.

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
                 mov eax, esp
                 and esp, -16
             ",
            $crate::__static_pie!(
                // ebx: the base. esi: _DYNAMIC. On the stack, the lowest first: DT_REL (17), DT_RELSZ (18),
                // DT_RELR (36), DT_RELRSZ (35). Only entries of the type R_386_RELATIVE (8) count.
                "    call 3f
                 2:  .long _DYNAMIC - 2b
                     .long __ehdr_start - 2b
                 3:  pop ebx
                     mov esi, [ebx]
                     mov edx, [ebx + 4]
                     add esi, ebx
                     jz 9f
                     add ebx, edx
                     push 0
                     push 0
                     push 0
                     push 0
                 2:  mov ecx, [esi]
                     mov edx, [esi + 4]
                     add esi, 8
                     cmp ecx, 17
                     jne 3f
                     mov [esp], edx
                 3:  cmp ecx, 18
                     jne 3f
                     mov [esp + 4], edx
                 3:  cmp ecx, 36
                     jne 3f
                     mov [esp + 8], edx
                 3:  cmp ecx, 35
                     jne 3f
                     mov [esp + 12], edx
                 3:  test ecx, ecx
                     jnz 2b
                     pop esi
                     pop edi
                     add esi, ebx
                     add edi, esi
                 3:  cmp esi, edi
                     jae 5f
                     cmp byte ptr [esi + 4], 8
                     jne 4f
                     mov ecx, [esi]
                     add [ecx + ebx], ebx
                 4:  add esi, 8
                     jmp 3b
                 5:  pop esi
                     pop edi
                     add esi, ebx
                     add edi, esi
                 6:  cmp esi, edi
                     jae 9f
                     mov ecx, [esi]
                     add esi, 4
                     test cl, 1
                     jnz 7f
                     lea edx, [ecx + ebx]
                     add [edx], ebx
                     add edx, 4
                     jmp 6b
                 7:  push edx
                 8:  shr ecx, 1
                     jz 8f
                     test cl, 1
                     jz 7f
                     add [edx], ebx
                 7:  add edx, 4
                     jmp 8b
                 8:  pop edx
                     add edx, 31 * 4
                     jmp 6b
                 9:
                 "
            ),
            "    sub esp, 12
                 push eax
                 call {start}",
            // LLVM's linker refuses the first relocation. GNU's linker refuses the second one.
            $crate::__no_pie!(".long " "", "mov eax, dword ptr [" "@GOT]"),
        )
    };
}
