### Les pages. Un bloc par page ; les étapes de l’inscription portent leur numéro.

portal-skip = Aller au contenu
portal-other-language = English
portal-help = Besoin d’aide ? Contactez { $organisation }
portal-error-prefix = Erreur :
portal-error-about = { $field } : { $fault }
portal-error-summary = À corriger pour continuer
portal-all-required = Tous les champs sont obligatoires.
portal-next = Suivant
portal-previous = Précédent
portal-step = Formulaire d’inscription – Étape { $step } sur { $steps }
portal-step-next = Ensuite : { $title }

portal-sign-in-title = Connexion
portal-sign-in-lead = Accédez à { $space } avec votre adresse e‑mail et votre mot de passe.
portal-sign-in-button = Se connecter
portal-sign-in-forgotten = Mot de passe oublié
portal-sign-in-new-title = Première connexion
portal-sign-in-new-button = Créer mon compte
portal-sign-in-new-note = À noter : cette étape est à réaliser même si vous aviez déjà un compte sur l’ancien espace { $organisation }. Votre adresse e‑mail nous permet alors de retrouver vos établissements.
portal-sign-in-new-lead = L’inscription prend quelques minutes. Munissez-vous du numéro SIRET de votre établissement.
portal-sign-in-unfinished-title = Votre inscription est en cours
portal-sign-in-unfinished = Vous avez commencé une inscription dans ce navigateur. Vos réponses sont conservées.
portal-sign-in-unfinished-link = Reprendre mon inscription
portal-sign-in-awaited-title = Votre inscription est presque terminée
portal-sign-in-awaited = Un message de confirmation est adressé à { $email }.
portal-sign-in-awaited-link = Ouvrez le lien qu’il contient : il valide votre adresse et mène au choix de votre mot de passe. Vous pourrez ensuite vous connecter.
portal-sign-in-awaited-password = Votre adresse est confirmée. Ouvrez de nouveau le lien reçu pour choisir votre mot de passe. Vous pourrez ensuite vous connecter.
portal-email = Adresse e-mail
portal-email-hint = Format attendu : nom@exemple.fr
portal-password = Mot de passe

portal-identity-title = Identifiez-vous
portal-civility = Civilité
portal-last-name = Nom
portal-first-name = Prénom
portal-identity-email-hint = Format attendu : nom@exemple.fr. Vous y recevrez un lien de confirmation. Si { $organisation } vous connaît déjà comme contact, saisissez l’adresse qui lui sert à vous écrire.
portal-identity-again = Vos réponses précédentes sont reprises ci-dessous. Changer d’adresse rend l’ancien lien inutilisable.
portal-identity-restart = Commencer une autre inscription

portal-topics-title = Choisissez vos thématiques
portal-topics-hint = Cochez autant de sujets que vous voulez, ou aucun. Vous pourrez changer d’avis.

portal-establishment-title = Indiquez votre établissement
portal-number-or-idcc = Numéro adhérent ou IDCC
portal-siret = Numéro de SIRET
portal-siret-hint = 14 chiffres, par exemple 130 025 265 00013. Les espaces sont acceptés.
portal-siret-find = Trouver un SIRET dans l’Annuaire des Entreprises (nouvelle fenêtre)
portal-siret-successor = Indiquer l’établissement { $siret } à la place

portal-number-title = Renseignez votre numéro adhérent ou d’organisme de formation
portal-number-known = L’établissement { $siret } est reconnu par notre système.
portal-number = Numéro adhérent ou d’organisme de formation
portal-number-hint = Il figure sur les courriers de { $organisation }. Celui d’un organisme de formation compte 11 caractères.
portal-number-missing = Vous n’avez pas ce numéro ?
portal-number-contact = Contactez { $organisation }

