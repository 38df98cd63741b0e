//! The arguments, the environment and the auxiliary vector in a debug format.

#![no_std]
#![no_main]

use barefd_start::{Args, println};

barefd_start::entry!(main);

fn main(args: Args) {
    println!("{:?} {:?} {args:?}", args.env(), args.auxv());
    let mut words = args.iter();
    words.next();
    println!("{words:?} {}", words.count());
}
