//! The pages without scripts, in a browser that does not say where its forms come from: both journeys, what is refused,
//! and what one may do afterwards.

use tests::journey::MEMBER;
use tests::people::{PASSWORD, Person, contact, newcomer};
use tests::plain_browser::PlainBrowser;
use tests::register::ACTIVE;
use tests::run;
use tests::world::World;

use crate::shared::{guide, private};

const IDENTITY: &str = "/inscription";
const TOPICS: &str = "/inscription/thematiques";
const ESTABLISHMENT: &str = "/inscription/etablissement";
const NUMBER: &str = "/inscription/numero";
const AGREEMENT: &str = "/inscription/idcc";
const REVIEW: &str = "/inscription/recapitulatif";
const THANKS: &str = "/inscription/merci";

async fn started<'w>(world: &'w World, person: &Person) -> PlainBrowser<'w> {
    let mut browser = PlainBrowser::new(&world.client);
    browser.open(IDENTITY).await.at(IDENTITY).shows("Étape 1 sur 4");
    let fields = [
        ("profile", "membre"),
        ("civility", person.civility),
        ("last_name", &person.last_name),
        ("first_name", &person.first_name),
        ("email", &person.email),
    ];
    browser.send(IDENTITY, &fields).await;
    browser
}

/// A newcomer before the last question about this establishment.
async fn at_the_last_question<'w>(world: &'w World, person: &Person, siret: &str) -> PlainBrowser<'w> {
    let mut browser = started(world, person).await;
    browser.at(TOPICS).shows("Étape 2 sur 4");
    browser
        .send(TOPICS, &[("topics", "payments"), ("topics", "reminders")])
        .await
        .at(ESTABLISHMENT);
    browser.send(ESTABLISHMENT, &[("siret", siret)]).await;
    browser
}

/// Follows the mail's link and chooses a password.
async fn finished(world: &World, person: &Person) {
    let mail = world.mail_to(&person.email).await;
    let path = format!("/verify/{}", mail.token());
    let mut browser = PlainBrowser::new(&world.client);
    browser.open(&path).await.shows(&person.email);
    browser
        .send(&path, &[("password", PASSWORD), ("confirmation", "another")])
        .await
        .shows("Les deux mots de passe sont différents");
    let both = [("password", PASSWORD), ("confirmation", PASSWORD)];
    browser
        .send(&path, &both)
        .await
        .at("/")
        .shows("Votre mot de passe est enregistré");
    browser.open(&path).await.shows("Ce lien a déjà servi");
}

async fn signed_in<'w>(world: &'w World, person: &Person) -> PlainBrowser<'w> {
    let mut browser = PlainBrowser::new(&world.client);
    browser.open("/").await;
    browser
        .send("/", &[("email", &person.email), ("password", PASSWORD)])
        .await
        .at("/espace");
    browser
}

#[test]
fn a_contact_goes_from_the_first_step_to_the_mail() {
    run(async {
        let world = guide().await;
        let person = contact(34);
        started(world, &person)
            .await
            .at(THANKS)
            .shows(&person.email)
            .leads_to(IDENTITY)
            .send("/inscription/terminer", &[])
            .await
            .at("/")
            .shows("Votre inscription est presque terminée")
            .shows("•••@")
            .leads_to(IDENTITY);
        finished(world, &person).await;
        signed_in(world, &person)
            .await
            .shows("HOTEL DE LA DEMONSTRATION - SITE 2");
    });
}

#[test]
fn a_member_looks_every_answer_over_before_the_number_is_sent() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let (siret, number) = MEMBER;
        let mut browser = at_the_last_question(world, &person, siret).await;
        browser.at(NUMBER).send(NUMBER, &[("number", "")]).await;
        assert_eq!(browser.status, 422);
        browser.shows("<title>Erreur").shows("par exemple 1000001");

        browser.send(NUMBER, &[("number", "999")]).await.at(NUMBER);
        assert_eq!(browser.status, 422, "a wrong number is told where it is typed");
        browser
            .shows("https://www.akto.fr/contact/")
            .shows("value=\"999\"")
            .open(REVIEW)
            .await
            .at(NUMBER)
            .shows("Donnez-la de nouveau");

        browser.send(NUMBER, &[("number", number)]).await.at(REVIEW);
        assert!(world.mails_to(&person.email).is_empty(), "nothing is sent yet");
        for answer in [
            &person.email,
            number,
            "000\u{a0}000\u{a0}430\u{a0}00017",
            "Membre",
        ] {
            browser.shows(answer);
        }
        browser.leads_to(TOPICS).leads_to(ESTABLISHMENT).leads_to(NUMBER);
        // Correcting an earlier answer leads straight back.
        browser.open(TOPICS).await;
        browser.send(TOPICS, &[("topics", "payments")]).await.at(REVIEW);

        browser
            .send(REVIEW, &[])
            .await
            .at(THANKS)
            .shows("courriers indésirables");
        browser.open(REVIEW).await.at(THANKS).shows("déjà envoyées");
        finished(world, &person).await;
    });
}

