//! The canary: a person whose every answer can be found again wherever it is written. Before their erasure no file but
//! the mail has a word of it in clear, and everything sealed opens; after it, and after the end of the epoch, nothing that
//! is found anywhere opens with any key that is still held.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::values::{RegistrationId, SealedPersonalData};
use keyring::{Keyring, PersonKey, Place, WrappedKey};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use tests::collector::Collector;
use tests::journey::{MEMBER, Visitor, newcomer_with_account, sign_in};
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, ROLES, World};
use uuid::Uuid;

use super::{ask_to_be_erased_with, export, give_grant, told};
use crate::contracts::{canary, dump, found, metrics};

/// Events with something sealed in them, and more events than any registration here has.
const SEALED_IN: [&str; 3] = ["IdentitySubmitted", "IdentityRectified", "ContactMatched"];
const SEQUENCES: u64 = 40;

/// Whatever was found that could be opened: wrapped keys as rows of the table hold them, and sealed values.
#[derive(Default)]
struct Finds {
    wrapped: BTreeMap<(Uuid, Vec<u8>), WrappedKey>,
    sealed: BTreeMap<String, SealedPersonalData>,
}

impl Finds {
    /// Searches files byte by byte, whatever they are: tables, the write-ahead log, a stream's blocks, dumps.
    fn search(&mut self, places: &[PathBuf]) {
        for place in places {
            if place.is_dir() {
                let inside = fs::read_dir(place).unwrap().map(|it| it.unwrap().path());
                self.search(&inside.collect::<Vec<_>>());
            } else if let Ok(bytes) = fs::read(place) {
                self.take_sealed(&bytes);
                self.take_wrapped(&bytes);
            }
        }
    }

    fn take_sealed(&mut self, bytes: &[u8]) {
        const MEMBER: &[u8] = b"\"sealed\":";
        for at in occurrences(bytes, MEMBER).map(|at| at + MEMBER.len()) {
            let Some(length) = bytes[at..].iter().take(4_096).position(|byte| *byte == b'}') else {
                continue;
            };
            if let Ok(sealed) = serde_json::from_slice::<SealedPersonalData>(&bytes[at..=at + length]) {
                self.sealed.insert(sealed.ciphertext.clone(), sealed);
            }
        }
    }

    /// A row of `person_keys` on the disk: two UUIDs, then the epoch's name of 36 bytes and the wrapped key of 60, each
    /// behind one byte that says its length.
    fn take_wrapped(&mut self, bytes: &[u8]) {
        const NAME: usize = 36;
        const WRAPPED: usize = 60;
        let (name_header, key_header) = (((NAME + 1) << 1 | 1) as u8, ((WRAPPED + 1) << 1 | 1) as u8);
        for at in 32..bytes.len().saturating_sub(NAME + WRAPPED + 2) {
            if bytes[at] != name_header || bytes[at + 1 + NAME] != key_header {
                continue;
            }
            let Ok(epoch) = std::str::from_utf8(&bytes[at + 1..=at + NAME]) else {
                continue;
            };
            if Uuid::try_parse(epoch).is_err() {
                continue;
            }
            let id = |from: usize| Uuid::from_slice(&bytes[from..from + 16]).unwrap();
            let wrapped = bytes[at + 2 + NAME..at + 2 + NAME + WRAPPED].to_vec();
            let key = WrappedKey {
                key_id: id(at - 16),
                epoch: epoch.to_owned(),
                wrapped: wrapped.clone(),
            };
            self.wrapped.insert((id(at - 32), wrapped), key);
        }
    }

    /// The person's keys that some held epoch key still gives out of what was found.
    fn keys_of(&self, keyring: &Keyring, registration: Uuid) -> Vec<PersonKey> {
        let theirs = self.wrapped.iter().filter(|((id, _), _)| *id == registration);
        theirs
            .filter_map(|(_, wrapped)| keyring.unwrap(RegistrationId(registration), wrapped).ok())
            .collect()
    }

    /// Everything sealed that opens with any of these keys, at any place where it could stand.
    fn opened(&self, keys: &[PersonKey], registration: Uuid) -> Vec<String> {
        let mut clear = Vec::new();
        for sealed in self.sealed.values() {
            for key in keys {
                for event in SEALED_IN {
                    for sequence in 1..=SEQUENCES {
                        let place = Place {
                            registration: RegistrationId(registration),
                            sequence,
                            event,
                            field: "sealed",
                        };
                        if let Ok(value) = key.open::<Value>(&place, sealed) {
                            clear.push(value.to_string());
                        }
                    }
                }
            }
        }
        clear
    }
}

fn occurrences<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let starts = bytes.windows(wanted.len()).enumerate();
    starts
        .filter(move |(_, window)| *window == wanted)
        .map(|(at, _)| at)
}

/// Every place where something of a person could have been written, the mail itself aside.
async fn places(world: &World) -> Vec<PathBuf> {
    let mut owner = PgConnection::connect(world.database_url()).await.unwrap();
    owner.execute("CHECKPOINT").await.unwrap();
    let mut places = vec![
        dump(world).await,
        world.postgres_files().await,
        world.nats.store(),
        world.data_folder(),
        world.cluster().log_file(),
    ];
    places.extend(world.logs());
    places
}

