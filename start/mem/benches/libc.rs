//! `cargo bench -p barefd-mem`: compares these functions with those of the libc that the program is linked with, in one
//! run. Each pair of measurements gives a ratio, and the table has the medians. With `--profile dev` nothing is
//! optimized.

use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::time::Instant;

/// The largest length that is measured.
const LARGEST: usize = 1 << 16;

/// Lengths below 64 bytes are measured too, but do not count for the highest ratio.
const LENGTHS: [usize; 16] =
    [1, 7, 15, 16, 31, 64, 65, 100, 128, 256, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, LARGEST];
const COUNTS_FROM: usize = 64;

/// The distances of the two regions from the beginning of a page.
const OFFSETS: [(usize, usize); 4] = [(0, 0), (5, 0), (0, 3), (7, 9)];

/// The distance between a source and a destination that overlap.
const OVERLAP: usize = 24;

const ROUNDS: usize = 101;

type Copy = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> *mut c_void;
type Set = unsafe extern "C" fn(*mut c_void, c_int, usize) -> *mut c_void;
type Compare = unsafe extern "C" fn(*const c_void, *const c_void, usize) -> c_int;

#[derive(Clone, Copy)]
enum Function {
    Copy(Copy),
    /// To a destination that begins inside the source.
    Overlap(Copy),
    Set(Set),
    Compare(Compare),
}

use Function::{Compare as Comparing, Copy as Copying, Overlap as Overlapping, Set as Setting};

#[repr(align(4096))]
struct Memory([u8; LARGEST + 4096]);

fn main() {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let mut fields = cpu.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(key, _)| key.trim_end() == name).map_or("?", |(_, value)| value.trim()).to_owned()
    };
    println!("{}, family {}, model {}", field("model name"), field("cpu family"), field("model"));
    println!("{:<18}{:>6}{:>9}{:>10}{:>10}{:>7}", "", "bytes", "offsets", "ours, ns", "libc, ns", "ratio");

    let functions = [
        ("memcpy", Copying(barefd_mem::memcpy), Copying(libc::memcpy)),
        ("memmove", Copying(barefd_mem::memmove), Copying(libc::memmove)),
        ("memmove, overlap", Overlapping(barefd_mem::memmove), Overlapping(libc::memmove)),
        ("memset", Setting(barefd_mem::memset), Setting(libc::memset)),
        ("memcmp", Comparing(barefd_mem::memcmp), Comparing(libc::memcmp)),
    ];
    let (mut one, mut other) = (Box::new(Memory([1; LARGEST + 4096])), Box::new(Memory([1; LARGEST + 4096])));
    let mut highest = Vec::new();
    for (name, ours, libc) in functions {
        let mut ratios = Vec::new();
        for (to, from) in OFFSETS {
            for len in LENGTHS {
                let regions = (one.0[to..].as_mut_ptr().cast(), other.0[from..].as_mut_ptr().cast());
                let [ours, libc, ratio] = medians(ours, libc, regions, len);
                println!("{name:<18}{len:>6}{:>9}{ours:>10.1}{libc:>10.1}{ratio:>7.2}", format!("{to}, {from}"));
                if len >= COUNTS_FROM {
                    ratios.push(ratio);
                }
            }
        }
        highest.push((name, ratios.into_iter().fold(0.0, f64::max)));
    }
    println!("\nThe highest ratio from {COUNTS_FROM} bytes on:");
    for (name, ratio) in highest {
        println!("{name:<18}{ratio:>7.2}");
    }
}

/// The nanoseconds per call of each, and their ratio.
fn medians(ours: Function, libc: Function, regions: (*mut c_void, *mut c_void), len: usize) -> [f64; 3] {
    let calls = 1_000_000 / (len + 64);
    let (mut first, mut second, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (ours, libc) = (time(ours, regions, len, calls), time(libc, regions, len, calls));
        first.push(ours);
        second.push(libc);
        ratios.push(ours / libc);
    }
    [first, second, ratios].map(|mut values| {
        values.sort_by(f64::total_cmp);
        values[ROUNDS / 2]
    })
}

fn time(function: Function, (to, from): (*mut c_void, *mut c_void), len: usize, calls: usize) -> f64 {
    let inside = from.wrapping_byte_add(OVERLAP);
    let function = black_box(function);
    let mut left = calls;
    let start = Instant::now();
    // SAFETY: each region is inside one of the two arrays, which nothing else refers to meanwhile.
    unsafe {
        // Loops without iterators: if nothing is optimized, an iterator takes longer than a call.
        match function {
            Copying(copy) => {
                while left > 0 {
                    copy(to, from, len);
                    left -= 1;
                }
            }
            Overlapping(copy) => {
                while left > 0 {
                    copy(inside, from, len);
                    left -= 1;
                }
            }
            Setting(set) => {
                while left > 0 {
                    set(to, 1, len);
                    left -= 1;
                }
            }
            Comparing(compare) => {
                while left > 0 {
                    compare(to, from, len);
                    left -= 1;
                }
            }
        }
    }
    start.elapsed().as_nanos() as f64 / calls as f64
}
