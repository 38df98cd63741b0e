//! The example `init` as PID 1. Checks its output: with a child that tests it, and on a system where everything is
//! missing.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::{File, Initramfs, PANIC, S_IFREG, S_IFSOCK, lines, prepare, program, programs};
use crate::kernels::Machine;
use crate::process;
use crate::step;
use crate::workspace::Workspace;

const INIT: &str = "init";
const CHILD: &str = "init-child";
/// The line of init if SIGTERM did not end every process.
const LEFT: &str = "processes are left";
/// A check that the child makes, and its outcome.
const CHECKED: [&str; 2] = ["child: ok ", "child: FAILED "];

/// A boot: what is on the kernel's command line, and what must be on the console.
struct Scene {
    name: &'static str,
    arguments: &'static [&'static str],
    /// Parts of lines.
    expected: &'static [&'static str],
    /// How many checks the child makes.
    checks: usize,
    /// Whether it switches the machine off. If not, it runs for ever.
    ends: bool,
}

/// The child first kills itself. Then it is ready and ends. Then it checks how init reacted, and asks for the shutdown.
const RESTART: Scene = Scene {
    name: "restart and power-off",
    arguments: &["--bogus", "/child"],
    expected: &[
        "init: --bogus: unknown, ignored",
        "child: first run, killing itself",
        "killed by SIGKILL; restart in 100 ms",
        "is ready",
        // The first delay again.
        "exited with status 1; restart in 100 ms",
        "init: shutting down: SIGTERM from process ",
        "child: ok SIGTERM came",
        "init: power off",
    ],
    checks: 12,
    ends: true,
};

/// No console, no place for `/proc`, and no child, which init tries to start again and again.
const NOTHING: Scene = Scene {
    name: "nothing there",
    arguments: &["--heartbeat", "--heartbeat=0", "stray", "/child"],
    expected: &[
        "init: mount /proc: ",
        "init: --heartbeat=0: ",
        "init: stray: unknown, ignored",
        "init: /child: ENOENT",
        "exited with status 127; restart in 100 ms",
        "exited with status 127; restart in 400 ms",
        "init: uptime ",
    ],
    checks: 0,
    ends: false,
};

pub fn run(workspace: &Workspace, machines: &[&Machine], out: &mut dyn Write) -> Result<Vec<bool>> {
    let targets = || machines.iter().filter_map(|machine| machine.targets.first());
    let (inits, children) = (programs(workspace, INIT, targets())?, programs(workspace, CHILD, targets())?);
    let mut passed = Vec::new();
    for machine in machines {
        let target = machine.targets.first().context("a machine without a target")?;
        let init = || File::program("init", program(&inits, target)?);
        let file = |name, mode| File { name, mode, contents: Vec::new() };
        for scene in [&RESTART, &NOTHING] {
            let files = if scene.ends {
                [init()?, File::program("child", program(&children, target)?)?].into()
            } else {
                // A file that nobody can open, and a path that nothing can be mounted on.
                [init()?, file("dev/console", S_IFSOCK), file("proc", S_IFREG)].into()
            };
            step::at_work(format_args!("booting {}, {}", machine.arch, scene.name));
            let outcome = play(workspace, machine, scene, files);
            let told = match &outcome {
                Ok((checked, note)) => format!("{checked} passed, 0 failed{note}"),
                Err(error) => format!("FAILED: {error:#}"),
            };
            writeln!(out, "{}, {}: {told}", machine.arch, scene.name)?;
            passed.push(outcome.is_ok());
        }
    }
    Ok(passed)
}

/// Boots, and returns how many lines were as they had to be, and a note.
fn play(workspace: &Workspace, machine: &Machine, scene: &Scene, files: Vec<File>) -> Result<(usize, String)> {
    let initramfs = Initramfs::of(workspace, &files)?;
    let (mut qemu, release) = prepare(workspace, machine, &initramfs, scene.arguments)?;
    let start = Instant::now();
    let mut running = qemu.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut console = String::new();
    for line in BufReader::new(running.stdout.take().context("no console")?).split(b'\n') {
        console.push_str(&lines(&String::from_utf8_lossy(&line?)));
        console.push('\n');
        if !scene.ends && (missing(scene, &console).is_empty() || console.contains(PANIC)) {
            process::succeed(Command::new("kill").arg(running.id().to_string()))?;
        }
    }
    let ended = running.wait_with_output()?;
    let seconds = start.elapsed().as_secs_f32();
    let said = || {
        let lines = console.lines().map(str::to_owned);
        let qemu = String::from_utf8_lossy(&ended.stderr);
        lines.chain(qemu.lines().map(str::to_owned)).map(|line| format!("\n    {line}")).collect::<String>()
    };
    ensure!(!console.contains(PANIC), "the kernel panicked{}", said());
    ensure!(!console.contains(LEFT), "{LEFT}{}", said());
    let missing = missing(scene, &console);
    ensure!(missing.is_empty(), "not on the console: {missing:?}{}", said());
    ensure!(ended.status.success() || !scene.ends, "the machine stayed on{}", said());
    let [ok, failed] = CHECKED.map(|verdict| console.lines().filter(|line| line.contains(verdict)).count());
    ensure!(failed == 0 && ok == scene.checks, "{ok} of the child's {} checks passed{}", scene.checks, said());
    Ok((scene.expected.len() + ok, format!(" ({release}, {seconds:.1} s)")))
}

fn missing(scene: &Scene, console: &str) -> Vec<&'static str> {
    scene.expected.iter().copied().filter(|part| !console.lines().any(|line| line.contains(part))).collect()
}
