//! How the account's keys call the legacy URL.

use super::super::definition::{
    FieldDefinition as Field,
    FieldSource::{Digits, Int, Text, Time},
    ObjectDefinition,
};
use crate::store::table::LegacyUsageTable as Row;

pub(in crate::graphql) static LEGACY_USAGE: ObjectDefinition = ObjectDefinition {
    name: "LegacyUsage",
    description: "Calls of the legacy URL that a key made, all with the same elements and filters.",
    interfaces: &[],
    fields: &[
        Field::required("keyId", "The number of the key.", Digits(Row::KEY_ID)),
        Field::required("keyLabel", "The operator's label of the key.", Text(Row::KEY_LABEL)),
        Field::required(
            "format",
            "The format of the answers, such as XML. It is empty if the calls were refused, and OTHER for calls \
             that are not counted separately, because the key had 200 combinations on that day.",
            Text(Row::FORMAT),
        ),
        Field::required("vars", "The elements of VARS, separated by spaces.", Text(Row::VARS)),
        Field::required(
            "filters",
            "The names of the filters, separated by spaces. Their values are not stored.",
            Text(Row::FILTERS),
        ),
        Field::required("calls", "The number of calls.", Int(Row::CALLS)),
        Field::required("lastCallAt", "The time of the last call.", Time(Row::LAST_AT)),
    ],
};