portal-agreement-title = Renseignez votre IDCC
portal-agreement-active = L’établissement { $siret } n’est pas encore connu de { $organisation }, mais il est actif d’après { $source }.
portal-agreement-pending = L’établissement { $siret } n’est pas encore connu de { $organisation }. Aucun répertoire officiel n’a répondu à temps : nous vérifierons plus tard, vous pouvez continuer.
portal-agreement-hint-closed = L’établissement { $siret } n’est pas encore connu de { $organisation }. D’après { $source }, il est fermé. Vérifiez son SIRET ; s’il est juste, continuez : nous demanderons à l’INSEE.
portal-agreement-hint-not_found = L’établissement { $siret } n’est pas encore connu de { $organisation }, et ne figure pas dans { $source }. Vérifiez son SIRET ; s’il est juste, continuez : nous demanderons à l’INSEE.
portal-register-insee = le répertoire Sirene de l’INSEE
portal-register-recherche_entreprises = le moteur public Recherche d’entreprises
portal-register-local_copy = notre copie du répertoire Sirene, qui date du { $as_of }
portal-register-demonstration = le registre de démonstration
portal-idcc = IDCC (identifiant de la convention collective)
portal-idcc-hint = 4 chiffres, par exemple 1486 : il figure sur vos bulletins de paie. Ou des mots de son intitulé, par exemple « hôtels restaurants ». Sans convention : 9999.
portal-idcc-chosen = Convention choisie : { $label }
portal-idcc-suggested = Conventions probables pour cet établissement
portal-idcc-choose = Choisir
portal-idcc-found = Résultats pour « { $query } »
portal-idcc-replaced = remplacée
portal-idcc-ended = plus en vigueur
portal-idcc-none-found = Aucune convention ne répond à cette recherche. Essayez un autre mot.
portal-idcc-why-title = Pourquoi ce numéro est-il obligatoire ?
portal-idcc-why = La convention collective dit de quelle branche dépend votre établissement, et donc quels sont vos droits et vos contributions auprès de { $organisation }. Comme { $organisation } ne connaît pas encore cet établissement, c’est elle qui permet de vous y rattacher.
portal-idcc-list = Conventions proposées
portal-idcc-list-none = Aucune convention proposée. Essayez un autre mot.
portal-idcc-list-one = 1 convention proposée. Flèche vers le bas pour la choisir.
portal-idcc-list-many = { $count } conventions proposées. Flèches haut et bas pour choisir.
portal-idcc-list-replaced = (remplace { $idcc })

portal-thanks-title = Merci
portal-thanks-sent = Un message de confirmation a été envoyé à { $email }.
portal-thanks-leaving = Un message de confirmation part vers { $email }.
portal-thanks-last = Pour finaliser votre inscription, cliquez sur le lien qu’il contient : il valide votre adresse et vous permet de choisir votre mot de passe.
portal-thanks-private = Pour continuer votre inscription, cliquez sur le lien qu’il contient : il valide votre adresse.
portal-thanks-known = Votre adresse est celle d’un contact de { $organisation } : vos établissements sont déjà connus, et les autres étapes du formulaire ne sont pas nécessaires.
portal-thanks-spam = N’oubliez pas de consulter vos spams (courriers indésirables).
portal-thanks-failed = Le message n’a pas pu être remis à { $email }.
portal-thanks-failed-title = Votre message n’est pas arrivé
portal-thanks-failed-correct = Vérifiez cette adresse : une faute de frappe suffit. Corrigez-la, et nous enverrons un nouveau message.
portal-thanks-failed-again = Demandez un nouvel envoi, ou contactez-nous s’il échoue encore.
portal-thanks-put-off = Le message n’est pas encore parti : le serveur de messagerie ne répond pas, ou demande d’attendre. Nous réessayons sans que vous ayez rien à faire.
portal-thanks-password-title = Plus qu’un mot de passe
portal-thanks-password = Votre adresse est confirmée. Ouvrez de nouveau le lien reçu par courriel pour choisir votre mot de passe.
portal-thanks-not-received = Rien reçu ?
portal-thanks-resend = Renvoyer le message
portal-thanks-correct = Corriger mon adresse
portal-thanks-finish = Terminer
portal-thanks-until = Le lien est valable jusqu’au { $when }.
portal-thanks-patience = Un message met parfois quelques minutes à arriver. Seul le lien du dernier message reçu est valable.
portal-thanks-wait-seconds = Vous pourrez demander un nouvel envoi dans { $count ->
        [one] une seconde
       *[other] { $count } secondes
    } (le { $when }).
portal-thanks-wait-minutes = Vous avez demandé plusieurs envois. Vous pourrez en demander un autre dans { $count ->
        [one] une minute
       *[other] { $count } minutes
    } (le { $when }).
portal-thanks-wait-left = Nouvel envoi possible dans { $left }.
portal-thanks-wait-over = Vous pouvez demander un nouvel envoi.

