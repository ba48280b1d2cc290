//! SIRET: the 14 digits by which INSEE knows an establishment.
//!
//! Luhn's check holds on all of them save those of La Poste (SIREN 356000000), whose digits add up to a
//! multiple of five; its head office satisfies Luhn. It holds on the first nine, the SIREN, by themselves too, save in invented
//! numbers (prefix 000000), which are accepted everywhere.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Fault;
use super::written_number::{meant, without_separators};

const LA_POSTE: &str = "356000000";
const INVENTED: &str = "000000";
/// Digits of a SIRET, and of the SIREN that it begins with.
const LENGTH: usize = 14;
const SIREN_LENGTH: usize = 9;

/// A valid SIRET: 14 ASCII digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[0-9]{14}$"))]
pub struct Siret(String);

impl Siret {
    /// Parses what a person types: spaces of any kind, dots and dashes are dropped; only ASCII digits count.
    ///
    /// Faults: `required`, `invalid-character`, `siret-siren-typed` (a valid SIREN), `siret-length`,
    /// `siret-all-zero`, `siret-checksum`, and `number-exponent`, `number-decimals`, `cell-error` of a spreadsheet's cell.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = digits_of(text)?;
        match digits.len() {
            LENGTH => {}
            SIREN_LENGTH if luhn(&digits) => return Err(Fault("siret-siren-typed")),
            _ => return Err(Fault("siret-length")),
        }
        let siret = Self::kept(digits)?;
        if !siret.siren().starts_with(INVENTED) && !luhn(siret.siren()) {
            return Err(Fault("siret-checksum"));
        }
        Ok(siret)
    }

    /// Parses what a file or another system holds: as [`Self::parse`], and a number that lost zeros, as spreadsheets and
    /// programs lose them that take it for a quantity, gets them back where both check digits prove it.
    ///
    /// Faults: those of [`Self::parse`].
    pub fn parse_exported(text: &str) -> Result<Self, Fault> {
        match Self::parse(text) {
            Err(Fault("siret-length")) => restored(text).ok_or(Fault("siret-length")),
            parsed => parsed,
        }
    }

    /// A SIRET of its two parts as a file holds them apart, with the zeros in front that either has lost.
    ///
    /// Faults: those of [`Self::parse`].
    pub fn of_parts(siren: &str, nic: &str) -> Result<Self, Fault> {
        let (siren, nic) = (digits_of(siren)?, digits_of(nic)?);
        let nic_length = LENGTH - SIREN_LENGTH;
        if siren.len() > SIREN_LENGTH || nic.len() > nic_length {
            return Err(Fault("siret-length"));
        }
        let has_lost = siren.len() < SIREN_LENGTH || nic.len() < nic_length;
        let digits = format!("{siren:0>SIREN_LENGTH$}{nic:0>nic_length$}");
        match has_lost && !is_proven(&digits) {
            true => Err(Fault("siret-checksum")),
            false => Self::parse(&digits),
        }
    }

    /// A SIRET as it stands in what is kept, events among it: accepted for ever, also where it was before the SIREN's own
    /// check was asked for.
    ///
    /// Faults: `siret-length`, `siret-all-zero`, `siret-checksum`.
    pub fn kept(digits: String) -> Result<Self, Fault> {
        if digits.len() != LENGTH || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Fault("siret-length"));
        }
        if digits.bytes().all(|b| b == b'0') {
            return Err(Fault("siret-all-zero"));
        }
        if !has_check(&digits) {
            return Err(Fault("siret-checksum"));
        }
        Ok(Self(digits))
    }

    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first nine digits: the legal unit.
    pub fn siren(&self) -> &str {
        &self.0[..SIREN_LENGTH]
    }

    /// The five digits that number the establishment within its legal unit (NIC).
    pub fn nic(&self) -> &str {
        &self.0[9..]
    }
}

impl std::fmt::Display for Siret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Siret {
    type Error = Fault;
    fn try_from(digits: String) -> Result<Self, Fault> {
        Self::kept(digits)
    }
}

impl From<Siret> for String {
    fn from(siret: Siret) -> Self {
        siret.0
    }
}

/// The digits that are meant.
fn digits_of(text: &str) -> Result<String, Fault> {
    let digits = without_separators(number_of(text)?);
    match digits.is_empty() {
        true => Err(Fault("required")),
        false if digits.bytes().all(|b| b.is_ascii_digit()) => Ok(digits),
        false => Err(Fault("invalid-character")),
    }
}

/// The number that is meant, separators in it. A dot may stand between SIREN and the rest.
fn number_of(text: &str) -> Result<&str, Fault> {
    meant(text, |before, behind| {
        (before, behind) == (SIREN_LENGTH, LENGTH - SIREN_LENGTH)
    })
}

