//! What build scripts take from cargo and from the disk, and give to cargo. An error ends them.

use std::fmt::Display;
use std::{env, fs, process};

use super::table::{self, Abi, Source, Table, Target};

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
        let file_name = or_fail(directory, entry).file_name();
        let Some(name) = file_name.to_str().unwrap_or_default().strip_suffix(".tbl") else { continue };
        let file = format!("{directory}/{name}.tbl");
        let text = or_fail(&file, fs::read_to_string(&file));
        // Few names, and the standard library's sort takes longer to compile.
        let mut at = tables.len();
        while at > 0 && tables[at - 1].name.as_str() > name {
            at -= 1;
        }
        tables.insert(at, Source { name: name.to_string(), file, text });
    }
    tables
}

/// Writes the source that is made of a table to `abi.rs`.
pub fn write(table: &Table) {
    let out = format!("{}/abi.rs", var("OUT_DIR"));
    or_fail(&out, fs::write(&out, table::render(table)));
}

/// Sets the cfgs `time32` and `time64`.
pub fn cfg_time(abi: &Abi) {
    println!("cargo::rustc-check-cfg=cfg(time32, time64)");
    if abi.time32 {
        println!("cargo::rustc-cfg=time32");
    }
    if abi.time64 {
        println!("cargo::rustc-cfg=time64");
    }
}

/// Sets the cfg `nr` for each call that other ABIs lack.
pub fn cfg_nr(table: &Table) {
    println!("cargo::rustc-check-cfg=cfg(nr, values(\"{}\"))", table::join(&table.some, "\", \""));
    for fact in &table.facts {
        if table.some.contains(&fact.name) {
            println!("cargo::rustc-cfg=nr=\"{}\"", fact.name);
        }
    }
}

/// Sets the cfg `offset` for the place of each field that differs between ABIs.
pub fn cfg_offset(table: &Table) {
    println!("cargo::rustc-check-cfg=cfg(offset, values(any()))");
    for fact in &table.facts {
        if fact.kind == "offset" {
            println!("cargo::rustc-cfg=offset=\"{} {}\"", fact.name, fact.value);
        }
    }
}

/// The value, or the end of the build script with the error.
pub fn ok<T>(result: table::Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => fail(&error),
    }
}

fn or_fail<T, E: Display>(what: &str, result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => fail(&format!("{what}: {error}")),
    }
}

fn fail(error: &str) -> ! {
    eprintln!("error: {error}");
    process::exit(1)
}

fn var(name: &str) -> String {
    or_fail(name, env::var(name))
}
