//! Where each webhook is called, and by which key its calls are signed.

use chrono::{DateTime, Utc};
use keyring::Keyring;
use rand::TryRngCore;
use serde::Serialize;
use sqlx::{PgPool, Row};
use url::Url;
use zeroize::Zeroizing;

use super::address::is_private_literal;
use super::signature::{self, KEY_LENGTH};
use crate::{Kind, NewSubscriber, Registry, Subscriber, SubscriberError, SubscriberName, SubscriberSecret};

/// How many hours calls are signed with the key before a rotation too.
pub const FORMER_KEY_HOURS: i32 = 24;
/// Longest URL.
const URL_LENGTH_MAX: usize = 2_000;

/// An endpoint, without its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// What is called.
    pub url: String,
    /// Whether addresses of private networks, and plain http, are allowed.
    pub allow_private: bool,
    /// When the endpoint said that it is gone; its subscriber is paused until it is resumed.
    pub gone_at: Option<DateTime<Utc>>,
}

/// The keys of a webhook's signatures.
pub(super) type Keys = Vec<Zeroizing<Vec<u8>>>;

/// A subscriber that was just added, with what is told once.
pub struct NewWebhook {
    /// The subscriber.
    pub subscriber: Subscriber,
    /// Its credential for HTTP.
    pub secret: SubscriberSecret,
    /// The key of its signatures, `whsec_…`.
    pub signing_key: Zeroizing<String>,
}

/// The endpoints of all webhooks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Endpoints {
    pool: PgPool,
    keyring: Keyring,
}

impl Endpoints {
    /// The endpoints in this database, their keys opened by this keyring.
    pub fn new(pool: PgPool, keyring: Keyring) -> Self {
        Self { pool, keyring }
    }

    /// Adds a subscriber that is called at this URL.
    ///
    /// # Errors
    /// What [`Registry::add`] refuses; a URL that cannot be called.
    pub async fn add(
        &self,
        asked: &NewSubscriber,
        url: &str,
        allow_private: bool,
    ) -> Result<NewWebhook, SubscriberError> {
        let url = checked(url, allow_private)?;
        let (key, sealed) = self.new_key(&asked.name)?;
        let asked = NewSubscriber {
            kind: Kind::Webhook,
            ..asked.clone()
        };
        let mut transaction = database::begin(&self.pool).await?;
        let (subscriber, secret) = Registry::insert(&mut transaction, &asked).await?;
        sqlx::query(
            "INSERT INTO feed.webhooks (subscriber, url, sealed_key, allow_private) VALUES ($1, $2, $3, $4)",
        )
        .bind(asked.name.as_str())
        .bind(url.as_str())
        .bind(sealed)
        .bind(allow_private)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(NewWebhook {
            subscriber,
            secret,
            signing_key: signature::told(&key),
        })
    }

    /// Gives a webhook another key, told here and never again. The next call is signed with it, and for a day with the one
    /// before as well; another rotation ends that.
    ///
    /// # Errors
    /// [`SubscriberError::Unknown`] for one that is not called; [`SubscriberError::Database`].
    pub async fn rotate_key(&self, name: &SubscriberName) -> Result<Zeroizing<String>, SubscriberError> {
        let (key, sealed) = self.new_key(name)?;
        let changed = sqlx::query(
            "UPDATE feed.webhooks SET sealed_key = $2, former_key = sealed_key,
                    former_until = clock_timestamp() + make_interval(hours => $3)
              WHERE subscriber = $1",
        )
        .bind(name.as_str())
        .bind(sealed)
        .bind(FORMER_KEY_HOURS)
        .execute(&self.pool)
        .await?;
        match changed.rows_affected() {
            0 => Err(SubscriberError::Unknown(name.to_string())),
            _ => Ok(signature::told(&key)),
        }
    }

