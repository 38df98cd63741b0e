//! The whole program in assembly.

#![no_std]
#![no_main]

core::arch::global_asm!(
    ".globl _start
     _start:
         mov eax, 283
         mov edi, 1
         mov esi, 0x80800
         syscall
         mov ebx, eax
         test eax, eax
         js 9f
         mov eax, 290
         xor edi, edi
         syscall
         mov ebp, eax
         test eax, eax
         js 9f
         sub rsp, 56
         mov edx, 5000000
         xor eax, eax
         mov [rsp], rax
         mov [rsp + 8], rdx
         mov [rsp + 16], rax
         mov [rsp + 24], rdx
         mov eax, 286
         mov edi, ebx
         xor esi, esi
         mov rdx, rsp
         xor r10d, r10d
         syscall
         test eax, eax
         js 9f
         xor r12d, r12d
         mov [rsp + 32], ebx
         mov dword ptr [rsp + 36], 1
         mov [rsp + 40], ebp
         mov dword ptr [rsp + 44], 1
     2:  mov eax, 7
         lea rdi, [rsp + 32]
         mov esi, 2
         or rdx, -1
         syscall
         cmp eax, -4
         je 2b
         test eax, eax
         js 9f
         test byte ptr [rsp + 38], 1
         jz 4f
     3:  xor eax, eax
         mov edi, ebx
         mov rsi, rsp
         mov edx, 8
         syscall
         cmp eax, -4
         je 3b
         cmp eax, -11
         je 4f
         cmp eax, 8
         jne 9f
     5:  mov eax, 1
         mov edi, ebp
         mov rsi, rsp
         mov edx, 8
         syscall
         cmp eax, -4
         je 5b
         cmp eax, 8
         jne 9f
     4:  test byte ptr [rsp + 46], 1
         jz 2b
     6:  xor eax, eax
         mov edi, ebp
         mov rsi, rsp
         mov edx, 8
         syscall
         cmp eax, -4
         je 6b
         cmp eax, -11
         je 2b
         cmp eax, 8
         jne 9f
         add r12, [rsp]
         cmp r12, 5
         jb 2b
         mov eax, 1
         mov edi, eax
         lea rsi, [rip + 8f]
         mov edx, 11
         syscall
         xor edi, edi
         jmp 7f
     9:  mov edi, 1
     7:  mov eax, 231
         syscall
     8:  .ascii \"five ticks\\n\""
);

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
