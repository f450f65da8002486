//! Polish.

use crate::demo::language::{Language, Problem, company};

pub(super) static POLISH: Language = Language {
    code: "pl",
    share: 7,
    companies: &[
        company("Stolarnia Źródlana", "zrodlana.example.com", "ZRODLANA"),
        company("Biuro Rachunkowe Łąka", "laka.example.net", "LAKA"),
    ],
    people: &[
        ("Bożena Świerk", "bozena.swierk"),
        ("Grzegorz Żuraw", "grzegorz.zuraw"),
        ("Jadwiga Łoś", "jadwiga.los"),
        ("Mieczysław Ćwiek", "mieczyslaw.cwiek"),
        ("Stanisława Gołąb", "stanislawa.golab"),
        ("Zbigniew Jęczmień", "zbigniew.jeczmien"),
    ],
    greetings: &[
        "Dzień dobry, z tej strony {technician}. W czym mogę pomóc?",
        "Dzień dobry, nazywam się {technician}. Widzę już ekran. Co się stało?",
    ],
    meanwhile: &[
        ["Chwileczkę, już sprawdzam.", "Oczywiście."],
        ["Czy zdarzało się to wcześniej?", "Tak, raz, dwa tygodnie temu."],
        ["Proszę zapisać otwarte dokumenty.", "Zapisane."],
        ["To potrwa dwie lub trzy minuty.", "Dobrze, poczekam."],
    ],
    closings: &[
        ["Czy mogę jeszcze w czymś pomóc?", "Nie, to wszystko. Bardzo dziękuję!"],
        ["W takim razie kończę sesję. Miłego dnia!", "Wzajemnie, do widzenia."],
    ],
    labels: ["Numer inwentarzowy", "Zgłoszenie", "Dział", "Firma"],
    departments: &["Księgowość", "Sprzedaż", "Magazyn", "Kadry"],
    maintenance: &[
        "Comiesięczne aktualizacje zainstalowane przez agenta, restart po godzinach pracy.",
    ],
    problems: &[
        Problem {
            descriptions: &["Drukarka nie drukuje polskich znaków.", "Drukarka zacina papier."],
            talk: &[
                "Na wydruku zamiast „ł” i „ś” są kwadraciki.",
                "Sterownik używa złej czcionki. Już to zmieniam.",
                "Wczoraj jeszcze było dobrze.",
                "Aktualizacja przywróciła ustawienia domyślne. Proszę wydrukować stronę próbną.",
                "Teraz wszystko jest czytelne!",
            ],
            notes: &[
                "Zmieniono czcionkę w sterowniku drukarki, wydruk poprawny.",
                "Wyczyszczono podajnik, wydruk próbny poprawny.",
            ],
        },
        Problem {
            descriptions: &["Nie mogę połączyć się z VPN."],
            talk: &[
                "VPN pokazuje błąd logowania.",
                "Hasło wygasło wczoraj. Oddzwonię na numer służbowy, żeby potwierdzić tożsamość.",
                "Czekam na telefon.",
                "Dziękuję. Proszę ustawić nowe hasło i połączyć się ponownie.",
                "Działa, jestem w sieci.",
            ],
            notes: &["Hasło wygasło. Nowe ustawione po potwierdzeniu tożsamości, VPN działa."],
        },
        Problem {
            descriptions: &[
                "Komputer bardzo wolno się uruchamia.",
                "Arkusz otwiera się kilka minut.",
            ],
            talk: &[
                "Komputer uruchamia się prawie kwadrans.",
                "Dysk jest zajęty w stu procentach przez dwa antywirusy naraz.",
                "Dwa? Przecież miał być jeden.",
                "Usuwam ten niepotrzebny i uruchamiam komputer ponownie.",
                "Niecałe dwie minuty. Niesamowite!",
            ],
            notes: &[
                "Usunięto drugi program antywirusowy, start poniżej 2 minut.",
                "Zwolniono 40 GB miejsca na dysku.",
            ],
        },
        Problem {
            descriptions: &["Proszę o instalację programu do faktur."],
            talk: &[
                "Potrzebuję nowego programu do faktur.",
                "Zgoda przełożonego jest w zgłoszeniu, zaczynam instalację.",
                "Czy stare faktury zostaną?",
                "Tak, są na serwerze. Proszę otworzyć ostatnią dla sprawdzenia.",
                "Otwiera się, wszystko się zgadza.",
            ],
            notes: &["Program zainstalowany i aktywowany, dane przeniesione."],
        },
    ],
};
