//! The keys that exist. The TOML file uses the name; the environment uses `ONBOARDING_` and the name in capitals.

/// What every environment variable of the service begins with.
pub const PREFIX: &str = "ONBOARDING_";

/// A key may be this far (Jaro-Winkler, 0 to 1) from a known one and still be offered as "did you mean".
const LIKENESS: f64 = 0.75;

/// Every key that the file and the environment may set.
pub const KEYS: [&str; 45] = [
    "admin_listen",
    "allowed_origins",
    "catalogue_file",
    "checkpoint_interval",
    "cleartext",
    "data_dir",
    "directory_token_file",
    "dkim_key_file",
    "dkim_selector",
    "epoch_horizon",
    "epoch_rotation",
    "erasure_wait",
    "flow",
    "limits",
    "listen",
    "log_format",
    "log_origin",
    "log_witnesses",
    "mail_from",
    "mail_unknown_retry",
    "master_key_file",
    "nats_bin",
    "nats_system_url",
    "nats_url",
    "operator_token_file",
    "password_policy",
    "postgres_bin_dir",
    "postgres_url",
    "public_url",
    "recherche_url",
    "retention_file",
    "sirene_key",
    "sirene_url",
    "smtp_command_timeout",
    "smtp_hello",
    "smtp_password",
    "smtp_password_file",
    "smtp_url",
    "smtp_user",
    "trusted_proxies",
    "webhook_deliveries_kept",
    "webhook_first_retry",
    "webhook_give_up_after",
    "webhook_longest_retry",
    "webhook_timeout",
];

/// Whether the key exists.
pub fn is_known(key: &str) -> bool {
    KEYS.contains(&key)
}

/// The known key most like the one given, when one is like it at all.
pub fn nearest(key: &str) -> Option<&'static str> {
    KEYS.into_iter()
        .map(|known| (strsim::jaro_winkler(known, key), known))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known)
}

/// The environment variable of a key.
pub fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_understood() {
        assert_eq!(nearest("lisen"), Some("listen"));
        assert_eq!(nearest("postgress_url"), Some("postgres_url"));
        assert_eq!(nearest("zzz"), None);
    }
}
