//! Who may use the console: named people with a role and a secret of their own, and their sessions.
//!
//! Secrets are drawn here and shown once, 256 random bits, so that nobody chooses a weak one and a plain SHA-256 keeps
//! them. A session ends after eight hours, or half an hour without a page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rand::Rng;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use store::ActingAs;

/// The longest session, in hours.
const SESSION_HOURS: i32 = 8;
/// The longest pause within a session, in minutes.
const PAUSE_MINUTES: i32 = 30;

/// What a member of staff is there for; it decides which pages they may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Checks that the history is whole, and who looked.
    Auditor,
    /// Keeps the service running.
    Operator,
    /// Answers for people's rights: erasures, holds, who looked.
    PrivacyOfficer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Auditor, Self::Operator, Self::PrivacyOfficer];

    /// Its name in tables and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auditor => "auditor",
            Self::Operator => "operator",
            Self::PrivacyOfficer => "privacy_officer",
        }
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Who is signed in, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Why they signed in, in their words.
    pub purpose: String,
}

impl Member {
    /// As the access log names them.
    pub fn actor(&self) -> ActingAs {
        ActingAs::staff(&self.name, self.role.name())
    }
}

/// A member of staff as listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Listed {
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: String,
    /// Since when.
    pub added_at: DateTime<Utc>,
    /// Since when no longer.
    pub removed_at: Option<DateTime<Utc>>,
}

/// Why somebody cannot be added or let in.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The name is none.
    #[error(
        "a name has 2 to 40 characters: a letter, then letters, digits, dots, dashes (all in lower case)"
    )]
    Name,
    /// Somebody has this name, or had it: the access log names them.
    #[error("this name is or was somebody else's; the access log names them, so take another")]
    Taken,
    /// PostgreSQL is away.
    #[error("the database does not answer")]
    Database(#[from] sqlx::Error),
}

/// The table of staff.
#[derive(Clone, Debug)]
pub struct Staff {
    pool: PgPool,
}

impl Staff {
    /// Staff as this database knows them.
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Adds somebody and answers with their secret, which is shown this once.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn add(&self, name: &str, role: Role) -> Result<String, StaffError> {
        if !is_name(name) {
            return Err(StaffError::Name);
        }
        let secret = drawn();
        let added = sqlx::query(
            "INSERT INTO console.staff (name, role, secret_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(name)
        .bind(role.name())
        .bind(&digest(&secret)[..])
        .execute(&self.pool)
        .await?;
        match added.rows_affected() {
            0 => Err(StaffError::Taken),
            _ => Ok(secret),
        }
    }

    /// Gives somebody another secret and ends their sessions. None when nobody of this name may sign in.
    ///
    /// # Errors
    /// [`StaffError::Database`].
    pub async fn renew(&self, name: &str) -> Result<Option<String>, StaffError> {
        let secret = drawn();
        let mut transaction = database::begin(&self.pool).await?;
        let renewed =
            sqlx::query("UPDATE console.staff SET secret_hash = $2 WHERE name = $1 AND removed_at IS NULL")
                .bind(name)
                .bind(&digest(&secret)[..])
                .execute(&mut *transaction)
                .await?;
        sqlx::query("DELETE FROM console.sessions WHERE name = $1")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok((renewed.rows_affected() > 0).then_some(secret))
    }

    /// Everybody, also those who are no longer there.
    ///
    /// # Errors
    /// [`StaffError::Database`].
    pub async fn list(&self) -> Result<Vec<Listed>, StaffError> {
        Ok(
            sqlx::query_as("SELECT name, role, added_at, removed_at FROM console.staff ORDER BY name")
                .fetch_all(&self.pool)
                .await?,
        )
    }

    /// Lets somebody in no more and ends their sessions at once. False when nobody has this name.
    ///
    /// # Errors
    /// [`StaffError::Database`].
    pub async fn remove(&self, name: &str) -> Result<bool, StaffError> {
        let mut transaction = database::begin(&self.pool).await?;
        let removed = sqlx::query(
            "UPDATE console.staff SET removed_at = coalesce(removed_at, clock_timestamp()) WHERE name = $1",
        )
        .bind(name)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM console.sessions WHERE name = $1")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(removed.rows_affected() > 0)
    }

    /// Who has this name and this secret. None for a wrong one, as for a name that nobody has.
    ///
    /// # Errors
    /// [`StaffError::Database`].
    pub async fn recognise(&self, name: &str, secret: &str) -> Result<Option<Role>, StaffError> {
        let role: Option<String> = sqlx::query_scalar(
            "SELECT role FROM console.staff WHERE name = $1 AND secret_hash = $2 AND removed_at IS NULL",
        )
        .bind(name)
        .bind(&digest(secret)[..])
        .fetch_optional(&self.pool)
        .await?;
        Ok(role.and_then(|it| Role::named(&it)))
    }

    /// Opens a session and answers with its token.
    ///
    /// # Errors
    /// [`StaffError::Database`].
    pub async fn open(&self, member: &Member) -> Result<String, StaffError> {
        let token = drawn();
        sqlx::query("DELETE FROM console.sessions WHERE expires_at < clock_timestamp()")
            .execute(&self.pool)
            .await?;
        sqlx::query(
            "INSERT INTO console.sessions (token_hash, name, role, purpose, expires_at)
             VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(hours => $5))",
        )
        .bind(&digest(&token)[..])
        .bind(&member.name)
        .bind(member.role.name())
        .bind(&member.purpose)
        .bind(SESSION_HOURS)
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    /// Whose session this token opens, if it is good now. A page seen prolongs it.
    ///
    /// # Errors
    /// [`StaffError::Database`].
    pub async fn member(&self, token: &str) -> Result<Option<Member>, StaffError> {
        let found: Option<(String, String, String)> = sqlx::query_as(
            "UPDATE console.sessions SET used_at = clock_timestamp()
              WHERE token_hash = $1 AND expires_at > clock_timestamp()
                AND used_at > clock_timestamp() - make_interval(mins => $2)
             RETURNING name, role, purpose",
        )
        .bind(&digest(token)[..])
        .bind(PAUSE_MINUTES)
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.and_then(|(name, role, purpose)| {
            Some(Member {
                name,
                role: Role::named(&role)?,
                purpose,
            })
        }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StaffError::Database`].
    pub async fn close(&self, token: &str) -> Result<(), StaffError> {
        sqlx::query("DELETE FROM console.sessions WHERE token_hash = $1")
            .bind(&digest(token)[..])
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    (2..=40).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}

/// 256 random bits in Base64url.
fn drawn() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_written_in_a_log() {
        assert!(is_name("jane.d") && is_name("al"));
        for bad in ["", "j", "Jane", "9lives", "jane doe", "jane@x"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
