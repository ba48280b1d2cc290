### The pages. One block a page; the steps of the registration carry their number.

portal-skip = Skip to the content
portal-other-language = Français
portal-help = Need help? Contact { $organisation }
portal-error-prefix = Error:
portal-error-about = { $field }: { $fault }
portal-error-summary = To correct before going on
portal-all-required = Every field is required.
portal-next = Next
portal-previous = Previous
portal-step = Registration form – Step { $step } of { $steps }
portal-step-next = Then: { $title }

portal-sign-in-title = Sign in
portal-sign-in-lead = Open { $space } with your e-mail address and password.
portal-sign-in-button = Sign in
portal-sign-in-forgotten = Forgotten password
portal-sign-in-new-title = First time here
portal-sign-in-new-button = Create my account
portal-sign-in-new-note = Please note: this is needed even if you had an account on the former { $organisation } site. Your e-mail address then lets us find your establishments.
portal-sign-in-new-lead = It takes a few minutes. Have the SIRET number of your establishment at hand.
portal-sign-in-unfinished-title = Your registration is under way
portal-sign-in-unfinished = You started a registration in this browser. Your answers are kept.
portal-sign-in-unfinished-link = Go on with my registration
portal-sign-in-awaited-title = Your registration is almost complete
portal-sign-in-awaited = A confirmation message is addressed to { $email }.
portal-sign-in-awaited-link = Open the link in it: it confirms your address and lets you choose your password. You can then sign in.
portal-sign-in-awaited-password = Your address is confirmed. Open the link in the message again to choose your password. You can then sign in.
portal-email = E-mail address
portal-email-hint = Expected form: name@example.com
portal-password = Password

portal-identity-title = Who you are
portal-civility = Title
portal-last-name = Last name
portal-first-name = First name
portal-identity-email-hint = Expected form: name@example.com. You will receive a confirmation link there. If { $organisation } already knows you as a contact, give the address that it writes to.
portal-identity-again = Your earlier answers are filled in below. Changing the address makes the earlier link unusable.
portal-identity-restart = Start another registration

portal-topics-title = Choose your topics
portal-topics-hint = Tick as many topics as you like, or none. You can change your mind later.

portal-establishment-title = Name your establishment
portal-number-or-idcc = Member number or IDCC
portal-siret = SIRET number
portal-siret-hint = 14 digits, for example 130 025 265 00013. Spaces are accepted.
portal-siret-find = Find a SIRET in the Annuaire des Entreprises (new window)
portal-siret-successor = Name establishment { $siret } instead

portal-number-title = Give your member or training-organisation number
portal-number-known = Our system knows the establishment { $siret }.
portal-number = Member or training-organisation number
portal-number-hint = It is printed on letters from { $organisation }. That of a training organisation has 11 characters.
portal-number-missing = Do you not have this number?
portal-number-contact = Contact { $organisation }

portal-agreement-title = Give your IDCC
portal-agreement-active = { $organisation } does not know the establishment { $siret } yet, but it is active according to { $source }.
portal-agreement-pending = { $organisation } does not know the establishment { $siret } yet. No official register answered in time: we will check later, and you can go on.
portal-agreement-hint-closed = { $organisation } does not know the establishment { $siret } yet. According to { $source }, it is closed. Check its SIRET; if it is right, go on: we will ask INSEE.
portal-agreement-hint-not_found = { $organisation } does not know the establishment { $siret } yet, and it is not listed in { $source }. Check its SIRET; if it is right, go on: we will ask INSEE.
portal-register-insee = INSEE’s Sirene register
portal-register-recherche_entreprises = the public search for enterprises
portal-register-local_copy = our copy of the Sirene register, as of { $as_of }
portal-register-demonstration = the demonstration’s register
portal-idcc = IDCC (number of the collective agreement)
portal-idcc-hint = 4 digits, for example 1486: it stands on your payslips. Or words of its title, for example “hôtels restaurants”. No agreement: 9999.
portal-idcc-chosen = Chosen agreement: { $label }
portal-idcc-suggested = Likely agreements for this establishment
portal-idcc-choose = Choose
portal-idcc-found = Results for “{ $query }”
portal-idcc-replaced = replaced
portal-idcc-ended = no longer in force
portal-idcc-none-found = No agreement answers this search. Try another word.
portal-idcc-why-title = Why is this number required?
portal-idcc-why = The collective agreement says which branch your establishment belongs to, and so what your rights and contributions with { $organisation } are. As { $organisation } does not know this establishment yet, it is what lets us attach you to it.
portal-idcc-list = Proposed agreements
portal-idcc-list-none = No agreement proposed. Try another word.
portal-idcc-list-one = 1 agreement proposed. Arrow down to choose it.
portal-idcc-list-many = { $count } agreements proposed. Arrows up and down to choose.
portal-idcc-list-replaced = (replaces { $idcc })

