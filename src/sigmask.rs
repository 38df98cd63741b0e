//! The signal mask of the calling thread.

use crate::errno::Result;
use crate::signal::SigSet;
use crate::sys::{self, SigmaskHow};

// The kernel never refuses these calls: size and operation are valid, and the pointers are to memory of this program.
impl SigSet {
    /// Blocks these signals for the calling thread, in addition to those that are blocked already. Returns the old
    /// mask.
    ///
    /// A [`SignalFd`](crate::SignalFd) needs this. See [above](Self#what-a-blocked-signal-does) for threads, `execve`
    /// and libc.
    ///
    /// System call: `rt_sigprocmask` (`SIG_BLOCK`).
    ///
    /// # Errors
    ///
    /// Only those of a seccomp filter.
    #[inline]
    #[doc(alias("sigprocmask", "pthread_sigmask", "SIG_BLOCK", "signal.pthread_sigmask"))]
    pub fn thread_block(&self) -> Result<Self> {
        self.change(SigmaskHow::Block)
    }

    /// Unblocks these signals for the calling thread, and returns the old mask. Those that are pending act before the
    /// call returns.
    ///
    /// System call: `rt_sigprocmask` (`SIG_UNBLOCK`).
    ///
    /// # Errors
    ///
    /// Only those of a seccomp filter.
    #[inline]
    #[doc(alias("sigprocmask", "pthread_sigmask", "SIG_UNBLOCK", "signal.pthread_sigmask"))]
    pub fn thread_unblock(&self) -> Result<Self> {
        self.change(SigmaskHow::Unblock)
    }

    /// Blocks exactly these signals for the calling thread, and returns the old mask. Signals that are pending and no
    /// longer blocked act before the call returns.
    ///
    /// System call: `rt_sigprocmask` (`SIG_SETMASK`).
    ///
    /// # Errors
    ///
    /// Only those of a seccomp filter.
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
    /// Only those of a seccomp filter.
    #[inline]
    #[doc(alias("sigprocmask", "pthread_sigmask", "signal.pthread_sigmask"))]
    pub fn thread_mask() -> Result<Self> {
        let mut mask = Self::EMPTY;
        // Without a set, the kernel ignores the operation.
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
