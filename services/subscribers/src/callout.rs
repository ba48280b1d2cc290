//! The answer to NATS when it asks who somebody is: auth callout, in the server's words.
//!
//! The server's configuration knows the service's own users; about everybody else it asks here, with what they presented.
//! A subscriber with its secret gets rights to fetch from its own consumer, look at it and acknowledge, and nothing else;
//! all others get a refusal. It comes into an account of its own kind ([`runtime::accounts`]), in which nothing of the service
//! can be reached but that; there its permissions tell it from other subscribers. Whoever cannot be asked, because no feed runs, does not come in.

use std::time::Duration;

use async_nats::Client;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use chrono::Utc;
use futures::{StreamExt, stream};
use runtime::CancellationToken;
use runtime::accounts::{DOMAIN, SUBSCRIBERS};
use runtime::issuer::Issuer;
use runtime::outage::Outage;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::registry::Kind;
use crate::{Registry, SubscriberError, SubscriberName};

/// Where servers ask.
const SUBJECT: &str = "$SYS.REQ.USER.AUTH";
/// Where anybody of the service may ask whether servers are answered: on [`SUBJECT`] the server lets nobody ask but itself.
const PROBE: &str = "onboarding.subscribers.callout";
/// Projectors share the questions.
const QUEUE: &str = "onboarding-callout";
/// After this a client must present its secret again, which its library does by itself. It bounds what a revocation leaves
/// open where the server could not be told to cut the connection.
const CREDENTIAL_LASTS: Duration = Duration::from_secs(3_600);
/// So many are answered at a time. More wait in the queue, and with the server.
const AT_A_TIME: usize = 16;

/// What the answering works with.
#[derive(Clone, Debug)]
pub struct CalloutSettings {
    /// Who is known.
    pub registry: Registry,
    /// The connection to NATS, as a user of the configuration's.
    pub client: Client,
    /// The key whose public half the configuration names.
    pub issuer: Issuer,
    /// Ends the answering.
    pub shutdown: CancellationToken,
}

/// Answers until `shutdown`.
pub async fn answer_callouts(settings: CalloutSettings) {
    let mut outage = Outage::of("callout");
    loop {
        let pause = tokio::select! {
            biased;
            () = settings.shutdown.cancelled() => return,
            ended = answer_all(&settings, &mut outage) => outage.failed(&ended),
        };
        tokio::select! {
            () = settings.shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Whether anybody answers NATS when it asks who a subscriber is.
pub async fn callout_answers(client: &Client) -> bool {
    client.request(PROBE, Bytes::new()).await.is_ok()
}

async fn answer_all(settings: &CalloutSettings, outage: &mut Outage) -> SubscriberError {
    let listen = |subject: &'static str| settings.client.queue_subscribe(subject, QUEUE.to_owned());
    let (questions, probes) = match tokio::try_join!(listen(SUBJECT), listen(PROBE)) {
        Ok(both) => both,
        Err(error) => return SubscriberError::bus("listening for logins", error),
    };
    outage.over();
    stream::select(questions, probes)
        .for_each_concurrent(AT_A_TIME, |question| async move {
            let Some(reply) = question.reply else { return };
            if question.subject.as_str() == PROBE {
                let _ = settings.client.publish(reply, Bytes::new()).await;
                return;
            }
            match answer(settings, &question.payload).await {
                Ok(answer) => {
                    // A server that gave up waiting refuses by itself.
                    let _ = settings.client.publish(reply, answer.into()).await;
                }
                Err(error) => tracing::error!(%error, "a login cannot be answered"),
            }
        })
        .await;
    SubscriberError::bus("listening for logins", "the subscription ended")
}

async fn answer(settings: &CalloutSettings, question: &[u8]) -> Result<String, SubscriberError> {
    let asked =
        read(question).ok_or_else(|| SubscriberError::bus("reading a login", "not of a known form"))?;
    let options = &asked.connect_opts;
    let refusal = match settings.registry.authenticate(&options.pass).await {
        Ok(Some(known)) if known.name.as_str() == options.user && known.kind == Kind::Nats => None,
        Ok(_) => Some("unknown user or wrong password"),
        Err(error) => {
            tracing::error!(%error, "a login cannot be judged and is refused");
            Some("try again later")
        }
    };
    let told = match refusal {
        None => {
            let name: SubscriberName = options.user.parse()?;
            let user = sign(&settings.issuer, user_claims(&asked.user_nkey, &name))?;
            json!({ "jwt": user })
        }
        Some(why) => {
            metrics::counter!("onboarding_subscriber_logins_refused_total").increment(1);
            json!({ "error": why })
        }
    };
    let mut nats = json!({ "type": "authorization_response", "version": 2 });
    merge(&mut nats, told);
    sign(
        &settings.issuer,
        json!({ "sub": asked.user_nkey, "aud": asked.server_id.id, "nats": nats }),
    )
}

/// What a subscriber may do.
fn user_claims(user_nkey: &str, name: &SubscriberName) -> Value {
    let expires = Utc::now() + CREDENTIAL_LASTS;
    json!({
        "sub": user_nkey,
        "aud": SUBSCRIBERS,
        "name": name,
        "exp": expires.timestamp(),
        "nats": {
            "type": "user",
            "version": 2,
            "pub": { "allow": may_publish(name) },
            "sub": { "allow": may_subscribe(name) },
            "subs": -1,
            "data": -1,
            "payload": -1,
        }
    })
}

/// The subjects that a subscriber's client publishes to: fetching, looking at its consumer, acknowledging in both forms that
/// servers use.
pub fn may_publish(name: &SubscriberName) -> Vec<String> {
    let (stream, consumer) = (name.stream(), name.consumer());
    vec![
        format!("$JS.{DOMAIN}.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"),
        format!("$JS.{DOMAIN}.API.CONSUMER.INFO.{stream}.{consumer}"),
        format!("$JS.ACK.{stream}.{consumer}.>"),
        format!("$JS.ACK.*.*.{stream}.{consumer}.>"),
    ]
}

/// The subjects that a subscriber's client listens on: its own inboxes.
pub fn may_subscribe(name: &SubscriberName) -> Vec<String> {
    vec![format!("{}.>", name.inbox_prefix())]
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Claims as a signed token of NATS.
fn sign(issuer: &Issuer, claims: Value) -> Result<String, SubscriberError> {
    let mut claims = claims;
    merge(
        &mut claims,
        json!({ "iss": issuer.public_key(), "iat": Utc::now().timestamp(), "jti": Uuid::new_v4().simple().to_string() }),
    );
    let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ed25519-nkey"}"#);
    let body = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = issuer
        .sign(body.as_bytes())
        .map_err(|error| SubscriberError::bus("signing a credential", error))?;
    Ok(format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[derive(Deserialize)]
struct Claims {
    nats: Asked,
}

/// A server's question.
#[derive(Deserialize)]
struct Asked {
    server_id: ServerId,
    user_nkey: String,
    connect_opts: ConnectOptions,
}

#[derive(Deserialize)]
struct ServerId {
    id: String,
}

/// What somebody presented.
#[derive(Deserialize)]
struct ConnectOptions {
    #[serde(default)]
    user: String,
    #[serde(default)]
    pass: String,
}

/// Reads a question. Its signature is not checked: the server asks on a subject that nobody else may publish to, and the
/// answer is worth something to that server alone.
fn read(question: &[u8]) -> Option<Asked> {
    let text = std::str::from_utf8(question).ok()?;
    let body = text.split('.').nth(1)?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
    Some(claims.nats)
}
