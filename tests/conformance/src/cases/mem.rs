//! The functions on memory that compiled code calls. The cases check those of `barefd-mem`. A program with a libc also
//! has those of its libc, and the cases do not check them.

use core::ffi::{c_char, c_int, c_void};
use core::hint::black_box;
use core::ptr;

use crate::Outcome;

/// Every length up to this is tried at every alignment. With this length, each function enters its longest loop.
const SHORT: usize = 80;

/// The alignments: no function works on more than 16 bytes at an aligned address.
const ALIGNMENTS: usize = 16;

/// The bytes on each side of a region that must not change.
const MARGIN: usize = 32;

/// Lengths beyond `SHORT`, up to this, are tried at random.
const LONG: usize = 3000;
const ROUNDS: usize = 200;

type Copy = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> *mut c_void;
type Set = unsafe extern "C" fn(*mut c_void, c_int, usize) -> *mut c_void;
type Compare = unsafe extern "C" fn(*const c_void, *const c_void, usize) -> c_int;
type Length = unsafe extern "C" fn(*const c_char) -> usize;

// The compiler knows these functions by their names, and may replace a call. So the cases call them by pointers, and
// the compiler does not know what these point to.

fn memcpy() -> Copy {
    black_box(barefd_mem::memcpy)
}

fn memmove() -> Copy {
    black_box(barefd_mem::memmove)
}

fn memset() -> Set {
    black_box(barefd_mem::memset)
}

fn memcmp() -> Compare {
    black_box(barefd_mem::memcmp)
}

fn bcmp() -> Compare {
    black_box(barefd_mem::bcmp)
}

fn strlen() -> Length {
    black_box(barefd_mem::strlen)
}

#[repr(C, align(64))]
struct Bytes<const N: usize>([u8; N]);

impl<const N: usize> Bytes<N> {
    const fn new() -> Self {
        Self([0; N])
    }

    fn fill(&mut self, start: usize, end: usize, value: impl Fn(usize) -> u8) {
        for (byte, index) in self.0.get_mut(start..end).unwrap_or_default().iter_mut().zip(start..) {
            *byte = value(index);
        }
    }

    /// The first index from `start` to `end` whose byte is not the expected one.
    fn wrong(&self, start: usize, end: usize, expected: impl Fn(usize) -> u8) -> Option<usize> {
        let Some(bytes) = self.0.get(start..end) else { return Some(N) };
        bytes.iter().zip(start..).find(|&(&byte, index)| byte != expected(index)).map(|(_, index)| index)
    }

    fn at(&self, index: usize) -> *const c_void {
        self.0.as_ptr().wrapping_add(index).cast()
    }

    fn at_mut(&mut self, index: usize) -> *mut c_void {
        self.0.as_mut_ptr().wrapping_add(index).cast()
    }
}

/// A value for each index. It differs from the values of its neighbors, and of the indices a word or a vector away.
fn source(index: usize) -> u8 {
    (index.wrapping_mul(0x9e37_79b1) >> 11) as u8
}

/// The bytes of a destination before a call. No copy from an index nearby would give the same bytes.
fn old(index: usize) -> u8 {
    source(index) ^ 0x55
}

/// The same numbers in every run.
struct Random(u32);

impl Random {
    fn up_to(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit.saturating_add(1)
    }
}

/// Copies `len` bytes between two arrays, from the index `from` to the index `to`.
fn copies<const N: usize>(copy: Copy, [a, b]: &mut [Bytes<N>; 2], to: usize, from: usize, len: usize) -> Outcome {
    let (first, end) = (to - MARGIN, to + len + MARGIN);
    b.fill(first, end, old);
    // SAFETY: both regions are inside their arrays.
    let returned = unsafe { copy(b.at_mut(to), a.at(from), len) };
    check_eq!(returned, b.at_mut(to));
    let expected = |index| if (to..to + len).contains(&index) { source(index - to + from) } else { old(index) };
    check_eq!((len, to, from, b.wrong(first, end, expected)), (len, to, from, None));
    Ok(())
}

/// Copies `len` bytes inside an array, from the index `from` to the index `to`.
fn moves<const N: usize>(bytes: &mut Bytes<N>, to: usize, from: usize, len: usize) -> Outcome {
    let (first, end) = (to.min(from) - MARGIN, to.max(from) + len + MARGIN);
    bytes.fill(first, end, source);
    // SAFETY: both regions are inside the array.
    let returned = unsafe { memmove()(bytes.at_mut(to), bytes.at(from), len) };
    check_eq!(returned, bytes.at_mut(to));
    let expected = |index| source(if (to..to + len).contains(&index) { index - to + from } else { index });
    check_eq!((len, to, from, bytes.wrong(first, end, expected)), (len, to, from, None));
    Ok(())
}

