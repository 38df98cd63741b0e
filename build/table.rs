//! The tables of ABIs, in `arch/`: which of them a target has, and the Rust source made of one. `arch/README.md` has the
//! grammar.
//!
//! Everyone who builds the crate compiles this file first, unoptimised: few generic functions, and errors are text.

pub type Result<T> = std::result::Result<T, String>;

/// A table, unread.
pub struct Source {
    /// The name of the file without `.tbl`.
    pub name: String,
    /// The path of the file, for error messages.
    pub file: String,
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

/// How an ABI numbers its calls, and with what times: what its table says before the numbers.
pub struct Abi<'a> {
    pub name: &'a str,
    /// It has the numbers of asm-generic.
    is_generic: bool,
    is_32_bit: bool,
    /// What is added to every number, as the table writes it.
    base: Option<(i64, &'a str)>,
    /// It has calls that take a time with 32-bit seconds.
    pub time32: bool,
    /// It has the calls of Linux 5.1 that take a time with 64-bit seconds beside, or in place of, those.
    pub time64: bool,
}

/// Everything that one ABI says.
pub struct Table<'a> {
    pub abi: &'a Abi<'a>,
    pub facts: Vec<Fact<'a>>,
    /// The calls that the ABI lacks.
    pub absent: Vec<&'a str>,
    /// The calls that not every ABI has by this name.
    pub some: Vec<&'a str>,
}

pub struct Fact<'a> {
    /// `nr`, `const`, `errno` or `offset`.
    pub kind: &'a str,
    pub name: &'a str,
    pub value: i64,
    /// The value as the table writes it.
    written: &'a str,
    pub place: Place<'a>,
}

#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub file: &'a str,
    line: usize,
}

impl Place<'_> {
    fn error(self, found: &str, expected: &str) -> String {
        format!("{}:{}: found {found}, expected {expected}", self.file, self.line)
    }

    fn unexpected(self, word: &str, expected: &str) -> String {
        self.error(&format!("`{word}`"), expected)
    }

    fn again(self, word: &str, first: Place) -> String {
        self.error(&format!("`{word}` again"), &format!("it {} alone", self.to(first)))
    }

    /// Where another line is, for a reader of this one.
    fn to(self, other: Place) -> String {
        if other.file == self.file {
            format!("on line {}", other.line)
        } else {
            format!("in {}:{}", other.file, other.line)
        }
    }
}

/// A line that is not empty.
pub struct Line<'a> {
    place: Place<'a>,
    pub words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn word(&self, index: usize, expected: &str) -> Result<&'a str> {
        match self.words.get(index) {
            Some(word) => Ok(word),
            None => Err(self.place.error("the end of the line", expected)),
        }
    }

    fn end(&self, index: usize) -> Result<()> {
        match self.words.get(index) {
            Some(word) => Err(self.place.unexpected(word, "the end of the line")),
            None => Ok(()),
        }
    }

    /// The words after the first are not what was expected.
    fn unexpected_rest(&self, expected: &str) -> String {
        match self.word(1, expected) {
            Ok(_) => self.place.unexpected(&join(&self.words[1..], " "), expected),
            Err(error) => error,
        }
    }
}