portal-thanks-title = Thank you
portal-thanks-sent = A confirmation message was sent to { $email }.
portal-thanks-leaving = A confirmation message is leaving for { $email }.
portal-thanks-last = To complete your registration, follow the link in it: it proves your address and lets you choose your password.
portal-thanks-private = To go on with your registration, follow the link in it: it proves your address.
portal-thanks-known = Your address is that of a contact of { $organisation }: your establishments are already known, and the other steps of the form are not needed.
portal-thanks-spam = Remember to look in your spam folder.
portal-thanks-failed = The message could not be delivered to { $email }.
portal-thanks-failed-title = Your message did not arrive
portal-thanks-failed-correct = Check this address: one wrong letter is enough. Correct it, and we will send a new message.
portal-thanks-failed-again = Ask for the message again, or contact us if it fails once more.
portal-thanks-put-off = The message has not left yet: the mail server does not answer, or asks us to wait. We are trying again; there is nothing that you need to do.
portal-thanks-password-title = Only a password to go
portal-thanks-password = Your address is confirmed. Open the link in your mail again to choose your password.
portal-thanks-not-received = Nothing received?
portal-thanks-resend = Send the message again
portal-thanks-correct = Correct my address
portal-thanks-finish = Finish
portal-thanks-until = The link is good until { $when }.
portal-thanks-patience = A message may take a few minutes to arrive. Only the link in the latest one is good.
portal-thanks-wait-seconds = You can ask for another message in { $count ->
        [one] a second
       *[other] { $count } seconds
    } ({ $when }).
portal-thanks-wait-minutes = You have asked for several messages. You can ask for another in { $count ->
        [one] a minute
       *[other] { $count } minutes
    } ({ $when }).
portal-thanks-wait-left = Another message can be asked for in { $left }.
portal-thanks-wait-over = You can ask for another message now.

portal-password-title = Choose your password
portal-password-change-title = Change your password
portal-password-for = Password of the account { $email }
portal-password-rules = Your password must contain at least:
portal-password-rule-length = { $minimum } characters
portal-password-rule-digit = 1 digit
portal-password-rule-letter = 1 letter
portal-password-rule-personal = It must not contain your name or address, nor be a common password.
portal-password-rule-unmet = (to correct)
portal-password-new = New password
portal-password-confirm = Confirm the new password
portal-password-differs = The two passwords differ. Type the same one twice.
portal-password-button = Save my password
portal-password-show = Show the password
portal-password-rule-met = (met)
portal-password-rule-left = (not yet)
portal-password-rules-left = Still missing:
portal-password-rules-met = Every rule is met.
portal-password-same = Both passwords are the same.
portal-password-differs-yet = The two passwords still differ.

portal-confirm-title = Confirm your address
portal-confirm-lead = You received this link at { $email }. Confirm the address to go on with your registration.
portal-confirm-button = Confirm and go on
portal-resume-title = Take up your registration
portal-resume-lead = This registration was started with the address { $email }. Your answers are kept: go on where you stopped.
portal-resume-button = Go on with my registration
portal-link-new = Receive a new link
portal-link-new-lead = We will send it to the address of the registration.
portal-link-sign-in = Go to the sign-in page
portal-link-used-title = This link has already been used
portal-link-used = Your password is set: you can sign in.
portal-link-replaced-title = There is a newer link
portal-link-replaced = This link was replaced. Open the latest message you received: only its link is good.
portal-link-ended-title = This registration is closed
portal-link-ended = It was left unfinished for too long. You can start another one.
portal-link-expired-resumption-title = This link has expired
portal-link-expired-resumption = The link of the reminder is no longer good. If your registration is still open in this browser, go on with it; otherwise start another one.

