//! The set of descriptors that epoll waits for.

use core::fmt::Write;
use core::time::Duration;

use barefd::fd::{AsFd, AsRawFd, BorrowedFd};
use barefd::sys::{EpollOp, Timespec};
use barefd::{
    Clock, Epoll, EpollCreateFlags, EpollEvent, EpollFlags, Errno, EventFd, PidFd, PollFlags, Result, SigSet, Signal,
    TimerFd, sys,
};

use super::pidfd::Child;
use super::{Blocked, FdInfo, HOUR, SOON, alone, becomes_readable, events, expired, owe};
use crate::outcome::Text;
use crate::{Outcome, Unpassed, kernel};

const TOKEN: u64 = 0x0123_4567_89ab_cdef;

const READABLE: Option<EpollEvent> = event_of(EpollFlags::IN);
const WRITABLE: Option<EpollEvent> = event_of(EpollFlags::OUT);
const EDGES: EpollFlags = EpollFlags::IN.union(EpollFlags::ET);

const fn event_of(flags: EpollFlags) -> Option<EpollEvent> {
    Some(EpollEvent::new(flags, TOKEN))
}

/// The first event, or `None` if none comes in this time.
fn first(epoll: &Epoll, timeout: Duration) -> Result<Option<EpollEvent>> {
    let mut events = [EpollEvent::default(); 2];
    epoll.wait(&mut events, Some(timeout)).map(|events| events.first().copied())
}

/// The first event of this moment.
fn now(epoll: &Epoll) -> Result<Option<EpollEvent>> {
    first(epoll, Duration::ZERO)
}

/// A set of one descriptor.
fn set_of(fd: impl AsFd, interest: EpollFlags) -> Result<Epoll> {
    let epoll = Epoll::new()?;
    epoll.add(&fd, interest, TOKEN)?;
    Ok(epoll)
}

pub fn it_is_close_on_exec_unless_it_is_asked_not_to_be() -> Outcome {
    check_eq!(kernel::is_cloexec(&Epoll::new()?), Ok(true));
    check_eq!(kernel::is_cloexec(&Epoll::with_flags(EpollCreateFlags::default())?), Ok(true));
    check_eq!(kernel::is_cloexec(&Epoll::with_flags(EpollCreateFlags::empty())?), Ok(false));
    Ok(())
}

pub fn an_unknown_flag_is_inval() -> Outcome {
    for bit in (0..32).map(|shift| 1 << shift).filter(|&bit| bit != EpollCreateFlags::CLOEXEC.bits()) {
        check_eq!(Epoll::with_flags(EpollCreateFlags::from_bits_retain(bit)).err(), Some(Errno::INVAL));
    }
    Ok(())
}

pub fn a_descriptor_is_in_a_set_once() -> Outcome {
    let (epoll, event) = (Epoll::new()?, EventFd::new(1)?);
    check_eq!(epoll.modify(&event, EpollFlags::IN, TOKEN), Err(Errno::NOENT));
    check_eq!(epoll.delete(&event), Err(Errno::NOENT));

    epoll.add(&event, EpollFlags::IN, TOKEN)?;
    check_eq!(epoll.add(&event, EpollFlags::OUT, 1), Err(Errno::EXIST));
    check_eq!(now(&epoll), Ok(READABLE));

    epoll.delete(&event)?;
    check_eq!(now(&epoll), Ok(None));
    check_eq!(epoll.delete(&event), Err(Errno::NOENT));
    epoll.add(&event, EpollFlags::OUT, TOKEN)?;
    check_eq!(now(&epoll), Ok(WRITABLE));
    Ok(())
}

pub fn modify_gives_other_events_and_another_token() -> Outcome {
    let event = EventFd::new(1)?;
    let epoll = set_of(&event, EpollFlags::IN)?;
    epoll.modify(&event, EpollFlags::OUT, 5)?;
    check_eq!(now(&epoll), Ok(Some(EpollEvent::new(EpollFlags::OUT, 5))));
    epoll.modify(&event, EpollFlags::IN | EpollFlags::OUT, TOKEN)?;
    check_eq!(now(&epoll), Ok(event_of(EpollFlags::IN | EpollFlags::OUT)));
    epoll.modify(&event, EpollFlags::empty(), TOKEN)?;
    check_eq!(now(&epoll), Ok(None));
    Ok(())
}

