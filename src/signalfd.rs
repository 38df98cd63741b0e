//! The signal descriptor.

use crate::abi::{self, SignalfdSiginfo};
use crate::descriptor::{self, descriptor};
use crate::errno::{Errno, Result};
use crate::fd::{AsFd, OwnedFd};
use crate::flags::SignalFdFlags;
use crate::signal::{SigSet, Signal};
use crate::sys;

/// Signals behind a descriptor. The descriptor is readable while a signal of its set is pending:
/// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html), `fs/signalfd.c`, Linux 2.6.27.
///
/// A read takes one signal, which then is not pending any more. **The signals must be blocked**, or they act before
/// anybody reads them. Call [`SigSet::thread_block`] before the first thread is spawned. The methods repeat a read that
/// a handler of another signal interrupted. A program that must see `EINTR` uses [`sys::read`].
///
/// ```standalone_crate
/// use barefd::{PollFd, PollFlags, SigSet, Signal, SignalFd, poll};
/// use std::process::Command;
///
/// /// Runs `sleep` until it ends, or until somebody asks this program to end.
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let set = SigSet::from_signals(&[Signal::CHLD, Signal::TERM, Signal::INT]);
///     set.thread_block()?;
///     let signals = SignalFd::nonblocking(&set)?;
///     // The signals are blocked first. Otherwise the child may end before that, and its signal is lost.
///     let mut child = Command::new("sleep").arg("0.1").spawn()?;
///
///     let mut fds = [PollFd::new(&signals, PollFlags::IN)];
///     loop {
///         poll(&mut fds, None)?;
///         // Several signals may be pending.
///         while let Some(info) = signals.take()? {
///             match info.signal() {
///                 Signal::CHLD => {
///                     if let Some(status) = child.try_wait()? {
///                         println!("the child ended: {status}");
///                         return Ok(());
///                     }
///                 }
///                 signal => {
///                     println!("{signal} from process {}", info.pid());
///                     child.kill()?;
///                 }
///             }
///         }
///     }
/// }
/// ```
///
/// # One read may stand for several signals
///
/// The kernel does not queue a signal below 32 again while it is pending, and the record is that of the first one. So
/// one [`CHLD`](Signal::CHLD) may stand for several children. After each `CHLD`, call [`sys::waitid`] without blocking,
/// until it reports no more children; or give each child a [`PidFd`](crate::PidFd). Real-time signals, from 32 on,
/// queue in the order in which they were sent, up to `RLIMIT_SIGPENDING`. If several signals are pending, the kernel
/// first gives those sent to the thread, then those sent to the process. In each group it gives faults first, then the
/// lowest number.
///
/// # Whose signals
///
/// The descriptor holds only the set of signals. A read gives the signals of the thread that reads, and those of its
/// process. It does not matter who made the descriptor. After `fork`, a child reads its own signals. After `execve`
/// (without close-on-exec), the new program reads its own, and so does a process that received the descriptor through a
/// socket. Another thread of the process sees the signals that are sent to the process. It does not see those that are
/// sent to a thread, such as `SIGPIPE`.
///
/// [`Epoll`](crate::Epoll#fork) checks the signals of the process that waits. But a signal wakes it only if it is for
/// the process that added the descriptor. So after `fork`, make a new set and a new descriptor.
/// [`poll`](crate::poll()) does not have this problem.
///
/// # What does not come
///
/// - [`KILL`](Signal::KILL) and [`STOP`](Signal::STOP): the kernel leaves them out of the set, without an error.
/// - A fault that the thread itself causes (`SEGV`, `BUS`, `FPE`, `ILL`): if it is blocked, it ends the process.
/// - [`CHLD`](Signal::CHLD) while its disposition is `SIG_IGN`: the kernel then reaps the children itself. With the
///   default disposition, which ignores the signal too, it comes. `execve` keeps `SIG_IGN`, so a program that may have
///   inherited it sets the default first. Other signals come even if they are ignored, as long as they are blocked.
///
/// # Process 1
///
/// A signal with the default disposition does nothing to an init process (except `KILL` and `STOP` from a parent pid
/// namespace). But the kernel queues it if it is blocked. So an init blocks [`CHLD`](Signal::CHLD),
/// [`TERM`](Signal::TERM), [`INT`](Signal::INT) (Ctrl-Alt-Del, after `reboot(LINUX_REBOOT_CMD_CAD_OFF)`) and
/// [`PWR`](Signal::PWR), and reads them from a `SignalFd`. It must restore the old mask for each program that it starts
/// ([`SigSet`](SigSet#what-a-blocked-signal-does)).
///
/// A fault that the init itself causes ends it if the fault is blocked or not handled. The kernel then panics, or ends
/// every process of the pid namespace.
#[repr(transparent)]
#[derive(Debug)]
#[doc(alias("signalfd", "signalfd4", "signal.sigwaitinfo", "signal.set_wakeup_fd"))]
pub struct SignalFd {
    fd: OwnedFd,
}

