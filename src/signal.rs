//! Signals, and sets of them.

use core::fmt;
use core::num::NonZeroU8;

use static_assertions::{assert_eq_size, assert_impl_all, const_assert_eq};

use crate::abi;

/// A signal, 1 to 64 (128 on MIPS).
///
/// The numbers differ between architectures ([`CHLD`](Self::CHLD) is 17 on most, 18 on MIPS and 20 on SPARC). The
/// constants have the numbers of the target and the kernel's names. The real-time signals, from 32 on, have no
/// constants: libc keeps the first two or three of them for itself, so its `SIGRTMIN` is 34 or 35. `SIGSTKFLT` and
/// `SIGEMT` have no constants, because only a few ABIs have these signals.
///
/// See [signal(7)](https://man7.org/linux/man-pages/man7/signal.7.html) and `include/uapi/asm-generic/signal.h`.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias("signal.Signals"))]
pub struct Signal(NonZeroU8);

impl Signal {
    /// The signal with this number. `None` if the kernel has no such signal: outside 1 to 64 (128 on MIPS).
    #[inline]
    #[must_use]
    pub const fn from_raw(number: u32) -> Option<Self> {
        if number > abi::NSIG {
            return None;
        }
        match NonZeroU8::new(number as u8) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[inline]
    #[must_use]
    pub const fn raw(self) -> u32 {
        self.0.get() as u32
    }
}

assert_impl_all!(Signal: Send, Sync);
assert_eq_size!(Option<Signal>, u8);

macro_rules! signals {
    ($($name:ident $symbol:literal $number:expr, $text:literal;)*) => {
        impl Signal {
            $(
                #[doc = concat!("`", $symbol, "`: ", $text, ".")]
                #[doc(alias = $symbol)]
                pub const $name: Self = Self::from_raw($number).unwrap();
            )*

            /// The signal's symbolic name, such as `"SIGCHLD"`. `None` for a signal that has no constant here.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($symbol),)*
                    _ => None,
                }
            }
        }
    };
}

signals! {
    HUP "SIGHUP" abi::SIGHUP, "the terminal is gone; by convention, a daemon reads its configuration again";
    INT "SIGINT" abi::SIGINT, "interrupt from the keyboard; for process 1: Ctrl-Alt-Del, if it asked for that";
    QUIT "SIGQUIT" abi::SIGQUIT, "quit from the keyboard";
    ILL "SIGILL" abi::SIGILL, "illegal instruction";
    TRAP "SIGTRAP" abi::SIGTRAP, "breakpoint";
    ABRT "SIGABRT" abi::SIGABRT, "abort";
    FPE "SIGFPE" abi::SIGFPE, "arithmetic error";
    KILL "SIGKILL" abi::SIGKILL, "kill; it cannot be blocked, handled or read";
    SEGV "SIGSEGV" abi::SIGSEGV, "invalid access to memory";
    PIPE "SIGPIPE" abi::SIGPIPE, "write to a pipe or socket that nobody reads";
    ALRM "SIGALRM" abi::SIGALRM, "the timer of `alarm`";
    TERM "SIGTERM" abi::SIGTERM, "request to end";
    BUS "SIGBUS" abi::SIGBUS, "access to an address that has no memory behind it";
    USR1 "SIGUSR1" abi::SIGUSR1, "the first signal for the program's own use";
    USR2 "SIGUSR2" abi::SIGUSR2, "the second signal for the program's own use";
    CHLD "SIGCHLD" abi::SIGCHLD, "a child ended, stopped or continued";
    CONT "SIGCONT" abi::SIGCONT, "continue, if stopped";
    STOP "SIGSTOP" abi::SIGSTOP, "stop; it cannot be blocked, handled or read";
    TSTP "SIGTSTP" abi::SIGTSTP, "stop from the keyboard";
    TTIN "SIGTTIN" abi::SIGTTIN, "a background process read from the terminal";
    TTOU "SIGTTOU" abi::SIGTTOU, "a background process wrote to the terminal";
    URG "SIGURG" abi::SIGURG, "out-of-band data at a socket";
    XCPU "SIGXCPU" abi::SIGXCPU, "the limit of processor time is reached";
    XFSZ "SIGXFSZ" abi::SIGXFSZ, "the limit of a file's size is reached";
    VTALRM "SIGVTALRM" abi::SIGVTALRM, "the timer on the process's own processor time";
    PROF "SIGPROF" abi::SIGPROF, "the timer on the processor time spent for the process";
    WINCH "SIGWINCH" abi::SIGWINCH, "the terminal has a new size; for process 1: a console key, if it asked for that";
    IO "SIGIO" abi::SIGIO, "a descriptor is ready (`O_ASYNC`); `SIGPOLL` is the same";
    PWR "SIGPWR" abi::SIGPWR, "the power is failing";
    SYS "SIGSYS" abi::SIGSYS, "a filter refused a system call";
}

/// `SIGCHLD`, or `signal 40` for a signal without a name.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "signal {}", self.raw()),
        }
    }
}

/// `Signal(SIGCHLD)`, or `Signal(40)` for a signal without a name.
impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "Signal({name})"),
            None => write!(f, "Signal({})", self.raw()),
        }
    }
}

