//! An empty line, as the standard library's macros print it.

#![no_std]
#![no_main]

use barefd_start::{Args, eprintln, println};

barefd_start::entry!(main,);

fn main(_: Args) {
    println!();
    eprintln!();
    println!("a line",);
}
