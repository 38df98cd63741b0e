//! `cargo xtask headers`: compares the tables and constants of every ABI, and those of `examples/init`, with the
//! kernel's headers in Debian's package.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Error, Result, ensure};
use object::{Object, ObjectSection};

use crate::Outcome;
use crate::debian::Suite;
use crate::process;
use crate::workspace::Workspace;

#[path = "../../build/table.rs"]
#[allow(dead_code, reason = "build.rs takes the rest")]
mod table;

#[path = "../../build/script.rs"]
#[allow(dead_code, reason = "build.rs takes the rest")]
mod script;

use table::{Source, Table};

/// Those whose package has the headers of all architectures.
const SUITES: [&str; 2] = ["trixie", "sid"];
const PACKAGE: &str = "linux-libc-dev";

/// How the headers are read for one ABI, with the host's compiler.
struct Abi {
    name: &'static str,
    /// The architecture, by the kernel's name.
    arch: &'static str,
    /// The options that give the compiler the widths and the alignment of this ABI's types.
    model: &'static str,
    /// What the ABI's own compilers define and the headers look at.
    macros: &'static str,
}

/// Integers of 64 bits are aligned to 8 bytes, as on most 32-bit ABIs. On 32-bit x86, whose compiler this is, they are
/// not.
const ALIGNED: &str = "-m32 -malign-double";

const ABIS: [Abi; 17] = [
    Abi { name: "aarch64", arch: "arm64", model: "-m64", macros: "__aarch64__" },
    Abi { name: "arm", arch: "arm", model: ALIGNED, macros: "__arm__ __ARM_EABI__" },
    Abi { name: "loongarch64", arch: "loongarch", model: "-m64", macros: "__loongarch__" },
    Abi { name: "m68k", arch: "m68k", model: "-m32", macros: "__m68k__" },
    Abi { name: "mips_n32", arch: "mips", model: ALIGNED, macros: "__mips__ _MIPS_SIM=2 _MIPS_SZLONG=32" },
    Abi { name: "mips_n64", arch: "mips", model: "-m64", macros: "__mips__ _MIPS_SIM=3 _MIPS_SZLONG=64" },
    Abi { name: "mips_o32", arch: "mips", model: ALIGNED, macros: "__mips__ _MIPS_SIM=1 _MIPS_SZLONG=32" },
    Abi { name: "powerpc", arch: "powerpc", model: ALIGNED, macros: "__powerpc__" },
    Abi { name: "powerpc64", arch: "powerpc", model: "-m64", macros: "__powerpc__ __powerpc64__" },
    Abi { name: "riscv32", arch: "riscv", model: ALIGNED, macros: "__riscv __riscv_xlen=32" },
    Abi { name: "riscv64", arch: "riscv", model: "-m64", macros: "__riscv __riscv_xlen=64" },
    Abi { name: "s390x", arch: "s390", model: "-m64", macros: "__s390__ __s390x__" },
    // Without the second the old set of 32 signals is meant.
    Abi { name: "sparc", arch: "sparc", model: ALIGNED, macros: "__sparc__ __WANT_POSIX1B_SIGNALS__" },
    Abi { name: "sparc64", arch: "sparc", model: "-m64", macros: "__sparc__ __WANT_POSIX1B_SIGNALS__ __arch64__" },
    Abi { name: "x32", arch: "x86", model: "-mx32", macros: "__x86_64__ __ILP32__" },
    Abi { name: "x86", arch: "x86", model: "-m32", macros: "__i386__" },
    Abi { name: "x86_64", arch: "x86", model: "-m64", macros: "__x86_64__" },
];

const NOT_COVERED: [&str; 2] = ["csky", "hexagon"];
const WHY: &str = "Debian has no headers of this architecture";

const INCLUDES: [&str; 15] = [
    "asm/bitsperlong.h",
    "asm/ioctls.h",
    "asm/siginfo.h",
    "asm/signal.h",
    "asm/unistd.h",
    "linux/errno.h",
    "linux/eventfd.h",
    "linux/eventpoll.h",
    "linux/fcntl.h",
    "linux/pidfd.h",
    "linux/poll.h",
    "linux/signalfd.h",
    "linux/time.h",
    "linux/timerfd.h",
    "linux/wait.h",
];

/// What the headers of an architecture need not have, and why.
fn excuse(fact: &Fact, arch: &str) -> Option<&'static str> {
    match (fact.c.as_str(), arch) {
        ("_NSIG", "arm" | "m68k" | "s390" | "x86") => Some("their asm/signal.h has only the old set of 32 signals"),
        _ => None,
    }
}

/// Something that the crate and the headers both say.
struct Fact {
    /// Where the crate says it.
    file: String,
    /// A macro, or an expression of sizes and offsets, as C has it.
    c: String,
    /// None: the headers must not have it either.
    value: Option<u64>,
}