/// The only SIRET that this can be with its zeros: those in front of the whole, or in front of the last part where it stands
/// apart.
fn restored(text: &str) -> Option<Siret> {
    let number = number_of(text).ok()?;
    let digits = digits_of(number).ok().filter(|it| it.len() < LENGTH)?;
    let significant = digits.trim_start_matches('0').len();
    // SIRENs begin with three zeros at most, and invented ones with six: what lies between is no SIRET of anybody's.
    let in_front = !(9..=10).contains(&significant);
    let whole = in_front.then(|| format!("{digits:0>LENGTH$}"));
    let parted = splits_behind_siren(number).then(|| {
        let (siren, nic) = digits.split_at(SIREN_LENGTH);
        format!("{siren}{nic:0>5}")
    });
    let parted = parted.filter(|it| !it.ends_with("00000"));
    let mut proven = [whole, parted].into_iter().flatten().filter(|it| is_proven(it));
    match (proven.next(), proven.next()) {
        (Some(only), None) => Siret::kept(only).ok(),
        _ => None,
    }
}

/// Whether something stands between the ninth digit and the next.
fn splits_behind_siren(text: &str) -> bool {
    let mut digits = 0;
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if digits == SIREN_LENGTH => return false,
            true => digits += 1,
            false if digits == SIREN_LENGTH => return true,
            false => {}
        }
    }
    false
}

/// Whether both check digits hold, and say something: a SIREN of zeros has any.
fn is_proven(digits: &str) -> bool {
    let siren = &digits[..SIREN_LENGTH];
    has_check(digits) && luhn(siren) && siren.bytes().any(|b| b != b'0')
}

fn has_check(digits: &str) -> bool {
    luhn(digits) || (digits.starts_with(LA_POSTE) && digit_sum(digits).is_multiple_of(5))
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|b| u32::from(b - b'0'))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn digit_sum(digits: &str) -> u32 {
    digits.bytes().map(|b| u32::from(b - b'0')).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_numbers_are_read_however_they_are_spaced() {
        for text in [
            "13002526500013",
            "130 025 265 00013",
            " 130.025.265-00013 ",
            "130\u{a0}025\u{202f}265\u{2009}00013",
            "00000040600017",
            "130025265.00013",
            "130.025.265.000.13",
            "13002526500013.0",
            "13002526500013,00",
            "=\"13002526500013\"",
            "'13002526500013",
            "\u{feff}13002526500013\u{200b}",
            "130025265\u{200b}00013",
        ] {
            assert!(Siret::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn lost_zeros_come_back_where_the_check_digits_prove_them() {
        for (text, expected) in [
            ("2241586300335", Ok("02241586300335")),
            ("2241586300335.0", Ok("02241586300335")),
            ("40600017", Ok("00000040600017")),
            ("0000040600017", Ok("00000040600017")),
            ("130025265 13", Ok("13002526500013")),
            ("130025265-013", Ok("13002526500013")),
            ("13002526500013", Ok("13002526500013")),
            ("2241586300336", Err("siret-length")),
            ("1300252650001", Err("siret-length")),
            ("130025265", Err("siret-siren-typed")),
            ("13002526513", Err("siret-length")),
            ("18", Err("siret-length")),
            ("00009066,00", Err("siret-length")),
            ("2,24E+12", Err("number-exponent")),
        ] {
            let read = Siret::parse_exported(text);
            assert_eq!(
                read.as_ref().map(Siret::as_str).map_err(|it| it.code()),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn two_columns_make_one_number() {
        let of = |siren, nic| Siret::of_parts(siren, nic).map(|it| it.0).map_err(Fault::code);
        assert_eq!(of("130025265", "00013").as_deref(), Ok("13002526500013"));
        assert_eq!(of("130 025 265", "13").as_deref(), Ok("13002526500013"));
        assert_eq!(of("130025265.0", "13.0").as_deref(), Ok("13002526500013"));
        assert_eq!(of("130025265", "14"), Err("siret-checksum"));
        assert_eq!(of("130025265", ""), Err("required"));
        assert_eq!(of("13002526500013", "13"), Err("siret-length"));
    }

    #[test]
    fn what_was_kept_before_the_siren_was_checked_is_read_for_ever() {
        assert_eq!(Siret::parse("11122233344455"), Err(Fault("siret-checksum")));
        assert!(serde_json::from_str::<Siret>("\"11122233344455\"").is_ok());
        assert!(Siret::kept("130 025 265 00013".to_owned()).is_err());
    }

    #[test]
    fn la_poste_has_its_own_rule() {
        assert!(
            Siret::parse("35600000013016").is_ok(),
            "digit sum of 25, Luhn fails"
        );
        assert!(Siret::parse("35600000000048").is_ok(), "head office, Luhn holds");
        assert_eq!(Siret::parse("35600000013018"), Err(Fault("siret-checksum")));
    }

    #[test]
    fn each_fault_says_what_is_wrong() {
        for (text, code) in [
            ("", "required"),
            (" - ", "required"),
            ("13002526500014", "siret-checksum"),
            ("1300252650001", "siret-length"),
            ("2241586300335", "siret-length"),
            ("2241586300335.0", "siret-length"),
            ("1,3E+13", "number-exponent"),
            ("13002526500013.5", "number-decimals"),
            ("1300252650001.3", "number-decimals"),
            ("#N/A", "cell-error"),
            ("11122233344455", "siret-checksum"),
            ("130025265", "siret-siren-typed"),
            ("1300252650001A", "invalid-character"),
            ("١٣٠٠٢٥٢٦٥٠٠٠١٣", "invalid-character"),
            ("00000000000000", "siret-all-zero"),
        ] {
            assert_eq!(Siret::parse(text), Err(Fault(code)), "{text}");
        }
    }
}
