//! Invented people. Each carries marks that must never be found in clear anywhere.

use serde_json::{Value, json};

use crate::seed::Seed;
use crate::smtp::HABITS;

/// Stands in every name and every address of everybody, and nowhere else.
pub const MARK: &str = "quxwyz";
/// Stands in every password.
pub const PASSWORD_MARK: &str = "Girouette-7";
/// A member's establishment of the demonstration's directory, with its number.
pub const MEMBER: (&str, &str) = ("00000043000017", "1000112");
/// Establishments of the demonstration that contacts belong to.
const SIRETS: [&str; 2] = ["00000040600017", "00000040600025"];

/// Who registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Counted from 0 within a run.
    pub number: u64,
    /// Whether the organisation knows the address.
    pub is_known: bool,
    /// The address.
    pub email: String,
}

impl Person {
    /// The person of this number. The seed gives them a habit of their mailbox; most have a plain one.
    pub fn new(seed: &Seed, number: u64, is_known: bool) -> Self {
        let mut seed = seed.branch(&format!("person {number} {is_known}"));
        let (habit, _) = match seed.percent(85) {
            true => &HABITS[0],
            false => seed.pick(&HABITS),
        };
        let kind = if is_known { "known" } else { "new" };
        Self {
            number,
            is_known,
            email: format!("{habit}+{kind}{number}@{MARK}.example"),
        }
    }

    /// Whether mails to them are refused for good.
    pub fn gets_no_mail(&self) -> bool {
        self.email.starts_with("refused")
    }

    /// What they fill in first.
    pub fn form(&self) -> Value {
        json!({
            "civility": "mme", "last_name": format!("{MARK} {}", letters(self.number)), "first_name": "Ève",
            "email": self.email, "profile": "generaliste", "locale": "fr"
        })
    }

    /// Their password.
    pub fn password(&self) -> String {
        format!("{PASSWORD_MARK}-marmelade-{}", self.number)
    }
}

/// The organisation's contacts, as its file lists them.
pub fn contacts_file(people: &[Person]) -> String {
    let head = "contact_id,civility,last_name,first_name,email,sirets\n".to_owned();
    people.iter().fold(head, |mut file, person| {
        let sirets = if person.number % 3 == 0 {
            SIRETS.join("|")
        } else {
            SIRETS[0].to_owned()
        };
        let name = letters(person.number);
        file.push_str(&format!(
            "k{},Mme,{MARK} {name},Ève,{},{sirets}\n",
            person.number, person.email
        ));
        file
    })
}

/// Names hold no digits.
fn letters(mut number: u64) -> String {
    let mut text = String::new();
    loop {
        text.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return text;
        }
    }
}
