//! The tables in `arch/` and `examples/init/arch/`, the code that reads them, and a comparison of their numbers with
//! another crate's.

#[path = "../build/table.rs"]
mod table;

#[path = "../build/script.rs"]
#[allow(dead_code, reason = "the build script takes the rest")]
mod script;

use table::{Abi, Source, Table, Target};

/// A small `shared/all.tbl`: at least one line of each kind.
const ALL: &str = "\
generic read 63
generic write 64
generic fcntl 25 fcntl64
generic ppoll 73
some wait4 260
some poll none
every pidfd_open 434
time64 ppoll_time64 414 ppoll
const O_NONBLOCK 0x800
const SI_QUEUE -1
errno EDEADLK 35
errno ENOSYS 38
offset epoll_event.data 8
";

/// A complete table with its own numbers.
const OWN: &str = "\
target x86 32 little
numbers own 4000
time time32 time64
include family
nr read 3
nr write 4
nr fcntl 55
nr ppoll 309
nr wait4 114
nr poll none
";

/// A table with the generic numbers.
const GENERIC: &str = "\
target riscv64 64 little
numbers generic
time native
";

/// A table that is included.
const FAMILY: &str = "\
const O_NONBLOCK 0x80
";

fn source(name: &str, text: &str) -> Source {
    Source { name: name.to_string(), file: format!("arch/{name}.tbl"), text: text.to_string() }
}

/// The facts of the table, as `nr read 4003`, or the error.
fn read(all: &str, family: &str, table: &str) -> Result<Vec<String>, String> {
    let shared = [source("all", all), source("family", family)];
    let table = source("x", table);
    let abi = table::abi(&table)?;
    let table = table::parse(&abi, &table, &shared)?;
    let fact = |fact: &table::Fact| format!("{} {} {}", fact.kind, fact.name, fact.value);
    Ok(table.facts.iter().map(fact).collect())
}

/// The result after a change in one of the texts above.
#[track_caller]
fn changed(from: &str, to: &str) -> Result<Vec<String>, String> {
    let found = [ALL, FAMILY, OWN].map(|text| text.contains(from));
    assert_eq!(found.iter().filter(|found| **found).count(), 1, "`{from}` must be in one text");
    let [all, family, own] = [ALL, FAMILY, OWN].map(|text| text.replacen(from, to, 1));
    read(&all, &family, &own)
}

#[track_caller]
fn rejected(from: &str, to: &str, error: &str) {
    assert_eq!(changed(from, to).err().as_deref(), Some(error));
}

#[track_caller]
fn accepted(from: &str, to: &str) {
    assert_eq!(changed(from, to).err(), None);
}

#[track_caller]
fn generic(table: &str) -> Result<Vec<String>, String> {
    read(ALL, FAMILY, table)
}

mod lines {
    use super::{accepted, rejected};

    #[test]
    fn comments_and_empty_lines_are_ignored() {
        accepted("nr read 3", "# nr read 4\n\n  # nr\n  nr   read  3 # the third\r\n");
    }

    #[test]
    fn comments_and_empty_lines_are_counted() {
        rejected("nr read 3", "# read\n\nnr raed 3 # ?", &unknown_call(7, "raed"));
    }

    #[test]
    fn a_kind_must_be_known() {
        rejected(
            "nr read",
            "call read",
            "arch/x.tbl:5: found `call`, expected `target`, `numbers`, `time`, `include`, `nr`, `const`, `errno` or `offset`",
        );
        rejected(
            "every",
            "each",
            "arch/all.tbl:7: found `each`, expected `generic`, `some`, `every`, `time64`, `const`, `errno` or `offset`",
        );
    }

    #[test]
    fn a_name_must_be_there() {
        rejected("nr read 3", "nr", "arch/x.tbl:5: found the end of the line, expected a name");
        rejected("every pidfd_open 434", "every", "arch/all.tbl:7: found the end of the line, expected a name");
    }

