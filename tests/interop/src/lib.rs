#![doc = include_str!("../../../docs/loops.md")]
