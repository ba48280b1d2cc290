//! Reads the catalogue: what ships with the service, and over it what the organisation's own file says.

use std::path::{Path, PathBuf};

use domain::values::{Civility, EmailAddress, ProfileCode, TopicCode};
use figment::Figment;
use figment::providers::{Format, Toml};
use figment::value::Dict;

use crate::catalogue::{Catalogue, Choice, MailSender, Organisation, Questions, Wording};
use crate::colour::Colour;
use crate::legal::Legal;
use crate::reader::{CatalogueFault, Faults, Table};

/// The catalogue that ships: what the organisation's guide shows.
const SHIPPED: &str = include_str!("../catalogue.toml");

/// What the accent is read on in the light design, and in the dark one.
const LIGHT_GROUND: Colour = Colour([0xf5, 0xf6, 0xf4]);
const DARK_SHEET: Colour = Colour([0x1a, 0x23, 0x22]);
/// The least contrast of text (WCAG 2.2, 1.4.3, level AA).
const CONTRAST_MIN: f64 = 4.5;

/// Why there is no catalogue. The texts are for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file cannot be read.
    #[error("cannot read the catalogue {path}: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the catalogue {origin} is not TOML: {fault}")]
    Syntax {
        /// The file, or `shipped`.
        origin: String,
        /// What is wrong, and where.
        fault: String,
    },
    /// The file says what a catalogue cannot say.
    #[error("the catalogue {origin} has {} fault(s):{}", faults.len(), one_a_line(faults))]
    Faults {
        /// The file, or `shipped`.
        origin: String,
        /// Every fault.
        faults: Vec<CatalogueFault>,
    },
}

fn one_a_line(faults: &[CatalogueFault]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}")).collect()
}