pub fn list(_: &Workspace) -> Vec<String> {
    let covered = ABIS.iter().map(|abi| format!("{:<12} {}", abi.name, abi.arch));
    let others = NOT_COVERED.iter().map(|name| format!("{name:<12} not covered: {WHY}"));
    covered.chain(others).collect()
}

/// Checks the ABIs named, or all that have a table. An ABI without headers gets a line, but is not counted.
pub fn run(workspace: &Workspace, names: &[String]) -> Result<Outcome> {
    let mut tables = tables(workspace, "arch");
    if let Some(unknown) = names.iter().find(|name| !tables.iter().any(|table| table.name == **name)) {
        return Ok(Outcome::Unknown(unknown.clone()));
    }
    tables.retain(|table| names.is_empty() || names.contains(&table.name));
    let (passed, failed) = check(workspace, &tables, &mut io::stdout())?;
    println!("{passed} passed, {failed} failed");
    Ok(Outcome::Done { failed: failed > 0 })
}

/// All ABIs, as a step of `cargo xtask ci`.
pub fn step(workspace: &Workspace) -> Result<String> {
    let mut report = Vec::new();
    let (passed, failed) = check(workspace, &tables(workspace, "arch"), &mut report)?;
    ensure!(failed == 0 && passed > 0, "{failed} failed\n{}", String::from_utf8_lossy(&report));
    Ok(format!("{passed} facts of {} ABIs, without {}", ABIS.len(), NOT_COVERED.join(" and ")))
}

/// The tables in a directory of the workspace, by name. Messages show their paths from the root.
fn tables(workspace: &Workspace, directory: &str) -> Vec<Source> {
    let mut tables = script::read(&workspace.root.join(directory).to_string_lossy());
    for table in &mut tables {
        table.file = format!("{directory}/{}.tbl", table.name);
    }
    tables
}

