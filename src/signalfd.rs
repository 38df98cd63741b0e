//! The descriptor of signals.

use crate::abi::{self, SignalfdSiginfo};
use crate::descriptor::{self, descriptor};
use crate::errno::{Errno, Result};
use crate::fd::{AsFd, OwnedFd};
use crate::flags::SignalFdFlags;
use crate::signal::{SigSet, Signal};
use crate::sys;

/// Signals behind a descriptor, which is readable while one of its set is pending:
/// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html), `fs/signalfd.c`, Linux 2.6.27.
///
/// A read takes one signal, which then is not pending any more. **The signals must be blocked**, or they act before
/// anybody reads them: [`SigSet::thread_block`], before the first thread is spawned.
///
/// ```
/// use barefd::{SigSet, Signal, SignalFd};
///
/// let set = SigSet::from_signals(&[Signal::CHLD, Signal::TERM, Signal::INT]);
/// let before = set.thread_block()?;
/// let signals = SignalFd::nonblocking(&set)?;
/// while let Some(info) = signals.take()? {
///     match info.signal() {
///         Signal::CHLD => { /* waitpid, until there is no more */ }
///         Signal::TERM | Signal::INT => break,
///         other => println!("{other} from {}", info.pid()),
///     }
/// }
/// # before.thread_set_mask()?;
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// # One read may stand for several signals
///
/// A signal below 32 that is pending already is not queued again, and the record is that of the first: one
/// [`CHLD`](Signal::CHLD) may stand for several children. After each call `waitpid` (or `waitid`) without blocking,
/// until it tells of no child more. Real-time signals, from 32 on, queue, up to `RLIMIT_SIGPENDING`, in the order in
/// which they were sent. Of several that are pending the kernel gives those sent to the thread first, then those sent
/// to the process; of either, faults first, then the lowest number.
///
/// # Whose signals
///
/// The descriptor is no more than the set. A read gives those of the thread that reads, and of its process, whoever
/// made the descriptor: after `fork` a child reads its own, after `execve` (without close-on-exec) the new program, and
/// a process that it was sent to through a socket does too. Another thread of the process sees what is sent to the
/// process, and not what is sent to a thread, such as `SIGPIPE`.
///
/// `epoll` asks the process that calls `epoll_wait`, but is woken for the one that added the descriptor to it: after
/// `fork`, make and add another one. [`poll`](crate::poll()) has no such trouble.
///
/// # What does not come
///
/// - [`KILL`](Signal::KILL) and [`STOP`](Signal::STOP): the kernel leaves them out of the set, without an error.
/// - A fault of the thread's own (`SEGV`, `BUS`, `FPE`, `ILL`): one that is blocked ends the process.
/// - [`CHLD`](Signal::CHLD) while its disposition is `SIG_IGN`: the kernel then reaps the children itself. With the
///   default, which ignores it too, it comes. `SIG_IGN` goes through `execve`: a program that may have been started so
///   sets the default first. Other signals come although they are ignored, if they are blocked.
///
/// # Process 1
///
/// A signal with the default disposition does nothing to an init process (but `KILL` and `STOP` from a parent pid
/// namespace). One that is blocked is queued all the same: blocking and a `SignalFd` are how an init gets
/// [`CHLD`](Signal::CHLD), [`TERM`](Signal::TERM), [`INT`](Signal::INT) (Ctrl-Alt-Del, after
/// `reboot(LINUX_REBOOT_CMD_CAD_OFF)`) and [`PWR`](Signal::PWR). Each program that it starts must get the mask from
/// before back ([`SigSet`](SigSet#what-a-blocked-signal-does)).
///
/// A fault of the init's own that is blocked, or not handled, ends it all the same: the kernel panics, or ends every
/// process of the pid namespace.
#[repr(transparent)]
#[derive(Debug)]
#[doc(alias("signalfd", "signalfd4", "signal.sigwaitinfo", "signal.set_wakeup_fd"))]
pub struct SignalFd {
    fd: OwnedFd,
}

impl SignalFd {
    /// A blocking descriptor of the signals in `set`, close-on-exec.
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

    /// A non-blocking descriptor of the signals in `set`, close-on-exec.
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

    /// A descriptor of the signals in `set`, with exactly these flags: without [`CLOEXEC`](SignalFdFlags::CLOEXEC) it
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

    /// Reads the signals in `set` from now on, and no other: for every duplicate, in every process that has one. What
    /// is pending stays so.
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

