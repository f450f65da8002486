//! French.

use crate::demo::language::{Language, Problem, company};

pub(super) static FRENCH: Language = Language {
    code: "fr",
    share: 12,
    companies: &[
        company("Les Vergers de Clairmont", "clairmont.example.com", "CLAIRMONT"),
        company("Cabinet Aubépine", "aubepine.example.org", "AUBEPINE"),
    ],
    people: &[
        ("Adélaïde Brunoy-Lacroisée", "adelaide.brunoy"),
        ("Basile Montgeron", "basile.montgeron"),
        ("Cécile Vauquelard", "cecile.vauquelard"),
        ("François Tréhoret", "francois.trehoret"),
        ("Gaëlle Sainte-Ombre", "gaelle.sainte-ombre"),
        ("Loïc Penmarquer", "loic.penmarquer"),
        ("Maëva Cœurdelys", "maeva.coeurdelys"),
        ("Théodore Aubrevent", "theodore.aubrevent"),
    ],
    greetings: &[
        "Bonjour, {technician} à l'appareil. Comment puis-je vous aider ?",
        "Bonjour, je suis {technician}. Je vois maintenant votre écran. Que se passe-t-il ?",
    ],
    meanwhile: &[
        ["Un instant s'il vous plaît, je regarde.", "Bien sûr, prenez votre temps."],
        ["Est-ce déjà arrivé auparavant ?", "Oui, une fois le mois dernier."],
        ["Pouvez-vous enregistrer vos documents ?", "C'est fait."],
        ["Cela va prendre deux ou trois minutes.", "Pas de souci."],
        ["Vos collègues ont-ils le même problème ?", "Non, seulement moi."],
    ],
    closings: &[
        ["Puis-je faire autre chose pour vous ?", "Non, c'est parfait. Merci beaucoup !"],
        ["Je ferme donc la session. Bonne journée !", "Merci, à vous aussi."],
    ],
    labels: ["Numéro d'inventaire", "Ticket", "Service", "Société"],
    departments: &["Comptabilité", "Ventes", "Accueil", "Achats", "Direction"],
    maintenance: &[
        "Mises à jour mensuelles installées par l'agent, redémarrage en dehors des heures de travail.",
        "Sauvegarde vérifiée, certificat renouvelé. Rien à signaler.",
    ],
    problems: &[
        Problem {
            descriptions: &[
                "L'imprimante n'imprime plus en couleur.",
                "Bourrage papier signalé, mais il n'y a pas de papier coincé.",
            ],
            talk: &[
                "L'imprimante sort tout en noir et blanc.",
                "Le réglage par défaut est sur « niveaux de gris ». Je le modifie.",
                "Je n'ai pourtant rien changé...",
                "La mise à jour du pilote l'a remis à zéro. Essayez maintenant, s'il vous plaît.",
                "Voilà, les couleurs sont revenues !",
            ],
            notes: &[
                "Réglage couleur rétabli après la mise à jour du pilote.",
                "Capteur de papier réinitialisé, page de test correcte.",
            ],
        },
        Problem {
            descriptions: &[
                "Impossible de me connecter au VPN depuis l'hôtel.",
                "Le VPN se coupe toutes les cinq minutes.",
            ],
            talk: &[
                "Je suis en déplacement et le VPN refuse de se connecter.",
                "Le réseau de l'hôtel bloque ce port. Je vous configure l'autre mode.",
                "D'accord, il me redemande mon mot de passe.",
                "C'est normal. Saisissez-le, puis validez sur votre téléphone.",
                "Connecté ! J'accède à mes dossiers.",
            ],
            notes: &[
                "Port bloqué par le réseau de l'hôtel, profil de secours activé.",
                "Client VPN mis à jour, connexion stable.",
            ],
        },
        Problem {
            descriptions: &[
                "Je ne reçois plus de courriels.",
                "Ma signature a disparu de mes messages.",
            ],
            talk: &[
                "Je n'ai rien reçu depuis hier soir, c'est étrange.",
                "Une règle envoie tous vos messages dans le dossier « Archives ».",
                "Ah ! J'ai voulu trier ma boîte hier...",
                "Je supprime la règle et je remets les messages à leur place.",
                "Formidable, ils sont tous là.",
            ],
            notes: &[
                "Règle de tri trop large supprimée, 43 messages remis dans la boîte de réception.",
                "Signature recréée dans les deux profils.",
            ],
        },
        Problem {
            descriptions: &["Compte bloqué après plusieurs essais.", "Mot de passe oublié."],
            talk: &[
                "J'ai essayé trois fois et mon compte est bloqué.",
                "Je vous rappelle sur votre poste pour vérifier votre identité.",
                "Je vous attends.",
                "Merci. Le compte est débloqué, choisissez un nouveau mot de passe.",
                "C'est bon, ça fonctionne.",
            ],
            notes: &[
                "Identité vérifiée par téléphone, compte débloqué.",
                "Mot de passe réinitialisé, authentification à deux facteurs vérifiée.",
            ],
        },
        Problem {
            descriptions: &[
                "L'ordinateur est très lent depuis ce matin.",
                "Le logiciel de paie se fige.",
            ],
            talk: &[
                "Tout est lent, même pour ouvrir un dossier.",
                "Il ne reste que 300 Mo sur le disque. Je fais de la place.",
                "Je peux supprimer mes vieilles vidéos si vous voulez.",
                "Très bonne idée : elles occupent à elles seules 80 Go.",
                "Quelle différence, merci !",
            ],
            notes: &[
                "Disque plein. 96 Go libérés, fichier d'échange recréé.",
                "Mémoire insuffisante, extension proposée au client.",
            ],
        },
    ],
};
