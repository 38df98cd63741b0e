//! The auxiliary vector: what the kernel gives a program besides its arguments and its environment.

use core::ffi::{CStr, c_char};
use core::{fmt, ptr};

use crate::Args;

/// The types of entries: `AT_…`, the same on every ABI unless the documentation says otherwise
/// (`include/uapi/linux/auxvec.h`).
pub mod at {
    macro_rules! types {
        ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
            $($(#[$doc])* pub const $name: usize = $value;)*
        };
    }

    types! {
        /// The end of the vector. [`Auxv`](super::Auxv) does not give it.
        NULL = 0;
        /// The address of the program headers.
        PHDR = 3;
        /// The size of a program header, in bytes.
        PHENT = 4;
        /// The number of program headers.
        PHNUM = 5;
        /// The size of a page, in bytes.
        PAGESZ = 6;
        /// The address at which an interpreter is loaded. Zero in a static program.
        BASE = 7;
        /// The address of the program's first instruction.
        ENTRY = 9;
        /// The real user id.
        UID = 11;
        /// The effective user id.
        EUID = 12;
        /// The real group id.
        GID = 13;
        /// The effective group id.
        EGID = 14;
        /// The address of a string: the platform, such as `x86_64`.
        PLATFORM = 15;
        /// Features of the processor, one bit each; the bits are those of the architecture.
        HWCAP = 16;
        /// Clock ticks per second, as `times` counts them.
        CLKTCK = 17;
        /// Not zero if the kernel started the program with more rights than its caller has.
        SECURE = 23;
        /// The address of a string: the real platform, if it differs from `PLATFORM`.
        BASE_PLATFORM = 24;
        /// The address of 16 random bytes.
        RANDOM = 25;
        /// More features of the processor.
        HWCAP2 = 26;
        /// The size of `struct rseq` that the kernel knows, in bytes. Since Linux 6.3.
        RSEQ_FEATURE_SIZE = 27;
        /// The alignment of `struct rseq`, in bytes. Since Linux 6.3.
        RSEQ_ALIGN = 28;
        /// More features of the processor. Since Linux 6.9.
        HWCAP3 = 29;
        /// More features of the processor. Since Linux 6.9.
        HWCAP4 = 30;
        /// The address of a string: the path that was executed.
        EXECFN = 31;
        /// The entry point for system calls. Only on 32-bit x86.
        SYSINFO = 32;
        /// The address of the vDSO, an ELF image.
        SYSINFO_EHDR = 33;
        /// The smallest stack for a signal handler, in bytes.
        MINSIGSTKSZ = 51;
    }
}

/// The entries of the auxiliary vector, in the kernel's order: pairs of a type ([`at`]) and a value.
#[derive(Clone, Copy)]
pub struct Auxv {
    next: *const [usize; 2],
}

impl Auxv {
    /// # Safety
    ///
    /// `next` must point to the auxiliary vector that the kernel put on the stack.
    #[inline]
    unsafe fn new(next: *const [usize; 2]) -> Self {
        Self { next }
    }
}

/// The entries that are left, as a map from types to values.
impl fmt::Debug for Auxv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(*self).finish()
    }
}

impl Iterator for Auxv {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<(usize, usize)> {
        // SAFETY: `next` points into the vector, which ends with an entry of the type AT_NULL, and never goes beyond
        // that entry.
        unsafe {
            let [kind, value] = *self.next;
            if kind == at::NULL {
                return None;
            }
            self.next = self.next.add(1);
            Some((kind, value))
        }
    }
}

/// The auxiliary vector ([`getauxval(3)`](https://man7.org/linux/man-pages/man3/getauxval.3.html)).
///
/// These methods make no system call. The kernel writes the vector when it executes the program, and nothing changes it
/// later. Each call searches the environment and the vector. So keep a value that you need often.
impl Args {
    /// All entries, as pairs of a type and a value.
    #[doc(alias("AT_NULL", "auxiliary vector"))]
    #[must_use]
    pub fn auxv(self) -> Auxv {
        let mut env = self.env();
        while env.next().is_some() {}
        // SAFETY: the vector stands behind the null that ends the environment (`fs/binfmt_elf.c`).
        unsafe { Auxv::new(env.next.add(1).cast()) }
    }

    /// The value of the first entry of a type from [`at`], or `None` if there is no such entry.
    ///
    /// A value can be an address. The typed methods below read what stands there.
    #[doc(alias("getauxval"))]
    #[must_use]
    pub fn aux(self, kind: usize) -> Option<usize> {
        self.auxv().find(|entry| entry.0 == kind).map(|entry| entry.1)
    }

