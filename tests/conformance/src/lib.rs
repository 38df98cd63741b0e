#![no_std]
// A case that `each_case!` does not name is dead code.
#![deny(dead_code)]
#![allow(
    clippy::result_large_err,
    clippy::large_enum_variant,
    reason = "a failure holds its text, since nothing here allocates"
)]
//! The conformance cases of barefd. They check the kernel's behavior behind each type and call. Two runners use them.
//! `cargo test` runs each case under its own name (`tests/conformance.rs` in the root package). The binary of this
//! package runs them without libc and without the standard library, on any architecture and as PID 1.
//!
//! A case shares its process with other cases, which may run at the same time. It leaves no state behind, and assumes
//! nothing about descriptors that it does not own. The case itself handles the differences between machines. If it
//! cannot check anything, it says that it does not apply, and why.
//!
//! The cases in [`ALONE`] step the clock, close the standard streams, or change a setting of the whole machine. They
//! run only if the program is PID 1 of a virtual machine. No case checks behavior that needs a suspended machine, or a
//! kernel with another configuration:
//!
//! - a resume from suspend is a step of `CLOCK_REALTIME`, and an alarm clock ends the suspend
//! - in a time namespace, deadlines on `CLOCK_MONOTONIC` and `CLOCK_BOOTTIME` are times of the namespace
//! - a kernel without `CONFIG_COMPAT_32BIT_TIME`, or without the calls with 64-bit times; the options `--refuse-…` of
//!   the program are filters that act like them
//!
//! The hosted tests cover signal handlers, threads, `execve` and limits.

#[macro_use]
mod outcome;
mod cases;
pub mod home;
mod kernel;
#[cfg(not(target_arch = "hexagon"))]
mod oracle;
#[cfg(time32)]
pub mod seccomp;
mod uapi;

use cases::{init, machine, step};
pub use kernel::is_emulated;
pub use outcome::{Failure, Outcome, Text, Unpassed};

