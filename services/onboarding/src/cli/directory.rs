//! Commands on the directory, and the files that it takes.

use std::path::PathBuf;

use clap::Subcommand;

/// Commands on the directory.
#[derive(Debug, Subcommand)]
pub enum Directory {
    /// Import a file; the same file again changes nothing
    #[command(subcommand)]
    Import(Import),
    /// Messages of the organisation's system that could not be read, and what is wrong with them
    Parked,
    /// What the directory holds and how old it is; how each register is doing
    Status,
}

/// What is imported.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// contact_id,civility,last_name,first_name,email,sirets (SIRETs separated by |)
    ///
    /// CSV (also gzip or ZIP) or .xlsx as office programs save it: UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs;
    /// usual French headings (Courriel, Référence, SIRET). Civility and names are not kept and may be absent. Format columns of
    /// numbers as text: zeros and digits that a spreadsheet took are restored where the check digits prove them, else refused.
    Contacts(ImportFile),
    /// siret,name,idcc,member_number,training_declaration_number,state
    ///
    /// CSV (also gzip or ZIP) or .xlsx as office programs save it: UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs;
    /// usual French headings (SIRET, or SIREN and NIC; Raison sociale; Numéro adhérent). Format columns of numbers as text: zeros
    /// that a spreadsheet took are restored where the check digits prove them; a number whose digits are gone is refused.
    Establishments(ImportFile),
    /// INSEE's stock of establishments (StockEtablissement), CSV, also gzip or zip
    Sirene(StockFile),
}

/// A file to import.
#[derive(Debug, clap::Args)]
pub struct ImportFile {
    /// The file
    pub file: PathBuf,
    /// All or nothing: one bad line and nothing is imported
    #[arg(long)]
    pub strict: bool,
    /// Write nothing; say what would be new, changed and removed
    #[arg(long)]
    pub dry_run: bool,
    /// The file names every row: remove those that it does not name
    #[arg(long)]
    pub replace: bool,
    /// With --replace: remove even if that is more than half of a directory of a thousand rows and more
    #[arg(long, requires = "replace")]
    pub most_may_go: bool,
    /// Write every fault of every bad line into this file (line,field,reason); a record over several lines as 3-7
    #[arg(long, value_name = "CSV")]
    pub bad_lines: Option<PathBuf>,
}

/// A stock file to import: it always replaces the one before.
#[derive(Debug, clap::Args)]
pub struct StockFile {
    /// The file
    pub file: PathBuf,
    /// One bad line and the old index stays
    #[arg(long)]
    pub strict: bool,
    /// Read the whole file and leave the old index in its place
    #[arg(long)]
    pub dry_run: bool,
    /// Replace an index that was made from a newer file
    #[arg(long)]
    pub older: bool,
}