portal-password-title = Choisissez votre mot de passe
portal-password-change-title = Changez votre mot de passe
portal-password-for = Mot de passe du compte { $email }
portal-password-rules = Votre mot de passe doit contenir au moins :
portal-password-rule-length = { $minimum } caractères
portal-password-rule-digit = 1 chiffre
portal-password-rule-letter = 1 lettre
portal-password-rule-personal = Il ne doit contenir ni votre nom ni votre adresse, ni être un mot de passe courant.
portal-password-rule-unmet = (à corriger)
portal-password-new = Nouveau mot de passe
portal-password-confirm = Confirmez le nouveau mot de passe
portal-password-differs = Les deux mots de passe sont différents. Saisissez deux fois le même.
portal-password-button = Enregistrer mon mot de passe
portal-password-show = Afficher le mot de passe
portal-password-rule-met = (respecté)
portal-password-rule-left = (pas encore)
portal-password-rules-left = Il manque :
portal-password-rules-met = Toutes les règles sont respectées.
portal-password-same = Les deux mots de passe sont identiques.
portal-password-differs-yet = Les deux mots de passe sont encore différents.

portal-confirm-title = Confirmez votre adresse
portal-confirm-lead = Vous avez reçu ce lien à l’adresse { $email }. Confirmez-la pour continuer votre inscription.
portal-confirm-button = Confirmer et continuer
portal-resume-title = Reprenez votre inscription
portal-resume-lead = Cette inscription a été commencée avec l’adresse { $email }. Vos réponses sont conservées : reprenez où vous vous étiez arrêté.
portal-resume-button = Reprendre mon inscription
portal-link-new = Recevoir un nouveau lien
portal-link-new-lead = Nous l’enverrons à l’adresse de l’inscription.
portal-link-sign-in = Aller à la page de connexion
portal-link-used-title = Ce lien a déjà servi
portal-link-used = Votre mot de passe est choisi : vous pouvez vous connecter.
portal-link-replaced-title = Un lien plus récent existe
portal-link-replaced = Ce lien a été remplacé. Ouvrez le dernier message reçu : lui seul contient le bon lien.
portal-link-ended-title = Cette inscription est close
portal-link-ended = Elle est restée trop longtemps inachevée. Vous pouvez en commencer une autre.
portal-link-expired-resumption-title = Ce lien a expiré
portal-link-expired-resumption = Le lien de rappel n’est plus valable. Si votre inscription est encore ouverte dans ce navigateur, reprenez-la ; sinon, commencez-en une autre.

portal-forgotten-title = Mot de passe oublié
portal-forgotten-lead = Indiquez l’adresse e‑mail de votre compte : nous vous enverrons un lien pour choisir un autre mot de passe.
portal-forgotten-button = Recevoir un lien
portal-forgotten-sent-title = Consultez votre messagerie
portal-forgotten-sent = Si un compte existe pour cette adresse, un message contenant un lien valable 1 heure vient de partir. Pensez à consulter vos spams.
portal-forgotten-sent-none = Rien reçu ? Vérifiez l’adresse saisie : si vous n’avez pas encore de compte, aucun message ne part.
portal-forgotten-again = Saisir une autre adresse

portal-space-welcome = Bonjour { $name }
portal-space-establishments = Vos établissements
portal-space-none = Aucun établissement n’est rattaché à votre compte.
portal-space-sections = Sections de votre espace
portal-space-count = { $count ->
        [one] { $count } établissement est rattaché à votre compte.
       *[other] { $count } établissements sont rattachés à votre compte.
    }
portal-space-search = Chercher un établissement : nom, SIRET ou IDCC
portal-space-search-button = Chercher
portal-space-search-all = Tout afficher
portal-space-found = { $count ->
        [0] Aucun établissement ne répond à « { $query } ».
        [one] { $count } établissement répond à « { $query } ».
       *[other] { $count } établissements répondent à « { $query } ».
    }