    #[test]
    fn a_call_must_be_known() {
        rejected("nr read", "nr epoll_create1", &unknown_call(5, "epoll_create1"));
    }

    #[test]
    fn a_call_with_one_number_on_all_abis_is_none_of_an_abis_own() {
        rejected("nr read", "nr pidfd_open", &unknown_call(5, "pidfd_open"));
        rejected("nr read", "nr ppoll_time64", &unknown_call(5, "ppoll_time64"));
    }

    #[test]
    fn a_constant_must_be_known() {
        rejected(
            "const O_NONBLOCK 0x80\n",
            "const O_CLOEXEC 0x80\n",
            "arch/family.tbl:1: found `O_CLOEXEC`, expected one of `O_NONBLOCK`, `SI_QUEUE`",
        );
    }

    #[test]
    fn an_errno_must_be_known() {
        rejected(
            "const O_NONBLOCK 0x80\n",
            "errno EAGAIN 12\n",
            "arch/family.tbl:1: found `EAGAIN`, expected one of `EDEADLK`, `ENOSYS`",
        );
    }

    #[test]
    fn an_offset_is_of_a_field() {
        rejected(
            "offset epoll_event.data 8",
            "offset epoll_event 8",
            "arch/all.tbl:13: found `epoll_event`, expected a struct and a field, with `.` between them",
        );
        rejected(
            "const O_NONBLOCK 0x80\n",
            "offset epoll_event.events 4\n",
            "arch/family.tbl:1: found `epoll_event.events`, expected one of `epoll_event.data`",
        );
        rejected(
            "const O_NONBLOCK 0x80\n",
            "offset epoll_event.data 8192\n",
            "arch/family.tbl:1: found `8192`, expected a number below 8192",
        );
    }

    #[test]
    fn a_name_belongs_to_its_kind() {
        rejected("nr read", "nr ENOSYS", &unknown_call(5, "ENOSYS"));
    }

    #[test]
    fn a_number_must_be_there() {
        rejected("nr read 3", "nr read", "arch/x.tbl:5: found the end of the line, expected a number");
        rejected(
            "const SI_QUEUE -1",
            "const SI_QUEUE",
            "arch/all.tbl:10: found the end of the line, expected a number",
        );
    }

    #[test]
    fn a_number_is_decimal_or_hexadecimal() {
        accepted("nr read 3", "nr read 0x3");
        accepted("nr read 3", "nr read 0x0003");
        accepted("nr read 3", "nr read 0");
        for number in ["3x", "x3", "+3", "--3", "-0", "0x", "0x+3", "0x-3", "0X3", "3_0", "03", "3.0", "0b11"] {
            rejected(
                "nr read 3",
                &format!("nr read {number}"),
                &format!("arch/x.tbl:5: found `{number}`, expected a number, decimal or hexadecimal after `0x`"),
            );
        }
    }

    #[test]
    fn a_call_is_below_8192() {
        accepted("nr read 3", "nr read 8191");
        for number in ["-3", "8192", "0x40000003"] {
            rejected(
                "nr read 3",
                &format!("nr read {number}"),
                &format!("arch/x.tbl:5: found `{number}`, expected a number below 8192"),
            );
        }
    }

    #[test]
    fn an_errno_is_from_1_to_4095() {
        accepted("errno EDEADLK 35", "errno EDEADLK 1");
        accepted("errno EDEADLK 35", "errno EDEADLK 4095");
        for number in ["-1", "0", "4096"] {
            rejected(
                "errno EDEADLK 35",
                &format!("errno EDEADLK {number}"),
                &format!("arch/all.tbl:11: found `{number}`, expected a number from 1 to 4095"),
            );
        }
    }

