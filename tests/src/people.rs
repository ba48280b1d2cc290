//! Invented people, each with an address of their own.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

static PEOPLE: AtomicU32 = AtomicU32::new(0);

/// A password that every policy takes.
pub const PASSWORD: &str = "Girouette-7-marmelade";

/// Who fills in the form.
#[derive(Clone, Debug)]
pub struct Person {
    /// `mme` or `m`.
    pub civility: &'static str,
    /// Last name.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// Address.
    pub email: String,
}

/// Somebody whom the organisation does not know.
pub fn newcomer() -> Person {
    let number = PEOPLE.fetch_add(1, Ordering::Relaxed);
    Person {
        civility: "mme",
        last_name: format!("Nouvel-Inscrit{}", letters(number)),
        first_name: "Ève".to_owned(),
        email: format!("newcomer{number}@example.org"),
    }
}

/// The contact of this number in the demonstration's directory, under the address given there.
pub fn contact(number: u32) -> Person {
    let domain = match number % 5 {
        1 => "example.org",
        2 => "example.com",
        3 => "example.net",
        4 => "societe.example",
        _ => "demo.test",
    };
    Person {
        email: format!("contact{number:02}@{domain}"),
        ..newcomer()
    }
}

impl Person {
    /// The same person under another address.
    pub fn at(&self, email: &str) -> Self {
        Self {
            email: email.to_owned(),
            ..self.clone()
        }
    }

    /// What they fill in first.
    pub fn form(&self) -> Value {
        json!({
            "civility": self.civility, "last_name": self.last_name, "first_name": self.first_name,
            "email": self.email, "profile": "generaliste", "locale": "fr"
        })
    }
}

/// Names hold no digits.
fn letters(mut number: u32) -> String {
    let mut text = String::from(" ");
    loop {
        text.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return text;
        }
    }
}
