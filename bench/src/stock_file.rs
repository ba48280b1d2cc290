//! Stock files of invented establishments, in INSEE's layout and about its width.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

const HEADER: &str = "siren,nic,siret,statutDiffusionEtablissement,dateCreationEtablissement,trancheEffectifsEtablissement,anneeEffectifsEtablissement,activitePrincipaleRegistreMetiersEtablissement,dateDernierTraitementEtablissement,etablissementSiege,nombrePeriodesEtablissement,complementAdresseEtablissement,numeroVoieEtablissement,indiceRepetitionEtablissement,dernierNumeroVoieEtablissement,indiceRepetitionDernierNumeroVoieEtablissement,typeVoieEtablissement,libelleVoieEtablissement,codePostalEtablissement,libelleCommuneEtablissement,libelleCommuneEtrangerEtablissement,distributionSpecialeEtablissement,codeCommuneEtablissement,codeCedexEtablissement,libelleCedexEtablissement,codePaysEtrangerEtablissement,libellePaysEtrangerEtablissement,identifiantAdresseEtablissement,coordonneeLambertAbscisseEtablissement,coordonneeLambertOrdonneeEtablissement,complementAdresse2Etablissement,numeroVoie2Etablissement,indiceRepetition2Etablissement,typeVoie2Etablissement,libelleVoie2Etablissement,codePostal2Etablissement,libelleCommune2Etablissement,libelleCommuneEtranger2Etablissement,distributionSpeciale2Etablissement,codeCommune2Etablissement,codeCedex2Etablissement,libelleCedex2Etablissement,codePaysEtranger2Etablissement,libellePaysEtranger2Etablissement,dateDebut,etatAdministratifEtablissement,enseigne1Etablissement,enseigne2Etablissement,enseigne3Etablissement,denominationUsuelleEtablissement,activitePrincipaleEtablissement,nomenclatureActivitePrincipaleEtablissement,caractereEmployeurEtablissement,activitePrincipaleNAF25Etablissement";

const STREETS: [&str; 6] = [
    "DES EXEMPLES",
    "DE L INVENTION",
    "DU MODELE",
    "DE LA DEMONSTRATION",
    "DES ESSAIS MULTIPLES",
    "FICTIVE",
];
const TOWNS: [&str; 5] = [
    "VILLE INVENTEE",
    "SAINT EXEMPLE SUR MODELE",
    "BOURG FICTIF",
    "ESSAI LES BAINS",
    "MODELE",
];

/// Establishments lie this far apart on average, check digits aside, so that forty million fill the fourteen digits.
const APART: u64 = 24_000;

/// The SIRET of an establishment, whose SIREN and digits satisfy Luhn's rule; in ascending order.
pub fn siret(number: u64) -> u64 {
    with_checks(number * APART + scattered(number) % (APART / 2) * 2)
}

/// A SIRET beside that of an establishment, which no establishment has.
pub fn absent_siret(number: u64) -> u64 {
    with_checks(number * APART + scattered(number) % (APART / 2) * 2 + 1)
}

/// Eight digits of a SIREN and four of a NIC with the check digit of each.
fn with_checks(twelve: u64) -> u64 {
    checked(checked(twelve / 10_000) * 10_000 + twelve % 10_000)
}

/// Digits with their check digit.
fn checked(digits: u64) -> u64 {
    let (mut sum, mut rest, mut doubled) = (0, digits, true);
    while rest > 0 {
        let digit = rest % 10;
        sum += match doubled {
            true => digit * 2 / 10 + digit * 2 % 10,
            false => digit,
        };
        (rest, doubled) = (rest / 10, !doubled);
    }
    digits * 10 + (10 - sum % 10) % 10
}

/// A number made of another without visible order (splitmix64).
pub fn scattered(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One in three is closed.
fn is_closed(chance: u64) -> bool {
    chance.is_multiple_of(3)
}

fn day(chance: u64) -> (u64, u64, u64) {
    (1990 + chance % 36, 1 + chance / 64 % 12, 1 + chance / 1_024 % 28)
}

/// Writes a file of so many establishments, and its three needed columns alone as the other file for PostgreSQL's COPY.
/// Both are on the disk when it returns.
///
/// # Errors
/// When the disk refuses.
pub fn write(path: &Path, three: &Path, count: u64) -> io::Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut three = BufWriter::with_capacity(1 << 20, File::create(three)?);
    writeln!(file, "{HEADER}")?;
    for number in 0..count {
        let (siret, chance) = (siret(number), scattered(number));
        let (year, month, date) = day(chance);
        let state = if is_closed(chance) { 'F' } else { 'A' };
        write_row(&mut file, siret, chance, state)?;
        match state {
            'F' => writeln!(three, "{siret},t,{year}-{month:02}-{date:02}")?,
            _ => writeln!(three, "{siret},f,")?,
        }
    }
    for file in [file, three] {
        file.into_inner()?.sync_all()?;
    }
    Ok(())
}

fn write_row(file: &mut impl Write, siret: u64, chance: u64, state: char) -> io::Result<()> {
    let (year, month, date) = day(chance);
    let (siren, nic) = (siret / 100_000, siret % 100_000);
    let (street, town) = (STREETS[(chance % 6) as usize], TOWNS[(chance % 5) as usize]);
    let (house, post) = (chance % 200, 1_000 + chance % 94_000);
    let (metres, treated) = (chance % 1_000_000, chance / 7 % 28 + 1);
    // One line in sixty-four has a sign with a comma, in quotes.
    let sign = match chance % 64 {
        0 => "\"A L ENSEIGNE, ET FILS\"",
        it if it < 12 => "A L ENSEIGNE",
        _ => "",
    };
    writeln!(
        file,
        "{siren:09},{nic:05},{siret:014},O,{year}-{month:02}-{date:02},NN,2022,,2026-03-{treated:02}T09:28:19.615,true,2,,{house},,,,RUE,{street},{post:05},{town},,,{post:05},,,,,{post:05}0042_b,{metres}.25,6{metres:06}.75,,,,,,,,,,,,,,,{year}-{month:02}-{date:02},{state},{sign},,,,62.01Z,NAFRev2,N,62.10Y"
    )
}

/// Compresses a file with gzip, fast.
///
/// # Errors
/// When the disk refuses.
pub fn compress(path: &Path, compressed: &Path) -> io::Result<()> {
    let output = BufWriter::with_capacity(1 << 20, File::create(compressed)?);
    let mut encoder = GzEncoder::new(output, Compression::fast());
    io::copy(
        &mut io::BufReader::with_capacity(1 << 20, File::open(path)?),
        &mut encoder,
    )?;
    encoder.finish()?.into_inner()?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_as_many_fields_as_the_header_and_a_width_like_insees() {
        let mut text = Vec::new();
        for number in 1..1_000 {
            write_row(&mut text, siret(number), scattered(number) | 1, 'A').unwrap();
        }
        let text = String::from_utf8(text).unwrap();
        assert!(
            text.lines()
                .all(|it| it.matches(',').count() == HEADER.matches(',').count())
        );
        assert!((200..250).contains(&(text.len() / 999)), "{}", text.len() / 999);
    }

    #[test]
    fn sirets_are_in_order_and_valid() {
        let numbers: Vec<u64> = (1..100).flat_map(|it| [siret(it), absent_siret(it)]).collect();
        assert!(numbers.is_sorted());
        for number in numbers {
            domain::values::Siret::parse(&format!("{number:014}")).unwrap();
        }
        assert!(absent_siret(40_000_000) < 100_000_000_000_000);
    }
}
