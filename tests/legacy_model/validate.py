"""Validates answers in JSON and NDJSON against a JSON schema: validate.py SCHEMA FILE…"""

import json
import sys

from jsonschema import Draft202012Validator

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
answer = Draft202012Validator(schema)
line = Draft202012Validator({"$ref": "#/$defs/session", "$defs": schema["$defs"]})
for name in sys.argv[2:]:
    # A line break within a text is escaped, and other separators of Unicode are not line breaks.
    with open(name, encoding="utf-8", newline="\n") as file:
        if name.endswith(".ndjson"):
            for text in file:
                line.validate(json.loads(text))
        else:
            answer.validate(json.load(file))
