//! What every type of flags can do.

use core::fmt;

/// Gives types of flags their constants, methods and operators. A type is a tuple struct of its bits.
///
/// The names are those of the crate `bitflags`. Its macro writes more, which everybody who builds the crate would
/// compile for each type.
macro_rules! flags {
    ($(impl $Flags:ident: $Bits:ty { $($(#[$doc:meta])* const $NAME:ident = $bits:expr;)* })*) => {$(
        impl $Flags {
            $($(#[$doc])* pub const $NAME: Self = Self($bits);)*

            /// No flag.
            #[inline]
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// All flags that have a name here.
            #[inline]
            #[must_use]
            pub const fn all() -> Self {
                Self(0 $(| $bits)*)
            }

            /// The bits of these flags, as the kernel has them.
            #[inline]
            #[must_use]
            pub const fn bits(&self) -> $Bits {
                self.0
            }

            /// The flags with these bits. `None` if a bit has no name here.
            #[inline]
            #[must_use]
            pub const fn from_bits(bits: $Bits) -> Option<Self> {
                if bits & !Self::all().0 == 0 { Some(Self(bits)) } else { None }
            }

            /// The flags with these bits, also with those that have no name here.
            #[inline]
            #[must_use]
            pub const fn from_bits_retain(bits: $Bits) -> Self {
                Self(bits)
            }

            /// The flags with these bits, without those that have no name here.
            #[inline]
            #[must_use]
            pub const fn from_bits_truncate(bits: $Bits) -> Self {
                Self(bits & Self::all().0)
            }

            /// Whether there is no flag.
            #[inline]
            #[must_use]
            pub const fn is_empty(&self) -> bool {
                self.0 == 0
            }

            /// Whether all flags of `other` are in these.
            #[inline]
            #[must_use]
            pub const fn contains(&self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether a flag of `other` is in these.
            #[inline]
            #[must_use]
            pub const fn intersects(&self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// These flags and those of `other`.
            #[inline]
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The flags that are in both.
            #[inline]
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// These flags without those of `other`.
            #[inline]
            #[must_use]
            pub const fn difference(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// Adds the flags of `other`.
            #[inline]
            pub const fn insert(&mut self, other: Self) {
                self.0 |= other.0;
            }

            /// Removes the flags of `other`.
            #[inline]
            pub const fn remove(&mut self, other: Self) {
                self.0 &= !other.0;
            }

            /// Adds or removes the flags of `other`.
            #[inline]
            pub const fn set(&mut self, other: Self, value: bool) {
                if value { self.insert(other) } else { self.remove(other) }
            }
        }

        impl ::core::ops::BitOr for $Flags {
            type Output = Self;

            #[inline]
            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl ::core::ops::BitOrAssign for $Flags {
            #[inline]
            fn bitor_assign(&mut self, other: Self) {
                self.insert(other);
            }
        }

        impl ::core::ops::BitAnd for $Flags {
            type Output = Self;

            #[inline]
            fn bitand(self, other: Self) -> Self {
                self.intersection(other)
            }
        }

        impl ::core::ops::Sub for $Flags {
            type Output = Self;

            #[inline]
            fn sub(self, other: Self) -> Self {
                self.difference(other)
            }
        }

        impl ::core::fmt::Debug for $Flags {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let names = &[$((stringify!($NAME), $bits as u32)),*];
                f.debug_tuple(stringify!($Flags)).field(&$crate::bits::Names { bits: self.0 as u32, names }).finish()
            }
        }
    )*};
}
pub(crate) use flags;

/// `CLOEXEC | NONBLOCK`, `IN | 0x4000` with a bit that has no name, or `0x0` for none.
pub(crate) struct Names<'a> {
    pub(crate) bits: u32,
    pub(crate) names: &'a [(&'static str, u32)],
}

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.bits;
        let mut between = "";
        for (name, bits) in self.names {
            if rest & bits != 0 {
                write!(f, "{between}{name}")?;
                between = " | ";
                rest &= !bits;
            }
        }
        if rest != 0 || self.bits == 0 { write!(f, "{between}{rest:#x}") } else { Ok(()) }
    }
}
