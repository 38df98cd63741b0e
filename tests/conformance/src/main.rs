#![no_std]
#![no_main]
#![cfg_attr(feature = "nightly", feature(asm_experimental_arch))]
//! Runs the conformance cases, without libc.

use core::fmt::{Arguments, Write};

use barefd::fd::BorrowedFd;
use barefd_start::{Args, stderr, stdout, write_all};
use conformance::{ALONE, CASES, Case, Text, Unpassed, home};

barefd_start::entry!(main);

const USAGE: &str = "usage: conformance [--init] [--refuse-time64[=ENOSYS|=EPERM|=KILL] | --refuse-time32] [--list] [SUBJECT|SUBJECT::CASE...]";

#[derive(Default)]
struct Options {
    list: bool,
    /// The program is the first process of a separate machine.
    init: bool,
    /// The cases for this run. If absent, all cases.
    cases: Option<&'static [&'static [Case]]>,
}

fn main(args: Args) -> i32 {
    let options = match options(args) {
        Ok(options) => options,
        Err(status) => return status,
    };
    if options.init && !options.list {
        if let Err(status) = settle() {
            return status;
        }
    }
    // The cases for this run hold only under their filter.
    let alone = if options.init && options.cases.is_none() { ALONE } else { &[] };
    let cases = options.cases.unwrap_or(CASES).iter().chain(alone).copied().flatten();

    for named in names(args) {
        if !cases.clone().any(|(name, _)| is_named(name, named)) {
            return complain(format_args!("no case or subject '{named}': `conformance --list` shows all"));
        }
    }
    let all = names(args).next().is_none();
    let cases = cases.filter(|(name, _)| all || names(args).any(|named| is_named(name, named)));

    if options.list {
        for (name, _) in cases {
            say(stdout(), format_args!("{name}"));
        }
        return 0;
    }
    run(cases)
}

/// Prepares the environment of the first process. Reports what is still missing; some cases then do not apply.
fn settle() -> Result<(), i32> {
    if !home::is_init() {
        return Err(complain(format_args!("--init is for PID 1 of a virtual machine, whose clock it steps")));
    }
    // The console comes before the reports, which are written to it.
    let dev = home::mount(c"devtmpfs", c"/dev");
    let streams = home::open_streams();
    // Firmware can leave text without an end of line on the console.
    say(stdout(), format_args!(""));
    for (what, result) in [("/dev", dev), ("/dev/console", streams), ("/proc", home::mount(c"proc", c"/proc"))] {
        if let Err(errno) = result {
            complain(format_args!("{what}: {errno}"));
        }
    }
    Ok(())
}

fn run<'a>(cases: impl Iterator<Item = &'a Case>) -> i32 {
    let (mut passed, mut failed, mut not_applicable) = (0, 0, 0);
    for (name, case) in cases {
        match case() {
            Ok(()) => {
                passed += 1;
                say(stdout(), format_args!("ok {name}"));
            }
            Err(Unpassed::Failed(failure)) => {
                failed += 1;
                say(stdout(), format_args!("FAILED {name}: {failure}"));
            }
            Err(Unpassed::NotApplicable(reason)) => {
                not_applicable += 1;
                say(stdout(), format_args!("n/a {name}: {reason}"));
            }
        }
    }
    match not_applicable {
        0 => say(stdout(), format_args!("{passed} passed, {failed} failed")),
        _ => say(stdout(), format_args!("{passed} passed, {failed} failed, {not_applicable} not applicable")),
    }
    i32::from(failed > 0)
}

fn options(args: Args) -> Result<Options, i32> {
    let mut options = Options::default();
    for arg in args.iter().skip(1) {
        match arg.to_str() {
            Ok("--list") => options.list = true,
            Ok("--init") => options.init = true,
            Ok("--refuse-time64" | "--refuse-time64=ENOSYS") => refuse(&mut options, Refused::Time64)?,
            Ok("--refuse-time64=EPERM") => refuse(&mut options, Refused::Time64WithPerm)?,
            Ok("--refuse-time64=KILL") => refuse(&mut options, Refused::Time64WithDeath)?,
            Ok("--refuse-time32") => refuse(&mut options, Refused::Time32)?,
            Ok(option) if option.starts_with('-') => {
                return Err(complain(format_args!("unknown option '{option}'\n{USAGE}")));
            }
            Ok(_) => {}
            Err(_) => return Err(complain(format_args!("an argument is not UTF-8\n{USAGE}"))),
        }
    }
    Ok(options)
}

/// The calls that a filter refuses.
#[derive(Clone, Copy)]
enum Refused {
    Time64,
    Time64WithPerm,
    Time64WithDeath,
    Time32,
}

#[cfg(time32)]
fn refuse(options: &mut Options, refused: Refused) -> Result<(), i32> {
    use barefd::Errno;
    use conformance::seccomp::{Answer, refuse_time32, refuse_time64};

    let done = match refused {
        Refused::Time64 => refuse_time64(Answer::Fails(Errno::NOSYS)),
        Refused::Time64WithPerm => {
            options.cases = Some(conformance::REFUSED);
            refuse_time64(Answer::Fails(Errno::PERM))
        }
        Refused::Time64WithDeath if !barefd::TIME32_FIRST => {
            return Err(complain(format_args!("--refuse-time64=KILL needs the feature time32-first")));
        }
        Refused::Time64WithDeath => refuse_time64(Answer::Kills),
        Refused::Time32 => refuse_time32(Answer::Fails(Errno::NOSYS)),
    };
    done.map_err(|errno| complain(format_args!("the filter could not be installed: {errno}")))
}

#[cfg(not(time32))]
fn refuse(_: &mut Options, _: Refused) -> Result<(), i32> {
    Err(complain(format_args!("--refuse-… is for 32-bit ABIs that have both kinds of calls with a time")))
}

fn names(args: Args) -> impl Iterator<Item = &'static str> {
    args.iter().skip(1).filter_map(|arg| arg.to_str().ok()).filter(|arg| !arg.starts_with('-'))
}

/// Whether `named` is the case or its subject.
fn is_named(case: &str, named: &str) -> bool {
    case.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn complain(what: Arguments<'_>) -> i32 {
    say(stderr(), format_args!("conformance: {what}"));
    2
}

/// Writes a line in one call.
fn say(to: BorrowedFd<'_>, what: Arguments<'_>) {
    let mut line = Text::<640>::default();
    // Text that does not fit is cut. The line must still end, or the next line would continue it.
    let end = match line.write_fmt(format_args!("{what}\n")) {
        Ok(()) => "",
        Err(_) => "\n",
    };
    if write_all(to, line.as_str().as_bytes()).and_then(|()| write_all(to, end.as_bytes())).is_err() {
        // There is no other place to report the failure.
        barefd_start::exit(1);
    }
}