portal-forgotten-title = Forgotten password
portal-forgotten-lead = Give the e-mail address of your account: we will send you a link to choose another password.
portal-forgotten-button = Receive a link
portal-forgotten-sent-title = Look in your mailbox
portal-forgotten-sent = If there is an account for this address, a message with a link that is good for 1 hour has just left. Remember your spam folder.
portal-forgotten-sent-none = Nothing received? Check the address you gave: if you have no account yet, no message is sent.
portal-forgotten-again = Give another address

portal-space-welcome = Hello { $name }
portal-space-establishments = Your establishments
portal-space-none = No establishment is attached to your account.
portal-space-sections = Sections of your space
portal-space-count = { $count ->
        [one] { $count } establishment is attached to your account.
       *[other] { $count } establishments are attached to your account.
    }
portal-space-search = Find an establishment: name, SIRET or IDCC
portal-space-search-button = Find
portal-space-search-all = Show all
portal-space-found = { $count ->
        [0] No establishment matches “{ $query }”.
        [one] { $count } establishment matches “{ $query }”.
       *[other] { $count } establishments match “{ $query }”.
    }
portal-space-company = Company { $siren }: { $count } establishments
portal-space-closed = Closed
portal-space-to-be-verified = To be verified: the official register has not answered yet
portal-member-since = Signed in since { $when }
portal-space-by-contact = You are a contact of it
portal-space-by-member_number = Attached by its member number
portal-space-by-training_organisation_number = Attached by its training-organisation number
portal-space-by-idcc = Attached by its collective agreement
portal-space-topics = Your topics
portal-space-topics-button = Save my topics
portal-space-account = Your account
portal-space-sign-out = Sign out
portal-space-missing = Is an establishment missing?
portal-space-export-link = Download my data
portal-space-export = Everything held on you, as a JSON file.
portal-space-password-link = Change my password
portal-space-password = You will receive a link by e-mail.
portal-space-closing-link = Close my account
portal-space-closing = Your personal data is erased for good.
portal-space-title = Your account

portal-notice-password-set = Your password is saved. You can sign in.
portal-notice-account-exists = This address already has an account. Sign in.
portal-notice-account-ready = Your account is ready. Sign in.
portal-notice-signed-out = You are signed out.
portal-notice-sign-in-first = Sign in to open this page.
portal-notice-topics-saved = Your topics are saved.
portal-notice-mail-sent = A new message leaves in a moment. It replaces the earlier one.
portal-notice-start-here = We found no registration under way in this browser: it forgets it when you close it. Nothing is lost: the steps that you completed are kept. Go on from the link in your mail, or start a new registration here.
portal-notice-already-sent = Your answers are sent already: that step can no longer be changed.
portal-notice-answer-missing = This browser did not keep your last answer. Give it again: your other answers are here.
portal-notice-form-left = You have left the registration. It is kept: a reminder by mail will let you take it up again.
portal-notice-form-left-here = You have left the registration. It stays open in this browser.
portal-notice-moved-on = Your registration has moved on meanwhile, perhaps in another tab. This is where it stands.
portal-notice-reminder-sent = You have left the registration. Look in your mailbox: the link to go on arrives in a moment, unless it was sent to you before.
portal-notice-resumed = Your registration is taken up where you left it.
portal-notice-session-ended = Your session has ended, for your security. Sign in again: your choice of topics is not lost, you can save it then.
portal-notice-topics-unsaved = Your choice is not saved yet. Check it, then press “Save my topics”.

portal-trouble-not-found-title = Page not found
portal-trouble-not-found = There is nothing at this address. Check it, or start from the sign-in page.
portal-trouble-other-site-title = Request refused
portal-trouble-other-site = We could not make sure that this request comes from one of our pages, and so passed it over. Go back to the page before: your answers are still there. Reload it, then try again. Cookies must be allowed.
portal-trouble-unreadable-title = Unreadable form
portal-trouble-unreadable = What we received is no form of our pages. Go back to the page before, then try again.
portal-trouble-not-this-way-title = This address does not open in this way
portal-trouble-not-this-way = This address does not take this kind of request. Start from the sign-in page.
portal-trouble-too-large-title = Form too long
portal-trouble-too-large = The form received is larger than we accept. Go back to the page before, shorten your answers, then try again.
portal-trouble-reference = If you write to us, give this reference: { $reference }

