//! What an auditor asks: the whole history, one registration as a story, and whether all stands as it was written.

use serde_json::Value;
use tests::journey::newcomer_with_account;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};

fn lines(output: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(output).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_whole_history_comes_out_in_the_order_of_the_log_and_without_names() {
    run(async {
        let world = World::start(Plan::default()).await;
        let person = newcomer();
        let visitor = newcomer_with_account(&world, &person).await;
        newcomer_with_account(&world, &newcomer()).await;
        let feed = world.until_settled().await;

        let replayed = world.command(&["audit", "replay"], 0).stdout;
        let history = lines(&replayed);
        let positions: Vec<u64> = history
            .iter()
            .map(|line| line["position"].as_u64().unwrap())
            .collect();
        assert_eq!(positions, (1..=feed.len() as u64).collect::<Vec<_>>());
        assert!(!String::from_utf8(replayed).unwrap().contains(&person.last_name));

        let from_third = lines(&world.command(&["audit", "replay", "--from", "3"], 0).stdout);
        assert_eq!(from_third, history[2..]);
        let theirs = lines(
            &world
                .command(&["audit", "replay", "--registration", &visitor.id], 0)
                .stdout,
        );
        assert_eq!(theirs.len(), world.story(&visitor.id).await.len());
        world.command(&["audit", "verify"], 0);
        let story = world.command(&["audit", "show", &visitor.id], 0).stdout;
        assert!(story.len() > 200, "{}", String::from_utf8_lossy(&story));
        let nobody = uuid::Uuid::now_v7().to_string();
        for about in [
            &["audit", "show", &nobody][..],
            &[
                "audit",
                "replay",
                "--registration",
                &visitor.id,
                "--registration",
                &nobody,
            ],
            &["audit", "state", "--at", "2999-01-01", "--registration", &nobody],
            &["audit", "accesses", "--registration", &nobody],
            &["rules", "replay", "--registration", &nobody],
        ] {
            let said = world.command(about, 1);
            let words = String::from_utf8_lossy(&said.stderr);
            assert!(words.contains(&nobody) && said.stdout.is_empty(), "{words}");
        }
    });
}

#[test]
fn an_event_changed_behind_the_back_of_every_rule_is_found_and_named() {
    run(async {
        let world = World::start(Plan::default()).await;
        newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
        let tampering = [
            "ALTER TABLE events DISABLE TRIGGER USER",
            "UPDATE events SET recorded_at = recorded_at + interval '1 microsecond' WHERE position = 4",
            "ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only",
        ];
        for statement in tampering {
            sqlx::query(statement).execute(&world.pool).await.unwrap();
        }
        let said = world.command(&["audit", "verify"], 3);
        assert!(
            String::from_utf8(said.stdout).unwrap().contains('4'),
            "the first difference is named"
        );
        let json = world.command(&["--json", "audit", "verify"], 3);
        serde_json::from_slice::<Value>(&json.stdout).unwrap();
    });
}