pub fn a_token_keeps_its_64_bits() -> Outcome {
    const TOKENS: [u64; 8] =
        [0, 1, u64::MAX, TOKEN, TOKEN.swap_bytes(), 1 << 63, u32::MAX as u64, (u32::MAX as u64) << 32];
    let (epoll, event) = (Epoll::new()?, EventFd::new(1)?);
    epoll.add(&event, EpollFlags::IN, 0)?;
    for token in TOKENS {
        epoll.modify(&event, EpollFlags::IN, token)?;
        check_eq!(now(&epoll)?.map(|event| event.token()), Some(token));
    }
    epoll.delete(&event)?;

    // Next to each other in the buffer, no entry touches another.
    let other = EventFd::new(1)?;
    for token in TOKENS {
        epoll.add(&event, EpollFlags::IN, token)?;
        epoll.add(&other, EpollFlags::OUT, !token)?;
        let mut events = [EpollEvent::new(EpollFlags::PRI, TOKEN); 4];
        check_eq!(epoll.wait(&mut events, None)?.len(), 2);
        let [one, two, rest @ ..] = events;
        check_eq!([one, two], [EpollEvent::new(EpollFlags::IN, token), EpollEvent::new(EpollFlags::OUT, !token)]);
        check_eq!(rest, [EpollEvent::new(EpollFlags::PRI, TOKEN); 2]);
        epoll.delete(&event)?;
        epoll.delete(&other)?;
    }
    Ok(())
}

pub fn what_cannot_be_waited_for_is_perm() -> Outcome {
    let epoll = Epoll::new()?;
    let directory = kernel::open(c"/", 0)?;
    check_eq!(epoll.add(&directory, EpollFlags::IN, TOKEN), Err(Errno::PERM));
    check_eq!(epoll.modify(&directory, EpollFlags::IN, TOKEN), Err(Errno::PERM));
    check_eq!(epoll.delete(&directory), Err(Errno::PERM));
    match kernel::file_of(b"12345678") {
        Err(Errno::NOSYS) => Err(Unpassed::NotApplicable("a kernel without CONFIG_MEMFD_CREATE")),
        file => {
            check_eq!(epoll.add(&file?, EpollFlags::IN, TOKEN), Err(Errno::PERM));
            Ok(())
        }
    }
}

pub fn a_set_takes_no_cycle_and_five_levels() -> Outcome {
    let epoll = Epoll::new()?;
    check_eq!(epoll.add(&epoll, EpollFlags::IN, TOKEN), Err(Errno::INVAL));

    let outer = Epoll::new()?;
    outer.add(&epoll, EpollFlags::IN, TOKEN)?;
    check_eq!(epoll.add(&outer, EpollFlags::IN, TOKEN), Err(Errno::LOOP));

    let sets = [Epoll::new()?, Epoll::new()?, Epoll::new()?, Epoll::new()?, Epoll::new()?, Epoll::new()?];
    let event = EventFd::new(1)?;
    let mut inner = event.as_fd();
    for (depth, set) in sets.iter().enumerate() {
        let (added, seen) = if depth < 5 { (Ok(()), READABLE) } else { (Err(Errno::LOOP), None) };
        check_eq!(set.add(&inner, EpollFlags::IN, TOKEN), added);
        check_eq!(now(set), Ok(seen));
        inner = set.as_fd();
    }
    Ok(())
}

pub fn a_set_is_readable_while_it_has_an_event() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let inner = set_of(&event, EpollFlags::IN)?;
    let outer = set_of(&inner, EpollFlags::IN | EpollFlags::OUT)?;
    check_eq!(events(&inner, PollFlags::IN | PollFlags::OUT), Ok(PollFlags::empty()));
    check_eq!(now(&outer), Ok(None));
    event.notify()?;
    check_eq!(events(&inner, PollFlags::IN | PollFlags::OUT), Ok(PollFlags::IN));
    check_eq!(now(&outer), Ok(READABLE));
    check_eq!(now(&inner), Ok(READABLE));
    event.read()?;
    check_eq!(now(&outer), Ok(None));
    Ok(())
}

pub fn errors_and_hang_ups_come_unasked() -> Outcome {
    let (reader, writer) = kernel::pipe()?;
    let epoll = set_of(&writer, EpollFlags::empty())?;
    check_eq!(now(&epoll), Ok(None));
    drop(reader);
    check_eq!(now(&epoll), Ok(event_of(EpollFlags::ERR)));
    check!(now(&epoll)?.is_some_and(|event| event.is_failed() && !event.is_readable() && !event.is_writable()));

    let (reader, writer) = kernel::pipe()?;
    let epoll = set_of(&reader, EpollFlags::empty())?;
    check_eq!(now(&epoll), Ok(None));
    drop(writer);
    check_eq!(now(&epoll), Ok(event_of(EpollFlags::HUP)));
    check!(now(&epoll)?.is_some_and(|event| event.is_failed()));
    Ok(())
}

