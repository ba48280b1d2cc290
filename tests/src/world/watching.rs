//! What a world's feed and database tell, and waiting for it.

use super::World;
use crate::eventually::{eventually, until_equal};
use crate::feed;

impl World {
    /// Every message of the feed.
    pub async fn feed(&self) -> Vec<feed::Message> {
        feed::read(&self.nats.url()).await
    }

    /// The names of a registration's events, as the feed has them.
    pub async fn story(&self, registration: &str) -> Vec<String> {
        let feed = self.feed().await;
        let theirs = feed
            .iter()
            .filter(|message| message.registration() == registration);
        theirs.map(|message| message.name().to_owned()).collect()
    }

    /// Waits until the feed tells exactly this of a registration.
    pub async fn until_told(&self, registration: &str, story: &[&str]) {
        let expected: Vec<String> = story.iter().map(|name| (*name).to_owned()).collect();
        until_equal("the feed", expected, async || self.story(registration).await).await;
    }

    /// How many events are stored.
    pub async fn events(&self) -> u64 {
        self.count("SELECT count(*) FROM events").await
    }

    /// A number from the database.
    pub async fn count(&self, query: &str) -> u64 {
        let count: i64 = sqlx::query_scalar(query)
            .fetch_one(&self.pool)
            .await
            .expect("a number");
        count.try_into().expect("not below nought")
    }

    /// Waits until every stored event is in the feed, and every mail that was asked for, read by the mailer or not, has an
    /// outcome; then checks the feed.
    pub async fn until_settled(&self) -> Vec<feed::Message> {
        let mut still = None;
        eventually("everything stored is published, and no mail is under way", async || {
            let stored = self.events().await;
            let open = self.count("SELECT count(*) FROM mailer.ledger WHERE recorded_at IS NULL AND state <> 'withdrawn'").await;
            let published = feed::last_sequence(&self.nats.url()).await?;
            let unread = feed::unread_by_the_mailer(&self.nats.url()).await?;
            let now = (stored, published, open + unread);
            let calm = stored == published && open + unread == 0 && still == Some(now);
            still = Some(now);
            calm.then_some(())
        })
        .await;
        let feed = self.feed().await;
        feed::check(&feed);
        feed
    }

    /// Waits until so many mails with a link are recorded as sent; then as [`World::until_settled`].
    pub async fn until_mailed(&self, count: usize) -> Vec<feed::Message> {
        let sent = "SELECT count(*) FROM events WHERE event_type = 'VerificationMailSent'";
        eventually("the mails are recorded as sent", async || {
            (self.count(sent).await >= count as u64).then_some(())
        })
        .await;
        self.until_settled().await
    }

    /// Waits until the read models hold every stored event.
    pub async fn until_projected(&self) {
        let behind = "SELECT (SELECT size FROM log_head) - (SELECT min(position) FROM read.checkpoints)";
        until_equal("events that the read models lack", 0, async || {
            self.count(behind).await
        })
        .await;
    }
}
