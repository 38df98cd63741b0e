//! Signal handlers that run while a call blocks.

mod common;

use std::cell::Cell;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use barefd::fd::AsFd;
use barefd::sys::Timespec;
use barefd::{
    Clock, Epoll, EpollEvent, EpollFlags, Errno, EventFd, ExitStatus, PidFd, PidFdFlags, PollFd, PollFlags, Result,
    SigSet, Signal, SignalFd, SignalFdFlags, Tick, TimerFd, poll, sys,
};
use common::{LIMIT, Task, emulator, expired, in_child, owe, send_signal, thread_id, until};

/// Its handler is installed without `SA_RESTART`.
const INTERRUPTING: c_int = libc::SIGUSR1;
/// Its handler is installed with `SA_RESTART`.
const RESTARTING: c_int = libc::SIGUSR2;

thread_local! {
    /// The number of handlers that ran on this thread.
    static HANDLED: Cell<Option<&'static AtomicUsize>> = const { Cell::new(None) };
}

extern "C" fn handler(_: c_int) {
    if let Some(handled) = HANDLED.get() {
        handled.fetch_add(1, SeqCst);
    }
}

fn install_handlers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (signal, flags) in [(INTERRUPTING, 0), (RESTARTING, libc::SA_RESTART)] {
            // SAFETY: all zeros is a `sigaction` with an empty mask.
            let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
            action.sa_sigaction = handler as extern "C" fn(c_int) as usize;
            action.sa_flags = flags;
            // SAFETY: the handler touches an atomic that lives for ever, through a thread-local that needs no destructor.
            assert_eq!(unsafe { libc::sigaction(signal, &action, ptr::null_mut()) }, 0);
        }
    });
}

/// A call that blocks on a separate thread.
struct Blocking<T> {
    task: Task<T>,
    handled: &'static AtomicUsize,
}

impl<T: Send + 'static> Blocking<T> {
    fn start(call: impl FnOnce() -> T + Send + 'static) -> Self {
        install_handlers();
        let handled: &AtomicUsize = Box::leak(Box::default());
        let task = Task::start(move || {
            HANDLED.set(Some(handled));
            call()
        });
        Self { task, handled }
    }

    /// Waits until the call blocks, and then lets a handler run.
    fn interrupt(&self, signal: c_int) {
        self.task.until_blocked();
        let before = self.handled.load(SeqCst);
        self.task.signal(signal);
        until("the handler runs", || self.handled.load(SeqCst) != before);
    }

    fn handled(&self) -> usize {
        self.handled.load(SeqCst)
    }
}

/// Starts `call`, lets several handlers run while it blocks, and returns what it returns after `release`.
fn interrupted<D, T>(
    descriptor: &Arc<D>,
    signal: c_int,
    call: impl FnOnce(&D) -> T + Send + 'static,
    release: impl FnOnce(&D),
) -> T
where
    D: Send + Sync + 'static,
    T: Send + 'static,
{
    let shared = Arc::clone(descriptor);
    let blocking = Blocking::start(move || call(&shared));
    for _ in 0..3 {
        blocking.interrupt(signal);
    }
    blocking.task.until_blocked();
    release(descriptor);
    blocking.task.finish()
}

/// Starts `call` on a thread that starts with `SIGURG` blocked.
fn with_signal_blocked<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Blocking<T> {
    let before = only(libc::SIGURG).thread_block().unwrap();
    let blocking = Blocking::start(call);
    before.thread_set_mask().unwrap();
    blocking
}

/// Starts `call` with a descriptor for `SIGURG`, which its thread blocks.
fn blocking_on_signals<T: Send + 'static>(
    flags: SignalFdFlags,
    call: impl FnOnce(&SignalFd) -> T + Send + 'static,
) -> Blocking<T> {
    let signals = SignalFd::with_flags(&only(libc::SIGURG), flags).unwrap();
    with_signal_blocked(move || call(&signals))
}