    /// A key by chance, and the same sealed.
    fn new_key(&self, name: &SubscriberName) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), SubscriberError> {
        let mut key = Zeroizing::new(vec![0; KEY_LENGTH]);
        rand::rngs::OsRng
            .try_fill_bytes(&mut key)
            .map_err(|_| SubscriberError::NoRandomness)?;
        let sealed = self.keyring.seal_webhook_key(name.as_str(), &key)?;
        Ok((key, sealed))
    }

    /// The endpoint of a webhook; none for a subscriber of another kind.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn of(&self, name: &SubscriberName) -> Result<Option<Endpoint>, SubscriberError> {
        Ok(self.with_keys(name).await?.map(|(endpoint, _)| endpoint))
    }

    /// The endpoint with the keys of its signatures, the newest first.
    pub(super) async fn with_keys(
        &self,
        name: &SubscriberName,
    ) -> Result<Option<(Endpoint, Keys)>, SubscriberError> {
        let row = sqlx::query(
            "SELECT url, allow_private, gone_at,
                    ARRAY[sealed_key] || CASE WHEN former_until > clock_timestamp() THEN ARRAY[former_key] END
               FROM feed.webhooks WHERE subscriber = $1",
        )
        .bind(name.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let sealed: Vec<Vec<u8>> = row.try_get(3)?;
        let endpoint = Endpoint {
            url: row.try_get(0)?,
            allow_private: row.try_get(1)?,
            gone_at: row.try_get(2)?,
        };
        let open = |key: &Vec<u8>| self.keyring.open_webhook_key(name.as_str(), key);
        let keys = sealed.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Some((endpoint, keys)))
    }

    /// Pauses a subscriber whose endpoint says that it is gone.
    pub(super) async fn gone(&self, name: &SubscriberName) -> Result<(), SubscriberError> {
        sqlx::query(
            "WITH paused AS (UPDATE feed.subscribers SET paused_at = coalesce(paused_at, clock_timestamp()) WHERE name = $1)
             UPDATE feed.webhooks SET gone_at = clock_timestamp() WHERE subscriber = $1",
        )
        .bind(name.as_str())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Lets calls go on after a pause, at once: also those that were to wait for hours after a failure.
    ///
    /// # Errors
    /// [`SubscriberError::Unknown`], [`SubscriberError::Database`].
    pub async fn resume(&self, name: &SubscriberName) -> Result<Subscriber, SubscriberError> {
        sqlx::query("UPDATE feed.webhooks SET gone_at = NULL WHERE subscriber = $1")
            .bind(name.as_str())
            .execute(&self.pool)
            .await?;
        let subscriber = Registry::new(self.pool.clone())
            .pause(name.as_str(), false)
            .await?;
        self.try_all_again(name).await?;
        Ok(subscriber)
    }

    /// What waits for another attempt is due now: the endpoint answers again.
    pub(super) async fn try_all_again(&self, name: &SubscriberName) -> Result<(), SubscriberError> {
        sqlx::query(
            "UPDATE feed.lanes SET due_at = clock_timestamp()
              WHERE subscriber = $1 AND state = 'due' AND due_at > clock_timestamp()",
        )
        .bind(name.as_str())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// A URL that may be called: https, or also http where private addresses are allowed; without credentials or a fragment.
fn checked(text: &str, allow_private: bool) -> Result<Url, SubscriberError> {
    let refused = |why| Err(SubscriberError::Url(why));
    let Ok(url) = Url::parse(text) else {
        return refused("it is no URL");
    };
    if text.len() > URL_LENGTH_MAX {
        return refused("it is longer than 2000 characters");
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        "http" => {
            return refused(
                "it must begin with https://; http:// is for private networks, with --allow-private",
            );
        }
        _ => return refused("it must begin with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return refused("it may hold no credentials and no fragment: calls are signed");
    }
    if !allow_private && is_private_literal(&url) {
        return refused("it leads to an address of a private network, which needs --allow-private");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_that_may_be_called_are_taken() {
        assert!(checked("https://crm.example.org/hooks?tenant=4", false).is_ok());
        assert!(checked("http://10.0.0.4:8080/hooks", true).is_ok());
        for bad in [
            "crm.example.org",
            "ftp://crm.example.org/",
            "http://crm.example.org/",
            "https://user:word@crm.example.org/",
            "https://crm.example.org/#part",
            "https://127.0.0.1/",
            "https://[fd00::1]/",
        ] {
            assert!(checked(bad, false).is_err(), "{bad}");
        }
    }
}
