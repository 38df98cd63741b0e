//! The signal mask of the calling thread.

use crate::errno::Result;
use crate::signal::SigSet;
use crate::sys::{self, SigmaskHow};

// None of these fails on a kernel as it is: size and operation are right, and the memory is ours.
impl SigSet {
    /// Blocks these signals for the calling thread, beside those that are blocked already, and returns the mask before.
    ///
    /// A [`SignalFd`](crate::SignalFd) needs it. See [above](Self#what-a-blocked-signal-does) for threads, `execve` and
    /// libc.
    ///
    /// System call: `rt_sigprocmask` (`SIG_BLOCK`).
    ///
    /// # Errors
    ///
    /// None but those of a seccomp filter.
    #[inline]
    #[doc(alias("sigprocmask", "pthread_sigmask", "SIG_BLOCK", "signal.pthread_sigmask"))]
    pub fn thread_block(&self) -> Result<Self> {
        self.change(SigmaskHow::Block)
    }

    /// Unblocks these signals for the calling thread, and returns the mask before. Those that are pending act before it
    /// returns.
    ///
    /// System call: `rt_sigprocmask` (`SIG_UNBLOCK`).
    ///
    /// # Errors
    ///
    /// None but those of a seccomp filter.
    #[inline]
    #[doc(alias("sigprocmask", "pthread_sigmask", "SIG_UNBLOCK", "signal.pthread_sigmask"))]
    pub fn thread_unblock(&self) -> Result<Self> {
        self.change(SigmaskHow::Unblock)
    }

    /// Blocks these signals and no other for the calling thread, and returns the mask before. Those that are pending
    /// and not blocked any more act before it returns.
    ///
    /// System call: `rt_sigprocmask` (`SIG_SETMASK`).
    ///
    /// # Errors
    ///
    /// None but those of a seccomp filter.
    #[inline]
    #[doc(alias("sigprocmask", "pthread_sigmask", "SIG_SETMASK", "signal.pthread_sigmask"))]
    pub fn thread_set_mask(&self) -> Result<Self> {
        self.change(SigmaskHow::SetMask)
    }

    /// The signals that are blocked for the calling thread.
    ///
    /// System call: `rt_sigprocmask`.
    ///
    /// # Errors
    ///
    /// None but those of a seccomp filter.
    #[inline]
    #[doc(alias("sigprocmask", "pthread_sigmask", "signal.pthread_sigmask"))]
    pub fn thread_mask() -> Result<Self> {
        let mut mask = Self::EMPTY;
        // Without a set the operation does not matter.
        sys::rt_sigprocmask(SigmaskHow::Block, None, Some(&mut mask))?;
        Ok(mask)
    }

    #[inline]
    fn change(&self, how: SigmaskHow) -> Result<Self> {
        let mut before = Self::EMPTY;
        sys::rt_sigprocmask(how, Some(self), Some(&mut before))?;
        Ok(before)
    }
}