/// Like [`interrupted`], but a signal to the call's thread releases the call.
fn interrupted_signals<T: Send + 'static>(
    flags: SignalFdFlags,
    signal: c_int,
    call: impl FnOnce(&SignalFd) -> T + Send + 'static,
) -> T {
    let blocking = blocking_on_signals(flags, call);
    for _ in 0..3 {
        blocking.interrupt(signal);
    }
    blocking.task.until_blocked();
    blocking.task.signal(libc::SIGURG);
    blocking.task.finish()
}

/// A blocking counter that holds [`EventFd::MAX`].
fn full_counter() -> Arc<EventFd> {
    let event = EventFd::new(0).unwrap();
    event.write(EventFd::MAX).unwrap();
    Arc::new(event)
}

fn sys_read(fd: &impl AsFd) -> Result<u64> {
    let mut buf = [0; 8];
    sys::read(fd.as_fd(), &mut buf).map(|length| {
        assert_eq!(length, 8);
        u64::from_ne_bytes(buf)
    })
}

#[test]
fn sys_read_of_a_counter_returns_intr_when_a_handler_ran() {
    let event = Arc::new(EventFd::new(0).unwrap());
    let shared = Arc::clone(&event);
    let blocking = Blocking::start(move || sys_read(&*shared));
    blocking.interrupt(INTERRUPTING);
    assert_eq!(blocking.task.finish(), Err(Errno::INTR));

    event.write(5).unwrap();
    assert_eq!(event.read(), Ok(5));
}

#[test]
fn sys_read_of_a_timer_returns_intr_when_a_handler_ran() {
    let timer = Arc::new(TimerFd::new(Clock::Realtime).unwrap());
    let shared = Arc::clone(&timer);
    let blocking = Blocking::start(move || sys_read(&*shared));
    blocking.interrupt(INTERRUPTING);
    assert_eq!(blocking.task.finish(), Err(Errno::INTR));

    owe(&timer, 5);
    assert_eq!(timer.read(), Ok(5));
}

#[test]
fn sys_read_of_signals_returns_intr_when_a_handler_ran() {
    let blocking = blocking_on_signals(SignalFdFlags::empty(), |signals| sys::read(signals.as_fd(), &mut [0; 128]));
    blocking.interrupt(INTERRUPTING);
    assert_eq!(blocking.task.finish(), Err(Errno::INTR));
}

#[test]
fn an_interrupted_sys_write_has_added_nothing() {
    let event = full_counter();
    let shared = Arc::clone(&event);
    let blocking = Blocking::start(move || sys::write(shared.as_fd(), &1_u64.to_ne_bytes()));
    blocking.interrupt(INTERRUPTING);
    assert_eq!(blocking.task.finish(), Err(Errno::INTR));

    assert_eq!(event.read(), Ok(EventFd::MAX));
}

#[test]
fn the_kernel_restarts_sys_read_and_sys_write_where_the_handler_was_installed_so() {
    let event = Arc::new(EventFd::new(0).unwrap());
    assert_eq!(interrupted(&event, RESTARTING, sys_read, |event| event.write(3).unwrap()), Ok(3));

    let timer = Arc::new(TimerFd::new(Clock::Realtime).unwrap());
    assert_eq!(interrupted(&timer, RESTARTING, sys_read, |timer| owe(timer, 3)), Ok(3));

    let sys_read = |signals: &SignalFd| sys::read(signals.as_fd(), &mut [0; 128]);
    assert_eq!(interrupted_signals(SignalFdFlags::empty(), RESTARTING, sys_read), Ok(128));

    let event = full_counter();
    let write = |event: &EventFd| sys::write(event.as_fd(), &7_u64.to_ne_bytes());
    assert_eq!(interrupted(&event, RESTARTING, write, |event| assert_eq!(event.read(), Ok(EventFd::MAX))), Ok(8));
    assert_eq!(event.read(), Ok(7));
}

#[test]
fn the_kernel_never_restarts_ppoll() {
    for signal in [INTERRUPTING, RESTARTING] {
        let event = EventFd::new(0).unwrap();
        let blocking = Blocking::start(move || ppoll(&mut [PollFd::new(&event, PollFlags::IN)], None, None));
        blocking.interrupt(signal);
        assert_eq!(blocking.task.finish(), Err(Errno::INTR));
    }
}

