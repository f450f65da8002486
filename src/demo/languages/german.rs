//! German.

use crate::demo::language::{Language, Problem, company};

pub(super) static GERMAN: Language = Language {
    code: "de",
    share: 20,
    companies: &[
        company("Nordlicht Möbelwerk GmbH", "nordlicht.example.com", "NORDLICHT"),
        company("Praxisverbund Lindenhöhe", "lindenhoehe.example.org", "LINDENHOEHE"),
        company("Weißbach Präzisionsteile", "weissbach.example.net", "WEISSBACH"),
    ],
    people: &[
        ("Annegret Süßmilch", "annegret.suessmilch"),
        ("Björn Achterberg", "bjoern.achterberg"),
        ("Cordula Wießner", "cordula.wiessner"),
        ("Detlef Hohenstatt", "detlef.hohenstatt"),
        ("Elfriede Kranzbühler", "elfriede.kranzbuehler"),
        ("Falk Röthlisried", "falk.roethlisried"),
        ("Gundula Mäusbacher", "gundula.maeusbacher"),
        ("Hauke Petersdorff", "hauke.petersdorff"),
        ("Jürgen Straßburg-Ott", "juergen.strassburg-ott"),
        ("Leonie Thalhäuser", "leonie.thalhaeuser"),
        ("Özlem Kirschbaum", "oezlem.kirschbaum"),
        ("Wiebke Ährenfeld", "wiebke.aehrenfeld"),
    ],
    greetings: &[
        "Guten Tag, hier ist {technician}. Wie kann ich Ihnen helfen?",
        "Hallo, mein Name ist {technician}. Ich sehe jetzt Ihren Bildschirm. Was ist passiert?",
    ],
    meanwhile: &[
        ["Einen Moment bitte, ich sehe mir das an.", "Natürlich, kein Problem."],
        ["Bitte bewegen Sie die Maus kurz nicht.", "Gut."],
        ["Ist das schon einmal vorgekommen?", "Ja, vor etwa zwei Wochen."],
        ["Haben Sie in letzter Zeit etwas geändert?", "Nein, nicht dass ich wüsste."],
        ["Könnten Sie bitte alle Dokumente speichern?", "Ist gespeichert."],
        ["Das dauert zwei bis drei Minuten.", "Dann hole ich mir schnell einen Kaffee."],
        ["Sind auch Kollegen betroffen?", "Nein, nur ich."],
    ],
    closings: &[
        ["Kann ich sonst noch etwas für Sie tun?", "Nein, das war alles. Vielen Dank!"],
        ["Dann beende ich die Sitzung. Schönen Tag noch!", "Danke, ebenso."],
    ],
    labels: ["Inventarnummer", "Ticket", "Abteilung", "Firma"],
    departments: &["Buchhaltung", "Vertrieb", "Lager", "Empfang", "Geschäftsführung"],
    maintenance: &[
        "Monatliche Aktualisierungen über den Agenten installiert, Neustart nach Feierabend.",
        "Abgelaufenes Zertifikat ersetzt, Datensicherung geprüft. Alles in Ordnung.",
    ],
    problems: &[
        Problem {
            descriptions: &[
                "Der Drucker druckt nur leere Seiten.",
                "Etikettendrucker im Lager reagiert nicht.",
            ],
            talk: &[
                "Unser Drucker gibt nur leere Seiten aus.",
                "Welche Farbe hat die Anzeige am Gerät?",
                "Sie blinkt gelb.",
                "Dann ist wahrscheinlich der Toner leer. Liegt noch eine Kartusche bereit?",
                "Ja, im Schrank. Ich setze sie gerade ein.",
                "Sehr gut. Ich schicke Ihnen eine Testseite.",
                "Jetzt ist der Ausdruck schwarz und gut lesbar.",
            ],
            notes: &[
                "Toner gewechselt, Testseite in Ordnung. Ersatzkartusche nachbestellt.",
                "Treiber neu installiert, Warteschlange geleert.",
            ],
        },
        Problem {
            descriptions: &[
                "Kein Zugriff auf das Laufwerk über VPN.",
                "VPN-Verbindung bricht im Homeoffice ständig ab.",
            ],
            talk: &[
                "Über VPN komme ich nicht an das gemeinsame Laufwerk.",
                "Ist das Schloss-Symbol unten rechts grün?",
                "Ja, grün.",
                "Die Verbindung steht also. Ihr Laufwerk zeigt aber noch auf den alten Server.",
                "Ach so, der wurde ja letzte Woche umgestellt.",
                "Genau. Ich habe es neu verbunden. Sehen Sie Ihre Ordner?",
                "Ja, alles wieder da. Großartig!",
            ],
            notes: &[
                "Laufwerk auf den neuen Server umgestellt, Zugriff über VPN geprüft.",
                "VPN-Client aktualisiert, Energiesparmodus der Netzwerkkarte ausgeschaltet.",
            ],
        },
        Problem {
            descriptions: &[
                "E-Mails bleiben im Postausgang hängen.",
                "Outlook startet nicht mehr.",
            ],
            talk: &[
                "Meine Mails gehen nicht mehr raus.",
                "Die älteste hat einen Anhang von 62 MB. Erlaubt sind 25 MB.",
                "Das sind die Fotos von der Baustelle.",
                "Ich lege sie in die Ablage und schicke stattdessen einen Link. Einverstanden?",
                "Ja, sehr gern.",
                "Fertig. Die anderen Nachrichten werden jetzt gesendet.",
                "Der Postausgang ist leer, danke.",
            ],
            notes: &[
                "Zu großer Anhang blockierte den Postausgang. Als Link versendet.",
                "Beschädigtes Profil neu angelegt, Outlook startet wieder.",
            ],
        },
        Problem {
            descriptions: &["Konto gesperrt nach dem Urlaub.", "Kennwort abgelaufen."],
            talk: &[
                "Ich kann mich nach dem Urlaub nicht mehr anmelden.",
                "Ihr Konto ist gesperrt. Ich rufe Sie zur Sicherheit kurz unter Ihrer Büronummer an.",
                "In Ordnung, ich bin am Platz.",
                "Danke. Das Konto ist frei, bitte vergeben Sie ein neues Kennwort.",
                "Hat geklappt, ich bin drin.",
            ],
            notes: &[
                "Rückruf zur Bestätigung, Konto entsperrt, neues Kennwort gesetzt.",
                "Kennwort zurückgesetzt. Auch am Telefon hinterlegt, damit es nicht wieder sperrt.",
            ],
        },
        Problem {
            descriptions: &[
                "Das Hochfahren dauert über zehn Minuten.",
                "Der Rechner ist seit gestern extrem langsam.",
            ],
            talk: &[
                "Mein Rechner braucht ewig, bis er hochgefahren ist.",
                "Es starten 27 Programme mit. Brauchen Sie die alle?",
                "Nein, die meisten kenne ich gar nicht.",
                "Ich schalte alles Überflüssige ab und starte den Rechner neu.",
                "Das waren jetzt keine zwei Minuten!",
            ],
            notes: &[
                "Autostart aufgeräumt, Start von 11 auf unter 2 Minuten verkürzt.",
                "Festplatte zu 97 % belegt. 52 GB freigegeben.",
            ],
        },
        Problem {
            descriptions: &[
                "Installation bricht mit Fehler 1603 ab.",
                "Bitte das neue Zeiterfassungsprogramm installieren.",
            ],
            talk: &[
                "Die Installation bricht jedes Mal ab.",
                "Die alte Version läuft noch im Hintergrund. Ich beende sie und versuche es erneut.",
                "Jetzt läuft der Balken weiter als vorher.",
                "Gut. Die Freigabe Ihrer Leitung liegt im Ticket, ich trage noch die Lizenz ein.",
                "Das Programm ist offen, ich sehe meine Stunden.",
            ],
            notes: &[
                "Alte Version entfernt, neue installiert und lizenziert.",
                "Installation mit Administratorrechten durchgeführt.",
            ],
        },
        Problem {
            descriptions: &["Bild steht auf dem Kopf.", "Zweiter Bildschirm wird nicht erkannt."],
            talk: &[
                "Mein Bild steht plötzlich auf dem Kopf.",
                "Haben Sie vielleicht eine Taste zusammen mit einem Pfeil gedrückt?",
                "Kann sein, ich habe die Tastatur geputzt.",
                "Das ist die Erklärung. So, jetzt ist oben wieder oben.",
                "Wunderbar, mein Nacken dankt es Ihnen.",
            ],
            notes: &[
                "Anzeige gedreht, Tastenkürzel abgeschaltet.",
                "Grafiktreiber erneuert, beide Bildschirme werden erkannt.",
            ],
        },
    ],
};
