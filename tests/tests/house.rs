//! The house rules that can be checked, each with its remedy in the message. They read the sources and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

mod checklist;
mod metrics;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use tests::programs::repository;

/// Longest file that needs no excuse.
const LINES_MAX: usize = 400;

/// Files that are truly one thing, however long, and say so at their head.
const LONG: [&str; 2] = [
    "domain/src/registration/decide.rs",
    "domain/src/registration/event.rs",
];

/// What a crate may use of ours, beside `domain`, which all may use.
#[rustfmt::skip]
const GROUND: [&str; 9] = [
    "catalogue", "database", "directory", "keyring", "runtime", "store", "subscribers", "tlog", "usecases",
];
#[rustfmt::skip]
const SERVICES: [&str; 7] = ["api", "auditor", "mailer", "portal", "projector", "relay", "worker"];

/// The domain's outside world: values, times, errors. No database, no network, no runtime.
const DOMAIN_MAY_USE: [&str; 9] = [
    "chrono",
    "cqrs-es",
    "idna",
    "schemars",
    "serde",
    "serde_json",
    "thiserror",
    "unicode-normalization",
    "uuid",
];

/// Words that say nothing about what is in a file.
const FILLER: [&str; 10] = [
    "manager", "helper", "helpers", "util", "utils", "common", "data", "info", "process", "misc",
];

/// Files whose name needs a filler word all the same: they are about the data directory.
const FILLER_ALLOWED: [&str; 1] = ["services/runtime/src/servers/data_lock.rs"];

fn packages() -> Vec<Package> {
    let mut command = MetadataCommand::new();
    command.manifest_path(repository().join("Cargo.toml")).no_deps();
    command.exec().expect("cargo metadata").packages
}

/// What a crate uses outside its tests.
fn uses(package: &Package) -> BTreeSet<String> {
    let used = package
        .dependencies
        .iter()
        .filter(|it| it.kind == DependencyKind::Normal);
    used.map(|it| it.name.clone()).collect()
}

/// Files of the repository with this ending, by their path in it.
fn files(ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![repository()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && !["target", "node_modules"].contains(&name.as_str())
            {
                folders.push(path);
            } else if path.is_file() && name.ends_with(ending) {
                let inside = path
                    .strip_prefix(repository())
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                found.extend(fs::read_to_string(&path).ok().map(|text| (inside, text)));
            }
        }
    }
    found.sort();
    found
}

fn assert_none(faults: Vec<String>, remedy: &str) {
    assert!(faults.is_empty(), "{remedy}:\n{}", faults.join("\n"));
}

#[test]
fn crates_import_downwards_only() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(|it| it.name.as_str()).collect();
    let mut faults = Vec::new();
    for package in &packages {
        let name = package.name.as_str();
        let may = |other: &str| match name {
            "subscribers" => ["database", "domain", "keyring", "runtime", "store"].contains(&other),
            "database" | "domain" | "tlog" => false,
            "witness" => other == "tlog",
            "projections" | "catalogue" => other == "domain",
            "runtime" => ["database", "domain"].contains(&other),
            "keyring" => ["domain", "tlog"].contains(&other),
            "directory" => ["database", "domain", "keyring"].contains(&other),
            "store" => ["database", "domain", "keyring", "tlog"].contains(&other),
            "usecases" => other == "domain" || (GROUND.contains(&other) && other != "runtime"),
            // It shows what the auditor reads, mails that wait, and what is due by the worker's policy.
            "console" if ["auditor", "mailer", "worker"].contains(&other) => true,
            "onboarding" | "tests" | "bench" => true,
            // Its checker knows the service by its tables, its stream and `schemas/` alone.
            "faults" => other == "tests",
            _ => ["domain", "projections"].contains(&other) || GROUND.contains(&other),
        };
        let used = uses(package)
            .into_iter()
            .filter(|other| ours.contains(other.as_str()));
        faults.extend(
            used.filter(|other| !may(other))
                .map(|other| format!("{name} uses {other}")),
        );
    }
    let remedy =
        "services meet in schemas/ and stand on the ground, never on each other: move what both need down";
    assert_none(faults, remedy);
    for service in SERVICES {
        assert!(
            ours.contains(service),
            "{service} is gone: take it out of this test"
        );
    }
}