portal-space-company = Entreprise { $siren } : { $count } établissements
portal-space-closed = Fermé
portal-space-to-be-verified = À vérifier : le répertoire officiel n’a pas encore répondu
portal-member-since = Session ouverte le { $when }
portal-space-by-contact = Vous en êtes un contact référencé
portal-space-by-member_number = Rattaché par son numéro adhérent
portal-space-by-training_organisation_number = Rattaché par son numéro d’organisme de formation
portal-space-by-idcc = Rattaché par sa convention collective
portal-space-topics = Vos thématiques
portal-space-topics-button = Enregistrer mes thématiques
portal-space-account = Votre compte
portal-space-sign-out = Se déconnecter
portal-space-missing = Un établissement manque ?
portal-space-export-link = Télécharger mes données
portal-space-export = Tout ce qui est conservé sur vous, dans un fichier JSON.
portal-space-password-link = Changer mon mot de passe
portal-space-password = Vous recevrez un lien par e‑mail.
portal-space-closing-link = Fermer mon compte
portal-space-closing = Vos données personnelles sont effacées définitivement.
portal-space-title = Votre compte

portal-notice-password-set = Votre mot de passe est enregistré. Vous pouvez vous connecter.
portal-notice-account-exists = Cette adresse a déjà un compte. Connectez-vous.
portal-notice-account-ready = Votre compte est prêt. Connectez-vous.
portal-notice-signed-out = Vous êtes déconnecté.
portal-notice-sign-in-first = Connectez-vous pour ouvrir cette page.
portal-notice-topics-saved = Vos thématiques sont enregistrées.
portal-notice-mail-sent = Un nouveau message part dans un instant. Il remplace le précédent.
portal-notice-start-here = Nous n’avons pas retrouvé d’inscription en cours dans ce navigateur : il l’oublie quand vous le fermez. Rien n’est perdu : vos étapes validées restent conservées. Reprenez depuis le lien reçu par e‑mail, ou commencez une nouvelle inscription ici.
portal-notice-already-sent = Vos réponses sont déjà envoyées : cette étape ne peut plus être modifiée.
portal-notice-answer-missing = Votre dernière réponse n’a pas été conservée par ce navigateur. Donnez-la de nouveau : vos autres réponses sont là.
portal-notice-form-left = Vous avez quitté l’inscription. Elle reste conservée : un message de rappel vous permettra de la reprendre.
portal-notice-form-left-here = Vous avez quitté l’inscription. Elle reste ouverte dans ce navigateur.
portal-notice-moved-on = Votre inscription a avancé entre-temps, peut-être dans un autre onglet. Voici où elle en est.
portal-notice-reminder-sent = Vous avez quitté l’inscription. Consultez votre messagerie : le lien de reprise y arrive dans un instant, s’il ne vous a pas déjà été envoyé.
portal-notice-resumed = Votre inscription est reprise là où vous l’aviez laissée.
portal-notice-session-ended = Votre session a pris fin par sécurité. Reconnectez-vous : votre choix de thématiques n’est pas perdu, vous pourrez l’enregistrer ensuite.
portal-notice-topics-unsaved = Votre choix n’est pas encore enregistré. Vérifiez-le, puis cliquez sur « Enregistrer mes thématiques ».

portal-trouble-not-found-title = Page introuvable
portal-trouble-not-found = Rien ne se trouve à cette adresse. Vérifiez-la, ou repartez de la page de connexion.
portal-trouble-other-site-title = Demande refusée
portal-trouble-other-site = Nous n’avons pas pu vérifier que cette demande vient d’une de nos pages, et nous l’avons donc ignorée. Revenez à la page précédente : vos réponses y sont encore. Rechargez-la, puis recommencez. Les cookies doivent être acceptés.
portal-trouble-unreadable-title = Formulaire illisible
portal-trouble-unreadable = Ce que nous avons reçu n’est pas un formulaire de nos pages. Revenez à la page précédente, puis recommencez.
portal-trouble-not-this-way-title = Cette adresse ne s’ouvre pas ainsi
portal-trouble-not-this-way = Cette adresse n’attend pas ce genre de demande. Repartez de la page de connexion.
portal-trouble-too-large-title = Formulaire trop long
portal-trouble-too-large = Le formulaire reçu dépasse la taille acceptée. Revenez à la page précédente, raccourcissez vos réponses, puis recommencez.
portal-trouble-reference = Si vous nous écrivez, indiquez cette référence : { $reference }