portal-dev-mail-title = Messages of this machine
portal-dev-mail-lead = No mail server is configured: messages stay here, the newest first.
portal-dev-mail-none = No message yet.
portal-dev-mail-to = To
portal-dev-mail-back = All messages
portal-dev-mail-link = Open the link
portal-dev-mail-source = The .eml file
portal-dev-mail-text = Text
portal-dev-mail-html = HTML
portal-dev-mail-html-alone = Open alone
portal-dev-mail-previews = Every mail, with invented content

portal-leave-link = Leave
portal-leave-title = Leave the registration?
portal-leave-kept = The steps that you have completed are kept for { $days } days, then erased. What you just typed into the open step, without pressing “Next”, is not kept.
portal-leave-again = To go on later or on another device, follow the link that we send to your e-mail address: now if you tick the box below, otherwise after 7 days.
portal-leave-keep = Keep my registration open in this browser
portal-leave-keep-hint = Do not tick this box on a shared computer. The browser forgets it when you close it.
portal-leave-stay = Go on with my registration
portal-leave-button = Leave
portal-leave-mail = Send me the link to go on now
portal-leave-mail-hint = It is sent once and stays good for 7 days. It is not sent when a confirmation message is waiting for you already.

portal-review-where = Last check
portal-review-title = Check your answers
portal-review-lead = Read your answers again and correct them if needed. When you send them, we write to you so that you can confirm your e-mail address.
portal-review-lead-proven = Read your answers again and correct them if needed. When you send them, only your password remains to be chosen.
portal-review-name = Title, first and last name
portal-review-no-topics = None
portal-review-change = Change
portal-review-button = Send my answers

portal-export-file = my-data.json

portal-closing-title = Close my account
portal-closing-lead = You are about to close the account { $email }. This is what happens:
portal-closing-erased = your name, e-mail address and password become unreadable for everybody, and you are signed out;
portal-closing-kept = the history of the account remains, with nothing that names you;
portal-closing-final = nobody can undo it: a new access takes a new registration;
portal-closing-no-mail = no message confirms it, since your address is erased as well: the next page stands for it.
portal-closing-export = Before you go, you can take along what we know of you:
portal-closing-password-hint = Type it to confirm that it is you.
portal-closing-wrong-password = This is not the password of this account. Check it, then try again.
portal-closing-button = Close my account for good
portal-closing-cancel = Keep my account

portal-closed-title = Your account is closed
portal-closed-lead = Your personal data is erased. You can close this page.
portal-closed-again = If you need access again, create a new account.

portal-fault-profile-required = Say who you are: choose one of the answers.
portal-fault-profile-unknown-value = Say who you are: choose one of the answers.
portal-fault-civility-required = Choose your title: Ms or Mr.
portal-fault-civility-unknown-value = Choose your title: Ms or Mr.
portal-fault-last-name-required = Give your last name, for example Dupont.
portal-fault-last-name-invalid-character = The last name holds a sign that is not accepted. Use letters, spaces, hyphens and apostrophes, for example Le Goff-D’Arc.
portal-fault-last-name-too-long = The last name is too long. Shorten it, for example with an initial.
portal-fault-first-name-required = Give your first name, for example Clare.
portal-fault-first-name-invalid-character = The first name holds a sign that is not accepted. Use letters, spaces, hyphens and apostrophes, for example Jean-Noël.
portal-fault-first-name-too-long = The first name is too long. Shorten it, for example with an initial.
portal-fault-email-required = Give your e-mail address, for example name@example.com.
portal-fault-siret-required = Give the SIRET of your establishment: 14 digits, for example 130 025 265 00013.
portal-fault-number-required = Give your member or training-organisation number, for example 1000001.
portal-fault-number-invalid-character = The number holds digits and letters only, for example 1000001. Check what you typed.
portal-fault-number-too-long = The number is too long. Check it on a letter received, for example 1000001.
portal-fault-idcc-required = Give the IDCC, for example 1486, or words of the agreement’s title.
portal-fault-password-required = Type your password.
portal-fault-confirmation-required = Type the password a second time.
portal-fault-topics-unknown-value = This list has changed. Check the ticked topics, then try again.
portal-fault-siret-invalid-character = A SIRET holds digits only, for example 130 025 265 00013. Check what you typed.
portal-fault-siret-too-long = A SIRET has 14 digits, for example 130 025 265 00013. You typed more.
portal-fault-siret-siren-typed = You typed a SIREN (9 digits). The SIRET has 14: the SIREN, then the 5 digits of the establishment, for example 130 025 265 00013.
portal-fault-siret-checksum = This number is no SIRET: a digit is probably mistyped. Check the 14 digits, for example 130 025 265 00013.
portal-fault-email-invalid-character = The e-mail address holds a sign that is not accepted. Type it without accents or spaces, for example name@example.com.
portal-fault-email-too-long = The e-mail address is too long: 254 signs at most, for example name@example.com.
portal-fault-number-invalid-format = This is not the expected form: a member number holds digits and letters, for example 1000001.

