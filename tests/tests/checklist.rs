//! The table of the security checklist names tests and files that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tests::programs::repository;

/// Points of the checklist.
const POINTS: usize = 56;

/// The functions that the sources under this folder declare.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("node_modules") {
            functions(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names = text.split("fn ").skip(1);
            found.extend(names.filter_map(|rest| Some(rest.split(['(', '<']).next()?.to_owned())));
        }
    }
}

#[test]
fn the_security_checklist_names_tests_that_exist() {
    let text = fs::read_to_string(repository().join("docs/security.md")).unwrap();
    let (_, table) = text.split_once("## The checklist").expect("a checklist");
    let mut known = BTreeSet::new();
    for folder in ["domain", "services", "tests"] {
        functions(&repository().join(folder), &mut known);
    }
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit())
        .map(|line| line.split(" | ").collect())
        .collect();
    assert_eq!(rows.len(), POINTS, "every point has a row");
    for row in rows {
        let held_by = row[3];
        let named: Vec<&str> = held_by.split('`').skip(1).step_by(2).collect();
        assert!(
            !named.is_empty() || held_by.starts_with("Not "),
            "{}: neither a test nor a reason",
            row[0]
        );
        for name in named {
            let exists = known.contains(name) || repository().join(name).exists();
            assert!(exists, "{}: there is no {name}", row[0]);
        }
    }
}