/// A name, `subject::what_it_proves`, and the function that proves it.
pub type Case = (&'static str, fn() -> Outcome);

/// Passes the list of all cases to `callback!`, as `subject { case case … } …`.
///
/// The list is also expanded in other packages. A condition of a case may use only the compiler's cfgs, and those that
/// the crate's build script sets.
#[macro_export]
macro_rules! each_case {
    ($callback:ident) => {
        $callback! {
            errno {
                an_errno_is_1_to_4095
                a_result_from_minus_4095_to_minus_1_is_an_errno
                an_errno_has_a_name_if_there_is_a_constant
                an_errno_shows_its_name_or_its_number
                an_errno_is_an_error
            }
            mem {
                a_short_copy_is_exact_at_every_alignment
                a_long_copy_is_exact
                a_move_between_arrays_is_a_copy
                a_short_move_is_exact_at_every_overlap
                a_long_move_is_exact_at_every_overlap
                a_short_set_is_exact_at_every_alignment
                a_long_set_is_exact
                short_regions_compare_by_the_first_byte_that_differs
                long_regions_compare_by_the_first_byte_that_differs
                bytes_after_the_first_that_differs_do_not_count
                no_bytes_need_no_memory
                a_string_ends_at_its_first_zero
            }
            trap {
                every_number_of_arguments_reaches_the_kernel
            }
            registers {
                survive_a_trap_without_arguments
                survive_a_trap_with_1_argument
                survive_a_trap_with_2_arguments
                survive_a_trap_with_3_arguments
                survive_a_trap_with_4_arguments
                survive_a_trap_with_5_arguments
                survive_a_trap_with_6_arguments
                survive_a_trap_that_writes_no_memory
            }
            clock {
                monotonic_time_never_goes_back
                now_is_the_kernels_time_to_the_nanosecond
                an_alarm_clock_reads_as_the_clock_it_is_based_on
                an_unknown_clock_is_inval
                a_deadline_is_a_time_on_the_timers_own_clock
            }
            fd {
                a_dropped_owner_closes
                close_closes
                close_of_a_number_that_is_not_open_is_badf
                the_number_survives_each_way_there_and_back
                a_borrow_neither_closes_nor_changes_the_number
                a_bare_number_is_a_number_to_the_traits_as_well
                debug_tells_the_number
                a_counter_made_of_a_counters_descriptor_is_that_counter
                a_clone_is_another_descriptor_close_on_exec_and_no_standard_stream
                clones_of_a_counter_share_the_count
                clones_of_a_timer_share_the_expirations
                clones_share_nonblocking
                nonblocking_can_be_set_and_cleared
                setting_nonblocking_keeps_the_other_flags
                a_dup_shares_the_state_and_is_not_close_on_exec
                a_number_that_is_not_open_is_badf_to_every_method
                a_descriptor_that_is_a_path_alone_is_badf_where_an_open_file_is_needed
            }
            eventfd {
                the_initial_value_is_the_first_count
                #[cfg(target_pointer_width = "64")]
                the_upper_half_of_the_initial_value_is_ignored
                an_unknown_flag_is_inval
                a_constructor_sets_what_it_says_and_close_on_exec
                a_counter_has_exactly_the_flags_it_is_given
                a_read_takes_the_whole_count
                a_semaphore_gives_one_per_read
                an_empty_counter_would_block
                a_single_read_can_be_told_not_to_wait
                wait_gives_what_is_there_blocking_or_not
                wait_waits_where_a_read_would_block
                a_short_read_is_inval_even_where_it_would_block
                a_long_read_gives_eight_bytes
                a_read_to_a_bad_address_is_fault_and_loses_the_count
                a_short_write_is_inval_and_adds_nothing
                a_long_write_adds_its_first_eight_bytes_or_nothing
                a_write_from_a_bad_address_is_fault_and_of_a_bad_size_inval
                the_largest_u64_is_inval_and_adds_nothing
                a_full_counter_takes_zero_and_no_more
                a_write_beyond_the_maximum_adds_nothing
                adding_zero_changes_nothing
                notify_adds_one
                notify_takes_a_full_counter_for_success_and_write_does_not
                the_count_is_a_native_endian_u64
                poll_tells_whether_a_read_or_a_write_would_block
                poll_takes_nothing_from_a_counter
                an_operation_of_the_kernels_adds_one
                a_counter_that_the_kernel_filled_is_an_error_to_poll
                each_way_to_read_gives_the_whole_of_what_the_kernel_filled
                not_even_zero_can_be_added_to_what_the_kernel_filled
                a_read_may_be_split_and_a_write_not
                a_counter_has_no_position
                a_counter_cannot_be_opened_anew_by_its_number
                proc_shows_the_count
                an_ioctl_sets_nonblocking_and_others_are_notty
                a_counter_has_no_length_and_nothing_to_sync
            }
            timerfd {
                timers_run_on_five_clocks_and_no_other
                an_unknown_flag_is_inval
                a_timer_has_exactly_the_flags_it_is_given
                an_alarm_clock_without_the_capability_is_perm
                a_bad_clock_or_flag_is_inval_before_the_capability_is_looked_at
                an_alarm_clock_with_the_capability_is_a_clock_like_another
                a_zero_delay_or_deadline_is_due_at_once
                a_zero_period_is_inval_and_changes_nothing
                more_than_i64_seconds_are_overflow_and_change_nothing
                a_timer_is_never_early
                one_expiration_is_all_that_a_delay_gives
                a_deadline_in_the_past_is_one_expiration
                a_period_from_the_past_on_gives_every_expiration_that_was_missed
                a_metronome_loses_no_beat_and_keeps_its_phase
                expirations_add_up_until_they_are_read
                wait_gives_the_expirations_blocking_or_not
                poll_takes_nothing_from_a_timer
                a_timer_cannot_be_written
                a_short_read_is_inval_even_where_it_would_block
                a_long_read_gives_eight_bytes
                a_read_may_be_split_on_newer_kernels
                a_read_to_a_bad_address_is_fault_and_loses_the_expirations
                a_deadline_that_no_step_canceled_is_a_fresh_one
                a_new_deadline_takes_the_place_of_the_last
                a_spec_says_what_it_is_made_of
                a_spec_is_the_kernels_struct_in_other_types
            }
            settime {
                an_unknown_flag_is_inval_and_changes_nothing
                a_field_out_of_range_is_inval_and_changes_nothing
                a_32_bit_abi_looks_at_the_low_half_of_the_nanoseconds
                errors_come_in_this_order
                a_bad_address_for_the_old_value_is_fault_and_arms_all_the_same
                a_bad_address_for_the_current_value_is_fault
                gettime_of_what_is_no_timer_is_inval
                a_new_timer_is_disarmed
                a_zero_initial_disarms_and_its_interval_is_kept
                disarm_makes_both_zero
                every_settime_discards_what_nobody_read
                replace_gives_what_get_would_have
                the_time_left_is_relative_whatever_the_timer_was_armed_with
                get_does_not_tell_of_expirations_and_takes_none
                a_periodic_timer_that_expired_shows_the_time_to_the_next
                the_old_value_of_a_periodic_timer_that_expired_is_the_time_to_the_next
                cancel_on_set_is_accepted_where_it_does_nothing
                a_timer_that_a_step_would_cancel_is_disarmed_like_another
                huge_times_end_at_the_kernels_last_nanosecond
                deadlines_past_2038_and_2106_are_exact
                times_up_to_2038_need_no_64_bits
            }
            ticks {
                a_read_takes_the_ticks_that_were_set
                ticks_replace_those_that_nobody_read
                ticks_arm_and_disarm_nothing
                no_ticks_are_inval_and_keep_those_that_nobody_read
                ticks_are_for_timers_alone
                ticks_end_a_wait
                ticks_at_a_bad_address_are_fault
                proc_shows_a_timers_clock_ticks_and_times
            }
            poll {
                poll_counts_the_entries_that_have_events
                each_poll_writes_the_events_anew
                set_events_holds_from_the_next_poll_on
                an_entry_without_a_descriptor_is_ignored
                a_number_that_is_not_open_is_nval_unasked
                a_pipe_without_a_writer_is_hup_unasked
                a_pipe_without_a_reader_is_err_unasked
                normal_data_has_flags_of_its_own
                a_zero_timeout_looks_without_waiting
                a_timeout_is_never_early
                without_entries_it_sleeps
                a_timeout_beyond_the_kernels_range_is_for_ever
                an_expiration_ends_a_poll_and_a_poll_of_two_says_whose
                what_is_ready_already_is_not_waited_for
                an_entry_shows_what_it_is_made_of
            }
            epoll {
                it_is_close_on_exec_unless_it_is_asked_not_to_be
                an_unknown_flag_is_inval
                a_descriptor_is_in_a_set_once
                modify_gives_other_events_and_another_token
                a_token_keeps_its_64_bits
                what_cannot_be_waited_for_is_perm
                a_set_takes_no_cycle_and_five_levels
                a_set_is_readable_while_it_has_an_event
                errors_and_hang_ups_come_unasked
                each_kind_of_data_has_a_flag_of_its_own
                one_shot_is_one_event_until_modify
                exclusive_is_for_some_events_and_not_for_modify
                an_exclusive_event_is_in_every_set
                wakeup_changes_no_event
                each_write_is_an_edge_also_to_a_count_that_nobody_read
                adding_zero_is_an_edge_if_there_is_a_count
                each_read_is_an_edge_to_a_writer
                modify_is_an_edge_if_there_is_an_event
                a_count_that_nobody_reads_stays_an_event_without_edges
                a_semaphore_stays_an_event_until_the_last_permit_is_taken
                each_expiration_is_an_edge
                a_periodic_timer_gives_its_next_edge_after_a_read
                expirations_that_nobody_reads_stay_an_event_without_edges
                an_expiration_is_no_event_once_the_timer_is_armed_anew
                each_signal_is_an_edge_and_one_that_is_pending_stays_an_event
                the_end_of_a_process_is_an_edge_and_stays_an_event
                more_ready_than_the_buffer_holds_have_their_turn
                a_counter_and_a_timer_end_with_their_last_descriptor
                a_closed_number_cannot_be_deleted_and_can_be_added_anew
                a_duplicate_is_a_descriptor_of_its_own
                clones_share_the_set
                signals_are_an_event_for_the_process_that_added_the_descriptor
                a_buffer_holds_at_least_one_event
                a_bad_address_is_fault
                an_unknown_operation_is_inval
                a_wait_is_never_early
                a_zero_timeout_looks_without_waiting
                a_long_timeout_ends_with_an_event
                a_deadline_of_a_timer_in_the_set_ends_a_wait
                proc_shows_what_is_in_a_set
                the_kernel_takes_a_signal_set_of_our_size_alone
                sys_waits_in_milliseconds_and_in_nanoseconds
                an_event_shows_what_it_is_made_of
                a_child_shares_the_set
                a_set_of_every_type_says_whose_event_it_is
            }
            pidfd {
                it_is_close_on_exec
                it_is_non_blocking_if_it_is_asked_to_be
                an_unknown_flag_is_inval
                a_thread_can_be_opened_on_newer_kernels
                a_number_that_is_no_process_is_inval_or_srch
                it_is_readable_once_the_process_has_ended
                take_gives_the_status_once
                wait_gives_the_status_of_a_process_that_has_ended
                wait_waits_blocking_or_not
                a_signal_ends_the_process_and_is_its_status
                a_process_that_ended_can_be_opened_and_sent_signals_until_it_is_reaped
                what_another_wait_reaped_is_no_child
                a_process_that_is_no_child_keeps_its_status
                this_process_is_not_its_own_child
                clones_are_the_same_process
                a_process_of_another_user_is_perm
                a_signal_or_a_flag_out_of_range_is_inval
                a_value_comes_with_the_signal
                a_record_must_be_of_its_signal_and_not_the_kernels
                proc_shows_the_process
                a_status_is_what_its_code_says
                the_signal_of_a_child_has_the_same_status
                waitid_waits_for_what_it_is_asked
                waitid_takes_any_child_or_one_of_a_group
                waitid_of_nothing_or_with_unknown_options_is_inval
            }
            signal {
                a_signal_is_one_of_the_kernels_numbers
                a_signal_has_a_name_if_there_is_a_constant
                a_signal_shows_its_name_or_its_number
                a_set_holds_the_signals_that_were_put_in
                sets_are_joined_and_taken_from_each_other
                a_set_has_a_bit_for_each_signal
                proc_shows_the_bits_of_a_mask
                a_mask_changes_by_a_set_and_tells_what_it_was
                every_signal_can_be_blocked_but_kill_and_stop
                a_mask_is_read_and_written_where_it_is_asked_for
                the_kernel_takes_a_mask_of_our_size_and_its_own_operations_alone
            }
            signalfd {
                an_unknown_flag_is_inval
                a_constructor_sets_what_it_says_and_close_on_exec
                it_has_exactly_the_flags_it_is_given
                the_kernel_takes_a_set_of_our_size_alone
                without_a_pending_signal_a_read_would_block
                a_signal_is_read_once_and_tells_who_sent_it
                a_signal_that_is_pending_already_is_not_queued_again
                real_time_signals_queue_in_order_with_their_values
                #[cfg(target_pointer_width = "64")]
                the_int_of_a_pointer_is_the_half_at_its_start
                a_pointer_has_the_width_and_the_value_of_the_abis_own
                the_lowest_number_comes_first
                those_to_the_thread_come_before_those_to_the_process
                a_child_tells_how_it_ended_and_one_signal_may_stand_for_several
                a_child_tells_that_it_stopped_went_on_and_was_killed
                another_set_is_read_from_then_on
                wait_gives_what_is_pending_blocking_or_not
                clones_share_the_set
                two_descriptors_give_a_signal_once
                a_short_read_is_inval_even_where_it_would_block
                a_long_read_gives_the_records_that_are_there_and_fit
                a_read_to_a_bad_address_is_fault_and_loses_the_signal
                it_cannot_be_written
                kill_and_stop_are_left_out_of_the_set
                proc_shows_the_set
                a_record_without_a_signal_is_none
                a_record_is_the_bytes_of_a_read
            }
            foreign {
                a_counter_of_another_kind_answers_and_leaves_no_descriptor
                a_timer_of_another_kind_answers_and_leaves_no_descriptor
                a_signal_descriptor_of_another_kind_answers_and_leaves_no_descriptor
                a_set_of_another_kind_answers_and_leaves_no_descriptor
                a_process_of_another_kind_answers_and_leaves_no_descriptor
                what_is_no_record_is_no_signal
            }
            sys {
                a_timeout_out_of_range_is_inval
                #[cfg(nr = "poll")]
                poll_waits_in_milliseconds
                ppoll_writes_the_time_that_is_left
                more_entries_than_the_limit_of_descriptors_are_inval
                the_kernel_takes_a_signal_set_of_our_size_alone
                a_duplicate_is_the_lowest_number_from_the_minimum_up
                openat_opens_what_exists
                a_number_that_is_not_open_is_badf_to_every_call
            }
            #[cfg(time32)]
            time32 {
                the_calls_with_64_bit_times_are_there_or_are_all_refused
                the_old_calls_arm_and_tell_the_same_timer
                the_old_calls_refuse_what_is_out_of_range
                the_old_gettime_cuts_the_seconds_to_32_bits
                the_old_ppoll_writes_the_time_that_is_left
                the_old_clock_gettime_is_the_same_time
            }
        }
    };
}

macro_rules! publish {
    ($($(#[$if:meta])? $subject:ident { $($(#[$when:meta])? $case:ident)* })*) => {
        $(
            $(#[$if])?
            pub mod $subject {
                $($(#[$when])? pub use crate::cases::$subject::$case;)*
            }
        )*
    };
}

each_case!(publish);

macro_rules! table {
    ($($(#[$if:meta])? $subject:ident { $($(#[$when:meta])? $case:ident)* })*) => {
        &[$(
            $(#[$if])?
            &[$($(#[$when])? (concat!(stringify!($subject), "::", stringify!($case)), $subject::$case as fn() -> Outcome),)*],
        )*]
    };
}

/// Every case, by subject.
pub const CASES: &[&[Case]] = each_case!(table);

/// The cases that are allowed only on a separate machine.
pub const ALONE: &[&[Case]] = table! {
    step {
        a_step_is_told_once_and_the_timer_stays_armed
        a_deadline_follows_the_step_that_it_was_told_of
        arming_after_a_step_says_so_and_arms
        an_old_value_is_not_written_after_a_step
        arming_without_the_flag_after_a_step_puts_the_telling_off
        disarming_with_the_flag_leaves_the_step_to_be_told
        disarming_without_the_flag_puts_the_telling_off
        ticks_after_a_step_are_canceled_and_one_expiration_is_left
        steps_count_from_the_making_of_a_timer
        a_step_back_takes_periodic_expirations_away
        a_step_back_does_not_take_a_single_expiration_away
        a_delay_is_not_moved_and_a_deadline_is
        a_delay_on_an_alarm_clock_is_moved_too
        other_clocks_and_delays_are_not_canceled
        a_clock_past_2038_and_2106_is_exact
        #[cfg(time32)] the_old_calls_cut_a_clock_past_2038
    }
    machine {
        more_descriptors_in_sets_than_the_limit_are_nospc
        a_status_says_whether_a_core_was_dumped
    }
    init {
        new_descriptors_take_the_numbers_of_closed_streams_and_work
        a_clone_keeps_clear_of_closed_streams
    }
};

/// The cases under a filter that answers `EPERM` to the calls with 64-bit times.
#[cfg(time32)]
pub const REFUSED: &[&[Case]] = {
    use cases::refused;

    const ALWAYS: &[Case] = &[
        ("refused::the_calls_with_64_bit_times_are_perm", refused::the_calls_with_64_bit_times_are_perm),
        ("refused::what_takes_no_time_is_not_touched", refused::what_takes_no_time_is_not_touched),
    ];
    const TIME64_FIRST: &[Case] = &[
        (
            "refused::a_timer_hands_perm_on_and_tries_nothing_else",
            refused::a_timer_hands_perm_on_and_tries_nothing_else,
        ),
        ("refused::a_poll_hands_perm_on", refused::a_poll_hands_perm_on),
        ("refused::a_wait_hands_perm_on_if_it_has_to_poll", refused::a_wait_hands_perm_on_if_it_has_to_poll),
        (
            "refused::a_wait_on_a_set_hands_perm_on_if_it_has_a_timeout",
            refused::a_wait_on_a_set_hands_perm_on_if_it_has_a_timeout,
        ),
        ("refused::a_clock_hands_perm_on", refused::a_clock_hands_perm_on),
    ];
    const TIME32_FIRST: &[Case] = &[
        ("refused::what_fits_takes_the_old_calls", refused::what_fits_takes_the_old_calls),
        ("refused::what_does_not_fit_hands_perm_on", refused::what_does_not_fit_hands_perm_on),
    ];
    &[ALWAYS, if barefd::TIME32_FIRST { TIME32_FIRST } else { TIME64_FIRST }]
};