pub fn each_kind_of_data_has_a_flag_of_its_own() -> Outcome {
    let (here, there) = kernel::sockets()?;
    let all = EpollFlags::IN | EpollFlags::OUT | EpollFlags::PRI | EpollFlags::RDNORM | EpollFlags::WRNORM;
    let epoll = set_of(&here, all | EpollFlags::RDBAND | EpollFlags::WRBAND | EpollFlags::RDHUP)?;
    let writable = EpollFlags::OUT | EpollFlags::WRNORM | EpollFlags::WRBAND;
    check_eq!(now(&epoll), Ok(event_of(writable)));
    sys::write(there.as_fd(), b"x")?;
    let readable = writable | EpollFlags::IN | EpollFlags::RDNORM;
    check_eq!(now(&epoll), Ok(event_of(readable)));
    check!(now(&epoll)?.is_some_and(|event| event.is_readable() && event.is_writable() && !event.is_failed()));
    drop(there);
    check_eq!(now(&epoll), Ok(event_of(readable | EpollFlags::RDHUP | EpollFlags::HUP)));
    Ok(())
}

pub fn one_shot_is_one_event_until_modify() -> Outcome {
    let event = EventFd::nonblocking(1)?;
    let once = EpollFlags::IN | EpollFlags::ONESHOT;
    let epoll = set_of(&event, once)?;
    for _ in 0..2 {
        check_eq!(now(&epoll), Ok(READABLE));
        check_eq!(now(&epoll), Ok(None));
        event.notify()?;
        check_eq!(now(&epoll), Ok(None));
        check_eq!(epoll.add(&event, once, TOKEN), Err(Errno::EXIST));
        epoll.modify(&event, once, TOKEN)?;
    }
    check_eq!(now(&epoll), Ok(READABLE));
    Ok(())
}

pub fn exclusive_is_for_some_events_and_not_for_modify() -> Outcome {
    let (epoll, event) = (Epoll::new()?, EventFd::new(1)?);
    let exclusive = EpollFlags::EXCLUSIVE;
    for refused in [EpollFlags::ONESHOT, EpollFlags::PRI, EpollFlags::RDHUP, EpollFlags::RDNORM] {
        check_eq!(epoll.add(&event, exclusive | EpollFlags::IN | refused, TOKEN), Err(Errno::INVAL));
    }
    check_eq!(epoll.add(&Epoll::new()?, exclusive | EpollFlags::IN, TOKEN), Err(Errno::INVAL));

    epoll.add(&event, EpollFlags::IN, TOKEN)?;
    check_eq!(epoll.modify(&event, exclusive | EpollFlags::IN, TOKEN), Err(Errno::INVAL));
    epoll.delete(&event)?;

    let permitted = EpollFlags::IN | EpollFlags::OUT | EpollFlags::ERR | EpollFlags::HUP;
    epoll.add(&event, exclusive | permitted | EpollFlags::ET | EpollFlags::WAKEUP, TOKEN)?;
    check_eq!(now(&epoll), Ok(event_of(EpollFlags::IN | EpollFlags::OUT)));
    check_eq!(epoll.modify(&event, EpollFlags::IN, TOKEN), Err(Errno::INVAL));
    epoll.delete(&event)?;
    Ok(())
}

/// Nobody waits, so nobody is woken, and each set keeps the event.
pub fn an_exclusive_event_is_in_every_set() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let interest = EpollFlags::IN | EpollFlags::EXCLUSIVE;
    let (one, other) = (set_of(&event, interest)?, set_of(&event, interest)?);
    event.notify()?;
    check_eq!((now(&one), now(&other)), (Ok(READABLE), Ok(READABLE)));
    event.read()?;
    check_eq!((now(&one), now(&other)), (Ok(None), Ok(None)));
    Ok(())
}

/// Without the capability, and without suspend, the kernel ignores the flag.
pub fn wakeup_changes_no_event() -> Outcome {
    let event = EventFd::nonblocking(1)?;
    let epoll = set_of(&event, EpollFlags::IN | EpollFlags::WAKEUP)?;
    check_eq!(now(&epoll), Ok(READABLE));
    event.read()?;
    check_eq!(now(&epoll), Ok(None));
    Ok(())
}

