//! The features `std` and `syscalls`: how the types work with those of other crates.

#![cfg(any(feature = "std", feature = "syscalls"))]

#[cfg(feature = "std")]
mod std_types {
    use std::fs::File;
    use std::io::{self, ErrorKind, Read, Write};
    use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;

    use barefd::{Clock, Epoll, EpollEvent, EpollFlags, Errno, EventFd, PidFd, PollFd, PollFlags, Tick, TimerFd, poll};

    #[test]
    fn the_descriptor_types_are_the_standard_librarys() {
        let event = EventFd::new(0).unwrap();
        let borrowed: BorrowedFd<'_> = event.as_fd();
        let barefds: barefd::fd::BorrowedFd<'_> = borrowed;
        let fd: RawFd = barefds.as_raw_fd();
        let number: barefd::fd::RawFd = fd;
        let owned: OwnedFd = event.into();
        let barefds: barefd::fd::OwnedFd = owned;
        assert_eq!(barefds.as_raw_fd(), number);
    }

    #[test]
    fn code_that_is_generic_over_the_standard_librarys_traits_takes_both_types() {
        fn number<D: AsFd + AsRawFd + IntoRawFd + FromRawFd + From<OwnedFd> + Into<OwnedFd>>(descriptor: D) -> RawFd {
            let clone = descriptor.as_fd().try_clone_to_owned().unwrap();
            assert_ne!(clone.as_raw_fd(), descriptor.as_raw_fd());
            // SAFETY: the owner has just given the number away.
            unsafe { D::from_raw_fd(descriptor.into_raw_fd()) }.as_raw_fd()
        }
        number(EventFd::new(0).unwrap());
        number(TimerFd::new(Clock::Monotonic).unwrap());
        number(Epoll::new().unwrap());
        number(PidFd::open(std::process::id()).unwrap());
    }

    #[test]
    fn a_set_takes_what_the_standard_library_owns_and_lends() {
        let epoll = Epoll::new().unwrap();
        let event = Arc::new(EventFd::new(1).unwrap());
        let (reader, mut writer) = UnixStream::pair().unwrap();
        epoll.add(&event, EpollFlags::IN, 1).unwrap();
        epoll.add(&reader, EpollFlags::IN, 2).unwrap();
        epoll.add(&writer.as_fd(), EpollFlags::IN, 3).unwrap();
        writer.write_all(b"x").unwrap();
        let mut events = [EpollEvent::default(); 4];
        let mut tokens: Vec<_> = epoll.wait(&mut events, None).unwrap().iter().map(EpollEvent::token).collect();
        tokens.sort();
        assert_eq!(tokens, [1, 2]);
        let file = io::Error::from(epoll.add(&File::open("/").unwrap(), EpollFlags::IN, 4).unwrap_err());
        assert_eq!(file.kind(), ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_file_of_the_standard_library_reads_and_writes_the_counter() {
        let event = EventFd::new(3).unwrap();
        let fd = event.as_raw_fd();
        let mut file = File::from(OwnedFd::from(event));
        assert_eq!(file.as_raw_fd(), fd);
        let mut count = [0; 8];
        file.read_exact(&mut count).unwrap();
        assert_eq!(u64::from_ne_bytes(count), 3);
        file.write_all(&5_u64.to_ne_bytes()).unwrap();
        let event = EventFd::from(OwnedFd::from(file));
        assert_eq!((event.as_raw_fd(), event.read()), (fd, Ok(5)));
    }

    #[test]
    fn poll_takes_what_the_standard_library_lends() {
        let event = Arc::new(EventFd::new(1).unwrap());
        let (reader, mut writer) = UnixStream::pair().unwrap();
        writer.write_all(b"x").unwrap();
        let mut fds = [PollFd::new(&event, PollFlags::IN), PollFd::new(&reader, PollFlags::IN)];
        assert_eq!(poll(&mut fds, None), Ok(2));
        assert!(fds.iter().all(PollFd::is_readable));
    }

    #[test]
    fn an_io_error_keeps_the_number_and_has_the_kind_that_the_standard_library_gives_it() {
        for (errno, number, kind) in [
            (Errno::AGAIN, libc::EAGAIN, ErrorKind::WouldBlock),
            (Errno::INTR, libc::EINTR, ErrorKind::Interrupted),
            (Errno::INVAL, libc::EINVAL, ErrorKind::InvalidInput),
            (Errno::PERM, libc::EPERM, ErrorKind::PermissionDenied),
            (Errno::NOENT, libc::ENOENT, ErrorKind::NotFound),
            (Errno::PIPE, libc::EPIPE, ErrorKind::BrokenPipe),
            (Errno::NOMEM, libc::ENOMEM, ErrorKind::OutOfMemory),
            (Errno::TIMEDOUT, libc::ETIMEDOUT, ErrorKind::TimedOut),
            (Errno::NOSYS, libc::ENOSYS, ErrorKind::Unsupported),
        ] {
            let error = io::Error::from(errno);
            assert_eq!((error.raw_os_error(), error.kind()), (Some(number), kind));
        }
        for number in 1..=4095 {
            let errno = Errno::from_raw_os_error(number).unwrap();
            assert_eq!(io::Error::from(errno).raw_os_error(), Some(number));
        }
    }

    #[test]
    fn the_question_mark_turns_an_errno_into_an_io_error() {
        fn read() -> io::Result<u64> {
            Ok(EventFd::nonblocking(0)?.read()?)
        }
        fn wait() -> io::Result<Tick> {
            let timer = TimerFd::new(Clock::Monotonic)?;
            timer.arm_at(std::time::Duration::ZERO)?;
            Ok(timer.wait()?)
        }
        assert_eq!(read().unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(matches!(wait().unwrap(), Tick::Expired(expirations) if expirations.get() == 1));
    }
}

#[cfg(feature = "syscalls")]
mod syscalls_errno {
    use barefd::Errno;

    #[test]
    fn each_number_survives_the_way_there_and_back() {
        for number in 1..=4095 {
            let errno = Errno::from_raw_os_error(number).unwrap();
            let theirs = syscalls::Errno::from(errno);
            assert_eq!(theirs.into_raw(), number);
            assert_eq!(Errno::try_from(theirs), Ok(errno));
        }
    }

    #[test]
    fn the_names_mean_the_same() {
        assert_eq!(syscalls::Errno::from(Errno::AGAIN), syscalls::Errno::EAGAIN);
        assert_eq!(syscalls::Errno::from(Errno::CANCELED), syscalls::Errno::ECANCELED);
        assert_eq!(Errno::try_from(syscalls::Errno::EOVERFLOW), Ok(Errno::OVERFLOW));
    }

    #[test]
    fn a_number_that_the_kernel_cannot_return_is_handed_back() {
        for number in [0, -1, 4096, 1 << 16, (1 << 16) + 11, i32::MAX, i32::MIN] {
            let theirs = syscalls::Errno::new(number);
            assert_eq!(Errno::try_from(theirs), Err(theirs));
        }
    }
}
