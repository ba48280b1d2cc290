//! A run: an installation, load, a schedule, rest, and the checks. One round for a test, many for a soak.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tests::guard::log_file;
use tests::programs::{postgres_folder, repository};

use crate::checker::clear_text::Marks;
use crate::checker::{self, Finding, acknowledged};
use crate::drain;
use crate::evidence::Evidence;
use crate::fault::Link;
use crate::injector::Injector;
use crate::installation::{Installation, Plan};
use crate::ledger::{Ledger, Request};
use crate::load::{Load, Pressure};
use crate::proxy::Way;
use crate::report;
use crate::schedule::{Card, Schedule};
use crate::seed::Seed;
use crate::usage::{self, Usage};

/// Load goes on this long after the last fault, so that recovery is met by somebody.
const AFTER: Duration = Duration::from_secs(2);
/// Fewer acknowledged steps than this prove little.
pub const STEPS_MIN: usize = 50;
/// How long a slow machine is given to have so many, after the last fault.
const STEPS_WITHIN: Duration = Duration::from_secs(120);
/// How often they are counted.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Before the first fault there is load alone.
const BEFORE: Duration = Duration::from_secs(2);
/// How many tokens of mails are searched for.
const TOKENS_SEARCHED: usize = 24;

/// What is run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name, also its folder's.
    pub name: &'static str,
    /// The installation.
    pub plan: Plan,
    /// The faults, each once a round.
    pub deck: Vec<Card>,
    /// How long a round deals faults.
    pub length: Duration,
    /// How much is asked for.
    pub pressure: Pressure,
    /// Ways that are so throughout.
    pub ways: Vec<(Link, Way)>,
    /// Within which time all must come to rest.
    pub rest_within: Duration,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The scenario's name.
    pub name: String,
    /// The seed.
    pub seed: u64,
    /// The schedule of each round.
    pub schedules: Vec<String>,
    /// Everything that was looked at.
    pub evidence: Evidence,
    /// What is not as promised.
    pub findings: Vec<Finding>,
    /// How long each round took to come to rest, in seconds.
    pub rests: Vec<f64>,
    /// What roles held at the start.
    pub before: Vec<Usage>,
    /// What they held at the end.
    pub after: Vec<Usage>,
    /// Seconds of the run, from the first request.
    pub seconds: f64,
}

impl Outcome {
    /// How many steps were acknowledged.
    pub fn acknowledged(&self) -> usize {
        acknowledged_in(&self.evidence.requests)
    }

    /// How many faults of each kind there were.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for band in &self.evidence.bands {
            *counts.entry(band.kind).or_default() += 1;
        }
        counts
    }

    /// The first findings, for a failing test.
    pub fn told(&self) -> String {
        checker::abridged(&self.findings).join("\n")
    }
}

fn acknowledged_in(requests: &[Request]) -> usize {
    acknowledged::promises(requests)
        .filter(|(_, answer)| answer.version.is_some())
        .count()
}

/// Where reports go, below the build's folder.
pub fn report_folder(name: &str) -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from);
    target.join(name)
}

/// Runs rounds until a time has passed, at least one, and writes a report into a folder.
pub async fn run(scenario: &Scenario, number: u64, time: Duration, folder: &std::path::Path) -> Outcome {
    fs::create_dir_all(folder).expect("a folder for the report");
    let seed = Seed::new(number);
    let installation = Installation::start(&scenario.plan, &seed).await;
    let ledger = Arc::new(Ledger::open(
        &folder.join("ledger.ndjson"),
        installation.smtp.begun(),
    ));
    let mut outcome = Outcome {
        name: scenario.name.to_owned(),
        seed: number,
        before: usage::look(&installation),
        ..Outcome::default()
    };
    let load = Load::new(
        &installation,
        Arc::clone(&ledger),
        &seed,
        (scenario.plan.contacts, scenario.pressure),
    );
    let injector = Injector::new(&installation, &ledger);
    for (link, way) in &scenario.ways {
        installation.proxies[link]
            .iter()
            .for_each(|proxy| proxy.set(*way));
    }
    let begun = ledger.now();
    for round in 0_u32.. {
        let dealt = Schedule::deal(
            &seed.branch(&format!("round {round}")),
            scenario.deck.clone(),
            BEFORE,
            scenario.length,
        );
        report::say(&format!("{} seed {number} round {round}\n{dealt}", scenario.name));
        // All rounds so far are judged again after each.
        outcome.findings.clear();
        let work = (&load, &*ledger);
        let is_whole = one_round(scenario, &installation, work, &injector, &dealt, &mut outcome).await;
        outcome.schedules.push(dealt.to_string());
        if round == 1 {
            // Pools are full and passwords were hashed: what a role may keep is known now.
            outcome.before.clone_from(&outcome.after);
        }
        judge(&installation, &ledger, &injector, &mut outcome).await;
        report::write(folder, &outcome).expect("the report can be written");
        // Who was refused leaves nothing behind that the next round would stumble over.
        let goes_on = outcome.findings.iter().all(|it| it.invariant == "I11");
        if !is_whole || !goes_on || ledger.now() - begun >= time.as_secs_f64() {
            break;
        }
    }
    outcome.findings.extend(search(&installation, &outcome).await);
    if !outcome.findings.is_empty() {
        keep_logs(&installation, folder);
    }
    outcome.seconds = ledger.now() - begun;
    report::write(folder, &outcome).expect("the report can be written");
    outcome
}

