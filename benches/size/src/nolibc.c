// The program in C, with the kernel's nolibc. That has no functions for these descriptors: it makes the system calls.

static long or_exit(long result)
{
	if (result < 0)
		exit(1);
	return result;
}

int main(void)
{
	const int flags = 02004000; // close-on-exec, non-blocking
	const struct { long interval[2], value[2]; } spec = { { 0, 5000000 }, { 0, 5000000 } };
	int timer = or_exit(my_syscall2(__NR_timerfd_create, 1, flags));
	int event = or_exit(my_syscall2(__NR_eventfd2, 0, flags));
	struct pollfd fds[] = { { timer, POLLIN, 0 }, { event, POLLIN, 0 } };
	unsigned long ticks = 0, count;
	long done;

	or_exit(my_syscall4(__NR_timerfd_settime, timer, 0, &spec, 0));
	while (ticks < 5) {
		or_exit(my_syscall3(__NR_poll, fds, 2, -1));
		if (fds[0].revents & POLLIN) {
			done = my_syscall3(__NR_read, timer, &count, sizeof(count));
			if (done == sizeof(count))
				or_exit(my_syscall3(__NR_write, event, &count, sizeof(count)));
			else if (done != -EAGAIN)
				exit(1);
		}
		if (fds[1].revents & POLLIN) {
			done = my_syscall3(__NR_read, event, &count, sizeof(count));
			if (done == sizeof(count))
				ticks += count;
			else if (done != -EAGAIN)
				exit(1);
		}
	}
	my_syscall3(__NR_write, 1, "five ticks\n", 11);
	return 0;
}