#[test]
fn reads_of_a_counter_go_on_after_a_handler() {
    let blocking: [fn(&EventFd) -> Result<u64>; 3] =
        [EventFd::read, |event| event.take().map(Option::unwrap), EventFd::wait];
    for read in blocking {
        let event = Arc::new(EventFd::new(0).unwrap());
        assert_eq!(interrupted(&event, INTERRUPTING, read, |event| event.write(9).unwrap()), Ok(9));
    }

    let event = Arc::new(EventFd::nonblocking(0).unwrap());
    assert_eq!(interrupted(&event, INTERRUPTING, EventFd::wait, |event| event.write(9).unwrap()), Ok(9));
}

#[test]
fn reads_of_a_timer_go_on_after_a_handler() {
    let blocking: [fn(&TimerFd) -> Result<Tick>; 3] =
        [|timer| timer.read().map(expired), |timer| timer.take().map(Option::unwrap), TimerFd::wait];
    for read in blocking {
        let timer = Arc::new(TimerFd::new(Clock::Realtime).unwrap());
        assert_eq!(interrupted(&timer, INTERRUPTING, read, |timer| owe(timer, 9)), Ok(expired(9)));
    }

    let timer = Arc::new(TimerFd::nonblocking(Clock::Realtime).unwrap());
    assert_eq!(interrupted(&timer, INTERRUPTING, TimerFd::wait, |timer| owe(timer, 9)), Ok(expired(9)));
}

#[test]
fn reads_of_signals_go_on_after_a_handler() {
    let blocking: [fn(&SignalFd) -> Result<Signal>; 3] = [
        |signals| signals.read().map(|info| info.signal()),
        |signals| signals.take().map(|info| info.unwrap().signal()),
        |signals| signals.wait().map(|info| info.signal()),
    ];
    for read in blocking {
        assert_eq!(interrupted_signals(SignalFdFlags::empty(), INTERRUPTING, read), Ok(Signal::URG));
    }
    let [_, _, wait] = blocking;
    assert_eq!(interrupted_signals(SignalFdFlags::NONBLOCK, INTERRUPTING, wait), Ok(Signal::URG));
}

#[test]
fn a_signal_to_a_thread_is_read_by_that_thread_alone() {
    let signals = Arc::new(SignalFd::new(&only(libc::SIGURG)).unwrap());
    let shared = Arc::clone(&signals);
    let other = with_signal_blocked(move || shared.wait().unwrap().signal());
    let here = with_signal_blocked(move || {
        send_signal(thread_id(), libc::SIGURG);
        let read = signals.read().unwrap().signal();
        signals.set_nonblocking(true).unwrap();
        (read, signals.take())
    });
    other.task.until_blocked();
    assert_eq!(here.task.finish(), (Signal::URG, Ok(None)));
    other.task.signal(libc::SIGURG);
    assert_eq!(other.task.finish(), Signal::URG);
}

#[test]
fn a_pending_signal_is_handled_before_the_call_that_unblocks_it_returns() {
    let blocking = Blocking::start(|| {
        let handled = || HANDLED.get().unwrap().load(SeqCst);
        let set = only(INTERRUPTING);
        let before = set.thread_block().unwrap();
        send_signal(thread_id(), INTERRUPTING);
        assert_eq!(handled(), 0);
        assert_eq!(set.thread_unblock(), Ok(before.with(Signal::USR1)));
        assert_eq!(handled(), 1);
        set.thread_block().unwrap();
        send_signal(thread_id(), INTERRUPTING);
        assert_eq!(handled(), 1);
        before.thread_set_mask().unwrap();
        assert_eq!(handled(), 2);
    });
    blocking.task.finish();
}

