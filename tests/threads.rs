//! Descriptors that several threads share.

mod common;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};

use barefd::{
    Clock, Epoll, EpollEvent, EpollFlags, Errno, EventFd, PidFd, PidFdFlags, PollFd, PollFlags, Result, Tick, TimerFd,
    poll,
};
#[cfg(target_pointer_width = "64")]
use common::emulator;
use common::{Task, expired, owe, receive, thread_id};

const THREADS: usize = 3;
/// There are so many rounds that in some of them all threads see the descriptor ready before one thread reads it.
const RACES: u32 = 5000;

/// Lets threads call `take` for ever. Returns the threads and a receiver of the results, in the order of the calls.
fn takers<D: Send + Sync + 'static, T: Send + 'static>(
    descriptor: &Arc<D>,
    take: fn(&D) -> T,
) -> (Vec<Task<()>>, Receiver<T>) {
    let (sender, taken) = mpsc::channel();
    let takers = (0..THREADS).map(|_| {
        let (descriptor, sender) = (Arc::clone(descriptor), sender.clone());
        Task::start(move || while sender.send(take(&descriptor)).is_ok() {})
    });
    (takers.collect(), taken)
}

/// Lets threads read the counter until they have `total` together. Returns the result of each read.
///
/// Before a thread ends it adds one, because the next thread would wait for ever otherwise. The one that the last
/// thread adds stays in the counter.
fn read_to(event: &Arc<EventFd>, total: u128) -> Vec<Task<Vec<u64>>> {
    let sum = Arc::new(Mutex::new(0));
    let readers = (0..THREADS).map(|_| {
        let (event, sum) = (Arc::clone(event), Arc::clone(&sum));
        Task::start(move || {
            let mut counts = Vec::new();
            loop {
                let count = event.read().unwrap();
                counts.push(count);
                let mut sum = sum.lock().unwrap();
                *sum += u128::from(count);
                if *sum >= total {
                    event.write(1).unwrap();
                    return counts;
                }
            }
        })
    });
    readers.collect()
}

#[test]
fn a_blocked_write_ends_when_a_reader_makes_room() {
    let event = Arc::new(EventFd::new(0).unwrap());
    event.write(EventFd::MAX - 1).unwrap();
    let shared = Arc::clone(&event);
    let write = Task::start(move || shared.write(2));
    write.until_blocked();
    assert_eq!(event.read(), Ok(EventFd::MAX - 1));
    assert_eq!(write.finish(), Ok(()));
    assert_eq!(event.read(), Ok(2));
}

#[test]
fn a_blocked_notify_ends_when_a_reader_makes_room() {
    let event = Arc::new(EventFd::new(0).unwrap());
    event.write(EventFd::MAX).unwrap();
    let shared = Arc::clone(&event);
    let notify = Task::start(move || shared.notify());
    notify.until_blocked();
    assert_eq!(event.read(), Ok(EventFd::MAX));
    assert_eq!(notify.finish(), Ok(()));
    assert_eq!(event.read(), Ok(1));
}

#[test]
fn nothing_that_many_writers_add_is_lost() {
    const WRITES: u64 = 1000;

    let event = Arc::new(EventFd::new(0).unwrap());
    let total = (1..=WRITES).sum::<u64>() * THREADS as u64;
    let readers = read_to(&event, total.into());
    let writers: Vec<_> = (0..THREADS)
        .map(|_| {
            let event = Arc::clone(&event);
            Task::start(move || (1..=WRITES).try_for_each(|add| event.write(add)))
        })
        .collect();
    for writer in writers {
        assert_eq!(writer.finish(), Ok(()));
    }
    let read: u64 = readers.into_iter().flat_map(Task::finish).sum();
    assert_eq!(read + event.read().unwrap(), total + THREADS as u64);
}

#[test]
fn nothing_that_blocked_writers_add_is_lost() {
    const WRITES: usize = 100;
    // The counter cannot hold four of these.
    const ADD: u64 = 1 << 62;

    let event = Arc::new(EventFd::new(0).unwrap());
    let writers: Vec<_> = (0..THREADS + 1)
        .map(|_| {
            let event = Arc::clone(&event);
            Task::start(move || (0..WRITES).try_for_each(|_| event.write(ADD)))
        })
        .collect();
    let total = u128::from(ADD) * (writers.len() * WRITES) as u128;
    let readers = read_to(&event, total);
    for writer in writers {
        assert_eq!(writer.finish(), Ok(()));
    }
    let read: u128 = readers.into_iter().flat_map(Task::finish).map(u128::from).sum();
    assert_eq!(read + u128::from(event.read().unwrap()), total + THREADS as u128);
}

