//! What the types have in common: they own a descriptor, and wait for it.

use crate::fd::BorrowedFd;
use crate::{PollFd, PollFlags, Result, poll};

/// Waits until a read of `fd` may give something.
pub(crate) fn wait(fd: BorrowedFd<'_>) -> Result<()> {
    poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)], None).map(drop)
}

/// The part of [`EventFd`](crate::EventFd), [`SignalFd`](crate::SignalFd) and [`TimerFd`](crate::TimerFd) that is any
/// descriptor's.
macro_rules! descriptor {
    ($Type:ident) => {
        impl $Type {
            /// Whether `O_NONBLOCK` is set on the open file description.
            ///
            /// System call: `fcntl` (`F_GETFL`).
            ///
            /// # Errors
            ///
            /// - [`BADF`](Errno::BADF): somebody closed the descriptor behind its owner's back
            #[inline]
            #[doc(alias("os.get_blocking", "F_GETFL"))]
            pub fn is_nonblocking(&self) -> Result<bool> {
                Ok(sys::fcntl_getfl(self.as_fd())? & abi::O_NONBLOCK != 0)
            }

            /// Sets or clears `O_NONBLOCK` on the open file description: for every duplicate, in every process that has
            /// one.
            ///
            /// Between the two calls another thread's change of a status flag can be lost.
            ///
            /// System calls: `fcntl` (`F_GETFL`), `fcntl` (`F_SETFL`).
            ///
            /// # Errors
            ///
            /// - [`BADF`](Errno::BADF): somebody closed the descriptor behind its owner's back
            #[doc(alias("os.set_blocking", "F_SETFL"))]
            pub fn set_nonblocking(&self, nonblocking: bool) -> Result<()> {
                let flags = sys::fcntl_getfl(self.as_fd())?;
                let flags = if nonblocking { flags | abi::O_NONBLOCK } else { flags & !abi::O_NONBLOCK };
                sys::fcntl_setfl(self.as_fd(), flags)
            }

            /// Another descriptor of the same open file description: the state and `O_NONBLOCK` are shared. It is
            /// close-on-exec, and 3 or more, so that it never becomes a standard stream.
            ///
            /// System call: `fcntl` (`F_DUPFD_CLOEXEC`, Linux 2.6.24).
            ///
            /// # Errors
            ///
            /// - [`INVAL`](Errno::INVAL): `RLIMIT_NOFILE` is 3 or less
            /// - [`MFILE`](Errno::MFILE): too many open files in the process
            #[doc(alias("dup", "os.dup", "F_DUPFD_CLOEXEC"))]
            pub fn try_clone(&self) -> Result<Self> {
                sys::fcntl_dupfd_cloexec(self.as_fd(), 3).map(Self::from)
            }
        }

        /// Takes any descriptor: one of another kind fails, with an errno, in the calls that it does not have.
        impl From<OwnedFd> for $Type {
            #[inline]
            fn from(fd: OwnedFd) -> Self {
                Self { fd }
            }
        }

        impl From<$Type> for OwnedFd {
            #[inline]
            fn from(this: $Type) -> Self {
                this.fd
            }
        }

        impl AsFd for $Type {
            #[inline]
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.fd.as_fd()
            }
        }

        impl AsRawFd for $Type {
            #[inline]
            fn as_raw_fd(&self) -> RawFd {
                self.fd.as_raw_fd()
            }
        }

        impl IntoRawFd for $Type {
            #[inline]
            fn into_raw_fd(self) -> RawFd {
                self.fd.into_raw_fd()
            }
        }

        impl FromRawFd for $Type {
            #[inline]
            unsafe fn from_raw_fd(fd: RawFd) -> Self {
                // SAFETY: the caller's promise.
                Self { fd: unsafe { OwnedFd::from_raw_fd(fd) } }
            }
        }

        assert_impl_all!($Type: Send, Sync, Unpin);
        assert_not_impl_any!($Type: Clone);
        assert_eq_size!($Type, RawFd);
    };
}

pub(crate) use descriptor;