portal-dev-mail-title = Messages de cette machine
portal-dev-mail-lead = Aucun serveur de courriel n’est configuré : les messages restent ici, les plus récents en premier.
portal-dev-mail-none = Aucun message pour l’instant.
portal-dev-mail-to = À
portal-dev-mail-back = Tous les messages
portal-dev-mail-link = Ouvrir le lien
portal-dev-mail-source = Fichier .eml
portal-dev-mail-text = Texte
portal-dev-mail-html = HTML
portal-dev-mail-html-alone = Ouvrir seul
portal-dev-mail-previews = Tous les courriels, avec un contenu d’exemple

portal-leave-link = Quitter
portal-leave-title = Quitter l’inscription ?
portal-leave-kept = Les étapes que vous avez validées sont conservées { $days } jours, puis effacées. Ce que vous venez de saisir sur l’étape ouverte, sans cliquer sur « Suivant », n’est pas conservé.
portal-leave-again = Pour reprendre plus tard ou sur un autre appareil, suivez le lien que nous envoyons à votre adresse e‑mail : maintenant si vous cochez la case ci-dessous, sinon au bout de 7 jours.
portal-leave-keep = Garder mon inscription ouverte dans ce navigateur
portal-leave-keep-hint = Ne cochez pas cette case sur un ordinateur partagé. Le navigateur l’oublie quand vous le fermez.
portal-leave-stay = Continuer mon inscription
portal-leave-button = Quitter
portal-leave-mail = M’envoyer maintenant le lien de reprise
portal-leave-mail-hint = Il part une seule fois et reste valable 7 jours. Il ne part pas si un message de confirmation vous attend déjà.

portal-review-where = Dernière vérification
portal-review-title = Vérifiez vos réponses
portal-review-lead = Relisez vos réponses et corrigez-les s’il le faut. Quand vous les envoyez, nous vous adressons un message pour confirmer votre adresse e‑mail.
portal-review-lead-proven = Relisez vos réponses et corrigez-les s’il le faut. Quand vous les envoyez, il ne reste qu’à choisir votre mot de passe.
portal-review-name = Civilité, prénom et nom
portal-review-no-topics = Aucune
portal-review-change = Modifier
portal-review-button = Envoyer mes réponses

portal-export-file = mes-donnees.json

portal-closing-title = Fermer mon compte
portal-closing-lead = Vous allez fermer le compte { $email }. Voici ce qui se passe :
portal-closing-erased = votre nom, votre adresse e‑mail et votre mot de passe deviennent illisibles pour tout le monde, et vous êtes déconnecté ;
portal-closing-kept = l’historique du compte reste, sans rien qui vous nomme ;
portal-closing-final = personne ne peut revenir en arrière : pour un nouvel accès, il faudra une nouvelle inscription ;
portal-closing-no-mail = aucun message ne le confirme, puisque votre adresse est effacée elle aussi : la page suivante en tient lieu.
portal-closing-export = Avant de partir, vous pouvez emporter ce que nous savons de vous :
portal-closing-password-hint = Saisissez-le pour confirmer que c’est bien vous.
portal-closing-wrong-password = Ce n’est pas le mot de passe de ce compte. Vérifiez-le, puis recommencez.
portal-closing-button = Fermer définitivement mon compte
portal-closing-cancel = Garder mon compte

portal-closed-title = Votre compte est fermé
portal-closed-lead = Vos données personnelles sont effacées. Vous pouvez fermer cette page.
portal-closed-again = Si vous avez de nouveau besoin d’un accès, créez un nouveau compte.

