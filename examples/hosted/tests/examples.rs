//! The examples, as a user runs them.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Output, Stdio};

use barefd::{PidFd, Signal};

const LATENCY: &str = env!("CARGO_BIN_EXE_latency");
const METRONOME: &str = env!("CARGO_BIN_EXE_metronome");
const DEADLINE: &str = env!("CARGO_BIN_EXE_deadline");
const DEBOUNCE: &str = env!("CARGO_BIN_EXE_debounce");
const SUPERVISE: &str = env!("CARGO_BIN_EXE_supervise");

const PROGRAMS: [(&str, &str); 5] = [
    (METRONOME, "metronome"),
    (LATENCY, "latency"),
    (DEADLINE, "deadline"),
    (DEBOUNCE, "debounce"),
    (SUPERVISE, "supervise"),
];

fn run(program: &str, arguments: &[&str]) -> (Option<i32>, Vec<String>, Vec<String>) {
    let Output { status, stdout, stderr } = Command::new(program).args(arguments).output().unwrap();
    let lines = |bytes| String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect();
    (status.code(), lines(stdout), lines(stderr))
}

#[test]
fn each_explains_itself() {
    for (program, name) in PROGRAMS {
        let (code, help, _) = run(program, &["--help"]);
        assert_eq!(code, Some(0));
        assert!(help.iter().any(|line| line.starts_with("Usage: ")), "{help:?}");
        let (code, version, _) = run(program, &["--version"]);
        assert_eq!((code, version), (Some(0), vec![format!("{name} {}", env!("CARGO_PKG_VERSION"))]));
    }
}

