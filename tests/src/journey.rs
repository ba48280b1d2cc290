//! The walk of a person through the form, the mail and the password.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Request};
use crate::eventually::eventually;
use crate::inbox::Mail;
use crate::people::{PASSWORD, Person};
use crate::world::World;

/// A member's establishment of the demonstration's directory, with its number.
pub const MEMBER: (&str, &str) = ("00000043000017", "1000112");
/// A training organisation's, with its number.
pub const TRAINING_ORGANISATION: (&str, &str) = ("00000046300018", "11759000675");

/// Somebody with a registration under way.
pub struct Visitor<'w> {
    /// The service that they visit.
    pub world: &'w World,
    /// Who they are.
    pub person: Person,
    /// Their registration.
    pub id: String,
    /// By which they go on.
    pub token: String,
}

impl<'w> Visitor<'w> {
    /// Fills in step 1.
    pub async fn start(world: &'w World, person: &Person) -> Self {
        let answer = world
            .client
            .post("/v1/registrations", &person.form())
            .await
            .expect(201);
        Self::of(world, person, &answer)
    }

    /// The one whom this answer to step 1 is for.
    pub fn of(world: &'w World, person: &Person, answer: &Answer) -> Self {
        let id = answer.text_at("id").to_owned();
        assert_eq!(answer.header("location"), format!("/v1/registrations/{id}"));
        Self {
            world,
            person: person.clone(),
            id,
            token: answer.text_at("continuation_token").to_owned(),
        }
    }

    /// A request about the registration, by its holder.
    pub fn ask(&self, method: Method, step: &str) -> Request {
        let path = format!("/v1/registrations/{}{step}", self.id);
        self.world.client.ask(method, &path).bearer(&self.token)
    }

    /// Takes a step of the form.
    pub async fn put(&self, step: &str, body: Value) -> Answer {
        self.ask(Method::PUT, &format!("/{step}"))
            .json(&body)
            .send()
            .await
    }

    /// Where the registration stands.
    pub async fn look(&self) -> Answer {
        self.ask(Method::GET, "").send().await.expect(200)
    }

    /// Steps 2 to 4 of a newcomer from a member's establishment, up to the mail.
    pub async fn fill_in_as_member(&self) -> Answer {
        let (siret, number) = MEMBER;
        self.put("topics", json!({"topics": ["payments"]}))
            .await
            .expect(200)
            .in_state("awaiting_establishment");
        self.put("establishment", json!({"siret": siret}))
            .await
            .expect(200)
            .in_state("awaiting_member_number");
        let answer = self.put("member-number", json!({"number": number})).await;
        answer.expect(200).in_state("awaiting_email_verification")
    }

    /// Waits for the mail.
    pub async fn mail(&self) -> Mail {
        self.world.mail_to(&self.person.email).await
    }

    /// Acts on the mail's link.
    pub async fn verify(&self, token: &str) -> Answer {
        self.world
            .client
            .post("/v1/email-verifications", &json!({"token": token}))
            .await
    }

    /// Chooses a password by the mail's link, on any device.
    pub async fn choose_password(&self, token: &str, password: &str) -> Answer {
        let path = format!("/v1/registrations/{}/password", self.id);
        self.world
            .client
            .put(&path, &json!({"token": token, "password": password}))
            .await
    }

    /// Waits for the mail, and until the mailer has written down what became of it: it arrives a moment before that, and a
    /// story told in order needs the record first.
    pub async fn recorded_mail(&self) -> Mail {
        let mail = self.mail().await;
        let recorded = format!(
            "SELECT count(*) FROM events WHERE aggregate_id = '{}' AND event_type = 'VerificationMailSent'",
            self.id
        );
        eventually("the mail's outcome is written down", async || {
            (self.world.count(&recorded).await > 0).then_some(())
        })
        .await;
        mail
    }

    /// Follows the mail's link and chooses a password.
    pub async fn finish(&self) -> Mail {
        let mail = self.recorded_mail().await;
        let verified = self
            .verify(mail.token())
            .await
            .expect(200)
            .in_state("awaiting_password");
        assert!(
            verified.body["password_policy"]["rules"].is_array(),
            "{}",
            verified.text
        );
        self.choose_password(mail.token(), PASSWORD)
            .await
            .expect(200)
            .in_state("active");
        mail
    }
}

/// Signs in; the session's token.
pub async fn sign_in(world: &World, email: &str, password: &str) -> String {
    let body = json!({"email": email, "password": password});
    let answer = world.client.post("/v1/sessions", &body).await.expect(201);
    answer.text_at("token").to_owned()
}

/// "Mon espace" of a session.
pub async fn me(world: &World, session: &str) -> Value {
    world
        .client
        .ask(Method::GET, "/v1/me")
        .bearer(session)
        .send()
        .await
        .expect(200)
        .body
}

/// A newcomer from a member's establishment, from the first step to the account.
pub async fn newcomer_with_account<'w>(world: &'w World, person: &Person) -> Visitor<'w> {
    let visitor = Visitor::start(world, person).await;
    visitor.fill_in_as_member().await;
    visitor.finish().await;
    visitor
}
