//! Replaces the trap of an instruction set whose inline assembly is not stable. So the build ends with a single error,
//! the one below.

compile_error!(
    "barefd needs its feature `nightly`, and a nightly compiler, on this architecture: its inline assembly is not stable"
);

macro_rules! stand_in {
    ($($name:ident($($arg:ident),*);)*) => {
        $(pub(super) unsafe fn $name(_: usize $(, $arg: usize)*) -> isize { 0 })*
    };
}

stand_in! {
    syscall0();
    syscall1(_a);
    syscall2(_a, _b);
    syscall3(_a, _b, _c);
    syscall4(_a, _b, _c, _d);
    syscall4_readonly(_a, _b, _c, _d);
    syscall5(_a, _b, _c, _d, _e);
    syscall6(_a, _b, _c, _d, _e, _f);
}
