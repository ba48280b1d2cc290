### Les pages. Un bloc par page ; les étapes de l’inscription portent leur numéro.

portal-skip = Aller au contenu
portal-other-language = English
portal-help = Besoin d’aide ? Contactez { $organisation }
portal-error-prefix = Erreur :
portal-error-about = { $field } : { $fault }
portal-error-summary = À corriger pour continuer
portal-all-required = Tous les champs sont obligatoires.
portal-next = Suivant
portal-previous = Précédent
portal-step = Étape { $step } sur { $steps }
portal-step-next = Ensuite : { $title }
portal-step-last = C’est la dernière étape du formulaire.

portal-sign-in-title = Connexion
portal-sign-in-lead = Accédez à { $space } avec votre adresse e-mail et votre mot de passe.
portal-sign-in-button = Se connecter
portal-sign-in-forgotten = Mot de passe oublié
portal-sign-in-new-title = Première connexion
portal-sign-in-new-button = Créer mon compte
portal-sign-in-new-note = À noter : cette étape est à réaliser même si vous aviez déjà un compte sur l’ancien espace { $organisation }. Votre adresse e-mail nous permet de retrouver vos établissements.
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
portal-siret-find = Trouver un SIRET dans l’Annuaire des Entreprises

portal-number-title = Renseignez votre numéro adhérent ou d’organisme de formation
portal-number-known = L’établissement { $siret } est reconnu par notre système.
portal-number = Numéro adhérent ou d’organisme de formation
portal-number-hint = Il figure sur les courriers de { $organisation }. Celui d’un organisme de formation compte 11 caractères.
portal-number-missing = Vous n’avez pas ce numéro ?
portal-number-contact = Contactez { $organisation }

portal-agreement-title = Renseignez votre IDCC
portal-agreement-active = L’établissement { $siret } n’est pas encore connu de { $organisation }, mais il est actif au répertoire de l’INSEE.
portal-agreement-pending = L’établissement { $siret } n’est pas encore connu de { $organisation }. L’INSEE n’a pas répondu à temps : nous vérifierons plus tard, vous pouvez continuer.
portal-idcc = IDCC (identifiant de la convention collective)
portal-idcc-hint = 4 chiffres, par exemple 1486. Il figure sur vos bulletins de paie. Si aucune convention ne s’applique, indiquez 9999.
portal-idcc-chosen = Convention choisie : { $label }
portal-idcc-suggested = Conventions probables pour cet établissement
portal-idcc-choose = Choisir
portal-idcc-search-title = Chercher une convention collective
portal-idcc-search = Numéro ou mots de l’intitulé
portal-idcc-search-hint = Par exemple : bureaux d’études
portal-idcc-search-button = Chercher
portal-idcc-found = Résultats
portal-idcc-replaced = remplacée
portal-idcc-none-found = Aucune convention ne répond à cette recherche. Essayez un autre mot.

portal-thanks-title = Merci
portal-thanks-sent = Un message de confirmation est envoyé à { $email }.
portal-thanks-last = Pour finaliser votre inscription, cliquez sur le lien qu’il contient : il valide votre adresse et vous permet de choisir votre mot de passe.
portal-thanks-private = Pour continuer votre inscription, cliquez sur le lien qu’il contient : il valide votre adresse.
portal-thanks-spam = N’oubliez pas de consulter vos spams (courriers indésirables). Le lien est valable 24 heures.
portal-thanks-failed = Le message n’a pas pu être remis à cette adresse. Vérifiez-la, puis demandez un nouvel envoi.
portal-thanks-password-title = Plus qu’un mot de passe
portal-thanks-password = Votre adresse est confirmée. Ouvrez de nouveau le lien reçu par courriel pour choisir votre mot de passe.
portal-thanks-not-received = Rien reçu ?
portal-thanks-resend = Renvoyer le message
portal-thanks-correct = Corriger mon adresse
portal-thanks-finish = Terminer

portal-password-title = Choisissez votre mot de passe
portal-password-change-title = Changez votre mot de passe
portal-password-for = Mot de passe du compte { $email }
portal-password-rules = Règles de sécurité :
portal-password-rule-length = { $minimum } caractères au moins
portal-password-rule-digit = 1 chiffre
portal-password-rule-letter = 1 lettre
portal-password-rule-personal = ni votre nom, ni votre adresse, ni un mot de passe courant
portal-password-rule-unmet = à corriger
portal-password-new = Nouveau mot de passe
portal-password-confirm = Confirmez le nouveau mot de passe
portal-password-differs = Les deux mots de passe sont différents. Saisissez deux fois le même.
portal-password-button = Enregistrer mon mot de passe

portal-confirm-title = Confirmez votre adresse
portal-confirm-lead = Vous avez reçu ce lien à l’adresse { $email }. Confirmez-la pour continuer votre inscription.
portal-confirm-button = Confirmer et continuer
portal-resume-title = Reprenez votre inscription
portal-resume-lead = Vos réponses sont conservées : reprenez où vous vous étiez arrêté.
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

portal-forgotten-title = Mot de passe oublié
portal-forgotten-lead = Indiquez l’adresse e-mail de votre compte : nous vous enverrons un lien pour choisir un autre mot de passe.
portal-forgotten-button = Recevoir un lien
portal-forgotten-sent-title = Consultez votre messagerie
portal-forgotten-sent = Si un compte existe pour cette adresse, un message contenant un lien valable 1 heure vient de partir. Pensez à consulter vos spams.

portal-space-welcome = Bonjour { $name }
portal-space-establishments = Vos établissements
portal-space-none = Aucun établissement n’est rattaché à votre compte.
portal-space-by-contact = Vous en êtes un contact référencé
portal-space-by-member_number = Rattaché par son numéro adhérent
portal-space-by-training_organisation_number = Rattaché par son numéro d’organisme de formation
portal-space-by-idcc = Rattaché par sa convention collective
portal-space-topics = Vos thématiques
portal-space-topics-button = Enregistrer mes thématiques
portal-space-account = Votre compte
portal-space-sign-out = Se déconnecter

portal-notice-password-set = Votre mot de passe est enregistré. Vous pouvez vous connecter.
portal-notice-account-ready = Votre compte est prêt. Connectez-vous.
portal-notice-signed-out = Vous êtes déconnecté.
portal-notice-sign-in-first = Connectez-vous pour ouvrir cette page.
portal-notice-topics-saved = Vos thématiques sont enregistrées.
portal-notice-mail-sent = Un nouveau message part dans un instant. Il remplace le précédent.
portal-notice-start-here = Nous n’avons pas retrouvé d’inscription en cours sur cet appareil. Commencez ici, ou reprenez depuis le lien reçu par courriel.

portal-trouble-not-found-title = Page introuvable
portal-trouble-not-found = Rien ne se trouve à cette adresse. Vérifiez-la, ou repartez de la page de connexion.
portal-trouble-other-site-title = Demande refusée
portal-trouble-other-site = Cette demande ne vient pas d’une de nos pages. Revenez à la page de connexion, puis recommencez.
portal-trouble-unreadable-title = Formulaire illisible
portal-trouble-unreadable = Le formulaire reçu est trop long ou mal formé. Revenez en arrière, puis recommencez.

portal-dev-mail-title = Messages de cette machine
portal-dev-mail-lead = Aucun serveur de courriel n’est configuré : les messages restent ici, les plus récents en premier.
portal-dev-mail-none = Aucun message pour l’instant.
portal-dev-mail-to = À
portal-dev-mail-back = Tous les messages
portal-dev-mail-link = Ouvrir le lien
portal-dev-mail-source = Fichier .eml
