#![no_std]
#![no_main]

#[macro_use]
mod common;

use syscalls::{Errno, Sysno, syscall};

start!(run);

const FLAGS: usize = 0x80800;

/// SAFETY: the callers pass what the call takes.
macro_rules! call {
    ($($argument:expr),*) => { unsafe { syscall!($($argument),*) } };
}

fn exit(status: i32) -> ! {
    loop {
        let _ = call!(Sysno::exit_group, status);
    }
}

fn or_exit(result: Result<usize, Errno>) -> usize {
    match result {
        Ok(value) => value,
        Err(_) => exit(1),
    }
}

fn run() -> ! {
    let timer = or_exit(call!(Sysno::timerfd_create, 1, FLAGS));
    let event = or_exit(call!(Sysno::eventfd2, 0, FLAGS));
    let spec = [0_i64, 5_000_000, 0, 5_000_000];
    or_exit(call!(Sysno::timerfd_settime, timer, 0, spec.as_ptr(), 0));

    let mut ticks = 0;
    // The descriptor, the events, and those that occurred.
    let mut fds = [timer as u32, 1, event as u32, 1];
    while ticks < 5 {
        or_exit(call!(Sysno::poll, fds.as_mut_ptr(), 2, -1_isize));
        let ready = [fds[1] >> 16 & 1 != 0, fds[3] >> 16 & 1 != 0];
        let mut count = 0_u64;
        if ready[0] {
            match call!(Sysno::read, timer, &raw mut count, 8) {
                Ok(8) => drop(or_exit(call!(Sysno::write, event, &raw const count, 8))),
                Err(Errno::EAGAIN) => {}
                _ => exit(1),
            }
        }
        if ready[1] {
            match call!(Sysno::read, event, &raw mut count, 8) {
                Ok(8) => ticks += count,
                Err(Errno::EAGAIN) => {}
                _ => exit(1),
            }
        }
    }
    let text = b"five ticks\n";
    let _ = call!(Sysno::write, 1, text.as_ptr(), text.len());
    exit(0)
}
