### Field faults: what is wrong with a field, and what would be right.

fault-required = This field is required.
fault-wrong-type = This value is not of the expected type.
fault-unknown-field = There is no such field here.
fault-duplicate-field = This field is given more than once.
fault-too-long = This is too long.
fault-too-short = This is too short.
fault-invalid-character = One character is not accepted here. Check what you typed.
# $character: the character that is not accepted, or its Unicode number where it is not seen.
fault-character = Character not accepted: “{ $character }”.
fault-invalid-format = This is not in the expected form. Check what you typed.
fault-purpose = This has to be a purpose in words: 3 to 200 printable characters, without an e-mail address.
fault-position-or-date = Give a position of the log, as a number from 1, or a time, as 2026-01-31T12:00:00Z.
fault-beyond-the-log = The log ends before this.
fault-before-from = This lies before the beginning asked for.
fault-replay-rate = Give a whole number of events a second, from 1 to 100000.
fault-replay-registrations = Name 1 to 1000 registrations, or leave the field out for all.
fault-unknown-value = Choose one of the answers offered.

fault-siret-siren-typed = You typed a SIREN (9 digits). A SIRET has 14: the SIREN, then the 5 digits of the establishment.
fault-siret-length = A SIRET has 14 digits, for instance 130 025 265 00013.
fault-siret-checksum = This number is not a SIRET: a digit was probably mistyped.
fault-siret-all-zero = This number is not a SIRET: it cannot be made of zeros only.
fault-idcc-format = An IDCC has 4 digits, for instance 1486.
fault-number-exponent = This number is in scientific notation, like 1.3E+13: digits are lost. Type all of it.
fault-number-decimals = This number has a decimal or thousands mark. Type its digits alone.
fault-cell-error = This is a spreadsheet's error and no value. Type the value.

fault-email-format = Type a complete e-mail address, for instance name@example.com.
fault-email-domain = Check what follows the @ sign, for instance example.com.
fault-email-local-part = Check what precedes the @ sign: letters without accents, digits, full stops and hyphens.

# $minimum: how many characters are needed at least.
fault-password-minimum-length = { $minimum ->
        [one] At least one character is needed.
       *[other] At least { $minimum } characters are needed.
    }
fault-password-maximum-length = This is too long: 256 characters at most.
fault-password-digit = At least one digit is needed.
fault-password-letter = At least one letter is needed.
fault-password-common = This password is too common: it would soon be guessed.
fault-password-personal = This password contains your name or your address: it would soon be guessed.
fault-password-control-character = This password contains an invisible character. Type it again.
