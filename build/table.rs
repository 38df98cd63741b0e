//! The tables of ABIs, in `arch/`: their grammar, which of them a target has, and the Rust source made of one.
//!
//! A line is `target ARCH WIDTH ENDIAN [ABI…]`, `nr NAME NUMBER`, `const NAME NUMBER` or `errno NAME NUMBER`;
//! words are parted by spaces, and one that begins with `#` begins a comment.
//!
//! Everyone who builds the crate compiles this file first, unoptimised: few generic functions, and errors are text.

use std::fmt::Arguments;

/// The facts that a table must have; it may have no others.
pub struct Names {
    /// The calls. One with two names must be in a table by one of them at least.
    pub calls: &'static [[&'static str; 2]],
    /// Calls that the kernel got all at once, so that a table which has only some of them has lost the others.
    pub together: &'static [&'static str],
    pub consts: &'static [&'static str],
    pub errnos: &'static [&'static str],
}

const X32_SYSCALL_BIT: u64 = 1 << 30;

pub type Result<T> = std::result::Result<T, String>;

/// `arch/ABI.tbl`, unread.
pub struct Source {
    pub abi: String,
    pub text: String,
}

/// What rustc says of the target that it compiles for.
pub struct Target {
    pub arch: String,
    pub width: String,
    pub endian: String,
    pub abi: String,
    pub os: String,
}

pub struct Table<'a> {
    pub abi: &'a str,
    pub facts: Vec<Fact<'a>>,
}

pub struct Fact<'a> {
    /// `nr`, `const` or `errno`.
    pub kind: &'a str,
    pub name: &'a str,
    pub value: u64,
    /// The value as the table writes it.
    written: &'a str,
    line: usize,
}

/// A line that is not empty.
pub struct Line<'a> {
    abi: &'a str,
    number: usize,
    pub words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn word(&self, index: usize, expected: &str) -> Result<&'a str> {
        match self.words.get(index) {
            Some(word) => Ok(word),
            None => Err(self.error(format_args!("the end of the line"), format_args!("{expected}"))),
        }
    }

    fn unexpected(&self, word: &str, expected: &str) -> String {
        self.error(format_args!("`{word}`"), format_args!("{expected}"))
    }

    fn error(&self, found: Arguments, expected: Arguments) -> String {
        format!("arch/{}.tbl:{}: found {found}, expected {expected}", self.abi, self.number)
    }
}

/// The `target` lines of a table, or the others, but for those that are empty.
fn lines(source: &Source, targets: bool) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for (index, text) in source.text.split('\n').enumerate() {
        let mut words = Vec::new();
        // A checkout on Windows can have the carriage returns of the place.
        for word in text.strip_suffix("\r").unwrap_or(text).split(' ') {
            if word.starts_with("#") {
                break;
            }
            if !word.is_empty() {
                words.push(word);
            }
        }
        if !words.is_empty() && targets == (words[0] == "target") {
            lines.push(Line { abi: &source.abi, number: index + 1, words });
        }
    }
    lines
}

/// Leaves out names that are empty.
pub fn join(names: &[&str], between: &str) -> String {
    let mut joined = String::new();
    for name in names {
        if !joined.is_empty() && !name.is_empty() {
            joined.push_str(between);
        }
        joined.push_str(name);
    }
    joined
}

/// The `target` lines of a table, at least one. The other lines may be anything.
pub fn targets(source: &Source) -> Result<Vec<Line<'_>>> {
    let targets = lines(source, true);
    for line in &targets {
        line.word(1, "an architecture, by rustc's name")?;
        let width = line.word(2, "`32` or `64`")?;
        if width != "32" && width != "64" {
            return Err(line.unexpected(width, "`32` or `64`"));
        }
        let endian = line.word(3, "`little` or `big`")?;
        if endian != "little" && endian != "big" {
            return Err(line.unexpected(endian, "`little` or `big`"));
        }
        for first in &targets {
            if first.number == line.number {
                break;
            }
            if first.words[1..4] == line.words[1..4] {
                let target = join(&line.words[1..4], " ");
                let once = format!("it on line {} alone", first.number);
                return Err(line.error(format_args!("`{target}` again"), format_args!("{once}")));
            }
        }
    }
    if targets.is_empty() {
        return Err(format!("arch/{}.tbl: missing `target`", source.abi));
    }
    Ok(targets)
}

/// The one table whose `target` lines name this target.
pub fn choose<'a>(target: &Target, tables: &'a [Source]) -> Result<&'a Source> {
    let Target { arch, width, endian, abi, os } = target;
    if os != "linux" && os != "android" {
        return Err(format!("found target_os `{os}`, expected `linux` or `android`"));
    }
    let wanted = [arch.as_str(), width, endian];
    let mut chosen: Option<(&Source, usize)> = None;
    let mut abis = Vec::new();
    for table in tables {
        abis.push(table.abi.as_str());
        for line in &targets(table)? {
            if line.words[1..4] != wanted || line.words.len() > 4 && !line.words[4..].contains(&abi.as_str()) {
                continue;
            }
            if let Some((first, number)) = chosen {
                let target = join(&line.words[1..], " ");
                let once = format!("it in arch/{}.tbl:{number} alone", first.abi);
                return Err(line.error(format_args!("`{target}` again"), format_args!("{once}")));
            }
            chosen = Some((table, line.number));
        }
    }
    match chosen {
        Some((table, _)) => Ok(table),
        None => Err(format!(
            "found target `{}`, expected one of the ABIs that have a table in arch/: {}",
            join(&[arch, width, endian, abi], " "),
            join(&abis, ", "),
        )),
    }
}