pub fn each_write_is_an_edge_also_to_a_count_that_nobody_read() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let epoll = set_of(&event, EDGES)?;
    check_eq!(now(&epoll), Ok(None));
    for _ in 0..3 {
        event.notify()?;
        check_eq!(now(&epoll), Ok(READABLE));
        check_eq!(now(&epoll), Ok(None));
    }
    check_eq!(event.take(), Ok(Some(3)));
    Ok(())
}

pub fn adding_zero_is_an_edge_if_there_is_a_count() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let epoll = set_of(&event, EDGES)?;
    event.write(0)?;
    check_eq!(now(&epoll), Ok(None));

    event.write(1)?;
    check_eq!(now(&epoll), Ok(READABLE));
    event.write(0)?;
    check_eq!(now(&epoll), Ok(READABLE));
    check_eq!(now(&epoll), Ok(None));
    event.read()?;
    event.write(0)?;
    check_eq!(now(&epoll), Ok(None));
    Ok(())
}

pub fn each_read_is_an_edge_to_a_writer() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let epoll = set_of(&event, EpollFlags::OUT | EpollFlags::ET)?;
    check_eq!(now(&epoll), Ok(WRITABLE));
    check_eq!(now(&epoll), Ok(None));
    for count in [1, EventFd::MAX] {
        event.write(count)?;
        check_eq!(now(&epoll), Ok(None));
        check_eq!(event.read(), Ok(count));
        check_eq!(now(&epoll), Ok(WRITABLE));
        check_eq!(now(&epoll), Ok(None));
    }
    Ok(())
}

pub fn modify_is_an_edge_if_there_is_an_event() -> Outcome {
    let event = EventFd::nonblocking(1)?;
    let epoll = set_of(&event, EDGES)?;
    check_eq!(now(&epoll), Ok(READABLE));
    check_eq!(now(&epoll), Ok(None));
    epoll.modify(&event, EDGES, TOKEN)?;
    check_eq!(now(&epoll), Ok(READABLE));
    event.read()?;
    epoll.modify(&event, EDGES, TOKEN)?;
    check_eq!(now(&epoll), Ok(None));
    Ok(())
}

pub fn a_count_that_nobody_reads_stays_an_event_without_edges() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let epoll = set_of(&event, EpollFlags::IN)?;
    check_eq!(now(&epoll), Ok(None));
    event.write(2)?;
    check_eq!(now(&epoll), Ok(READABLE));
    check_eq!(now(&epoll), Ok(READABLE));
    check_eq!(event.read(), Ok(2));
    check_eq!(now(&epoll), Ok(None));
    Ok(())
}

pub fn a_semaphore_stays_an_event_until_the_last_permit_is_taken() -> Outcome {
    let semaphore = EventFd::semaphore(2)?;
    let epoll = set_of(&semaphore, EpollFlags::IN)?;
    for _ in 0..2 {
        check_eq!(now(&epoll), Ok(READABLE));
        check_eq!(semaphore.read(), Ok(1));
    }
    check_eq!(now(&epoll), Ok(None));
    Ok(())
}

pub fn each_expiration_is_an_edge() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let epoll = set_of(&timer, EDGES)?;
    check_eq!(now(&epoll), Ok(None));
    for _ in 0..2 {
        timer.arm_at(Duration::ZERO)?;
        check_eq!(first(&epoll, SOON), Ok(READABLE));
        check_eq!(now(&epoll), Ok(None));
        becomes_readable(&timer)?;
    }
    Ok(())
}

/// Until a read there is one edge, for any number of expirations. The edge of a later expiration comes only after the
/// read.
pub fn a_periodic_timer_gives_its_next_edge_after_a_read() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let epoll = set_of(&timer, EDGES)?;
    timer.arm_every(Duration::from_millis(1))?;
    for _ in 0..3 {
        check_eq!(first(&epoll, SOON), Ok(READABLE));
        check_eq!(first(&epoll, Duration::from_millis(20)), Ok(None));
        check_in!(timer.read()?, 2..);
    }
    Ok(())
}

pub fn expirations_that_nobody_reads_stay_an_event_without_edges() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Realtime)?;
    let epoll = set_of(&timer, EpollFlags::IN | EpollFlags::OUT)?;
    check_eq!(now(&epoll), Ok(None));
    owe(&timer, 2)?;
    check_eq!(first(&epoll, SOON), Ok(READABLE));
    check_eq!(now(&epoll), Ok(READABLE));
    check_eq!(timer.read(), Ok(2));
    check_eq!(now(&epoll), Ok(None));
    Ok(())
}