#[test]
fn competing_readers_take_each_permit_of_a_semaphore_once() {
    const PERMITS: u64 = 3000;

    let semaphore = Arc::new(EventFd::semaphore(0).unwrap());
    let readers = read_to(&semaphore, PERMITS.into());
    semaphore.write(1).unwrap();
    semaphore.write(PERMITS - 1).unwrap();
    let read: Vec<_> = readers.into_iter().flat_map(Task::finish).collect();
    assert!(read.iter().all(|&permits| permits == 1));
    assert_eq!(read.len() as u64 + semaphore.read().unwrap(), PERMITS + THREADS as u64);
}

#[test]
fn one_of_several_blocked_readers_gets_the_whole_count() {
    let event = Arc::new(EventFd::new(0).unwrap());
    let (readers, taken) = takers(&event, EventFd::read);
    for count in [7, 5, EventFd::MAX, 3] {
        readers.iter().for_each(Task::until_blocked);
        event.write(count).unwrap();
        assert_eq!(receive(&taken), Ok(count));
    }
    readers.iter().for_each(Task::until_blocked);
    assert!(taken.try_recv().is_err());
}

#[test]
fn a_semaphore_frees_as_many_blocked_readers_as_it_gets_permits() {
    let semaphore = Arc::new(EventFd::semaphore(0).unwrap());
    let (readers, taken) = takers(&semaphore, EventFd::read);
    for permits in [2, 1, 3] {
        readers.iter().for_each(Task::until_blocked);
        semaphore.write(permits).unwrap();
        for _ in 0..permits {
            assert_eq!(receive(&taken), Ok(1));
        }
        readers.iter().for_each(Task::until_blocked);
        assert!(taken.try_recv().is_err());
    }
}

// A 32-bit program on a 64-bit kernel gets ENOTTY from `set_ticks`.
#[cfg(target_pointer_width = "64")]
#[test]
fn set_ticks_wakes_a_blocked_reader() {
    if emulator("knows no TFD_IOC_SET_TICKS") {
        return;
    }
    let timer = Arc::new(TimerFd::new(Clock::Monotonic).unwrap());
    let shared = Arc::clone(&timer);
    let read = Task::start(move || shared.read());
    read.until_blocked();
    timer.set_ticks(std::num::NonZeroU64::new(9).unwrap()).unwrap();
    assert_eq!(read.finish(), Ok(9));
}

#[test]
fn arming_wakes_a_reader_that_blocks_on_a_disarmed_timer() {
    let timer = Arc::new(TimerFd::new(Clock::Realtime).unwrap());
    let shared = Arc::clone(&timer);
    let read = Task::start(move || shared.read());
    read.until_blocked();
    owe(&timer, 9);
    assert_eq!(read.finish(), Ok(9));
}

#[test]
fn each_expiration_is_read_by_one_thread() {
    let reads: [fn(&TimerFd) -> Result<Tick>; 2] = [TimerFd::wait, |timer| timer.read().map(expired)];
    for read in reads {
        let timer = Arc::new(TimerFd::new(Clock::Realtime).unwrap());
        let (readers, taken) = takers(&timer, read);
        for expirations in 1..100 {
            readers.iter().for_each(Task::until_blocked);
            owe(&timer, expirations);
            assert_eq!(receive(&taken), Ok(expired(expirations.into())));
        }
    }
}

#[test]
fn wait_on_a_shared_counter_goes_on_when_another_thread_was_faster() {
    let event = Arc::new(EventFd::nonblocking(0).unwrap());
    let (_waiters, taken) = takers(&event, EventFd::wait);
    for count in 1..RACES {
        event.write(count.into()).unwrap();
        assert_eq!(receive(&taken), Ok(count.into()));
    }
}

#[test]
fn wait_on_a_shared_timer_goes_on_when_another_thread_was_faster() {
    let timer = Arc::new(TimerFd::nonblocking(Clock::Realtime).unwrap());
    let (_waiters, taken) = takers(&timer, TimerFd::wait);
    for expirations in 1..RACES {
        owe(&timer, expirations);
        assert_eq!(receive(&taken), Ok(expired(expirations.into())));
    }
}

#[test]
fn a_thread_that_blocks_already_stays_blocked_when_another_sets_nonblocking() {
    let event = Arc::new(EventFd::new(0).unwrap());
    let shared = Arc::clone(&event);
    let read = Task::start(move || shared.read());
    read.until_blocked();
    event.set_nonblocking(true).unwrap();
    read.until_blocked();
    event.write(4).unwrap();
    assert_eq!(read.finish(), Ok(4));
}

