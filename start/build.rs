//! Sets the cfg `crt_objects` on musl, except if a flag makes rustc leave out the start code of musl.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(crt_objects)");
    let variable = |name| env::var(name).unwrap_or_default();
    let flags = variable("CARGO_ENCODED_RUSTFLAGS");
    let mut values = flags.split('\x1f').filter_map(|flag| flag.trim_start_matches("-C").split_once('='));
    // If the flag is there twice, rustc uses the last one.
    let own = values.rfind(|(name, _)| name.trim().replace('_', "-") == "link-self-contained");
    let refused = own.is_some_and(|(_, value)| ["no", "n", "off", "false"].contains(&value));
    if variable("CARGO_CFG_TARGET_ENV") == "musl" && !refused {
        println!("cargo::rustc-cfg=crt_objects");
    }
}
