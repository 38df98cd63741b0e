//! Replaces the start code on an instruction set that has none.

compile_error!("barefd-start has no start code for this architecture: none of its programs could be run so far");
