//! I9: nothing of a person stands anywhere in clear: not in a dump, a table's file, the write-ahead log, the stream's store,
//! a log or a metric. `grep` looks: it reads hundreds of megabytes of files that change meanwhile, and knows nothing of us.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Finding;
use crate::people::{MARK, PASSWORD_MARK};

/// What is looked for, by what it would tell.
pub struct Marks(Vec<(&'static str, Vec<String>)>);

impl Marks {
    /// The marks of everybody, and these tokens.
    pub fn with(tokens: &[String]) -> Self {
        let capitalised = MARK[..1].to_uppercase() + &MARK[1..];
        Self(vec![
            (
                "a name or an address",
                vec![MARK.to_owned(), capitalised, MARK.to_uppercase()],
            ),
            ("a password", vec![PASSWORD_MARK.to_owned()]),
            ("a token", tokens.to_vec()),
        ])
    }

    /// Looks in a file, or in every file below a folder. What vanishes meanwhile holds nothing.
    pub fn look_below(&self, place: &Path) -> Vec<Finding> {
        let sought = self.0.iter().filter(|(_, marks)| !marks.is_empty());
        sought
            .flat_map(|(what, marks)| look(place, what, marks))
            .collect()
    }
}

fn look(place: &Path, what: &str, marks: &[String]) -> Vec<Finding> {
    let files = match grep(place, marks) {
        Ok(files) => files,
        Err(fault) => return vec![Finding::new("I9", format!("grep does not run: {fault}"))],
    };
    let name = |file: &str| {
        Path::new(file)
            .strip_prefix(place)
            .map_or(file.to_owned(), |it| it.display().to_string())
    };
    files
        .lines()
        .map(|file| Finding::new("I9", format!("{what} stands in clear in {}", name(file))))
        .collect()
}

/// The files that hold one of the marks, a line each.
fn grep(place: &Path, marks: &[String]) -> std::io::Result<String> {
    let mut grep = Command::new("grep")
        .args([
            "--recursive",
            "--files-with-matches",
            "--text",
            "--fixed-strings",
            "--no-messages",
            "--file=-",
            "--",
        ])
        .arg(place)
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut patterns = grep.stdin.take().expect("a pipe");
    patterns.write_all(marks.join("\n").as_bytes())?;
    drop(patterns);
    let output = grep.wait_with_output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