fn lines(source: &Source) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for (index, text) in source.text.split('\n').enumerate() {
        let mut words = Vec::new();
        // A checkout on Windows can end its lines with a carriage return.
        for word in text.strip_suffix("\r").unwrap_or(text).split(' ') {
            if word.starts_with("#") {
                break;
            }
            if !word.is_empty() {
                words.push(word);
            }
        }
        if !words.is_empty() {
            lines.push(Line { place: Place { file: &source.file, line: index + 1 }, words });
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
    let mut targets: Vec<Line> = Vec::new();
    for line in lines(source) {
        if line.words[0] != "target" {
            continue;
        }
        line.word(1, "an architecture, by rustc's name")?;
        let width = line.word(2, "`32` or `64`")?;
        if width != "32" && width != "64" {
            return Err(line.place.unexpected(width, "`32` or `64`"));
        }
        let endian = line.word(3, "`little` or `big`")?;
        if endian != "little" && endian != "big" {
            return Err(line.place.unexpected(endian, "`little` or `big`"));
        }
        for first in &targets {
            if first.words[1..4] == line.words[1..4] {
                return Err(line.place.again(&join(&line.words[1..4], " "), first.place));
            }
            if first.words[2] != width {
                return Err(line
                    .place
                    .unexpected(width, &format!("`{}`, as {}", first.words[2], line.place.to(first.place))));
            }
        }
        targets.push(line);
    }
    if targets.is_empty() {
        return Err(format!("{}: missing `target`", source.file));
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
    let mut chosen: Option<(&Source, Place)> = None;
    let mut names = Vec::new();
    for table in tables {
        names.push(table.name.as_str());
        for line in targets(table)? {
            if line.words[1..4] != wanted || line.words.len() > 4 && !line.words[4..].contains(&abi.as_str()) {
                continue;
            }
            if let Some((_, first)) = chosen {
                return Err(line.place.again(&join(&line.words[1..], " "), first));
            }
            chosen = Some((table, line.place));
        }
    }
    match chosen {
        Some((table, _)) => Ok(table),
        None => Err(format!(
            "found target `{}`, expected one of the ABIs that have a table in arch/: {}",
            join(&[arch, width, endian, abi], " "),
            join(&names, ", "),
        )),
    }
}

/// Reads what a table says before its numbers.
pub fn abi(source: &Source) -> Result<Abi<'_>> {
    let is_32_bit = targets(source)?[0].words[2] == "32";
    let mut numbers: Option<Line> = None;
    let mut time: Option<Line> = None;
    for line in lines(source) {
        let slot = match line.words[0] {
            "numbers" => &mut numbers,
            "time" => &mut time,
            _ => continue,
        };
        if let Some(first) = slot {
            return Err(line.place.again(line.words[0], first.place));
        }
        *slot = Some(line);
    }
    let Some(numbers) = numbers else {
        return Err(format!("{}: missing `numbers`", source.file));
    };
    let Some(time) = time else {
        return Err(format!("{}: missing `time`", source.file));
    };

    let (is_generic, base) = match numbers.words[1..] {
        ["generic"] => (true, None),
        ["own"] => (false, None),
        ["own", written] => match number(written) {
            Some(value @ 1..=0x7fff_ffff) => (false, Some((value, written))),
            _ => return Err(numbers.place.unexpected(written, "a number of at most 31 bits")),
        },
        _ => return Err(numbers.unexpected_rest("`generic`, `own` or `own` and a number")),
    };
    let (time32, time64) = match time.words[1..] {
        ["native"] => (false, false),
        ["time32", "time64"] => (true, true),
        ["time64"] => (false, true),
        _ => return Err(time.unexpected_rest("`native`, `time32 time64` or `time64`")),
    };
    Ok(Abi { name: &source.name, is_generic, is_32_bit, base, time32, time64 })
}

/// A number in decimal, or in hexadecimal after `0x`; `-` before it makes it negative.
fn number(written: &str) -> Option<i64> {
    if let Some(positive) = written.strip_prefix("-") {
        return match number(positive) {
            Some(value @ 1..) => Some(-value),
            _ => None,
        };
    }
    let (digits, radix) = match written.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (written, 10),
    };
    match digits.as_bytes() {
        // from_str_radix takes a sign.
        [b'+' | b'-', ..] => None,
        // 010 is eight to some readers and ten to others.
        [b'0', _, ..] if radix == 10 => None,
        _ => i64::from_str_radix(digits, radix).ok(),
    }
}

/// The number in a line, as it is written and as a value.
fn value<'a>(line: &Line<'a>, kind: &str) -> Result<(i64, &'a str)> {
    let written = line.word(2, "a number")?;
    let (least, most, range) = match kind {
        "const" => (-0x8000_0000, 0xffff_ffff, "a number of at most 32 bits"),
        "errno" => (1, 4095, "a number from 1 to 4095"),
        _ => (0, 8191, "a number below 8192"),
    };
    match number(written) {
        Some(value) if value >= least && value <= most => Ok((value, written)),
        Some(_) => Err(line.place.unexpected(written, range)),
        None => Err(line.place.unexpected(written, "a number, decimal or hexadecimal after `0x`")),
    }
}