    #[test]
    fn a_constant_has_at_most_32_bits() {
        accepted("const SI_QUEUE -1", "const SI_QUEUE 0xffffffff");
        accepted("const SI_QUEUE -1", "const SI_QUEUE -2147483648");
        for number in ["0x100000000", "-2147483649"] {
            rejected(
                "const SI_QUEUE -1",
                &format!("const SI_QUEUE {number}"),
                &format!("arch/all.tbl:10: found `{number}`, expected a number of at most 32 bits"),
            );
        }
    }

    #[test]
    fn nothing_follows_a_number() {
        rejected("nr read 3", "nr read 3 4", "arch/x.tbl:5: found `4`, expected the end of the line");
        rejected(
            "every pidfd_open 434",
            "every pidfd_open 434 4",
            "arch/all.tbl:7: found `4`, expected the end of the line",
        );
    }

    #[test]
    fn a_name_stands_once() {
        rejected("nr write 4", "nr read 4", "arch/x.tbl:6: found `read` again, expected it on line 5 alone");
        rejected(
            "errno ENOSYS",
            "errno EDEADLK",
            "arch/all.tbl:12: found `EDEADLK` again, expected it on line 11 alone",
        );
        rejected(
            "nr read 3",
            "const O_NONBLOCK 0x90\nnr read 3",
            "arch/x.tbl:5: found `O_NONBLOCK` again, expected it in arch/family.tbl:1 alone",
        );
    }

    #[test]
    fn two_calls_have_two_numbers() {
        rejected(
            "nr write 4",
            "nr write 0x3",
            "arch/x.tbl:6: found `0x3`, expected a number other than that of `read` on line 5",
        );
        rejected(
            "nr read 3",
            "nr read 434",
            "arch/all.tbl:7: found `434`, expected a number other than that of `read` in arch/x.tbl:5",
        );
    }

    #[test]
    fn constants_and_errnos_may_be_equal() {
        accepted("const SI_QUEUE -1", "const SI_QUEUE 0x80");
        accepted("errno EDEADLK 35", "errno EDEADLK 38");
        accepted("errno EDEADLK 35", "errno EDEADLK 3");
    }

    fn unknown_call(line: u32, found: &str) -> String {
        format!(
            "arch/x.tbl:{line}: found `{found}`, expected one of `read`, `write`, `fcntl`, `ppoll`, `wait4`, `poll`"
        )
    }
}

mod own {
    use super::{OWN, changed, read, rejected};

    #[test]
    fn an_abi_has_its_numbers_and_what_it_shares() {
        let facts = read(super::ALL, super::FAMILY, OWN).unwrap();
        let expected = [
            "nr read 4003",
            "nr write 4004",
            "nr fcntl 4055",
            "nr ppoll 4309",
            "nr wait4 4114",
            "nr pidfd_open 4434",
            "nr ppoll_time64 4414",
            "const O_NONBLOCK 128",
            "const SI_QUEUE -1",
            "errno EDEADLK 35",
            "errno ENOSYS 38",
            "offset epoll_event.data 8",
        ];
        assert_eq!(facts, expected);
    }

    #[test]
    fn every_number_of_its_own_is_needed() {
        for line in OWN.lines().filter(|line| line.starts_with("nr ")) {
            let fact = line.rsplit_once(' ').unwrap().0;
            rejected(&format!("{line}\n"), "", &format!("arch/x.tbl: missing `{fact}`"));
        }
    }

    #[test]
    fn only_a_call_that_not_every_abi_has_can_be_none() {
        assert!(!changed("nr wait4 114", "nr wait4 none").unwrap().iter().any(|fact| fact.contains("wait4")));
        assert!(changed("nr poll none", "nr poll 168").unwrap().contains(&"nr poll 4168".to_string()));
        rejected(
            "nr read 3",
            "nr read none",
            "arch/x.tbl:5: found `none`, expected a number, decimal or hexadecimal after `0x`",
        );
        rejected(
            "generic read 63",
            "generic read none",
            "arch/all.tbl:1: found `none`, expected a number, decimal or hexadecimal after `0x`",
        );
    }

