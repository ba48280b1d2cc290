//! Invented people. Addresses are of example.org (RFC 2606), SIRETs of the demonstration.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// An establishment of the demonstration's directory.
pub const SIRET: &str = "00000040600017";
/// Its member number.
pub const MEMBER_NUMBER: &str = "1000001";
/// A password that every policy takes.
pub const PASSWORD: &str = "quatre chevaux 7 nuages";

/// Somebody who registers.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their name.
    pub last_name: String,
    /// Their address.
    pub address: String,
}

/// Hands out people, each once.
#[derive(Debug)]
pub struct People {
    kind: &'static str,
    next: AtomicU64,
}

impl People {
    /// People that the organisation does not know.
    pub const fn newcomers() -> Self {
        Self {
            kind: "nouveau",
            next: AtomicU64::new(0),
        }
    }

    /// The contacts of [`contacts_csv`], from the first on.
    pub const fn contacts() -> Self {
        Self {
            kind: "connu",
            next: AtomicU64::new(0),
        }
    }

    /// Somebody else.
    pub fn next(&self) -> Person {
        self.person(self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// One of the first `among`, round and round.
    pub fn again(&self, among: u64) -> Person {
        self.person(self.next.fetch_add(1, Ordering::Relaxed) % among)
    }

    fn person(&self, number: u64) -> Person {
        Person {
            last_name: "Exemplard".to_owned(),
            address: format!("{}{number}@example.org", self.kind),
        }
    }
}

/// A file of so many contacts, all of one establishment of the demonstration.
pub fn contacts_csv(count: u64) -> String {
    let mut text = String::from("contact_id,civility,last_name,first_name,email,sirets\n");
    for number in 0..count {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "bench-{number},Mme,Exemplard,Camille,connu{number}@example.org,{SIRET}"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contact_of_the_file_is_handed_out() {
        let people = People::contacts();
        let file = contacts_csv(3);
        for _ in 0..3 {
            assert!(file.contains(&format!(",{},", people.next().address)));
        }
        assert_eq!(people.again(3).address, "connu0@example.org");
    }
}
