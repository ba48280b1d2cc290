//! I11: whoever registers sees no more of a fault than it may show. Faults of NATS, mail and the roles behind show nothing;
//! PostgreSQL's show 503 with `Retry-After`, and so does a full data directory to who asks to be erased; an API that cannot be
//! reached shows itself.

use super::Finding;
use crate::evidence::Evidence;
use crate::fault::Shows;
use crate::injector::Band;
use crate::ledger::{Outcome, Request};

/// What a fault leaves behind may be met for so many seconds after it: a pool that is made anew while others want its
/// processors, a breaker that is open.
const AFTERWARDS: f64 = 8.0;

/// Checks it.
pub fn check(evidence: &Evidence) -> Vec<Finding> {
    evidence
        .requests
        .iter()
        .filter_map(|request| judge(request, &evidence.bands))
        .collect()
}

fn judge(request: &Request, bands: &[Band]) -> Option<Finding> {
    let may = |shows: &[Shows]| {
        let met = bands
            .iter()
            .filter(|band| request.ended >= band.from && request.sent <= band.to + AFTERWARDS);
        met.filter(|band| shows.contains(&band.shows)).count() > 0
    };
    let wrong = match &request.outcome {
        Outcome::Answered(answer) if answer.status == 503 => {
            let erases = request.what == "POST /v1/me/erasure" && may(&[Shows::RefusedErasures]);
            match (may(&[Shows::Refusals]) || erases, answer.retry_after) {
                (_, false) => "was refused with 503 without Retry-After".to_owned(),
                (false, _) => format!(
                    "was refused with 503 {}, and no fault may show so",
                    answer.code.as_deref().unwrap_or_default()
                ),
                (true, true) => return None,
            }
        }
        Outcome::Answered(answer) if answer.status >= 500 => {
            format!(
                "was answered {} {}",
                answer.status,
                answer.code.as_deref().unwrap_or_default()
            )
        }
        // A commit that waits for a silent server is not answered in time; nor is anything through a proxy that swallows.
        Outcome::Lost(cause) if cause == "no answer in time" => match may(&[Shows::Absence, Shows::Refusals])
        {
            false => "was not answered in time".to_owned(),
            true => return None,
        },
        Outcome::Lost(cause) => match may(&[Shows::Absence]) {
            false => format!("was lost: {cause}"),
            true => return None,
        },
        _ => return None,
    };
    let (what, at) = (request.what, request.ended);
    Some(Finding::new(
        "I11",
        format!("{what} at {} at {at:.2} s {wrong}", request.instance),
    ))
}
