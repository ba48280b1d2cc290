//! Every metric that is recorded anywhere says what it is, and is named as Prometheus asks.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use runtime::telemetry::{Kind, METRICS};
use tests::programs::repository;

const CALLS: [(&str, Kind); 3] = [
    ("counter!(", Kind::Counter),
    ("gauge!(", Kind::Gauge),
    ("histogram!(", Kind::Histogram),
];

/// The metrics that the sources under this folder record, by kind and name.
fn recorded(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            recorded(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for (call, kind) in CALLS {
                let names = text.split(call).skip(1).filter_map(|rest| {
                    let name = rest.trim_start().strip_prefix('"')?;
                    name.split('"').next()
                });
                found.extend(names.map(|name| format!("{kind:?} {name}")));
            }
        }
    }
}

#[test]
fn the_list_of_metrics_is_whole() {
    let mut found = BTreeSet::new();
    recorded(&repository().join("services"), &mut found);
    let listed = METRICS.iter().map(|(kind, name, _)| format!("{kind:?} {name}"));
    let listed: BTreeSet<String> = listed.collect();
    let differences: Vec<&String> = found.symmetric_difference(&listed).collect();
    assert!(
        differences.is_empty(),
        "services/runtime/src/telemetry/help.rs lists every metric that is recorded, and no other: {differences:#?}"
    );
}

#[test]
fn a_metrics_name_says_its_kind() {
    for (kind, name, says) in METRICS {
        assert_eq!(kind == Kind::Counter, name.ends_with("_total"), "{name}");
        let written_by_histograms = ["_count", "_sum", "_bucket"];
        assert!(
            !written_by_histograms.iter().any(|it| name.ends_with(it)),
            "{name}"
        );
        assert!(says.ends_with('.'), "{name}: {says}");
    }
}
