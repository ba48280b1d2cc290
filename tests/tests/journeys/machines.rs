//! Two machines: they share the master key, a mounted secret, and no folder.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use reqwest::Method;
use tests::client::Client;
use tests::eventually::eventually;
use tests::journey::Visitor;
use tests::people::newcomer;
use tests::ports::free_port;
use tests::run;
use tests::world::{Plan, ROLES, World};

/// A data directory of another machine, with the master key and nothing else.
fn other_machine(world: &World) -> PathBuf {
    let folder = world.folder.join("other");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let key = folder.join("master.key");
    fs::copy(world.data_folder().join("master.key"), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    folder
}

fn epochs(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("master.key.epochs"));
    let names = entries
        .into_iter()
        .flatten()
        .map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.contains(".new-")).collect();
    names.sort();
    names
}

/// Starts an API there.
async fn second_api(world: &World, folder: &Path) -> Client {
    let listen = format!("127.0.0.1:{}", free_port());
    let data = folder.display().to_string();
    world.begin_with(
        "api.2",
        &[("ONBOARDING_DATA_DIR", &data), ("ONBOARDING_LISTEN", &listen)],
    );
    world.until_ready("api.2").await;
    Client::new(&format!("http://{listen}"))
}

#[test]
fn epochs_of_keys_come_to_a_machine_that_shares_nothing_but_the_master_key() {
    run(async {
        let world = World::start(Plan::default()).await;
        let person = newcomer();
        let visitor = Visitor::start(&world, &person).await;
        let folder = other_machine(&world);
        let there = second_api(&world, &folder).await;
        assert_eq!(
            epochs(&folder),
            epochs(&world.data_folder()),
            "none of its own was begun"
        );

        // It reads what the first machine wrote, and goes on reading whatever happens to the keys.
        let look = async || {
            let asked = there
                .ask(Method::GET, &format!("/v1/registrations/{}", visitor.id))
                .bearer(&visitor.token);
            asked.send().await.status
        };
        assert_eq!(look().await, 200);
        let old = epochs(&folder).remove(0);
        world.command(&["keys", "rotate"], 0);
        eventually("the other machine has the new epoch", async || {
            let status = look().await;
            assert!(status == 200 || status == 503, "{status}");
            (epochs(&folder) == epochs(&world.data_folder()) && epochs(&folder).len() == 2).then_some(())
        })
        .await;
        assert_eq!(look().await, 200);
        world.command(&["keys", "destroy", "--horizon", "0s"], 0);
        eventually(
            "what is destroyed on one machine is destroyed on all",
            async || (!epochs(&folder).contains(&old)).then_some(()),
        )
        .await;
        assert_eq!(look().await, 200);

        // Begun there: it comes back here.
        let data = folder.display().to_string();
        let rotated = world.try_command_with(&["keys", "rotate"], &[("ONBOARDING_DATA_DIR", &data)]);
        assert!(rotated.status.success(), "{rotated:?}");
        eventually("the first machine has it too", async || {
            (epochs(&folder) == epochs(&world.data_folder())).then_some(())
        })
        .await;
        let answer = world
            .client
            .ask(Method::GET, &format!("/v1/registrations/{}", visitor.id))
            .bearer(&visitor.token);
        assert_eq!(answer.send().await.status, 200);
    });
}

#[test]
fn a_role_that_lacks_an_epoch_is_not_ready_until_it_has_it() {
    run(async {
        let world = World::start(Plan::default()).await;
        Visitor::start(&world, &newcomer()).await;
        let folder = other_machine(&world);
        second_api(&world, &folder).await;
        for role in ROLES {
            world.kill(role);
        }
        let lost = folder.join("master.key.epochs").join(&epochs(&folder)[0]);
        fs::remove_file(&lost).unwrap();
        let admin = world.admin("api.2");
        eventually("it says what it lacks", async || {
            let told = admin.get("/readyz").await;
            (told.status == 503 && told.text.contains("another machine has them")).then_some(())
        })
        .await;
        world.begin("api");
        world.until_ready("api.2").await;
        assert!(lost.exists());
    });
}
