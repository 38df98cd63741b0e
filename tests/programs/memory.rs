//! Calls of the functions on memory that the compiler inserts.

#![no_std]
#![no_main]

use core::hint::black_box;

use barefd_start::{Args, println};

barefd_start::entry!(main);

fn main(_: Args) {
    let mut bytes = black_box([7_u8; 3000]);
    let copy = black_box(bytes);
    bytes.copy_within(1..2000, 501);
    let sum: u64 = copy.iter().chain(&bytes).map(|&byte| u64::from(byte)).sum();
    println!("{sum} {} {:?}", copy == bytes, copy[..9].cmp(&bytes[..8]));
}
