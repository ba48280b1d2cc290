### Les courriels. Un bloc par lettre : objet, aperçu, titre, paragraphes, bouton.
### $space : le nom de l’espace en ligne. $when : un moment, dit par moment.

mail-greeting = Bonjour { $civility } { $name },
mail-link-by-hand = Si le bouton ne répond pas, copiez cette adresse dans votre navigateur :
mail-link-until = Ce lien est valable jusqu’au { $when }.
mail-link-private = Ne le transmettez à personne : il vous est personnel.
mail-automatic = Il est envoyé automatiquement, merci de ne pas y répondre.
mail-why = Vous recevez ce message parce que cette adresse a été saisie sur { $space }.
mail-contact = Une question ? Écrivez-nous : { $url }

mail-verify_email-subject = Confirmez votre adresse e-mail
mail-verify_email-preview = Plus qu’une étape : confirmez votre adresse et choisissez votre mot de passe.
mail-verify_email-title = Plus qu’une étape
mail-verify_email-body = Vous avez demandé un compte sur { $space }. Pour finaliser votre inscription, confirmez votre adresse e-mail, puis choisissez votre mot de passe.
mail-verify_email-button = Confirmer mon adresse
mail-verify_email-unasked = Vous n’avez rien demandé ? Ignorez ce message : sans confirmation, aucun compte ne sera créé.

mail-already_registered-subject = Vous avez déjà un compte
mail-already_registered-preview = Votre adresse e-mail est déjà celle d’un compte : connectez-vous directement.
mail-already_registered-title = Vous avez déjà un compte
mail-already_registered-body = Une inscription sur { $space } a été commencée avec votre adresse e-mail. Or cette adresse est déjà celle d’un compte : il n’y a rien à confirmer, connectez-vous simplement.
mail-already_registered-button = Me connecter
mail-already_registered-second = Mot de passe oublié ? Choisissez-en un nouveau ici :
mail-already_registered-unasked = Cette inscription ne vient pas de vous ? Ignorez ce message : votre compte n’a pas changé.

mail-reset_password-subject = Choisissez un nouveau mot de passe
mail-reset_password-preview = Vous avez demandé à changer le mot de passe de votre compte.
mail-reset_password-title = Un nouveau mot de passe
mail-reset_password-body = Vous avez demandé à changer le mot de passe de votre compte sur { $space }. Suivez ce lien pour en choisir un autre.
mail-reset_password-button = Choisir un mot de passe
mail-reset_password-unasked = Vous n’avez rien demandé ? Ignorez ce message : votre mot de passe reste le même.

mail-resume-subject = Votre inscription vous attend
mail-resume-preview = Reprenez votre inscription là où vous l’aviez laissée.
mail-resume-title = Votre inscription vous attend
mail-resume-body = Vous avez commencé à créer votre compte sur { $space } sans aller jusqu’au bout. Vos réponses sont conservées : reprenez où vous vous étiez arrêté.
mail-resume-button = Reprendre mon inscription
mail-resume-unasked = Vous avez changé d’avis ? Ignorez ce message : sans suite de votre part, l’inscription commencée sera close.

mail-password_set-subject = Votre mot de passe a été choisi
mail-password_set-preview = Le mot de passe de votre compte vient d’être choisi ou changé.
mail-password_set-title = Votre mot de passe est en place
mail-password_set-body = Le mot de passe de votre compte sur { $space } a été choisi le { $when }. Vous pouvez vous connecter avec votre adresse e-mail et ce mot de passe.
mail-password_set-button = Me connecter
mail-password_set-second = Ce n’était pas vous ? Choisissez tout de suite un autre mot de passe :

mail-establishment_closed-subject = Vérifiez l’établissement de votre inscription
mail-establishment_closed-preview = D’après un répertoire officiel, cet établissement n’est pas ouvert.
mail-establishment_closed-title = Votre établissement est à vérifier
mail-establishment_closed-body = Vous avez déclaré un établissement pendant votre inscription sur { $space }. Nous avons depuis une réponse : d’après { $source }, cet établissement est fermé, ou n’y figure pas. Il a donc été retiré de votre inscription.
mail-establishment_closed-remedy = Vérifiez le numéro SIRET, puis reprenez votre inscription pour déclarer l’établissement où vous travaillez aujourd’hui : le bouton ci-dessous ouvre la page où saisir votre adresse pour en recevoir le lien. Vos autres réponses sont conservées.
mail-establishment_closed-remedy-account = Vérifiez le numéro SIRET. Pour être rattaché à l’établissement où vous travaillez aujourd’hui, écrivez-nous à l’adresse indiquée en bas de ce message. Votre compte et vos autres établissements ne changent pas.
mail-establishment_closed-button = Reprendre mon inscription
mail-establishment_closed-button-account = Ouvrir mon espace

# $day : le jour à partir duquel le compte est clos.
mail-inactivity_warned-subject = Votre compte sera clos le { $day }
mail-inactivity_warned-preview = Votre compte n’a pas servi depuis longtemps. Connectez-vous pour le garder.
mail-inactivity_warned-title = Avez-vous encore besoin de votre compte ?
mail-inactivity_warned-body = Votre compte sur { $space } n’a pas servi depuis longtemps. Nous ne gardons pas les données personnelles qui ne servent plus : sans connexion de votre part d’ici là, votre compte sera clos à partir du { $day }, et tout ce que nous avons sur vous sera effacé définitivement.
mail-inactivity_warned-button = Me connecter pour garder mon compte
mail-inactivity_warned-second = Mot de passe oublié ? Choisissez-en un nouveau ici, puis connectez-vous :
