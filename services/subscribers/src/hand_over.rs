//! Handing parcels over to a subscriber's own stream: in one chain, each naming the sequence before it.
//!
//! A ticket is the sequence that its message must get. Whatever goes wrong, a rival, a lost answer, a stream that is not
//! where it was, makes the chain break there and nothing after it is stored; how far it came is the stream's last
//! sequence. No wait for the disk a message, and no batch to assemble on the server.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, context::PublishErrorKind};

use crate::message::Parcel;
use crate::own_stream::subject;
use crate::{SubscriberError, SubscriberName};

/// How long the answers may take altogether. Longer means that NATS is away; what was stored is looked up afterwards.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Publishes these parcels. Their tickets follow one another.
pub(crate) async fn hand_over(
    context: &jetstream::Context,
    name: &SubscriberName,
    parcels: &[Parcel],
) -> Result<(), SubscriberError> {
    let failed = |error: async_nats::jetstream::context::PublishError| match error.kind() {
        PublishErrorKind::WrongLastSequence => SubscriberError::Moved(name.clone()),
        _ => SubscriberError::bus("handing over", error),
    };
    let publish = async {
        let mut answers = Vec::with_capacity(parcels.len());
        for parcel in parcels {
            let mut headers = HeaderMap::new();
            for (header, value) in &parcel.headers {
                headers.insert(*header, value.as_str());
            }
            let message = PublishMessage::build()
                .headers(headers)
                .payload(parcel.body.clone())
                .message_id(&parcel.message_id)
                .expected_last_sequence(parcel.due.ticket - 1);
            let answer = context
                .send_publish(subject(name, parcel.due.registration), message)
                .await
                .map_err(failed)?;
            answers.push((parcel.due.ticket, answer));
        }
        for (ticket, answer) in answers {
            let stored = answer.await.map_err(failed)?;
            if stored.duplicate || stored.sequence != ticket {
                return Err(SubscriberError::Moved(name.clone()));
            }
        }
        Ok(())
    };
    tokio::time::timeout(TIMEOUT, publish)
        .await
        .map_err(|_| SubscriberError::bus("handing over", "no answer in time"))?
}
