### Problems: what the service answers when it cannot do what is asked.
### A title and a detail for each code. The detail says what to do.

problem-invalid-title = Some answers need correcting
problem-invalid-detail = Correct the fields shown, then try again.

problem-malformed-body-title = Unreadable request
problem-malformed-body-detail = The body of the request is not well-formed JSON.

problem-body-too-large-title = Request too large
problem-body-too-large-detail = The body of the request is larger than is accepted.

problem-unsupported-media-type-title = Format not supported
problem-unsupported-media-type-detail = Send the request as JSON, with the header “Content-Type: application/json”.

problem-unauthorized-title = Access needs confirming
problem-unauthorized-detail = This page or action needs an access that we did not recognise. Sign in, or take up your registration again from the link in your mail.

problem-unknown-credential-title = The credential is not known
problem-unknown-credential-detail = Send yours in the header “Authorization: Bearer …”. It may have been replaced or revoked: ask whoever gave it to you.

problem-not-found-title = Not found
problem-not-found-detail = There is nothing at this address, or you have no access to it.

problem-erased-title = The person is erased
problem-erased-detail = The person was erased and nobody can tell any more who they were. Erase what you hold of them, then acknowledge it.

problem-erasure-pending-title = The account is closed, to be erased
problem-erasure-pending-detail = Nobody is told who it is while the erasure waits. The feed says what comes of it.
problem-not-erased-title = The person is not erased
problem-not-erased-detail = There is no erasure to acknowledge: the person is still known.

problem-replays-waiting-title = Too many replays
problem-replays-waiting-detail = As many of your replays wait or are under way as are accepted at a time. Ask again when one has been taken up.

problem-method-not-allowed-title = Method not accepted
problem-method-not-allowed-detail = This address exists, but does not accept this method.

problem-precondition-failed-title = The registration has changed meanwhile
problem-precondition-failed-detail = Read the registration again, then retry from its current version.

problem-step-out-of-order-title = This step is not open
problem-step-out-of-order-detail = Your registration is at another step. Take it up where it stands.

# $source: who says so, “organisation” for the organisation itself.
# $closed_on: the closing date in words, or “unknown”.
# $successor: the SIRET of the establishment that took over, or “none”.
problem-establishment-closed-title = This establishment is closed
problem-establishment-closed-detail = { $source ->
        [organisation] As far as we know,
        [demonstration] According to the demonstration’s register,
       *[other] According to INSEE’s Sirene register,
    } { $closed_on ->
        [unknown] this establishment is closed.
       *[other] this establishment has been closed since { $closed_on }.
    } { $successor ->
        [none] Give the SIRET of an establishment that is open.
       *[other] The establishment that took over has the SIRET { $successor }.
    }

problem-establishment-not-found-title = Establishment not found
problem-establishment-not-found-detail = No establishment has this SIRET. Check the 14 digits, for instance in the Annuaire des Entreprises.

# $contact_url: the address of the organisation’s contact page.
problem-member-number-mismatch-title = This is not the establishment’s number
problem-member-number-mismatch-detail = The number does not match the establishment you named. Check it on a letter you received, or ask for it at { $contact_url }

problem-idcc-unknown-title = Unknown collective agreement
problem-idcc-unknown-detail = No collective agreement has this number. The IDCC is printed on your payslips. If no agreement applies, give 9999.

# $agreement: the agreement’s title. $successors: the numbers of the agreements that apply instead, separated by commas, or “none”.
problem-idcc-replaced-title = This collective agreement is no longer in force
problem-idcc-replaced-detail = “{ $agreement }” is no longer in force. { $successors ->
        [none] Search, by words of your trade, for the agreement that applies today.
       *[other] Give one of these instead: { $successors }.
    }

problem-link-invalid-title = This link is no longer good
problem-link-invalid-detail = This link has already been used, was replaced by a newer one, or was miscopied. Open the latest mail you received, or ask for a new link.

problem-link-expired-title = This link has expired
problem-link-expired-detail = For your security each link is good for a limited time. Ask for a new one: it will arrive in a few moments.

problem-account-exists-title = You already have an account
problem-account-exists-detail = An account already exists for this e-mail address. Sign in; if you have forgotten your password, choose another from the sign-in page.

problem-password-refused-title = Choose another password
problem-password-refused-detail = This password does not meet all the security rules shown.

problem-sign-in-refused-title = Sign-in refused
problem-sign-in-refused-detail = The e-mail address or the password is not right. Check them, then try again.

# $minutes: how many minutes to wait, one at least.
problem-too-many-attempts-title = Too many attempts in a short time
problem-too-many-attempts-detail = { $minutes ->
        [one] For safety, wait a minute before trying again.
       *[other] For safety, wait { $minutes } minutes before trying again.
    }

problem-idempotency-key-reused-title = Idempotency key already used
problem-idempotency-key-reused-detail = This value of “Idempotency-Key” has already served for another request. Use a new one.

problem-service-busy-title = The service is very busy
problem-service-busy-detail = Many people are registering right now. Try again in a few seconds: what you had already saved is kept.

problem-service-unavailable-title = The service is unavailable for the moment
problem-service-unavailable-detail = We cannot answer just now. Try again in a few minutes: what you had already saved is kept.

problem-internal-title = Something went wrong
problem-internal-detail = The fault is ours and has been recorded. Try again in a few minutes.
