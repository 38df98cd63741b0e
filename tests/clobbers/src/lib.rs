#![no_std]
//! Functions whose assembly `cargo xtask ci clobbers` reads: what they hold across a trap would best stay in registers that a
//! kernel does not preserve.

use core::cell::Cell;

use barefd::trap;

/// Of no system call on any architecture.
const NUMBER: usize = 8191;

/// On powerpc a counter would best be in ctr.
#[unsafe(no_mangle)]
pub fn counted_loop(times: usize) {
    for _ in 0..times {
        // SAFETY: the kernel does nothing.
        let _ = unsafe { trap::syscall0(NUMBER) };
    }
}

/// The lanes would best be in vector registers until they are stored.
#[unsafe(no_mangle)]
pub fn lanes_around_a_trap(from: &Cell<[u32; 16]>, to: &mut [u32; 16]) {
    let held = from.get().map(|lane| lane.wrapping_mul(3));
    // SAFETY: the kernel does nothing.
    let _ = unsafe { trap::syscall0(NUMBER) };
    *to = held;
}

/// What the inner loop divides, and the mask of its lanes, would best be in vector and predicate registers throughout.
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
