//! Makes the constants of the target's ABI, for `src/kernel.rs`, from its table in `arch/`, and links without libc.

#[path = "../../build/script.rs"]
#[allow(dead_code, reason = "the crate's build script takes the rest")]
mod script;
#[path = "../../build/table.rs"]
mod table;

use script::ok;

fn main() {
    for input in ["arch", "../../arch", "../../build"] {
        println!("cargo::rerun-if-changed={input}");
    }
    for argument in ["-nostdlib", "-static", "-no-pie"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }

    // barefd's table says which targets have the ABI, and how it numbers its calls.
    let (tables, own, shared) = (script::read("../../arch"), script::read("arch"), script::read("arch/shared"));
    let chosen = ok(table::choose(&script::target(), &tables));
    let abi = ok(table::abi(chosen));
    let names = own.iter().map(|table| table.name.as_str()).collect::<Vec<_>>().join(", ");
    let missing =
        || format!("found ABI `{}`, expected one that has a table in examples/init/arch/: {names}", chosen.name);
    let source = ok(own.iter().find(|table| table.name == chosen.name).ok_or_else(missing));
    script::write(&ok(table::parse(&abi, source, &shared)));
}