portal-description = { $space }: sign in, or create an account in a few steps.

# The page “Your data”. One event a line, under its name in the log.
portal-data-title = Your data
portal-data-lead = This is everything we hold on you. The same, complete, can be downloaded as a file that other software can read.
portal-data-person = Who you are
portal-data-name = Name
portal-data-email = E-mail address
portal-data-topics = Chosen topics
portal-data-none = None
portal-data-since = Account opened on
portal-data-seen = Last sign-in, to the month
portal-data-establishments = Your establishments
portal-data-looked = Who looked at your data
portal-data-looked-none = Nobody but you.
portal-data-history = What happened
portal-data-kept = What is kept beside
portal-data-sessions = Open sessions
portal-data-mails = Mails followed up
portal-data-uses = Uses of the address, counted to protect it
portal-data-answers = Answers kept for a repeated request
portal-data-answer-accepted = request accepted
portal-data-answer-refused = request refused
portal-data-kept-show = Technical details
portal-data-mail-waiting = waiting to be tried again
portal-data-mail-sending = being sent
portal-data-mail-sent = sent
portal-data-mail-failed = not delivered
portal-data-mail-withdrawn = no longer needed
portal-data-use-mail = an e-mail was asked for
portal-data-use-failed_sign_in = a wrong password was entered
portal-data-use-wrong_number = a wrong number was entered
portal-data-contact-references = Contact references
portal-data-purpose = Purpose: { $purpose }
portal-data-who-subscriber = The program “{ $name }”
portal-data-who-operator = An operator of the service
portal-data-who-privacy-officer = The data protection officer
portal-data-who-auditor = An auditor
portal-data-what-person = read your identity and your establishments.
portal-data-what-export = read everything that is kept about you.
portal-data-what-hold-set = put your data under a legal hold: it cannot be erased.
portal-data-what-hold-lifted = lifted the legal hold on your data.
portal-data-what-erasure = asked for your data to be erased.
portal-data-what-erasure-cancelled = called off the erasure of your data.
portal-data-what-grant-given = allowed somebody to read your data.
portal-data-what-grant-revoked = withdrew a permission to read your data.
portal-data-what-delivery = stepped in when an event was delivered to a program.
portal-data-what-opened = opened your file.
portal-data-back = Back to my space
portal-data-event-IdentitySubmitted = You gave your identity.
portal-data-event-ContactMatched = Your address is that of a contact we know.
portal-data-event-ContactNotMatched = Your address is not that of a contact we know.
portal-data-event-TopicsChosen = You chose your topics.
portal-data-event-EstablishmentDeclared = You named an establishment.
portal-data-event-EstablishmentRefused = The establishment that you named was refused, as an official register has it.
portal-data-event-RegisterCheckCompleted = The official register answered about your establishment.
portal-data-event-MemberNumberRefused = A number was given that is not the establishment’s.
portal-data-event-EstablishmentLinked = You were attached to an establishment.
portal-data-event-VerificationRequested = A mail with a link was asked for.
portal-data-event-VerificationMailSent = That mail was sent.
portal-data-event-VerificationMailFailed = That mail could not be sent.
portal-data-event-LinkRefused = A link was followed that was no longer good.
portal-data-event-EmailVerified = Your e-mail address was confirmed.
portal-data-event-PasswordSet = You chose a password.
portal-data-event-NoticeMailSent = A mail with news was sent.
portal-data-event-NoticeMailFailed = A mail with news could not be sent.
portal-data-event-RegistrationExpired = The registration, left unfinished, was closed.
portal-data-event-PersonErased = Your personal data was erased.
portal-data-event-IdentityRectified = You corrected your identity.
portal-data-event-InactivityWarned = You were warned that your account was not used.
portal-data-event-InactivityMailSent = The mail that warned you of it was sent.
portal-data-event-InactivityMailFailed = The mail to warn you of it could not be sent.
portal-data-event-ErasureRequested = The account was closed, to be erased later.
portal-data-event-ErasureCancelled = The erasure was called off.
portal-space-data-link = See my data
portal-space-data = Everything held on you, and who looked at it.

