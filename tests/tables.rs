//! The tables in `arch/` and `examples/init/arch/`, what reads them, and their numbers beside another crate's.

#[path = "../build/table.rs"]
mod table;

#[path = "../build/names.rs"]
mod names;

#[path = "../examples/init/build/names.rs"]
mod init_names;

use names::NAMES;
use std::{env, fs};
use table::{Source, Target};

/// A table in which nothing is missing.
const GOOD: &str = "\
target x86 32 little
nr read 3
nr write 4
nr close 6
nr fcntl 55
nr ioctl 54
nr eventfd2 328
nr timerfd_create 322
nr timerfd_settime 325
nr timerfd_gettime 326
nr signalfd4 327
nr rt_sigprocmask 175
nr ppoll 309
nr clock_gettime 265
nr exit_group 252
const O_NONBLOCK 0x800
const O_CLOEXEC 0x80000
const TFD_IOC_SET_TICKS 0x40085400
const POLLWRNORM 0x100
const POLLWRBAND 0x200
const POLLRDHUP 0x2000
const _NSIG 64
const SIG_BLOCK 0
const SIG_UNBLOCK 1
const SIG_SETMASK 2
const SIGBUS 7
const SIGUSR1 10
const SIGUSR2 12
const SIGCHLD 17
const SIGCONT 18
const SIGSTOP 19
const SIGTSTP 20
const SIGTTIN 21
const SIGTTOU 22
const SIGURG 23
const SIGXCPU 24
const SIGXFSZ 25
const SIGVTALRM 26
const SIGPROF 27
const SIGWINCH 28
const SIGIO 29
const SIGPWR 30
const SIGSYS 31
errno EDEADLK 35
errno ELOOP 40
errno ENOSYS 38
errno EOVERFLOW 75
errno EOPNOTSUPP 95
errno ETIMEDOUT 110
errno ECANCELED 125
";

fn source(abi: &str, text: &str) -> Source {
    Source { abi: abi.to_string(), text: text.to_string() }
}

/// What is said of the good table after a change.
#[track_caller]
fn changed(from: &str, to: &str) -> Option<String> {
    assert!(GOOD.contains(from), "nothing to change");
    let source = source("x", &GOOD.replacen(from, to, 1));
    table::targets(&source).and_then(|_| table::parse(&source, &NAMES)).err()
}

#[track_caller]
fn rejected(from: &str, to: &str, error: &str) {
    assert_eq!(changed(from, to).as_deref(), Some(error));
}

#[track_caller]
fn accepted(from: &str, to: &str) {
    assert_eq!(changed(from, to), None);
}

mod lines {
    use super::{accepted, rejected};

    #[test]
    fn comments_and_empty_lines_are_ignored() {
        accepted("nr read 3", "# nr read 4\n\n  # nr\n  nr   read  3 # the third\r\n");
    }

    #[test]
    fn comments_and_empty_lines_are_counted() {
        rejected("nr read 3", "# read\n\nnr raed 3 # ?", &unknown_call(4, "raed"));
    }

    #[test]
    fn a_kind_must_be_known() {
        rejected("nr read", "call read", "arch/x.tbl:2: found `call`, expected `target`, `nr`, `const` or `errno`");
    }

    #[test]
    fn a_name_must_be_there() {
        rejected("nr read 3", "nr", "arch/x.tbl:2: found the end of the line, expected a name");
    }

    #[test]
    fn a_call_must_be_known() {
        rejected("nr read", "nr epoll_create1", &unknown_call(2, "epoll_create1"));
    }

