//! Makes the constants of the target's ABI, for `src/abi.rs`, from its table in `arch/`.

#[path = "build/script.rs"]
mod script;
#[path = "build/table.rs"]
mod table;

use script::ok;

fn main() {
    println!("cargo::rerun-if-changed=arch\ncargo::rerun-if-changed=build");
    let (tables, shared) = (script::read("arch"), script::read("arch/shared"));
    let source = ok(table::choose(&script::target(), &tables));
    let abi = ok(table::abi(source));
    let table = ok(table::parse(&abi, source, &shared));
    script::write(&table);
    script::cfg_time(&abi);
    script::cfg_nr(&table);
    script::cfg_offset(&table);
}