/// Sets `len` bytes from the index `to` on.
fn sets<const N: usize>(bytes: &mut Bytes<N>, to: usize, byte: c_int, len: usize) -> Outcome {
    let (first, end) = (to - MARGIN, to + len + MARGIN);
    bytes.fill(first, end, old);
    // SAFETY: the region is inside the array.
    let returned = unsafe { memset()(bytes.at_mut(to), byte, len) };
    check_eq!(returned, bytes.at_mut(to));
    let expected = |index| if (to..to + len).contains(&index) { byte as u8 } else { old(index) };
    check_eq!((len, to, byte, bytes.wrong(first, end, expected)), (len, to, byte, None));
    Ok(())
}

/// Compares `len` bytes, from the index `a` of one array and from the index `b` of the other. The bytes are equal, and
/// those around them are not.
fn compares<const N: usize>([one, other]: &mut [Bytes<N>; 2], a: usize, b: usize, len: usize) -> Outcome {
    one.fill(a - MARGIN, a + len + MARGIN, |index| source(index + MARGIN - a));
    other.fill(b - MARGIN, b + len + MARGIN, |index| old(index + MARGIN - b));
    other.fill(b, b + len, |index| source(index + MARGIN - b));
    // SAFETY: both regions are inside their arrays.
    let results = unsafe { (memcmp()(one.at(a), other.at(b), len), bcmp()(one.at(a), other.at(b), len)) };
    check_eq!((len, a, b, results), (len, a, b, (0, 0)));
    Ok(())
}

/// Compares the regions of [`compares`] again, with another byte at the offset `at`.
fn tells<const N: usize>([one, other]: &mut [Bytes<N>; 2], a: usize, b: usize, len: usize, at: usize) -> Outcome {
    let bit = 0x80 >> (at % 8);
    let Some(byte) = other.0.get_mut(b + at) else { return Ok(()) };
    *byte ^= bit;
    // The array that has the bit has the greater byte.
    let sign = if *byte & bit == 0 { 1 } else { -1 };
    let (first, second) = (one.at(a), other.at(b));
    // SAFETY: both regions are inside their arrays.
    let (forth, back, differ) =
        unsafe { (memcmp()(first, second, len), memcmp()(second, first, len), bcmp()(first, second, len)) };
    let results = (forth.signum(), back.signum(), differ != 0);
    check_eq!((len, a, b, at, results), (len, a, b, at, (sign, -sign, true)));
    other.fill(b + at, b + at + 1, |_| source(at + MARGIN));
    Ok(())
}

/// Large enough for every short region, with its margins, at every alignment.
const SHORT_ROOM: usize = ALIGNMENTS + SHORT + 3 * MARGIN;

/// Large enough for every long region.
const LONG_ROOM: usize = ALIGNMENTS + LONG + 3 * MARGIN;

fn two<const N: usize>() -> [Bytes<N>; 2] {
    let mut two = [Bytes::new(), Bytes::new()];
    let [a, _] = &mut two;
    a.fill(0, N, source);
    two
}

fn every_short_copy(copy: Copy) -> Outcome {
    let mut arrays = two::<SHORT_ROOM>();
    for len in 0..=SHORT {
        for to in MARGIN..MARGIN + ALIGNMENTS {
            for from in 0..ALIGNMENTS {
                copies(copy, &mut arrays, to, from, len)?;
            }
        }
    }
    Ok(())
}

fn long_copies(copy: Copy) -> Outcome {
    let mut arrays = two::<LONG_ROOM>();
    let mut random = Random(1);
    for _ in 0..ROUNDS {
        let (to, from) = (random.up_to(ALIGNMENTS), random.up_to(ALIGNMENTS));
        copies(copy, &mut arrays, MARGIN + to, from, random.up_to(LONG))?;
    }
    Ok(())
}

pub fn a_short_copy_is_exact_at_every_alignment() -> Outcome {
    every_short_copy(memcpy())
}

pub fn a_long_copy_is_exact() -> Outcome {
    long_copies(memcpy())
}

pub fn a_move_between_arrays_is_a_copy() -> Outcome {
    every_short_copy(memmove())?;
    long_copies(memmove())
}

pub fn a_short_move_is_exact_at_every_overlap() -> Outcome {
    let mut bytes = Bytes::<{ SHORT_ROOM + 2 * SHORT }>::new();
    for len in 0..=SHORT {
        for to in MARGIN + SHORT..MARGIN + SHORT + ALIGNMENTS {
            for from in to - len..=to + len {
                moves(&mut bytes, to, from, len)?;
            }
        }
    }
    Ok(())
}

