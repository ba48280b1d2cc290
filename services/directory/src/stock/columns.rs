//! The first line of the stock file: which of its columns are where. The layout has changed before and will again.

use csv::{ByteRecord, ReaderBuilder};

use crate::import::{ImportError, delimiter_of, places_of};

/// The columns that are read, in the order in which a row is given them.
pub const NEEDED: [&str; 4] = [
    "siret",
    "etatAdministratifEtablissement",
    "dateDebut",
    "dateDernierTraitementEtablissement",
];
/// The fields of a row, as [`NEEDED`] names them.
pub type Fields<'r> = [&'r [u8]; NEEDED.len()];

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where the needed columns are.
#[derive(Clone, Debug)]
pub struct Columns {
    /// What stands between fields.
    pub delimiter: u8,
    /// How many columns the first line names.
    pub count: usize,
    /// Place of each needed column.
    pub places: [usize; NEEDED.len()],
    /// Those nearer to the beginning of a line: place counted from there, and which it is; ascending.
    pub from_front: Vec<(usize, usize)>,
    /// Those nearer to the end: place counted from there; ascending.
    pub from_back: Vec<(usize, usize)>,
}

impl Columns {
    /// Reads the first line. Names are compared without case; other columns are ignored.
    ///
    /// Errors: a needed column is missing, or named twice.
    pub fn of(first_line: &[u8]) -> Result<Self, ImportError> {
        let line = first_line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(first_line);
        let delimiter = delimiter_of(line);
        let mut header = ByteRecord::new();
        ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .from_reader(line)
            .read_byte_record(&mut header)
            .map_err(std::io::Error::other)?;
        if header
            .iter()
            .any(|it| it.eq_ignore_ascii_case(b"changementEtatAdministratifEtablissement"))
        {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "it is StockEtablissementHistorique, which lists past periods: import StockEtablissement",
            )
            .into());
        }
        let mut places = [0; NEEDED.len()];
        places.copy_from_slice(&places_of(&header, &NEEDED)?);
        let count = header.len();
        let numbered = || places.into_iter().enumerate();
        let mut from_front: Vec<_> = numbered()
            .filter(|(_, place)| *place < count / 2)
            .map(|(which, place)| (place, which))
            .collect();
        let mut from_back: Vec<_> = numbered()
            .filter(|(_, place)| *place >= count / 2)
            .map(|(which, place)| (count - 1 - place, which))
            .collect();
        from_front.sort_unstable();
        from_back.sort_unstable();
        Ok(Self {
            delimiter,
            count,
            places,
            from_front,
            from_back,
        })
    }
}
