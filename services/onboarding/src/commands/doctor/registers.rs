//! Whether each official register answers one true question, and as a register does.

use directory::{KNOWN_TO_ALL, ProbeReport};

use runtime::health::Finding;

use crate::ground::Ground;

const SUBJECT: &str = "register";

/// What each register that is set answered.
pub async fn examine(ground: &Ground) -> Vec<Finding> {
    let registers = match ground.registers() {
        Ok(registers) => registers,
        Err(fault) => {
            return vec![Finding::fault(
                SUBJECT,
                format!("{fault:#}"),
                "mend its address or key",
            )];
        }
    };
    let reports = registers.probe().await;
    if reports.is_empty() {
        let found = "none is set: establishments that the directory does not know are accepted, and their checks stay pending";
        return vec![Finding::fine(SUBJECT, found)];
    }
    reports.iter().map(finding).collect()
}

fn finding(report: &ProbeReport) -> Finding {
    let source = report.source;
    if report.outcome == "active" {
        return Finding::fine(SUBJECT, format!("{source} knows {KNOWN_TO_ALL}"));
    }
    let status = report
        .status
        .map_or_else(String::new, |it| format!(" (HTTP {it})"));
    let (found, remedy) = match (report.outcome, report.status) {
        ("closed" | "not_found", _) => (
            format!("does not know {KNOWN_TO_ALL} as active, which has been for years"),
            "see that the address is the register's and no test's",
        ),
        ("body", _) => (
            "answered with what is no answer of this register: it looks like a gateway's or a proxy's page"
                .to_owned(),
            "see that the address ends where `/siret/…` or `/search` follows, and that no proxy answers in its place",
        ),
        ("key_refused", _) | ("status", Some(403)) => (
            format!("refuses the key{status}"),
            "see that the key is the public plan's and not expired; a gateway before it may refuse this network",
        ),
        ("status", Some(300..400)) => (
            format!("redirects to another host{status}, which looks like a gateway's answer"),
            "set the address that it leads to, with https",
        ),
        ("too_many_requests" | "budget_spent", _) => (
            format!("was asked too often{status}"),
            "wait a minute; raise the quota with INSEE if that is often so",
        ),
        ("breaker_open", _) => (
            "is left alone for some seconds, since it failed several times in a row".to_owned(),
            "`onboarding directory status` tells the last fault; ask again in a minute",
        ),
        ("timeout" | "connection", _) => (
            format!("cannot be reached in time ({})", report.outcome),
            "see that the network lets this machine out to it; people go on meanwhile, and their checks wait",
        ),
        (outcome, _) => (
            format!("gave no answer ({outcome}){status}"),
            "people go on meanwhile, and their checks wait; look at it again later",
        ),
    };
    Finding::fault(SUBJECT, format!("{source} {found}"), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_register_answers_is_told_from_what_one_does() {
        let told = |outcome, status| {
            finding(&ProbeReport {
                source: "insee",
                outcome,
                status,
            })
        };
        assert!(told("active", None).fine);
        for (outcome, status, expected) in [
            ("body", None, "gateway"),
            ("status", Some(302), "gateway"),
            ("key_refused", Some(401), "key"),
            ("status", Some(403), "key"),
            ("not_found", None, "does not know"),
            ("timeout", None, "timeout"),
            ("server_error", Some(503), "503"),
        ] {
            let finding = told(outcome, status);
            assert!(
                !finding.fine && finding.found.contains(expected),
                "{}",
                finding.found
            );
        }
    }
}