#[test]
fn an_agreement_is_searched_for_in_words_and_held_until_it_is_confirmed() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let mut browser = at_the_last_question(world, &person, ACTIVE).await;
        browser
            .at(AGREEMENT)
            .shows("Pourquoi ce numéro est-il obligatoire");
        browser
            .send(AGREEMENT, &[("idcc", "hôtels restaurants")])
            .await
            .leads_to("/inscription/idcc?idcc=1979");
        browser
            .open("/inscription/idcc?idcc=0054")
            .await
            .send(AGREEMENT, &[("idcc", "0054")])
            .await
            .shows("3248");
        assert_eq!(browser.status, 422);
        browser
            .send(AGREEMENT, &[("idcc", "0779")])
            .await
            .shows("Voies ferrées");
        for usual in ["66", "ccn66"] {
            browser
                .send(AGREEMENT, &[("idcc", usual)])
                .await
                .leads_to("/inscription/idcc?idcc=0413");
        }
        browser.send(AGREEMENT, &[("idcc", "IDCC 1979")]).await.at(REVIEW);

        // Another establishment is another question: the answer to the old one no longer counts.
        browser.open(ESTABLISHMENT).await;
        browser
            .send(ESTABLISHMENT, &[("siret", MEMBER.0)])
            .await
            .at(NUMBER);
        browser.open(ESTABLISHMENT).await;
        browser.send(ESTABLISHMENT, &[("siret", ACTIVE)]).await.at(REVIEW);
        browser.forget("onboarding_answer");
        browser
            .send(REVIEW, &[])
            .await
            .at(AGREEMENT)
            .shows("Donnez-la de nouveau");
        browser.send(AGREEMENT, &[("idcc", "1979")]).await.at(REVIEW);
        browser.send(REVIEW, &[]).await.at(THANKS);
        finished(world, &person).await;
    });
}

#[test]
fn whoever_leaves_takes_the_form_up_again_elsewhere_by_the_mail() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let mut browser = started(world, &person).await;
        browser.open("/inscription/quitter").await.shows("30 jours");
        browser
            .send("/inscription/quitter", &[("mail", "yes")])
            .await
            .at("/")
            .shows("Créer mon compte");
        browser.open(TOPICS).await.at(IDENTITY).shows("Rien n’est perdu");

        let path = format!("/verify/{}", world.mail_to(&person.email).await.token());
        let mut elsewhere = PlainBrowser::new(&world.client);
        elsewhere.open(&path).await.shows(&person.email);
        elsewhere
            .send(&path, &[])
            .await
            .at(TOPICS)
            .shows("reprise là où vous l’aviez laissée");
    });
}

#[test]
fn a_mail_is_asked_for_again_and_the_next_has_to_be_waited_for() {
    run(async {
        let world = guide().await;
        let person = contact(35);
        let mut browser = started(world, &person).await;
        world.mail_to(&person.email).await;
        browser.send(THANKS, &[]).await.at(THANKS).shows("data-wait");
        let again = world.mail_after(&person.email, 1).await;
        browser.send(THANKS, &[]).await.shows("data-wait");
        let path = format!("/verify/{}", again.token());
        browser.open(&path).await.shows("Choisissez votre mot de passe");
        assert_eq!(world.mails_to(&person.email).len(), 2, "too soon for a third");
    });
}

#[test]
fn an_account_changes_its_topics_takes_its_data_along_and_is_closed() {
    run(async {
        let world = guide().await;
        let person = contact(36);
        started(world, &person).await;
        finished(world, &person).await;
        let mut browser = signed_in(world, &person).await;
        browser
            .send("/espace", &[("topics", "reminders")])
            .await
            .shows("Vos thématiques sont enregistrées");
        browser.open("/espace/donnees").await.shows(&person.email);

        browser
            .open("/espace/mes-donnees")
            .await
            .shows("Vous avez choisi un mot de passe.");
        browser.open("/espace/fermeture").await.shows("illisibles");
        browser
            .send("/espace/fermeture", &[("password", "wrong")])
            .await
            .shows("le mot de passe de ce compte");
        assert_eq!(browser.status, 422);
        browser
            .send("/espace/fermeture", &[("password", PASSWORD)])
            .await
            .at("/compte-ferme");
        browser.open("/espace").await.at("/");
        browser
            .send("/", &[("email", &person.email), ("password", PASSWORD)])
            .await;
        assert_eq!(browser.status, 401);
    });
}

#[test]
fn where_the_address_is_proven_first_the_review_ends_at_the_password() {
    run(async {
        let world = private().await;
        let person = newcomer();
        let mut browser = started(world, &person).await;
        browser.at(THANKS).shows("Pour continuer votre inscription");
        let path = format!("/verify/{}", world.mail_to(&person.email).await.token());
        browser.open(&path).await.shows("Confirmez votre adresse");
        browser.send(&path, &[]).await.at(TOPICS);
        browser.send(TOPICS, &[]).await.at(ESTABLISHMENT);
        browser
            .send(ESTABLISHMENT, &[("siret", MEMBER.0)])
            .await
            .at(NUMBER);
        browser
            .send(NUMBER, &[("number", MEMBER.1)])
            .await
            .at(REVIEW)
            .shows("il ne reste qu’à choisir votre mot de passe");
        browser.send(REVIEW, &[]).await.at(&path).shows(&person.email);
    });
}
