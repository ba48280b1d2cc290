//! Pages: how long the service takes for each, alone and with eight visitors at once.

use bench::client::Client;
use bench::load::{Measured, closed_loop};
use bench::mailbox::Mailbox;
use bench::people::{MEMBER_NUMBER, PASSWORD, People, SIRET, contacts_csv};
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use bench::visitor::{Page, Visitor};
use clap::Parser;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

const CLIENTS: [usize; 2] = [1, 8];
/// An establishment that only the demonstration's register knows.
const UNKNOWN_SIRET: &str = "13002526500013";

#[derive(Serialize)]
struct Row {
    page: &'static str,
    bytes: usize,
    alone: Measured,
    at_once: Measured,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::parse();
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&settings, mailbox.url())?;
    let file = service.folder().join("contacts.csv");
    std::fs::write(&file, contacts_csv(1))?;
    service.command(&["directory", "import", "contacts", &file.display().to_string()])?;
    let pages = pages(&Client::new(&service.url)?, &mailbox).await?;
    let visitor = Visitor::new(&service.url)?;

    // A page takes no longer for being asked for more often: half a window each is enough.
    let (warm_up, window) = (settings.warm_up() / 2, settings.window() / 2);
    let mut rows = Vec::new();
    for page in &pages {
        let bytes = visitor.ask(page).await?;
        let measure = |clients| {
            let (visitor, page) = (visitor.clone(), page.clone());
            closed_loop(clients, warm_up, window, move || {
                let (visitor, page) = (visitor.clone(), page.clone());
                async move { visitor.ask(&page).await.map(drop) }
            })
        };
        rows.push(Row {
            page: page.name,
            bytes,
            alone: measure(CLIENTS[0]).await?,
            at_once: measure(CLIENTS[1]).await?,
        });
    }
    table(&rows)
}

fn table(rows: &[Row]) -> anyhow::Result<()> {
    let mut report = Report::new(
        "Pages: from the request to the last byte",
        &[
            "page",
            "bytes",
            "p50 ms",
            "p99 ms",
            "8 at once: pages/s",
            "p50 ms",
            "p99 ms",
        ],
    );
    for row in rows {
        report.row([
            row.page.to_owned(),
            row.bytes.to_string(),
            figure(row.alone.p50_ms),
            figure(row.alone.p99_ms),
            figure(row.at_once.per_second),
            figure(row.at_once.p50_ms),
            figure(row.at_once.p99_ms),
        ]);
    }
    report.note(
        "HTML alone, not compressed; styles, scripts and the icon are asked for once and kept for a year. The whole weight \
         of each page is in the table that the tests in a browser write.",
    );
    report.write(&rows)
}

/// Every kind of page, with somebody at each step.
async fn pages(client: &Client, mailbox: &Mailbox) -> anyhow::Result<Vec<Page>> {
    let page = |name, path: &str, cookie: Option<String>| Page {
        name,
        path: path.to_owned(),
        cookie,
        form: None,
        status: 200,
    };
    let newcomers = People::newcomers();
    let continuation = |token: &str| Some(format!("onboarding_continuation={token}"));

    let at_topics = client.start(&newcomers.next()).await?;
    let at_agreement = client.start(&newcomers.next()).await?;
    client
        .step(&at_agreement, "topics", json!({ "topics": [] }))
        .await?;
    client
        .step(&at_agreement, "establishment", json!({ "siret": UNKNOWN_SIRET }))
        .await?;
    let contact = People::contacts().next();
    let at_thanks = client.start(&contact).await?;
    let link = mailbox.token(&contact.address).await?;
    let session = account(client, mailbox, &newcomers).await?;

    let search = "/inscription/idcc?q=bureaux";
    Ok(vec![
        page("sign-in", "/", None),
        page("step 1", "/inscription", None),
        Page {
            form: Some("last_name=Exemplard"),
            status: 422,
            ..page("step 1, refused", "/inscription", None)
        },
        page(
            "step 2, topics",
            "/inscription/thematiques",
            continuation(&at_topics.token),
        ),
        page(
            "step 4, agreements searched",
            search,
            continuation(&at_agreement.token),
        ),
        page("thank you", "/inscription/merci", continuation(&at_thanks.token)),
        page("link, password", &format!("/verify/{link}"), None),
        page("Mon espace", "/espace", Some(format!("session={session}"))),
        Page {
            status: 404,
            ..page("not found", "/nothing-here", None)
        },
    ])
}

/// An account with one establishment; answers the token of its session.
async fn account(client: &Client, mailbox: &Mailbox, newcomers: &People) -> anyhow::Result<String> {
    let person = newcomers.next();
    let started = client.start(&person).await?;
    let steps = [
        ("topics", json!({ "topics": ["payments"] })),
        ("establishment", json!({ "siret": SIRET })),
        ("member-number", json!({ "number": MEMBER_NUMBER })),
    ];
    for (step, body) in steps {
        client.step(&started, step, body).await?;
    }
    let token = mailbox.token(&person.address).await?;
    let body = json!({ "token": token, "password": PASSWORD });
    client.step(&started, "password", body).await?;
    let body = json!({ "email": person.address, "password": PASSWORD });
    let session: Value = client.ask(Method::POST, "/v1/sessions", None, &body).await?;
    Ok(session["token"].as_str().unwrap_or_default().to_owned())
}
