//! Recognising a request that is made again: by its key, and by a digest of its content.

use domain::values::RegistrationId;
use store::NewCommand;
use uuid::Uuid;

use crate::execute::answer_again;
use crate::{Ask, Denied, Idempotency, Onboarding, Outcome};

/// An answer that is no registration's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortAnswer {
    /// The HTTP status.
    pub status: u16,
    /// A word of the answer, where it has one.
    pub word: Option<String>,
    /// True when it is an earlier answer, given again.
    pub replayed: bool,
}

impl ShortAnswer {
    /// A status alone.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            word: None,
            replayed: false,
        }
    }

    /// A status and a word.
    pub fn with_word(status: u16, word: &str) -> Self {
        Self {
            word: Some(word.to_owned()),
            ..Self::new(status)
        }
    }
}

impl Onboarding {
    /// What makes a repeated request harmless.
    ///
    /// `principal` says whose key it is (a registration, an account, a link), `method` and `route` what it was used
    /// for, `key` what the client chose. `content` is what was sent, the password left out: everything is digested
    /// under a secret, and only the digests are stored.
    pub fn idempotency(
        &self,
        principal: &str,
        method: &str,
        route: &str,
        key: &str,
        content: &[&[u8]],
    ) -> Idempotency {
        let keyring = &self.ground.keyring;
        Idempotency {
            command_id: keyring.command_id(principal, method, route, key),
            request_hash: keyring.request_hash(content),
        }
    }

    /// Does once what changes no registration, and gives the same answer to the same key. Work that was done and whose answer
    /// was not kept is done again: it has to bear that.
    ///
    /// # Errors
    /// [`Denied::IdempotencyKeyReused`] when the key came with another content; those of the work, which are not kept.
    pub async fn once(
        &self,
        ask: &Ask,
        work: impl Future<Output = Result<ShortAnswer, Denied>> + Send,
    ) -> Result<ShortAnswer, Denied> {
        let Some(key) = &ask.idempotency else {
            return work.await;
        };
        let store = &self.ground.store;
        match store.answer(key.command_id).await? {
            Some(kept) if kept.request_hash != key.request_hash => Err(Denied::IdempotencyKeyReused),
            Some(kept) => Ok(ShortAnswer {
                status: kept.status,
                word: kept.code,
                replayed: true,
            }),
            None => {
                let answer = work.await?;
                let kept = NewCommand {
                    id: key.command_id,
                    request_hash: key.request_hash,
                    status: answer.status,
                    code: answer.word.clone(),
                };
                store.keep_answer(&kept).await?;
                Ok(answer)
            }
        }
    }

    /// The answer about a registration that this request got before, for whoever can no longer say who they are.
    ///
    /// # Errors
    /// [`Denied::IdempotencyKeyReused`] when the key came with another content.
    pub async fn answered(&self, ask: &Ask) -> Result<Option<Outcome>, Denied> {
        let Some(key) = &ask.idempotency else {
            return Ok(None);
        };
        let nobody = RegistrationId(Uuid::nil());
        let loaded = self.ground.store.load(nobody, Some(key.command_id)).await?;
        match loaded.command {
            Some(record) => answer_again(&self.ground, &record, ask).await,
            None => Ok(None),
        }
    }
}
