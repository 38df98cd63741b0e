//! What the tables in `examples/init/arch/` say.

use super::table::Names;

pub const NAMES: Names = Names {
    calls: &[
        ["getpid", ""],
        ["setsid", ""],
        ["clone", ""],
        ["execve", ""],
        ["wait4", ""],
        ["kill", ""],
        ["rt_sigaction", ""],
        ["rt_sigsuspend", ""],
        ["openat", ""],
        ["mkdirat", ""],
        ["dup3", ""],
        ["mount", ""],
        ["umount2", ""],
        ["sync", ""],
        ["reboot", ""],
    ],
    together: &[],
    consts: &["TIOCSCTTY", "TCSBRK"],
    errnos: &[],
};