    #[test]
    fn an_offset_can_be_its_own() {
        let facts = changed("const O_NONBLOCK 0x80\n", "offset epoll_event.data 4\n").unwrap();
        assert!(facts.contains(&"offset epoll_event.data 4".to_string()), "{facts:?}");
    }

    #[test]
    fn a_constant_that_is_the_usual_one_is_not_stated() {
        rejected(
            "const O_NONBLOCK 0x80\n",
            "const O_NONBLOCK 2048\n",
            "arch/family.tbl:1: found `2048`, expected a number other than the usual one in arch/all.tbl:9",
        );
    }

    #[test]
    fn a_table_includes_one_that_is_there() {
        rejected("include family", "include", "arch/x.tbl:4: found the end of the line, expected the name of a table");
        rejected("include family", "include all", "arch/x.tbl:4: found `all`, expected one of `family`");
        rejected("include family", "include family x", "arch/x.tbl:4: found `x`, expected the end of the line");
    }
}

mod generic {
    use super::{GENERIC, generic};

    #[test]
    fn a_64_bit_abi_has_the_generic_numbers() {
        let facts = generic(GENERIC).unwrap();
        let expected = [
            "nr read 63",
            "nr write 64",
            "nr fcntl 25",
            "nr ppoll 73",
            "nr wait4 260",
            "nr pidfd_open 434",
            "const O_NONBLOCK 2048",
            "const SI_QUEUE -1",
            "errno EDEADLK 35",
            "errno ENOSYS 38",
            "offset epoll_event.data 8",
        ];
        assert_eq!(facts, expected);
    }

    #[test]
    fn a_32_bit_abi_has_names_of_its_own() {
        let table = GENERIC.replace("64 little", "32 little").replace("native", "time32 time64");
        let facts = generic(&table).unwrap();
        assert!(facts.contains(&"nr fcntl64 25".to_string()), "{facts:?}");
        assert!(!facts.iter().any(|fact| fact.starts_with("nr fcntl ")), "{facts:?}");
    }

    #[test]
    fn a_generic_number_is_not_stated() {
        assert_eq!(
            generic(&format!("{GENERIC}nr read 3")).unwrap_err(),
            "arch/x.tbl:4: found `read`, expected the generic number, which is in arch/all.tbl:1"
        );
    }

    #[test]
    fn a_call_that_not_every_abi_has_may_be_none_or_have_another_number() {
        let facts = generic(&format!("{GENERIC}nr wait4 none\nnr poll 168")).unwrap();
        assert!(!facts.iter().any(|fact| fact.contains("wait4")), "{facts:?}");
        assert!(facts.contains(&"nr poll 168".to_string()), "{facts:?}");
    }
}

mod head {
    use super::{GENERIC, changed, generic, rejected};

    #[test]
    fn how_calls_are_numbered_must_be_said_once() {
        rejected("numbers own 4000\n", "", "arch/x.tbl: missing `numbers`");
        rejected(
            "numbers own 4000\n",
            "numbers own\nnumbers own 4000\n",
            "arch/x.tbl:3: found `numbers` again, expected it on line 2 alone",
        );
        let expected = "expected `generic`, `own` or `own` and a number";
        rejected("numbers own 4000", "numbers", &format!("arch/x.tbl:2: found the end of the line, {expected}"));
        rejected("numbers own 4000", "numbers all", &format!("arch/x.tbl:2: found `all`, {expected}"));
        rejected("numbers own 4000", "numbers generic 4", &format!("arch/x.tbl:2: found `generic 4`, {expected}"));
        for base in ["x", "0", "-1", "0x80000000"] {
            rejected(
                "numbers own 4000",
                &format!("numbers own {base}"),
                &format!("arch/x.tbl:2: found `{base}`, expected a number of at most 31 bits"),
            );
        }
    }

