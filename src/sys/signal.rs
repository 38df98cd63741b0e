//! The signal mask of the calling thread.

use crate::abi;
use crate::errno::Result;
use crate::signal::SigSet;
use crate::trap::{self, nr};

use super::unit;

/// What [`rt_sigprocmask`] does with the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SigmaskHow {
    /// Blocks its signals too.
    #[doc(alias = "SIG_BLOCK")]
    Block,
    /// Unblocks its signals.
    #[doc(alias = "SIG_UNBLOCK")]
    Unblock,
    /// Blocks exactly its signals.
    #[doc(alias = "SIG_SETMASK")]
    SetMask,
}

/// [`rt_sigprocmask(2)`](https://man7.org/linux/man-pages/man2/sigprocmask.2.html): changes the signal mask of the
/// calling thread by `set`, if one is given, and writes the old mask to `old` (Linux 2.2).
///
/// The kernel never blocks `SIGKILL` and `SIGSTOP`. [`SigSet`] says what a changed mask means for other threads, for
/// other programs and for libc.
///
/// # Errors
///
/// None from the kernel.
#[inline]
#[doc(alias("sigprocmask", "pthread_sigmask"))]
pub fn rt_sigprocmask(how: SigmaskHow, set: Option<&SigSet>, old: Option<&mut SigSet>) -> Result<()> {
    let how = match how {
        SigmaskHow::Block => abi::SIG_BLOCK,
        SigmaskHow::Unblock => abi::SIG_UNBLOCK,
        SigmaskHow::SetMask => abi::SIG_SETMASK,
    };
    let set = set.map_or(0, |set| set as *const SigSet as usize);
    let old = old.map_or(0, |old| old as *mut SigSet as usize);
    // SAFETY: the kernel reads `set` and writes a set to `old`, if they are given.
    unit(unsafe { trap::syscall4(nr::RT_SIGPROCMASK, how as usize, set, old, size_of::<SigSet>()) })
}
