//! What a configuration accepts, what it refuses, and how it says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on may stop"
)]

use std::{ffi::OsString, path::Path};

use domain::values::{Flow, PolicyName};
use runtime::{Config, ConfigError, Limits};

fn read(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::from_sources(Some((Path::new("onboarding.toml"), file)), variables)
}

fn faults(file: &str, variables: &[(&str, &str)]) -> String {
    read(file, variables)
        .expect_err("the configuration was accepted")
        .to_string()
}

#[test]
fn nothing_set_means_the_documented_defaults() {
    let config = read("", &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.admin_listen.to_string(), "127.0.0.1:8081");
    assert_eq!(config.public_url, "http://127.0.0.1:8080");
    assert_eq!(config.master_key_file, Path::new(".onboarding/master.key"));
    assert_eq!(
        (config.flow, config.password_policy),
        (Flow::Guide, PolicyName::Guide)
    );
    assert_eq!(config.limits, Limits::On);
    assert!(config.postgres_url.is_none() && config.nats_url.is_none() && config.smtp_url.is_none());
}

#[test]
fn the_environment_stands_above_the_file_and_an_empty_variable_says_nothing() {
    let config = read(
        "listen = \"127.0.0.1:1\"\nflow = \"private\"\ndata_dir = \"/srv/a\"",
        &[
            ("ONBOARDING_LISTEN", "127.0.0.1:2"),
            ("ONBOARDING_FLOW", ""),
            ("PATH", "/bin"),
        ],
    )
    .unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.flow, Flow::Private);
    assert_eq!(config.master_key_file, Path::new("/srv/a/master.key"));
}

#[test]
fn a_key_of_digits_keeps_its_zeros() {
    let config = read(
        "sirene_url = \"https://register.example/v3/\"",
        &[("ONBOARDING_SIRENE_KEY", "0012345")],
    )
    .unwrap();
    assert_eq!(config.sirene_key.unwrap().expose(), "0012345");
    assert_eq!(config.sirene_url.unwrap(), "https://register.example/v3");
}

#[test]
fn every_fault_is_told_at_once_with_its_place() {
    let told = faults(
        "lisen = \"x\"\nflow = \"open\"\nadmin_listen = \"here\"",
        &[
            ("ONBOARDING_PASWORD_POLICY", "cnil"),
            ("ONBOARDING_NATS_URL", "http://bus"),
        ],
    );
    for expected in [
        "the configuration has 5 fault(s)",
        "`lisen` in onboarding.toml: unknown key; did you mean listen?",
        "`flow` in onboarding.toml: must be guide or private",
        "`admin_listen` in onboarding.toml: must be an IP address",
        "ONBOARDING_PASWORD_POLICY: unknown key; did you mean ONBOARDING_PASSWORD_POLICY?",
        "ONBOARDING_NATS_URL: must be a URL that begins with nats:// or tls://",
    ] {
        assert!(told.contains(expected), "{expected} is missing from: {told}");
    }
}

#[test]
fn no_message_and_no_debug_shows_a_secret() {
    let config = read(
        "sirene_url = \"https://register.example\"\nsirene_key = \"hush-key\"",
        &[("ONBOARDING_POSTGRES_URL", "postgres://a:hush-word@localhost/b")],
    )
    .unwrap();
    assert!(!format!("{config:?}").contains("hush"));
    assert!(
        !faults(
            "",
            &[("ONBOARDING_POSTGRES_URL", "mysql://a:hush-word@localhost/b")]
        )
        .contains("hush")
    );
    let broken = faults("postgres_url = \"postgres://a:hush-word@localhost", &[]);
    assert!(!broken.contains("hush"), "{broken}");
}

#[test]
fn origins_are_as_browsers_write_them() {
    let config = read(
        "allowed_origins = \"https://app.exemple.fr, http://localhost:5173\"",
        &[],
    )
    .unwrap();
    assert_eq!(
        config.allowed_origins,
        ["https://app.exemple.fr", "http://localhost:5173"]
    );
    assert!(Config::default().allowed_origins.is_empty());
    for bad in [
        "*",
        "null",
        "app.exemple.fr",
        "https://app.exemple.fr/",
        "https://app.exemple.fr/espace",
        "https://App.exemple.fr",
        "https://app.exemple.fr:443",
        "https://user@app.exemple.fr",
        "ftp://app.exemple.fr",
        "https://app.exemple.fr,",
        "https://a.exemple.fr https://b.exemple.fr",
    ] {
        let told = faults("", &[("ONBOARDING_ALLOWED_ORIGINS", bad)]);
        assert!(
            told.contains("must be origins as browsers write them"),
            "{bad}: {told}"
        );
    }
}

