//! The targets that programs are built for beyond the host's, and how each is linked and run.

/// A target, by rustc's name.
pub struct Target {
    pub triple: &'static str,
    /// QEMU's name of its processor, as in `qemu-aarch64-static`; why it cannot be run, otherwise.
    pub qemu: Result<&'static str, &'static str>,
    /// Flags for rustc, in addition to those of every target.
    pub flags: &'static str,
    /// A linker of GNU's where LLVM's cannot link for the target, and Debian's package of it.
    pub linker: Option<(&'static str, &'static str)>,
}

const fn runs(triple: &'static str, qemu: &'static str) -> Target {
    Target { triple, qemu: Ok(qemu), flags: "", linker: None }
}

const fn not_run(triple: &'static str, why: &'static str) -> Target {
    Target { triple, qemu: Err(why), flags: "", linker: None }
}

pub const TARGETS: [Target; 37] = [
    runs("x86_64-unknown-linux-gnu", "x86_64"),
    runs("i686-unknown-linux-gnu", "i386"),
    runs("i586-unknown-linux-gnu", "i386"),
    runs("aarch64-unknown-linux-gnu", "aarch64"),
    runs("aarch64_be-unknown-linux-gnu", "aarch64_be"),
    runs("armv4t-unknown-linux-gnueabi", "arm"),
    runs("armv5te-unknown-linux-gnueabi", "arm"),
    runs("arm-unknown-linux-gnueabi", "arm"),
    runs("armv7-unknown-linux-gnueabihf", "arm"),
    runs("armeb-unknown-linux-gnueabi", "armeb"),
    runs("thumbv7neon-unknown-linux-gnueabihf", "arm"),
    runs("riscv64gc-unknown-linux-gnu", "riscv64"),
    runs("riscv32gc-unknown-linux-gnu", "riscv32"),
    // QEMU 7.2 has no LSX, which the target uses unless told not to.
    Target { flags: "-Ctarget-feature=-lsx,-lasx", ..runs("loongarch64-unknown-linux-gnu", "loongarch64") },
    runs("s390x-unknown-linux-gnu", "s390x"),
    runs("powerpc-unknown-linux-gnu", "ppc"),
    // lld links ELFv1 wrongly, and reports no error.
    Target {
        linker: Some(("powerpc64-linux-gnu-ld", "binutils-powerpc64-linux-gnu")),
        ..runs("powerpc64-unknown-linux-gnu", "ppc64")
    },
    runs("powerpc64-unknown-linux-musl", "ppc64"),
    runs("powerpc64le-unknown-linux-gnu", "ppc64le"),
    runs("mips-unknown-linux-gnu", "mips"),
    runs("mipsel-unknown-linux-gnu", "mipsel"),
    runs("mips64-unknown-linux-gnuabi64", "mips64"),
    runs("mips64el-unknown-linux-gnuabi64", "mips64el"),
    runs("mipsisa32r6-unknown-linux-gnu", "mips"),
    runs("mipsisa32r6el-unknown-linux-gnu", "mipsel"),
    runs("mipsisa64r6-unknown-linux-gnuabi64", "mips64"),
    runs("mipsisa64r6el-unknown-linux-gnuabi64", "mips64el"),
    Target {
        // rustc marks the object that names the symbols of libraries as of no architecture.
        flags: "-Clink-arg=-melf32_sparc -Clink-arg=--accept-unknown-input-arch",
        linker: Some(("sparc64-linux-gnu-ld", "binutils-sparc64-linux-gnu")),
        ..runs("sparc-unknown-linux-gnu", "sparc32plus")
    },
    runs("sparc64-unknown-linux-gnu", "sparc64"),
    runs("hexagon-unknown-linux-musl", "hexagon"),
    not_run("x86_64-unknown-linux-gnux32", "neither QEMU's user mode nor Debian's kernels have the x32 ABI"),
    not_run("aarch64-unknown-linux-gnu_ilp32", "the ABI is not in Linux, and has no table"),
    not_run("riscv64a23-unknown-linux-gnu", "QEMU 7.2 lacks instructions of RVA23"),
    not_run("mips64-unknown-linux-gnuabin32", "n32 is no target of rustc's"),
    not_run("m68k-unknown-linux-gnu", "LLVM 22 moves data between a comparison and its branch, which loses the flags"),
    not_run("csky-unknown-linux-gnuabiv2", "no QEMU and no linker for csky v2 in Debian"),
    not_run("wasm32-wali-linux-musl", "no Linux ABI of its own, and no table"),
];

impl Target {
    pub fn find(triple: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.triple == triple)
    }

    /// Whether the inline assembly of its architecture needs the feature `nightly`.
    pub fn is_nightly(&self) -> bool {
        ["mips", "sparc", "hexagon", "m68k", "csky"].iter().any(|arch| self.triple.starts_with(arch))
    }
}
