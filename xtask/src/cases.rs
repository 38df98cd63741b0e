//! The output of the conformance program: a line for each case, and the number of each outcome.

use anyhow::{Result, ensure};

/// The outcomes that a case may have.
pub enum Rule {
    MustPass,
    /// It may also say that it does not apply.
    MustNotFail,
    /// It is marked: the system below the program, for example QEMU, gets the case wrong.
    MayNotPass,
    /// It is marked, and a pass shows that the mark is out of date.
    MustNotPass,
}

/// How the cases ended.
#[derive(Default)]
pub struct Counts {
    passed: usize,
    /// The lines of the cases with an outcome that they may not have.
    wrong: Vec<String>,
    not_applicable: usize,
    marked: usize,
}

impl Counts {
    /// Counts the lines of `output`, which may have others between them.
    pub fn of(output: &str, rule: impl Fn(&str) -> Rule) -> Result<Self> {
        let mut counts = Self::default();
        let (mut ok, mut end) = (0, "");
        for line in output.lines() {
            let (outcome, rest) = line.split_once(' ').unwrap_or_default();
            // `FAILED eventfd::zero_is_nothing: what went wrong`
            let name = rest.split_once(": ").map_or(rest, |(name, _)| name);
            ok += usize::from(outcome == "ok");
            match (outcome, rule(name)) {
                ("ok", Rule::MustNotPass) => counts.wrong.push(format!("{name}: passed, but is marked")),
                ("ok", _) => counts.passed += 1,
                ("FAILED" | "n/a", Rule::MayNotPass | Rule::MustNotPass) => counts.marked += 1,
                ("n/a", Rule::MustNotFail) => counts.not_applicable += 1,
                ("FAILED" | "n/a", _) => counts.wrong.push(rest.to_owned()),
                _ if line.contains(" passed, ") => end = line,
                _ => {}
            }
        }
        // The count that the program prints at its end. A program that was killed prints none.
        ensure!(end.starts_with(&format!("{ok} passed, ")), "it did not come to its end");
        let cases = counts.passed + counts.wrong.len() + counts.not_applicable + counts.marked;
        ensure!(cases > 0, "no case ran");
        Ok(counts)
    }

    pub fn passed(&self) -> bool {
        self.wrong.is_empty()
    }
}

/// A line with `N passed, N failed` and the notes, and below it what is wrong.
pub fn tell(counts: &Result<Counts>) -> String {
    match counts {
        Ok(Counts { passed, wrong, not_applicable, marked }) => {
            let mut text = format!("{passed} passed, {} failed", wrong.len());
            for (count, what) in [(marked, "marked"), (not_applicable, "not applicable")] {
                if *count > 0 {
                    text.push_str(&format!(", {count} {what}"));
                }
            }
            for line in wrong {
                text.push_str("\n    ");
                text.push_str(line);
            }
            text
        }
        Err(error) => format!("FAILED: {error:#}"),
    }
}
