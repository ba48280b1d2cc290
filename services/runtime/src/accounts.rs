//! How a NATS server must keep subscribers and the directory's feed apart from the service: by accounts.
//!
//! Permissions alone do not. They hold for the subject that a client publishes to and not for the reply subject that it
//! names, and the server itself answers there: in the service's account an answer is one more message, which purges a
//! stream or forges an event. From another account the same answer comes back to that account and to nobody else.

/// The account of the service, with JetStream.
pub const SERVICE: &str = "ONBOARDING";
/// The account of those who fetch from streams of their own.
pub const SUBSCRIBERS: &str = "SUBSCRIBERS";
/// The account of the system that feeds the directory.
pub const DIRECTORY: &str = "DIRECTORY";
/// The JetStream domain that a subscriber's client names, so that its calls go to the service's account.
pub const DOMAIN: &str = "feed";

/// What the service's account lets the others reach, as a server's configuration has it.
pub fn exports() -> String {
    format!(
        "exports: [
      {{ service: \"$JS.API.CONSUMER.MSG.NEXT.*.*\", response_type: stream, accounts: [{SUBSCRIBERS}] }}
      {{ service: \"$JS.API.CONSUMER.INFO.*.*\", accounts: [{SUBSCRIBERS}] }}
      {{ service: \"$JS.ACK.>\", accounts: [{SUBSCRIBERS}] }}
      {{ service: \"crm.v1.>\", accounts: [{DIRECTORY}] }}
    ]"
    )
}

/// What an account of subscribers reaches of the service's account `service`.
pub fn subscribers_imports(service: &str) -> String {
    format!(
        "imports: [
      {{ service: {{ account: {service}, subject: \"$JS.API.CONSUMER.MSG.NEXT.*.*\" }}, to: \"$JS.{DOMAIN}.API.CONSUMER.MSG.NEXT.$1.$2\" }}
      {{ service: {{ account: {service}, subject: \"$JS.API.CONSUMER.INFO.*.*\" }}, to: \"$JS.{DOMAIN}.API.CONSUMER.INFO.$1.$2\" }}
      {{ service: {{ account: {service}, subject: \"$JS.ACK.>\" }} }}
    ]"
    )
}

/// What the directory's account reaches of the service's account `service`.
pub fn directory_imports(service: &str) -> String {
    format!("imports: [ {{ service: {{ account: {service}, subject: \"crm.v1.>\" }} }} ]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_that_is_shipped_has_the_same_accounts() {
        let shipped = include_str!("../../../deploy/nats.conf");
        let shipped: Vec<&str> = shipped.lines().map(str::trim).collect();
        for text in [
            exports(),
            subscribers_imports(SERVICE),
            directory_imports(SERVICE),
        ] {
            for line in text.lines().map(str::trim) {
                assert!(shipped.contains(&line), "deploy/nats.conf lacks: {line}");
            }
        }
        for account in [SERVICE, SUBSCRIBERS, DIRECTORY] {
            assert!(
                shipped.contains(&format!("{account} {{").as_str()),
                "deploy/nats.conf lacks the account {account}"
            );
        }
    }
}
