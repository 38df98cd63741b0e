//! The limits in `benches/marks.txt`.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Figure, PACKAGE};
use crate::process;
use crate::workspace::Workspace;

pub struct Marks {
    lines: Vec<Mark>,
    /// The compiler that the marks are for, and the one that runs.
    compiler: (String, String),
}

pub struct Mark {
    part: String,
    what: String,
    limit: f64,
}

impl Marks {
    pub fn load(workspace: &Workspace) -> Result<Self> {
        let file = workspace.root.join(PACKAGE).join("marks.txt");
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let (mut lines, mut compiler) = (Vec::new(), None);
        for (line, number) in text.lines().zip(1..) {
            let words: Vec<_> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
            let wrong = || format!("{}:{number}: expected `PART WHAT LIMIT`, found `{line}`", file.display());
            match words[..] {
                [] => {}
                ["compiler", version] => compiler = Some(version.to_owned()),
                [part, what, limit] => {
                    let limit = limit.parse().with_context(wrong)?;
                    lines.push(Mark { part: part.to_owned(), what: what.to_owned(), limit });
                }
                _ => anyhow::bail!(wrong()),
            }
        }
        let version = process::succeed(Command::new("rustc").arg("--version"))?.stdout;
        let version = version.split_whitespace().nth(1).unwrap_or_default().to_owned();
        Ok(Self { lines, compiler: (compiler.context("marks.txt names no compiler")?, version) })
    }

    pub fn of<'a>(&'a self, part: &'a str) -> impl Iterator<Item = &'a Mark> {
        self.lines.iter().filter(move |mark| mark.part == part)
    }

    /// What is above its mark. Every mark must have its figure.
    pub fn above(&self, part: &str, figures: &[Figure]) -> Result<Vec<String>> {
        let mut above = Vec::new();
        for Mark { what, limit, .. } in self.of(part) {
            let of_it: Vec<_> = figures.iter().filter(|figure| figure.what == *what).collect();
            ensure!(!of_it.is_empty(), "{part} {what} has a mark and was not measured");
            for figure in of_it.into_iter().filter(|figure| figure.value > *limit) {
                above.push(format!("{part} {what} is {}, above its mark {limit}", figure.value));
            }
        }
        if self.is_for_another_compiler() { Ok(Vec::new()) } else { Ok(above) }
    }

    /// Why nothing fails, if so.
    pub fn note(&self) -> String {
        let (of, runs) = &self.compiler;
        if self.is_for_another_compiler() {
            format!(", not held: they are for Rust {of}, and this is {runs}")
        } else {
            String::new()
        }
    }

    fn is_for_another_compiler(&self) -> bool {
        let (of, runs) = &self.compiler;
        !runs.strip_prefix(of.as_str()).is_some_and(|rest| rest.starts_with('.'))
    }
}
