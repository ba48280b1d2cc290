//! The quota and the breaker, which all roles share.

use directory::{Registers, Urgency};
use domain::registration::event::RegisterStatus;
use domain::values::Siret;
use futures::future::join_all;
use sqlx::PgPool;
use tests::run;

use super::misbehaving::Servers;
use super::{ask, now};

/// Establishments that differ, so that no answer is used again.
fn sirets() -> impl Iterator<Item = Siret> {
    (0..).filter_map(|n| Siret::parse(&format!("000000{n:08}")).ok())
}

async fn status(registers: &Registers, siret: &Siret, urgency: Urgency) -> RegisterStatus {
    registers.check(siret, now(), urgency).await.check.status
}

/// Time passes for whatever is remembered of the registers.
async fn let_pass(pool: &PgPool, seconds: i32) {
    sqlx::query(
        "UPDATE directory.registers
            SET resting_until = resting_until - make_interval(secs => $1),
                calls = ARRAY(SELECT call - make_interval(secs => $1) FROM unnest(calls) AS call)",
    )
    .bind(f64::from(seconds))
    .execute(pool)
    .await
    .unwrap();
}

#[test]
fn after_five_faults_nobody_waits_for_a_source_whichever_role_found_them() {
    run(async {
        let servers = Servers::start().await;
        let (one, other) = (
            servers.registers(Some("503"), None),
            servers.registers(Some("503"), None),
        );
        for _ in 0..3 {
            for role in [&one, &other] {
                assert_eq!(ask(role).await.check.status, RegisterStatus::Pending);
            }
        }
        assert_eq!(servers.count(), 5);
    });
}

#[test]
fn after_the_rest_one_call_tries_and_its_success_closes_the_breaker() {
    run(async {
        let servers = Servers::start().await;
        let registers = servers.registers(Some("503"), None);
        for _ in 0..5 {
            ask(&registers).await;
        }
        let_pass(&servers.pool, 30).await;
        join_all((0..4).map(|_| ask(&registers))).await;
        assert_eq!(servers.count(), 6, "one at a time");
        let_pass(&servers.pool, 30).await;
        // The address stays and its server is well again.
        servers.recover();
        for siret in sirets().take(3) {
            assert_eq!(
                status(&registers, &siret, Urgency::Person).await,
                RegisterStatus::Active
            );
        }
        assert_eq!(servers.count(), 9);
    });
}

#[test]
fn a_register_that_is_asked_too_often_is_left_alone_at_once_for_as_long_as_it_asks() {
    run(async {
        let servers = Servers::start().await;
        let registers = servers.registers(Some("patient"), None);
        for _ in 0..3 {
            ask(&registers).await;
        }
        assert_eq!(servers.count(), 1);
        let_pass(&servers.pool, 2).await;
        ask(&registers).await;
        assert_eq!(servers.count(), 2);
        let without = servers.registers(Some("429"), None);
        ask(&without).await;
        let_pass(&servers.pool, 59).await;
        ask(&without).await;
        assert_eq!(servers.count(), 3, "a minute where it does not say");
    });
}

#[test]
fn another_address_begins_anew() {
    run(async {
        let servers = Servers::start().await;
        for _ in 0..6 {
            ask(&servers.registers(Some("503"), None)).await;
        }
        let repaired = servers.registers(Some("active"), None);
        assert_eq!(ask(&repaired).await.check.status, RegisterStatus::Active);
    });
}

#[test]
fn all_roles_together_ask_insee_thirty_times_a_minute_and_not_once_more() {
    run(async {
        let servers = Servers::start().await;
        let roles = [
            servers.registers(Some("active"), None),
            servers.registers(Some("active"), None),
        ];
        let sirets: Vec<Siret> = sirets().take(40).collect();
        let asked = sirets
            .iter()
            .enumerate()
            .map(|(place, siret)| status(&roles[place % 2], siret, Urgency::Person));
        let answers = join_all(asked).await;
        let pending = answers
            .iter()
            .filter(|it| **it == RegisterStatus::Pending)
            .count();
        assert_eq!((servers.count(), pending), (30, 10));
        let_pass(&servers.pool, 60).await;
        let another = sirets.last().unwrap();
        for role in &roles {
            assert_eq!(
                status(role, another, Urgency::Person).await,
                RegisterStatus::Active
            );
        }
    });
}

#[test]
fn the_same_establishment_within_a_minute_costs_one_call() {
    run(async {
        let servers = Servers::start().await;
        let registers = servers.registers(Some("active"), None);
        for _ in 0..5 {
            let check = ask(&registers).await.check;
            assert_eq!((check.status, check.checked_at), (RegisterStatus::Active, now()));
        }
        assert_eq!(servers.count(), 1);
    });
}

#[test]
fn a_chore_leaves_a_third_of_the_quota_to_people() {
    run(async {
        let servers = Servers::start().await;
        let registers = servers.registers(Some("active"), None);
        let mut sirets = sirets();
        for siret in sirets.by_ref().take(25) {
            status(&registers, &siret, Urgency::Chore).await;
        }
        assert_eq!(servers.count(), 20);
        let somebody = sirets.next().unwrap();
        assert_eq!(
            status(&registers, &somebody, Urgency::Person).await,
            RegisterStatus::Active
        );
    });
}
