//! The start code of musl. rustc links it into a program with the target feature crt-static, except with the flag
//! `-Clink-self-contained=no`. The build script knows whether the flag is set.

/// Stops a build that would end in two definitions of `_start`.
#[cfg(all(crt_objects, target_feature = "crt-static"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __no_crt_objects {
    () => {
        ::core::compile_error!(
            "on this target rustc links the start code of musl too. Write in .cargo/config.toml, or set RUSTFLAGS to \
             the same flag:

[target.'cfg(target_env = \"musl\")']
rustflags = [\"-Clink-self-contained=no\"]
"
        );
    };
}

/// Nothing: rustc links no start code.
#[cfg(not(all(crt_objects, target_feature = "crt-static")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __no_crt_objects {
    () => {};
}
