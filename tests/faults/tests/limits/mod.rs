//! Limits that are judged apart from the evidence: bytes in clear, rest, what a fault may show, what roles hold.

use faults::checker::check;
use faults::checker::clear_text::Marks;
use faults::drain::Standing;
use faults::fault::Shows;
use faults::injector::Band;
use faults::ledger::{Answer, Outcome};
use faults::people::{MARK, PASSWORD_MARK};
use faults::usage::{Usage, judge};

use crate::good::evidence;
use crate::must_find;

#[test]
fn marks_in_clear_are_found_wherever_they_stand() {
    let marks = Marks::with(&["token-of-a-mail".to_owned()]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("below")).unwrap();
    let file = folder.path().join("below/segment");
    assert_eq!(marks.look_below(folder.path()), Vec::new());
    for mark in [
        MARK.to_owned(),
        MARK.to_uppercase(),
        format!("{PASSWORD_MARK}-x"),
        "token-of-a-mail".to_owned(),
    ] {
        let bytes = [
            vec![0; 70_000],
            vec![b'\n', 0xff],
            mark.clone().into_bytes(),
            vec![0; 9],
        ];
        std::fs::write(&file, bytes.concat()).unwrap();
        let findings = marks.look_below(folder.path());
        assert_eq!(findings.len(), 1, "{mark}: {findings:?}");
        assert!(
            findings[0].what.ends_with("in clear in below/segment"),
            "{}",
            findings[0]
        );
    }
}

#[test]
fn whatever_does_not_come_to_rest_is_not_quiet() {
    let quiet = Standing {
        stored: 7,
        placed: 7,
        published: Some(7),
        projected: 7,
        signed: 7,
        open_mails: 0,
        unread: Some(0),
        not_ready: Vec::new(),
    };
    assert!(quiet.is_quiet());
    let tampers: [fn(&mut Standing); 8] = [
        |it| it.placed = 6,
        |it| it.published = Some(6),
        |it| it.published = None,
        |it| it.projected = 6,
        |it| it.signed = 6,
        |it| it.open_mails = 1,
        |it| it.unread = Some(1),
        |it| it.not_ready.push("relay.1".to_owned()),
    ];
    for tamper in tampers {
        let mut standing = quiet.clone();
        tamper(&mut standing);
        assert!(!standing.is_quiet(), "{standing}");
    }
}

#[test]
fn what_a_fault_may_not_show_is_found() {
    let answered = |status, retry_after| {
        Outcome::Answered(Answer {
            status,
            retry_after,
            ..Answer::default()
        })
    };
    let lost = || Outcome::Lost("connection reset".to_owned());
    let late = || Outcome::Lost("no answer in time".to_owned());
    let during = |shows, outcome: Outcome| {
        let mut evidence = evidence();
        let band = Band {
            from: 0.0,
            to: 9.0,
            what: "a fault".to_owned(),
            kind: "faults",
            shows,
        };
        evidence.bands = vec![band];
        evidence.requests[0].outcome = outcome;
        check(&evidence).iter().filter(|it| it.invariant == "I11").count()
    };
    for (shows, outcome, findings) in [
        (Shows::Nothing, answered(503, true), 1),
        (Shows::Absence, answered(503, true), 1),
        (Shows::RefusedErasures, answered(503, true), 1),
        (Shows::Refusals, answered(503, true), 0),
        (Shows::Refusals, answered(503, false), 1),
        (Shows::Refusals, answered(500, true), 1),
        (Shows::Nothing, lost(), 1),
        (Shows::Refusals, lost(), 1),
        (Shows::Absence, lost(), 0),
        (Shows::Nothing, late(), 1),
        (Shows::Refusals, late(), 0),
    ] {
        assert_eq!(during(shows, outcome.clone()), findings, "{shows:?} {outcome:?}");
    }
    // Long after the fault it is no excuse.
    must_find(
        |it| {
            it.bands = vec![Band {
                from: 0.0,
                to: 1.0,
                what: "a fault".to_owned(),
                kind: "faults",
                shows: Shows::Refusals,
            }];
            it.requests[0].outcome = answered(503, true);
            (it.requests[0].sent, it.requests[0].ended) = (30.0, 30.1);
        },
        "I11",
        "no fault may show so",
    );
}

#[test]
fn a_role_that_keeps_what_it_took_is_found() {
    let usage = |memory, descriptors| Usage {
        role: "api.1".to_owned(),
        memory,
        descriptors,
        threads: 3,
    };
    let before = [usage(50_000, 20)];
    assert_eq!(judge(&before, &[usage(90_000, 40)]), Vec::new());
    assert!(
        judge(&before, &[usage(50_000, 500)])[0]
            .what
            .contains("holds 500")
    );
    assert!(
        judge(&before, &[usage(5_000_000, 20)])[0]
            .what
            .contains("holds 5000000")
    );
}
