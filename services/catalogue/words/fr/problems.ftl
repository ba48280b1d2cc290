### Les problèmes : ce que le service répond quand il ne peut pas faire ce qui est demandé.
### Un titre et un détail pour chaque code. Le détail dit quoi faire.

problem-invalid-title = Certaines réponses sont à corriger
problem-invalid-detail = Corrigez les champs indiqués, puis recommencez.

problem-malformed-body-title = Demande illisible
problem-malformed-body-detail = Le corps de la demande n’est pas du JSON bien formé.

problem-body-too-large-title = Demande trop volumineuse
problem-body-too-large-detail = Le corps de la demande dépasse la taille acceptée.

problem-unsupported-media-type-title = Format non pris en charge
problem-unsupported-media-type-detail = Envoyez la demande en JSON, avec l’en-tête « Content-Type: application/json ».

problem-unauthorized-title = Accès à confirmer
problem-unauthorized-detail = Cette page ou cette action demande un accès que nous n’avons pas reconnu. Connectez-vous, ou reprenez votre inscription depuis le lien reçu par courriel.

problem-unknown-credential-title = Accès inconnu
problem-unknown-credential-detail = Envoyez le vôtre dans l’en-tête « Authorization: Bearer … ». Il a peut-être été remplacé ou retiré : demandez à qui vous l’a donné.

problem-not-found-title = Introuvable
problem-not-found-detail = Rien ne se trouve à cette adresse, ou vous n’y avez pas accès.

problem-erased-title = La personne est effacée
problem-erased-detail = La personne a été effacée et plus rien ne dit qui elle était. Effacez ce que vous détenez sur elle, puis accusez réception de l’effacement.

problem-erasure-pending-title = Le compte est fermé, en attente d’effacement
problem-erasure-pending-detail = Personne n’est informé de son titulaire pendant cette attente. Le flux dira ce qu’il en advient.
problem-not-erased-title = La personne n’est pas effacée
problem-not-erased-detail = Il n’y a pas d’effacement dont accuser réception : la personne est toujours connue.

problem-replays-waiting-title = Trop de rejeux
problem-replays-waiting-detail = Autant de vos rejeux attendent ou sont en cours qu’il en est accepté à la fois. Redemandez quand l’un d’eux aura été pris en charge.

problem-method-not-allowed-title = Méthode non acceptée
problem-method-not-allowed-detail = Cette adresse existe, mais n’accepte pas cette méthode.

problem-precondition-failed-title = L’inscription a changé entre-temps
problem-precondition-failed-detail = Relisez l’inscription, puis recommencez à partir de sa version actuelle.

problem-step-out-of-order-title = Cette étape n’est pas ouverte
problem-step-out-of-order-detail = Votre inscription en est à une autre étape. Reprenez-la là où elle en est.

# $source : qui le dit, « organisation » pour l’organisme lui-même.
# $closed_on : la date de fermeture, en toutes lettres, ou « unknown ».
# $successor : le SIRET de l’établissement qui a pris la suite, ou « none ».
problem-establishment-closed-title = Cet établissement est fermé
problem-establishment-closed-detail = { $source ->
        [organisation] D’après nos informations,
        [demonstration] D’après le registre de démonstration,
       *[other] D’après le répertoire Sirene de l’Insee,
    } { $closed_on ->
        [unknown] cet établissement est fermé.
       *[other] cet établissement est fermé depuis le { $closed_on }.
    } { $successor ->
        [none] Indiquez le SIRET d’un établissement ouvert.
       *[other] L’établissement qui a pris sa suite porte le SIRET { $successor }.
    }

problem-establishment-not-found-title = Établissement introuvable
problem-establishment-not-found-detail = Aucun établissement ne porte ce SIRET. Vérifiez les 14 chiffres, par exemple dans l’Annuaire des Entreprises.

# $contact_url : l’adresse de la page de contact de l’organisme.
problem-member-number-mismatch-title = Ce numéro n’est pas celui de l’établissement
problem-member-number-mismatch-detail = Le numéro saisi ne correspond pas à l’établissement indiqué. Vérifiez-le sur un courrier reçu, ou demandez-le à l’adresse { $contact_url }

problem-idcc-unknown-title = Convention collective inconnue
problem-idcc-unknown-detail = Aucune convention collective ne porte ce numéro. L’IDCC figure sur vos bulletins de paie. Si aucune convention ne s’applique, indiquez 9999.

# $agreement : l’intitulé de la convention. $successors : les numéros des conventions qui s’appliquent à sa place, séparés par des virgules, ou « none ».
problem-idcc-replaced-title = Cette convention collective n’est plus en vigueur
problem-idcc-replaced-detail = « { $agreement } » n’est plus en vigueur. { $successors ->
        [none] Cherchez, par des mots de votre activité, la convention qui s’applique aujourd’hui.
       *[other] Indiquez plutôt : { $successors }.
    }

problem-link-invalid-title = Ce lien n’est plus valable
problem-link-invalid-detail = Ce lien a déjà servi, a été remplacé par un plus récent, ou a été mal recopié. Ouvrez le dernier courriel reçu, ou demandez un nouveau lien.

problem-link-expired-title = Ce lien a expiré
problem-link-expired-detail = Pour votre sécurité, chaque lien n’est valable qu’un temps. Demandez-en un nouveau : il arrivera en quelques instants.

problem-account-exists-title = Vous avez déjà un compte
problem-account-exists-detail = Un compte a déjà été créé avec cette adresse électronique. Connectez-vous ; si vous avez oublié votre mot de passe, choisissez-en un autre depuis la page de connexion.

problem-password-refused-title = Choisissez un autre mot de passe
problem-password-refused-detail = Ce mot de passe ne respecte pas toutes les règles de sécurité indiquées.

problem-sign-in-refused-title = Connexion refusée
problem-sign-in-refused-detail = L’adresse électronique ou le mot de passe n’est pas le bon. Vérifiez-les, puis réessayez.

# $minutes : nombre de minutes à attendre, au moins une.
problem-too-many-attempts-title = Trop d’essais rapprochés
problem-too-many-attempts-detail = { $minutes ->
        [one] Par sécurité, attendez une minute avant de recommencer.
       *[other] Par sécurité, attendez { $minutes } minutes avant de recommencer.
    }

problem-idempotency-key-reused-title = Clé d’idempotence déjà employée
problem-idempotency-key-reused-detail = Cette valeur de « Idempotency-Key » a déjà servi pour une autre demande. Employez-en une nouvelle.

problem-service-busy-title = Service très sollicité
problem-service-busy-detail = Beaucoup de personnes s’inscrivent en ce moment. Réessayez dans quelques secondes : ce que vous aviez déjà enregistré est conservé.

problem-service-unavailable-title = Service momentanément indisponible
problem-service-unavailable-detail = Nous ne pouvons pas répondre pour l’instant. Réessayez dans quelques minutes : ce que vous aviez déjà enregistré est conservé.

problem-internal-title = Un incident est survenu
problem-internal-detail = L’incident vient de notre côté et a été consigné. Réessayez dans quelques minutes.
