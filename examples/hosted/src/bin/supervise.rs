//! Keeps programs running. One epoll set has the end of each program, its next start, the signals and the last deadline.

use std::collections::VecDeque;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result};
use barefd::{Clock, Epoll, EpollEvent, EpollFlags, PidFd, SigSet, Signal, SignalFd, TimerFd};
use clap::Parser;

/// Starts programs, and starts each one again when it ends, later each time. SIGTERM, SIGINT and SIGHUP end them all.
#[derive(Parser)]
#[command(name = "supervise", version)]
struct Args {
    /// A program and its arguments in one word: 'sleep 5'
    #[arg(required = true, value_parser = words)]
    programs: Vec<Words>,
    /// The time before the first restart; it doubles with each one
    #[arg(long, default_value = "100ms", value_parser = hosted::duration)]
    backoff: Duration,
    /// The longest time before a restart. A program that ran for longer begins with the first one again
    #[arg(long, default_value = "10s", value_parser = hosted::duration)]
    backoff_max: Duration,
    /// Give up a program after so many restarts in a row; the exit status is then 1
    #[arg(long)]
    restarts: Option<u32>,
    /// The time that programs have to end, before SIGKILL
    #[arg(long, default_value = "5s", value_parser = hosted::duration)]
    grace: Duration,
}

#[derive(Clone)]
struct Words {
    text: String,
    program: String,
    arguments: Vec<String>,
}

fn words(text: &str) -> Result<Words, &'static str> {
    let mut words = VecDeque::from(shlex::split(text).ok_or("a quotation mark is missing")?);
    let program = words.pop_front().ok_or("it is empty")?;
    Ok(Words { text: text.to_owned(), program, arguments: words.into() })
}

/// The tokens in the set. Those of the program number n are 2n (its end) and 2n + 1 (its next start).
const SIGNALS: u64 = u64::MAX;
const GRACE: u64 = u64::MAX - 1;

struct Program<'args> {
    words: &'args Words,
    running: Option<PidFd>,
    /// Armed while the program waits for its next start.
    next_start: TimerFd,
    waits: bool,
    started: Duration,
    backoff: Duration,
    restarts: u32,
}

struct Supervisor<'args> {
    args: &'args Args,
    epoll: Epoll,
    /// The signals that were blocked at the start. A child would inherit those that are blocked now.
    mask: SigSet,
    programs: Vec<Program<'args>>,
    stops: bool,
    failed: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    hosted::run(|| supervise(&args))
}

fn supervise(args: &Args) -> Result<ExitCode> {
    let set = SigSet::from_signals(&[Signal::TERM, Signal::INT, Signal::HUP]);
    let mask = set.thread_block()?;
    let signals = SignalFd::nonblocking(&set).context("the signals")?;
    let grace = TimerFd::nonblocking(Clock::Monotonic).context("a timer")?;
    let epoll = Epoll::new().context("epoll")?;
    epoll.add(&signals, EpollFlags::IN, SIGNALS)?;
    epoll.add(&grace, EpollFlags::IN, GRACE)?;
    let mut supervisor = Supervisor { args, epoll, mask, programs: Vec::new(), stops: false, failed: false };
    for (index, words) in args.programs.iter().enumerate() {
        let next_start = TimerFd::nonblocking(Clock::Monotonic).context("a timer")?;
        supervisor.epoll.add(&next_start, EpollFlags::IN, index as u64 * 2 + 1)?;
        supervisor.programs.push(Program {
            words,
            running: None,
            next_start,
            waits: false,
            started: Duration::ZERO,
            backoff: args.backoff,
            restarts: 0,
        });
    }
    let done = supervisor.serve(&signals, &grace);
    if done.is_err() {
        // Nobody would look after them.
        supervisor.signal_all(Signal::TERM)?;
    }
    done?;
    Ok(if supervisor.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Supervisor<'_> {
    /// Returns when no program runs or waits any more.
    fn serve(&mut self, signals: &SignalFd, grace: &TimerFd) -> Result<()> {
        for index in 0..self.programs.len() {
            self.start(index)?;
        }

        let mut events = [EpollEvent::default(); 16];
        while self.programs.iter().any(|program| program.waits || program.running.is_some()) {
            let ready = self.epoll.wait(&mut events, None)?;
            for token in ready.iter().map(EpollEvent::token) {
                match token {
                    SIGNALS => {
                        while let Some(info) = signals.take()? {
                            hosted::say(format_args!("{}: all programs end\n", info.signal()))?;
                            self.stop()?;
                            grace.arm_after(self.args.grace)?;
                        }
                    }
                    GRACE => {
                        if grace.take()?.is_some() {
                            self.signal_all(Signal::KILL)?;
                        }
                    }
                    token if token % 2 == 0 => self.ended(token as usize / 2)?,
                    token => {
                        let program = &mut self.programs[token as usize / 2];
                        if program.next_start.take()?.is_some() {
                            program.waits = false;
                            self.start(token as usize / 2)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn start(&mut self, index: usize) -> Result<()> {
        let program = &mut self.programs[index];
        program.started = Clock::Monotonic.now()?;
        let text = &program.words.text;
        let mut command = Command::new(&program.words.program);
        command.args(&program.words.arguments);
        let mask = self.mask;
        // SAFETY: the function makes one system call, and allocates nothing.
        unsafe { command.pre_exec(move || Ok(mask.thread_set_mask().map(drop)?)) };
        match command.spawn() {
            Ok(child) => {
                // This program alone reaps the child, so the id is still the child's.
                let process = PidFd::open(child.id()).context("the child's descriptor")?;
                self.epoll.add(&process, EpollFlags::IN, index as u64 * 2)?;
                program.running = Some(process);
                hosted::say(format_args!("{text}: process {}\n", child.id()))
            }
            Err(error) => {
                hosted::say(format_args!("{text}: {error}\n"))?;
                self.again(index)
            }
        }
    }

    fn ended(&mut self, index: usize) -> Result<()> {
        let program = &mut self.programs[index];
        let Some(process) = &program.running else { return Ok(()) };
        let Some(status) = process.take()? else { return Ok(()) };
        self.epoll.delete(process)?;
        program.running = None;
        hosted::say(format_args!("{}: {status}\n", program.words.text))?;
        if self.stops { Ok(()) } else { self.again(index) }
    }

    fn again(&mut self, index: usize) -> Result<()> {
        let program = &mut self.programs[index];
        if Clock::Monotonic.now()?.saturating_sub(program.started) > self.args.backoff_max {
            (program.backoff, program.restarts) = (self.args.backoff, 0);
        }
        if self.args.restarts == Some(program.restarts) {
            self.failed = true;
            return hosted::say(format_args!("{}: given up\n", program.words.text));
        }
        program.restarts += 1;
        program.next_start.arm_after(program.backoff)?;
        program.waits = true;
        program.backoff = program.backoff.saturating_mul(2).min(self.args.backoff_max);
        Ok(())
    }

    fn stop(&mut self) -> Result<()> {
        self.stops = true;
        for program in &mut self.programs {
            program.next_start.disarm()?;
            program.waits = false;
        }
        self.signal_all(Signal::TERM)
    }

    fn signal_all(&self, signal: Signal) -> Result<()> {
        for process in self.programs.iter().filter_map(|program| program.running.as_ref()) {
            match process.send_signal(signal) {
                // It has ended, and its event is on the way.
                Ok(()) | Err(barefd::Errno::SRCH) => {}
                Err(errno) => return Err(errno).context("a signal to a program"),
            }
        }
        Ok(())
    }
}
