//! The conformance cases under `cargo test`, each under its own name.

use std::io::Write;

use conformance::{Outcome, Unpassed};

fn judge(case: &str, outcome: Outcome) {
    match outcome {
        Ok(()) => {}
        Err(Unpassed::Failed(failure)) => panic!("{failure}"),
        // Not by `eprintln!`, which the harness shows of failed tests alone.
        Err(Unpassed::NotApplicable(reason)) => {
            let _ = writeln!(std::io::stderr(), "n/a {case}: {reason}");
        }
    }
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