/// Whether the line says that an ABI does not have a call.
fn is_none(line: &Line) -> bool {
    line.words.len() > 2 && line.words[2] == "none"
}

/// The line about a name, which is the second word.
fn find<'a, 'b>(lines: &'b [Line<'a>], name: &str) -> Option<&'b Line<'a>> {
    lines.iter().find(|line| line.words.len() > 1 && line.words[1] == name)
}

fn kind_of(rule: &str) -> &str {
    match rule {
        "const" | "errno" | "offset" => rule,
        _ => "nr",
    }
}

/// Checks `shared/all.tbl`.
fn check_all(all: &[Line]) -> Result<()> {
    for line in all {
        let words = match line.words[0] {
            "some" | "every" | "const" | "errno" | "offset" => 3,
            "generic" | "time64" => 4,
            other => {
                let rules = "`generic`, `some`, `every`, `time64`, `const`, `errno` or `offset`";
                return Err(line.place.unexpected(other, rules));
            }
        };
        let name = once(all, line)?;
        if line.words[0] == "offset" && !name.contains('.') {
            return Err(line.place.unexpected(name, "a struct and a field, with `.` between them"));
        }
        if line.words[0] != "some" || !is_none(line) {
            value(line, kind_of(line.words[0]))?;
        }
        if line.words[0] == "time64" {
            let old = line.word(3, "the call that takes a 32-bit time")?;
            if find(all, old).is_none() {
                return Err(line.place.unexpected(old, "a call of this table"));
            }
        }
        line.end(words)?;
    }
    Ok(())
}

/// A line has a name, and is the only one that has it.
fn once<'a>(lines: &[Line], line: &Line<'a>) -> Result<&'a str> {
    let name = line.word(1, "a name")?;
    match find(lines, name) {
        Some(first) if first.place.line != line.place.line || first.place.file != line.place.file => {
            Err(line.place.again(name, first.place))
        }
        _ => Ok(name),
    }
}

/// Checks the lines that an ABI has itself.
fn check_own(own: &[Line], all: &[Line]) -> Result<()> {
    for line in own {
        let kind = line.words[0];
        if kind != "nr" && kind_of(kind) != kind {
            let kinds = "`target`, `numbers`, `time`, `include`, `nr`, `const`, `errno` or `offset`";
            return Err(line.place.unexpected(kind, kinds));
        }
        let name = once(own, line)?;
        let mut known = Vec::new();
        let mut usual = None;
        for shared in all {
            let rule = shared.words[0];
            if kind_of(rule) == kind && rule != "every" && rule != "time64" {
                known.push(shared.words[1]);
                if shared.words[1] == name {
                    usual = Some(shared);
                }
            }
        }
        let Some(usual) = usual else {
            return Err(line.place.unexpected(name, &format!("one of `{}`", join(&known, "`, `"))));
        };
        if usual.words[0] != "some" || !is_none(line) {
            let (value, written) = value(line, kind)?;
            if kind != "nr" && number(usual.words[2]) == Some(value) {
                let other = format!("a number other than the usual one {}", line.place.to(usual.place));
                return Err(line.place.unexpected(written, &other));
            }
        }
        line.end(3)?;
    }
    Ok(())
}

/// The lines of a table with numbers and constants, those of the tables that it includes too.
fn own<'a>(source: &'a Source, shared: &'a [Source]) -> Result<Vec<Line<'a>>> {
    let mut own = Vec::new();
    for line in lines(source) {
        match line.words[0] {
            "target" | "numbers" | "time" => {}
            "include" => {
                let name = line.word(1, "the name of a table")?;
                line.end(2)?;
                let mut names = Vec::new();
                let mut included = Vec::new();
                for table in shared {
                    if table.name != "all" {
                        names.push(table.name.as_str());
                    }
                    if table.name == name {
                        included = lines(table);
                    }
                }
                if !names.contains(&name) {
                    return Err(line.place.unexpected(name, &format!("one of `{}`", join(&names, "`, `"))));
                }
                own.append(&mut included);
            }
            _ => own.push(line),
        }
    }
    Ok(own)
}