/// What the roles said, beside the report of a run that failed.
fn keep_logs(installation: &Installation, folder: &std::path::Path) {
    for name in installation.supervisor.names() {
        let log = log_file(&installation.folder, &name);
        let kept = fs::copy(&log, folder.join(format!("{name}.log")));
        kept.unwrap_or_else(|fault| panic!("{}: {fault}", log.display()));
    }
}

/// Load and faults, then rest. False when it does not come to rest.
async fn one_round(
    scenario: &Scenario,
    installation: &Installation,
    (load, ledger): (&Load<'_>, &Ledger),
    injector: &Injector<'_>,
    dealt: &Schedule,
    outcome: &mut Outcome,
) -> bool {
    let faults = async {
        tokio::join!(injector.carry_out(dealt), tokio::time::sleep(scenario.length));
        tokio::time::sleep(AFTER).await;
        let given_up_at = Instant::now() + STEPS_WITHIN;
        while acknowledged_in(&ledger.requests()) <= STEPS_MIN && Instant::now() < given_up_at {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        load.end();
    };
    tokio::join!(load.run(), faults);
    match drain::until_quiet(installation, scenario.rest_within).await {
        Ok(took) => outcome.rests.push(took.as_secs_f64()),
        Err(finding) => {
            outcome.findings.push(finding);
            return false;
        }
    }
    true
}

/// Reads everything and checks it.
async fn judge(installation: &Installation, ledger: &Ledger, injector: &Injector<'_>, outcome: &mut Outcome) {
    match Evidence::gather(installation, ledger.requests(), injector.bands()).await {
        Ok(evidence) => outcome.evidence = evidence,
        Err(fault) => {
            return outcome.findings.push(Finding::new(
                "I10",
                format!("PostgreSQL does not answer: {fault}"),
            ));
        }
    }
    outcome.findings.extend(checker::check(&outcome.evidence));
    outcome.after = usage::look(installation);
    outcome
        .findings
        .extend(usage::judge(&outcome.before, &outcome.after));
    match usage::sessions(installation).await {
        Ok(findings) => outcome.findings.extend(findings),
        Err(fault) => outcome.findings.push(Finding::new(
            "I12",
            format!("PostgreSQL does not answer: {fault}"),
        )),
    }
    let ended = installation.supervisor.ended_by_themselves();
    outcome.findings.extend(
        ended
            .into_iter()
            .map(|what| Finding::new("I10", format!("a role ended by itself: {what}"))),
    );
}

/// Looks for people in clear: a dump, the metrics, and every file of servers and roles.
async fn search(installation: &Installation, outcome: &Outcome) -> Vec<Finding> {
    let mails = outcome.evidence.mails.iter().rev();
    let tokens: Vec<String> = mails
        .filter_map(|mail| mail.token.clone())
        .take(TOKENS_SEARCHED)
        .collect();
    let marks = Marks::with(&tokens);
    let told = tempfile::tempdir().expect("a folder");
    for name in installation.supervisor.names() {
        let url = format!("{}/metrics", installation.supervisor.admin(&name));
        if let Ok(answer) = reqwest::get(url).await {
            let metrics = answer.bytes().await.unwrap_or_default();
            fs::write(told.path().join(format!("metrics of {name}")), metrics).expect("a file");
        }
    }
    let mut findings = Vec::new();
    let dump = Command::new(postgres_folder().join("pg_dump"))
        .arg(installation.owner_url())
        .output();
    match dump {
        Ok(dump) if dump.status.success() => {
            fs::write(told.path().join("dump of the database"), dump.stdout).expect("a file")
        }
        other => findings.push(Finding::new(
            "I9",
            format!("the database cannot be dumped: {other:?}"),
        )),
    }
    findings.extend(marks.look_below(told.path()));
    findings.extend(marks.look_below(&installation.folder));
    findings
}
