//! The organisation's files as an operator imports them, and what is told of the directory.

use std::fs;

use serde_json::Value;
use tests::journey::Visitor;
use tests::people::newcomer;
use tests::register::SILENT;
use tests::run;
use tests::world::{Plan, World};

const HEADER: &str = "siret,name,idcc,member_number,training_declaration_number,state\n";

/// What the command said, as JSON.
fn told(world: &World, arguments: &[&str], code: i32) -> Value {
    let output = world.command(&[arguments, &["--json"]].concat(), code);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_file_is_tried_dry_then_takes_the_place_of_what_stood_and_names_its_bad_lines() {
    run(async {
        let world = World::start(Plan::default()).await;
        let file = world.folder.join("establishments.csv");
        let faults = world.folder.join("faults.csv");
        let (path, faults_path) = (file.display().to_string(), faults.display().to_string());
        let rows = "SELECT count(*) FROM directory.establishments";
        let before = world.count(rows).await;
        fs::write(
            &file,
            format!("{HEADER}00000043000017,CANTINE MODELE,1266,1000112,,active\n00000049700016,,abc,1000334,,active\n"),
        )
        .unwrap();
        let import = ["directory", "import", "establishments", &path, "--replace"];
        let dry = told(&world, &[&import[..], &["--dry-run"]].concat(), 0);
        assert_eq!(
            (&dry["dry_run"], dry["removed"].as_u64()),
            (&true.into(), Some(before - 2))
        );
        assert_eq!(world.count(rows).await, before);

        let done = told(&world, &[&import[..], &["--bad-lines", &faults_path]].concat(), 0);
        assert_eq!(
            (done["unchanged"].as_i64(), done["refused"].as_i64()),
            (Some(1), Some(1))
        );
        assert_eq!(
            world.count(rows).await,
            2,
            "a bad line keeps the row that it names"
        );
        assert_eq!(
            fs::read_to_string(&faults).unwrap(),
            "line,field,reason\n3,name,required\n3,idcc,idcc-format\n"
        );
        fs::write(&file, format!("{HEADER}nonsense,X,,,,\n")).unwrap();
        told(&world, &import, 1);
        assert_eq!(world.count(rows).await, 2);
    });
}

#[test]
fn the_status_tells_what_is_held_how_registers_are_and_who_waits_while_the_service_stays_ready() {
    run(async {
        let world = World::start(Plan::default()).await;
        for _ in 0..6 {
            let visitor = Visitor::start(&world, &newcomer()).await;
            visitor
                .put("topics", serde_json::json!({"topics": []}))
                .await
                .expect(200);
            visitor
                .put("establishment", serde_json::json!({"siret": SILENT}))
                .await
                .expect(200)
                .in_state("awaiting_idcc");
        }
        world.until_projected().await;
        let status = told(&world, &["directory", "status"], 0);
        assert!(status["establishments"]["rows"].as_i64() > Some(10), "{status}");
        assert!(
            status["contacts"]["last_import"]["lines_read"].as_i64() > Some(10),
            "{status}"
        );
        assert_eq!(status["pending_register_checks"], 6);
        assert_eq!(status["agreements"]["codes"], 765);
        let insee = &status["registers"][0];
        assert_eq!(insee["source"], "insee");
        let health = &insee["health"];
        assert_eq!(
            (&health["breaker"], &health["failure"]),
            (&"open".into(), &"server_error".into())
        );
        assert_eq!(
            (health["calls_max"].as_i64(), health["calls_left"].as_i64()),
            (Some(30), Some(25))
        );
        let text = String::from_utf8(world.command(&["directory", "status"], 0).stdout).unwrap();
        assert!(
            text.contains("insee: 25 of 30 calls left in 60 s, breaker open until"),
            "{text}"
        );
        assert!(!text.contains(SILENT));
        for role in ["api", "worker"] {
            world.admin(role).get("/readyz").await.expect(200);
        }
        let measures = world.admin("api").get("/metrics").await.expect(200).text;
        assert!(
            measures.contains("onboarding_register_calls_total{source=\"insee\",outcome=\"server_error\"} 5")
                || measures.contains("outcome=\"server_error\",source=\"insee\"} 5"),
            "{measures}"
        );
        assert!(measures.contains("onboarding_register_calls_left"), "{measures}");
    });
}
