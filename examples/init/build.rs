//! Makes the constants of the target's ABI, for `src/kernel.rs`, from its table in `arch/`, and links without libc.

#[path = "build/names.rs"]
mod names;
#[path = "../../build/script.rs"]
mod script;
#[path = "../../build/table.rs"]
mod table;

use names::NAMES;

fn main() {
    for input in ["arch", "build", "../../arch", "../../build"] {
        println!("cargo::rerun-if-changed={input}");
    }
    for argument in ["-nostdlib", "-static", "-no-pie"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }

    // Which table a target has, barefd's say.
    let all = script::read("../../arch");
    let own = script::read("arch");
    match table::choose(&script::target(), &all).and_then(|chosen| source(&own, &chosen.abi)) {
        Ok(source) => script::write(&source),
        Err(error) => script::fail(format_args!("{error}")),
    }
}

fn source(tables: &[table::Source], abi: &str) -> table::Result<String> {
    let mut abis = Vec::new();
    for table in tables {
        if table.abi == abi {
            return table::parse(table, &NAMES).map(|table| table::render(&table));
        }
        abis.push(table.abi.as_str());
    }
    let abis = table::join(&abis, ", ");
    Err(format!("found ABI `{abi}`, expected one that has a table in examples/init/arch/: {abis}"))
}