fn keyring(world: &World) -> Keyring {
    Keyring::open(&world.data_folder().join("master.key")).unwrap()
}

fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .arg(from)
        .arg(to)
        .status();
    assert!(copied.unwrap().success());
}

#[test]
fn nothing_of_an_erased_person_opens_with_any_key_that_is_held() {
    run(async {
        let collector = Collector::start().await;
        let world = World::start(Plan {
            own_cluster: true,
            settings: vec![
                ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.clone()),
                ("OTEL_BSP_SCHEDULE_DELAY", "100".to_owned()),
            ],
            ..Plan::default()
        })
        .await;
        // Whoever stays shows that the search finds what can be opened.
        let stays = newcomer_with_account(&world, &newcomer()).await;
        let (person, password) = canary();
        let visitor = Visitor::start(&world, &person).await;
        visitor.put("topics", json!({"topics": []})).await.expect(200);
        visitor
            .put("establishment", json!({"siret": MEMBER.0}))
            .await
            .expect(200);
        let wrong = json!({"number": "zqxcanarynumber"});
        visitor.put("member-number", wrong).await;
        visitor
            .put("member-number", json!({"number": MEMBER.1}))
            .await
            .expect(200);
        let mail = visitor.recorded_mail().await;
        visitor.choose_password(mail.token(), password).await.expect(200);
        let session = sign_in(&world, &person.email, password).await;
        let corrected =
            json!({"civility": "mme", "last_name": "Zqxcanaryrectified", "first_name": "Zqxcanaryfirst"});
        let rectify = world.client.ask(Method::PUT, "/v1/me/identity").bearer(&session);
        rectify.json(&corrected).send().await.expect(200);
        let grant = give_grant(&world, &visitor.id, "1h");
        let shown = told(&world, &["person", "show", &visitor.id, "--grant", &grant]);
        assert_eq!(shown["person"]["last_name"], "Zqxcanaryrectified");
        assert!(
            export(&world, &session)
                .await
                .to_string()
                .contains("Zqxcanaryrectified")
        );
        world.until_settled().await;
        world.until_projected().await;
        let secrets = ["zqxcanary", mail.token(), &session, &visitor.token];
        let numbers = metrics(&world).await;

        // A crash of everything, and what lies on the disk after it.
        for role in ROLES {
            world.kill(role);
        }
        world.cluster().kill();
        world.cluster().run().await;
        let mut searched = places(&world).await;
        let backup = world.folder.join("backup-of-the-database");
        copy(&world.postgres_files().await, &backup);
        searched.extend([numbers, backup.clone()]);
        assert_eq!(found(&world.folder, &secrets, &searched), Vec::<String>::new());
        let spans = format!("{:?}", collector.spans()).to_lowercase();
        assert!(
            !spans.is_empty() && !spans.contains("zqxcanary"),
            "nothing of a person in a span"
        );

        let [theirs, others] = [&visitor.id, &stays.id].map(|id| id.parse::<Uuid>().unwrap());
        let mut before = Finds::default();
        before.search(&searched);
        let keys = before.keys_of(&keyring(&world), theirs);
        let opened = before.opened(&keys, theirs).concat();
        for marker in [
            "Zqxcanarylast",
            "Zqxcanaryfirst",
            "zqxcanarymail",
            "Zqxcanaryrectified",
        ] {
            assert!(
                opened.contains(marker),
                "the search does not find {marker} while it can be opened"
            );
        }

        for role in ROLES {
            world.run(role).await;
        }
        let session = sign_in(&world, &person.email, password).await;
        ask_to_be_erased_with(&world, &session, password)
            .await
            .expect(202);
        world.until_settled().await;
        world.until_projected().await;
        told(&world, &["keys", "rotate"]);
        assert_eq!(
            told(&world, &["keys", "destroy", "--horizon", "0s"])["destroyed"],
            1
        );
        for role in ROLES {
            world.kill(role);
        }
        world.cluster().kill();
        world.cluster().run().await;
        let mut searched = places(&world).await;
        searched.push(backup);
        assert_eq!(found(&world.folder, &secrets, &searched), Vec::<String>::new());
        let mut after = Finds::default();
        after.search(&searched);
        let still = after.wrapped.keys().filter(|(id, _)| *id == theirs).count();
        assert!(
            still > 0,
            "the backup still has the wrapped key, so that its epoch's end is what counts"
        );
        assert_eq!(
            after.sealed.len(),
            before.sealed.len(),
            "and everything sealed is still there"
        );
        let held = keyring(&world);
        assert!(
            after.keys_of(&held, theirs).is_empty(),
            "a key of theirs still opens"
        );
        let living = after.keys_of(&held, others);
        assert!(!living.is_empty(), "whoever stays is readable");
        assert!(
            after.opened(&living, theirs).is_empty(),
            "another's key opens nothing of theirs"
        );
        assert!(!after.opened(&living, others).is_empty());
    });
}
