//! Error numbers.

use core::fmt;
use core::num::NonZeroU32;

use crate::abi;

/// The result of barefd's functions: a value, or the kernel's error number.
pub type Result<T, E = Errno> = core::result::Result<T, E>;

/// A Linux error number, 1 to 4095.
///
/// The numbers differ between architectures ([`CANCELED`](Self::CANCELED) is 125 on most, 158 on MIPS and 127 on
/// SPARC). The constants have the numbers of the target. There are constants, and a [`name`](Self::name), for the
/// numbers up to 34, which are the same everywhere, and for the other numbers that the crate's system calls return. The
/// type can hold every number.
///
/// See [errno(3)](https://man7.org/linux/man-pages/man3/errno.3.html), `include/uapi/asm-generic/errno-base.h` and
/// `errno.h` in the kernel.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(
    /// The low 32 bits of the kernel's result, which is the negated number. So no code has to negate on the way here.
    NonZeroU32,
);

const MAX: u16 = 4095;

impl Errno {
    /// The errno with this number. `None` outside 1 to 4095, the numbers that the kernel can return.
    #[must_use]
    pub const fn from_raw_os_error(number: i32) -> Option<Self> {
        if number < 1 || number > MAX as i32 {
            return None;
        }
        match NonZeroU32::new((number as u32).wrapping_neg()) {
            Some(negated) => Some(Self(negated)),
            None => None,
        }
    }

    /// The number, 1 to 4095, as `std::io::Error::raw_os_error` returns it.
    #[must_use]
    pub const fn raw_os_error(self) -> i32 {
        self.0.get().wrapping_neg() as i32
    }

    /// The result of a trap that means this error.
    #[inline]
    pub(crate) const fn to_ret(self) -> isize {
        self.0.get() as i32 as isize
    }

    /// Converts the result of a [trap](crate::trap): an errno if it is in `-4095..=-1`, otherwise a value.
    #[inline]
    pub const fn from_ret(ret: isize) -> Result<usize> {
        if ret as usize >= (MAX as usize).wrapping_neg() {
            match NonZeroU32::new(ret as u32) {
                Some(negated) => Err(Self(negated)),
                // Not reached: -4095..=-1 have a non-zero low half.
                None => Ok(0),
            }
        } else {
            Ok(ret as usize)
        }
    }
}

macro_rules! errnos {
    ($($name:ident $symbol:literal $number:expr, $text:literal;)*) => {
        impl Errno {
            $(
                #[doc = concat!("`", $symbol, "`: ", $text, ".")]
                #[doc(alias = $symbol)]
                pub const $name: Self = Self::from_raw_os_error($number as i32).unwrap();
            )*

            /// The number's symbolic name, such as `"EAGAIN"`. `None` for a number that has no constant here.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($symbol),)*
                    _ => None,
                }
            }

            const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    _ => "unnamed error",
                }
            }
        }
    };
}

errnos! {
    PERM "EPERM" abi::EPERM, "operation not permitted";
    NOENT "ENOENT" abi::ENOENT, "no such file or directory";
    SRCH "ESRCH" abi::ESRCH, "no such process";
    INTR "EINTR" abi::EINTR, "interrupted by a signal handler";
    IO "EIO" abi::EIO, "input/output error";
    NXIO "ENXIO" abi::ENXIO, "no such device or address";
    TOOBIG "E2BIG" abi::E2BIG, "argument list too long";
    NOEXEC "ENOEXEC" abi::ENOEXEC, "executable format error";
    BADF "EBADF" abi::EBADF, "bad file descriptor";
    CHILD "ECHILD" abi::ECHILD, "no child process";
    AGAIN "EAGAIN" abi::EAGAIN, "would block";
    NOMEM "ENOMEM" abi::ENOMEM, "out of memory";
    ACCES "EACCES" abi::EACCES, "permission denied";
    FAULT "EFAULT" abi::EFAULT, "bad address";
    NOTBLK "ENOTBLK" abi::ENOTBLK, "block device required";
    BUSY "EBUSY" abi::EBUSY, "device or resource busy";
    EXIST "EEXIST" abi::EEXIST, "file exists";
    XDEV "EXDEV" abi::EXDEV, "cross-device link";
    NODEV "ENODEV" abi::ENODEV, "no such device";
    NOTDIR "ENOTDIR" abi::ENOTDIR, "not a directory";
    ISDIR "EISDIR" abi::EISDIR, "is a directory";
    INVAL "EINVAL" abi::EINVAL, "invalid argument";
    NFILE "ENFILE" abi::ENFILE, "too many open files in the system";
    MFILE "EMFILE" abi::EMFILE, "too many open files in the process";
    NOTTY "ENOTTY" abi::ENOTTY, "no such ioctl on this descriptor";
    TXTBSY "ETXTBSY" abi::ETXTBSY, "text file busy";
    FBIG "EFBIG" abi::EFBIG, "file too large";
    NOSPC "ENOSPC" abi::ENOSPC, "no space left on device";
    SPIPE "ESPIPE" abi::ESPIPE, "illegal seek";
    ROFS "EROFS" abi::EROFS, "read-only file system";
    MLINK "EMLINK" abi::EMLINK, "too many links";
    PIPE "EPIPE" abi::EPIPE, "broken pipe";
    DOM "EDOM" abi::EDOM, "argument out of domain";
    RANGE "ERANGE" abi::ERANGE, "result out of range";
    DEADLK "EDEADLK" abi::EDEADLK, "resource deadlock would occur";
    NOSYS "ENOSYS" abi::ENOSYS, "system call not implemented";
    LOOP "ELOOP" abi::ELOOP, "too many levels of indirection";
    OVERFLOW "EOVERFLOW" abi::EOVERFLOW, "value too large";
    OPNOTSUPP "EOPNOTSUPP" abi::EOPNOTSUPP, "operation not supported";
    TIMEDOUT "ETIMEDOUT" abi::ETIMEDOUT, "timed out";
    CANCELED "ECANCELED" abi::ECANCELED, "canceled by a step of the clock";
}

/// `EAGAIN (11): would block`, or `errno 107` for a number without a name.
impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.raw_os_error();
        match self.name() {
            Some(name) => write!(f, "{name} ({number}): {}", self.text()),
            None => write!(f, "errno {number}"),
        }
    }
}

/// `Errno(EAGAIN)`, or `Errno(107)` for a number without a name.
impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "Errno({name})"),
            None => write!(f, "Errno({})", self.raw_os_error()),
        }
    }
}

impl core::error::Error for Errno {}

/// The `std::io::Error` with the same number, and with the kind that the standard library gives it.
#[cfg(feature = "std")]
impl From<Errno> for std::io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno.raw_os_error())
    }
}

#[cfg(feature = "syscalls")]
impl From<Errno> for syscalls::Errno {
    fn from(errno: Errno) -> Self {
        Self::new(errno.raw_os_error())
    }
}

/// Fails and returns the value if its number is outside 1 to 4095.
#[cfg(feature = "syscalls")]
impl TryFrom<syscalls::Errno> for Errno {
    type Error = syscalls::Errno;

    fn try_from(errno: syscalls::Errno) -> Result<Self, syscalls::Errno> {
        Self::from_raw_os_error(errno.into_raw()).ok_or(errno)
    }
}