pub fn an_expiration_is_no_event_once_the_timer_is_armed_anew() -> Outcome {
    let timer = expired()?;
    let epoll = set_of(&timer, EpollFlags::IN)?;
    check_eq!(now(&epoll), Ok(READABLE));
    timer.arm_after(HOUR)?;
    check_eq!(now(&epoll), Ok(None));
    Ok(())
}

/// The signal is sent to the process, so that no other thread can have it.
pub fn each_signal_is_an_edge_and_one_that_is_pending_stays_an_event() -> Outcome {
    alone(|| {
        let blocked = Blocked::new(&[Signal::HUP, Signal::TERM])?;
        let signals = blocked.signals()?;
        let (edges, level) = (set_of(&signals, EDGES)?, set_of(&signals, EpollFlags::IN)?);
        check_eq!((now(&edges), now(&level)), (Ok(None), Ok(None)));
        for signal in [Signal::HUP, Signal::TERM] {
            kernel::signal_self(signal)?;
            check_eq!((now(&edges), now(&level)), (Ok(READABLE), Ok(READABLE)));
            check_eq!((now(&edges), now(&level)), (Ok(None), Ok(READABLE)));
        }
        for signal in [Signal::HUP, Signal::TERM] {
            check_eq!(now(&level), Ok(READABLE));
            check_eq!(signals.read()?.signal(), signal);
        }
        check_eq!((now(&edges), now(&level)), (Ok(None), Ok(None)));
        Ok(())
    })
}

pub fn the_end_of_a_process_is_an_edge_and_stays_an_event() -> Outcome {
    let (child, process) = Child::open()?;
    let (edges, level) = (set_of(&process, EDGES)?, set_of(&process, EpollFlags::IN)?);
    check_eq!((now(&edges), now(&level)), (Ok(None), Ok(None)));
    child.end(0)?;
    check_eq!((first(&edges, SOON), first(&level, SOON)), (Ok(READABLE), Ok(READABLE)));
    check_eq!((now(&edges), now(&level)), (Ok(None), Ok(READABLE)));
    process.wait()?;
    check!(now(&level)?.is_some_and(|event| event.is_readable()));
    // On newer kernels this is another edge.
    check_in!(now(&edges)?, [None, event_of(EpollFlags::IN | EpollFlags::HUP)]);
    check_eq!(now(&edges), Ok(None));
    Ok(())
}

/// Each wait begins where the last one ended.
pub fn more_ready_than_the_buffer_holds_have_their_turn() -> Outcome {
    let epoll = Epoll::new()?;
    let counters = [EventFd::new(1)?, EventFd::new(1)?, EventFd::new(1)?, EventFd::new(1)?, EventFd::new(1)?];
    for (counter, token) in counters.iter().zip(0..) {
        epoll.add(counter, EpollFlags::IN, token)?;
    }
    let mut seen = [0; 5];
    // Nobody reads, so all stay ready. Ten waits of two are four turns.
    for _ in 0..10 {
        let mut events = [EpollEvent::default(); 2];
        let events = epoll.wait(&mut events, None)?;
        check_eq!(events.len(), 2);
        for event in events {
            match seen.get_mut(event.token() as usize) {
                Some(count) => *count += 1,
                None => check_eq!(event.token(), 0),
            }
        }
    }
    check_eq!(seen, [4; 5]);

    let mut events = [EpollEvent::default(); 8];
    check_eq!(epoll.wait(&mut events, None)?.len(), 5);
    Ok(())
}

/// No other process has these descriptors.
pub fn a_counter_and_a_timer_end_with_their_last_descriptor() -> Outcome {
    fn ends<D: AsFd>(first: D, second: D) -> Outcome {
        let epoll = set_of(&first, EpollFlags::IN)?;
        check_eq!(now(&epoll), Ok(READABLE));
        drop(first);
        check_eq!(now(&epoll), Ok(READABLE));
        drop(second);
        check_eq!(now(&epoll), Ok(None));
        Ok(())
    }
    alone(|| {
        let event = EventFd::new(1)?;
        ends(event.try_clone()?, event)?;
        let timer = expired()?;
        ends(timer.try_clone()?, timer)
    })
}