#[test]
fn data_stored_before_notify_is_seen_after_wait() {
    const ROUNDS: u64 = 10_000;

    for new in [EventFd::new, EventFd::nonblocking] {
        let shared = Arc::new((new(0).unwrap(), new(0).unwrap(), [const { AtomicU64::new(0) }; 4]));
        let other = Arc::clone(&shared);
        let store = Task::start(move || {
            let (full, empty, data) = &*other;
            for round in 1..=ROUNDS {
                data.iter().for_each(|datum| datum.store(round, Relaxed));
                full.notify().unwrap();
                empty.wait().unwrap();
            }
        });
        let load = Task::start(move || {
            let (full, empty, data) = &*shared;
            for round in 1..=ROUNDS {
                full.wait().unwrap();
                for datum in data {
                    assert_eq!(datum.load(Relaxed), round);
                }
                empty.notify().unwrap();
            }
        });
        load.finish();
        store.finish();
    }
}

/// The token of the only event that a wait reports.
fn token(epoll: &Epoll) -> u64 {
    let mut events = [EpollEvent::default(); 4];
    let events = epoll.wait(&mut events, None).unwrap();
    assert_eq!(events.len(), 1);
    events[0].token()
}

#[test]
fn an_edge_wakes_one_of_the_threads_that_wait_on_a_set() {
    let (epoll, event) = (Epoll::new().unwrap(), EventFd::new(0).unwrap());
    epoll.add(&event, EpollFlags::IN | EpollFlags::ET, 7).unwrap();
    let (waiters, woken) = takers(&Arc::new(epoll), token);
    for _ in 0..100 {
        waiters.iter().for_each(Task::until_blocked);
        event.notify().unwrap();
        assert_eq!(receive(&woken), 7);
    }
    waiters.iter().for_each(Task::until_blocked);
    assert!(woken.try_recv().is_err());
}

#[test]
fn an_exclusive_event_wakes_one_of_the_sets_that_wait_for_it() {
    let event = Arc::new(EventFd::nonblocking(0).unwrap());
    let (sender, woken) = mpsc::channel();
    let waiters: Vec<_> = (0..THREADS)
        .map(|_| {
            let epoll = Epoll::new().unwrap();
            epoll.add(&*event, EpollFlags::IN | EpollFlags::EXCLUSIVE, 7).unwrap();
            let (event, sender) = (Arc::clone(&event), sender.clone());
            Task::start(move || while sender.send((token(&epoll), event.take())).is_ok() {})
        })
        .collect();
    for _ in 0..100 {
        waiters.iter().for_each(Task::until_blocked);
        event.notify().unwrap();
        assert_eq!(receive(&woken), (7, Ok(Some(1))));
        waiters.iter().for_each(Task::until_blocked);
        assert!(woken.try_recv().is_err());
    }
}

#[test]
fn a_thread_is_no_process() {
    let event = Arc::new(EventFd::new(0).unwrap());
    let (sender, id) = mpsc::channel();
    let shared = Arc::clone(&event);
    let thread = Task::start(move || {
        sender.send(thread_id() as u32).unwrap();
        shared.wait()
    });
    let id = receive(&id);
    // Newer kernels answer ENOENT.
    let refused = PidFd::open(id).unwrap_err();
    assert!([Errno::INVAL, Errno::NOENT].contains(&refused), "{refused}");

    let opened = PidFd::with_flags(id, PidFdFlags::THREAD);
    event.write(5).unwrap();
    assert_eq!(thread.finish(), Ok(5));
    match opened {
        // A kernel before 6.9.
        Err(errno) => assert_eq!(errno, Errno::INVAL),
        Ok(opened) => assert_eq!(poll(&mut [PollFd::new(&opened, PollFlags::IN)], None), Ok(1)),
    }
}

#[test]
fn a_change_of_a_set_reaches_a_thread_that_waits_on_it() {
    let (epoll, event) = (Arc::new(Epoll::new().unwrap()), EventFd::new(1).unwrap());
    let shared = Arc::clone(&epoll);
    let wait = Task::start(move || token(&shared));
    wait.until_blocked();
    epoll.add(&event, EpollFlags::IN, 7).unwrap();
    assert_eq!(wait.finish(), 7);

    epoll.modify(&event, EpollFlags::PRI, 8).unwrap();
    let shared = Arc::clone(&epoll);
    let wait = Task::start(move || token(&shared));
    wait.until_blocked();
    epoll.modify(&event, EpollFlags::IN, 9).unwrap();
    assert_eq!(wait.finish(), 9);
}
