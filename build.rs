//! Makes the constants of the target's ABI, for `src/abi.rs`, from its table in `arch/`.

use std::fmt::{Arguments, Display};
use std::{env, fs, process};

#[path = "build/table.rs"]
mod table;

use table::{Source, Target};

fn main() {
    let target = Target {
        arch: var("CARGO_CFG_TARGET_ARCH"),
        width: var("CARGO_CFG_TARGET_POINTER_WIDTH"),
        endian: var("CARGO_CFG_TARGET_ENDIAN"),
        abi: var("CARGO_CFG_TARGET_ABI"),
        os: var("CARGO_CFG_TARGET_OS"),
    };
    let tables = read();
    let table = match table::choose(&target, &tables).and_then(table::parse) {
        Ok(table) => table,
        Err(error) => fail(format_args!("{error}")),
    };
    let out = format!("{}/abi.rs", var("OUT_DIR"));
    or_fail(&out, fs::write(&out, table::render(&table)));

    println!("cargo::rerun-if-changed=arch\ncargo::rerun-if-changed=build");
    let names = table::join(table::CALLS.as_flattened(), "\", \"");
    println!("cargo::rustc-check-cfg=cfg(nr, values(\"{names}\"))");
    for fact in &table.facts {
        if fact.kind == "nr" {
            println!("cargo::rustc-cfg=nr=\"{}\"", fact.name);
        }
    }
}

/// The tables, by name.
fn read() -> Vec<Source> {
    let mut tables: Vec<Source> = Vec::new();
    for entry in or_fail("arch", fs::read_dir("arch")) {
        let name = or_fail("arch", entry).file_name();
        let Some(abi) = name.to_str().unwrap_or_default().strip_suffix(".tbl") else { continue };
        let file = format!("arch/{abi}.tbl");
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

fn var(name: &str) -> String {
    or_fail(name, env::var(name))
}

fn or_fail<T, E: Display>(what: &str, result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => fail(format_args!("{what}: {error}")),
    }
}

fn fail(error: Arguments) -> ! {
    eprintln!("error: {error}");
    process::exit(1)
}
