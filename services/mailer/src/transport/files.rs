//! Mails as `.eml` files, for a service that has no mail server yet, and the folder read back for a page that shows it.
//!
//! A file is written under another name, made durable and then renamed, so that whoever watches the folder sees whole
//! mails only. Its name comes from the mail's own time and identifier: a mail tried again replaces itself.

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use mail_parser::MessageParser;

use super::Outcome;
use super::cause::Cause;
use crate::compose::Mail;

/// What a mail's file name ends with.
const EXTENSION: &str = "eml";

/// A folder that mails are put into.
#[derive(Clone, Debug)]
pub struct MailFolder(PathBuf);

impl MailFolder {
    /// The folder at this path; made when the first mail comes.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Puts a mail into the folder. A fault of the disk is worth another try.
    pub async fn put(&self, mail: &Mail) -> Outcome {
        let (folder, name, bytes) = (self.0.clone(), mail.file_stem.clone(), mail.bytes.clone());
        let written = tokio::task::spawn_blocking(move || write_whole(&folder, &name, &bytes)).await;
        match written {
            Ok(Ok(())) => Outcome::Accepted { code: 0 },
            Ok(Err(error)) => {
                tracing::warn!(%error, "a mail could not be written as a file");
                Outcome::Deferred(Cause::ServerRoom.into())
            }
            Err(_) => Outcome::Deferred(Cause::ServerRoom.into()),
        }
    }
}

/// The registrations that the folder has mails about. Reads the disk: call it where blocking is allowed.
///
/// # Errors
/// When the folder cannot be read.
pub fn registrations(folder: &Path) -> std::io::Result<BTreeSet<RegistrationId>> {
    let names = names(folder)?;
    Ok(names.iter().filter_map(|name| registration_of(name)).collect())
}

/// Removes the mails about these registrations: their persons are erased. Writes the disk, as above.
///
/// # Errors
/// When a file cannot be removed.
pub fn remove(folder: &Path, erased: &BTreeSet<RegistrationId>) -> std::io::Result<()> {
    for name in names(folder)? {
        if registration_of(&name).is_some_and(|it| erased.contains(&it)) {
            match std::fs::remove_file(folder.join(&name)) {
                // Another mailer was quicker.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                done => done?,
            }
        }
    }
    Ok(())
}

fn registration_of(name: &str) -> Option<RegistrationId> {
    name.split('_').nth(1)?.parse().ok()
}

/// Only the service's own user may read: a mail names a person and opens their account.
fn write_whole(folder: &Path, stem: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let draft = folder.join(format!(".{stem}.{}.draft", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, folder.join(format!("{stem}.{EXTENSION}")))?;
    std::fs::File::open(folder)?.sync_all()
}

/// A mail of the folder, read back.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// File name.
    pub file: String,
    /// Date header (UTC).
    pub date: Option<DateTime<Utc>>,
    /// Recipient's address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// First URL of the plain text.
    pub first_link: Option<String>,
}

/// Shows the file's name only.
impl std::fmt::Debug for StoredMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredMail")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// The latest mails of a folder, newest first, at most `limit`. A missing folder is an empty one, and files that are
/// not mails are passed over. Reads the disk: call it where blocking is allowed.
///
/// # Errors
/// When the folder cannot be read.
pub fn inbox(folder: &Path, limit: usize) -> std::io::Result<Vec<StoredMail>> {
    let mut names = names(folder)?;
    // Names begin with the mail's time, so that their order is the mails' order.
    names.sort_unstable_by(|a, b| b.cmp(a));
    let newest = names.into_iter().take(limit);
    Ok(newest
        .filter_map(|name| read_back(&std::fs::read(folder.join(&name)).ok()?, name))
        .collect())
}

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        entries => entries?,
    };
    let mut names = vec![];
    for entry in entries {
        names.extend(entry?.file_name().into_string().ok().filter(|name| is_mail(name)));
    }
    Ok(names)
}

