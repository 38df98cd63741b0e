# System V calling convention: arguments in rdi, rsi, rdx, and the result in rax. All of rcx, r8 to r11 and the vector
# registers are free. Each function is a leaf and keeps nothing on the stack. SSE2 is part of every x86_64.
#
# Blocks of 16 bytes may overlap: the last block of a region always ends at the region's end. So nothing outside the
# region is read or written, and no bytes are left for a byte loop.

# memcpy is memmove: the test for an overlap costs less than a second copy of the code.
#
# Up to 64 bytes: everything is loaded before anything is stored, so an overlap does no harm.
# More than 64 bytes: the first and last 32 bytes are loaded first and stored last. The loop copies the bytes between
# them to aligned addresses. Its direction is the one in which it loads the source before it overwrites it.
    .section .text.memcpy, "ax", @progbits
    .globl {memcpy}, {memmove}
    .type {memcpy}, @function
    .type {memmove}, @function
    .p2align 4
{memcpy}:
{memmove}:
    mov     rax, rdi
    cmp     rdx, 16
    jb      6f
    movups  xmm0, [rsi]
    movups  xmm1, [rsi + rdx - 16]
    cmp     rdx, 32
    jbe     5f
    movups  xmm2, [rsi + 16]
    movups  xmm3, [rsi + rdx - 32]
    cmp     rdx, 64
    jbe     4f

    # rcx becomes the offset of the first block of the loop, r8 the step. r9 is len - 32. The loop runs while rcx is an
    # offset from 0 to r9. If the step is negative, rcx ends below 0. As a number without sign, that is greater than r9.
    mov     r8d, 32
    lea     r9, [rdx - 32]
    mov     rcx, rdi
    sub     rcx, rsi
    cmp     rcx, rdx
    mov     ecx, 15
    jae     2f
    # The destination begins inside the source: copy from the end to the start.
    mov     rcx, r9
    neg     r8
2:  add     rcx, rdi
    and     rcx, -16
    sub     rcx, rdi
3:  movups  xmm4, [rsi + rcx]
    movups  xmm5, [rsi + rcx + 16]
    movaps  [rdi + rcx], xmm4
    movaps  [rdi + rcx + 16], xmm5
    add     rcx, r8
    cmp     rcx, r9
    jbe     3b

4:  movups  [rdi + 16], xmm2
    movups  [rdi + rdx - 32], xmm3
5:  movups  [rdi], xmm0
    movups  [rdi + rdx - 16], xmm1
    ret

6:  cmp     edx, 8
    jb      7f
    mov     rcx, [rsi]
    mov     r8, [rsi + rdx - 8]
    mov     [rdi], rcx
    mov     [rdi + rdx - 8], r8
    ret
7:  cmp     edx, 4
    jb      8f
    mov     ecx, [rsi]
    mov     r8d, [rsi + rdx - 4]
    mov     [rdi], ecx
    mov     [rdi + rdx - 4], r8d
    ret
8:  sub     edx, 1
    jb      2f
    # The last byte, and the first two if there are more. mov keeps the flags of sub.
    mov     cl, [rsi + rdx]
    je      9f
    mov     si, [rsi]
    mov     [rdi], si
9:  mov     [rdi + rdx], cl
2:  ret
    .size {memcpy}, . - {memcpy}
    .size {memmove}, . - {memmove}

    .section .text.memset, "ax", @progbits
    .globl {memset}
    .type {memset}, @function
    .p2align 4
{memset}:
    mov     rax, rdi
    movzx   ecx, sil
    imul    ecx, ecx, 0x01010101
    movd    xmm0, ecx
    pshufd  xmm0, xmm0, 0
    cmp     rdx, 16
    jb      5f
    movups  [rdi], xmm0
    movups  [rdi + rdx - 16], xmm0
    cmp     rdx, 32
    jbe     4f
    lea     rdx, [rdi + rdx - 32]
    movups  [rdx], xmm0
    # What is left are the aligned blocks between the first 16 bytes and the last 32.
    and     rdi, -16
    add     rdi, 16
    jmp     3f
2:  movaps  [rdi], xmm0
    movaps  [rdi + 16], xmm0
    add     rdi, 32
3:  cmp     rdi, rdx
    jb      2b
4:  ret

5:  cmp     edx, 8
    jb      6f
    movq    [rdi], xmm0
    movq    [rdi + rdx - 8], xmm0
    ret
6:  sub     edx, 1
    jb      4b
    mov     [rdi + rdx], cl
    jmp     6b
    .size {memset}, . - {memset}

    .section .text.memcmp, "ax", @progbits
    .globl {memcmp}
    .type {memcmp}, @function
    .p2align 4
{memcmp}:
    # rcx is the offset. rdx becomes the offset of the last block.
    xor     eax, eax
    xor     ecx, ecx
    sub     rdx, 16
    jb      4f
2:  movups  xmm0, [rdi + rcx]
    movups  xmm1, [rsi + rcx]
    # A bit for each byte that is equal. If all 16 are, adding 1 gives 0. Otherwise the lowest bit of the sum is at the
    # first byte that differs.
    pcmpeqb xmm0, xmm1
    pmovmskb eax, xmm0
    inc     ax
    jne     3f
    add     rcx, 16
    cmp     rcx, rdx
    jb      2b
    # The last block, unless it was this one.
    lea     r8, [rdx + 16]
    cmp     rcx, r8
    mov     rcx, rdx
    jne     2b
    ret
3:  bsf     eax, eax
    add     rcx, rax
    jmp     6f

4:  add     edx, 16
5:  cmp     ecx, edx
    je      7f
6:  movzx   eax, byte ptr [rdi + rcx]
    movzx   r8d, byte ptr [rsi + rcx]
    inc     ecx
    sub     eax, r8d
    je      5b
7:  ret
    .size {memcmp}, . - {memcmp}

    .section .text.strlen, "ax", @progbits
    .globl {strlen}
    .type {strlen}, @function
    .p2align 4
{strlen}:
    or      rax, -1
2:  inc     rax
    cmp     byte ptr [rdi + rax], 0
    jne     2b
    ret
    .size {strlen}, . - {strlen}