/// A set of signals. It is also the type of a thread's mask, the set of its blocked signals. In memory it is the
/// kernel's `sigset_t`: one bit for each signal, in words of the kernel's `long` (`include/uapi/asm-generic/signal.h`).
///
/// It is 64 bits wide, and 128 on MIPS. It is not libc's `sigset_t`, which is 1024 bits wide.
///
/// ```
/// use barefd::{SigSet, Signal};
///
/// const WANTED: SigSet = SigSet::from_signals(&[Signal::CHLD, Signal::TERM]);
/// assert!(WANTED.contains(Signal::CHLD) && !WANTED.contains(Signal::INT));
///
/// let before = WANTED.thread_block()?;
/// assert_eq!(SigSet::thread_mask()?, before.with(Signal::CHLD).with(Signal::TERM));
/// before.thread_set_mask()?;
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// # What a blocked signal does
///
/// It stays pending until the thread unblocks it or a [`SignalFd`](crate::SignalFd) reads it. It does not act: it runs
/// no handler, and ends or stops nothing. [`KILL`](Signal::KILL) and [`STOP`](Signal::STOP) are never blocked, even if
/// a mask contains them. A blocked fault that the thread itself causes (`SEGV`, `BUS`, `FPE`, `ILL`) ends the process.
///
/// - **Threads**: each thread has a mask. A new thread starts with the mask of its creator. A signal sent to the
///   process goes to any thread that does not block it, so block signals before the first thread is spawned.
/// - **`fork`**: the child has the mask of the thread that forked. No signal is pending for the child.
/// - **`execve`**: the mask stays, and pending signals stay pending. A program that starts with `TERM` blocked cannot
///   be asked to end. So a child must restore the old mask with [`thread_set_mask`](Self::thread_set_mask) before it
///   executes another program.
/// - **libc** keeps signals for itself. glibc uses 32 to cancel threads, and 33 to apply a change of the user to every
///   thread. musl uses 32 to 34. libc's own functions never block them, but the methods here do. In a program with
///   libc, a thread that blocks [`ALL`](Self::ALL) cannot be canceled, and `setuid` in another thread waits for it for
///   ever.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "sigset_t")]
pub struct SigSet([usize; SigSet::WORDS]);

assert_impl_all!(SigSet: Send, Sync);
const_assert_eq!(size_of::<SigSet>(), abi::NSIG as usize / 8);

impl SigSet {
    const WORDS: usize = abi::NSIG as usize / usize::BITS as usize;

    /// No signal.
    #[doc(alias = "sigemptyset")]
    pub const EMPTY: Self = Self([0; Self::WORDS]);

    /// Every signal, including [those of libc](Self#what-a-blocked-signal-does).
    #[doc(alias = "sigfillset")]
    pub const ALL: Self = Self([usize::MAX; Self::WORDS]);

    /// These signals.
    #[must_use]
    pub const fn from_signals(mut signals: &[Signal]) -> Self {
        let mut set = Self::EMPTY;
        while let [signal, rest @ ..] = signals {
            set = set.with(*signal);
            signals = rest;
        }
        set
    }

    /// This set plus `signal`.
    #[inline]
    #[doc(alias = "sigaddset")]
    #[must_use]
    pub const fn with(mut self, signal: Signal) -> Self {
        let (word, bit) = Self::place(signal);
        self.0[word] |= bit;
        self
    }

    /// This set minus `signal`.
    #[inline]
    #[doc(alias = "sigdelset")]
    #[must_use]
    pub const fn without(mut self, signal: Signal) -> Self {
        let (word, bit) = Self::place(signal);
        self.0[word] &= !bit;
        self
    }

    /// Whether `signal` is in the set.
    #[inline]
    #[doc(alias = "sigismember")]
    #[must_use]
    pub const fn contains(&self, signal: Signal) -> bool {
        let (word, bit) = Self::place(signal);
        self.0[word] & bit != 0
    }

    /// The signals of this set and those of `other`.
    #[inline]
    #[doc(alias = "sigorset")]
    #[must_use]
    pub const fn union(mut self, other: Self) -> Self {
        let mut word = 0;
        while word < Self::WORDS {
            self.0[word] |= other.0[word];
            word += 1;
        }
        self
    }

    /// The signals of this set that are not in `other`.
    #[inline]
    #[must_use]
    pub const fn difference(mut self, other: Self) -> Self {
        let mut word = 0;
        while word < Self::WORDS {
            self.0[word] &= !other.0[word];
            word += 1;
        }
        self
    }

    /// The set with these bits: the bit with the value 1 is signal 1, as in `SigBlk` and the other lines of
    /// `/proc/PID/status`. `None` if there is a bit without a signal: from 2^64 on (2^128 on MIPS).
    #[must_use]
    pub const fn from_bits(bits: u128) -> Option<Self> {
        let mut set = Self::EMPTY;
        let mut word = 0;
        while word < Self::WORDS {
            set.0[word] = (bits >> (word * usize::BITS as usize)) as usize;
            word += 1;
        }
        if set.bits() == bits { Some(set) } else { None }
    }

    /// The bits of the set, as [`from_bits`](Self::from_bits) takes them.
    #[must_use]
    pub const fn bits(&self) -> u128 {
        let mut bits = 0;
        let mut word = Self::WORDS;
        while word > 0 {
            word -= 1;
            bits = (bits << usize::BITS) | self.0[word] as u128;
        }
        bits
    }

    /// The word that a signal is in, and its bit there.
    #[inline]
    const fn place(signal: Signal) -> (usize, usize) {
        // Every signal has a bit in the set. The `%` proves this to the compiler.
        let index = (signal.raw() - 1) % abi::NSIG;
        ((index / usize::BITS) as usize, 1 << (index % usize::BITS))
    }
}

/// `{Signal(SIGCHLD), Signal(SIGTERM)}`
impl fmt::Debug for SigSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signals = (1..=abi::NSIG).filter_map(Signal::from_raw);
        f.debug_set().entries(signals.filter(|signal| self.contains(*signal))).finish()
    }
}