    #[test]
    fn a_constant_must_be_known() {
        rejected(
            "const O_CLOEXEC",
            "const EFD_CLOEXEC",
            "arch/x.tbl:17: found `EFD_CLOEXEC`, expected one of `O_NONBLOCK`, `O_CLOEXEC`, `TFD_IOC_SET_TICKS`, \
             `POLLWRNORM`, `POLLWRBAND`, `POLLRDHUP`, `_NSIG`, `SIG_BLOCK`, `SIG_UNBLOCK`, `SIG_SETMASK`, `SIGBUS`, \
             `SIGUSR1`, `SIGUSR2`, `SIGCHLD`, `SIGCONT`, `SIGSTOP`, `SIGTSTP`, `SIGTTIN`, `SIGTTOU`, `SIGURG`, \
             `SIGXCPU`, `SIGXFSZ`, `SIGVTALRM`, `SIGPROF`, `SIGWINCH`, `SIGIO`, `SIGPWR`, `SIGSYS`",
        );
    }

    #[test]
    fn an_errno_must_be_known() {
        rejected(
            "errno EDEADLK",
            "errno EAGAIN",
            "arch/x.tbl:44: found `EAGAIN`, expected one of `EDEADLK`, `ELOOP`, `ENOSYS`, `EOVERFLOW`, `EOPNOTSUPP`, \
             `ETIMEDOUT`, `ECANCELED`",
        );
    }

    #[test]
    fn a_name_belongs_to_its_kind() {
        rejected("nr read", "nr ENOSYS", &unknown_call(2, "ENOSYS"));
    }

    #[test]
    fn a_number_must_be_there() {
        rejected("nr read 3", "nr read", "arch/x.tbl:2: found the end of the line, expected a number");
    }

    #[test]
    fn a_number_is_decimal_or_hexadecimal() {
        accepted("nr read 3", "nr read 0x3");
        accepted("nr read 3", "nr read 0x0003");
        accepted("nr read 3", "nr read 0");
        for number in ["3x", "x3", "+3", "-3", "0x", "0x+3", "0X3", "3_0", "03", "3.0", "0b11"] {
            rejected(
                "nr read 3",
                &format!("nr read {number}"),
                &format!("arch/x.tbl:2: found `{number}`, expected a number, decimal or hexadecimal after `0x`"),
            );
        }
    }

    #[test]
    fn a_call_is_below_8192_but_for_bit_30() {
        accepted("nr read 3", "nr read 8191");
        accepted("nr read 3", "nr read 0x40001fff");
        for number in ["8192", "0x40002000", "0x80000003", "0x100000003"] {
            rejected(
                "nr read 3",
                &format!("nr read {number}"),
                &format!("arch/x.tbl:2: found `{number}`, expected a number below 8192, bit 30 aside"),
            );
        }
    }

    #[test]
    fn an_errno_is_from_1_to_4095() {
        accepted("errno EDEADLK 35", "errno EDEADLK 1");
        accepted("errno EDEADLK 35", "errno EDEADLK 4095");
        for number in ["0", "4096"] {
            rejected(
                "errno EDEADLK 35",
                &format!("errno EDEADLK {number}"),
                &format!("arch/x.tbl:44: found `{number}`, expected a number from 1 to 4095"),
            );
        }
    }

    #[test]
    fn a_constant_has_at_most_32_bits() {
        accepted("const _NSIG 64", "const _NSIG 0xffffffff");
        rejected(
            "const _NSIG 64",
            "const _NSIG 0x100000000",
            "arch/x.tbl:22: found `0x100000000`, expected a number of at most 32 bits",
        );
    }

    #[test]
    fn nothing_follows_a_number() {
        rejected("nr read 3", "nr read 3 4", "arch/x.tbl:2: found `4`, expected the end of the line");
    }

    #[test]
    fn a_name_stands_once() {
        rejected("nr write 4", "nr read 4", "arch/x.tbl:3: found `read` again, expected it on line 2 alone");
        rejected("errno ELOOP", "errno EDEADLK", "arch/x.tbl:45: found `EDEADLK` again, expected it on line 44 alone");
    }

    #[test]
    fn two_calls_have_two_numbers() {
        rejected(
            "nr write 4",
            "nr write 0x3",
            "arch/x.tbl:3: found `0x3`, expected a number other than that of `read` on line 2",
        );
    }