#[test]
fn a_new_thread_begins_with_the_mask_of_its_creator() {
    Task::start(|| {
        let set = only(libc::SIGURG).with(Signal::WINCH);
        set.thread_block().unwrap();
        let of_thread = Task::start(|| SigSet::thread_mask().unwrap()).finish();
        assert_eq!(Ok(of_thread), SigSet::thread_mask());
        assert!(of_thread.contains(Signal::URG) && of_thread.contains(Signal::WINCH));
    })
    .finish();
}

#[test]
fn writes_go_on_after_a_handler_and_add_once() {
    type Write = fn(&EventFd) -> Result<()>;

    let write_seven: Write = |event| event.write(7);
    for (write, added) in [(write_seven, 7), (EventFd::notify, 1)] {
        let event = full_counter();
        let drain = |event: &EventFd| assert_eq!(event.read(), Ok(EventFd::MAX));
        assert_eq!(interrupted(&event, INTERRUPTING, write, drain), Ok(()));
        assert_eq!(event.read(), Ok(added));
    }
}

#[test]
fn poll_goes_on_after_a_handler() {
    let event = Arc::new(EventFd::new(0).unwrap());
    let call = |event: &EventFd| {
        let mut fds = [PollFd::new(event, PollFlags::IN)];
        (poll(&mut fds, None), fds[0].revents())
    };
    assert_eq!(interrupted(&event, INTERRUPTING, call, |event| event.notify().unwrap()), (Ok(1), PollFlags::IN));
}

/// Lets handlers run while `poll` waits. The thread that calls `poll` runs `prepare` first.
fn poll_in_a_stream_of_signals(prepare: fn()) {
    const TIMEOUT: Duration = Duration::from_millis(100);

    let event = EventFd::new(0).unwrap();
    let blocking = Blocking::start(move || {
        prepare();
        let started = Instant::now();
        let ready = poll(&mut [PollFd::new(&event, PollFlags::IN)], Some(TIMEOUT));
        (ready, started.elapsed())
    });
    let mut result = None;
    until("poll ends", || {
        blocking.task.signal(INTERRUPTING);
        result = blocking.task.result_within(Duration::from_millis(2));
        result.is_some()
    });
    let (ready, elapsed) = result.unwrap();
    assert_eq!(ready, Ok(0));
    assert!(elapsed >= TIMEOUT, "after {elapsed:?}");
    assert!(blocking.handled() > 1, "no handler ran");
}

#[test]
fn a_stream_of_signals_does_not_shorten_the_timeout_of_poll_and_poll_ends() {
    poll_in_a_stream_of_signals(|| {});
}

// In a separate process, because later threads inherit the personality.
in_child!(poll_ends_in_a_stream_of_signals_where_the_kernel_does_not_write_back_the_time_that_is_left);
fn poll_ends_in_a_stream_of_signals_where_the_kernel_does_not_write_back_the_time_that_is_left() {
    const STICKY_TIMEOUTS: libc::c_ulong = 0x400_0000;
    const READ: libc::c_ulong = 0xffff_ffff;

    poll_in_a_stream_of_signals(|| {
        // SAFETY: no pointer. The personality is that of this thread, and nothing unsafe depends on it.
        unsafe {
            let before = libc::syscall(libc::SYS_personality, READ);
            libc::syscall(libc::SYS_personality, before as libc::c_ulong | STICKY_TIMEOUTS);
            assert_eq!(
                libc::syscall(libc::SYS_personality, READ) as libc::c_ulong,
                before as libc::c_ulong | STICKY_TIMEOUTS
            );
        }
    });
}

#[test]
fn sys_ppoll_writes_back_the_time_that_is_left() {
    if emulator("does not write back the time that is left") {
        return;
    }
    const TIMEOUT: Duration = Duration::from_secs(1000);

    let event = EventFd::new(0).unwrap();
    let blocking = Blocking::start(move || {
        let mut timeout = Timespec { tv_sec: TIMEOUT.as_secs() as i64, tv_nsec: 0 };
        let started = Instant::now();
        let result = ppoll(&mut [PollFd::new(&event, PollFlags::IN)], Some(&mut timeout), None);
        (result, timeout, started.elapsed())
    });
    blocking.interrupt(INTERRUPTING);
    let (result, left, elapsed) = blocking.task.finish();
    let left = Duration::new(left.tv_sec.try_into().unwrap(), left.tv_nsec.try_into().unwrap());
    assert_eq!(result, Err(Errno::INTR));
    assert!(left < TIMEOUT, "nothing was written back");
    assert!(left + elapsed >= TIMEOUT, "{left:?} left after {elapsed:?}");
}

