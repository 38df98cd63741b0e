//! A doc test cannot link some programs in the documentation. These tests check that they are the programs that are
//! built, and that the README's first program is a doc test.

const PAGES: [(&str, &str); 3] = [
    ("README.md", include_str!("../README.md")),
    ("src/lib.rs", include_str!("../src/lib.rs")),
    ("start/src/lib.rs", include_str!("../start/src/lib.rs")),
];

fn shows(page: &str, program: &str) -> bool {
    let text: Vec<_> = page.lines().map(|line| line.trim_start_matches("//!").trim()).collect();
    let program: Vec<_> = program.lines().map(str::trim).collect();
    text.windows(program.len()).any(|lines| lines == program)
}

#[test]
fn every_page_shows_the_minimal_program_as_it_is_built() {
    for (name, page) in PAGES {
        assert!(shows(page, include_str!("../examples/minimal/src/main.rs")), "{name}");
    }
}

#[test]
fn every_page_shows_the_build_script_as_it_is_run() {
    for (name, page) in PAGES {
        assert!(shows(page, include_str!("../examples/minimal/build.rs")), "{name}");
    }
}

#[test]
fn the_first_program_of_the_readme_is_that_of_the_documentation() {
    let [(_, readme), (_, documentation), _] = PAGES;
    let (_, rest) = readme.split_once("```rust\n").unwrap();
    let (program, _) = rest.split_once("```\n").unwrap();
    assert!(program.contains("fn main()"));
    assert!(shows(documentation, program));
}

#[test]
fn another_program_is_not_shown() {
    assert!(!shows(PAGES[0].1, "fn main() {\n    for argument in [\"-nostdlib\"] {"));
}