#[test]
fn limits_stand_aside_on_loopback_only() {
    assert_eq!(
        read("", &[("ONBOARDING_LIMITS", "off")]).unwrap().limits,
        Limits::Off
    );
    let told = faults("limits = \"off\"\nlisten = \"0.0.0.0:8080\"", &[]);
    assert!(
        told.contains("only while `listen` is a loopback address"),
        "{told}"
    );
}

#[test]
fn the_public_url_follows_the_bound_port_unless_it_is_set() {
    let mut config = read("listen = \"127.0.0.1:0\"", &[]).unwrap();
    config.listening_at("127.0.0.1:4321".parse().unwrap());
    assert_eq!(config.public_url, "http://127.0.0.1:4321");
    let mut config = read("public_url = \"https://compte.exemple.fr/\"", &[]).unwrap();
    config.listening_at("127.0.0.1:4321".parse().unwrap());
    assert_eq!(config.public_url, "https://compte.exemple.fr");
}

#[test]
fn the_example_file_reads_and_names_every_key() {
    let example = include_str!("../../../onboarding.example.toml");
    read(example, &[]).unwrap();
    let all_set: String = example
        .lines()
        .map(|line| line.strip_prefix("#= ").unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n");
    read(&all_set, &[]).unwrap();
    for key in runtime::config::keys::KEYS {
        assert!(
            all_set.lines().any(|line| line.starts_with(&format!("{key} = "))),
            "{key} is not in the example"
        );
    }
}

#[test]
fn a_relays_url_that_a_password_breaks_is_refused_and_never_repeated() {
    for url in [
        "smtp://KEY:12/ab+c@relay.example:587",
        "smtp://key:ab#c@relay.example:587?tls=required",
        "smtp://key:ab?c=d@relay.example:587",
        "smtps://key:a/b@relay.example",
    ] {
        let told = faults("", &[("ONBOARDING_SMTP_URL", url)]);
        assert!(told.contains("`smtp_user` and `smtp_password_file`"), "{told}");
        assert!(!told.contains("relay.example") && !told.contains("KEY"), "{told}");
    }
    for (url, told) in [
        (
            "smtp://relay.example:587/ab+c",
            "must end after its host and port",
        ),
        ("smtp://relay.example?tls=yes", "knows `tls=required`"),
        (
            "smtp://relay.example?starttls=required",
            "members `tls` and `ca_file`",
        ),
        ("smtps://relay.example?tls=required", "TLS already"),
        ("smtps://key@relay.example", "a user without a password"),
        ("smtps://key:100%@relay.example", "`%` that is no escape"),
        ("http://relay.example", "must be a URL such as smtp://"),
        ("relay.example:25", "must be a URL such as smtp://"),
    ] {
        let fault = faults("", &[("ONBOARDING_SMTP_URL", url)]);
        assert!(fault.contains(told), "{url}: {fault}");
    }
    for url in [
        "smtp://relay.example/compte.exemple.fr",
        "smtps://key:a%2Fb%2Bc%3D@relay.example",
        "smtp://[::1]:25",
    ] {
        assert!(read("", &[("ONBOARDING_SMTP_URL", url)]).is_ok(), "{url}");
    }
}

#[test]
fn a_password_goes_over_the_network_in_tls_only() {
    let login = [
        ("ONBOARDING_SMTP_USER", "key"),
        ("ONBOARDING_SMTP_PASSWORD", "12/ab+c==@#?%"),
    ];
    for (url, is_fine) in [
        ("smtp://relay.example:587", false),
        ("smtp://relay.example:587?tls=opportunistic", false),
        ("smtp://relay.example:587?tls=required", true),
        ("smtps://relay.example", true),
        ("smtp://localhost:2525", true),
        ("smtp://127.0.0.1:2525", true),
        ("smtp://[::1]:2525", true),
    ] {
        let with_keys = read("", &[login[0], login[1], ("ONBOARDING_SMTP_URL", url)]);
        assert_eq!(with_keys.is_ok(), is_fine, "{url}");
        let in_url = url.replace("://", "://key:password@");
        assert_eq!(
            read("", &[("ONBOARDING_SMTP_URL", &in_url)]).is_ok(),
            is_fine,
            "{in_url}"
        );
    }
    let config = read(
        "",
        &[
            login[0],
            login[1],
            ("ONBOARDING_SMTP_URL", "smtps://relay.example"),
        ],
    )
    .unwrap();
    assert_eq!(config.mail.password.unwrap().expose(), "12/ab+c==@#?%");
    let told = faults("", &[login[0], ("ONBOARDING_SMTP_URL", "smtps://relay.example")]);
    assert!(told.contains("are set together"), "{told}");
    let told = faults(
        "",
        &[
            login[0],
            login[1],
            ("ONBOARDING_SMTP_URL", "smtps://a:b@relay.example"),
        ],
    );
    assert!(told.contains("names a user already"), "{told}");
    assert!(faults("", &login).contains("has no use without `smtp_url`"));
}

#[test]
fn pages_go_over_the_network_by_tls_unless_it_is_said_on_purpose() {
    for (url, is_fine) in [
        ("https://compte.exemple.fr", true),
        ("https://compte.exemple.fr:8443/", true),
        ("http://localhost:8080", true),
        ("http://compte.localhost", true),
        ("http://[::1]:8080", true),
        ("http://intranet.exemple.fr:8080", false),
        ("http://192.0.2.7:8080", false),
        ("http://localhost.exemple.fr", false),
    ] {
        let url = [("ONBOARDING_PUBLIC_URL", url)];
        assert_eq!(read("", &url).is_ok(), is_fine, "{url:?}");
        let config = read("cleartext = \"pages\"", &url).unwrap();
        assert_eq!(config.pages_are_far_and_clear(), !is_fine, "{url:?}");
    }
    let told = faults("", &[("ONBOARDING_PUBLIC_URL", "http://intranet.exemple.fr")]);
    assert!(
        told.contains("ONBOARDING_PUBLIC_URL") && told.contains("cleartext"),
        "{told}"
    );
    // Without the setting it is the listener's.
    let told = faults("listen = \"192.0.2.7:8080\"", &[]);
    assert!(told.contains("must begin with https://"), "{told}");
    assert!(read("listen = \"0.0.0.0:8080\"", &[]).is_ok());
}

#[test]
fn the_pages_stand_at_the_root_of_their_host() {
    for url in [
        "https://exemple.fr/compte",
        "https://exemple.fr/compte/",
        "https://user@exemple.fr",
    ] {
        let told = faults("", &[("ONBOARDING_PUBLIC_URL", url)]);
        assert!(told.contains("at the root of a host of their own"), "{told}");
    }
    let config = read("sirene_url = \"https://api.insee.fr/api-sirene/3.11\"", &[]).unwrap();
    assert!(config.sirene_url.unwrap().ends_with("/api-sirene/3.11"));
}

#[test]
fn proxies_are_addresses_and_networks() {
    let config = read("trusted_proxies = \"10.0.0.7, 192.168.0.0/16\"", &[]).unwrap();
    assert!(config.trusted_proxies.contains("192.168.7.7".parse().unwrap()));
    assert!(read("", &[]).unwrap().trusted_proxies.is_empty());
    let told = faults("trusted_proxies = \"proxy.exemple.fr\"", &[]);
    assert!(told.contains("no names"), "{told}");
}

#[test]
fn postgresql_and_nats_elsewhere_are_reached_by_tls_unless_it_is_said_on_purpose() {
    for (key, url, is_fine) in [
        ("ONBOARDING_POSTGRES_URL", "postgres://u:p@db.exemple.fr/d", false),
        (
            "ONBOARDING_POSTGRES_URL",
            "postgres://u:p@db.exemple.fr/d?sslmode=prefer",
            false,
        ),
        (
            "ONBOARDING_POSTGRES_URL",
            "postgres://u:p@127.0.0.1,db.exemple.fr/d",
            false,
        ),
        (
            "ONBOARDING_POSTGRES_URL",
            "postgres://u:p@db.exemple.fr/d?sslmode=require",
            true,
        ),
        (
            "ONBOARDING_POSTGRES_URL",
            "postgres://u:p@a,b/d?sslmode=verify-full",
            true,
        ),
        ("ONBOARDING_POSTGRES_URL", "postgres://u:p@localhost:5433/d", true),
        (
            "ONBOARDING_POSTGRES_URL",
            "postgres://u:p@[::1]/d?sslmode=disable",
            true,
        ),
        (
            "ONBOARDING_POSTGRES_URL",
            "postgres:///d?host=/run/postgresql",
            true,
        ),
        ("ONBOARDING_NATS_URL", "nats://u:p@bus.exemple.fr:4222", false),
        (
            "ONBOARDING_NATS_URL",
            "tls://bus.exemple.fr,nats://other.exemple.fr",
            false,
        ),
        (
            "ONBOARDING_NATS_URL",
            "tls://bus.exemple.fr:4222,tls://other.exemple.fr",
            true,
        ),
        (
            "ONBOARDING_NATS_URL",
            "nats://127.0.0.1:4222,nats://[::1]:4223",
            true,
        ),
    ] {
        assert_eq!(read("", &[(key, url)]).is_ok(), is_fine, "{url}");
        assert!(
            read("cleartext = \"postgres, nats\"", &[(key, url)]).is_ok(),
            "{url}"
        );
        if !is_fine {
            let told = faults("", &[(key, url)]);
            assert!(told.contains("cleartext") && !told.contains("u:p"), "{told}");
        }
    }
    assert!(faults("cleartext = \"everything\"", &[]).contains("pages, postgres, nats"));
}