#[test]
fn sys_ppoll_lets_a_pending_signal_in_where_its_mask_does() {
    let event = EventFd::new(0).unwrap();
    let blocking = Blocking::start(move || {
        let handled = || HANDLED.get().unwrap().load(SeqCst);
        let look = |mask: Option<&SigSet>| {
            let mut timeout = Timespec::default();
            ppoll(&mut [PollFd::new(&event, PollFlags::IN)], Some(&mut timeout), mask)
        };
        only(INTERRUPTING).thread_block().unwrap();
        send_signal(thread_id(), INTERRUPTING);

        assert_eq!(look(None), Ok(0));
        assert_eq!(look(Some(&SigSet::ALL)), Ok(0));
        assert_eq!(look(Some(&only(INTERRUPTING))), Ok(0));
        assert_eq!(handled(), 0);

        let others = only(RESTARTING);
        let forever = ppoll(&mut [PollFd::new(&event, PollFlags::IN)], None, Some(&others));
        assert_eq!(forever, Err(Errno::INTR));
        assert_eq!(handled(), 1);

        // The thread's own mask is back in force.
        send_signal(thread_id(), INTERRUPTING);
        assert_eq!(look(None), Ok(0));
        assert_eq!(handled(), 1);
    });
    blocking.task.finish();
}

#[test]
fn sys_ppoll_keeps_a_signal_out_where_its_mask_does() {
    if emulator("forgets a signal that came during a ppoll whose mask keeps it out") {
        return;
    }
    let event = Arc::new(EventFd::new(0).unwrap());
    let shared = Arc::clone(&event);
    let blocking = Blocking::start(move || {
        let mask = only(INTERRUPTING);
        ppoll(&mut [PollFd::new(&*shared, PollFlags::IN)], None, Some(&mask))
    });
    blocking.task.until_blocked();
    blocking.task.signal(INTERRUPTING);
    // If the signal had been delivered, the call would end now, with nothing to read yet.
    blocking.task.until_blocked();
    assert_eq!(blocking.handled(), 0);
    event.notify().unwrap();
    until("the handler runs after the call", || blocking.handled() == 1);
    assert_eq!(blocking.task.finish(), Ok(1));
}

/// The tokens that a wait reports.
fn tokens(epoll: &Epoll, timeout: Option<Duration>) -> Result<Vec<u64>> {
    let mut events = [EpollEvent::default(); 4];
    Ok(epoll.wait(&mut events, timeout)?.iter().map(EpollEvent::token).collect())
}

#[test]
fn a_wait_on_a_set_outlasts_handlers() {
    for timeout in [None, Some(Duration::from_secs(1000)), Some(Duration::MAX)] {
        for signal in [INTERRUPTING, RESTARTING] {
            let (epoll, event) = (Epoll::new().unwrap(), EventFd::new(0).unwrap());
            epoll.add(&event, EpollFlags::IN, 7).unwrap();
            let epoll = Arc::new(epoll);
            let tokens = interrupted(&epoll, signal, move |epoll| tokens(epoll, timeout), |_| event.notify().unwrap());
            assert_eq!(tokens, Ok(vec![7]));
        }
    }
}

