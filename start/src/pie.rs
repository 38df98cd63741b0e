//! Static PIEs: programs that the kernel loads at any address, and that relocate themselves.
//!
//! The compiler and the linker make one with `-Ctarget-feature=+crt-static`. `_start` has the code for it only with
//! that feature, so that other programs are smaller. In all other programs, `_start` has one relocation that needs a
//! fixed address. It makes the link of a PIE fail, and the name of its symbol is the reason.
//!
//! `_DYNAMIC` is null in a program with a fixed address. A PIE is linked at address 0. So its base is `__ehdr_start`,
//! the start of the file. The code handles only relative relocations. A static PIE has no others, except for an
//! undefined weak symbol, which stays null.

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