#[test]
fn the_domain_waits_for_nothing() {
    let packages = packages();
    let domain = packages.iter().find(|it| it.name.as_str() == "domain").unwrap();
    let strangers = uses(domain)
        .into_iter()
        .filter(|other| !DOMAIN_MAY_USE.contains(&other.as_str()))
        .collect();
    assert_none(
        strangers,
        "the domain looks nothing up: find the fact upstairs and put it in the command",
    );
    let sources = files(".rs")
        .into_iter()
        .filter(|(path, _)| path.starts_with("domain/src/"));
    let asking = [
        "Utc::now",
        "SystemTime",
        "Instant::now",
        "rand::",
        "now_v7",
        "new_v4",
        "std::fs",
        "std::env",
    ];
    let mut faults = Vec::new();
    for (path, text) in sources {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        faults.extend(
            asking
                .iter()
                .filter(|it| code.contains(**it))
                .map(|it| format!("{path}: {it}")),
        );
    }
    assert_none(faults, "time, chance and files come in through the command");
}

#[test]
fn every_file_introduces_itself() {
    let silent = files(".rs")
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "));
    assert_none(
        silent.map(|(path, _)| path).collect(),
        "begin the file with `//!`: what it is about, and why it is apart",
    );
    let silent = files(".sql")
        .into_iter()
        .filter(|(path, text)| path.starts_with("migrations/") && !text.starts_with("-- Read "));
    assert_none(
        silent.map(|(path, _)| path).collect(),
        "begin a migration with `-- Read by …`: who reads these tables",
    );
}

#[test]
fn files_are_short_enough_to_love() {
    let long = |text: &str| text.lines().count() > LINES_MAX;
    let all = files(".rs");
    let faults = all
        .iter()
        .filter(|(path, text)| long(text) && !LONG.contains(&path.as_str()));
    assert_none(
        faults
            .map(|(path, text)| format!("{path}: {} lines", text.lines().count()))
            .collect(),
        "give the second subject a file of its own and a good name; or list the file here and say at its head why it is one thing",
    );
    let needless = LONG
        .iter()
        .filter(|path| !all.iter().any(|(other, text)| other == *path && long(text)));
    assert_none(
        needless.map(ToString::to_string).collect(),
        "these are short now: take them out of the list",
    );
}

#[test]
fn names_explain_themselves() {
    let mut faults = Vec::new();
    for (path, _) in files(".rs") {
        let words = path.trim_end_matches(".rs").split(['/', '_']);
        let filler = words.filter(|word| FILLER.contains(word)).count() > 0;
        if filler && !FILLER_ALLOWED.contains(&path.as_str()) {
            faults.push(path);
        }
    }
    assert_none(faults, "name the file for what it is about");
}

#[test]
fn libraries_print_nothing() {
    let mut faults = Vec::new();
    for (path, text) in files(".rs") {
        let library = path.contains("/src/")
            && !["services/onboarding/", "bench/", "tests/"]
                .iter()
                .any(|it| path.starts_with(it));
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let prints = ["println!", "print!", "dbg!"].iter().any(|it| code.contains(*it));
        if library && prints {
            faults.push(path);
        }
    }
    assert_none(
        faults,
        "libraries tell through tracing, metrics and what they return",
    );
}

#[test]
fn nothing_names_the_machine_it_was_made_on() {
    // Put together here, so that this file does not name what it forbids.
    let forbidden = ["work", "root"].map(|folder| format!("/{folder}/"));
    let mut faults = Vec::new();
    for ending in [
        ".rs",
        ".md",
        ".toml",
        ".sql",
        ".yml",
        ".yaml",
        ".json",
        ".sh",
        ".ftl",
        ".csv",
        "Dockerfile",
        "/up",
        "/test",
    ] {
        for (path, text) in files(ending) {
            let lines = text
                .lines()
                .filter(|line| forbidden.iter().any(|it| line.contains(it)));
            faults.extend(lines.map(|line| format!("{path}: {}", line.trim())));
        }
    }
    assert_none(
        faults,
        "name places by what they are in the repository or in the configuration",
    );
}