    #[test]
    fn constants_and_errnos_may_be_equal() {
        accepted("const POLLWRNORM 0x100", "const POLLWRNORM 0x200");
        accepted("errno EDEADLK 35", "errno EDEADLK 40");
        accepted("errno EDEADLK 35", "errno EDEADLK 3");
    }

    fn unknown_call(line: u32, found: &str) -> String {
        format!(
            "arch/x.tbl:{line}: found `{found}`, expected one of `read`, `write`, `close`, `fcntl`, `fcntl64`, `ioctl`, \
             `eventfd2`, `timerfd_create`, `timerfd_settime`, `timerfd_settime64`, `timerfd_gettime`, \
             `timerfd_gettime64`, `signalfd4`, `rt_sigprocmask`, `ppoll`, `ppoll_time64`, `clock_gettime`, \
             `clock_gettime64`, `exit_group`"
        )
    }
}

mod missing {
    use super::{GOOD, accepted, rejected};

    const OLD_SETTIME: &str = "nr timerfd_settime 325\n";
    const TIME64: &str =
        "nr timerfd_settime64 411\nnr timerfd_gettime64 410\nnr ppoll_time64 414\nnr clock_gettime64 403\n";

    #[test]
    fn every_fact_is_needed() {
        for line in GOOD.lines() {
            let fact = line.rsplit_once(' ').unwrap().0;
            let missing = match fact {
                "target x86 32" => "`target`".to_string(),
                "nr fcntl" => "`nr fcntl` or `nr fcntl64`".to_string(),
                "nr ppoll" => "`nr ppoll` or `nr ppoll_time64`".to_string(),
                "nr timerfd_settime" | "nr timerfd_gettime" | "nr clock_gettime" => format!("`{fact}` or `{fact}64`"),
                _ => format!("`{fact}`"),
            };
            rejected(&format!("{line}\n"), "", &format!("arch/x.tbl: missing {missing}"));
        }
    }

    #[test]
    fn fcntl64_does_for_fcntl() {
        accepted("nr fcntl 55", "nr fcntl64 55");
    }

    #[test]
    fn time64_calls_stand_beside_the_old_ones() {
        accepted(OLD_SETTIME, &format!("{OLD_SETTIME}{TIME64}"));
    }

    #[test]
    fn time64_calls_do_for_the_old_ones() {
        accepted(OLD_SETTIME, TIME64);
    }

    #[test]
    fn one_time64_call_needs_the_others() {
        for line in TIME64.lines() {
            let lost = line.rsplit_once(' ').unwrap().0;
            let one = if lost == "nr timerfd_settime64" { "nr timerfd_gettime64" } else { "nr timerfd_settime64" };
            rejected(
                OLD_SETTIME,
                &format!("{OLD_SETTIME}{}", TIME64.replace(&format!("{line}\n"), "")),
                &format!("arch/x.tbl: missing `{lost}`, since `{one}` is there"),
            );
        }
    }
}

mod targets {
    use super::rejected;

    #[test]
    fn an_architecture_must_be_there() {
        rejected(
            "target x86 32 little",
            "target",
            "arch/x.tbl:1: found the end of the line, expected an architecture, by rustc's name",
        );
    }

    #[test]
    fn a_width_is_32_or_64() {
        rejected(" 32 little", "", "arch/x.tbl:1: found the end of the line, expected `32` or `64`");
        rejected(" 32 little", " 16 little", "arch/x.tbl:1: found `16`, expected `32` or `64`");
    }

    #[test]
    fn an_endianness_is_little_or_big() {
        rejected(" little", "", "arch/x.tbl:1: found the end of the line, expected `little` or `big`");
        rejected(" little", " both", "arch/x.tbl:1: found `both`, expected `little` or `big`");
    }

    #[test]
    fn a_target_stands_once() {
        rejected(
            "nr read",
            "target x86 32 little gnu\nnr read",
            "arch/x.tbl:2: found `x86 32 little` again, expected it on line 1 alone",
        );
    }
}

