//! Signals by number and name, and sets of them.

use barefd::{SigSet, Signal};

use crate::Outcome;

/// Signals are numbered from 1 to this.
const LAST: u32 = 8 * size_of::<SigSet>() as u32;

fn all() -> impl Iterator<Item = Signal> {
    (1..=LAST).filter_map(Signal::from_raw)
}

pub fn a_signal_is_one_of_the_kernels_numbers() -> Outcome {
    for number in [0, LAST + 1, 255, 256, 257, u32::MAX] {
        check_eq!(Signal::from_raw(number), None);
    }
    check!(all().map(Signal::raw).eq(1..=LAST));
    Ok(())
}

pub fn a_set_holds_the_signals_that_were_put_in() -> Outcome {
    for signal in all() {
        check!(SigSet::ALL.contains(signal) && !SigSet::EMPTY.contains(signal));
        let set = SigSet::EMPTY.with(signal);
        check!(all().all(|other| set.contains(other) == (other == signal)));
        check_eq!(set.with(signal), set);
        check_eq!(set.without(signal), SigSet::EMPTY);
        let set = SigSet::ALL.without(signal);
        check!(all().all(|other| set.contains(other) == (other != signal)));
        check_eq!(set.without(signal), set);
        check_eq!(set.with(signal), SigSet::ALL);
    }
    const SET: SigSet = SigSet::from_signals(&[Signal::HUP, Signal::CHLD, Signal::HUP]);
    check_eq!(SET, SigSet::EMPTY.with(Signal::CHLD).with(Signal::HUP));
    check_eq!(SigSet::from_signals(&[]), SigSet::EMPTY);
    Ok(())
}
