//! The closed sets of words that a session's data uses.

use std::str::FromStr;

/// How a session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartMethod {
    /// The customer started it, for example with a PIN.
    Applet,
    /// It was started through the agent that runs on the customer's computer.
    Agent,
}

/// The role of the sender of a chat message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SenderRole {
    /// The technician.
    Technician,
    /// The customer.
    Customer,
    /// The support tool itself.
    System,
    /// Not known.
    Unknown,
}

impl StartMethod {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::Applet, Self::Agent];

    /// The name in documents and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applet => "APPLET",
            Self::Agent => "AGENT",
        }
    }
}

impl SenderRole {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Technician, Self::Customer, Self::System, Self::Unknown];

    /// The name in documents and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Technician => "TECHNICIAN",
            Self::Customer => "CUSTOMER",
            Self::System => "SYSTEM",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// The text is not the name of a value of the enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord;

impl FromStr for StartMethod {
    type Err = UnknownWord;

    /// Parses a name in any letter case.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|it| it.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownWord)
    }
}

impl FromStr for SenderRole {
    type Err = UnknownWord;

    /// Parses a name in any letter case.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|it| it.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownWord)
    }
}
