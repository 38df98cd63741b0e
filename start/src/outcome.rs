//! What `main` may return, with what only this crate can name.

use crate::Termination;

/// What `main` returns: a [`Termination`], or nothing.
///
/// It is a trait of its own, because `Never` is known in this crate alone. Elsewhere it could be any type: with
/// `Termination` for it, no other crate could implement that trait.
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

    /// `!`, which stable Rust names only as what a function returns.
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