mod choice {
    use super::{Target, source, table, tables};

    /// The table of a target that is written as in a `target` line.
    fn choose(target: &str, os: &str) -> Result<String, String> {
        choose_from(&tables(), target, os)
    }

    fn choose_from(tables: &[table::Source], target: &str, os: &str) -> Result<String, String> {
        let mut words = target.split(' ').map(String::from);
        let mut word = || words.next().unwrap_or_default();
        let target = Target { arch: word(), width: word(), endian: word(), abi: word(), os: os.to_string() };
        table::choose(&target, tables).map(|table| table.abi.clone())
    }

    fn no_table(target: &str) -> Result<String, String> {
        Err(format!(
            "found target `{target}`, expected one of the ABIs that have a table in arch/: aarch64, arm, csky, hexagon, \
             loongarch64, m68k, mips_n32, mips_n64, mips_o32, powerpc, powerpc64, riscv32, riscv64, s390x, sparc, \
             sparc64, x32, x86, x86_64"
        ))
    }

    #[test]
    fn every_linux_target_of_rustc_has_its_table() {
        for (target, abi) in [
            ("x86_64 64 little", "x86_64"),
            ("x86_64 32 little x32", "x32"),
            ("x86 32 little", "x86"),
            ("aarch64 64 little", "aarch64"),
            ("aarch64 64 big", "aarch64"),
            ("arm 32 little eabi", "arm"),
            ("arm 32 little eabihf", "arm"),
            ("arm 32 big eabi", "arm"),
            ("riscv64 64 little", "riscv64"),
            ("riscv32 32 little", "riscv32"),
            ("loongarch64 64 little", "loongarch64"),
            ("s390x 64 big", "s390x"),
            ("powerpc 32 big", "powerpc"),
            ("powerpc 32 big spe", "powerpc"),
            ("powerpc64 64 big", "powerpc64"),
            ("powerpc64 64 big elfv1", "powerpc64"),
            ("powerpc64 64 big elfv2", "powerpc64"),
            ("powerpc64 64 little elfv2", "powerpc64"),
            ("mips 32 big", "mips_o32"),
            ("mips 32 little", "mips_o32"),
            ("mips32r6 32 big", "mips_o32"),
            ("mips32r6 32 little", "mips_o32"),
            ("mips64 64 big abi64", "mips_n64"),
            ("mips64 64 little abi64", "mips_n64"),
            ("mips64r6 64 big abi64", "mips_n64"),
            ("mips64r6 64 little abi64", "mips_n64"),
            ("mips64 32 little abin32", "mips_n32"),
            ("sparc 32 big", "sparc"),
            ("sparc64 64 big", "sparc64"),
            ("m68k 32 big", "m68k"),
            ("hexagon 32 little", "hexagon"),
            ("csky 32 little abiv2", "csky"),
            ("csky 32 little abiv2hf", "csky"),
        ] {
            assert_eq!(choose(target, "linux").as_deref(), Ok(abi), "{target}");
        }
    }

    #[test]
    fn android_is_linux() {
        assert_eq!(choose("aarch64 64 little", "android").as_deref(), Ok("aarch64"));
    }

    #[test]
    fn other_systems_are_rejected() {
        for os in ["freebsd", "none", ""] {
            let error = format!("found target_os `{os}`, expected `linux` or `android`");
            assert_eq!(choose("x86_64 64 little", os), Err(error));
        }
    }

    #[test]
    fn ilp32_is_rejected() {
        for target in ["aarch64 32 little ilp32", "aarch64 32 big ilp32"] {
            assert_eq!(choose(target, "linux"), no_table(target));
        }
    }

    #[test]
    fn wasm_is_rejected_though_its_system_is_linux() {
        assert_eq!(choose("wasm32 32 little", "linux"), no_table("wasm32 32 little"));
    }

    #[test]
    fn an_unknown_architecture_is_rejected() {
        assert_eq!(choose("vax 32 little", "linux"), no_table("vax 32 little"));
    }