    /// 16 random bytes, different each time a program is executed. Since Linux 2.6.29.
    ///
    /// Other code in the process can read them too. A C library takes its stack guard from them.
    #[doc(alias("AT_RANDOM"))]
    #[must_use]
    pub fn random(self) -> Option<&'static [u8; 16]> {
        let bytes = ptr::with_exposed_provenance::<[u8; 16]>(self.aux(at::RANDOM)?);
        // SAFETY: null, or the address of 16 bytes. They stay there as long as the program runs.
        unsafe { bytes.as_ref() }
    }

    /// The size of a page, in bytes: 4096, or more on some architectures.
    #[doc(alias("AT_PAGESZ", "getpagesize"))]
    #[must_use]
    pub fn page_size(self) -> Option<usize> {
        self.aux(at::PAGESZ)
    }

    /// The processor's features, one bit each. The bits are those of the architecture
    /// (`arch/*/include/uapi/asm/hwcap.h`). 0 if the vector has no such entry.
    #[doc(alias("AT_HWCAP"))]
    #[must_use]
    pub fn hwcap(self) -> usize {
        self.aux(at::HWCAP).unwrap_or(0)
    }

    /// More features of the processor, like [`hwcap`](Self::hwcap). 0 if the vector has no such entry. Since Linux
    /// 3.10.
    #[doc(alias("AT_HWCAP2"))]
    #[must_use]
    pub fn hwcap2(self) -> usize {
        self.aux(at::HWCAP2).unwrap_or(0)
    }

    /// More features of the processor, like [`hwcap`](Self::hwcap). 0 if the vector has no such entry. Since Linux 6.9.
    #[doc(alias("AT_HWCAP3"))]
    #[must_use]
    pub fn hwcap3(self) -> usize {
        self.aux(at::HWCAP3).unwrap_or(0)
    }

    /// The clock ticks per second. `times` and `/proc` count in these ticks. The value is usually 100.
    #[doc(alias("AT_CLKTCK", "_SC_CLK_TCK"))]
    #[must_use]
    pub fn clock_ticks(self) -> Option<usize> {
        self.aux(at::CLKTCK)
    }

    /// The real user id at the time when the program was executed. The next three methods give the ids of that time
    /// too.
    #[doc(alias("AT_UID", "getuid"))]
    #[must_use]
    pub fn uid(self) -> Option<u32> {
        self.id(at::UID)
    }

    /// The effective user id.
    #[doc(alias("AT_EUID", "geteuid"))]
    #[must_use]
    pub fn euid(self) -> Option<u32> {
        self.id(at::EUID)
    }

    /// The real group id.
    #[doc(alias("AT_GID", "getgid"))]
    #[must_use]
    pub fn gid(self) -> Option<u32> {
        self.id(at::GID)
    }

    /// The effective group id.
    #[doc(alias("AT_EGID", "getegid"))]
    #[must_use]
    pub fn egid(self) -> Option<u32> {
        self.id(at::EGID)
    }

    fn id(self, kind: usize) -> Option<u32> {
        self.aux(kind).map(|id| id as u32)
    }

    /// Whether the program has more rights than its caller, by a set-user-id or set-group-id bit or by file
    /// capabilities. Such a program should not trust its environment. Also `true` if the vector has no such entry.
    /// Since Linux 2.6.0.
    #[doc(alias("AT_SECURE", "secure_getenv"))]
    #[must_use]
    pub fn secure(self) -> bool {
        self.aux(at::SECURE) != Some(0)
    }

    /// The path that was given to `execve`, or `/dev/fd/N` for `fexecve`. Since Linux 2.6.27.
    #[doc(alias("AT_EXECFN"))]
    #[must_use]
    pub fn execfn(self) -> Option<&'static CStr> {
        self.string(at::EXECFN)
    }

    /// The platform, such as `x86_64`, `v8l` or `POWER9`. `None` on an architecture without this entry.
    #[doc(alias("AT_PLATFORM"))]
    #[must_use]
    pub fn platform(self) -> Option<&'static CStr> {
        self.string(at::PLATFORM)
    }

    fn string(self, kind: usize) -> Option<&'static CStr> {
        let string = ptr::with_exposed_provenance::<c_char>(self.aux(kind)?);
        // SAFETY: the kernel put a string there that ends with a zero. It stays there as long as the program runs.
        (!string.is_null()).then(|| unsafe { CStr::from_ptr(string) })
    }

    /// The address of the vDSO, an ELF image with the symbols that `vdso(7)` lists. `None` without a vDSO: the kernel
    /// parameter `vdso=0` switches it off, and some architectures have none.
    #[doc(alias("AT_SYSINFO_EHDR", "vdso"))]
    #[must_use]
    pub fn sysinfo_ehdr(self) -> Option<*const u8> {
        self.address(at::SYSINFO_EHDR)
    }

    /// The address of `__kernel_vsyscall`, the fast entry point for system calls of 32-bit x86. `None` on every other
    /// architecture.
    #[doc(alias("AT_SYSINFO", "__kernel_vsyscall"))]
    #[must_use]
    pub fn sysinfo(self) -> Option<*const u8> {
        if cfg!(target_arch = "x86") { self.address(at::SYSINFO) } else { None }
    }

    fn address(self, kind: usize) -> Option<*const u8> {
        self.aux(kind).filter(|&address| address != 0).map(ptr::with_exposed_provenance)
    }
}