/// Writes a line for each table, and what is wrong below it; returns how many facts passed and failed.
fn check(workspace: &Workspace, sources: &[Source], out: &mut impl Write) -> Result<(usize, usize)> {
    let headers = workspace.target.join("cache").join("kernel-headers");
    let version =
        fetch(workspace, &headers).with_context(|| format!("no kernel headers: Debian's {PACKAGE} has them"))?;
    let shared = tables(workspace, "arch/shared");
    let init = (tables(workspace, "examples/init/arch"), tables(workspace, "examples/init/arch/shared"));
    let (mut passed, mut failed) = (0, 0);
    for source in sources {
        let name = &source.name;
        if NOT_COVERED.contains(&name.as_str()) {
            writeln!(out, "{name}: not covered: {WHY}")?;
            continue;
        }
        let reading = ABIS.iter().find(|abi| abi.name == name);
        let reading =
            reading.with_context(|| format!("arch/{name}.tbl: xtask/src/headers.rs does not know this ABI"))?;
        let abi = table::abi(source).map_err(Error::msg)?;
        let table = table::parse(&abi, source, &shared).map_err(Error::msg)?;
        let mut facts: Vec<_> = in_table(&table).chain(layouts(&table)).collect();
        if let Some(source) = init.0.iter().find(|source| source.name == *name) {
            facts.extend(in_table(&table::parse(&abi, source, &init.1).map_err(Error::msg)?));
        }
        let (mut agree, mut wrong, mut notes) = (0, Vec::new(), Vec::new());
        match evaluate(workspace, &headers, reading, &facts) {
            Ok(found) => {
                for (fact, found) in facts.iter().zip(found) {
                    match (found, excuse(fact, reading.arch)) {
                        (found, _) if found == fact.value => agree += 1,
                        (None, Some(why)) => notes.push(format!("{}: not in the headers: {why}", fact.c)),
                        _ => wrong.push(differ(fact, found)),
                    }
                }
                failed += wrong.len();
                write!(out, "{name}: {agree} passed, {} failed", wrong.len())?;
            }
            Err(error) => {
                failed += facts.len();
                write!(out, "{name}: 0 passed, {} failed", facts.len())?;
                wrong.push(format!("{error:#}"));
            }
        }
        passed += agree;
        writeln!(out, " ({version}, {})", reading.arch)?;
        for line in wrong.iter().chain(&notes) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok((passed, failed))
}

fn differ(fact: &Fact, found: Option<u64>) -> String {
    let tell = |value: Option<u64>| value.map_or("nothing".to_owned(), |value| format!("{value} ({value:#x})"));
    format!("{}: {} has {}, the headers have {}", fact.c, fact.file, tell(fact.value), tell(found))
}

/// Unpacks the headers, once, and returns the name and version of their package.
fn fetch(workspace: &Workspace, headers: &Path) -> Result<String> {
    // Written last: where it exists, the unpacking was finished.
    let mark = headers.join("version");
    if !mark.exists() {
        let unpacked = Suite::first(&SUITES, "amd64", &workspace.target.join("cache"), |suite| {
            suite.unpack(&[PACKAGE.to_owned()], headers)
        })?;
        fs::write(&mark, unpacked.join(", "))?;
    }
    Ok(fs::read_to_string(mark)?)
}

/// What the headers have for each fact.
fn evaluate(workspace: &Workspace, headers: &Path, abi: &Abi, facts: &[Fact]) -> Result<Vec<Option<u64>>> {
    const SECTION: &str = ".facts";
    let mut c = INCLUDES.map(|header| format!("#include <{header}>\n")).concat();
    c.push_str("_Static_assert(8 * sizeof(long) == __BITS_PER_LONG, \"the model is not the ABI's\");\n");
    // The crate has one constant for each of the two.
    for flag in ["EFD_CLOEXEC", "SFD_CLOEXEC", "TFD_CLOEXEC", "EPOLL_CLOEXEC"] {
        c.push_str(&format!("_Static_assert({flag} == O_CLOEXEC, \"\");\n"));
    }
    for flag in ["EFD_NONBLOCK", "SFD_NONBLOCK", "TFD_NONBLOCK", "PIDFD_NONBLOCK"] {
        c.push_str(&format!("_Static_assert({flag} == O_NONBLOCK, \"\");\n"));
    }
    c.push_str(&format!("__attribute__((section(\"{SECTION}\"))) unsigned long long facts[][2] = {{\n"));
    for Fact { c: expression, .. } in facts {
        if expression.contains('(') {
            c.push_str(&format!("{{ 1, {expression} }},\n"));
        } else {
            c.push_str(&format!("#ifdef {expression}\n{{ 1, {expression} }},\n#else\n{{ 0 }},\n#endif\n"));
        }
    }
    c.push_str("};\n");

    let directory = workspace.target.join("headers");
    fs::create_dir_all(&directory)?;
    let (source, compiled) =
        (directory.join(abi.name).with_extension("c"), directory.join(abi.name).with_extension("o"));
    fs::write(&source, c)?;
    let mut cc = Command::new("cc");
    // Nothing of the host's is defined or included.
    cc.args(["-std=c11", "-undef", "-nostdinc"]).args(abi.model.split(' '));
    let long = if abi.model == "-m64" { 8 } else { 4 };
    cc.args([
        "-D__CHAR_BIT__=8".to_owned(),
        format!("-D__SIZEOF_LONG__={long}"),
        format!("-D__SIZEOF_POINTER__={long}"),
    ]);
    cc.args(abi.macros.split(' ').map(|name| format!("-D{name}")));
    for directory in [&format!("usr/lib/linux/uapi/{}", abi.arch), "usr/include"] {
        cc.arg("-isystem").arg(headers.join(directory));
    }
    process::succeed(cc.arg("-c").arg(source).arg("-o").arg(&compiled))?;

    let data = fs::read(compiled)?;
    let object = object::File::parse(&*data)?;
    let section = object.section_by_name(SECTION).context("the compiler left out the section")?.data()?;
    ensure!(section.len() == 16 * facts.len(), "{} bytes for {} facts", section.len(), facts.len());
    // The compilers that have these models are those of x86: the low byte comes first.
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    Ok(section.chunks(16).map(|pair| (word(&pair[..8]) == 1).then(|| word(&pair[8..]))).collect())
}

/// What a table says of an ABI.
fn in_table<'a>(table: &'a Table<'a>) -> impl Iterator<Item = Fact> + 'a {
    let facts = table.facts.iter().map(|fact| Fact {
        file: fact.place.file.to_owned(),
        c: match fact.kind {
            "nr" => format!("__NR_{}", fact.name),
            "offset" => format!("__builtin_offsetof(struct {})", fact.name.replace('.', ", ")),
            _ => fact.name.to_owned(),
        },
        value: Some(fact.value as u64),
    });
    let absent = table.absent.iter().map(|name| Fact {
        file: format!("the table {}", table.abi.name),
        c: format!("__NR_{name}"),
        value: None,
    });
    facts.chain(absent)
}

/// The layouts of the kernel's structs, as the crate has them compiled.
fn layouts(table: &Table) -> impl Iterator<Item = Fact> {
    // The structs of the calls with a 32-bit time have the names of those with a `long`.
    let time32 = table.abi.time32;
    let structs = barefd::LAYOUTS.iter().copied().flatten();
    let structs = structs.filter(move |(name, ..)| time32 || !matches!(*name, "timespec" | "itimerspec"));
    structs.flat_map(|&(name, size, fields)| {
        let size = (format!("sizeof(struct {name})"), size);
        let offset = move |&(field, at)| (format!("__builtin_offsetof(struct {name}, {field})"), at);
        let fact = |(c, value)| Fact { file: "src".to_owned(), c, value: Some(value as u64) };
        [size].into_iter().chain(fields.iter().map(offset)).map(fact)
    })
}