    #[test]
    fn an_unknown_abi_is_rejected() {
        for target in ["x86_64 32 little", "arm 32 little", "mips64 64 big abin32", "mips64 32 big abi64"] {
            assert_eq!(choose(target, "linux"), no_table(target));
        }
    }

    #[test]
    fn two_tables_cannot_have_one_target() {
        let tables =
            [source("a", "target x86 32 big\ntarget x86 32 little"), source("b", "\ntarget x86 32 little abi")];
        assert_eq!(
            choose_from(&tables, "x86 32 little abi", "linux").unwrap_err(),
            "arch/b.tbl:2: found `x86 32 little abi` again, expected it in arch/a.tbl:2 alone"
        );
        assert_eq!(choose_from(&tables, "x86 32 little", "linux").as_deref(), Ok("a"));
    }

    #[test]
    fn the_target_lines_of_every_table_are_checked() {
        let tables = [source("a", "target x86 32 little"), source("b", "target arm 32")];
        assert_eq!(
            choose_from(&tables, "x86 32 little", "linux").unwrap_err(),
            "arch/b.tbl:1: found the end of the line, expected `little` or `big`"
        );
    }

    #[test]
    fn the_facts_of_other_tables_are_not_read() {
        let tables = [source("a", "target x86 32 little"), source("b", "target arm 32 big\nnr raed")];
        assert_eq!(choose_from(&tables, "x86 32 little", "linux").as_deref(), Ok("a"));
    }
}

#[test]
fn the_generated_source_has_every_fact() {
    let source = source("x", GOOD);
    let rendered = table::render(&table::parse(&source, &NAMES).unwrap_or_else(|error| panic!("{error}")));
    let numbers = "\
/// The system call numbers of the Linux ABI `x`, by the kernel's names.
///
/// A call that this ABI does not have is not here.
pub mod nr {
    /// `read`
    #[doc(alias = \"__NR_read\")]
    pub const READ: usize = 3;
    /// `write`
    #[doc(alias = \"__NR_write\")]
    pub const WRITE: usize = 4;
";
    let others = "
    pub const EXIT_GROUP: usize = 252;
}

pub const O_NONBLOCK: u32 = 0x800;
pub const O_CLOEXEC: u32 = 0x80000;
pub const TFD_IOC_SET_TICKS: u32 = 0x40085400;
pub const POLLWRNORM: u32 = 0x100;
pub const POLLWRBAND: u32 = 0x200;
pub const POLLRDHUP: u32 = 0x2000;
pub const NSIG: u32 = 64;
pub const SIG_BLOCK: u32 = 0;
pub const SIG_UNBLOCK: u32 = 1;
pub const SIG_SETMASK: u32 = 2;
pub const SIGBUS: u32 = 7;
pub const SIGUSR1: u32 = 10;
pub const SIGUSR2: u32 = 12;
pub const SIGCHLD: u32 = 17;
pub const SIGCONT: u32 = 18;
pub const SIGSTOP: u32 = 19;
pub const SIGTSTP: u32 = 20;
pub const SIGTTIN: u32 = 21;
pub const SIGTTOU: u32 = 22;
pub const SIGURG: u32 = 23;
pub const SIGXCPU: u32 = 24;
pub const SIGXFSZ: u32 = 25;
pub const SIGVTALRM: u32 = 26;
pub const SIGPROF: u32 = 27;
pub const SIGWINCH: u32 = 28;
pub const SIGIO: u32 = 29;
pub const SIGPWR: u32 = 30;
pub const SIGSYS: u32 = 31;
pub const EDEADLK: u16 = 35;
pub const ELOOP: u16 = 40;
pub const ENOSYS: u16 = 38;
pub const EOVERFLOW: u16 = 75;
pub const EOPNOTSUPP: u16 = 95;
pub const ETIMEDOUT: u16 = 110;
pub const ECANCELED: u16 = 125;
";
    assert!(rendered.starts_with(numbers), "{rendered}");
    assert!(rendered.ends_with(others), "{rendered}");
    assert_eq!(rendered.matches("pub const").count(), GOOD.lines().count() - 1);
}

