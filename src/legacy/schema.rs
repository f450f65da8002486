//! The shape of the answers of a profile, as an XML schema and as a JSON schema.

use serde_json::{Map, Value, json};

use super::{
    profile::{
        DateForm, JsonBooleans, JsonEmpty, JsonEnvelope, JsonIds, ListShape, Profile, XmlEmpty,
        XmlEnvelope,
    },
    vars::{ChildList, VARS, Var, VarSource},
};

impl Profile {
    /// The XML schema of answers in XML.
    pub fn xsd(&self) -> String {
        let name = |element| self.names.get(element);
        let error = format!("<xs:element name=\"{}\" type=\"xs:string\"/>", name("error_msg"));
        let sessions = format!(
            "<xs:element name=\"{}\" type=\"xs:nonNegativeInteger\"/><xs:element name=\"{}\">\
             <xs:complexType><xs:sequence><xs:element name=\"{}\" type=\"session\" minOccurs=\"0\" \
             maxOccurs=\"unbounded\"/></xs:sequence></xs:complexType></xs:element>",
            name("nrequests"),
            name("requests"),
            name("request")
        );
        let content = match self.xml.envelope {
            XmlEnvelope::Response => {
                format!("<xs:choice><xs:sequence>{sessions}</xs:sequence>{error}</xs:choice>")
            }
            XmlEnvelope::Result => format!(
                "<xs:sequence><xs:element name=\"result\">{}</xs:element><xs:element name=\"details\">\
                 <xs:complexType><xs:sequence minOccurs=\"0\">{sessions}</xs:sequence></xs:complexType>\
                 </xs:element><xs:element name=\"errorDetails\" type=\"xs:string\"/></xs:sequence>",
                words(["SUCCESS", "FAIL"])
            ),
        };
        let elements: String = VARS.iter().map(|var| self.xml_element(var)).collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\n\
             <xs:element name=\"{}\"><xs:complexType>{content}</xs:complexType></xs:element>\n\
             <xs:complexType name=\"session\"><xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">\n\
             {elements}</xs:choice></xs:complexType>\n\
             <xs:simpleType name=\"date\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"{}\"/>\
             </xs:restriction></xs:simpleType>\n</xs:schema>\n",
            name("response"),
            self.date_pattern()
        )
    }

    fn xml_element(&self, var: &Var) -> String {
        let element = |name: &'static str, kind: &str| {
            format!("<xs:element name=\"{}\" type=\"{kind}\"/>", self.names.get(name))
        };
        let may_be_empty = self.xml.empty == XmlEmpty::Empty;
        let text = match var.source {
            VarSource::Number(_) => element(var.element, "xs:long"),
            VarSource::Text(_) | VarSource::FieldName | VarSource::FieldValue => {
                element(var.element, "xs:string")
            }
            VarSource::Flag(_) => {
                let [yes, no] = &self.answers.booleans;
                let kind = words([yes, no]);
                format!("<xs:element name=\"{}\">{kind}</xs:element>", self.names.get(var.element))
            }
            VarSource::Date(_) => match may_be_empty {
                false => element(var.element, "date"),
                true => format!(
                    "<xs:element name=\"{}\"><xs:simpleType><xs:union memberTypes=\"date\">\
                     <xs:simpleType><xs:restriction base=\"xs:string\"><xs:length value=\"0\"/>\
                     </xs:restriction></xs:simpleType></xs:union></xs:simpleType></xs:element>",
                    self.names.get(var.element)
                ),
            },
            VarSource::List(list) => {
                let item = match list {
                    ChildList::Chat => {
                        let text = |name| {
                            format!(
                                "<xs:element name=\"{}\" type=\"xs:string\" minOccurs=\"{}\"/>",
                                self.names.get(name),
                                u8::from(may_be_empty)
                            )
                        };
                        format!(
                            "<xs:element name=\"{}\" minOccurs=\"0\" maxOccurs=\"unbounded\">\
                             <xs:complexType><xs:sequence>{}{}{}</xs:sequence></xs:complexType>\
                             </xs:element>",
                            self.names.get("message"),
                            element("date", "date"),
                            text("sender"),
                            text("text")
                        )
                    }
                    ChildList::Videos => format!(
                        "<xs:element name=\"{}\" type=\"xs:string\" minOccurs=\"0\" \
                         maxOccurs=\"unbounded\"/>",
                        self.names.get("video_link")
                    ),
                };
                match self.xml.lists {
                    ListShape::Repeated => item,
                    ListShape::List => format!(
                        "<xs:element name=\"{}\"><xs:complexType><xs:sequence>{item}</xs:sequence>\
                         </xs:complexType></xs:element>",
                        self.names.get(var.element)
                    ),
                }
            }
        };
        format!("{text}\n")
    }

    /// The JSON schema of answers in JSON. Its definition `session` describes a line of NDJSON.
    pub fn json_schema(&self) -> String {
        let name = |element| self.names.get(element);
        let sessions = object([
            (name("nrequests"), json!({ "type": "integer", "minimum": 0 })),
            (name("requests"), json!({ "type": "array", "items": { "$ref": "#/$defs/session" } })),
        ]);
        let error = object([(name("error_msg"), json!({ "type": "string" }))]);
        let answers = match self.json.envelope {
            JsonEnvelope::Bare => [sessions, error],
            JsonEnvelope::Response => {
                [sessions, error].map(|inner| object([(name("response"), inner)]))
            }
            JsonEnvelope::Result => [
                object([
                    ("result", json!({ "const": "SUCCESS" })),
                    ("details", sessions),
                    ("errorDetails", json!({ "type": "null" })),
                ]),
                object([
                    ("result", json!({ "const": "FAIL" })),
                    ("details", json!({ "type": "null" })),
                    ("errorDetails", json!({ "type": "string" })),
                ]),
            ],
        };
        let mut members = Map::new();
        for var in &VARS {
            members.insert(name(var.element).to_owned(), self.json_value(var));
        }
        let pair = json!({
            "type": "object",
            "properties": { name("name"): { "type": "string" }, name("value"): self.json_text() },
            "required": [name("name")],
            "additionalProperties": false,
        });
        members.insert(name("custom_fields").to_owned(), json!({ "type": "array", "items": pair }));
        let session =
            json!({ "type": "object", "properties": members, "additionalProperties": false });
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "oneOf": answers,
            "$defs": { "session": session },
        });
        format!("{schema:#}\n")
    }

    fn json_value(&self, var: &Var) -> Value {
        match var.source {
            VarSource::Number(_) => match self.json.ids {
                JsonIds::Number => json!({ "type": "integer" }),
                JsonIds::Text => json!({ "type": "string", "pattern": "^-?[0-9]+$" }),
            },
            VarSource::Text(_) | VarSource::FieldName | VarSource::FieldValue => self.json_text(),
            VarSource::Flag(_) => match self.json.booleans {
                JsonBooleans::Values => json!({ "type": "boolean" }),
                JsonBooleans::Words => json!({ "enum": self.answers.booleans }),
            },
            VarSource::Date(_) => {
                let date = self.json_date();
                match self.json.empty {
                    JsonEmpty::Empty => json!({ "anyOf": [{ "const": "" }, date] }),
                    JsonEmpty::Null => json!({ "anyOf": [{ "type": "null" }, date] }),
                    JsonEmpty::Absent => date,
                }
            }
            VarSource::List(ChildList::Chat) => {
                let message = json!({
                    "type": "object",
                    "properties": {
                        self.names.get("date"): self.json_date(),
                        self.names.get("sender"): self.json_text(),
                        self.names.get("text"): self.json_text(),
                    },
                    "required": [self.names.get("date")],
                    "additionalProperties": false,
                });
                json!({ "type": "array", "items": message })
            }
            VarSource::List(ChildList::Videos) => {
                json!({ "type": "array", "items": { "type": "string" } })
            }
        }
    }

    fn json_date(&self) -> Value {
        json!({ "type": "string", "pattern": format!("^{}$", self.date_pattern()) })
    }

    /// A text that may be absent.
    fn json_text(&self) -> Value {
        match self.json.empty {
            JsonEmpty::Empty => json!({ "type": "string" }),
            JsonEmpty::Null => json!({ "type": ["string", "null"], "minLength": 1 }),
            JsonEmpty::Absent => json!({ "type": "string", "minLength": 1 }),
        }
    }

    /// The pattern of a date, for both kinds of schema.
    fn date_pattern(&self) -> String {
        let (separator, zone) = match self.dates.form {
            DateForm::Civil => (" ", String::new()),
            DateForm::CivilT => ("T", String::new()),
            DateForm::WithZone => ("T", self.dates.zone.text().replace('+', "[+]")),
        };
        let (day, clock) = ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}:[0-9]{2}");
        format!("{day}{separator}{clock}{zone}")
    }
}

/// A simple type of these words.
fn words(words: [&str; 2]) -> String {
    let escaped =
        |word: &str| word.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let words = words.map(|word| format!("<xs:enumeration value=\"{}\"/>", escaped(word))).concat();
    format!(
        "<xs:simpleType><xs:restriction base=\"xs:string\">{words}</xs:restriction></xs:simpleType>"
    )
}

/// An object with exactly these members.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let required: Vec<_> = members.iter().map(|(name, _)| (*name).to_owned()).collect();
    let properties: Map<_, _> =
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}