    #[test]
    fn what_times_the_calls_take_must_be_said_once() {
        rejected("time time32 time64\n", "", "arch/x.tbl: missing `time`");
        rejected(
            "time time32 time64\n",
            "time native\ntime native\n",
            "arch/x.tbl:4: found `time` again, expected it on line 3 alone",
        );
        for time in ["time32", "time64 time32", "native time64", "64"] {
            rejected(
                "time time32 time64",
                &format!("time {time}"),
                &format!("arch/x.tbl:3: found `{time}`, expected `native`, `time32 time64` or `time64`"),
            );
        }
    }

    #[test]
    fn a_call_with_a_64_bit_time_names_one_with_a_32_bit_time() {
        rejected(
            "time64 ppoll_time64 414 ppoll",
            "time64 ppoll_time64 414",
            "arch/all.tbl:8: found the end of the line, expected the call that takes a 32-bit time",
        );
        rejected(
            "time64 ppoll_time64 414 ppoll",
            "time64 ppoll_time64 414 pol",
            "arch/all.tbl:8: found `pol`, expected a call of this table",
        );
    }

    #[test]
    fn an_abi_has_the_calls_of_its_times() {
        let polls = |facts: Vec<String>| facts.into_iter().filter(|fact| fact.contains("ppoll")).collect::<Vec<_>>();
        assert_eq!(polls(changed("time time32 time64", "time native").unwrap()), ["nr ppoll 4309"]);
        assert_eq!(polls(changed("target x", "target x").unwrap()), ["nr ppoll 4309", "nr ppoll_time64 4414"]);
        let time64 = GENERIC.replace("64 little", "32 little").replace("native", "time64");
        assert_eq!(polls(generic(&time64).unwrap()), ["nr ppoll_time64 414"]);
        rejected(
            "time time32 time64",
            "time time64",
            "arch/x.tbl:8: found `ppoll`, expected no call with a 32-bit time, since `time` is `time64`",
        );
    }
}

mod targets {
    use super::rejected;

    #[test]
    fn a_target_must_be_there() {
        rejected("target x86 32 little\n", "", "arch/x.tbl: missing `target`");
    }

    #[test]
    fn an_architecture_must_be_there() {
        rejected(
            "target x86 32 little",
            "target",
            "arch/x.tbl:1: found the end of the line, expected an architecture, by rustc's name",
        );
    }

    #[test]
    fn a_width_is_32_or_64_and_the_same_in_a_table() {
        rejected(" 32 little", "", "arch/x.tbl:1: found the end of the line, expected `32` or `64`");
        rejected(" 32 little", " 16 little", "arch/x.tbl:1: found `16`, expected `32` or `64`");
        rejected(
            "target x86 32 little",
            "target x86 32 little\ntarget x86 64 little",
            "arch/x.tbl:2: found `64`, expected `32`, as on line 1",
        );
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
            "arch/x.tbl:5: found `x86 32 little` again, expected it on line 1 alone",
        );
    }
}

mod choice {
    use super::{Source, arch, source, target};

    fn choose(tables: &[Source], words: &str, os: &str) -> Result<String, String> {
        super::table::choose(&target(words, os), tables).map(|table| table.name.clone())
    }

    fn two_tables() -> [Source; 2] {
        [source("a", "target x86 32 big\ntarget x86 32 little gnu"), source("b", "\ntarget arm 32 little eabi eabihf")]
    }

