//! The shape of the answers of the legacy URL.

use clap::Args;

/// The shape of the answers of the legacy URL.
#[derive(Args, Clone, Debug)]
pub struct LegacyShape {
    /// File with the shape of the documents of the legacy URL, or the name of a built-in shape: 'default' or
    /// 'rest'.
    #[arg(
        id = "legacy_profile",
        long = "legacy-profile",
        value_name = "FILE",
        env = "SESSION_HISTORY_LEGACY_PROFILE",
        default_value = "default"
    )]
    pub profile: String,
}
