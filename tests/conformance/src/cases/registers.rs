//! Values that a program holds in registers across a trap: integers, floats, conditions, the upper halves of products
//! and the counter of a loop. There are more values than any instruction set has registers, so that no register is
//! free.
//!
//! If a trap clobbers a register that it does not name, the case for its form fails on a real kernel. QEMU's user mode
//! clobbers no register. If a trap clobbers the counter of the loop, such as ctr on powerpc, the case never ends.

use core::array;
use core::hint::black_box;

use barefd::sys::Itimerspec;
#[cfg(not(time64))]
use barefd::sys::timerfd_settime;
#[cfg(time64)]
use barefd::sys::timerfd_settime64 as timerfd_settime;
use barefd::{SetTimeFlags, trap};

use crate::kernel::{not_open, time64_kills};
use crate::uapi::__NR_sched_yield;
use crate::{Outcome, Unpassed};

const YIELD: usize = __NR_sched_yield as usize;

/// A type that is wide enough for the product of two integers.
#[cfg(target_pointer_width = "64")]
type Product = u128;
#[cfg(target_pointer_width = "32")]
type Product = u64;

const ODD: usize = 0x9e37_79b9;

macro_rules! holding {
    ($($argument:ident)*; $($int:ident)*; $($float:ident)*; $($condition:ident)*; $($product:ident)*) => {
        /// Combines all these values in a few rounds around `call`. There is one instance for each form of the trap,
        /// and the compiler puts the trap right between the values.
        #[inline(never)]
        fn holding(call: impl Fn([usize; 6]) -> isize) -> (usize, u64) {
            let (mut ints, mut floats) = (0_usize, 0_f64);
            for round in 0..black_box(9_usize) {
                // Each value exists before the call. A part of each condition and product is used before the call,
                // otherwise the compiler would compare and multiply after it. The integers come last, so that there is
                // one in each register.
                let [$($float),*] = black_box(array::from_fn(|n| (round + n) as f64));
                let [$($condition),*] = black_box(array::from_fn(|n| (round + n) % 7));
                $(
                    let $condition = $condition < 3;
                    black_box($condition);
                )*
                let [$($product),*] = black_box(array::from_fn(|n| (round + n).wrapping_mul(ODD)));
                $(
                    let $product = $product as Product * ints as Product;
                    black_box($product as usize);
                )*
                let [$($argument,)* $($int),*] = black_box(array::from_fn(|n| (round + n).wrapping_mul(ODD)));

                let result = call([$($argument),*]);

                // Each step needs the step before it, and so the result of the call.
                ints ^= result as usize;
                floats += result as f64;
                $(ints = ints.rotate_left(5) ^ $argument;)*
                $(ints = ints.rotate_left(5) ^ $int;)*
                $(floats = floats * 0.5 + $float;)*
                $(ints = if $condition { ints.wrapping_mul(3) } else { ints.rotate_left(7) };)*
                if round < black_box(9) {
                    $(ints = ints.rotate_left(3) ^ ($product >> usize::BITS) as usize;)*
                }
            }
            (ints, floats.to_bits())
        }
    };
}

holding! {
    a b c d e f;
    i00 i01 i02 i03 i04 i05 i06 i07 i08 i09 i10 i11 i12 i13 i14 i15 i16 i17 i18 i19
    i20 i21 i22 i23 i24 i25 i26 i27 i28 i29 i30 i31 i32 i33 i34 i35 i36 i37 i38 i39;
    f00 f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19
    f20 f21 f22 f23 f24 f25 f26 f27 f28 f29 f30 f31 f32 f33 f34 f35 f36 f37 f38 f39;
    c00 c01 c02 c03 c04 c05 c06 c07 c08 c09;
    p00 p01 p02 p03
}

/// `call` must return 0.
#[inline(always)]
fn survive(call: impl Fn([usize; 6]) -> isize) -> Outcome {
    fn nothing(_: [usize; 6]) -> isize {
        0
    }
    check_eq!(holding(call), holding(nothing));
    Ok(())
}

pub fn survive_a_trap_without_arguments() -> Outcome {
    // SAFETY: no pointer. The system call has no arguments, and the kernel ignores these, here and below.
    survive(|_| unsafe { trap::syscall0(YIELD) })
}

pub fn survive_a_trap_with_1_argument() -> Outcome {
    // SAFETY: as above.
    survive(|[a, ..]| unsafe { trap::syscall1(YIELD, a) })
}

pub fn survive_a_trap_with_2_arguments() -> Outcome {
    // SAFETY: as above.
    survive(|[a, b, ..]| unsafe { trap::syscall2(YIELD, a, b) })
}

pub fn survive_a_trap_with_3_arguments() -> Outcome {
    // SAFETY: as above.
    survive(|[a, b, c, ..]| unsafe { trap::syscall3(YIELD, a, b, c) })
}

pub fn survive_a_trap_with_4_arguments() -> Outcome {
    // SAFETY: as above.
    survive(|[a, b, c, d, ..]| unsafe { trap::syscall4(YIELD, a, b, c, d) })
}

pub fn survive_a_trap_with_5_arguments() -> Outcome {
    // SAFETY: as above.
    survive(|[a, b, c, d, e, _]| unsafe { trap::syscall5(YIELD, a, b, c, d, e) })
}

pub fn survive_a_trap_with_6_arguments() -> Outcome {
    // SAFETY: as above.
    survive(|[a, b, c, d, e, f]| unsafe { trap::syscall6(YIELD, a, b, c, d, e, f) })
}

/// The form of `timerfd_settime` without an old value.
pub fn survive_a_trap_that_writes_no_memory() -> Outcome {
    if time64_kills() {
        return Err(Unpassed::NotApplicable("a filter kills at the call"));
    }
    let new = Itimerspec::default();
    survive(|_| timerfd_settime(not_open(), SetTimeFlags::empty(), &new, None).is_ok().into())
}