fn is_mail(name: &str) -> bool {
    !name.starts_with('.')
        && Path::new(name)
            .extension()
            .is_some_and(|extension| extension == EXTENSION)
}

fn read_back(bytes: &[u8], file: String) -> Option<StoredMail> {
    let mail = MessageParser::default().parse(bytes)?;
    let text = mail.body_text(0).unwrap_or_default().into_owned();
    Some(StoredMail {
        date: mail
            .date()
            .and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0)),
        to: mail
            .to()
            .and_then(|to| to.first())
            .and_then(|to| to.address())
            .unwrap_or_default()
            .to_owned(),
        subject: mail.subject().unwrap_or_default().to_owned(),
        html: mail.body_html(0).unwrap_or_default().into_owned(),
        first_link: first_link(&text),
        text,
        file,
    })
}

/// The first URL of a text: from `http` to the next white space.
pub fn first_link(text: &str) -> Option<String> {
    text.split_whitespace()
        .find(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::TextForm;
    use crate::examples;

    #[tokio::test]
    async fn a_mail_put_into_the_folder_is_read_back() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("mail");
        let (mail, token) = examples::mail(TextForm::Plain);
        let way_out = MailFolder::new(folder.clone());
        assert_eq!(way_out.put(&mail).await, Outcome::Accepted { code: 0 });
        assert_eq!(way_out.put(&mail).await, Outcome::Accepted { code: 0 });

        let raw = String::from_utf8_lossy(&mail.bytes).into_owned();
        assert!(
            raw.contains(&format!("\r\nhttps://espace.example.org/verify/{token}\r\n")),
            "found by `grep`: {raw}"
        );
        let mails = inbox(&folder, 10).unwrap();
        assert_eq!(mails.len(), 1, "a mail tried again replaces itself");
        let mail = &mails[0];
        assert_eq!(mail.subject, "Confirmez votre adresse e-mail");
        assert_eq!(mail.to, "clare.dupont@exemple.com");
        assert_eq!(
            mail.first_link,
            Some(format!("https://espace.example.org/verify/{token}"))
        );
        assert!(mail.text.contains("Bonjour Madame Clare DUPONT,"));
        assert!(mail.html.contains("Confirmer mon adresse"));
        assert!(mail.date.is_some());
        assert!(!mail.file.contains("clare"), "no personal data in a file's name");
    }

    #[tokio::test]
    async fn the_mails_of_an_erased_person_are_found_by_the_registration_and_removed() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        MailFolder::new(folder.to_owned())
            .put(&examples::mail(TextForm::Plain).0)
            .await;
        let theirs = examples::registration();
        assert_eq!(registrations(folder).unwrap(), BTreeSet::from([theirs]));
        let other = RegistrationId(uuid::Uuid::nil());
        remove(folder, &BTreeSet::from([other])).unwrap();
        assert_eq!(inbox(folder, 10).unwrap().len(), 1);
        remove(folder, &BTreeSet::from([theirs])).unwrap();
        assert_eq!(inbox(folder, 10).unwrap(), vec![]);
        assert!(registrations(&folder.join("none")).unwrap().is_empty());
    }

    #[test]
    fn a_missing_folder_is_empty_and_drafts_are_not_shown() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(inbox(&home.path().join("none"), 10).unwrap(), vec![]);
        std::fs::write(home.path().join(".x.1.draft"), "Subject: x\r\n\r\n").unwrap();
        std::fs::write(home.path().join("notes.txt"), "x").unwrap();
        assert_eq!(inbox(home.path(), 10).unwrap(), vec![]);
    }

    #[tokio::test]
    async fn a_disk_that_fails_is_worth_another_try() {
        let home = tempfile::tempdir().unwrap();
        let in_the_way = home.path().join("mail");
        std::fs::write(&in_the_way, "a file where the folder should be").unwrap();
        let outcome = MailFolder::new(in_the_way)
            .put(&examples::mail(TextForm::Plain).0)
            .await;
        assert_eq!(outcome, Outcome::Deferred(Cause::ServerRoom.into()));
    }
}
