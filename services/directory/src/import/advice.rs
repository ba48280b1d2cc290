//! What is wrong with a line and what to do about it, in a sentence an operator can act on.

/// The sentence of a reason.
pub fn advice(reason: &str) -> &'static str {
    match reason {
        "required" => "the cell is empty and must not be",
        "siret-length" => {
            "a SIRET has 14 digits; if zeros in front were lost, format the column as text and export it again"
        }
        "siret-checksum" => "the check digits do not hold: a digit is wrong, or the number is no SIRET",
        "siret-siren-typed" => "this is a SIREN of 9 digits: give the SIRET, or the columns siren and nic",
        "siret-all-zero" => "a SIRET is not made of zeros only",
        "idcc-format" => "an IDCC has up to 4 digits, with or without IDCC before it",
        "number-exponent" => {
            "scientific notation (1,3E+13): the digits are gone; format the column as text and export it again"
        }
        "number-decimals" => {
            "a decimal or thousands mark stands in a number that has none; format the column as text and export it again"
        }
        "number-digits-lost" => {
            "spreadsheets keep 15 digits of a number and this one has more; type it again into a column formatted as text"
        }
        "number-without-digits" => "there is no digit in this number: look whether columns have slipped",
        "training-number-zeros-lost" => {
            "a training organisation's number has 11 characters and this one lost its first zero; format the column as text and export it again"
        }
        "cell-date" => "the spreadsheet made a date of it; format the column as text and type it again",
        "cell-boolean" => "the cell holds true or false, which is no text: look whether columns have slipped",
        "cell-error" => "the spreadsheet shows an error (#N/A, #REF!) in place of a value: mend the formula",
        "cell-formula" => {
            "the formula was never worked out: open the file in a spreadsheet and save it, or paste values only"
        }
        "quote-open" => {
            "a quotation mark (\") is not closed, or text follows a closing one: close it, or write it twice within quotes; nothing of these lines was kept"
        }
        "not-utf-8" => "the text is in no encoding that is known for sure: save the file as CSV UTF-8",
        "too-few-fields" => "the line ends before its last column: it was cut, or a separator is missing",
        "too-many-fields" => {
            "the line has more cells than the heading: a separator in a text needs quotes around the text"
        }
        "too-long" => "the text is longer than is kept",
        "invalid-character" => "a character is not taken here: look whether columns have slipped",
        "unknown-value" => "the value is none of those known: look whether columns have slipped",
        "email-format" | "email-domain" | "email-local-part" => {
            "this is no e-mail address that mail can be sent to"
        }
        "duplicate" => "a line before names the same one: the first of them holds",
        _ => "see the runbook",
    }
}
