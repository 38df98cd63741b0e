//! Runs each conformance case as a test of `cargo test`, under its own name.

mod common;

use conformance::{Outcome, Unpassed};

/// The cases that an emulator gets wrong.
const MARKS: &str = include_str!("../xtask/qemu-7.2.txt");

fn judge(case: &str, outcome: Outcome) {
    let reason = match (outcome, mark(case)) {
        (Ok(()), _) => return,
        (Err(Unpassed::NotApplicable(reason)), _) => reason,
        (Err(Unpassed::Failed(_)), Some(reason)) if conformance::is_emulated() => reason,
        (Err(Unpassed::Failed(failure)), _) => panic!("{failure}"),
    };
    common::not_applicable(case, reason);
}

/// The reason why an emulator gets the case wrong on this target, if it does.
fn mark(case: &str) -> Option<&'static str> {
    let marked = |line: &'static str| line.split_once(' ').filter(|(name, _)| *name == case);
    let (_, mark) = MARKS.lines().find_map(marked)?;
    let (place, reason) = mark.trim_start().split_once(' ')?;
    let here = match place {
        "any" => true,
        "big" => cfg!(target_endian = "big"),
        architectures => architectures.split(',').any(|name| std::env::consts::ARCH.starts_with(name)),
    };
    here.then_some(reason)
}

macro_rules! tests {
    ($($(#[$if:meta])? $subject:ident { $($(#[$when:meta])? $case:ident)* })*) => {
        $(
            $(#[$if])?
            mod $subject {
                $(
                    $(#[$when])?
                    #[test]
                    fn $case() {
                        super::judge(concat!(stringify!($subject), "::", stringify!($case)), conformance::$subject::$case());
                    }
                )*
            }
        )*
    };
}

conformance::each_case!(tests);
