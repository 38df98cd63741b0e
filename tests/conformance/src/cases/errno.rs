//! Error numbers.

use core::fmt::Write;

use barefd::Errno;

use crate::Outcome;
use crate::outcome::Text;

pub fn an_errno_is_1_to_4095() -> Outcome {
    for number in [i32::MIN, -4095, -1, 0, 4096, 65_536, 65_537, i32::MAX] {
        check_eq!(Errno::from_raw_os_error(number), None);
    }
    for number in 1..=4095 {
        check_eq!(Errno::from_raw_os_error(number).map(Errno::raw_os_error), Some(number));
    }
    check_eq!(Errno::from_raw_os_error(11), Some(Errno::AGAIN));
    Ok(())
}

pub fn a_result_from_minus_4095_to_minus_1_is_an_errno() -> Outcome {
    for number in 1..=4095_i32 {
        check_eq!(Errno::from_ret(-number as isize).map_err(Errno::raw_os_error), Err(number));
    }
    for ret in [0, 1, 4095, isize::MAX, isize::MIN, -4096, -65_536] {
        check_eq!(Errno::from_ret(ret), Ok(ret as usize));
    }
    Ok(())
}

pub fn an_errno_has_a_name_if_there_is_a_constant() -> Outcome {
    check_eq!(Errno::PERM.name(), Some("EPERM"));
    check_eq!(Errno::TOOBIG.name(), Some("E2BIG"));
    check_eq!(Errno::CANCELED.name(), Some("ECANCELED"));
    for number in 1..=34 {
        check!(Errno::from_raw_os_error(number).is_some_and(|errno| errno.name().is_some()));
    }
    check_eq!(Errno::from_raw_os_error(4095).map(Errno::name), Some(None));
    Ok(())
}

pub fn an_errno_shows_its_name_or_its_number() -> Outcome {
    let shown = |errno: Errno| {
        let mut text = Text::<80>::default();
        let _ = write!(text, "{errno} / {errno:?}");
        text
    };
    check_eq!(shown(Errno::AGAIN).as_str(), "EAGAIN (11): would block / Errno(EAGAIN)");
    check_eq!(Errno::from_raw_os_error(4095).map(shown).unwrap_or_default().as_str(), "errno 4095 / Errno(4095)");
    Ok(())
}

pub fn an_errno_is_an_error() -> Outcome {
    fn is_error(error: impl core::error::Error + Send + Sync + 'static) -> bool {
        error.source().is_none()
    }
    check!(is_error(Errno::INVAL));
    check_eq!(size_of::<Option<Errno>>(), size_of::<Errno>());
    Ok(())
}
