//! Owned and borrowed descriptors, in place of bare numbers.
//!
//! With the feature `std` these are the standard library's own types and traits (`std::os::fd`). So an
//! [`EventFd`](crate::EventFd) works with tokio's `AsyncFd`, mio's `SourceFd` and everything else that takes these
//! types. Without the feature they are barefd's own types and traits. These have the same names and the
//! common methods: code written for barefd's types also compiles with the standard library's.
//!
//! Dropping an owner issues `close`. In a program that is built with debug assertions, the standard library's owner
//! first calls `fcntl` (`F_GETFD`), and aborts the program if somebody else closed the descriptor. barefd's own types
//! do neither.

#[cfg(feature = "std")]
pub use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

#[cfg(not(feature = "std"))]
pub use bare::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

#[cfg(not(feature = "std"))]
mod bare {
    use core::ffi::c_int;
    use core::fmt;
    use core::marker::PhantomData;
    use core::mem::ManuallyDrop;

    use crate::trap::{self, nr};

    /// The number of a descriptor. It owns nothing.
    pub type RawFd = c_int;

    /// A descriptor that is closed on drop.
    ///
    /// It is a `RawFd` in memory and never -1. Like the standard library's type, it ignores the result of `close` on
    /// drop; [`sys::close`](crate::sys::close) returns the result.
    #[repr(transparent)]
    pub struct OwnedFd(RawFd);

    /// A descriptor that stays open for `'fd`.
    ///
    /// It is a `RawFd` in memory and never -1.
    #[repr(transparent)]
    #[derive(Clone, Copy)]
    pub struct BorrowedFd<'fd> {
        fd: RawFd,
        owner: PhantomData<&'fd OwnedFd>,
    }

    impl BorrowedFd<'_> {
        /// A borrow of `fd`.
        ///
        /// # Safety
        ///
        /// `fd` must be open for as long as the result lives, and not -1.
        #[inline]
        #[must_use]
        pub const unsafe fn borrow_raw(fd: RawFd) -> Self {
            Self { fd, owner: PhantomData }
        }
    }

    /// A type that lends its descriptor.
    pub trait AsFd {
        /// The descriptor, for as long as `self` is borrowed.
        fn as_fd(&self) -> BorrowedFd<'_>;
    }

    /// A type that gives the number of its descriptor.
    pub trait AsRawFd {
        /// The descriptor's number. `self` remains the owner.
        fn as_raw_fd(&self) -> RawFd;
    }

    /// A type that is made from a descriptor's number.
    pub trait FromRawFd {
        /// Takes ownership of `fd`.
        ///
        /// # Safety
        ///
        /// `fd` must be open, and must have no other owner.
        unsafe fn from_raw_fd(fd: RawFd) -> Self;
    }

    /// A type that gives its descriptor away.
    pub trait IntoRawFd {
        /// The descriptor's number. The caller becomes the owner, and must close it.
        #[must_use = "losing the number leaks the descriptor"]
        fn into_raw_fd(self) -> RawFd;
    }

    impl<T: AsFd + ?Sized> AsFd for &T {
        #[inline]
        fn as_fd(&self) -> BorrowedFd<'_> {
            T::as_fd(self)
        }
    }

    impl<T: AsFd + ?Sized> AsFd for &mut T {
        #[inline]
        fn as_fd(&self) -> BorrowedFd<'_> {
            T::as_fd(self)
        }
    }

    impl AsFd for BorrowedFd<'_> {
        #[inline]
        fn as_fd(&self) -> BorrowedFd<'_> {
            *self
        }
    }

    impl AsFd for OwnedFd {
        #[inline]
        fn as_fd(&self) -> BorrowedFd<'_> {
            // SAFETY: the descriptor is open until `self` is dropped, and not -1.
            unsafe { BorrowedFd::borrow_raw(self.0) }
        }
    }

    impl AsRawFd for BorrowedFd<'_> {
        #[inline]
        fn as_raw_fd(&self) -> RawFd {
            self.fd
        }
    }

    impl AsRawFd for OwnedFd {
        #[inline]
        fn as_raw_fd(&self) -> RawFd {
            self.0
        }
    }

    impl AsRawFd for RawFd {
        #[inline]
        fn as_raw_fd(&self) -> RawFd {
            *self
        }
    }

    impl FromRawFd for OwnedFd {
        #[inline]
        unsafe fn from_raw_fd(fd: RawFd) -> Self {
            Self(fd)
        }
    }

    impl FromRawFd for RawFd {
        #[inline]
        unsafe fn from_raw_fd(fd: RawFd) -> Self {
            fd
        }
    }

    impl IntoRawFd for OwnedFd {
        #[inline]
        fn into_raw_fd(self) -> RawFd {
            ManuallyDrop::new(self).0
        }
    }

    impl IntoRawFd for RawFd {
        #[inline]
        fn into_raw_fd(self) -> RawFd {
            self
        }
    }

    impl Drop for OwnedFd {
        #[inline]
        fn drop(&mut self) {
            // SAFETY: `self` owns the descriptor, and nobody uses it after this.
            let _ = unsafe { trap::syscall1(nr::CLOSE, self.0 as usize) };
        }
    }

    impl fmt::Debug for BorrowedFd<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("BorrowedFd").field("fd", &self.fd).finish()
        }
    }

    impl fmt::Debug for OwnedFd {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("OwnedFd").field("fd", &self.0).finish()
        }
    }
}