#[test]
fn a_thousand_handlers_do_not_change_when_a_wait_on_a_set_ends() {
    const HANDLERS: usize = 1000;
    const TIMEOUT: Duration = Duration::from_millis(500);

    let (epoll, event) = (Epoll::new().unwrap(), EventFd::new(0).unwrap());
    epoll.add(&event, EpollFlags::IN, 7).unwrap();
    let blocking = Blocking::start(move || {
        let mut elapsed = Vec::new();
        while HANDLED.get().unwrap().load(SeqCst) < HANDLERS {
            let started = Instant::now();
            assert_eq!(tokens(&epoll, Some(TIMEOUT)), Ok(vec![]));
            elapsed.push(started.elapsed());
        }
        elapsed
    });
    let (started, mut sent) = (Instant::now(), 0);
    let elapsed = loop {
        assert!(started.elapsed() < LIMIT, "a wait begins anew at each handler");
        blocking.task.signal(INTERRUPTING);
        sent += 1;
        if let Some(elapsed) = blocking.task.result_within(Duration::from_micros(200)) {
            break elapsed;
        }
    };
    assert!(sent >= HANDLERS && !elapsed.is_empty());
    assert!(elapsed.iter().all(|elapsed| *elapsed >= TIMEOUT), "{elapsed:?}");
}

#[test]
fn sys_epoll_pwait_returns_intr_whatever_the_handler_was_installed_for() {
    for signal in [INTERRUPTING, RESTARTING] {
        let epoll = Epoll::new().unwrap();
        let blocking = Blocking::start(move || sys::epoll_pwait(epoll.as_fd(), &mut [EpollEvent::default()], -1, None));
        blocking.interrupt(signal);
        assert_eq!(blocking.task.finish(), Err(Errno::INTR));
    }
}

#[test]
fn sys_epoll_waits_let_a_pending_signal_in_where_their_mask_does() {
    let blocking = Blocking::start(move || {
        let handled = || HANDLED.get().unwrap().load(SeqCst);
        let epoll = Epoll::new().unwrap();
        only(INTERRUPTING).thread_block().unwrap();
        send_signal(thread_id(), INTERRUPTING);

        let mut events = [EpollEvent::default()];
        for mask in [None, Some(&SigSet::ALL), Some(&only(INTERRUPTING))] {
            assert_eq!(sys::epoll_pwait(epoll.as_fd(), &mut events, 1, mask), Ok(0));
        }
        assert_eq!(handled(), 0);
        let others = only(RESTARTING);
        assert_eq!(sys::epoll_pwait(epoll.as_fd(), &mut events, -1, Some(&others)), Err(Errno::INTR));
        assert_eq!(handled(), 1);

        send_signal(thread_id(), INTERRUPTING);
        match sys::epoll_pwait2(epoll.as_fd(), &mut events, None, Some(&others)) {
            // A kernel before 5.11, or an emulator.
            Err(Errno::NOSYS) => {}
            result => assert_eq!((result, handled()), (Err(Errno::INTR), 2)),
        }
    });
    blocking.task.finish();
}

/// A child that ends when `event` is written to.
fn child_of(event: &EventFd) -> u32 {
    // SAFETY: the child makes only system calls.
    match unsafe { libc::fork() } {
        0 => sys::exit_group(event.wait().map_or(1, |status| status as i32)),
        id => u32::try_from(id).unwrap(),
    }
}

#[test]
fn a_wait_for_a_process_outlasts_handlers() {
    for flags in [PidFdFlags::empty(), PidFdFlags::NONBLOCK] {
        for signal in [INTERRUPTING, RESTARTING] {
            let event = EventFd::new(0).unwrap();
            let process = Arc::new(PidFd::with_flags(child_of(&event), flags).unwrap());
            let status = interrupted(&process, signal, PidFd::wait, |_| event.write(9).unwrap());
            assert_eq!(status, Ok(ExitStatus::Exited { status: 9 }));
        }
    }
}

fn only(signal: c_int) -> SigSet {
    SigSet::from_signals(&[Signal::from_raw(signal as u32).unwrap()])
}

/// `sys::ppoll`, under its name on this ABI.
fn ppoll(fds: &mut [PollFd<'_>], timeout: Option<&mut Timespec>, mask: Option<&SigSet>) -> Result<usize> {
    #[cfg(time64)]
    return sys::ppoll_time64(fds, timeout, mask);
    #[cfg(not(time64))]
    return sys::ppoll(fds, timeout, mask);
}
