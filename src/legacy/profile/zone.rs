//! A fixed time zone.

use serde::Deserialize;

/// The offset of a time zone from UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::legacy) struct ZoneOffset {
    /// In seconds.
    pub(in crate::legacy) seconds: i32,
}

impl TryFrom<String> for ZoneOffset {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "UTC" {
            return Ok(Self::default());
        }
        parse(&text).map(|seconds| Self { seconds }).ok_or_else(|| {
            format!("'{text}' is not a fixed time zone such as \"UTC\" or \"+02:00\"")
        })
    }
}

fn parse(text: &str) -> Option<i32> {
    let sign = match text.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let number = |text: &str, max: i32| {
        let digits = text.len() == 2 && text.bytes().all(|it| it.is_ascii_digit());
        text.parse::<i32>().ok().filter(|number| digits && *number <= max)
    };
    Some(sign * (number(hours, 23)? * 3_600 + number(minutes, 59)? * 60))
}

impl ZoneOffset {
    /// `+02:00`.
    pub(in crate::legacy) fn text(&self) -> String {
        let sign = if self.seconds < 0 { '-' } else { '+' };
        let minutes = self.seconds.abs() / 60;
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}
