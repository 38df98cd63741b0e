//! Makes the constants of the target's ABI, for `src/abi.rs`, from its table in `arch/`.

#[path = "build/names.rs"]
mod names;
#[path = "build/script.rs"]
mod script;
#[path = "build/table.rs"]
mod table;

use names::NAMES;

fn main() {
    let tables = script::read("arch");
    let chosen = table::choose(&script::target(), &tables);
    let table = match chosen.and_then(|table| table::parse(table, &NAMES)) {
        Ok(table) => table,
        Err(error) => script::fail(format_args!("{error}")),
    };
    script::write(&table::render(&table));

    println!("cargo::rerun-if-changed=arch\ncargo::rerun-if-changed=build");
    let names = table::join(NAMES.calls.as_flattened(), "\", \"");
    println!("cargo::rustc-check-cfg=cfg(nr, values(\"{names}\"))");
    for fact in &table.facts {
        if fact.kind == "nr" {
            println!("cargo::rustc-cfg=nr=\"{}\"", fact.name);
        }
    }
}
