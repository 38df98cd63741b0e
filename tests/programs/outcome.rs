//! Types of the program's own: what `main` returns, and an error.

#![no_std]
#![no_main]

use barefd::{Errno, Result};
use barefd_start::{Args, Termination, eprintln};

barefd_start::entry!(main);

enum Outcome {
    Done,
    Refused(&'static str),
}

impl Termination for Outcome {
    fn status(self) -> i32 {
        match self {
            Self::Done => 0,
            Self::Refused(_) => 9,
        }
    }

    fn report(self) -> i32 {
        if let Self::Refused(why) = self {
            eprintln!("{why}");
        }
        self.status()
    }
}

struct TooMany;

impl From<TooMany> for Errno {
    fn from(_: TooMany) -> Self {
        Self::INVAL
    }
}

fn words(args: Args) -> core::result::Result<usize, TooMany> {
    match args.iter().count() {
        0..=2 => Ok(args.iter().count()),
        _ => Err(TooMany),
    }
}

fn main(args: Args) -> Result<Outcome> {
    Ok(if words(args)? > 1 { Outcome::Refused("one word too many") } else { Outcome::Done })
}