pub fn a_closed_number_cannot_be_deleted_and_can_be_added_anew() -> Outcome {
    alone(|| {
        let event = EventFd::new(1)?;
        let duplicate = event.try_clone()?;
        let epoll = set_of(&event, EpollFlags::IN)?;
        let number = event.as_raw_fd();
        drop(event);
        // SAFETY: it is not -1. The call only looks the number up.
        let closed = unsafe { BorrowedFd::borrow_raw(number) };
        check_eq!(epoll.delete(&closed), Err(Errno::BADF));
        check_eq!(epoll.delete(&duplicate), Err(Errno::NOENT));

        // The lowest free number is the one that was closed.
        let other = EventFd::new(0)?;
        check_eq!(other.as_raw_fd(), number);
        check_eq!(epoll.delete(&other), Err(Errno::NOENT));
        epoll.add(&other, EpollFlags::OUT, 5)?;
        let mut events = [EpollEvent::default(); 4];
        check_eq!(epoll.wait(&mut events, None)?.len(), 2);
        epoll.delete(&other)?;
        check_eq!(now(&epoll), Ok(READABLE));
        Ok(())
    })
}

pub fn a_duplicate_is_a_descriptor_of_its_own() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let duplicate = event.try_clone()?;
    let epoll = set_of(&event, EpollFlags::IN)?;
    epoll.add(&duplicate, EpollFlags::IN, 5)?;
    event.notify()?;
    let mut events = [EpollEvent::default(); 4];
    check_eq!(epoll.wait(&mut events, None)?.len(), 2);
    epoll.delete(&event)?;
    check_eq!(now(&epoll), Ok(Some(EpollEvent::new(EpollFlags::IN, 5))));
    Ok(())
}

pub fn clones_share_the_set() -> Outcome {
    let (epoll, event) = (Epoll::new()?, EventFd::new(1)?);
    let other = epoll.try_clone()?;
    other.add(&event, EpollFlags::IN, TOKEN)?;
    check_eq!(epoll.add(&event, EpollFlags::IN, TOKEN), Err(Errno::EXIST));
    check_eq!((now(&epoll), now(&other)), (Ok(READABLE), Ok(READABLE)));
    drop(other);
    check_eq!(now(&epoll), Ok(READABLE));
    Ok(())
}

/// epoll looks at the signals of the process that added the descriptor.
pub fn signals_are_an_event_for_the_process_that_added_the_descriptor() -> Outcome {
    alone(|| {
        let blocked = Blocked::new(&[Signal::URG])?;
        let signals = blocked.signals()?;
        let epoll = set_of(&signals, EpollFlags::IN)?;
        alone(|| {
            kernel::signal_self(Signal::URG)?;
            check_eq!(now(&epoll), Ok(None));
            check_eq!(signals.read()?.signal(), Signal::URG);
            Ok(())
        })?;
        check_eq!(now(&epoll), Ok(None));
        kernel::signal_self(Signal::URG)?;
        check_eq!(now(&epoll), Ok(READABLE));
        Ok(())
    })
}

pub fn a_buffer_holds_at_least_one_event() -> Outcome {
    let event = EventFd::new(1)?;
    let epoll = set_of(&event, EpollFlags::IN)?;
    for timeout in [None, Some(Duration::ZERO), Some(Duration::from_nanos(1))] {
        check_eq!(epoll.wait(&mut [], timeout), Err(Errno::INVAL));
    }
    check_eq!(kernel::epoll_pwait_nowhere(&epoll, 0), Err(Errno::INVAL));
    check_eq!(kernel::epoll_pwait_nowhere(&epoll, i32::MAX as usize), Err(Errno::INVAL));
    check_eq!(kernel::epoll_pwait_nowhere(&epoll, u32::MAX as usize), Err(Errno::INVAL));
    Ok(())
}

pub fn a_bad_address_is_fault() -> Outcome {
    const ADD: u32 = 1;
    const MODIFY: u32 = 3;

    let event = EventFd::new(1)?;
    let epoll = Epoll::new()?;
    check_eq!(kernel::epoll_ctl_nowhere(&epoll, ADD, &event), Err(Errno::FAULT));
    check_eq!(sys::epoll_ctl(epoll.as_fd(), EpollOp::Add, event.as_fd(), None), Err(Errno::FAULT));
    epoll.add(&event, EpollFlags::IN, TOKEN)?;
    check_eq!(kernel::epoll_ctl_nowhere(&epoll, MODIFY, &event), Err(Errno::FAULT));
    check_eq!(kernel::epoll_pwait_nowhere(&epoll, 1), Err(Errno::FAULT));
    // The event is not lost.
    check_eq!(now(&epoll), Ok(READABLE));
    Ok(())
}

