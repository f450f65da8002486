// The tabs that a first visit opens with.

const LATEST = `# The latest sessions: who helped whom, and how it began.
#
# 1. Put an API key into the field at the top.
# 2. Run it: the play button, or Ctrl-Enter.
# 3. Ctrl-Space offers what else a session can tell.

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
      # The first three lines of the chat.
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

const FILTERED = `# Sessions of a period, by technician, page by page.
#
# The values are in the Variables pane below; null is no
# restriction. The period holds its start but not its end.
# Next page: put the endCursor of the answer into "after".
# totalCount costs extra: leave it out when not needed.

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

const ONE = `# All there is about one session.
#
# The id in the Variables pane below is the number that the
# old URL calls ID, or an id from an answer: session_12334.

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

const SEARCH = `# Sessions in whose chat somebody wrote a text.
#
# The first filter picks the sessions, the second one shows
# only the lines that have the text. Upper and lower case are
# the same. Set the text in the Variables pane below.

query SearchChats($text: String!) {
  sessions(
    filter: { chatMessages: { some: { body: { contains: $text } } } }
    first: 10
  ) {
    nodes {
      legacyId
      startedAt
      customer {
        name
      }
      chatMessages(filter: { body: { contains: $text } }, first: 5) {
        nodes {
          sentAt
          sender
          body
        }
      }
    }
  }
}
`;

const VIEWER = `# Whom the key stands for: account, scopes, and how much
# one request may ask for.

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

/// The first of January of last year and of next year, which takes in anything recent.
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
  { query: SEARCH, variables: variables({ text: "printer" }) },
  { query: VIEWER },
];
