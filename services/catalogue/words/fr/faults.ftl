### Les fautes de saisie : ce qui ne va pas dans un champ, et ce qui irait.

fault-required = Ce champ est obligatoire.
fault-wrong-type = Cette valeur n’est pas du type attendu.
fault-unknown-field = Ce champ n’existe pas ici.
fault-duplicate-field = Ce champ est donné plusieurs fois.
fault-too-long = C’est trop long.
fault-too-short = C’est trop court.
fault-invalid-character = Un caractère n’est pas accepté ici. Vérifiez la saisie.
# $character : le caractère refusé, ou son numéro Unicode s’il ne se voit pas.
fault-character = Caractère refusé : « { $character } ».
fault-invalid-format = Ce n’est pas la forme attendue. Vérifiez la saisie.
fault-purpose = Indiquez une finalité en toutes lettres : de 3 à 200 caractères imprimables, sans adresse électronique.
fault-position-or-date = Indiquez une position du journal, un nombre à partir de 1, ou un instant, comme 2026-01-31T12:00:00Z.
fault-beyond-the-log = Le journal se termine avant cela.
fault-before-from = Cela précède le début demandé.
fault-replay-rate = Indiquez un nombre entier d’événements par seconde, de 1 à 100000.
fault-replay-registrations = Nommez de 1 à 1000 inscriptions, ou omettez ce champ pour toutes.
fault-unknown-value = Choisissez l’une des réponses proposées.

fault-siret-siren-typed = Vous avez saisi un SIREN (9 chiffres). Le SIRET en compte 14 : le SIREN, suivi des 5 chiffres de l’établissement.
fault-siret-length = Un SIRET compte 14 chiffres, par exemple 130 025 265 00013.
fault-siret-checksum = Ce numéro n’est pas un SIRET : un chiffre est sans doute mal saisi.
fault-siret-all-zero = Ce numéro n’est pas un SIRET : il ne peut pas être fait que de zéros.
fault-idcc-format = Un IDCC compte 4 chiffres, par exemple 1486.
fault-number-exponent = Ce numéro est en notation scientifique, comme 1,3E+13 : des chiffres sont perdus. Saisissez-le en entier.
fault-number-decimals = Ce numéro porte une virgule ou un point de milliers. Saisissez ses chiffres seuls.
fault-cell-error = C’est une erreur de tableur, et non une valeur. Saisissez la valeur.

fault-email-format = Saisissez une adresse électronique complète, par exemple nom@exemple.fr.
fault-email-domain = Vérifiez ce qui suit le signe @, par exemple exemple.fr.
fault-email-local-part = Vérifiez ce qui précède le signe @ : lettres sans accent, chiffres, points et tirets.

# $minimum : le nombre de caractères qu’il faut au moins.
fault-password-minimum-length = { $minimum ->
        [one] Il faut au moins un caractère.
       *[other] Il faut au moins { $minimum } caractères.
    }
fault-password-maximum-length = C’est trop long : 256 caractères au plus.
fault-password-digit = Il faut au moins un chiffre.
fault-password-letter = Il faut au moins une lettre.
fault-password-common = Ce mot de passe est trop courant : on le devinerait vite.
fault-password-personal = Ce mot de passe contient votre nom ou votre adresse : on le devinerait vite.
fault-password-control-character = Ce mot de passe contient un caractère invisible. Saisissez-le de nouveau.
