//! The common part of the types: they own a descriptor, and wait for it.

use crate::errno::Result;
use crate::fd::BorrowedFd;
use crate::flags::PollFlags;
use crate::poll;
use crate::pollfd::PollFd;

/// Waits until a read of `fd` may succeed.
pub(crate) fn wait(fd: BorrowedFd<'_>) -> Result<()> {
    poll::for_ever(&mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)]).map(drop)
}

/// The methods and traits that every type with a descriptor has.
macro_rules! descriptor {
    ($Type:ident) => {
        impl $Type {
            /// Whether `O_NONBLOCK` is set on the open file description.
            ///
            /// System call: `fcntl` (`F_GETFL`).
            ///
            /// # Errors
            ///
            /// - [`BADF`](crate::Errno::BADF): somebody closed the descriptor behind its owner's back
            #[inline]
            #[doc(alias("os.get_blocking", "F_GETFL"))]
            pub fn is_nonblocking(&self) -> $crate::Result<bool> {
                Ok($crate::sys::fcntl_getfl($crate::fd::AsFd::as_fd(self))? & $crate::abi::O_NONBLOCK != 0)
            }

            /// Sets or clears `O_NONBLOCK` on the open file description. This applies to every duplicate, in every
            /// process that has one.
            ///
            /// If another thread changes a status flag between the two system calls, its change can be lost.
            ///
            /// System calls: `fcntl` (`F_GETFL`), `fcntl` (`F_SETFL`).
            ///
            /// # Errors
            ///
            /// - [`BADF`](crate::Errno::BADF): somebody closed the descriptor behind its owner's back
            #[doc(alias("os.set_blocking", "F_SETFL"))]
            pub fn set_nonblocking(&self, nonblocking: bool) -> $crate::Result<()> {
                let flags = $crate::sys::fcntl_getfl($crate::fd::AsFd::as_fd(self))?;
                let flags = if nonblocking { flags | $crate::abi::O_NONBLOCK } else { flags & !$crate::abi::O_NONBLOCK };
                $crate::sys::fcntl_setfl($crate::fd::AsFd::as_fd(self), flags)
            }

            /// Another descriptor of the same open file description. Both share the state and `O_NONBLOCK`. The new one
            /// is close-on-exec. Its number is 3 or more, so it never becomes a standard stream.
            ///
            /// System call: `fcntl` (`F_DUPFD_CLOEXEC`, Linux 2.6.24).
            ///
            /// # Errors
            ///
            /// - [`BADF`](crate::Errno::BADF): somebody closed the descriptor behind its owner's back
            /// - [`INVAL`](crate::Errno::INVAL): `RLIMIT_NOFILE` is 3 or less
            /// - [`MFILE`](crate::Errno::MFILE): too many open files in the process
            #[doc(alias("dup", "os.dup", "F_DUPFD_CLOEXEC"))]
            pub fn try_clone(&self) -> $crate::Result<Self> {
                $crate::sys::fcntl_dupfd_cloexec($crate::fd::AsFd::as_fd(self), 3).map(Self::from)
            }
        }

        /// Takes any descriptor. With a descriptor of another kind, the calls that it does not support fail with an
        /// errno.
        impl From<$crate::fd::OwnedFd> for $Type {
            #[inline]
            fn from(fd: $crate::fd::OwnedFd) -> Self {
                Self { fd }
            }
        }

        impl From<$Type> for $crate::fd::OwnedFd {
            #[inline]
            fn from(this: $Type) -> Self {
                this.fd
            }
        }

        impl $crate::fd::AsFd for $Type {
            #[inline]
            fn as_fd(&self) -> $crate::fd::BorrowedFd<'_> {
                $crate::fd::AsFd::as_fd(&self.fd)
            }
        }

        impl $crate::fd::AsRawFd for $Type {
            #[inline]
            fn as_raw_fd(&self) -> $crate::fd::RawFd {
                $crate::fd::AsRawFd::as_raw_fd(&self.fd)
            }
        }

        impl $crate::fd::IntoRawFd for $Type {
            #[inline]
            fn into_raw_fd(self) -> $crate::fd::RawFd {
                $crate::fd::IntoRawFd::into_raw_fd(self.fd)
            }
        }

        impl $crate::fd::FromRawFd for $Type {
            #[inline]
            unsafe fn from_raw_fd(fd: $crate::fd::RawFd) -> Self {
                // SAFETY: the caller's promise.
                Self { fd: unsafe { $crate::fd::FromRawFd::from_raw_fd(fd) } }
            }
        }

        ::static_assertions::assert_impl_all!($Type: Send, Sync, Unpin);
        ::static_assertions::assert_not_impl_any!($Type: Clone);
        ::static_assertions::assert_eq_size!($Type, $crate::fd::RawFd);
    };
}

pub(crate) use descriptor;
