//! The list of word files: one line a subject, the same in every language.

/// A subject's words.
pub(crate) struct WordFile {
    /// The file's name without its ending.
    pub(crate) name: &'static str,
    /// Its French text.
    pub(crate) french: &'static str,
    /// Its English text.
    pub(crate) english: &'static str,
}

macro_rules! word_file {
    ($name:literal) => {
        WordFile {
            name: $name,
            french: include_str!(concat!("../../words/fr/", $name, ".ftl")),
            english: include_str!(concat!("../../words/en/", $name, ".ftl")),
        }
    };
}

/// Every word file.
pub(crate) const ALL: &[WordFile] = &[
    word_file!("console"),
    word_file!("dates"),
    word_file!("faults"),
    word_file!("mail"),
    word_file!("portal"),
    word_file!("problems"),
];
