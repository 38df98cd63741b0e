//! Links without libc, at a fixed address, and tells the 32-bit ABIs that have both layouts of time.

use std::env;

fn main() {
    for argument in ["-nostdlib", "-static", "-no-pie"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }

    println!("cargo::rustc-check-cfg=cfg(old_time)");
    let var = |name| env::var(name).unwrap_or_default();
    // riscv32 never had the old calls, and those of x32 take 64-bit times.
    if var("CARGO_CFG_TARGET_POINTER_WIDTH") == "32"
        && !["riscv32", "x86_64"].contains(&var("CARGO_CFG_TARGET_ARCH").as_str())
    {
        println!("cargo::rustc-cfg=old_time");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
