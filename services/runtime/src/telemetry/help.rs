//! Every metric of the service, with the sentence that Prometheus shows beside it. Names follow its conventions: base units at
//! the end, `_total` for what only grows, `_info` for what is always 1.

use Kind::{Counter, Gauge, Histogram};
use metrics::{describe_counter, describe_gauge, describe_histogram};

/// What kind of metric it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Counts values by their size.
    Histogram,
}

/// Kind, name, and what it says.
#[rustfmt::skip]
pub const METRICS: [(Kind, &str, &str); 69] = [
    (Histogram, "onboarding_append_batch_commands", "Commands that shared a commit."),
    (Histogram, "onboarding_append_seconds", "How long an append took, from being handed over to its commit."),
    (Gauge, "onboarding_argon2_queue", "Passwords that are being hashed or wait for it."),
    (Histogram, "onboarding_argon2_wait_seconds", "How long a password waited before it was hashed."),
    (Gauge, "onboarding_build_info", "The role and version of this program; always 1."),
    (Gauge, "onboarding_checkpoint_age_seconds", "How long ago all of a log was last covered by a checkpoint."),
    (Gauge, "onboarding_checkpoint_size", "Entries that a log's checkpoint covers."),
    (Counter, "onboarding_checkpoints_signed_total", "Checkpoints signed."),
    (Counter, "onboarding_conflicts_total", "Commands decided again because somebody else was quicker."),
    (Counter, "onboarding_connections_discarded_total", "Connections to PostgreSQL closed because they came back within a transaction."),
    (Counter, "onboarding_console_sign_ins_total", "Sign-ins to the console, by outcome."),
    (Counter, "onboarding_contacts_attached_total", "Accounts attached because their address became a contact's."),
    (Counter, "onboarding_directory_messages_total", "Messages about establishments from the organisation's system, by outcome."),
    (Gauge, "onboarding_directory_parked_messages", "Messages about establishments that are not as the schema says."),
    (Counter, "onboarding_embedded_restarts_total", "Restarts of an embedded server."),
    (Counter, "onboarding_epochs_destroyed_total", "Epochs of personal keys whose key was destroyed."),
    (Gauge, "onboarding_erasure_acknowledgements_missing", "Erasures that a subscriber has yet to acknowledge."),
    (Gauge, "onboarding_erasure_acknowledgements_oldest_seconds", "How long the longest awaited acknowledgement has been awaited."),
    (Counter, "onboarding_erasures_repeated_total", "Erasures done again after a restored database had brought somebody back."),
    (Counter, "onboarding_events_appended_total", "Events appended, by their name."),
    (Counter, "onboarding_forwarded_headers_ignored_total", "Requests whose forwarding headers did not count, since no trusted proxy sent them, or they contradict each other."),
    (Gauge, "onboarding_http_connections", "Connections that are open, by listener."),
    (Counter, "onboarding_http_connections_turned_away_total", "Connections that there was no place for, by listener."),
    (Histogram, "onboarding_http_request_seconds", "How long a request took, by route and method."),
    (Counter, "onboarding_http_requests_total", "Requests answered, by route, method and status."),
    (Gauge, "onboarding_log_position", "The last position of the log."),
    (Counter, "onboarding_mail_retries_total", "Tries of a mail after its first, by letter."),
    (Histogram, "onboarding_mail_send_seconds", "How long a try to send a mail took."),
    (Counter, "onboarding_mail_troubles_total", "Tries of a mail that did not end well, by cause."),
    (Gauge, "onboarding_mails_held", "Mails that wait for their next try, by cause."),
    (Gauge, "onboarding_mails_overdue", "Mails asked for over five minutes ago with no try under way or planned."),
    (Gauge, "onboarding_mails_overdue_oldest_seconds", "How long ago the oldest overdue mail was asked for."),
    (Counter, "onboarding_mails_total", "Tries of mails, by letter and outcome."),
    (Gauge, "onboarding_mails_waiting", "Mails asked for that have no outcome yet."),
    (Gauge, "onboarding_mails_waiting_oldest_seconds", "How long ago the oldest mail without an outcome was asked for."),
    (Counter, "onboarding_nats_disconnections_total", "Connections to NATS that were lost."),
    (Counter, "onboarding_nats_slow_consumers_total", "Times that NATS dropped messages because they were read too slowly."),
    (Counter, "onboarding_outage_failures_total", "Failed tries of a loop that a server keeps from its work, by loop."),
    (Gauge, "onboarding_postgres_longest_lock_wait_seconds", "How long the longest wait for a lock of PostgreSQL has lasted."),
    (Counter, "onboarding_postgres_moves_total", "Times that the service went over to another PostgreSQL server."),
    (Gauge, "onboarding_postgres_oldest_transaction_seconds", "Age of the oldest open transaction of the service."),
    (Histogram, "onboarding_projector_batch_seconds", "How long folding a batch of events into the read models took."),
    (Counter, "onboarding_projector_events_total", "Events folded into the read models."),
    (Gauge, "onboarding_projector_lag_events", "Events of the log that the read models lack."),
    (Gauge, "onboarding_projector_position", "The last position that the read models hold."),
    (Gauge, "onboarding_projector_standstill", "1 while the projector stands still, by reason."),
    (Gauge, "onboarding_register_as_of_timestamp_seconds", "As of when the last answer of a register was true, in Unix time."),
    (Gauge, "onboarding_register_breaker_open", "1 while a register is not asked because it failed too often."),
    (Gauge, "onboarding_register_calls_left", "Calls of a register that its quota leaves for now."),
    (Counter, "onboarding_register_calls_total", "Calls of registers, by source and outcome."),
    (Histogram, "onboarding_register_seconds", "How long a register took to answer."),
    (Gauge, "onboarding_relay_lag_events", "Events of the log that the stream lacks."),
    (Gauge, "onboarding_relay_lag_seconds", "Age of the oldest event that the stream lacks."),
    (Histogram, "onboarding_relay_publish_seconds", "How long publishing a page of events took."),
    (Counter, "onboarding_relay_published_total", "Events published."),
    (Counter, "onboarding_relay_resyncs_total", "Times that the relay looked anew where the stream stands."),
    (Gauge, "onboarding_relay_standstill", "1 while the relay stands still, by reason."),
    (Counter, "onboarding_retention_erasures_total", "Erasures whose time had come."),
    (Gauge, "onboarding_signing_halted", "1 while a log is not signed, by reason."),
    (Counter, "onboarding_subscriber_handed_over_total", "Events put into a subscriber's stream."),
    (Gauge, "onboarding_subscriber_lag_events", "Events of the log that a subscriber has not acknowledged."),
    (Counter, "onboarding_subscriber_logins_refused_total", "Logins of subscribers to NATS that were refused."),
    (Gauge, "onboarding_subscriber_oldest_seconds", "Age of the oldest event that a subscriber has not acknowledged."),
    (Gauge, "onboarding_subscriber_parked", "Registrations of a subscriber that are parked."),
    (Counter, "onboarding_subscriber_streams_filled_anew_total", "Streams of subscribers that were lost and filled anew."),
    (Gauge, "onboarding_subscriber_under_way", "Events that are under way to a subscriber."),
    (Counter, "onboarding_subscriber_unheard_total", "Events that left a subscriber's stream without a word, and were handed over again."),
    (Counter, "onboarding_webhook_calls_total", "Calls of webhooks, by outcome."),
    (Gauge, "onboarding_webhook_failures_in_a_row", "Calls of a subscriber's webhook that failed since the last that did not."),
];

/// Gives each metric its sentence.
pub(super) fn describe() {
    for (kind, name, says) in METRICS {
        match kind {
            Counter => describe_counter!(name, says),
            Gauge => describe_gauge!(name, says),
            Histogram => describe_histogram!(name, says),
        }
    }
}