    /// The targets are those of `rustc --print target-list`, by what each has of `--print cfg`.
    #[test]
    fn every_linux_target_of_rustc_has_its_table() {
        let tables = arch();
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
            assert_eq!(choose(&tables, target, "linux").as_deref(), Ok(abi), "{target}");
        }
    }

    #[test]
    fn android_is_linux() {
        assert_eq!(choose(&two_tables(), "x86 32 big", "android").as_deref(), Ok("a"));
    }

    #[test]
    fn other_systems_are_rejected() {
        for os in ["freebsd", "none", ""] {
            let error = format!("found target_os `{os}`, expected `linux` or `android`");
            assert_eq!(choose(&two_tables(), "x86 32 big", os), Err(error));
        }
    }

    #[test]
    fn a_target_without_a_table_is_rejected() {
        for target in ["wasm32 32 little", "x86 64 big", "x86 32 little", "arm 32 little", "arm 32 big eabi"] {
            assert_eq!(
                choose(&two_tables(), target, "linux"),
                Err(format!("found target `{target}`, expected one of the ABIs that have a table in arch/: a, b"))
            );
        }
    }

    #[test]
    fn two_tables_cannot_have_one_target() {
        let tables =
            [source("a", "target x86 32 big\ntarget x86 32 little"), source("b", "\ntarget x86 32 little abi")];
        assert_eq!(
            choose(&tables, "x86 32 little abi", "linux").unwrap_err(),
            "arch/b.tbl:2: found `x86 32 little abi` again, expected it in arch/a.tbl:2 alone"
        );
        assert_eq!(choose(&tables, "x86 32 little", "linux").as_deref(), Ok("a"));
    }

    #[test]
    fn the_target_lines_of_every_table_are_checked() {
        let tables = [source("a", "target x86 32 little"), source("b", "target arm 32")];
        assert_eq!(
            choose(&tables, "x86 32 little", "linux").unwrap_err(),
            "arch/b.tbl:1: found the end of the line, expected `little` or `big`"
        );
    }

    #[test]
    fn the_facts_of_other_tables_are_not_read() {
        let tables = [source("a", "target x86 32 little"), source("b", "target arm 32 big\nnr raed")];
        assert_eq!(choose(&tables, "x86 32 little", "linux").as_deref(), Ok("a"));
    }
}

#[test]
fn the_generated_source_has_every_fact() {
    let shared = [source("all", ALL), source("family", FAMILY)];
    let own = source("x", OWN);
    let abi = table::abi(&own).unwrap();
    let expected = "\
/// The system call numbers of the Linux ABI `x`, by the kernel's names.
///
/// A call that this ABI does not have is not here.
pub mod nr {
    /// `read`
    #[doc(alias = \"__NR_read\")]
    pub const READ: usize = 4000 + 3;
    /// `write`
    #[doc(alias = \"__NR_write\")]
    pub const WRITE: usize = 4000 + 4;
    /// `fcntl`
    #[doc(alias = \"__NR_fcntl\")]
    pub const FCNTL: usize = 4000 + 55;
    /// `ppoll`
    #[doc(alias = \"__NR_ppoll\")]
    pub const PPOLL: usize = 4000 + 309;
    /// `wait4`
    #[doc(alias = \"__NR_wait4\")]
    pub const WAIT4: usize = 4000 + 114;
    /// `pidfd_open`
    #[doc(alias = \"__NR_pidfd_open\")]
    pub const PIDFD_OPEN: usize = 4000 + 434;
    /// `ppoll_time64`
    #[doc(alias = \"__NR_ppoll_time64\")]
    pub const PPOLL_TIME64: usize = 4000 + 414;
}

pub const O_NONBLOCK: u32 = 0x80;
pub const SI_QUEUE: i32 = -1;
pub const EDEADLK: u16 = 35;
pub const ENOSYS: u16 = 38;
pub const EPOLL_EVENT_DATA: usize = 8;
";
    assert_eq!(table::render(&table::parse(&abi, &own, &shared).unwrap()), expected);
}

#[test]
fn the_calls_that_not_every_abi_has_are_listed() {
    let shared = [source("all", ALL), source("family", FAMILY)];
    let own = source("x", OWN);
    let abi = table::abi(&own).unwrap();
    assert_eq!(table::parse(&abi, &own, &shared).unwrap().some, ["fcntl", "fcntl64", "wait4", "poll"]);
}

