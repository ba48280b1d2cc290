### La console. Chaque code d’étape, de parcours, etc. a son libellé ; un code qui n’en a pas est montré tel quel.

console-name = { $organisation } – console
console-skip = Aller au contenu
console-other-language = English
console-pages = Pages
console-sign-out = Se déconnecter
console-purpose-is = Motif : { $purpose }
console-back = Revenir à la vue d’ensemble
console-from = Du
console-to = Au
console-show = Afficher
console-error-prefix = Erreur :
console-clocks = Les instants sont en UTC ; les jours sont ceux de Paris.
console-none = aucun

console-role-auditor = auditeur
console-role-operator = exploitant
console-role-privacy-officer = délégué à la protection des données
console-role-subscriber = abonné

console-sign-in-title = Connexion à la console
console-sign-in = Se connecter
console-sign-in-name = Nom
console-sign-in-secret = Secret
console-sign-in-purpose = Qu’est-ce qui vous amène ?
console-purpose-hint = De 5 à 200 caractères, sans adresse e-mail. Ce motif est conservé à côté de tout ce que vous ouvrez.
console-sign-in-refused = Personne ne porte ce nom avec ce secret.
console-purpose-refused = Dites en 5 à 200 caractères ce qui vous amène, sans adresse e-mail.

console-other-role = Page d’un autre rôle
console-other-role-text = Votre rôle n’ouvre pas cette page.
console-other-site = Envoi refusé
console-other-site-text = Ce formulaire n’a pas été envoyé par une page de la console. Rouvrez la page et recommencez.
console-not-found = Cette page n’existe pas
console-not-found-text = L’adresse ne mène nulle part, ou l’inscription n’existe pas.
console-fault = Un incident s’est produit
console-fault-text = L’incident vient de chez nous et a été consigné. Réessayez dans un instant.

console-overview = Vue d’ensemble
console-log = Le journal
console-positions = Événements dans le journal
console-divergence = Divergence
console-divergence-of = { $count } ({ $recomputed } derniers événements recalculés)
console-checkpoint = Point de contrôle signé
console-checkpoint-of = { $size } événements, il y a { $age }
console-waiting = Événements en attente d’une place
console-read-models = Modèles de lecture
console-up-to-date = à jour
console-behind = { $events } événements de retard
console-mails-under-way = E-mails en cours
console-accesses-count = Consultations consignées
console-well = en ordre
console-look = à examiner
console-stages = Où en sont les inscriptions
console-stage = Étape
console-registrations = Inscriptions
console-as-of = État au { $moment }.

console-stage-awaiting-topics = choix des thèmes
console-stage-awaiting-establishment = choix de l’établissement
console-stage-awaiting-member-number = saisie du numéro d’adhérent
console-stage-awaiting-idcc = saisie de la convention collective
console-stage-awaiting-email-verification = vérification de l’adresse
console-stage-awaiting-password = choix du mot de passe
console-stage-active = compte
console-stage-expired = expirée
console-stage-erased = effacée

console-funnel = Entonnoir
console-journey = Parcours
console-journey-known = Contacts connus
console-journey-unknown = Nouveaux venus
console-step = Étape
console-step-identity = Étape 1 remplie
console-step-awaiting-topics = Thèmes demandés
console-step-awaiting-establishment = Établissement demandé
console-step-awaiting-member-number = Numéro ou convention demandés
console-step-awaiting-email-verification = E-mail demandé
console-step-awaiting-password = Adresse prouvée
console-step-active = Compte créé
console-reached = Atteinte par
console-share = Part du départ
console-dropped = Perdus depuis l’étape précédente
console-by-day = Par jour
console-day = Jour
console-started = Commencées
console-accounts = Comptes
console-durations = Temps jusqu’au compte
console-median = La moitié en au plus
console-nine-in-ten = Neuf sur dix en au plus
console-no-accounts = Aucun compte n’a été créé ces jours-là.
console-funnel-hint = Une étape compte au jour (Europe/Paris) où une inscription l’a atteinte pour la première fois ; les étapes d’une même inscription peuvent donc tomber sur des jours différents. Une étape franchie d’un trait avec la suivante compte aussi.

console-mails = E-mails
console-sent = Envoyés
console-failed = Échoués
console-failed-share = Part d’échecs
console-failures = Raisons des échecs
console-no-failures = Aucun e-mail n’a échoué ces jours-là.
console-reason = Raison
console-server-code = Code du serveur
console-failure-refused = refusé par le serveur
console-failure-expired = abandonné après trop d’essais
console-failure-unsendable = impossible à rédiger
console-none-under-way = Aucun.
console-state = État
console-mail-waiting = attend son prochain essai
console-mail-sending = en cours d’envoi
console-mail-sent = envoyé, pas encore consigné
console-mail-failed = échoué, pas encore consigné

console-search-title = Inscriptions
console-search = Rechercher
console-sought = Adresse e-mail, SIRET ou numéro d’inscription
console-sought-hint = L’adresse est comparée par un index à clé ; elle n’est ni conservée ni montrée. Un SIRET trouve les comptes qui y sont rattachés. Chaque recherche est consignée.
console-sought-unreadable = Ce n’est ni une adresse e-mail, ni un SIRET, ni un numéro d’inscription.
console-latest = Derniers mouvements
console-found = { $count ->
    [one] Une inscription trouvée
   *[other] { $count } inscriptions trouvées
}
console-nothing-found = Rien n’a été trouvé.
console-more-found = Il peut y en avoir d’autres ; précisez la recherche.
console-registration = Inscription
console-last-event = Dernier événement

console-events = Événements
console-timeline = Ce qui s’est passé
console-sealed = scellé : { $members }
console-place = Position { $position }
console-covered = couvert par un point de contrôle signé
console-uncovered = point de contrôle à venir
console-rewritten = n’est plus tel qu’il fut écrit
console-unplaced = Attend sa place dans le journal.
console-unproven = Sa place dans le journal ne peut être lue.
console-leaf = Empreinte de la feuille
console-prove-with = Le point de contrôle de { $size } événements le couvre ; « onboarding audit verify » vérifie l’ensemble.

console-accesses = Qui a consulté
console-accesses-lead = Chaque ouverture de données scellées, chaque lecture d’une personne par un abonné et chaque acte sur la console : les 200 derniers, du plus récent au plus ancien. La liste a son propre journal vérifiable.
console-no-accesses = Personne n’a consulté.
console-position = Place
console-moment = Quand
console-who = Qui
console-what = Quoi
console-purpose = Motif
console-what-person = les données d’une personne, par un abonné
console-what-identity = l’identité d’une personne
console-what-export = tout ce qui est détenu sur une personne
console-what-console-sign-in = connexion
console-what-console-sign-out = déconnexion
console-what-console-registrations = la liste des inscriptions
console-what-console-registration = une inscription
console-what-console-search-siret = recherche par SIRET
console-what-console-search-address = recherche par adresse
console-what-console-accesses = cette liste
