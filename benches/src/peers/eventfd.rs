use eventfd::{EfdFlags, EventFD};

use crate::{is, wrong};

fn counter() -> EventFD {
    EventFD::new(0, EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC).unwrap()
}

pub fn wr(times: u64) {
    let event = counter();
    let mut sum = 0;
    for _ in 0..times {
        match (event.write(1), event.read()) {
            (Ok(()), Ok(count)) => sum += count,
            _ => wrong(),
        }
    }
    is(sum, times);
}

pub fn again(times: u64) {
    let event = counter();
    for _ in 0..times {
        match event.read() {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            _ => wrong(),
        }
    }
}