pub fn a_long_move_is_exact_at_every_overlap() -> Outcome {
    let mut bytes = Bytes::<{ 2 * LONG_ROOM }>::new();
    let mut random = Random(2);
    for _ in 0..ROUNDS {
        let len = random.up_to(LONG);
        let (low, high) = (MARGIN + random.up_to(ALIGNMENTS), MARGIN + random.up_to(len));
        moves(&mut bytes, low, high, len)?;
        moves(&mut bytes, high, low, len)?;
        // Regions that are almost the same overlap inside a word.
        let near = low + random.up_to(2 * ALIGNMENTS);
        moves(&mut bytes, low, near, len)?;
        moves(&mut bytes, near, low, len)?;
    }
    Ok(())
}

pub fn a_short_set_is_exact_at_every_alignment() -> Outcome {
    let mut bytes = Bytes::<SHORT_ROOM>::new();
    // C passes an int. Only its low 8 bits count.
    for byte in [0, 0x7f, 0x80, 0xff, -2, 0x1234] {
        for len in 0..=SHORT {
            for to in MARGIN..MARGIN + ALIGNMENTS {
                sets(&mut bytes, to, byte, len)?;
            }
        }
    }
    Ok(())
}

pub fn a_long_set_is_exact() -> Outcome {
    let mut bytes = Bytes::<LONG_ROOM>::new();
    let mut random = Random(3);
    for byte in 0..ROUNDS {
        let (to, len) = (random.up_to(ALIGNMENTS), random.up_to(LONG));
        sets(&mut bytes, MARGIN + to, byte as c_int, len)?;
    }
    Ok(())
}

pub fn short_regions_compare_by_the_first_byte_that_differs() -> Outcome {
    let mut arrays = two::<SHORT_ROOM>();
    for len in 0..=SHORT {
        for a in MARGIN..MARGIN + ALIGNMENTS {
            for b in MARGIN..MARGIN + ALIGNMENTS {
                compares(&mut arrays, a, b, len)?;
                for at in 0..len {
                    tells(&mut arrays, a, b, len, at)?;
                }
            }
        }
    }
    Ok(())
}

pub fn long_regions_compare_by_the_first_byte_that_differs() -> Outcome {
    let mut arrays = two::<LONG_ROOM>();
    let mut random = Random(4);
    for _ in 0..ROUNDS {
        let (a, b, len) = (random.up_to(ALIGNMENTS), random.up_to(ALIGNMENTS), 1 + random.up_to(LONG - 1));
        let (a, b) = (MARGIN + a, MARGIN + b);
        compares(&mut arrays, a, b, len)?;
        for at in [0, random.up_to(len - 1), len - 1] {
            tells(&mut arrays, a, b, len, at)?;
        }
    }
    Ok(())
}

pub fn bytes_after_the_first_that_differs_do_not_count() -> Outcome {
    for len in 2..=SHORT {
        for at in 0..len - 1 {
            let (mut one, mut other) = (Bytes::<SHORT>::new(), Bytes::<SHORT>::new());
            // A byte compares as a number without sign. The later bytes are greater in the other array.
            one.fill(at, at + 1, |_| 0x80);
            other.fill(at, at + 1, |_| 0x7f);
            other.fill(at + 1, len, |_| 0xff);
            let (one, other) = (one.at(0), other.at(0));
            // SAFETY: both regions are inside their arrays.
            let (forth, back) = unsafe { (memcmp()(one, other, len), memcmp()(other, one, len)) };
            check_eq!((len, at, forth.signum(), back.signum()), (len, at, 1, -1));
        }
    }
    Ok(())
}

pub fn no_bytes_need_no_memory() -> Outcome {
    let (to, from) = (ptr::without_provenance_mut::<c_void>(1), ptr::without_provenance::<c_void>(3));
    // SAFETY: no byte is read or written.
    unsafe {
        check_eq!(memcpy()(to, from, 0), to);
        check_eq!(memmove()(to, from, 0), to);
        check_eq!(memset()(to, 1, 0), to);
        check_eq!(memcmp()(to, from, 0), 0);
        check_eq!(bcmp()(to, from, 0), 0);
    }
    Ok(())
}

pub fn a_string_ends_at_its_first_zero() -> Outcome {
    let mut bytes = Bytes::<LONG_ROOM>::new();
    for len in (0..=SHORT).chain([LONG]) {
        for start in 0..ALIGNMENTS {
            bytes.fill(0, start + len, |index| source(index) | 1);
            bytes.fill(start + len, start + len + 1, |_| 0);
            bytes.fill(start + len + 1, start + len + MARGIN, source);
            // SAFETY: a zero follows.
            check_eq!((start, unsafe { strlen()(bytes.at(start).cast()) }), (start, len));
        }
    }
    Ok(())
}