#[test]
fn documents_point_to_what_exists() {
    let mut faults = Vec::new();
    for (path, text) in files(".md") {
        let folder = Path::new(&path).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            let is_elsewhere = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !is_elsewhere && !repository().join(folder.join(target)).exists() {
                faults.push(format!("{path}: {link}"));
            }
        }
    }
    assert_none(faults, "mend the link, or write what it promises");
}

#[test]
fn documents_name_commands_that_exist() {
    let known = subcommands();
    let mut faults = Vec::new();
    for (path, text) in files(".md") {
        for mention in text
            .split("`onboarding ")
            .skip(1)
            .filter_map(|rest| rest.split('`').next())
        {
            let words = mention.split_whitespace().take(2);
            let words = words.take_while(|word| {
                word.chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter == '-')
            });
            let unknown = words.filter(|word| !word.starts_with("--") && !known.contains(*word));
            faults.extend(unknown.map(|word| format!("{path}: `onboarding {mention}`: {word}")));
        }
        for script in text.split("script/").skip(1) {
            let name: String = script
                .chars()
                .take_while(|it| it.is_ascii_alphanumeric() || "-_/.".contains(*it))
                .collect();
            let name = name.trim_end_matches(['.', '/']);
            if !name.is_empty() && !repository().join("script").join(name).exists() {
                faults.push(format!("{path}: script/{name}"));
            }
        }
    }
    assert_none(faults, "name a command that exists, or build it");
}

/// The names of all commands, as clap makes them of the variants in `cli.rs` and beside it.
fn subcommands() -> BTreeSet<String> {
    let all = files(".rs").into_iter();
    let cli = all.filter(|(path, _)| path.starts_with("services/onboarding/src/cli"));
    let text: String = cli.map(|(_, text)| text).collect();
    let variant = |line: &str| {
        let name: String = line
            .trim()
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        let is_variant = line.starts_with("    ")
            && !line.starts_with("     ")
            && name.starts_with(|it: char| it.is_ascii_uppercase());
        is_variant.then(|| {
            let hyphen = |it: char| it.is_ascii_uppercase().then_some('-');
            let kebab = |it: char| hyphen(it).into_iter().chain([it.to_ascii_lowercase()]);
            name.chars().flat_map(kebab).skip(1).collect()
        })
    };
    text.lines().filter_map(variant).collect()
}

#[test]
fn our_crates_agree_on_one_version_of_each_dependency() {
    let names: BTreeSet<String> = packages().iter().map(|it| it.name.to_string()).collect();
    let lock = fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let name = package.split('"').nth(1).unwrap_or_default();
        let used = package.split("dependencies = [").nth(1).unwrap_or_default();
        let entries = used.split('"').skip(1).step_by(2);
        // The lock file writes a version beside a name only where the tree has more than one.
        let entries = entries
            .filter_map(|entry| entry.split_once(' '))
            .filter(|_| names.contains(name));
        for (dependency, version) in entries {
            versions
                .entry(dependency.to_owned())
                .or_default()
                .insert(version.to_owned());
        }
    }
    let several = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
    assert_none(
        several
            .map(|(name, versions)| format!("{name}: {versions:?}"))
            .collect(),
        "take the version from [workspace.dependencies] in the root's Cargo.toml",
    );
}

#[test]
fn every_crate_takes_versions_and_lints_from_the_workspace() {
    let mut faults = Vec::new();
    for package in packages() {
        let manifest = PathBuf::from(package.manifest_path.as_std_path());
        let text = fs::read_to_string(&manifest).unwrap();
        if !text.contains("[lints]\nworkspace = true") {
            faults.push(format!("{}: no `[lints] workspace = true`", package.name));
        }
    }
    assert_none(faults, "lints are the workspace's");
}
