//! Descriptors that are owned or borrowed, never bare numbers.
//!
//! With the feature `std` these are the standard library's own types and traits (`std::os::fd`), so that an
//! [`EventFd`](crate::EventFd) goes into tokio's `AsyncFd`, mio's `SourceFd` or anything else that takes them. Without it
//! they are types and traits of the same names, with what the standard library's have in common with a program that has
//! none: code written against one compiles against the other.
//!
//! Dropping an owner issues `close`. The standard library, where it was built with debug assertions, asks `fcntl` (`F_GETFD`)
//! first, and aborts the program if somebody else closed the descriptor; the types here do neither.

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

    /// A descriptor's number, owned by nobody.
    pub type RawFd = c_int;

    /// A descriptor that is closed on drop.
    ///
    /// It is a `RawFd` in memory and never -1. What `close` returns on drop is lost, as in the standard library;
    /// [`sys::close`](crate::sys::close) tells.
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

    /// Lends its descriptor.
    pub trait AsFd {
        /// The descriptor, for as long as `self` is borrowed.
        fn as_fd(&self) -> BorrowedFd<'_>;
    }

    /// Names its descriptor.
    pub trait AsRawFd {
        /// The descriptor's number. `self` keeps the ownership.
        fn as_raw_fd(&self) -> RawFd;
    }

    /// Is made from a descriptor's number.
    pub trait FromRawFd {
        /// Takes ownership of `fd`.
        ///
        /// # Safety
        ///
        /// `fd` must be open and owned by nobody else.
        unsafe fn from_raw_fd(fd: RawFd) -> Self;
    }

    /// Gives its descriptor away.
    pub trait IntoRawFd {
        /// The descriptor's number; the caller owns it, and closes it.
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
            // SAFETY: `self` owns the descriptor, and it is not used after this.
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