pub fn an_unknown_operation_is_inval() -> Outcome {
    let (epoll, event) = (Epoll::new()?, EventFd::new(1)?);
    for op in [0, 4, u32::MAX] {
        check_eq!(kernel::epoll_ctl_op(&epoll, op, &event), Err(Errno::INVAL));
    }
    Ok(())
}

pub fn a_wait_is_never_early() -> Outcome {
    let epoll = Epoll::new()?;
    for nanos in [1, 999, 1_000_001, 1_500_000, 20_000_000] {
        let timeout = Duration::from_nanos(nanos);
        let before = Clock::Monotonic.now()?;
        check_eq!(first(&epoll, timeout), Ok(None));
        check_in!(Clock::Monotonic.now()? - before, timeout..);
    }
    Ok(())
}

pub fn a_zero_timeout_looks_without_waiting() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let epoll = set_of(&event, EpollFlags::IN)?;
    check_eq!(now(&epoll), Ok(None));
    event.notify()?;
    check_eq!(now(&epoll), Ok(READABLE));
    Ok(())
}

/// Far beyond what the calls of 32-bit ABIs, and milliseconds in an `i32`, can hold.
pub fn a_long_timeout_ends_with_an_event() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let epoll = set_of(&timer, EpollFlags::IN)?;
    for timeout in [
        None,
        Some(Duration::from_millis(i32::MAX as u64)),
        Some(Duration::from_millis(i32::MAX as u64 + 1)),
        Some(Duration::from_secs(i32::MAX as u64)),
        Some(Duration::from_secs(u32::MAX as u64 + 1)),
        Some(Duration::new(i64::MAX as u64, 999_999_999)),
        Some(Duration::from_secs(i64::MAX as u64 + 1)),
        Some(Duration::MAX),
    ] {
        timer.arm_after(Duration::from_millis(2))?;
        let mut events = [EpollEvent::default()];
        check_eq!(epoll.wait(&mut events, timeout)?.first().copied(), READABLE);
        timer.read()?;
    }
    Ok(())
}

pub fn a_deadline_of_a_timer_in_the_set_ends_a_wait() -> Outcome {
    let (timer, other) = (TimerFd::nonblocking(Clock::Monotonic)?, TimerFd::nonblocking(Clock::Monotonic)?);
    let epoll = set_of(&timer, EpollFlags::IN)?;
    epoll.add(&other, EpollFlags::IN, 5)?;
    let deadline = Clock::Monotonic.now()? + Duration::from_micros(1500);
    timer.arm_at(deadline)?;
    other.arm_after(HOUR)?;
    let mut events = [EpollEvent::default(); 2];
    check_eq!(epoll.wait(&mut events, None)?.len(), 1);
    check_eq!(events[0].token(), TOKEN);
    check_in!(Clock::Monotonic.now()?, deadline..);
    Ok(())
}

pub fn proc_shows_what_is_in_a_set() -> Outcome {
    let event = EventFd::new(1)?;
    let asked = EpollFlags::IN | EpollFlags::ET | EpollFlags::ONESHOT;
    let epoll = set_of(&event, asked)?;
    let info = FdInfo::of(&epoll)?;
    let mut words = info.field("tfd").unwrap_or_default().split_whitespace();
    let (mut number, mut flags, mut token) = (Text::<16>::default(), Text::<16>::default(), Text::<32>::default());
    let _ = write!(number, "{}", event.as_raw_fd());
    // The kernel adds those that come unasked.
    let _ = write!(flags, "{:x}", (asked | EpollFlags::ERR | EpollFlags::HUP).bits());
    let _ = write!(token, "{TOKEN:x}");
    for word in [number.as_str(), "events:", flags.as_str(), "data:", token.as_str()] {
        check_eq!(words.next(), Some(word));
    }
    Ok(())
}

pub fn the_kernel_takes_a_signal_set_of_our_size_alone() -> Outcome {
    let event = EventFd::new(1)?;
    let epoll = set_of(&event, EpollFlags::IN)?;
    let mut events = [EpollEvent::default()];
    for mask in [SigSet::EMPTY, SigSet::ALL] {
        check_eq!(sys::epoll_pwait(epoll.as_fd(), &mut events, -1, Some(&mask)), Ok(1));
    }
    let size = size_of::<SigSet>();
    check_eq!(kernel::epoll_pwait_mask_of(size, &epoll, &mut events), Ok(1));
    for other in [0, 1, size - 1, size + 1, size / 2, 2 * size, 128] {
        check_eq!(kernel::epoll_pwait_mask_of(other, &epoll, &mut events), Err(Errno::INVAL));
    }
    Ok(())
}