portal-closed-waiting = Your account is closed and nobody can sign in to it any more. Your personal data will be erased once the waiting time is over, or as soon as no legal duty stands against it.
portal-closed-certificate = A signed certificate, which names nobody, proves this erasure; it is ready after a few seconds.
portal-closed-certificate-link = Download the certificate

# The page to correct one’s names.
portal-space-correction-link = Correct my title or my name
portal-space-correction = When it was typed wrongly, or has changed.
portal-data-correct = Correct my title or my name
portal-correction-title = Correct my title or my name
portal-correction-lead = Type them as they are to be. The correction stands in the history of your account; what was there before stays sealed there with it.
portal-correction-email = Your address stays { $email }: your account is known by it.
portal-correction-button = Save
portal-correction-cancel = Change nothing
portal-notice-identity-corrected = Your title and names are saved.

portal-privacy-title = Personal data
portal-privacy-short = { $organisation } uses this information to create your account, attach you to your establishments and write to you.
portal-privacy-more = How long, your rights, contact (new window)
portal-privacy-lead = This page says what { $organisation } does with the information that you give when you register (European regulation 2016/679, article 13).
portal-privacy-who = Who is responsible
portal-privacy-why = Why
portal-privacy-why-text = To create the account that you ask for and give you access to it (article 6(1)(b) of the regulation): to recognise your establishments, to write to you about the topics that you choose, and to prove what happened. No decision about you is made by a computation, and nothing serves advertising. The information asked for is necessary for the account: without it, { $organisation } cannot create it.
portal-privacy-what = Which information
portal-privacy-what-text = Your civility, last name, first name, e-mail address and topics; the SIRET, number or collective agreement of your establishments; the dates of your registration and the month of your last sign-in. Your password is kept only in a form from which it cannot be recovered.
portal-privacy-how-long = For how long
portal-privacy-unfinished = A registration that is not completed is erased { $days } days after your last action.
portal-privacy-account = An account is erased { $months } months after you last signed in, and you are told beforehand; or as soon as you close it.
portal-privacy-mails = The record that a message was sent is kept for { $days } days.
portal-privacy-erased = To erase is to destroy the key by which your information can be read: what is left of the log no longer says anything about you.
portal-privacy-recipients = Who sees it
portal-privacy-recipients-text = Authorised staff of { $organisation } and the software to which { $organisation } entrusts it. Each time somebody reads it, that is recorded, and you find it under “My data”.
portal-privacy-registers = Only the SIRET number is sent to the public registers of companies.
portal-privacy-rights = Your rights
portal-privacy-rights-text = In your space you can read and download everything that is kept about you, correct your civility and name, change your topics, and close your account. You can also object to the processing or ask for it to be restricted.
portal-privacy-contact = To exercise a right or ask a question: { $contact }
portal-privacy-complaint = If the answer does not satisfy you, you can complain to the French data protection authority, the CNIL:
portal-privacy-cookies = Cookies
portal-privacy-cookies-text = These pages set only the cookies that they need: your session, your registration in progress, the language that you chose. None measures or tracks, so no consent is asked for.

portal-notices-title = Legal notices
portal-notices-publisher = Publisher
portal-notices-director = Publication director
portal-notices-host = Hosting
portal-notices-contact = Contact
portal-notices-not-given = { $organisation } has not given this yet.

portal-accessibility-none = Accessibility: not compliant
portal-accessibility-partial = Accessibility: partially compliant
portal-accessibility-full = Accessibility: fully compliant
portal-accessibility-none-text = No valid audit says how far these pages meet the French accessibility standard (RGAA).
portal-accessibility-partial-text = An audit found that these pages meet at least half of the criteria of the French accessibility standard (RGAA).
portal-accessibility-full-text = An audit found that these pages meet all criteria of the French accessibility standard (RGAA).
portal-accessibility-made = What is done
portal-accessibility-made-text = Every page can be used with a keyboard, without scripts and with a screen reader, can be enlarged to 400%, and is checked by a tool at every release.
portal-accessibility-help = A difficulty?
portal-accessibility-help-text = Tell { $organisation }, who will give you the information or go through the steps with you.
portal-accessibility-defender = If you get no answer, you can turn to the French Defender of Rights:
