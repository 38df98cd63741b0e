//! `alloc` with the program's allocator.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use barefd_start::{Args, println};

barefd_start::entry!(main);

/// Gives memory from one array, and takes none back.
struct Bump {
    memory: UnsafeCell<[u8; Bump::SIZE]>,
    used: AtomicUsize,
}

impl Bump {
    const SIZE: usize = 1 << 16;
}

// SAFETY: each piece of the memory is given to one caller only.
unsafe impl Sync for Bump {}

// SAFETY: the pieces do not overlap, and have the alignment that the layout asks for.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = layout.size() + layout.align();
        let start = self.memory.get() as usize + self.used.fetch_add(size, Relaxed);
        let aligned = start.next_multiple_of(layout.align());
        if aligned + layout.size() > self.memory.get() as usize + Self::SIZE {
            return ptr::null_mut();
        }
        aligned as *mut u8
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Bump = Bump { memory: UnsafeCell::new([0; Bump::SIZE]), used: AtomicUsize::new(0) };

fn main(args: Args) {
    let squares: Vec<u64> = (1..=10).map(|n| n * n).collect();
    let mut lengths = BTreeMap::new();
    for word in ["event", "timer", "signal", "poll"] {
        lengths.entry(word.len()).or_insert_with(Vec::new).push(word);
    }
    let text = format!("{} {:?} {lengths:?}", args.iter().count(), squares.iter().sum::<u64>());
    println!("{text}");
}
