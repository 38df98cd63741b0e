//! An error of `main`.

#![no_std]
#![no_main]

use barefd::{Errno, Result};
use barefd_start::Args;

barefd_start::entry!(main);

fn main(args: Args) -> Result<()> {
    let number = args.iter().nth(1).and_then(|word| word.to_str().ok()?.parse().ok());
    number.and_then(Errno::from_raw_os_error).map_or(Ok(()), Err)
}
