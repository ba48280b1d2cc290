//! What is read from URLs of PostgreSQL, and what is told of those that cannot be read.

use super::*;

fn read(url: &str) -> Servers {
    url.parse().unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn told(url: &str) -> String {
    match url.parse::<Servers>() {
        Ok(servers) => panic!("{url} was read as {servers}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn several_servers_are_written_as_libpq_has_it() {
    for (url, servers) in [
        ("postgres://u@h1:5432,h2:5433/db", "h1:5432, h2:5433"),
        ("postgresql://u@h1,h2:5433/db", "h1:5432, h2:5433"),
        ("postgres://u@/db?host=h1,h2&port=5432,5433", "h1:5432, h2:5433"),
        ("postgres://u@/db?host=h1,h2&port=6000", "h1:6000, h2:6000"),
        ("postgres://u@h1,h2/db?port=6000", "h1:6000, h2:6000"),
        ("postgres://u@other/db?host=h1,h2&port=,5433", "h1:5432, h2:5433"),
        (
            "postgres://u:a,b@c@[::1]:5433,[fe80::1]/db",
            "[::1]:5433, [fe80::1]:5432",
        ),
        ("postgres:///db?host=::1,127.0.0.1", "[::1]:5432, 127.0.0.1:5432"),
        ("postgres://u@%2Frun%2Fpg,h2:5433/db", "/run/pg:5432, h2:5433"),
        (
            "postgres:///db?host=%2Frun%2Fpg,%2Ftmp",
            "/run/pg:5432, /tmp:5432",
        ),
        (
            "postgres:///db?hostaddr=10.0.0.1,10.0.0.2&port=5433",
            "10.0.0.1:5433, 10.0.0.2:5433",
        ),
        ("postgres://u@h1/db", "h1:5432"),
        ("postgres:///db", "the default server"),
    ] {
        assert_eq!(read(url).to_string(), servers, "{url}");
    }
}

#[test]
fn each_server_gets_the_whole_rest_of_the_url() {
    let servers = read(
        "postgres://a%40b:p%2C%2F%23w@h1:5432,[::1]:5433,%2Frun%2Fpg/my%20db?sslmode=require&options=-c%20jit%3Doff",
    );
    let [first, second, third] = &servers.all[..] else {
        panic!("three");
    };
    for server in [first, second, third] {
        assert_eq!(server.options.get_username(), "a@b");
        assert_eq!(server.options.get_database(), Some("my db"));
        assert_eq!(server.options.get_options(), Some("-c jit=off"));
        let mode = format!("{:?}", server.options.get_ssl_mode());
        assert_eq!(mode, "Require");
    }
    assert_eq!((first.options.get_host(), first.options.get_port()), ("h1", 5432));
    assert_eq!(
        (second.options.get_host(), second.options.get_port()),
        ("::1", 5433)
    );
    assert_eq!(
        third.options.get_socket().map(|it| it.as_path()),
        Some(std::path::Path::new("/run/pg"))
    );
}

#[test]
fn a_service_that_writes_wants_a_server_that_takes_writes_when_there_are_several() {
    assert_eq!(read("postgres://h1,h2/db").wanted, Wanted::ReadWrite);
    assert_eq!(
        read("postgres://h1,h2/db?target_session_attrs=any").wanted,
        Wanted::Any
    );
    assert_eq!(read("postgres://h1/db").wanted, Wanted::Any);
    assert!(!read("postgres://h1/db").is_a_choice());
    assert!(read("postgres://h1/db?target_session_attrs=primary").is_a_choice());
    assert_eq!(
        read("postgres://h1,h2/db?connect_timeout=3").connect_timeout,
        Duration::from_secs(3)
    );
}

#[test]
fn what_cannot_be_read_is_told_without_a_value() {
    for url in [
        "mysql://u:hush@h/db",
        "postgres://u:hush@h1:1,h2:2/db?port=1,2,3",
        "postgres://u:hush@h1,h2/db?host=h1,h2,h3&port=1,2",
        "postgres://u:hush@h1,,h2/db",
        "postgres://u:hush@h1:none/db",
        "postgres://u:hush@h1:0/db",
        "postgres://u:hush@::1:5432/db",
        "postgres://u:hush@[::1/db",
        "postgres://u:hu#sh@h1/db",
        "postgres://u:hush@h1/db?target_session_attrs=hush",
        "postgres://u:hush@h1/db?connect_timeout=hush",
        "postgres://u:hush@h1/db?sslmode=hush",
        "postgres://u:hush@h1,h2/db?hostaddr=10.0.0.1",
    ] {
        let told = told(url);
        assert!(!told.contains("hush") && !told.contains("hu#sh"), "{told}");
    }
    assert_eq!(
        told("postgres://u:hush@h1,h2/db?port=1,2,3"),
        "names 2 hosts and 3 ports: give one port for all of them, or one for each"
    );
}

#[test]
fn what_has_no_effect_here_is_known_by_name() {
    let servers = read("postgres://h1/db?keepalives=1&passwrod=hush");
    assert_eq!(servers.ignored, ["keepalives", "passwrod"]);
}
