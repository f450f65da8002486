#!/usr/bin/env python3
"""Prints sessions of the session history gateway, one JSON object a line. It needs no packages.

SESSION_HISTORY_KEY=... SESSION_HISTORY_URL=https://gateway.example/graphql python3 history.py
"""
import json
import os
import sys
import urllib.error
import urllib.request

URL = os.environ.get("SESSION_HISTORY_URL", "http://127.0.0.1:8080/graphql")
KEY = os.environ["SESSION_HISTORY_KEY"]

QUERY = """
{{DOCUMENT}}"""

VARIABLES = {{VARIABLES}}

# The lists of a session, which can have more than one page.
LISTS = {{LISTS}}

MORE = """
query More($id: ID!, $after: String) {
  session(id: $id) {
    LIST(after: $after, first: {{ITEMS}}) { pageInfo { hasNextPage endCursor } nodes { FIELDS } }
  }
}"""


def send(query, variables, accept):
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {
        "Authorization": "Bearer " + KEY,
        "Content-Type": "application/json",
        "Accept": accept,
    }
    try:
        return urllib.request.urlopen(urllib.request.Request(URL, body, headers))
    except urllib.error.HTTPError as error:
        sys.exit(error.read().decode())


def read_rest(session):
    for name, fields in LISTS.items():
        page, query = session[name], MORE.replace("LIST", name).replace("FIELDS", fields)
        while page["pageInfo"]["hasNextPage"]:
            variables = {"id": session["id"], "after": page["pageInfo"]["endCursor"]}
            with send(query, variables, "application/json") as response:
                answer = json.load(response)
            if "errors" in answer:
                sys.exit(json.dumps(answer["errors"]))
            more = answer["data"]["session"][name]
            page["nodes"] += more["nodes"]
            page["pageInfo"] = more["pageInfo"]


is_complete = False
with send(QUERY, VARIABLES, "application/x-ndjson") as response:
    for line in response:
        item = json.loads(line)
        if "complete" in item:
            is_complete = True
        else:
            read_rest(item)
            print(json.dumps(item))
if not is_complete:
    sys.exit("The answer was cut short.")