portal-fault-profile-required = Dites qui vous êtes : choisissez l’une des réponses proposées.
portal-fault-profile-unknown-value = Dites qui vous êtes : choisissez l’une des réponses proposées.
portal-fault-civility-required = Choisissez votre civilité : Madame ou Monsieur.
portal-fault-civility-unknown-value = Choisissez votre civilité : Madame ou Monsieur.
portal-fault-last-name-required = Saisissez votre nom, par exemple Dupont.
portal-fault-last-name-invalid-character = Le nom contient un signe qui n’est pas accepté. Utilisez des lettres, des espaces, des traits d’union et des apostrophes, par exemple Le Goff-D’Arc.
portal-fault-last-name-too-long = Le nom est trop long. Abrégez-le, par exemple avec une initiale.
portal-fault-first-name-required = Saisissez votre prénom, par exemple Clare.
portal-fault-first-name-invalid-character = Le prénom contient un signe qui n’est pas accepté. Utilisez des lettres, des espaces, des traits d’union et des apostrophes, par exemple Jean-Noël.
portal-fault-first-name-too-long = Le prénom est trop long. Abrégez-le, par exemple avec une initiale.
portal-fault-email-required = Saisissez votre adresse e‑mail, par exemple nom@exemple.fr.
portal-fault-siret-required = Saisissez le SIRET de votre établissement : 14 chiffres, par exemple 130 025 265 00013.
portal-fault-number-required = Saisissez votre numéro adhérent ou d’organisme de formation, par exemple 1000001.
portal-fault-number-invalid-character = Le numéro ne contient que des chiffres et des lettres, par exemple 1000001. Vérifiez la saisie.
portal-fault-number-too-long = Le numéro est trop long. Vérifiez-le sur un courrier reçu, par exemple 1000001.
portal-fault-idcc-required = Saisissez l’IDCC, par exemple 1486, ou des mots de l’intitulé de la convention.
portal-fault-password-required = Saisissez votre mot de passe.
portal-fault-confirmation-required = Saisissez le mot de passe une seconde fois.
portal-fault-topics-unknown-value = Cette liste a changé. Vérifiez les sujets cochés, puis recommencez.
portal-fault-siret-invalid-character = Un SIRET ne contient que des chiffres, par exemple 130 025 265 00013. Vérifiez la saisie.
portal-fault-siret-too-long = Un SIRET compte 14 chiffres, par exemple 130 025 265 00013. Vous en avez saisi davantage.
portal-fault-siret-siren-typed = Vous avez saisi un SIREN (9 chiffres). Le SIRET en compte 14 : le SIREN, suivi des 5 chiffres de l’établissement, par exemple 130 025 265 00013.
portal-fault-siret-checksum = Ce numéro n’est pas un SIRET : un chiffre est sans doute mal saisi. Vérifiez les 14 chiffres, par exemple 130 025 265 00013.
portal-fault-email-invalid-character = L’adresse e‑mail contient un signe qui n’est pas accepté. Saisissez-la sans accent ni espace, par exemple nom@exemple.fr.
portal-fault-email-too-long = L’adresse e‑mail est trop longue : 254 signes au plus, par exemple nom@exemple.fr.
portal-fault-number-invalid-format = Ce n’est pas la forme attendue : un numéro adhérent compte des chiffres et des lettres, par exemple 1000001.

portal-description = { $space } : se connecter, ou créer son compte en quelques étapes.