/// A number in decimal, or in hexadecimal after `0x`.
fn number(written: &str) -> Option<u64> {
    let (digits, radix) = match written.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (written, 10),
    };
    match digits.as_bytes() {
        // from_str_radix takes a sign.
        [b'+', ..] => None,
        // 010 is eight to some readers and ten to others.
        [b'0', _, ..] if radix == 10 => None,
        _ => u64::from_str_radix(digits, radix).ok(),
    }
}

fn fact<'a>(line: &Line<'a>, names: &Names) -> Result<Fact<'a>> {
    let kind = line.words[0];
    let names = match kind {
        "nr" => names.calls.as_flattened(),
        "const" => names.consts,
        "errno" => names.errnos,
        _ => return Err(line.unexpected(kind, "`target`, `nr`, `const` or `errno`")),
    };
    let name = line.word(1, "a name")?;
    if !names.contains(&name) {
        let known = join(names, "`, `");
        return Err(line.error(format_args!("`{name}`"), format_args!("one of `{known}`")));
    }
    let written = line.word(2, "a number")?;
    let Some(value) = number(written) else {
        return Err(line.unexpected(written, "a number, decimal or hexadecimal after `0x`"));
    };
    let (fits, range) = match kind {
        "nr" => (value & !X32_SYSCALL_BIT < 8192, "a number below 8192, bit 30 aside"),
        "errno" => (matches!(value, 1..=4095), "a number from 1 to 4095"),
        _ => (value <= 0xffff_ffff, "a number of at most 32 bits"),
    };
    if !fits {
        return Err(line.unexpected(written, range));
    }
    match line.words.get(3) {
        Some(word) => Err(line.unexpected(word, "the end of the line")),
        None => Ok(Fact { kind, name, value, written, line: line.number }),
    }
}

/// Reads a whole table, but for its `target` lines.
pub fn parse<'a>(source: &'a Source, names: &Names) -> Result<Table<'a>> {
    let mut facts: Vec<Fact> = Vec::new();
    for line in &lines(source, false) {
        let fact = fact(line, names)?;
        for first in &facts {
            if first.name == fact.name {
                let once = format!("it on line {} alone", first.line);
                return Err(line.error(format_args!("`{}` again", fact.name), format_args!("{once}")));
            }
            if first.kind == "nr" && fact.kind == "nr" && first.value == fact.value {
                let other = format!("a number other than that of `{}` on line {}", first.name, first.line);
                return Err(line.error(format_args!("`{}`", fact.written), format_args!("{other}")));
            }
        }
        facts.push(fact);
    }
    match missing(names, &facts) {
        Some(fact) => Err(format!("arch/{}.tbl: missing {fact}", source.abi)),
        None => Ok(Table { abi: &source.abi, facts }),
    }
}

fn missing(names: &Names, facts: &[Fact]) -> Option<String> {
    for call in names.calls {
        if !has(facts, call[0]) && !has(facts, call[1]) {
            return Some(format!("`nr {}`", join(call, "` or `nr ")));
        }
    }
    for one in names.together {
        for other in names.together {
            if has(facts, one) && !has(facts, other) {
                return Some(format!("`nr {other}`, since `nr {one}` is there"));
            }
        }
    }
    for name in names.consts {
        if !has(facts, name) {
            return Some(format!("`const {name}`"));
        }
    }
    for name in names.errnos {
        if !has(facts, name) {
            return Some(format!("`errno {name}`"));
        }
    }
    None
}

fn has(facts: &[Fact], name: &str) -> bool {
    for fact in facts {
        if fact.name == name {
            return true;
        }
    }
    false
}

/// The Rust source of a table: the module `nr`, then the constants and the errnos.
pub fn render(table: &Table) -> String {
    let mut numbers = String::new();
    let mut others = String::new();
    for fact in &table.facts {
        let (name, value) = (fact.name, fact.written);
        let upper = name.strip_prefix("_").unwrap_or(name).to_ascii_uppercase();
        if fact.kind == "nr" {
            numbers.push_str(&format!(
                "    /// `{name}`\n    #[doc(alias = \"__NR_{name}\")]\n    pub const {upper}: usize = {value};\n"
            ));
        } else {
            let width = if fact.kind == "errno" { 16 } else { 32 };
            others.push_str(&format!("pub const {upper}: u{width} = {value};\n"));
        }
    }
    format!(
        "/// The system call numbers of the Linux ABI `{}`, by the kernel's names.\n///\n\
         /// A call that this ABI does not have is not here.\npub mod nr {{\n{numbers}}}\n\n{others}",
        table.abi
    )
}