    /// A pending signal, as the kernel reads it. Blocks while there is none, unless the descriptor is non-blocking.
    ///
    /// System call: `read`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// - [`AGAIN`](Errno::AGAIN): none, and the descriptor is non-blocking
    /// - [`INVAL`](Errno::INVAL): not a signal descriptor
    /// - what another kind of file may say: `EBADF`, `EIO`, `EISDIR`…
    #[inline]
    pub fn read(&self) -> Result<SignalInfo> {
        self.take()?.ok_or(Errno::AGAIN)
    }

    /// A pending signal, or `None` for none. **On a blocking descriptor it waits** for one.
    ///
    /// System call: `read`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read) but `AGAIN`, which is `None`.
    pub fn take(&self) -> Result<Option<SignalInfo>> {
        let mut record = [0; size_of::<SignalfdSiginfo>()];
        loop {
            match sys::read(self.as_fd(), &mut record) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(None),
                Err(errno) => return Err(errno),
                // A descriptor of another kind gives less than a record, or one of no signal.
                Ok(len) if len < record.len() => return Err(Errno::INVAL),
                Ok(_) => {
                    let info = SignalInfo::from_raw(SignalfdSiginfo::from_ne_bytes(record));
                    return info.map(Some).ok_or(Errno::INVAL);
                }
            }
        }
    }

    /// A pending signal, waiting for one, on blocking and non-blocking descriptors alike.
    ///
    /// System calls: `read`; as long as that would block on a non-blocking descriptor, `ppoll` without a timeout
    /// (32-bit ABIs: `ppoll_time64`, and `ppoll` if that is `ENOSYS`) and `read`. Each again after `EINTR`.
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

/// A signal that was read, and what came with it.
///
/// What has no method here, such as the timer of a `SIGALRM` or the descriptor of a `SIGIO`, is in [`raw`](Self::raw).
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
    /// Of a record that [`sys::read`] gave; `None` if its signal's number is none, which no kernel writes.
    #[inline]
    #[must_use]
    pub const fn from_raw(raw: SignalfdSiginfo) -> Option<Self> {
        match Signal::from_raw(raw.ssi_signo) {
            Some(signal) => Some(Self { signal, raw }),
            None => None,
        }
    }

    /// The kernel's record.
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

    /// Where it came from: [`SI_USER`](Self::SI_USER), [`SI_QUEUE`](Self::SI_QUEUE) and [`SI_TKILL`](Self::SI_TKILL)
    /// from a process, [`SI_KERNEL`](Self::SI_KERNEL) and other positive ones from the kernel, as with `SIGCHLD`
    /// [`CLD_EXITED`](Self::CLD_EXITED) to [`CLD_CONTINUED`](Self::CLD_CONTINUED). Of the other negative ones
    /// `SI_TIMER`, `SI_MESGQ` and `SI_SIGIO` come from the kernel.
    ///
    /// See [sigaction(2)](https://man7.org/linux/man-pages/man2/sigaction.2.html) for all. Of those with a name there,
    /// `SI_TIMER`, `SI_MESGQ` and `SI_ASYNCIO` have other numbers on MIPS.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_code", "si_code"))]
    pub const fn code(&self) -> i32 {
        self.raw.ssi_code
    }

    /// The process that sent it, or with `SIGCHLD` the child, as this process's pid namespace numbers it. 0: the
    /// kernel, or a process outside the namespace.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_pid", "si_pid"))]
    pub const fn pid(&self) -> u32 {
        self.raw.ssi_pid
    }

    /// The real user of the sender, or with `SIGCHLD` of the child.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_uid", "si_uid"))]
    pub const fn uid(&self) -> u32 {
        self.raw.ssi_uid
    }

    /// With `SIGCHLD`: the child's exit status, 0 to 255, after [`CLD_EXITED`](Self::CLD_EXITED); after the other codes
    /// the number of the signal that ended, stopped or continued it. Not the status of `waitpid`, which packs the two.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_status", "si_status"))]
    pub const fn status(&self) -> i32 {
        self.raw.ssi_status
    }

    /// The value that `sigqueue` or a POSIX timer sent along, as an `int`.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_int", "si_int", "sival_int"))]
    pub const fn int(&self) -> i32 {
        self.raw.ssi_int
    }

    /// The value that `sigqueue` or a POSIX timer sent along, as a pointer to the sender's memory.
    ///
    /// The record has 64 bits of it. Those beyond a pointer's width, of which 32-bit kernels make copies of the sign
    /// and 64-bit ones zeros, are left out.
    #[inline]
    #[must_use]
    #[doc(alias("ssi_ptr", "si_ptr", "sival_ptr"))]
    pub const fn ptr(&self) -> usize {
        self.raw.ssi_ptr as usize
    }
}
