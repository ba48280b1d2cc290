//! The configuration as the console shows it: of a secret only that it is set, of a URL that holds a password only its servers.

use std::time::Duration;

use chrono::TimeDelta;
use console::{Setting, SettingValue};
use runtime::postgres::Servers;
use runtime::{Config, Limits, Secret};

/// Every key that tells an operator something, in the order of `onboarding.example.toml`.
pub fn of(config: &Config) -> Vec<Setting> {
    let postgres = config.postgres_url.as_ref().map(servers_of);
    let mail = &config.mail;
    let webhooks = &config.webhooks;
    let limits = match config.limits {
        Limits::On => "on",
        Limits::Off => "off",
    };
    let words: Vec<&str> = config.cleartext.iter().map(|it| it.word()).collect();
    let cleartext = (!words.is_empty()).then(|| words.join(","));
    let trusted = Some(&config.trusted_proxies).filter(|it| !it.is_empty());
    vec![
        shown("listen", config.listen),
        shown("admin_listen", config.admin_listen),
        shown("public_url", &config.public_url),
        optional("cleartext", cleartext),
        optional("trusted_proxies", trusted),
        shown("data_dir", config.data_dir.display()),
        optional("postgres_url", postgres),
        secret("nats_url", config.nats_url.as_ref()),
        secret("nats_system_url", config.nats_system_url.as_ref()),
        shown("master_key_file", config.master_key_file.display()),
        optional("smtp_url", config.smtp_url.as_ref().map(relay_of)),
        optional("mail_from", config.mail_from.as_ref()),
        optional("smtp_user", mail.user.as_ref().map(|_| "…")),
        optional(
            "dkim_key_file",
            mail.dkim_key_file.as_ref().map(|it| it.display()),
        ),
        shown("dkim_selector", &mail.dkim_selector),
        optional("sirene_url", config.sirene_url.as_ref()),
        secret("sirene_key", config.sirene_key.as_ref()),
        optional("recherche_url", config.recherche_url.as_ref()),
        shown("flow", format!("{:?}", config.flow).to_lowercase()),
        shown("password_policy", config.password_policy.code()),
        shown("limits", limits),
        optional(
            "catalogue_file",
            config.catalogue_file.as_ref().map(|it| it.display()),
        ),
        optional(
            "retention_file",
            config.retention_file.as_ref().map(|it| it.display()),
        ),
        shown("erasure_wait", span(config.erasure_wait)),
        shown("epoch_rotation", span(config.epoch_rotation)),
        shown("epoch_horizon", span(config.epoch_horizon)),
        shown("webhook_timeout", seconds(webhooks.timeout)),
        shown("webhook_first_retry", seconds(webhooks.first_retry)),
        shown("webhook_longest_retry", seconds(webhooks.longest_retry)),
        shown("webhook_give_up_after", seconds(webhooks.give_up_after)),
        shown("webhook_deliveries_kept", seconds(webhooks.deliveries_kept)),
        optional("log_origin", config.log_origin.as_ref()),
        shown("log_witnesses", config.log_witnesses.len()),
        shown("checkpoint_interval", seconds(config.checkpoint_interval)),
    ]
}

fn shown(key: &'static str, value: impl ToString) -> Setting {
    optional(key, Some(value))
}

fn optional(key: &'static str, value: Option<impl ToString>) -> Setting {
    let value = value.map_or(SettingValue::Unset, |it| SettingValue::Shown(it.to_string()));
    Setting { key, value }
}

fn secret(key: &'static str, value: Option<&Secret>) -> Setting {
    let value = match value {
        Some(_) => SettingValue::Secret,
        None => SettingValue::Unset,
    };
    Setting { key, value }
}

fn servers_of(url: &Secret) -> String {
    url.expose()
        .parse::<Servers>()
        .map_or_else(|_| "…".to_owned(), |it| it.to_string())
}

/// Scheme, host and port.
fn relay_of(url: &Secret) -> String {
    let Some((scheme, rest)) = url.expose().split_once("://") else {
        return "…".to_owned();
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}")
}

fn seconds(duration: Duration) -> String {
    span(TimeDelta::from_std(duration).unwrap_or_default())
}

/// In the largest unit that takes it whole: `2s`, `7d`, as the configuration writes it.
fn span(span: TimeDelta) -> String {
    let seconds = span.num_seconds();
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let whole = |(length, _): &&(i64, &str)| seconds > 0 && seconds % length == 0;
    units.iter().find(whole).map_or_else(
        || format!("{seconds}s"),
        |(length, unit)| format!("{}{unit}", seconds / length),
    )
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    #[test]
    fn no_secret_is_shown() {
        let set = [
            ("ONBOARDING_POSTGRES_URL", "postgres://u:hush@h1,h2:5433/db"),
            ("ONBOARDING_NATS_URL", "nats://u:hush@bus:4222"),
            ("ONBOARDING_CLEARTEXT", "postgres,nats"),
            ("ONBOARDING_SMTP_URL", "smtps://u:hush@relay.exemple.fr:465"),
            ("ONBOARDING_SIRENE_URL", "https://api.insee.fr/api-sirene/3.11"),
            ("ONBOARDING_SIRENE_KEY", "hush"),
        ];
        let variables = set.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let settings = of(&Config::from_sources(None, variables.into_iter()).unwrap());
        let told = format!("{settings:?}");
        assert!(!told.contains("hush"), "{told}");
        for shown in ["h1:5432, h2:5433", "smtps://relay.exemple.fr:465", "7d", "2s"] {
            assert!(told.contains(shown), "{shown}: {told}");
        }
    }
}
