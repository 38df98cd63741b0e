//! Atomic operations. On some processors they are calls of functions that a libc would have.

#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};

use barefd_start::{Args, println};

barefd_start::entry!(main);

static COUNT: AtomicU32 = AtomicU32::new(40);
static FLAG: AtomicUsize = AtomicUsize::new(0);

fn main(args: Args) {
    let before = COUNT.fetch_add(args.iter().count() as u32, SeqCst);
    let swapped = FLAG.compare_exchange(0, 1, SeqCst, SeqCst);
    println!("{before} {} {swapped:?} {}", COUNT.load(SeqCst), FLAG.swap(2, SeqCst));
}
