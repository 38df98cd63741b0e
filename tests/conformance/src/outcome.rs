//! The outcome of a case. It needs no panic, and no memory except the stack.

use core::fmt::{self, Write};
use core::panic::Location;

use barefd::Errno;

/// The outcome of a case, or of a step of a case.
pub type Outcome<T = ()> = Result<T, Unpassed>;

/// The reason why a case did not pass.
#[derive(Debug)]
pub enum Unpassed {
    Failed(Failure),
    /// The machine does not have what the case checks, with the reason.
    NotApplicable(&'static str),
}

impl Unpassed {
    #[track_caller]
    pub(crate) fn failed(what: fmt::Arguments<'_>) -> Self {
        let mut text = Text::default();
        let _ = text.write_fmt(what);
        Self::Failed(Failure { at: Location::caller(), what: text })
    }
}

/// An errno that no case expected, at the line of the `?`.
impl From<Errno> for Unpassed {
    #[track_caller]
    fn from(errno: Errno) -> Self {
        Self::failed(format_args!("unexpected {errno}"))
    }
}

/// A description of the failure, and its place.
#[derive(Debug)]
pub struct Failure {
    at: &'static Location<'static>,
    what: Text<320>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.at.file(), self.at.line(), self.what.as_str())
    }
}

/// Text of at most `N` bytes. Text that does not fit is cut.
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self { bytes: [0; N], len: 0 }
    }
}

impl<const N: usize> Write for Text<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut end = text.len().min(N - self.len);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        if let (Some(to), Some(from)) = (self.bytes.get_mut(self.len..self.len + end), text.as_bytes().get(..end)) {
            to.copy_from_slice(from);
            self.len += end;
        }
        if end < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// Fails the case if the condition does not hold.
macro_rules! check {
    ($condition:expr $(,)?) => {
        if !$condition {
            return Err($crate::Unpassed::failed(format_args!("not {}", stringify!($condition))));
        }
    };
}

/// Fails the case if the first value is not equal to the second.
macro_rules! check_eq {
    ($actual:expr, $expected:expr $(,)?) => {
        match (&$actual, &$expected) {
            (actual, expected) => {
                if *actual != *expected {
                    return Err($crate::Unpassed::failed(format_args!(
                        "{} is {actual:?}, not {expected:?}",
                        stringify!($actual)
                    )));
                }
            }
        }
    };
}

/// Fails the case if the value is outside the range.
macro_rules! check_in {
    ($actual:expr, $range:expr $(,)?) => {
        match ($actual, $range) {
            (actual, range) => {
                if !range.contains(&actual) {
                    return Err($crate::Unpassed::failed(format_args!(
                        "{} is {actual:?}, not in {range:?}",
                        stringify!($actual)
                    )));
                }
            }
        }
    };
}
