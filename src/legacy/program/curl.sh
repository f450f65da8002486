#!/bin/sh
# Prints sessions of the session history gateway, one JSON object a line. The last line is
# {"complete":true,"count":N}; without it the answer was cut short.
#
# SESSION_HISTORY_KEY=... SESSION_HISTORY_URL=https://gateway.example/graphql sh history.sh
#
# A list of a session has one page here. Its pageInfo says whether there are more.
printf 'header = "Authorization: Bearer %s"\n' "${SESSION_HISTORY_KEY:?}" |
  curl --silent --show-error --fail --config - \
    --header 'Content-Type: application/json' --header 'Accept: application/x-ndjson' \
    --data-binary @/dev/fd/3 "${SESSION_HISTORY_URL:-http://127.0.0.1:8080/graphql}" 3<<'END'
{{REQUEST}}
END