# La page « Vos données ». Un événement par ligne, sous son nom dans le journal.
portal-data-title = Vos données
portal-data-lead = Voici tout ce que nous conservons sur vous. Le même contenu, complet, se télécharge dans un fichier que d’autres logiciels savent lire.
portal-data-person = Qui vous êtes
portal-data-name = Nom
portal-data-email = Adresse e-mail
portal-data-topics = Thèmes choisis
portal-data-none = Aucun
portal-data-since = Compte ouvert le
portal-data-seen = Dernière connexion, au mois près
portal-data-establishments = Vos établissements
portal-data-looked = Qui a consulté vos données
portal-data-looked-none = Personne d’autre que vous.
portal-data-history = Ce qui s’est passé
portal-data-kept = Ce qui est gardé à côté
portal-data-sessions = Connexions ouvertes
portal-data-mails = E-mails suivis
portal-data-uses = Usages de l’adresse, comptés pour la protéger
portal-data-answers = Réponses gardées pour une demande répétée
portal-data-answer-accepted = demande acceptée
portal-data-answer-refused = demande refusée
portal-data-kept-show = Détails techniques
portal-data-mail-waiting = en attente d’un nouvel essai
portal-data-mail-sending = en cours d’envoi
portal-data-mail-sent = envoyé
portal-data-mail-failed = non remis
portal-data-mail-withdrawn = devenu inutile
portal-data-use-mail = un e-mail a été demandé
portal-data-use-failed_sign_in = un mot de passe erroné a été saisi
portal-data-use-wrong_number = un numéro erroné a été saisi
portal-data-contact-references = Références de contact
portal-data-purpose = Motif : { $purpose }
portal-data-who-subscriber = Le logiciel « { $name } »
portal-data-who-operator = Un exploitant du service
portal-data-who-privacy-officer = Le délégué à la protection des données
portal-data-who-auditor = Un auditeur
portal-data-what-person = a lu votre identité et vos établissements.
portal-data-what-export = a lu tout ce qui est conservé sur vous.
portal-data-what-hold-set = a mis vos données en conservation légale : elles ne peuvent pas être effacées.
portal-data-what-hold-lifted = a levé la conservation légale de vos données.
portal-data-what-erasure = a demandé l’effacement de vos données.
portal-data-what-erasure-cancelled = a annulé l’effacement de vos données.
portal-data-what-grant-given = a autorisé quelqu’un à lire vos données.
portal-data-what-grant-revoked = a retiré une autorisation de lire vos données.
portal-data-what-delivery = est intervenu sur la transmission d’un événement à un logiciel.
portal-data-what-opened = a ouvert votre dossier.
portal-data-back = Revenir à mon espace
portal-data-event-IdentitySubmitted = Vous avez indiqué votre identité.
portal-data-event-ContactMatched = Votre adresse est celle d’un contact connu de nous.
portal-data-event-ContactNotMatched = Votre adresse n’est celle d’aucun contact connu de nous.
portal-data-event-TopicsChosen = Vous avez choisi vos thèmes.
portal-data-event-EstablishmentDeclared = Vous avez déclaré un établissement.
portal-data-event-EstablishmentRefused = L’établissement que vous avez indiqué a été refusé, d’après un répertoire officiel.
portal-data-event-RegisterCheckCompleted = Le répertoire officiel a répondu au sujet de votre établissement.
portal-data-event-MemberNumberRefused = Un numéro a été donné, qui n’est pas celui de l’établissement.
portal-data-event-EstablishmentLinked = Vous avez été rattaché(e) à un établissement.
portal-data-event-VerificationRequested = Un e-mail avec un lien a été demandé.
portal-data-event-VerificationMailSent = Cet e-mail a été envoyé.
portal-data-event-VerificationMailFailed = Cet e-mail n’a pas pu être envoyé.
portal-data-event-LinkRefused = Un lien qui n’était plus valable a été suivi.
portal-data-event-EmailVerified = Votre adresse e-mail a été confirmée.
portal-data-event-PasswordSet = Vous avez choisi un mot de passe.
portal-data-event-NoticeMailSent = Un e-mail d’information a été envoyé.
portal-data-event-NoticeMailFailed = Un e-mail d’information n’a pas pu être envoyé.
portal-data-event-RegistrationExpired = L’inscription, restée inachevée, a été close.
portal-data-event-PersonErased = Vos données personnelles ont été effacées.
portal-data-event-IdentityRectified = Vous avez rectifié votre identité.
portal-data-event-InactivityWarned = Vous avez été averti(e) que votre compte ne servait plus.
portal-data-event-InactivityMailSent = L’e-mail qui vous en prévenait a été envoyé.
portal-data-event-InactivityMailFailed = L’e-mail qui devait vous en prévenir n’a pas pu être envoyé.
portal-data-event-ErasureRequested = Le compte a été clos, pour être effacé plus tard.
portal-data-event-ErasureCancelled = L’effacement a été annulé.
portal-space-data-link = Voir mes données
portal-space-data = Tout ce qui est conservé sur vous, et qui l’a consulté.

portal-closed-waiting = Votre compte est clos et plus personne ne peut s’y connecter. Vos données personnelles seront effacées à la fin du délai prévu, ou dès qu’aucune obligation légale ne s’y oppose plus.
portal-closed-certificate = Une attestation signée, qui ne nomme personne, prouve cet effacement ; elle est prête au bout de quelques secondes.
portal-closed-certificate-link = Télécharger l’attestation

# The page to correct one’s names.
portal-space-correction-link = Corriger ma civilité ou mon nom
portal-space-correction = En cas d’erreur de saisie ou de changement.
portal-data-correct = Corriger ma civilité ou mon nom
portal-correction-title = Corriger ma civilité ou mon nom
portal-correction-lead = Saisissez-les tels qu’ils doivent être. La correction figure dans l’historique de votre compte ; ce qui s’y trouvait auparavant y reste, scellé de la même façon.
portal-correction-email = Votre adresse reste { $email } : c’est elle qui identifie votre compte.
portal-correction-button = Enregistrer
portal-correction-cancel = Ne rien changer
portal-notice-identity-corrected = Votre civilité et vos noms sont enregistrés.

