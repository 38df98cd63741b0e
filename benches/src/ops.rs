//! One operation of one crate, as often as it is told: `ops PEER OPERATION TIMES`. `ops --list` shows them. With `time`
//! before the other words, it prints the nanoseconds that they took.
//!
//! Each operation is written in the idiom of its crate, and checks every result. `asm` does the same job by hand. It and
//! the types of barefd retry after `EINTR`; the others do not, or not all of them. Values come at run time.

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
compile_error!("the hand-written operations are for x86_64");

mod peers {
    pub mod asm;
    pub mod barefd_sys;
    pub mod barefd_types;
    pub mod eventfd;
    pub mod libc;
    pub mod nc;
    pub mod nix;
    pub mod rustix;
    pub mod syscalls;
    pub mod timerfd;
}

use std::process::ExitCode;
use std::time::Instant;

type Operation = fn(u64);

macro_rules! operations {
    ($($peer:ident $name:literal: $($operation:ident)*;)*) => {
        /// The peer, the operation, and the function that repeats it.
        const OPERATIONS: &[(&str, &str, Operation)] =
            &[$($(($name, stringify!($operation), peers::$peer::$operation)),*),*];
    };
}

operations! {
    asm "asm": wr again tagain settime gettime poll signal epoll;
    barefd_types "types": wr again tagain settime gettime poll signal epoll;
    barefd_sys "sys": wr again tagain settime gettime poll signal epoll;
    rustix "rustix": wr again tagain settime gettime poll epoll;
    nix "nix": wr again poll signal epoll settime gettime;
    libc "libc": wr again tagain settime gettime poll signal epoll;
    syscalls "syscalls": wr again tagain settime gettime poll signal epoll;
    nc "nc": wr again tagain settime gettime poll;
    eventfd "eventfd": wr again;
    timerfd "timerfd": tagain settime gettime;
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--list"] => {
            for (peer, operation, _) in OPERATIONS {
                println!("{peer} {operation}");
            }
            ExitCode::SUCCESS
        }
        [peer, operation, times] | ["time", peer, operation, times] => {
            let run = OPERATIONS.iter().find(|(p, o, _)| (*p, *o) == (peer, operation));
            match (run, times.parse()) {
                (Some((.., run)), Ok(times)) => {
                    let start = Instant::now();
                    run(times);
                    if words[0] == "time" {
                        println!("{}", start.elapsed().as_nanos());
                    }
                    ExitCode::SUCCESS
                }
                _ => usage(),
            }
        }
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: ops [time] PEER OPERATION TIMES | ops --list");
    ExitCode::from(2)
}

/// Checks a sum after the last operation, so that each of them has to use its value.
fn is(sum: u64, expected: u64) {
    if sum != expected {
        wrong();
    }
}

/// The end of an operation that gave another result than it must.
#[cold]
#[inline(never)]
fn wrong() -> ! {
    eprintln!("an operation gave another result than it must");
    std::process::exit(1)
}