#[test]
fn bad_arguments_are_exit_status_2_and_an_error() {
    let bad: [(&str, &[&str]); 15] = [
        (METRONOME, &["--tempo"]),
        (METRONOME, &["--period", "x"]),
        (METRONOME, &["--period", "0s"]),
        (METRONOME, &["--period", "-1s"]),
        (METRONOME, &["--ticks", "0"]),
        (LATENCY, &["--samples", "0"]),
        (LATENCY, &["--clock", "sundial"]),
        (LATENCY, &["--policy", "fifo", "--priority", "100"]),
        (DEADLINE, &[]),
        (DEADLINE, &["25:00"]),
        (DEBOUNCE, &["--quiet", "soon"]),
        (DEBOUNCE, &["line"]),
        (SUPERVISE, &[]),
        (SUPERVISE, &["'"]),
        (SUPERVISE, &["--restarts", "-1", "true"]),
    ];
    for (program, arguments) in bad {
        let (code, stdout, stderr) = run(program, arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert_eq!(stdout, [""; 0]);
        assert!(stderr[0].starts_with("error: "), "{stderr:?}");
    }
}

#[test]
fn the_metronome_ends_after_its_ticks() {
    let (code, ticks, _) = run(METRONOME, &["--period", "2ms", "--ticks", "3"]);
    assert_eq!((code, ticks.len()), (Some(0), 3));
    for (line, number) in ticks.iter().zip(1..) {
        assert!(line.starts_with(&format!("tick {number}: late by ")), "{line}");
    }
}

#[test]
fn a_closed_pipe_is_one_line() {
    let mut child = Command::new(METRONOME)
        .args(["--period", "1ms"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stderr, "metronome: standard output: Broken pipe (os error 32)\n");
}

#[test]
fn latency_is_a_table_or_an_object() {
    let (code, lines, _) = run(LATENCY, &["--samples", "20"]);
    assert_eq!(code, Some(0));
    assert!(lines.last().unwrap().starts_with("20 ticks, "), "{lines:?}");
    // The counts of the histogram are those of all ticks.
    let bars = lines.iter().filter_map(|line| line.split_once(" us ")?.1.split_whitespace().next());
    assert_eq!(bars.map(|count| count.parse::<u64>().unwrap()).sum::<u64>(), 20, "{lines:?}");

    let (code, lines, _) = run(LATENCY, &["--samples", "3", "--json"]);
    assert_eq!((code, lines.len()), (Some(0), 1));
    let object: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(object["samples"], 3);
    let ns = |name: &str| object["lateness_ns"][name].as_u64().unwrap();
    assert!(ns("min") <= ns("p50") && ns("p50") <= ns("max"), "{object}");
}

#[test]
fn a_deadline_that_is_over_is_an_error() {
    let (code, stdout, stderr) = run(DEADLINE, &["2020-01-01T00:00"]);
    assert_eq!((code, stdout.len()), (Some(1), 0));
    assert_eq!(stderr, ["deadline: this moment is over"]);
}

#[test]
fn the_alarm_rings_at_its_moment() {
    loop {
        let soon = jiff::ZonedDateTime::now().datetime() + jiff::SignedDuration::from_secs(1);
        let (code, stdout, stderr) = run(DEADLINE, &[&soon.to_string()]);
        // A busy machine may take longer than a second to start the program.
        if stderr == ["deadline: this moment is over"] {
            continue;
        }
        assert_eq!(code, Some(0));
        assert!(stdout[0].starts_with("waiting until ") && stdout[1].starts_with("late by "), "{stdout:?}");
        break;
    }
}

/// Starts `debounce`, and writes `input` to it.
fn debounce(arguments: &[&str], input: &str) -> (Child, BufReader<impl Read + use<>>) {
    let mut child =
        Command::new(DEBOUNCE).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(input.as_bytes()).unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    (child, output)
}

#[test]
fn the_last_line_of_a_burst_comes_through() {
    for arguments in [["--quiet", "1ms", "--at-most", "1h"], ["--quiet", "1h", "--at-most", "1ms"]] {
        let (mut child, mut output) = debounce(&arguments, "one\ntwo\nthr");
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "two\n");
        drop(child.stdin.take());
        line.clear();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "thr\n");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn the_end_of_the_input_ends_a_burst_at_once() {
    let (mut child, mut output) = debounce(&["--quiet", "1h", "--at-most", "1h"], "one\ntwo\n");
    drop(child.stdin.take());
    let mut all = String::new();
    output.read_to_string(&mut all).unwrap();
    assert_eq!(all, "two\n");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_program_that_fails_is_restarted_and_given_up() {
    for command in ["false", "/no/such/program"] {
        let (code, stdout, _) = run(SUPERVISE, &["--backoff", "1ms", "--restarts", "2", command]);
        assert_eq!(code, Some(1));
        let ends = stdout.iter().filter(|line| line.contains("status 1") || line.contains("No such file"));
        assert_eq!(ends.count(), 3, "{stdout:?}");
        assert_eq!(stdout.last().unwrap(), &format!("{command}: given up"));
    }
}

/// Starts `supervise`, and returns once a child has printed `ready`.
fn supervise(arguments: &[&str]) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = Command::new(SUPERVISE).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "ready"));
    (child, lines)
}

#[test]
fn a_signal_ends_the_programs() {
    let (mut child, lines) = supervise(&["sh -c 'echo ready; exec sleep 60'"]);
    PidFd::open(child.id()).unwrap().send_signal(Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let lines: Vec<_> = lines.collect();
    assert!(lines.contains(&"SIGTERM: all programs end".to_owned()), "{lines:?}");
    assert!(lines.last().unwrap().ends_with("was killed by SIGTERM"), "{lines:?}");
}

#[test]
fn a_program_that_ignores_the_signal_is_killed() {
    let stubborn = "sh -c 'trap \"\" TERM; echo ready; while :; do sleep 0.01; done'";
    let (mut child, lines) = supervise(&["--grace", "20ms", stubborn]);
    PidFd::open(child.id()).unwrap().send_signal(Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(lines.last().unwrap().ends_with("was killed by SIGKILL"));
}

#[test]
fn a_supervisor_that_fails_ends_its_programs() {
    let mut child =
        Command::new(SUPERVISE).arg("sleep 1000").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    // The program has the other end of the pipe too, so this waits for its end.
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stderr, "supervise: standard output: Broken pipe (os error 32)\n");
}
