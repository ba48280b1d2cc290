//! `soak MINUTES [SEED]`: random faults under load for so long, then a report. `script/soak` builds what it needs.

use std::process::ExitCode;
use std::time::Duration;

use faults::run::{report_folder, run};
use faults::{report, scenarios};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let minutes = arguments.next().and_then(|text| text.parse::<f64>().ok());
    let Some(minutes) = minutes.filter(|minutes| (0.0..100_000.0).contains(minutes)) else {
        report::say("usage: soak MINUTES [SEED]");
        return ExitCode::from(2);
    };
    let seed = match arguments.next().map(|text| text.parse()) {
        Some(Ok(seed)) => seed,
        Some(Err(_)) => {
            report::say("the seed is a whole number");
            return ExitCode::from(2);
        }
        None => u64::from(std::process::id()),
    };
    let folder = report_folder(&format!("soak-{seed}"));
    let scenario = scenarios::soak();
    let outcome = tests::run(run(
        &scenario,
        seed,
        Duration::from_secs_f64(minutes * 60.0),
        &folder,
    ));
    report::say(&format!(
        "{}\nreport: {}",
        outcome.told(),
        folder.join("report.md").display()
    ));
    match outcome.findings.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
