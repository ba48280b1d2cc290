//! A subscriber that fetches over NATS: what its client needs, and what the server must allow it.

use runtime::Secret;
use runtime::accounts::{self, DOMAIN, SUBSCRIBERS};
use serde_json::json;
use subscribers::{SubscriberName, SubscriberSecret, may_publish, may_subscribe};

use crate::ground::Ground;
use crate::terminal::{say, say_json};

/// Tells, once, the lines that a client needs, and what is left to do.
pub fn tell(
    ground: &Ground,
    name: &SubscriberName,
    secret: &SubscriberSecret,
    begins_after: Option<u64>,
    json: bool,
) -> anyhow::Result<()> {
    let url = url_for(&ground.servers.nats_url, name, secret);
    let (stream, consumer, inbox) = (name.stream(), name.consumer(), name.inbox_prefix());
    let api = &ground.config.public_url;
    let installed = permissions(ground, name);
    if json {
        say_json(&json!({
            "name": name,
            "kind": "nats",
            "begins_after": begins_after,
            "nats_url": url,
            "user": name,
            "jetstream_domain": DOMAIN,
            "stream": stream,
            "consumer": consumer,
            "inbox_prefix": inbox,
            "api_url": api,
            "secret": secret.expose(),
            "permissions_to_install": installed,
        }))?;
    } else {
        say(format_args!("FEED_NATS_URL={url}"));
        say(format_args!("FEED_NATS_USER={name}"));
        say(format_args!("FEED_NATS_PASSWORD={}", secret.expose()));
        say(format_args!("FEED_JETSTREAM_DOMAIN={DOMAIN}"));
        say(format_args!("FEED_STREAM={stream}"));
        say(format_args!("FEED_CONSUMER={consumer}"));
        say(format_args!("FEED_INBOX_PREFIX={inbox}"));
        say(format_args!("FEED_API_URL={api}"));
        if let Some(position) = begins_after {
            eprintln!("{name} receives every event after position {position}, from now on.");
        }
        eprintln!(
            "The password is shown once: keep it. It stands in FEED_NATS_URL too, for clients that read it there, and is the bearer \
             at FEED_API_URL. FEED_INBOX_PREFIX is the client's prefix of inboxes: without it, it hears no answer."
        );
    }
    if let Some(permissions) = installed {
        eprintln!(
            "This NATS server does not ask the service who subscribers are. Have its operator install:"
        );
        eprintln!("{permissions}");
    }
    Ok(())
}

/// Where the server knows users by its own configuration: what that must say. The account is the same for every subscriber.
/// The password is left out, since it has its place in a secret store.
fn permissions(ground: &Ground, name: &SubscriberName) -> Option<String> {
    if ground.servers.nats_system_url.is_some() {
        return None;
    }
    let list = |subjects: Vec<String>| {
        subjects
            .iter()
            .map(|it| format!("{it:?}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    Some(format!(
        "# In the account of this service, here called SERVICE, once:
    {exports}
# Beside it, once; its users are the subscribers:
  {SUBSCRIBERS} {{
    {imports}
    users: [
      {{ user: \"{name}\", password: \"<FEED_NATS_PASSWORD>\", permissions: {{ publish: [{}], subscribe: [{}] }} }}
    ]
  }}",
        list(may_publish(name)),
        list(may_subscribe(name)),
        exports = accounts::exports(),
        imports = accounts::subscribers_imports("SERVICE"),
    ))
}

/// The service's own address of NATS, with the subscriber's credential in place of the service's.
fn url_for(own: &Secret, name: &SubscriberName, secret: &SubscriberSecret) -> String {
    let with_credential = |one: &str| {
        let (scheme, rest) = one.trim().split_once("://").unwrap_or(("nats", one));
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        format!("{scheme}://{name}:{}@{host}", secret.expose())
    };
    own.expose()
        .split(',')
        .map(with_credential)
        .collect::<Vec<_>>()
        .join(",")
}