/// Reads the numbers and the constants of an ABI: its own, and what it shares with others.
pub fn parse<'a>(abi: &'a Abi<'a>, source: &'a Source, shared: &'a [Source]) -> Result<Table<'a>> {
    let mut all = Vec::new();
    for table in shared {
        if table.name == "all" {
            all = lines(table);
        }
    }
    check_all(&all)?;
    let own = own(source, shared)?;
    check_own(&own, &all)?;

    let mut table = Table { abi, facts: Vec::new(), absent: Vec::new(), some: Vec::new() };
    for line in &all {
        if line.words[0] == "some" || line.words[0] == "generic" && line.words.len() > 3 {
            table.some.push(line.words[1]);
            if line.words.len() > 3 {
                table.some.push(line.words[3]);
            }
        }
        let Some((name, line)) = resolve(abi, source, &all, line, find(&own, line.words[1]))? else {
            table.absent.push(line.words[1]);
            continue;
        };
        let kind = kind_of(line.words[0]);
        let (mut value, written) = value(line, kind)?;
        if let ("nr", Some((base, _))) = (kind, abi.base) {
            value += base;
        }
        for first in &table.facts {
            if first.kind == "nr" && kind == "nr" && first.value == value {
                let other = format!("a number other than that of `{}` {}", first.name, line.place.to(first.place));
                return Err(line.place.unexpected(written, &other));
            }
        }
        table.facts.push(Fact { kind, name, value, written, place: line.place });
    }
    Ok(table)
}

/// What an ABI calls the name of a line in `shared/all.tbl`, and the line with its number: that one, or the ABI's own.
/// `None` for a call that the ABI lacks.
fn resolve<'a, 'b>(
    abi: &Abi,
    source: &Source,
    all: &[Line<'a>],
    line: &'b Line<'a>,
    own: Option<&'b Line<'a>>,
) -> Result<Option<(&'a str, &'b Line<'a>)>> {
    let (rule, mut name) = (line.words[0], line.words[1]);
    if rule == "time64" && !abi.time64 {
        return Ok(None);
    }
    if rule == "generic" || rule == "some" {
        for new in all {
            if new.words[0] == "time64" && new.words[3] == name && abi.time64 && !abi.time32 {
                let expected = "no call with a 32-bit time, since `time` is `time64`";
                return match own {
                    Some(own) => Err(own.place.unexpected(name, expected)),
                    None => Ok(None),
                };
            }
        }
        match own {
            Some(own) if abi.is_generic && rule == "generic" => {
                let expected = format!("the generic number, which is {}", own.place.to(line.place));
                return Err(own.place.unexpected(name, &expected));
            }
            None if !abi.is_generic => return Err(format!("{}: missing `nr {name}`", source.file)),
            _ => {}
        }
        if abi.is_generic && abi.is_32_bit && rule == "generic" && line.words.len() > 3 {
            name = line.words[3];
        }
    }
    let line = own.unwrap_or(line);
    Ok(if is_none(line) { None } else { Some((name, line)) })
}

/// The Rust source of a table: the module `nr`, then the constants and the errnos.
pub fn render(table: &Table) -> String {
    let mut numbers = String::new();
    let mut others = String::new();
    let base = match table.abi.base {
        Some((_, written)) => format!("{written} + "),
        None => String::new(),
    };
    for fact in &table.facts {
        let (name, value) = (fact.name, fact.written);
        let upper = name.strip_prefix("_").unwrap_or(name).replace('.', "_").to_ascii_uppercase();
        if fact.kind == "nr" {
            numbers.push_str(&format!(
                "    /// `{name}`\n    #[doc(alias = \"__NR_{name}\")]\n    pub const {upper}: usize = {base}{value};\n"
            ));
        } else {
            let kind = match fact.kind {
                "errno" => "u16",
                "offset" => "usize",
                _ if fact.value < 0 => "i32",
                _ => "u32",
            };
            others.push_str(&format!("pub const {upper}: {kind} = {value};\n"));
        }
    }
    format!(
        "/// The system call numbers of the Linux ABI `{}`, by the kernel's names.\n///\n\
         /// A call that this ABI does not have is not here.\npub mod nr {{\n{numbers}}}\n\n{others}",
        table.abi.name
    )
}
