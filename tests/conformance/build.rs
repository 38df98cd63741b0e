//! Links without libc, at a fixed address, and sets the cfgs that the crate's build script sets for the crate.

#[path = "../../build/script.rs"]
#[allow(dead_code, reason = "the crate's build script takes the rest")]
mod script;
#[path = "../../build/table.rs"]
#[allow(dead_code, reason = "the crate's build script takes the rest")]
mod table;

use script::ok;

fn main() {
    println!("cargo::rerun-if-changed=../../arch\ncargo::rerun-if-changed=../../build");
    for argument in ["-nostdlib", "-static", "-no-pie"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    let (tables, shared) = (script::read("../../arch"), script::read("../../arch/shared"));
    let source = ok(table::choose(&script::target(), &tables));
    let abi = ok(table::abi(source));
    script::cfg_time(&abi);
    script::cfg_nr(&ok(table::parse(&abi, source, &shared)));
}
