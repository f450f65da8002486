//! The technicians of the demo account and the computers of its customers. All names are made up.

/// A technician.
pub(super) struct Technician {
    pub(super) username: &'static str,
    pub(super) name: &'static str,
    /// The languages, by their codes, in which the technician helps.
    pub(super) languages: &'static [&'static str],
}

const fn technician(
    username: &'static str,
    name: &'static str,
    languages: &'static [&'static str],
) -> Technician {
    Technician { username, name, languages }
}

/// Everybody who helps.
pub(super) static TECHNICIANS: [Technician; 12] = [
    technician("mara.lindqvist@support.example.com", "Mara Lindqvist", &["en", "de"]),
    technician("theo.ashworth@support.example.com", "Theo Ashworth", &["en"]),
    technician("priya.velankar@support.example.com", "Priya Velankar", &["en"]),
    technician("jonas.ebersold@support.example.com", "Jonas Ebersold", &["de", "en"]),
    technician("katrin.voss@support.example.com", "Katrin Voß", &["de"]),
    technician("elodie.marchandeau@support.example.com", "Élodie Marchandeau", &["fr", "es"]),
    technician("samir.belhadi@support.example.com", "Samir Belhadi", &["ar", "fr"]),
    technician("ines.carvalhal@support.example.com", "Inês Carvalhal", &["pt", "es"]),
    technician("tomasz.wilczek@support.example.com", "Tomasz Wilczek", &["pl", "en"]),
    technician("nikos.karelis@partner.example.org", "Νίκος Καρέλης", &["el", "en"]),
    technician("haruka.minase@partner.example.org", "水瀬 遥", &["ja", "en"]),
    technician("lucia.robledal@partner.example.org", "Lucía Robledal", &["es", "pt"]),
];

/// The operating systems of computers, the common ones more than once.
pub(super) static SYSTEMS: [&str; 10] = [
    "Windows 11 Pro 24H2",
    "Windows 11 Pro 24H2",
    "Windows 11 Pro 23H2",
    "Windows 11 Enterprise 24H2",
    "Windows 10 Pro 22H2",
    "Windows 10 Pro 22H2",
    "Windows Server 2022 Standard",
    "macOS 15.3",
    "macOS 14.7",
    "Ubuntu 24.04 LTS",
];
