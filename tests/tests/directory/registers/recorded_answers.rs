//! The parsers against answers recorded from the real registers, where a collection of them lies beside the repository.
//!
//! The collection is not part of the repository; without it this test says so and passes.

use std::path::PathBuf;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use directory::{RegisterSettings, Registers, Urgency};
use domain::registration::event::RegisterStatus;
use domain::values::Siret;
use tests::run;

const SHARED: &str = "shared/data/insee";

fn collection() -> Option<PathBuf> {
    let start = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    start.ancestors().map(|it| it.join(SHARED)).find(|it| it.is_dir())
}

async fn recorded(
    State(folder): State<PathBuf>,
    Path(siret): Path<String>,
) -> Result<String, (StatusCode, &'static str)> {
    // The files are named after what they are, so the one asked for is the one that says so.
    let asked = format!("\"siret\": \"{siret}\"");
    let files = std::fs::read_dir(folder).map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, ""))?;
    let mut bodies = files.filter_map(|it| {
        let path = it.ok()?.path();
        let singular =
            path.file_name()?.to_str()?.starts_with("siret-") && !path.to_str()?.contains("plural");
        singular.then(|| std::fs::read_to_string(path).ok())?
    });
    let unknown = (StatusCode::NOT_FOUND, r#"{"header":{"statut":404}}"#);
    bodies.find(|it| it.contains(&asked)).ok_or(unknown)
}

#[test]
fn recorded_answers_are_read_as_what_they_are() {
    run(async {
        let Some(folder) = collection() else {
            println!("note: no recorded answers beside the repository, nothing to compare with");
            return;
        };
        let router = Router::new()
            .route("/siret/{siret}", get(recorded))
            .with_state(folder);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = RegisterSettings {
            sirene_url: Some(format!("http://{}", listener.local_addr().unwrap())),
            ..RegisterSettings::default()
        };
        tokio::spawn(async move { axum::serve(listener, router).await });
        let registers = Registers::new(&settings, &crate::database().await, None).unwrap();
        for (siret, status) in [
            ("13002526500013", RegisterStatus::Active),
            ("19750663700010", RegisterStatus::Active),
            ("20006443400018", RegisterStatus::Active),
            ("20007184300060", RegisterStatus::Active),
            ("21340126800130", RegisterStatus::Active),
            ("21740056300011", RegisterStatus::Active),
            ("21920023500014", RegisterStatus::Active),
            ("45334017600024", RegisterStatus::Active),
            ("66204244905476", RegisterStatus::Active),
            ("00000020800017", RegisterStatus::Active),
            ("00000030700017", RegisterStatus::Closed),
            ("00000031500010", RegisterStatus::Closed),
            ("00000032300014", RegisterStatus::NotFound),
        ] {
            let check = registers
                .check(
                    &Siret::parse(siret).unwrap(),
                    chrono::DateTime::UNIX_EPOCH,
                    Urgency::Person,
                )
                .await
                .check;
            assert_eq!(check.status, status, "{siret}");
            let closed = check.closed_on.map(|it| it.to_string());
            assert_eq!(
                closed.as_deref(),
                (status == RegisterStatus::Closed).then_some("2024-07-01"),
                "{siret}"
            );
        }
    });
}
