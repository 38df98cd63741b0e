//! Printed text goes only to the standard streams, also if they are closed at the start.

#![no_std]
#![no_main]

use barefd::EventFd;
use barefd::fd::AsRawFd;
use barefd_start::{Args, eprintln, open_standard_streams, println};

barefd_start::entry!(main);

fn main(_: Args) -> i32 {
    open_standard_streams();
    let Ok(event) = EventFd::nonblocking(0) else { return 1 };
    println!("printed text");
    eprintln!("printed text");
    match (event.as_raw_fd() > 2, event.take()) {
        (true, Ok(None)) => 0,
        _ => 2,
    }
}
