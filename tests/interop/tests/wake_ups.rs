//! A million wake-ups from eight threads reach each loop, and none is lost.

use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::thread;

use barefd::{Epoll, EpollEvent, EpollFlags, EventFd, PollFd, PollFlags};

const THREADS: u64 = 8;
const EACH: u64 = 125_000;
const ALL: u64 = THREADS * EACH;

/// Runs `receive`, which gets the counter and returns what it has read of it, beside the threads that write to it.
fn wake_ups(receive: impl FnOnce(EventFd) -> io::Result<u64>) {
    let event = EventFd::nonblocking(0).unwrap();
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let waker = event.try_clone().unwrap();
            thread::spawn(move || (0..EACH).try_for_each(|_| waker.write(1)))
        })
        .collect();
    let last = event.try_clone().unwrap();
    assert_eq!(receive(event).unwrap(), ALL);
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
    assert_eq!(last.take(), Ok(None));
}

#[test]
fn tokio() {
    wake_ups(|event| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_io().build()?;
        runtime.block_on(async {
            // SAFETY: an `EventFd` keeps its descriptor, and closes it only on drop.
            let event = unsafe { tokio::io::unix::AsyncFd::register(event) }?;
            let mut total = 0;
            while total < ALL {
                total += event.async_io(tokio::io::Interest::READABLE, |event| Ok(event.read()?)).await?;
            }
            Ok(total)
        })
    });
}

#[test]
fn mio() {
    wake_ups(|event| {
        let mut poll = mio::Poll::new()?;
        let number = event.as_raw_fd();
        poll.registry().register(&mut mio::unix::SourceFd(&number), mio::Token(0), mio::Interest::READABLE)?;
        let mut events = mio::Events::with_capacity(8);
        let mut total = 0;
        while total < ALL {
            poll.poll(&mut events, None)?;
            for _ in &events {
                total += event.take()?.unwrap_or(0);
            }
        }
        Ok(total)
    });
}

#[test]
fn polling() {
    wake_ups(|event| {
        let poller = polling::Poller::new()?;
        let readable = polling::Event::readable(0);
        // SAFETY: it is deleted below, before it is closed.
        unsafe { poller.add(&event, readable)? };
        let mut events = polling::Events::new();
        let mut total = 0;
        while total < ALL {
            events.clear();
            poller.wait(&mut events, None)?;
            total += event.take()?.unwrap_or(0);
            poller.modify(&event, readable)?;
        }
        poller.delete(&event)?;
        Ok(total)
    });
}

#[test]
fn async_io() {
    wake_ups(|event| {
        let event = async_io::Async::new(event)?;
        async_io::block_on(async {
            let mut total = 0;
            while total < ALL {
                total += event.read_with(|event| event.take()?.ok_or_else(|| ErrorKind::WouldBlock.into())).await?;
            }
            Ok(total)
        })
    });
}

#[test]
fn poll() {
    wake_ups(|event| {
        let mut total = 0;
        while total < ALL {
            barefd::poll(&mut [PollFd::new(&event, PollFlags::IN)], None)?;
            total += event.take()?.unwrap_or(0);
        }
        Ok(total)
    });
}

#[test]
fn epoll_edge_triggered() {
    wake_ups(|event| {
        let epoll = Epoll::new()?;
        epoll.add(&event, EpollFlags::IN | EpollFlags::ET, 0)?;
        let mut events = [EpollEvent::default()];
        let mut total = 0;
        while total < ALL {
            epoll.wait(&mut events, None)?;
            total += event.take()?.unwrap_or(0);
        }
        Ok(total)
    });
}