pub fn sys_waits_in_milliseconds_and_in_nanoseconds() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let epoll = set_of(&event, EpollFlags::IN)?;
    let mut events = [EpollEvent::default()];
    let before = Clock::Monotonic.now()?;
    check_eq!(sys::epoll_pwait(epoll.as_fd(), &mut events, 3, None), Ok(0));
    check_in!(Clock::Monotonic.now()? - before, Duration::from_millis(3)..);
    if kernel::has_epoll_pwait2() {
        let before = Clock::Monotonic.now()?;
        let mut wait = |time: Timespec| sys::epoll_pwait2(epoll.as_fd(), &mut events, Some(&time), None);
        check_eq!(wait(Timespec { tv_sec: 0, tv_nsec: 1_500_000 }), Ok(0));
        check_in!(Clock::Monotonic.now()? - before, Duration::from_micros(1500)..);
        for (tv_sec, tv_nsec) in [(0, 1_000_000_000), (0, -1), (-1, 0)] {
            check_eq!(wait(Timespec { tv_sec, tv_nsec }), Err(Errno::INVAL));
        }
    }

    event.notify()?;
    for forever in [-1, -2, i32::MIN] {
        check_eq!(sys::epoll_pwait(epoll.as_fd(), &mut events, forever, None), Ok(1));
    }
    if kernel::has_epoll_pwait2() {
        check_eq!(sys::epoll_pwait2(epoll.as_fd(), &mut events, None, Some(&SigSet::ALL)), Ok(1));
        check_eq!(events, [EpollEvent::new(EpollFlags::IN, TOKEN)]);
    }
    Ok(())
}

pub fn an_event_shows_what_it_is_made_of() -> Outcome {
    let mut text = Text::<80>::default();
    let _ = write!(text, "{:?}", EpollEvent::new(EpollFlags::IN | EpollFlags::HUP, 7));
    check_eq!(text.as_str(), "EpollEvent { flags: EpollFlags(IN | HUP), token: 7 }");
    check_eq!(EpollEvent::default(), EpollEvent::new(EpollFlags::empty(), 0));
    Ok(())
}

/// Another process that has the set waits with it, and finds what this one added.
pub fn a_child_shares_the_set() -> Outcome {
    let (event, added) = (EventFd::nonblocking(0)?, EventFd::nonblocking(1)?);
    let epoll = set_of(&event, EpollFlags::IN)?;
    alone(|| {
        check_eq!(now(&epoll), Ok(None));
        event.notify()?;
        check_eq!(now(&epoll), Ok(READABLE));
        epoll.delete(&event)?;
        epoll.add(&added, EpollFlags::IN, 5)?;
        Ok(())
    })?;
    check_eq!(now(&epoll), Ok(Some(EpollEvent::new(EpollFlags::IN, 5))));
    Ok(())
}

/// A process that was opened is waited for like a counter.
pub fn a_set_of_every_type_says_whose_event_it_is() -> Outcome {
    alone(|| {
        let blocked = Blocked::new(&[Signal::URG])?;
        let (event, timer, signals) = (EventFd::new(1)?, expired()?, blocked.signals()?);
        let child = Child::start()?;
        let process = PidFd::open(child.id())?;
        let inner = set_of(&event, EpollFlags::IN)?;
        let epoll = Epoll::new()?;
        epoll.add(&event, EpollFlags::IN, 0)?;
        epoll.add(&timer, EpollFlags::IN, 1)?;
        epoll.add(&signals, EpollFlags::IN, 2)?;
        epoll.add(&process, EpollFlags::IN, 3)?;
        epoll.add(&inner, EpollFlags::IN, 4)?;
        kernel::signal_self(Signal::URG)?;
        child.end(0)?;
        becomes_readable(&process)?;

        let mut events = [EpollEvent::default(); 8];
        let mut seen = [0; 5];
        for event in epoll.wait(&mut events, None)? {
            check_eq!(event.flags(), EpollFlags::IN);
            match seen.get_mut(event.token() as usize) {
                Some(count) => *count += 1,
                None => check_eq!(event.token(), 0),
            }
        }
        check_eq!(seen, [1; 5]);
        process.wait()?;
        Ok(())
    })
}
