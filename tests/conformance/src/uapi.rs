//! The numbers and structs of the system calls that barefd does not wrap. They come from `linux-raw-sys`.
//! `linux-raw-sys` does not compile for hexagon, so the few that are needed are here, from `scripts/syscall.tbl` and
//! `include/uapi/asm-generic/`.

#[cfg(not(target_arch = "hexagon"))]
pub use linux_raw_sys::general::*;

#[cfg(target_arch = "hexagon")]
pub use hexagon::*;

#[cfg(target_arch = "hexagon")]
#[allow(non_camel_case_types, non_upper_case_globals, reason = "the kernel's names")]
mod hexagon {
    use core::ffi::{c_int, c_ulong, c_void};

    pub const __NR_io_setup: u32 = 0;
    pub const __NR_io_destroy: u32 = 1;
    pub const __NR_io_submit: u32 = 2;
    pub const __NR_dup: u32 = 23;
    pub const __NR_dup3: u32 = 24;
    pub const __NR_fcntl64: u32 = 25;
    pub const __NR_ftruncate64: u32 = 46;
    pub const __NR_pipe2: u32 = 59;
    pub const __NR_llseek: u32 = 62;
    pub const __NR_readv: u32 = 65;
    pub const __NR_writev: u32 = 66;
    pub const __NR_pread64: u32 = 67;
    pub const __NR_pwrite64: u32 = 68;
    pub const __NR_readlinkat: u32 = 78;
    pub const __NR_fsync: u32 = 82;
    pub const __NR_capget: u32 = 90;
    pub const __NR_capset: u32 = 91;
    pub const __NR_sched_yield: u32 = 124;
    pub const __NR_tgkill: u32 = 131;
    pub const __NR_setuid: u32 = 146;
    pub const __NR_uname: u32 = 160;
    pub const __NR_prctl: u32 = 167;
    pub const __NR_getpid: u32 = 172;
    pub const __NR_getuid: u32 = 174;
    pub const __NR_gettid: u32 = 178;
    pub const __NR_socket: u32 = 198;
    pub const __NR_socketpair: u32 = 199;
    pub const __NR_rt_tgsigqueueinfo: u32 = 240;
    pub const __NR_prlimit64: u32 = 261;
    pub const __NR_memfd_create: u32 = 279;
    pub const __NR_preadv2: u32 = 286;
    pub const __NR_clock_settime64: u32 = 404;
    pub const __NR_clock_adjtime64: u32 = 405;

    pub const O_RDWR: u32 = 2;
    pub const O_APPEND: u32 = 0x400;
    pub const O_NONBLOCK: u32 = 0x800;
    pub const O_CLOEXEC: u32 = 0x80000;
    pub const O_PATH: u32 = 0x20_0000;
    pub const MFD_CLOEXEC: u32 = 1;
    pub const AT_FDCWD: i32 = -100;
    pub const F_GETFD: u32 = 1;
    pub const FD_CLOEXEC: u32 = 1;
    pub const RWF_NOWAIT: u32 = 8;
    pub const SIG_BLOCK: u32 = 0;
    pub const POLLOUT: u32 = 4;
    pub const CAP_WAKE_ALARM: u32 = 35;
    pub const _LINUX_CAPABILITY_VERSION_3: u32 = 0x2008_0522;

    #[repr(C)]
    pub struct iovec {
        pub iov_base: *mut c_void,
        pub iov_len: c_ulong,
    }

    #[repr(C)]
    pub struct __user_cap_header_struct {
        pub version: u32,
        pub pid: c_int,
    }

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct __user_cap_data_struct {
        pub effective: u32,
        pub permitted: u32,
        pub inheritable: u32,
    }
}
