### The console. Codes of stages, steps, journeys and the like have a word each; a code without one is shown as it is.

console-name = { $organisation } – console
console-skip = Skip to content
console-other-language = Français
console-pages = Pages
console-sign-out = Sign out
console-purpose-is = Purpose: { $purpose }
console-back = Back to the overview
console-from = From
console-to = To
console-show = Show
console-error-prefix = Error:
console-clocks = Moments are in UTC; days are those of Paris.
console-none = none

console-role-auditor = auditor
console-role-operator = operator
console-role-privacy-officer = privacy officer
console-role-subscriber = subscriber

console-sign-in-title = Sign in to the console
console-sign-in = Sign in
console-sign-in-name = Name
console-sign-in-secret = Secret
console-sign-in-purpose = What brings you here?
console-purpose-hint = 5 to 200 characters, without an e-mail address. It is kept beside everything you open.
console-sign-in-refused = Nobody has this name and this secret.
console-purpose-refused = Say in 5 to 200 characters what brings you here, without an e-mail address.

console-other-role = Not for this role
console-other-role-text = Your role does not open this page.
console-other-site = Not sent from here
console-other-site-text = This form was not sent by a page of the console. Open the page again and repeat it.
console-not-found = There is no such page
console-not-found-text = The address leads nowhere, or the registration does not exist.
console-fault = Something failed
console-fault-text = The fault is ours and has been logged. Try again in a moment.

console-overview = Overview
console-log = The log
console-positions = Events in the log
console-divergence = Divergence
console-divergence-of = { $count } (last { $recomputed } events computed again)
console-checkpoint = Signed checkpoint
console-checkpoint-of = { $size } events, { $age } old
console-waiting = Events waiting for a place
console-read-models = Read models
console-up-to-date = up to date
console-behind = { $events } events behind
console-mails-under-way = Mails under way
console-accesses-count = Looks recorded
console-well = well
console-look = look at it
console-stages = Where registrations stand
console-stage = Stage
console-registrations = Registrations
console-as-of = As of { $moment }.

console-stage-awaiting-topics = choosing topics
console-stage-awaiting-establishment = naming the establishment
console-stage-awaiting-member-number = giving the member number
console-stage-awaiting-idcc = giving the collective agreement
console-stage-awaiting-email-verification = proving the address
console-stage-awaiting-password = choosing a password
console-stage-active = account
console-stage-expired = expired
console-stage-erased = erased

console-funnel = Funnel
console-journey = Journey
console-journey-known = Known contacts
console-journey-unknown = Newcomers
console-step = Step
console-step-identity = Step 1 filled in
console-step-awaiting-topics = Asked for topics
console-step-awaiting-establishment = Asked for the establishment
console-step-awaiting-member-number = Asked for number or agreement
console-step-awaiting-email-verification = Mail asked for
console-step-awaiting-password = Address proven
console-step-active = Account made
console-reached = Reached
console-share = Of the start
console-dropped = Lost since the step before
console-by-day = By day
console-day = Day
console-started = Started
console-accounts = Accounts
console-durations = Time to an account
console-median = Half took at most
console-nine-in-ten = Nine in ten took at most
console-no-accounts = No account was made on these days.
console-funnel-hint = A step counts on the day (Europe/Paris) when a registration first reached it, so the steps of one registration may fall on different days. A step can be passed in one go with the next and still counts.

console-mails = Mails
console-sent = Sent
console-failed = Failed
console-failed-share = Share failed
console-failures = Why mails failed
console-no-failures = No mail failed on these days.
console-reason = Reason
console-server-code = Server's code
console-failure-refused = refused by the server
console-failure-expired = given up after too many tries
console-failure-unsendable = could not be written
console-none-under-way = None.
console-state = State
console-mail-waiting = waits for its next try
console-mail-sending = being sent
console-mail-sent = sent, not yet recorded
console-mail-failed = failed, not yet recorded

console-search-title = Registrations
console-search = Search
console-sought = E-mail address, SIRET or registration number
console-sought-hint = The address is compared through a keyed index; it is neither kept nor shown. A SIRET finds the accounts attached to it. Every search is recorded.
console-sought-unreadable = This is neither an e-mail address nor a SIRET nor a registration number.
console-latest = Moved last
console-found = { $count ->
    [one] One found
   *[other] { $count } found
}
console-nothing-found = Nothing was found.
console-more-found = There may be more; search more closely.
console-registration = Registration
console-last-event = Last event

console-events = Events
console-timeline = What happened
console-sealed = sealed: { $members }
console-place = Position { $position }
console-covered = covered by a signed checkpoint
console-uncovered = checkpoint to come
console-rewritten = not as it was written
console-unplaced = Waits for its place in the log.
console-unproven = Its place in the log cannot be read.
console-leaf = Leaf hash
console-prove-with = The checkpoint of { $size } events covers it; “onboarding audit verify” checks the whole.

console-accesses = Who looked
console-accesses-lead = Every opening of sealed data, every reading of a person by a subscriber, and what was done on the console: the latest 200, newest first. The list stands in a log of its own that can be verified.
console-no-accesses = Nobody has looked.
console-position = Place
console-moment = When
console-who = Who
console-what = What
console-purpose = Purpose
console-what-person = a person's data, by a subscriber
console-what-identity = a person's identity
console-what-export = everything held on a person
console-what-console-sign-in = signed in
console-what-console-sign-out = signed out
console-what-console-registrations = the list of registrations
console-what-console-registration = one registration
console-what-console-search-siret = search by SIRET
console-what-console-search-address = search by address
console-what-console-accesses = this list
