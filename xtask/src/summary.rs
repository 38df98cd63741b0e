//! The counts that `cargo test` prints.

use anyhow::{Context, Result, ensure};

use crate::process::Done;

#[derive(Default)]
pub struct Summary {
    pub passed: usize,
    pub failed: usize,
    pub ignored: usize,
    /// The failures, with what they printed.
    pub report: String,
}

impl Summary {
    /// Adds the counts of all test programs.
    pub fn of(done: &Done) -> Result<Self> {
        let mut summary = Self::default();
        let mut in_report = false;
        for line in done.stdout.lines() {
            // A test can start its program again, only for itself, and print the output. Such counts have tests that
            // were filtered out. They are ignored here.
            if let Some(counts) = line.strip_prefix("test result:").filter(|counts| counts.contains(" 0 filtered out"))
            {
                let count = |word| {
                    let part = counts.split(['.', ';']).find_map(|part| part.strip_suffix(word));
                    part.and_then(|number| number.trim().parse::<usize>().ok()).with_context(|| line.to_owned())
                };
                summary.passed += count(" passed")?;
                summary.failed += count(" failed")?;
                summary.ignored += count(" ignored")?;
                in_report = false;
            }
            in_report |= line == "failures:";
            if in_report && !line.is_empty() {
                summary.report.push_str("\n    ");
                summary.report.push_str(line);
            }
        }
        // A program that was killed or not built prints no counts.
        ensure!(done.success() == (summary.failed == 0), done.error("cargo test"));
        ensure!(summary.passed > 0, done.error("no test ran"));
        Ok(summary)
    }
}
