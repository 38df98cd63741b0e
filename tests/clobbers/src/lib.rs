#![no_std]
//! `cargo xtask ci clobbers` reads the assembly of these functions. They hold values across a trap, and the compiler
//! would like best to keep these values in registers that a kernel does not preserve.

use core::cell::Cell;

use barefd::trap;

/// Not the number of a system call on any architecture.
const NUMBER: usize = 8191;

/// On powerpc the best place for the counter is ctr.
#[unsafe(no_mangle)]
pub fn counted_loop(times: usize) {
    for _ in 0..times {
        // SAFETY: the kernel does nothing.
        let _ = unsafe { trap::syscall0(NUMBER) };
    }
}

/// The best place for the lanes is vector registers, until the lanes are stored.
#[unsafe(no_mangle)]
pub fn lanes_around_a_trap(from: &Cell<[u32; 16]>, to: &mut [u32; 16]) {
    let held = from.get().map(|lane| lane.wrapping_mul(3));
    // SAFETY: the kernel does nothing.
    let _ = unsafe { trap::syscall0(NUMBER) };
    *to = held;
}

/// The best place for the values that the inner loop divides, and for the mask of its lanes, is vector and predicate
/// registers, during the whole function.
#[unsafe(no_mangle)]
pub fn loop_around_a_trap_and_a_loop(values: &mut [f32; 1024], factor: f32, times: usize) {
    for _ in 0..times {
        // SAFETY: the kernel does nothing.
        let _ = unsafe { trap::syscall0(NUMBER) };
        for value in values.iter_mut() {
            *value = factor / *value;
        }
    }
}
