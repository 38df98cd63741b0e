//! The kernel's own file systems.

use core::ffi::CStr;

use barefd::{Errno, Result};

use crate::console::{self, Word, say};
use crate::kernel::{self, MS_NODEV, MS_NOEXEC, MS_NOSUID};

struct Mount {
    kind: &'static CStr,
    path: &'static CStr,
    flags: usize,
}

const MOUNTS: [Mount; 3] = [
    Mount { kind: c"devtmpfs", path: c"/dev", flags: MS_NOSUID | MS_NOEXEC },
    Mount { kind: c"proc", path: c"/proc", flags: MS_NOSUID | MS_NODEV | MS_NOEXEC },
    Mount { kind: c"sysfs", path: c"/sys", flags: MS_NOSUID | MS_NODEV | MS_NOEXEC },
];

/// Which of them init must unmount.
pub struct Mounted([bool; MOUNTS.len()]);

/// Mounts each file system that is not at its place yet, and covers what else is mounted there. Then opens the console,
/// which may be below `/dev`.
pub fn mount() -> Mounted {
    let results = MOUNTS.map(|mount| mount.mount());
    console::open();
    for (mount, result) in MOUNTS.iter().zip(&results) {
        if let Err(errno) = result {
            say(format_args!("mount {}: {errno}", Word(mount.path)));
        }
    }
    Mounted(results.map(|result| result == Ok(true)))
}

impl Mount {
    /// Returns whether it is newly mounted. The kernel answers EBUSY only if the same file system is already mounted on
    /// the same mount point.
    fn mount(&self) -> Result<bool> {
        let made = kernel::mkdir(self.path);
        match (kernel::mount(self.kind, self.path, self.flags), made) {
            (Ok(()), _) => Ok(true),
            (Err(Errno::BUSY), _) => Ok(false),
            (Err(Errno::NOENT), Err(errno)) => Err(errno),
            (Err(errno), _) => Err(errno),
        }
    }
}

impl Mounted {
    /// Unmounts the last one first. Paths disappear at once. A file system with open files stays until they are closed.
    pub fn unmount(&self) {
        for (mount, &mounted) in MOUNTS.iter().zip(&self.0).rev() {
            if mounted {
                let _ = kernel::unmount(mount.path);
            }
        }
    }
}
