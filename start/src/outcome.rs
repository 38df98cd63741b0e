//! What `main` may return, with the type `!`.

use crate::Termination;

/// What `main` returns: a [`Termination`], or nothing.
///
/// This is not [`Termination`] itself. Another crate does not see which type `Never` is. If `Never` implemented
/// `Termination`, the compiler would let no other crate implement that trait.
pub trait Outcome {
    /// As [`Termination::status`].
    fn status(self) -> i32;

    /// As [`Termination::report`].
    fn report(self) -> i32;
}

impl<T: Termination> Outcome for T {
    #[inline]
    fn status(self) -> i32 {
        Termination::status(self)
    }

    #[inline]
    fn report(self) -> i32 {
        Termination::report(self)
    }
}

mod never {
    pub trait Returns {
        type Value;
    }

    impl<T> Returns for fn() -> T {
        type Value = T;
    }

    /// The type `!`. Stable Rust can name it only as the return type of a function.
    pub type Never = <fn() -> ! as Returns>::Value;
}

/// For a `main` that never returns.
impl Outcome for never::Never {
    #[inline]
    fn status(self) -> i32 {
        self
    }

    #[inline]
    fn report(self) -> i32 {
        self
    }
}
