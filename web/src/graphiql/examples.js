// The tabs of a first visit.

const LATEST = `# The latest sessions, with the first messages of their chats.
#
# 1. Paste an API key into the field at the top.
# 2. Run the query with the play button or Ctrl-Enter.
# 3. Ctrl-Space lists the other fields of a session.

query LatestSessions {
  sessions(first: 10) {
    nodes {
      legacyId
      startedAt
      endedAt
      technician {
        username
        name
      }
      customer {
        name
      }
      computer {
        name
        os
      }
      # The first three messages of the chat.
      chatMessages(first: 3) {
        nodes {
          sentAt
          sender
          body
        }
      }
      videos(first: 5) {
        nodes {
          url
        }
      }
    }
  }
}
`;

const FILTERED = `# Sessions of a period and a technician, page by page.
#
# Set the values in the Variables pane below. A null is no
# condition. The period includes "from" and not "until".
# For the next page, set "after" to the endCursor of the answer.
# totalCount costs extra: remove it if you do not need it.

query SessionsByFilter(
  $from: DateTime
  $until: DateTime
  $technician: String
  $answered: Boolean
  $first: Int
  $after: String
) {
  sessions(
    filter: {
      startedAt: { gte: $from, lt: $until }
      technician: { username: { contains: $technician } }
      answered: $answered
    }
    orderBy: STARTED_AT_DESC
    first: $first
    after: $after
  ) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      legacyId
      startedAt
      durationSeconds
      startMethod
      technician {
        username
      }
      customer {
        name
        number
      }
    }
  }
}
`;

const ONE = `# All fields of one session.
#
# The id in the Variables pane below is the ID of the old URL,
# or an id of an answer, such as session_12334.

query OneSession($id: ID!) {
  session(id: $id) {
    id
    legacyId
    startedAt
    endedAt
    durationSeconds
    updatedAt
    startMethod
    answered
    technician {
      username
      name
    }
    customer {
      name
      email
      number
    }
    computer {
      name
      domain
      os
    }
    problemDescription
    notes
    chatMessages(first: 100) {
      nodes {
        sentAt
        senderRole
        sender
        body
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    hasVideos
    videos(first: 20) {
      nodes {
        url
        recordedAt
        durationSeconds
      }
    }
    customFields {
      name
      value
    }
  }
}
`;

const SEARCH = `# Sessions in which words occur: in the problem, the notes or
# the chat.
#
# All words must occur. "A phrase" in quotation marks, print*
# for the beginning of a word, and -word for a word that must
# not occur. Letter case and accents are ignored.

query Search($words: String!) {
  sessions(filter: { search: $words }, first: 10) {
    nodes {
      legacyId
      startedAt
      customer {
        name
      }
      problemDescription
      notes
    }
  }
}
`;

const LONGEST = `# The longest sessions of the last 30 days.
#
# Lists of sessions are ordered by start, end, last change or
# duration. "within" is a duration back from now, such as P30D
# or PT12H.

query LongestSessions {
  sessions(
    filter: { startedAt: { within: "P30D" }, endedAt: { isNull: false } }
    orderBy: DURATION_DESC
    first: 10
  ) {
    nodes {
      legacyId
      startedAt
      durationSeconds
      firstResponseSeconds
      chatMessageCount
      technician {
        name
      }
    }
  }
}
`;

const STATISTICS = `# How many sessions each technician had, by month of the local
# calendar: missed ones have no technician.
#
# Groups can also be customers, computers, custom fields, hours
# of the day and more. docs/QUERIES.md has ten jobs.

query MonthlyReport($timeZone: TimeZone!) {
  sessionStats(
    filter: { startedAt: { within: "P90D" } }
    groupBy: [{ by: MONTH }, { by: TECHNICIAN }]
    timeZone: $timeZone
  ) {
    total {
      count
      missed
    }
    nodes {
      key {
        periodStart
        technician {
          name
        }
      }
      count
      duration {
        sumSeconds
        averageSeconds
        percentile(p: 90)
      }
      billedMinutes(stepMinutes: 15, minimumMinutes: 15)
    }
  }
}
`;

const RECORDING = `# Stores a session, or changes it: an absent field leaves what is
# stored, and null clears it. The key needs the scope "write".

mutation RecordSessions($sessions: [SessionInput!]!) {
  recordSessions(sessions: $sessions) {
    results {
      outcome
      problem
      session {
        legacyId
        updatedAt
      }
    }
  }
}
`;

const VIEWER = `# The account of the key, its scopes, and the limits of
# one request.

query WhoAmI {
  viewer {
    account {
      name
    }
    keyLabel
    scopes
    limits {
      defaultPageSize
      maxPageSize
      maxChildPageSize
      maxDepth
      maxCost
    }
  }
}
`;

const variables = (values) => JSON.stringify(values, null, 2);

/// From January 1 of last year to January 1 of next year.
function period() {
  const year = new Date().getUTCFullYear();
  return { from: `${year - 1}-01-01T00:00:00Z`, until: `${year + 1}-01-01T00:00:00Z` };
}

export const EXAMPLES = [
  { query: LATEST },
  {
    query: FILTERED,
    variables: variables({
      ...period(),
      technician: null,
      answered: true,
      first: 20,
      after: null,
    }),
  },
  { query: ONE, variables: variables({ id: "12334" }) },
  { query: SEARCH, variables: variables({ words: "printer" }) },
  { query: LONGEST },
  {
    query: STATISTICS,
    variables: variables({ timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
  },
  {
    query: RECORDING,
    variables: variables({
      sessions: [
        {
          legacyId: "900001",
          startedAt: new Date().toISOString(),
          technician: { username: "ann@acme.example", name: "Ann" },
          customer: { name: "Zoe" },
          notes: "recorded by hand",
        },
      ],
    }),
  },
  { query: VIEWER },
];
