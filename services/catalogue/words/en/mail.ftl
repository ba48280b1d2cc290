### Mails. One block a letter: subject, preview line, title, paragraphs, button.
### $space: the name of the online space. $when: a moment, said by moment.

mail-greeting = Hello { $civility } { $name },
mail-link-by-hand = If the button does not work, copy this address into your browser:
mail-link-until = This link is good until { $when }.
mail-link-private = Do not pass it on: it is meant for you alone.
mail-automatic = It is sent automatically; please do not reply.
mail-why = You receive this message because this address was entered on { $space }.
mail-contact = A question? Write to us: { $url }

mail-verify_email-subject = Confirm your e-mail address
mail-verify_email-preview = One more step: confirm your address and choose your password.
mail-verify_email-title = One more step
mail-verify_email-body = You asked for an account on { $space }. To complete your registration, confirm your e-mail address, then choose your password.
mail-verify_email-button = Confirm my address
mail-verify_email-unasked = Did you not ask for this? Ignore this message: without confirmation no account is made.

mail-already_registered-subject = You already have an account
mail-already_registered-preview = Your e-mail address already belongs to an account: simply sign in.
mail-already_registered-title = You already have an account
mail-already_registered-body = A registration on { $space } was started with your e-mail address. That address already belongs to an account: there is nothing to confirm, simply sign in.
mail-already_registered-button = Sign in
mail-already_registered-second = Forgotten your password? Choose another one here:
mail-already_registered-unasked = Was it not you? Ignore this message: your account has not changed.

mail-reset_password-subject = Choose another password
mail-reset_password-preview = You asked to change the password of your account.
mail-reset_password-title = Another password
mail-reset_password-body = You asked to change the password of your account on { $space }. Follow this link to choose another one.
mail-reset_password-button = Choose a password
mail-reset_password-unasked = Did you not ask for this? Ignore this message: your password stays the same.

mail-resume-subject = Your registration is waiting
mail-resume-preview = Take your registration up again where you left it.
mail-resume-title = Your registration is waiting
mail-resume-body = You started an account on { $space } and did not finish. Your answers are kept: go on where you stopped.
mail-resume-button = Resume my registration
mail-resume-unasked = Changed your mind? Ignore this message: if you do nothing, the unfinished registration will be closed.

mail-password_set-subject = Your password was set
mail-password_set-preview = The password of your account was just chosen or changed.
mail-password_set-title = Your password is in place
mail-password_set-body = The password of your account on { $space } was set on { $when }. You can sign in with your e-mail address and this password.
mail-password_set-button = Sign in
mail-password_set-second = Was it not you? Choose another password at once:

mail-establishment_closed-subject = Check the establishment of your registration
mail-establishment_closed-preview = According to an official register, this establishment is not open.
mail-establishment_closed-title = Your establishment needs checking
mail-establishment_closed-body = You named an establishment during your registration on { $space }. We have an answer since: according to { $source }, this establishment is closed, or not listed there. It has therefore been taken out of your registration.
mail-establishment_closed-remedy = Check the SIRET number, then take up your registration to name the establishment you work for today: the button below opens the page where you type your address to be sent the link. Your other answers are kept.
mail-establishment_closed-remedy-account = Check the SIRET number. To be attached to the establishment you work for today, write to us at the address at the foot of this message. Your account and your other establishments do not change.
mail-establishment_closed-button = Take up my registration
mail-establishment_closed-button-account = Open my space

# $day: the day from which the account is closed.
mail-inactivity_warned-subject = Your account will be closed on { $day }
mail-inactivity_warned-preview = You have not signed in for a long time. Sign in to keep your account.
mail-inactivity_warned-title = Do you still need your account?
mail-inactivity_warned-body = You have not signed in to { $space } for a long time. We do not keep personal data that no longer serves: unless you sign in before, your account will be closed from { $day } on, and everything we hold on you will be erased for good.
mail-inactivity_warned-button = Sign in to keep my account
mail-inactivity_warned-second = Forgotten your password? Choose another one here, then sign in:
