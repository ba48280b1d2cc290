//! What can go wrong, said without any value: these texts may be logged.

use std::sync::Arc;

/// A read or a small write failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused, or did not answer.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The same, of a statement that several had asked for.
    #[error("the database failed: {0}")]
    Shared(#[source] Arc<sqlx::Error>),
    /// A stored value is not what the store writes; the text names the column.
    #[error("the database holds something that the store did not write: {0}")]
    Corrupt(&'static str),
}

/// An append was refused, or failed. Nothing of it was written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// The registration has moved on, or is not as far as the caller thought: load, decide again, append again.
    #[error("the registration is not at the expected version")]
    VersionConflict,
    /// The command has been answered already, by a twin that was quicker: load again and give its answer.
    #[error("the command has been answered already")]
    DuplicateCommand,
    /// Another registration is the account of this address.
    #[error("another registration is the account of this address")]
    AddressHasAccount,
    /// The person's key is destroyed, or the events were sealed with another key than the person's.
    #[error("the person's key is destroyed")]
    KeyDestroyed,
    /// The registration is under a legal hold: nothing of it is erased.
    #[error("the registration is under a legal hold")]
    OnHold,
    /// An attempt to rewrite what may only be added to.
    #[error("events are never rewritten")]
    AppendOnly,
    /// The events handed in do not belong together or cannot be stored; the text names the rule.
    #[error("these events cannot be appended: {0}")]
    Unfit(&'static str),
    /// The database refused for another reason, or did not answer. The append may still have been committed when the
    /// connection was lost: the next load tells.
    #[error("the database failed: {0}")]
    Database(#[source] Arc<sqlx::Error>),
}

impl AppendError {
    /// The refusal that `append_commands` names.
    pub(crate) fn named(outcome: &str) -> Self {
        match outcome {
            "version_conflict" => Self::VersionConflict,
            "duplicate_command" => Self::DuplicateCommand,
            "address_has_account" => Self::AddressHasAccount,
            "key_destroyed" => Self::KeyDestroyed,
            "on_hold" => Self::OnHold,
            _ => Self::Unfit("the database gave an outcome of another release"),
        }
    }

    /// Short and stable, for the label of a metric.
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::VersionConflict => "version_conflict",
            Self::DuplicateCommand => "duplicate_command",
            Self::AddressHasAccount => "address_has_account",
            Self::KeyDestroyed => "key_destroyed",
            Self::OnHold => "on_hold",
            Self::AppendOnly => "append_only",
            Self::Unfit(_) => "unfit",
            Self::Database(_) => "fault",
        }
    }
}

/// The append-only triggers have a SQLSTATE of their own (migration 0002).
impl From<sqlx::Error> for AppendError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|refusal| refusal.code());
        match code.as_deref() {
            Some("ES009") => Self::AppendOnly,
            _ => Self::Database(Arc::new(error)),
        }
    }
}

/// The tables could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// No connection to migrate over.
    #[error("no connection for migrating: {0}")]
    Connection(#[from] sqlx::Error),
    /// The database has migrations that this program does not know: it was made by a newer version.
    #[error("the database is of a newer version (migration {0}) than this program")]
    Newer(i64),
    /// A migration that has run was changed since.
    #[error("migration {0} is not the one that made this database")]
    Changed(i64),
    /// The login may neither make the roles nor become a member of those that another login made.
    #[error(
        "this login may not take on the roles onboarding_service and onboarding_keyring: give it CREATEROLE, or, where another \
         installation in this cluster has made them, let an administrator say once \
         `GRANT onboarding_service, onboarding_keyring TO` it (docs/runbook.md)"
    )]
    Roles(#[source] sqlx::migrate::MigrateError),
    /// A migration failed; nothing of it remains.
    #[error("migrating failed: {0}")]
    Failed(#[source] sqlx::migrate::MigrateError),
}

impl From<sqlx::migrate::MigrateError> for MigrationError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => Self::Newer(version),
            sqlx::migrate::MigrateError::VersionMismatch(version) => Self::Changed(version),
            sqlx::migrate::MigrateError::ExecuteMigration(cause, ROLES) if lacks_rights(&cause) => {
                Self::Roles(sqlx::migrate::MigrateError::ExecuteMigration(cause, ROLES))
            }
            other => Self::Failed(other),
        }
    }
}

/// The migration that makes the roles.
const ROLES: i64 = 1;

/// insufficient_privilege
fn lacks_rights(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|refusal| refusal.code());
    code.as_deref() == Some("42501")
}
