//! Restored databases, and the epochs of personal keys.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use tests::journey::{me, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::run;
use tests::world::{Plan, ROLES, World};

use super::{is_alive, told};

#[test]
fn a_restored_database_forgets_again_before_it_is_served() {
    run(async {
        let world = World::start(Plan {
            own_cluster: true,
            ..Plan::default()
        })
        .await;
        let erased = newcomer();
        let kept = newcomer();
        let visitor = newcomer_with_account(&world, &erased).await;
        newcomer_with_account(&world, &kept).await;
        world.until_settled().await;
        world.command(&["hold", "set", &visitor.id, "--reason", "court case"], 0);

        // A backup with the hold in force; then the hold is lifted, and the person erased.
        let files = world.cluster().data_folder();
        let backup = world.folder.join("backup");
        let copy = |from: &Path, to: &Path| {
            assert!(
                Command::new("cp")
                    .arg("-a")
                    .arg(from)
                    .arg(to)
                    .status()
                    .unwrap()
                    .success()
            );
        };
        for role in ROLES {
            world.stop(role);
        }
        world.cluster().stop();
        copy(&files, &backup);
        world.cluster().run().await;
        world.command(&["hold", "lift", &visitor.id, "--reason", "case closed"], 0);
        world.command(&["erase", &visitor.id, "--reason", "asked by letter"], 0);
        assert!(!is_alive(&world, &visitor.id).await);

        world.cluster().stop();
        std::fs::remove_dir_all(&files).unwrap();
        copy(&backup, &files);
        world.cluster().run().await;
        assert!(
            is_alive(&world, &visitor.id).await,
            "the backup brought them back"
        );
        world.run("api").await;
        assert!(
            !is_alive(&world, &visitor.id).await,
            "and they were forgotten again before it was served"
        );
        let signing_in = json!({"email": erased.email, "password": PASSWORD});
        let refused = world.client.post("/v1/sessions", &signing_in).await;
        refused.problem(401, "sign-in-refused");
        sign_in(&world, &kept.email, PASSWORD).await;
        assert_eq!(world.log("api").matches("restored from before").count(), 1);
        let metrics = world.admin("api").get("/metrics").await.expect(200).text;
        assert!(
            metrics.contains("onboarding_erasures_repeated_total 1"),
            "{metrics}"
        );
        // The other way round: what only the database remembers is written down outside it.
        std::fs::remove_file(world.data_folder().join("master.key.erased")).unwrap();
        world.command(&["keys", "status"], 0);
        let written = std::fs::read_to_string(world.data_folder().join("master.key.erased")).unwrap();
        assert!(written.starts_with(&visitor.id), "{written}");
    });
}

#[test]
fn epochs_rotate_and_end_and_living_people_stay_readable() {
    run(async {
        let world = World::start(Plan::default()).await;
        let person = newcomer();
        newcomer_with_account(&world, &person).await;
        let first = told(&world, &["keys", "status"]);
        assert_eq!(first[0]["living_keys"], 1);
        // Without the folder nobody could be read: that is said, and nothing begins in its place.
        let folder = world.data_folder().join("master.key.epochs");
        let away = world.folder.join("away");
        std::fs::rename(&folder, &away).unwrap();
        let refused = world.command(&["keys", "status"], 1);
        let refused = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.contains("bring it back"), "{refused}");
        assert!(!folder.exists());
        std::fs::rename(&away, &folder).unwrap();
        assert_eq!(
            told(&world, &["keys", "destroy", "--horizon", "0s"])["destroyed"],
            0,
            "the one in use stays"
        );
        assert_eq!(told(&world, &["keys", "rotate"])["rewrapped"], 1);
        assert_eq!(
            told(&world, &["keys", "destroy"])["destroyed"],
            0,
            "a backup of today still opens"
        );
        assert_eq!(
            told(&world, &["keys", "destroy", "--horizon", "0s"])["destroyed"],
            1
        );
        let status = told(&world, &["keys", "status"]);
        assert_eq!(status.as_array().unwrap().len(), 1);
        assert_ne!(status[0]["epoch"], first[0]["epoch"]);
        // Whoever had wrapped a key under the old epoch meanwhile is refused by the database.
        let late = format!(
            "INSERT INTO keyring.person_keys (registration_id, key_id, epoch, wrapped)
             VALUES (gen_random_uuid(), gen_random_uuid(), {}, 'x')",
            first[0]["epoch"].to_string().replace('"', "'")
        );
        let refused = sqlx::query(&late).execute(&world.pool).await.unwrap_err();
        assert!(refused.to_string().contains("destroyed_epochs"), "{refused}");
        // The API that was running all along follows.
        let session = sign_in(&world, &person.email, PASSWORD).await;
        assert_eq!(
            me(&world, &session).await["person"]["last_name"],
            person.last_name
        );
        newcomer_with_account(&world, &newcomer()).await;
    });
}