impl Catalogue {
    /// Reads the shipped catalogue and, over it, the organisation's own file when there is one.
    ///
    /// A key that the file leaves out keeps its shipped value; a list is replaced as a whole. Unknown keys and
    /// duplicate codes are refused, and every fault is listed at once.
    pub fn load(file: Option<&Path>) -> Result<Self, CatalogueError> {
        let Some(path) = file else {
            return read("", "shipped", Path::new(""));
        };
        let text = std::fs::read_to_string(path).map_err(|source| CatalogueError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        read(
            &text,
            &path.display().to_string(),
            path.parent().unwrap_or(Path::new("")),
        )
    }
}

fn read(text: &str, origin: &str, folder: &Path) -> Result<Catalogue, CatalogueError> {
    let figment = Figment::new()
        .merge(Toml::string(SHIPPED))
        .merge(Toml::string(text));
    let entries: Dict = figment.extract().map_err(|fault| CatalogueError::Syntax {
        origin: origin.to_owned(),
        fault: fault.kind.to_string(),
    })?;
    let faults = Faults::default();
    let catalogue = catalogue(Table::root(entries, &faults), folder);
    match (catalogue, faults.into_vec()) {
        (Some(catalogue), faults) if faults.is_empty() => Ok(catalogue),
        (_, faults) => Err(CatalogueError::Faults {
            origin: origin.to_owned(),
            faults,
        }),
    }
}

/// Reads every part before any is missed, so that the faults of all are written down.
fn catalogue(mut root: Table<'_>, folder: &Path) -> Option<Catalogue> {
    let organisation = organisation(&mut root, folder);
    let contact_url = root.parsed("contact_url", web_address);
    let mail = mail_sender(&mut root);
    let questions = questions(&mut root);
    let legal = Legal::read(&mut root);
    let civilities = choices(&mut root, "civilities", civility);
    let profiles = choices(&mut root, "profiles", |text| code(text, ProfileCode::parse(text)));
    let topics = choices(&mut root, "topics", |text| code(text, TopicCode::parse(text)));
    for missing in [Civility::Mme, Civility::M]
        .iter()
        .filter(|it| !civilities.iter().any(|is| is.code == **it))
    {
        root.fault("civilities", format!("`{}` is missing", missing.code()));
    }
    root.end();
    Some(Catalogue {
        organisation: organisation?,
        contact_url: contact_url?,
        mail: mail?,
        questions: questions?,
        legal,
        civilities,
        profiles,
        topics,
    })
}

fn organisation(root: &mut Table<'_>, folder: &Path) -> Option<Organisation> {
    let mut table = root.table("organisation")?;
    let name = table.text("name");
    let space = wording(&mut table, "space");
    let logo = table.optional_text("logo").map(|text| folder.join(text));
    if let Some(path) = &logo {
        if !path.extension().is_some_and(|it| it == "svg" || it == "png") {
            table.fault("logo", "must be an .svg or .png file");
        } else if !path.is_file() {
            table.fault("logo", format!("there is no file {}", path.display()));
        }
    }
    let accent = table.parsed("accent", |text| colour_on(text, LIGHT_GROUND, "darker"));
    let accent_dark = table.parsed("accent_dark", |text| colour_on(text, DARK_SHEET, "lighter"));
    table.end();
    Some(Organisation {
        name: name?,
        space: space?,
        logo,
        accent: accent?,
        accent_dark: accent_dark?,
    })
}

/// A colour that can be read on another.
fn colour_on(text: &str, ground: Colour, remedy: &str) -> Result<Colour, String> {
    let colour = Colour::parse(text).ok_or_else(|| format!("`{text}` is not a colour: #rrggbb"))?;
    let contrast = colour.contrast(ground);
    if contrast < CONTRAST_MIN {
        return Err(format!(
            "{colour} stands at {contrast:.1}:1 on {ground}, and {CONTRAST_MIN}:1 is needed to be read: make it {remedy}"
        ));
    }
    Ok(colour)
}

fn mail_sender(root: &mut Table<'_>) -> Option<MailSender> {
    let mut table = root.table("mail")?;
    let name = table.text("sender_name");
    let address = table.parsed("sender_address", |text| {
        EmailAddress::parse(text).map_err(|fault| format!("is not an e-mail address ({})", fault.code()))
    });
    table.end();
    Some(MailSender {
        name: name?,
        address: address?,
    })
}

fn questions(root: &mut Table<'_>) -> Option<Questions> {
    let mut table = root.table("questions")?;
    let (profile, topics) = (wording(&mut table, "profile"), wording(&mut table, "topics"));
    table.end();
    Some(Questions {
        profile: profile?,
        topics: topics?,
    })
}

pub(crate) fn wording(table: &mut Table<'_>, key: &str) -> Option<Wording> {
    let mut languages = table.table(key)?;
    let (fr, en) = (languages.text("fr"), languages.text("en"));
    languages.end();
    Some(Wording { fr: fr?, en: en? })
}

fn choices<Code: Clone + PartialEq>(
    root: &mut Table<'_>,
    key: &str,
    parse: impl Fn(&str) -> Result<Code, String>,
) -> Vec<Choice<Code>> {
    let mut seen = Vec::new();
    let mut choices = Vec::new();
    for mut table in root.tables(key) {
        let code = table.parsed("code", &parse);
        let label = wording(&mut table, "label");
        if code.as_ref().is_some_and(|code| seen.contains(code)) {
            table.fault("code", "is given twice");
        }
        seen.extend(code.clone());
        table.end();
        choices.extend(code.zip(label).map(|(code, label)| Choice { code, label }));
    }
    choices
}

fn code<Code, Fault>(text: &str, parsed: Result<Code, Fault>) -> Result<Code, String> {
    parsed.map_err(|_| format!("`{text}` is not a code: lower-case letters a to z, digits and _, up to 64"))
}

/// The domain reads civilities as people write them; the catalogue takes the codes alone.
fn civility(text: &str) -> Result<Civility, String> {
    [Civility::Mme, Civility::M]
        .into_iter()
        .find(|it| it.code() == text)
        .ok_or_else(|| format!("`{text}` is not a civility: mme or m"))
}

pub(crate) fn web_address(text: &str) -> Result<String, String> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match host {
        Some(rest)
            if !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || "<>\"".contains(c)) =>
        {
            Ok(text.to_owned())
        }
        _ => Err("is not a web address: https://…".to_owned()),
    }
}
