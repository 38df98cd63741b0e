//! What build scripts take from cargo and from the disk. An error ends them.

use std::fmt::{Arguments, Display};
use std::{env, fs, process};

use super::table::{Source, Target};

pub fn target() -> Target {
    Target {
        arch: var("CARGO_CFG_TARGET_ARCH"),
        width: var("CARGO_CFG_TARGET_POINTER_WIDTH"),
        endian: var("CARGO_CFG_TARGET_ENDIAN"),
        abi: var("CARGO_CFG_TARGET_ABI"),
        os: var("CARGO_CFG_TARGET_OS"),
    }
}

/// The tables in a directory, by name.
pub fn read(directory: &str) -> Vec<Source> {
    let mut tables: Vec<Source> = Vec::new();
    for entry in or_fail(directory, fs::read_dir(directory)) {
        let name = or_fail(directory, entry).file_name();
        let Some(abi) = name.to_str().unwrap_or_default().strip_suffix(".tbl") else { continue };
        let file = format!("{directory}/{abi}.tbl");
        let text = or_fail(&file, fs::read_to_string(&file));
        // Few names, and the standard library's sort takes longer to compile.
        let mut at = tables.len();
        while at > 0 && tables[at - 1].abi.as_str() > abi {
            at -= 1;
        }
        tables.insert(at, Source { abi: abi.to_string(), text });
    }
    tables
}

/// Writes the source that is made of a table to `abi.rs`.
pub fn write(source: &str) {
    let out = format!("{}/abi.rs", var("OUT_DIR"));
    or_fail(&out, fs::write(&out, source));
}

fn var(name: &str) -> String {
    or_fail(name, env::var(name))
}

fn or_fail<T, E: Display>(what: &str, result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => fail(format_args!("{what}: {error}")),
    }
}

pub fn fail(error: Arguments) -> ! {
    eprintln!("error: {error}");
    process::exit(1)
}
