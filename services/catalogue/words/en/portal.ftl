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
portal-step = Step { $step } of { $steps }
portal-step-next = Then: { $title }
portal-step-last = This is the last step of the form.

portal-sign-in-title = Sign in
portal-sign-in-lead = Open { $space } with your e-mail address and password.
portal-sign-in-button = Sign in
portal-sign-in-forgotten = Forgotten password
portal-sign-in-new-title = First time here
portal-sign-in-new-button = Create my account
portal-sign-in-new-note = Please note: this is needed even if you had an account on the former { $organisation } site. Your e-mail address lets us find your establishments.
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
portal-siret-find = Find a SIRET in the Annuaire des Entreprises

portal-number-title = Give your member or training-organisation number
portal-number-known = Our system knows the establishment { $siret }.
portal-number = Member or training-organisation number
portal-number-hint = It is printed on letters from { $organisation }. That of a training organisation has 11 characters.
portal-number-missing = Do you not have this number?
portal-number-contact = Contact { $organisation }

portal-agreement-title = Give your IDCC
portal-agreement-active = { $organisation } does not know the establishment { $siret } yet, but it is active in INSEE’s register.
portal-agreement-pending = { $organisation } does not know the establishment { $siret } yet. INSEE did not answer in time: we will check later, and you can go on.
portal-idcc = IDCC (number of the collective agreement)
portal-idcc-hint = 4 digits, for example 1486. It is printed on your payslips. If no agreement applies, give 9999.
portal-idcc-chosen = Chosen agreement: { $label }
portal-idcc-suggested = Likely agreements for this establishment
portal-idcc-choose = Choose
portal-idcc-search-title = Search for a collective agreement
portal-idcc-search = Number, or words of the title
portal-idcc-search-hint = For example: bureaux d’études
portal-idcc-search-button = Search
portal-idcc-found = Results
portal-idcc-replaced = replaced
portal-idcc-none-found = No agreement answers this search. Try another word.

portal-thanks-title = Thank you
portal-thanks-sent = A confirmation message is on its way to { $email }.
portal-thanks-last = To complete your registration, follow the link in it: it proves your address and lets you choose your password.
portal-thanks-private = To go on with your registration, follow the link in it: it proves your address.
portal-thanks-spam = Remember to look in your spam folder. The link is good for 24 hours.
portal-thanks-failed = The message could not be delivered to this address. Check it, then ask for another one.
portal-thanks-password-title = Only a password to go
portal-thanks-password = Your address is confirmed. Open the link in your mail again to choose your password.
portal-thanks-not-received = Nothing received?
portal-thanks-resend = Send the message again
portal-thanks-correct = Correct my address
portal-thanks-finish = Finish

portal-password-title = Choose your password
portal-password-change-title = Change your password
portal-password-for = Password of the account { $email }
portal-password-rules = Security rules:
portal-password-rule-length = { $minimum } characters at least
portal-password-rule-digit = 1 digit
portal-password-rule-letter = 1 letter
portal-password-rule-personal = not your name, nor your address, nor a common password
portal-password-rule-unmet = to correct
portal-password-new = New password
portal-password-confirm = Confirm the new password
portal-password-differs = The two passwords differ. Type the same one twice.
portal-password-button = Save my password

portal-confirm-title = Confirm your address
portal-confirm-lead = You received this link at { $email }. Confirm the address to go on with your registration.
portal-confirm-button = Confirm and go on
portal-resume-title = Take up your registration
portal-resume-lead = Your answers are kept: go on where you stopped.
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

portal-forgotten-title = Forgotten password
portal-forgotten-lead = Give the e-mail address of your account: we will send you a link to choose another password.
portal-forgotten-button = Receive a link
portal-forgotten-sent-title = Look in your mailbox
portal-forgotten-sent = If there is an account for this address, a message with a link that is good for 1 hour has just left. Remember your spam folder.

portal-space-welcome = Hello { $name }
portal-space-establishments = Your establishments
portal-space-none = No establishment is attached to your account.
portal-space-by-contact = You are a contact of it
portal-space-by-member_number = Attached by its member number
portal-space-by-training_organisation_number = Attached by its training-organisation number
portal-space-by-idcc = Attached by its collective agreement
portal-space-topics = Your topics
portal-space-topics-button = Save my topics
portal-space-account = Your account
portal-space-sign-out = Sign out

portal-notice-password-set = Your password is saved. You can sign in.
portal-notice-account-ready = Your account is ready. Sign in.
portal-notice-signed-out = You are signed out.
portal-notice-sign-in-first = Sign in to open this page.
portal-notice-topics-saved = Your topics are saved.
portal-notice-mail-sent = A new message leaves in a moment. It replaces the earlier one.
portal-notice-start-here = We found no registration under way on this device. Start here, or go on from the link in your mail.

portal-trouble-not-found-title = Page not found
portal-trouble-not-found = There is nothing at this address. Check it, or start from the sign-in page.
portal-trouble-other-site-title = Request refused
portal-trouble-other-site = This request does not come from one of our pages. Go to the sign-in page, then try again.
portal-trouble-unreadable-title = Unreadable form
portal-trouble-unreadable = The form received is too long or malformed. Go back, then try again.

portal-dev-mail-title = Messages of this machine
portal-dev-mail-lead = No mail server is configured: messages stay here, the newest first.
portal-dev-mail-none = No message yet.
portal-dev-mail-to = To
portal-dev-mail-back = All messages
portal-dev-mail-link = Open the link
portal-dev-mail-source = The .eml file
