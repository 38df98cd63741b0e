//! Makes the constants of the target's ABI, for `src/lib.rs`, from its table in `../arch`.

#[path = "../../../build/script.rs"]
#[allow(dead_code, reason = "the crate's build script takes the rest")]
mod script;
#[path = "../../../build/table.rs"]
mod table;

use script::ok;

fn main() {
    for input in ["../arch", "../../../arch", "../../../build"] {
        println!("cargo::rerun-if-changed={input}");
    }
    // barefd's table says which targets have the ABI, and how it numbers its calls.
    let tables = script::read("../../../arch");
    let chosen = ok(table::choose(&script::target(), &tables));
    let abi = ok(table::abi(chosen));
    let shared = script::read("../../../arch/shared");
    script::cfg_nr(&ok(table::parse(&abi, chosen, &shared)));

    let (own, shared) = (script::read("../arch"), script::read("../arch/shared"));
    let source = ok(own.into_iter().find(|table| table.name == chosen.name).ok_or_else(|| missing(&chosen.name)));
    let table = ok(table::parse(&abi, &source, &shared));
    script::write(&table);
    script::cfg_nr(&table);
}

fn missing(abi: &str) -> String {
    format!("found no table for the ABI `{abi}`, expected examples/init/arch/{abi}.tbl")
}