impl SignalFd {
    /// A blocking descriptor for the signals in `set`, close-on-exec.
    ///
    /// System call: `signalfd4`.
    ///
    /// # Errors
    ///
    /// Those of [`with_flags`](Self::with_flags).
    #[inline]
    pub fn new(set: &SigSet) -> Result<Self> {
        Self::with_flags(set, SignalFdFlags::CLOEXEC)
    }

    /// A non-blocking descriptor for the signals in `set`, close-on-exec.
    ///
    /// System call: `signalfd4`.
    ///
    /// # Errors
    ///
    /// Those of [`with_flags`](Self::with_flags).
    #[inline]
    #[doc(alias = "SFD_NONBLOCK")]
    pub fn nonblocking(set: &SigSet) -> Result<Self> {
        Self::with_flags(set, SignalFdFlags::CLOEXEC | SignalFdFlags::NONBLOCK)
    }

    /// A descriptor for the signals in `set`, with exactly these flags. Without [`CLOEXEC`](SignalFdFlags::CLOEXEC) it
    /// leaks into every program that the process executes.
    ///
    /// System call: `signalfd4`.
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): a flag that the kernel does not know
    /// - [`MFILE`](Errno::MFILE), [`NFILE`](Errno::NFILE): too many open files in the process, in the system
    /// - [`NODEV`](Errno::NODEV), [`NOMEM`](Errno::NOMEM): no inode, no memory
    /// - [`NOSYS`](Errno::NOSYS): a kernel without `CONFIG_SIGNALFD`, or before 2.6.27
    #[inline]
    pub fn with_flags(set: &SigSet, flags: SignalFdFlags) -> Result<Self> {
        sys::signalfd4(set, flags).map(Self::from)
    }

    /// Replaces the set: from now on the descriptor reads only the signals in `set`. This applies to every duplicate,
    /// in every process that has one. Pending signals stay pending.
    ///
    /// System call: `signalfd4`.
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): not a signal descriptor
    /// - [`BADF`](Errno::BADF): somebody closed the descriptor behind its owner's back
    #[inline]
    pub fn set_signals(&self, set: &SigSet) -> Result<()> {
        sys::signalfd4_set_mask(self.as_fd(), set)
    }

    /// Takes a pending signal. Blocks while there is none, unless the descriptor is non-blocking.
    ///
    /// System call: `read`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// - [`AGAIN`](Errno::AGAIN): no signal is pending, and the descriptor is non-blocking
    /// - [`INVAL`](Errno::INVAL): not a signal descriptor
    /// - an error of another kind of file: `EBADF`, `EIO`, `EISDIR`…
    #[inline]
    pub fn read(&self) -> Result<SignalInfo> {
        self.take()?.ok_or(Errno::AGAIN)
    }

    /// Takes a pending signal, or returns `None` if there is none. **On a blocking descriptor it waits** for one.
    ///
    /// System call: `read`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), except `AGAIN`, which is `None`.
    #[inline]
    pub fn take(&self) -> Result<Option<SignalInfo>> {
        let mut raw = SignalfdSiginfo::default();
        match self.fill(&mut raw) {
            Ok(signal) => Ok(Some(SignalInfo { signal, raw })),
            Err(Errno::AGAIN) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    #[inline]
    fn fill(&self, raw: &mut SignalfdSiginfo) -> Result<Signal> {
        loop {
            match sys::read(self.as_fd(), raw.as_mut_bytes()) {
                Ok(size) => {
                    // A descriptor of another kind gives less than a record, or a record without a signal.
                    let signal = Signal::from_raw(raw.ssi_signo);
                    return signal.filter(|_| size == size_of::<SignalfdSiginfo>()).ok_or(Errno::INVAL);
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    }

    /// Waits for a pending signal, and takes it. It waits on a blocking and on a non-blocking descriptor.
    ///
    /// System calls: `read`; as long as that would block on a non-blocking descriptor, that of a
    /// [`poll`](crate::poll()) without a timeout, and `read`. Each again after `EINTR`.
    ///
    /// # Errors
    ///
    /// Those of [`take`](Self::take) and of [`poll`](crate::poll()).
    #[inline]
    #[doc(alias("sigwaitinfo", "signal.sigwaitinfo"))]
    pub fn wait(&self) -> Result<SignalInfo> {
        loop {
            if let Some(info) = self.take()? {
                return Ok(info);
            }
            descriptor::wait(self.as_fd())?;
        }
    }
}

descriptor!(SignalFd);

/// A signal that was read, and the data that came with it.
///
/// Data that has no method here, such as the timer of a `SIGALRM` or the descriptor of a `SIGIO`, is in
/// [`raw`](Self::raw).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias("siginfo_t", "signal.struct_siginfo"))]
pub struct SignalInfo {
    signal: Signal,
    raw: SignalfdSiginfo,
}

macro_rules! codes {
    ($($name:ident: $text:literal;)*) => {
        impl SignalInfo {
            $(
                #[doc = concat!("[`code`](Self::code): ", $text, ".")]
                pub const $name: i32 = abi::$name as i32;
            )*
        }
    };
}

codes! {
    SI_USER: "sent by `kill`";
    SI_KERNEL: "sent by the kernel";
    SI_QUEUE: "sent by `sigqueue`, with a value";
    SI_TKILL: "sent by `tgkill` or `tkill`, to a thread";
    CLD_EXITED: "with `SIGCHLD`, the child ended by itself";
    CLD_KILLED: "with `SIGCHLD`, a signal ended the child";
    CLD_DUMPED: "with `SIGCHLD`, a signal ended the child, and its memory was dumped";
    CLD_TRAPPED: "with `SIGCHLD`, the child is traced and has trapped";
    CLD_STOPPED: "with `SIGCHLD`, a signal stopped the child";
    CLD_CONTINUED: "with `SIGCHLD`, the child went on";
}

impl SignalInfo {
    /// Converts a record that [`sys::read`] gave. `None` if the record has no valid signal number; no kernel writes
    /// such a record.
    #[inline]
    #[must_use]
    pub const fn from_raw(raw: SignalfdSiginfo) -> Option<Self> {
        match Signal::from_raw(raw.ssi_signo) {
            Some(signal) => Some(Self { signal, raw }),
            None => None,
        }
    }

    /// The record that the kernel wrote.
    #[inline]
    #[must_use]
    pub const fn raw(&self) -> &SignalfdSiginfo {
        &self.raw
    }

    /// The signal.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_signo", "si_signo"))]
    pub const fn signal(&self) -> Signal {
        self.signal
    }

    /// Where the signal came from. [`SI_USER`](Self::SI_USER), [`SI_QUEUE`](Self::SI_QUEUE) and
    /// [`SI_TKILL`](Self::SI_TKILL) come from a process. [`SI_KERNEL`](Self::SI_KERNEL) and other positive codes come
    /// from the kernel; with `SIGCHLD` these are [`CLD_EXITED`](Self::CLD_EXITED) to
    /// [`CLD_CONTINUED`](Self::CLD_CONTINUED). The negative codes `SI_TIMER`, `SI_MESGQ` and `SI_SIGIO` come from the
    /// kernel too.
    ///
    /// [sigaction(2)](https://man7.org/linux/man-pages/man2/sigaction.2.html) lists all codes. On MIPS, `SI_TIMER`,
    /// `SI_MESGQ` and `SI_ASYNCIO` have other numbers.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_code", "si_code"))]
    pub const fn code(&self) -> i32 {
        self.raw.ssi_code
    }

    /// The id of the process that sent the signal, or with `SIGCHLD` of the child, in the pid namespace of this
    /// process. 0 means the kernel, or a process outside the namespace.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_pid", "si_pid"))]
    pub const fn pid(&self) -> u32 {
        self.raw.ssi_pid
    }

    /// The real user id of the sender, or with `SIGCHLD` of the child.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_uid", "si_uid"))]
    pub const fn uid(&self) -> u32 {
        self.raw.ssi_uid
    }

    /// With `SIGCHLD`: the child's exit status, 0 to 255, if the code is [`CLD_EXITED`](Self::CLD_EXITED). With the
    /// other codes, the number of the signal that ended, stopped or continued the child. It is not the status of
    /// `waitpid`, which packs the two into one number.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_status", "si_status"))]
    pub const fn status(&self) -> i32 {
        self.raw.ssi_status
    }

    /// The value that `sigqueue` or a POSIX timer sent with the signal, as an `int`.
    ///
    /// If the sender sent a pointer of 64 bits, this is the half that comes first in memory. That is the low half on a
    /// little-endian ABI, and **the high half on a big-endian one**. Then [`ptr`](Self::ptr) has the whole value.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_int", "si_int", "sival_int"))]
    pub const fn int(&self) -> i32 {
        self.raw.ssi_int
    }

    /// The value that `sigqueue` or a POSIX timer sent with the signal, as a pointer to the sender's memory.
    ///
    /// On an ABI with 64-bit pointers, it is the record's `ssi_ptr`. If the sender sent an `int`, half of the bits have
    /// no meaning. Then use [`int`](Self::int).
    ///
    /// On an ABI with 32-bit pointers, it is the record's `ssi_int`, which has the same bits as [`int`](Self::int). The
    /// 64 bits of `ssi_ptr` depend on the kernel. A 32-bit kernel copies the sign to the upper half. A 64-bit kernel
    /// writes the value to the half that comes first in memory, and zeros to the other half. The first half is the
    /// upper half if the kernel is big-endian.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_ptr", "si_ptr", "sival_ptr"))]
    pub const fn ptr(&self) -> usize {
        if cfg!(target_pointer_width = "32") { self.raw.ssi_int as u32 as usize } else { self.raw.ssi_ptr as usize }
    }
}
