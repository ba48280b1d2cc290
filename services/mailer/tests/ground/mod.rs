//! A mailer on a real PostgreSQL and a real SMTP dialogue, in this process, so that a test may stop it at any line.

use std::sync::Arc;
use std::time::Duration;

use catalogue::{Catalogue, Words};
use directory::{Directory, RegisterSettings, Registers};
use domain::Event;
use domain::values::{
    Civility, EmailAddress, Flow, Identity, Locale, PersonName, PolicyName, ProfileCode, RegistrationId,
};
use keyring::Keyring;
use mailer::compose::Sender;
use mailer::delivery::{Postman, Verdict};
use mailer::errand::{Asked, Errand};
use mailer::lanes::Lanes;
use mailer::ledger::Ledger;
use mailer::patience::Circuit;
use mailer::stationery::Stationery;
use mailer::transport::Transport;
use mailer::transport::limits::Limits;
use mailer::transport::smtp::SmtpTransport;
use mailer::transport::smtp_url::SmtpServer;
use sqlx::PgPool;
use tempfile::TempDir;
use usecases::{Actor, Ask, HashingGate, IdentityForm, Nudge, Onboarding, Settings};

use crate::cluster::{Database, migrated_database};
use crate::smtp_sink::SmtpSink;

/// A lease, short enough for a test that waits for its end.
pub const LEASE: Duration = Duration::from_secs(3);
/// The longest answer to a command.
const COMMAND: Duration = Duration::from_secs(2);
/// How long a mail of unknown fate waits.
pub const UNKNOWN_RETRY: Duration = Duration::from_secs(4 * 3_600);

/// Everything around mailers.
pub struct Ground {
    pub database: Database,
    pub onboarding: Onboarding,
    pub sink: SmtpSink,
    _keys: TempDir,
}

impl Ground {
    pub async fn new(sink: SmtpSink) -> Self {
        let database = migrated_database().await;
        let keys = tempfile::tempdir().unwrap();
        let keyring = Keyring::open(&keys.path().join("master.key")).unwrap();
        let pool = database.store.pool().clone();
        let onboarding = Onboarding::new(usecases::Ground {
            store: database.store.clone(),
            keyring: keyring.clone(),
            registers: Registers::new(&RegisterSettings::default(), &pool, None).unwrap(),
            directory: Directory::new(pool, keyring),
            catalogue: Arc::new(Catalogue::load(None).unwrap()),
            hashing: HashingGate::new(1).unwrap(),
            settings: Settings {
                // Every start asks for a mail.
                flow: Flow::Private,
                policy: PolicyName::Guide,
                limits: false,
                ..Settings::default()
            },
            nudge: Nudge::default(),
        });
        Self {
            database,
            onboarding,
            sink,
            _keys: keys,
        }
    }

    /// The pool that may change rows behind the service's back.
    pub fn owner(&self) -> &PgPool {
        &self.database.owner
    }

    /// A mailer.
    pub fn postman(&self) -> Arc<Postman> {
        let server = SmtpServer::from_url(&self.sink.url()).unwrap();
        Arc::new(Postman {
            onboarding: self.onboarding.clone(),
            ledger: Ledger::new(self.database.store.pool().clone()).with_lease(LEASE),
            transport: Transport::Smtp(SmtpTransport::new(server).with_limits(Limits::of_command(COMMAND))),
            circuit: Circuit::default(),
            lanes: Lanes::default(),
            unknown_retry: UNKNOWN_RETRY,
            sender: Sender::parse("Mon Espace <ne-pas-repondre@example.org>").unwrap(),
            stationery: Stationery {
                catalogue: Arc::new(Catalogue::load(None).unwrap()),
                words: Arc::new(Words::load().unwrap()),
                public_url: "https://espace.example.org".to_owned(),
            },
        })
    }

    /// Starts the registration of an invented person, which asks for a mail.
    pub async fn start(&self, email: &str) -> RegistrationId {
        let form = IdentityForm {
            identity: Identity {
                civility: Civility::Mme,
                last_name: PersonName::parse("DUPONT").unwrap(),
                first_name: PersonName::parse("Clare").unwrap(),
                email: EmailAddress::parse(email).unwrap(),
            },
            profile: ProfileCode::parse("generaliste").unwrap(),
            locale: Locale::Fr,
        };
        self.onboarding.start(&ask(), Ok(form)).await.unwrap();
        let newest = "SELECT aggregate_id FROM events ORDER BY position DESC LIMIT 1";
        let id: String = sqlx::query_scalar(newest).fetch_one(self.owner()).await.unwrap();
        id.parse().unwrap()
    }

    /// What the events of a registration ask the mailer for, in their order.
    pub async fn errands(&self, registration: RegistrationId) -> Vec<Errand> {
        let events = self.events(registration).await.into_iter().zip(1..);
        let asked = |sequence| Asked {
            registration,
            sequence,
            at: chrono::Utc::now(),
            traceparent: None,
        };
        events
            .filter_map(|(event, sequence)| Errand::asked_by(asked(sequence), &event, "example.org"))
            .collect()
    }

    /// The events of a registration.
    pub async fn events(&self, registration: RegistrationId) -> Vec<Event> {
        let payloads: Vec<String> =
            sqlx::query_scalar("SELECT payload::text FROM events WHERE aggregate_id = $1 ORDER BY sequence")
                .bind(registration.to_string())
                .fetch_all(self.owner())
                .await
                .unwrap();
        payloads
            .iter()
            .map(|payload| serde_json::from_str(payload).unwrap())
            .collect()
    }

    /// Stores one more event of a registration, as it stands here.
    pub async fn add(&self, registration: RegistrationId, payload: &str) {
        sqlx::query(
            "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata)
             SELECT 'registration', $1, max(sequence) + 1, $2::json->>'type', '1', $2::json, '{}'
               FROM events WHERE aggregate_id = $1",
        )
        .bind(registration.to_string())
        .bind(payload)
        .execute(self.owner())
        .await
        .unwrap();
    }

    /// Lets every lease and wait end.
    pub async fn let_leases_end(&self) {
        sqlx::query(
            "UPDATE mailer.ledger SET not_before = '-infinity',
                    lease_until = CASE WHEN lease IS NOT NULL THEN clock_timestamp() - interval '1 second' END",
        )
        .execute(self.owner())
        .await
        .unwrap();
    }
}

/// An ask of a person.
pub fn ask() -> Ask {
    Ask::by(Actor::Person, "a test", None)
}

/// Walks a mail as its message has it come: again and again, after the waits that are asked for, until it is done.
pub async fn walk_to_the_end(postman: Arc<Postman>, errand: Errand) {
    while let Verdict::Later(wait) = postman.deliver(&errand).await.unwrap() {
        tokio::time::sleep(wait).await;
    }
}