const ARCH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/arch");
const INIT_ARCH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/init/arch");

/// The tables in `arch/`, by name.
fn arch() -> Vec<Source> {
    script::read(ARCH)
}

/// A target that is written as in a `target` line.
fn target(words: &str, os: &str) -> Target {
    let mut words = words.split(' ').map(String::from);
    let mut word = || words.next().unwrap_or_default();
    Target { arch: word(), width: word(), endian: word(), abi: word(), os: os.to_string() }
}

/// Calls `look` with every table of a directory, read.
fn each_table(directory: &str, mut look: impl FnMut(&Abi, &Table)) {
    let (arch, tables) = (arch(), script::read(directory));
    let shared = script::read(&format!("{directory}/shared"));
    assert!(!tables.is_empty());
    for source in &tables {
        let head = arch.iter().find(|head| head.name == source.name);
        let head = head.unwrap_or_else(|| panic!("{}: no such ABI in {ARCH}", source.file));
        let abi = table::abi(head).unwrap_or_else(|error| panic!("{error}"));
        look(&abi, &table::parse(&abi, source, &shared).unwrap_or_else(|error| panic!("{error}")));
    }
}

#[test]
fn every_table_is_good_and_chosen_for_all_its_targets() {
    let tables = arch();
    each_table(ARCH, |abi, table| {
        assert!(!table.facts.is_empty(), "{}", abi.name);
        let source = tables.iter().find(|source| source.name == abi.name).unwrap();
        for line in table::targets(source).unwrap() {
            let abis = if line.words.len() == 4 { &[""] } else { &line.words[4..] };
            for name in abis {
                let target = target(&format!("{} {name}", line.words[1..4].join(" ")), "linux");
                let chosen = table::choose(&target, &tables).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(chosen.name, abi.name);
            }
        }
    });
}

#[test]
fn every_table_of_init_is_good_and_leaves_its_targets_to_the_crate() {
    each_table(INIT_ARCH, |abi, table| assert!(!table.facts.is_empty(), "{}", abi.name));
    for source in script::read(INIT_ARCH) {
        let mut kinds = source.text.lines().filter_map(|line| line.split(' ').next());
        let head = kinds.find(|kind| ["target", "numbers", "time"].contains(kind));
        assert_eq!(head, None, "{}: arch/{}.tbl of the crate has that", source.file, source.name);
    }
}

/// Every number is that of the crate `syscalls`, on the architectures that it knows. The crate does not show which
/// calls an ABI lacks: it has the 64-bit time calls on 64-bit ABIs too.
#[cfg(target_arch = "x86_64")]
#[test]
fn the_numbers_are_those_of_another_crate() {
    type Number = fn(&str) -> Option<i64>;

    macro_rules! architectures {
        ($($abi:literal $arch:ident)*) => {
            [$(($abi, (|name| Some(name.parse::<syscalls::$arch::Sysno>().ok()? as i64)) as Number)),*]
        };
    }
    let architectures = architectures! {
        "x86_64" x86_64 "x86" x86 "aarch64" aarch64 "arm" arm "riscv64" riscv64 "riscv32" riscv32
        "loongarch64" loongarch64 "s390x" s390x "powerpc64" powerpc64 "powerpc" powerpc "mips_o32" mips
        "mips_n64" mips64 "sparc" sparc "sparc64" sparc64
    };
    let mut held = Vec::new();
    for directory in [ARCH, INIT_ARCH] {
        each_table(directory, |abi, table| {
            let Some((name, number)) = architectures.iter().find(|(name, _)| *name == abi.name) else { return };
            for fact in table.facts.iter().filter(|fact| fact.kind == "nr") {
                assert_eq!(Some(fact.value), number(fact.name), "{name}: {}", fact.name);
            }
            held.push(*name);
        });
    }
    for (abi, _) in &architectures {
        assert!(held.contains(abi), "{abi}: no table");
    }
}