portal-privacy-title = Données personnelles
portal-privacy-short = { $organisation } utilise ces informations pour créer votre compte, vous rattacher à vos établissements et vous écrire.
portal-privacy-more = Durées, droits et contact (nouvelle fenêtre)
portal-privacy-lead = Cette page dit ce que { $organisation } fait des informations que vous donnez en vous inscrivant (règlement européen 2016/679, article 13).
portal-privacy-who = Qui est responsable
portal-privacy-why = Pourquoi
portal-privacy-why-text = Pour créer le compte que vous demandez et vous y donner accès (article 6, paragraphe 1, b du règlement) : reconnaître vos établissements, vous écrire sur les sujets que vous choisissez, et prouver ce qui s’est passé. Aucune décision n’est prise sur vous par un calcul, et rien ne sert à la publicité. Les informations demandées sont nécessaires au compte : sans elles, { $organisation } ne peut pas le créer.
portal-privacy-what = Quelles informations
portal-privacy-what-text = Votre civilité, votre nom, votre prénom, votre adresse e-mail, vos sujets, le SIRET, le numéro ou la convention collective de vos établissements, vos dates d’inscription et le mois de votre dernière connexion. Votre mot de passe n’est gardé que sous une forme qui ne permet pas de le retrouver.
portal-privacy-how-long = Combien de temps
portal-privacy-unfinished = Une inscription qui n’est pas terminée est effacée { $days } jours après votre dernière action.
portal-privacy-account = Un compte est effacé { $months } mois après votre dernière connexion, et vous êtes prévenu avant ; ou dès que vous le fermez.
portal-privacy-mails = La trace de l’envoi d’un message est gardée { $days } jours.
portal-privacy-erased = Effacer, c’est détruire la clé qui permet de lire vos informations : ce qui reste du journal ne dit plus rien de vous.
portal-privacy-recipients = Qui les voit
portal-privacy-recipients-text = Les personnes habilitées de { $organisation } et les logiciels auxquels { $organisation } les confie. Chaque consultation est notée, et vous la retrouvez dans « Mes données ».
portal-privacy-registers = Seul le numéro de SIRET est transmis aux répertoires publics des entreprises.
portal-privacy-rights = Vos droits
portal-privacy-rights-text = Dans votre espace vous pouvez lire et télécharger tout ce qui est gardé sur vous, corriger votre civilité et votre nom, changer vos sujets, et fermer votre compte. Vous pouvez aussi vous opposer à un traitement ou demander qu’il soit limité.
portal-privacy-contact = Pour exercer un droit ou poser une question : { $contact }
portal-privacy-complaint = Si la réponse ne vous convient pas, vous pouvez saisir la CNIL :
portal-privacy-cookies = Cookies
portal-privacy-cookies-text = Ces pages ne posent que les cookies dont elles ont besoin : votre session, votre inscription en cours, la langue choisie. Aucun ne mesure ni ne suit, et aucun consentement n’est donc demandé.

portal-notices-title = Mentions légales
portal-notices-publisher = Éditeur
portal-notices-director = Direction de la publication
portal-notices-host = Hébergement
portal-notices-contact = Contact
portal-notices-not-given = { $organisation } ne l’a pas encore indiqué.

portal-accessibility-none = Accessibilité : non conforme
portal-accessibility-partial = Accessibilité : partiellement conforme
portal-accessibility-full = Accessibilité : totalement conforme
portal-accessibility-none-text = Aucun audit en cours de validité ne dit dans quelle mesure ces pages respectent le référentiel général d’amélioration de l’accessibilité (RGAA).
portal-accessibility-partial-text = Un audit a constaté que ces pages respectent la moitié au moins des critères du référentiel général d’amélioration de l’accessibilité (RGAA).
portal-accessibility-full-text = Un audit a constaté que ces pages respectent tous les critères du référentiel général d’amélioration de l’accessibilité (RGAA).
portal-accessibility-made = Ce qui est fait
portal-accessibility-made-text = Chaque page s’utilise au clavier, sans script et avec un lecteur d’écran, s’agrandit jusqu’à 400 %, et est vérifiée par un outil à chaque version.
portal-accessibility-help = Une difficulté ?
portal-accessibility-help-text = Dites-le à { $organisation }, qui vous donnera l’information ou fera la démarche avec vous.
portal-accessibility-defender = Si vous n’obtenez pas de réponse, vous pouvez vous adresser au Défenseur des droits :
