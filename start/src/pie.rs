//! Static PIEs: programs that the kernel loads at any address, and that relocate themselves.
//!
//! The compiler and the linker make one with `-Ctarget-feature=+crt-static`. Only then `_start` has the code for it, so
//! that other programs do not grow. Everywhere else, one relocation makes the link of a PIE fail: it needs a fixed
//! address. Its symbol says why.
//!
//! `_DYNAMIC` is null in a program with a fixed address. A PIE is linked at address 0, so the base is `__ehdr_start`,
//! which is the start of the file. Its only relocations are relative ones. The code skips the others: an undefined weak
//! symbol stays null.

/// The code that relocates, if the program may be a static PIE.
#[cfg(all(
    target_feature = "crt-static",
    any(target_arch = "aarch64", target_arch = "riscv64", target_arch = "x86", target_arch = "x86_64")
))]
#[doc(hidden)]
#[macro_export]
macro_rules! __static_pie {
    ($relocate:expr) => {
        concat!(
            ".weak _DYNAMIC
             .hidden _DYNAMIC
             .weak __ehdr_start
             .hidden __ehdr_start
             ",
            $relocate
        )
    };
}

/// Nothing, if the program cannot be a static PIE.
#[cfg(not(all(
    target_feature = "crt-static",
    any(target_arch = "aarch64", target_arch = "riscv64", target_arch = "x86", target_arch = "x86_64")
)))]
#[doc(hidden)]
#[macro_export]
macro_rules! __static_pie {
    ($relocate:expr) => {
        ""
    };
}

/// Nothing, if the program may be a static PIE.
#[cfg(all(
    target_feature = "crt-static",
    any(target_arch = "aarch64", target_arch = "riscv64", target_arch = "x86", target_arch = "x86_64")
))]
#[doc(hidden)]
#[macro_export]
macro_rules! __no_pie {
    ($($before:literal $after:literal),+) => {
        ""
    };
}

/// A line with a relocation that a PIE cannot have. It is never run.
#[cfg(all(
    not(target_feature = "crt-static"),
    any(target_arch = "aarch64", target_arch = "riscv64", target_arch = "x86", target_arch = "x86_64")
))]
#[doc(hidden)]
#[macro_export]
macro_rules! __no_pie {
    ($($before:literal $after:literal),+) => {
        concat!(
            "
             .globl link_with_no_pie_or_compile_with_crt_static
             .hidden link_with_no_pie_or_compile_with_crt_static
             link_with_no_pie_or_compile_with_crt_static:",
            $(
                "
                 ",
                $before,
                "link_with_no_pie_or_compile_with_crt_static",
                $after
            ),+
        )
    };
}

/// A line with a relocation that a PIE cannot have. It is never run.
#[cfg(not(any(target_arch = "aarch64", target_arch = "riscv64", target_arch = "x86", target_arch = "x86_64")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __no_pie {
    ($($before:literal $after:literal),+) => {
        concat!(
            "
             .globl link_with_no_pie_since_there_is_no_static_PIE_here
             .hidden link_with_no_pie_since_there_is_no_static_PIE_here
             link_with_no_pie_since_there_is_no_static_PIE_here:",
            $(
                "
                 ",
                $before,
                "link_with_no_pie_since_there_is_no_static_PIE_here",
                $after
            ),+
        )
    };
}