/// The tables in `arch/`, by name.
fn tables() -> Vec<Source> {
    tables_in(concat!(env!("CARGO_MANIFEST_DIR"), "/arch"))
}

fn tables_in(directory: &str) -> Vec<Source> {
    let mut tables: Vec<Source> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            assert_eq!(path.extension().unwrap(), "tbl", "{}", path.display());
            source(path.file_stem().unwrap().to_str().unwrap(), &fs::read_to_string(&path).unwrap())
        })
        .collect();
    tables.sort_by(|a, b| a.abi.cmp(&b.abi));
    tables
}

fn fact(abi: &str, name: &str) -> Option<u64> {
    let tables = tables();
    let source = tables.iter().find(|table| table.abi == abi).unwrap();
    let table = table::parse(source, &NAMES).unwrap_or_else(|error| panic!("{error}"));
    table.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value)
}

#[test]
fn there_are_nineteen_tables_and_each_is_good() {
    let tables = tables();
    assert_eq!(tables.len(), 19);
    for table in &tables {
        if let Err(error) = table::parse(table, &NAMES) {
            panic!("{error}");
        }
    }
}

#[test]
fn the_tables_of_init_stand_beside_those_of_the_crate() {
    let tables = tables();
    let of_init = tables_in(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/init/arch"));
    assert_eq!(of_init.len(), 11);
    for source in &of_init {
        assert!(tables.iter().any(|table| table.abi == source.abi), "{}", source.abi);
        assert!(table::targets(source).is_err_and(|error| error.ends_with("missing `target`")), "{}", source.abi);
        let table = table::parse(source, &init_names::NAMES).unwrap_or_else(|error| panic!("{error}"));
        let (tiocsctty, tcsbrk) = match source.abi.as_str() {
            "mips_o32" | "mips_n64" => (0x5480, 0x5405),
            // _IO('t', 29): no data, which is bit 29 there.
            "powerpc" | "powerpc64" => (0x540e, 1 << 29 | 0x74 << 8 | 29),
            _ => (0x540e, 0x5409),
        };
        for (name, expected) in [("TIOCSCTTY", tiocsctty), ("TCSBRK", tcsbrk)] {
            let fact = table.facts.iter().find(|fact| fact.name == name).unwrap();
            assert_eq!(fact.value, expected, "{} {name}", source.abi);
        }
    }
}

#[test]
fn each_table_is_chosen_for_all_its_targets() {
    let tables = tables();
    for table in &tables {
        for line in table::targets(table).unwrap() {
            let abis = if line.words.len() == 4 { &[""] } else { &line.words[4..] };
            for abi in abis {
                let [arch, width, endian] = [1, 2, 3].map(|word| line.words[word].to_string());
                let target = Target { arch, width, endian, abi: abi.to_string(), os: "linux".to_string() };
                let chosen = table::choose(&target, &tables).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(chosen.abi, table.abi);
            }
        }
    }
}

#[test]
fn x32_has_the_numbers_of_x86_64_and_bit_30_but_an_ioctl_of_its_own() {
    for call in NAMES.calls.as_flattened() {
        let expected = if *call == "ioctl" { Some(514) } else { fact("x86_64", call) };
        assert_eq!(fact("x32", call), expected.map(|number| number | 1 << 30), "{call}");
    }
}

#[test]
fn hexagon_and_csky_have_the_generic_numbers() {
    for call in NAMES.calls.as_flattened() {
        // fcntl64 is what 32-bit ABIs call the fcntl of the 64-bit ones.
        let of_64_bits = if *call == "fcntl" { None } else { fact("aarch64", call) };
        let expected = fact("riscv32", call).or(of_64_bits);
        assert_eq!(fact("hexagon", call), expected, "{call}");
        assert_eq!(fact("csky", call), expected, "{call}");
    }
}

#[test]
fn time64_calls_have_the_same_numbers_on_every_abi() {
    for (abi, base) in [("m68k", 0), ("mips_n32", 6000), ("mips_o32", 4000)] {
        for (call, generic) in
            [("clock_gettime64", 403), ("timerfd_gettime64", 410), ("timerfd_settime64", 411), ("ppoll_time64", 414)]
        {
            assert_eq!(fact(abi, call), Some(base + generic), "{abi} {call}");
        }
    }
}

#[test]
fn constants_are_the_usual_ones_but_on_mips_sparc_powerpc_and_m68k() {
    for table in tables() {
        let mips = table.abi.starts_with("mips");
        let sparc = table.abi.starts_with("sparc");
        let powerpc = table.abi.starts_with("powerpc");
        let old_poll = mips || sparc || table.abi == "m68k";
        let pick = |usual, of_mips, of_sparc| match (mips, sparc) {
            (true, _) => of_mips,
            (_, true) => of_sparc,
            _ => usual,
        };
        for (name, expected) in [
            ("O_NONBLOCK", pick(0o4000, 0x80, 0x4000)),
            ("O_CLOEXEC", pick(0o2000000, 0o2000000, 0x400000)),
            // _IOW('T', 0, __u64): the direction in the top bits, the size below it.
            ("TFD_IOC_SET_TICKS", if mips || sparc || powerpc { 4 << 29 } else { 1 << 30 } | 8 << 16 | 0x54 << 8),
            ("POLLWRNORM", if old_poll { 4 } else { 0x100 }),
            ("POLLWRBAND", if old_poll { 0x100 } else { 0x200 }),
            ("POLLRDHUP", pick(0x2000, 0x2000, 0x800)),
            ("_NSIG", pick(64, 128, 64)),
            ("SIG_BLOCK", pick(0, 1, 1)),
            ("SIG_UNBLOCK", pick(1, 2, 2)),
            ("SIG_SETMASK", pick(2, 3, 4)),
            ("SIGBUS", pick(7, 10, 10)),
            ("SIGUSR1", pick(10, 16, 30)),
            ("SIGUSR2", pick(12, 17, 31)),
            ("SIGCHLD", pick(17, 18, 20)),
            ("SIGCONT", pick(18, 25, 19)),
            ("SIGSTOP", pick(19, 23, 17)),
            ("SIGTSTP", pick(20, 24, 18)),
            ("SIGTTIN", pick(21, 26, 21)),
            ("SIGTTOU", pick(22, 27, 22)),
            ("SIGURG", pick(23, 21, 16)),
            ("SIGXCPU", pick(24, 30, 24)),
            ("SIGXFSZ", pick(25, 31, 25)),
            ("SIGVTALRM", pick(26, 28, 26)),
            ("SIGPROF", pick(27, 29, 27)),
            ("SIGWINCH", pick(28, 20, 28)),
            ("SIGIO", pick(29, 22, 23)),
            ("SIGPWR", pick(30, 19, 29)),
            ("SIGSYS", pick(31, 12, 12)),
            ("EDEADLK", pick(35, 45, 78)),
            ("ELOOP", pick(40, 90, 62)),
            ("ENOSYS", pick(38, 89, 90)),
            ("EOVERFLOW", pick(75, 79, 92)),
            ("EOPNOTSUPP", pick(95, 122, 45)),
            ("ETIMEDOUT", pick(110, 145, 60)),
            ("ECANCELED", pick(125, 158, 127)),
        ] {
            assert_eq!(fact(&table.abi, name), Some(expected), "{} {name}", table.abi);
        }
    }
}

/// Every number of the architectures that the crate `syscalls` knows, held against it by the compiler.
#[cfg(target_arch = "x86_64")]
mod numbers {
    /// The first word of what is left of a line, and what follows it.
    const fn word(mut text: &[u8]) -> (&[u8], &[u8]) {
        while let [b' ', rest @ ..] = text {
            text = rest;
        }
        let mut end = 0;
        while end < text.len() && text[end] != b' ' && text[end] != b'\n' {
            end += 1;
        }
        text.split_at(end)
    }

    const fn same(a: &[u8], b: &[u8]) -> bool {
        match (a, b) {
            ([], []) => true,
            ([x, a @ ..], [y, b @ ..]) => *x == *y && same(a, b),
            _ => false,
        }
    }

    const fn decimal(digits: &[u8]) -> usize {
        match digits {
            [] => 0,
            [tens @ .., digit] => decimal(tens) * 10 + (*digit - b'0') as usize,
        }
    }

    /// The number of a call in a table, and how many calls the table has.
    const fn find(table: &str, call: &str) -> (Option<usize>, usize) {
        let mut text = table.as_bytes();
        let (mut number, mut calls) = (None, 0);
        while !text.is_empty() {
            let (kind, rest) = word(text);
            let (name, rest) = word(rest);
            if same(kind, b"nr") {
                calls += 1;
                if same(name, call.as_bytes()) {
                    number = Some(decimal(word(rest).0));
                }
            }
            text = rest;
            while let [byte, rest @ ..] = text {
                text = rest;
                if *byte == b'\n' {
                    break;
                }
            }
        }
        (number, calls)
    }

    macro_rules! agree {
        ($arch:ident, $directory:literal $table:literal: $($call:ident)*) => {
            mod $arch {
                use super::find;
                use static_assertions::const_assert_eq;
                use syscalls::$arch::Sysno;

                const TABLE: &str = include_str!(concat!("../", $directory, $table, ".tbl"));

                $(mod $call {
                    use super::*;
                    const_assert_eq!(find(TABLE, stringify!($call)).0.unwrap(), Sysno::$call as usize);
                })*

                // No call of the table is left out above.
                const_assert_eq!(find(TABLE, "").1, [$(stringify!($call)),*].len());
            }
        };
    }

    macro_rules! agree_64 {
        ($($arch:ident $table:literal)*) => { $(
            agree!($arch, "arch/" $table:
                read write close fcntl ioctl eventfd2 timerfd_create timerfd_settime timerfd_gettime signalfd4
                rt_sigprocmask ppoll clock_gettime exit_group);
        )* };
    }

    macro_rules! agree_32 {
        ($($arch:ident $table:literal)*) => { $(
            agree!($arch, "arch/" $table:
                read write close fcntl ioctl eventfd2 timerfd_create timerfd_settime timerfd_gettime signalfd4
                rt_sigprocmask ppoll clock_gettime exit_group timerfd_settime64 timerfd_gettime64 ppoll_time64 clock_gettime64);
        )* };
    }

    agree_64! {
        x86_64 "x86_64" aarch64 "aarch64" riscv64 "riscv64" loongarch64 "loongarch64" s390x "s390x"
        powerpc64 "powerpc64" mips64 "mips_n64" sparc64 "sparc64"
    }
    agree_32! { x86 "x86" arm "arm" powerpc "powerpc" mips "mips_o32" sparc "sparc" }
    agree!(riscv32, "arch/" "riscv32":
        read write close fcntl64 ioctl eventfd2 timerfd_create timerfd_settime64 timerfd_gettime64 signalfd4
        rt_sigprocmask ppoll_time64 clock_gettime64 exit_group);

    mod init {
        use super::find;

        macro_rules! agree_init {
            ($($arch:ident $table:literal)*) => { $(
                agree!($arch, "examples/init/arch/" $table:
                    getpid setsid clone execve wait4 kill rt_sigaction rt_sigsuspend openat mkdirat dup3 mount umount2
                    sync reboot);
            )* };
        }

        agree_init! {
            x86_64 "x86_64" x86 "x86" aarch64 "aarch64" arm "arm" riscv64 "riscv64" loongarch64 "loongarch64"
            s390x "s390x" powerpc64 "powerpc64" powerpc "powerpc" mips "mips_o32" mips64 "mips_n64"
        }
    }
}
