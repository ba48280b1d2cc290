//! The stock file, imported while the service runs: the next register check finds it, and says how old it is.

use std::path::Path;

use serde_json::json;
use tests::client::Answer;
use tests::journey::Visitor;
use tests::people::newcomer;
use tests::register::SILENT;
use tests::run;
use tests::world::{Plan, World};

const HEADER: &str = "siret,etatAdministratifEtablissement,dateDebut,dateDernierTraitementEtablissement\n";

/// Somebody new names the establishment about which INSEE is silent.
async fn declared(world: &World) -> Answer {
    let visitor = Visitor::start(world, &newcomer()).await;
    visitor.put("topics", json!({"topics": []})).await.expect(200);
    visitor.put("establishment", json!({"siret": SILENT})).await
}

fn import(world: &World, file: &Path) -> String {
    let file = file.display().to_string();
    let output = world.command(&["directory", "import", "sirene", &file], 0);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_stock_file_answers_where_insee_is_silent_and_is_replaced_while_the_service_runs() {
    run(async {
        let world = World::start(Plan::default()).await;
        let file = world.folder.join("StockEtablissement.csv");
        let check =
            async || declared(&world).await.expect(200).body["establishment"]["register_check"].clone();
        assert_eq!(check().await, "pending");

        std::fs::write(
            &file,
            format!("{HEADER}{SILENT},A,2020-01-01,2026-01-31T02:31:29.615\n"),
        )
        .unwrap();
        assert!(import(&world, &file).contains("1 lines read, 1 good"));
        assert_eq!(check().await, "active");
        let told = "SELECT count(*) FROM events WHERE event_type = 'EstablishmentDeclared'
            AND payload::text LIKE '%local_copy%' AND payload::text ~ '\"age_seconds\": ?[1-9]'";
        assert_eq!(
            world.count(told).await,
            1,
            "the event says who answered, and how old that was"
        );

        std::fs::write(
            &file,
            format!("{HEADER}{SILENT},F,2026-02-27,2026-03-31T02:31:29.615\n"),
        )
        .unwrap();
        import(&world, &file);
        assert_eq!(check().await, "pending", "a copy stops nobody");
        let told = "SELECT count(*) FROM events WHERE event_type = 'EstablishmentDeclared'
            AND payload::text ~ '\"hint\": ?[{].*local_copy' AND payload::text LIKE '%2026-02-27%'";
        assert_eq!(world.count(told).await, 1, "the event says who hinted at what");
        assert!(import(&world, &file).contains("(1 of them unchanged)"));
        let kept = "SELECT count(*) FROM directory.imports WHERE kind = 'sirene' AND as_of IS NOT NULL";
        assert_eq!(world.count(kept).await, 3);
    });
}
