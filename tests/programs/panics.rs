//! A panic, and a panic while the message of the first one is formatted.

#![no_std]
#![no_main]

use core::fmt;

use barefd_start::Args;

barefd_start::entry!(main);

struct Nested;

impl fmt::Display for Nested {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("while a message is formatted: {Nested}")
    }
}

fn main(args: Args) {
    if args.iter().count() > 1 {
        panic!("nested: {Nested}");
    }
    panic!("a plain message");
}
