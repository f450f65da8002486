// The queries of the dashboard.

/// The counts of the period and of the one before it, and the sessions by hour, day or month.
export const COUNTS = `query Counts($now: SessionFilter!, $before: SessionFilter!, $zone: TimeZone!, $unit: SessionGroup!) {
  now: sessionStats(filter: $now, groupBy: [{ by: $unit }], timeZone: $zone, first: 400) {
    total { ...counts }
    nodes { key { periodStart periodEnd } count answered missed }
  }
  before: sessionStats(filter: $before) { total { ...counts } }
}

fragment counts on SessionStats { count answered missed billedMinutes }`;

/// The times of the period and of the one before it. The database sorts for them, so they take longer than the counts.
export const TIMES = `query Times($now: SessionFilter!, $before: SessionFilter!) {
  now: sessionStats(filter: $now) { total { ...times } }
  before: sessionStats(filter: $before) { total { ...times } }
}

fragment times on SessionStats {
  duration { median: percentile(p: 50) p90: percentile(p: 90) }
  firstResponse { median: percentile(p: 50) }
  busySeconds
}`;

export const HOURS = `query Hours($filter: SessionFilter!, $zone: TimeZone!) {
  sessionStats(filter: $filter, groupBy: [{ by: DAY_OF_WEEK }, { by: HOUR_OF_DAY }], timeZone: $zone, first: 168) {
    nodes { key { dayOfWeek hourOfDay } count missed }
  }
}`;

export const TECHNICIANS = `query Technicians($filter: SessionFilter!) {
  sessionStats(filter: $filter, groupBy: [{ by: TECHNICIAN }], orderBy: COUNT_DESC, first: 10) {
    totalCount
    nodes { key { technician { username name } } count duration { sumSeconds } }
  }
}`;

export const CUSTOMERS = `query Customers($filter: SessionFilter!) {
  sessionStats(
    filter: $filter
    groupBy: [{ by: CUSTOMER_NAME }, { by: CUSTOMER_NUMBER }]
    orderBy: COUNT_DESC
    first: 10
  ) {
    totalCount
    nodes { key { customerName customerNumber } count billedMinutes }
  }
}`;

export const COMPUTERS = `query Computers($filter: SessionFilter!) {
  sessionStats(
    filter: $filter
    groupBy: [{ by: COMPUTER }]
    having: { count: { gte: 2 } }
    orderBy: COUNT_DESC
    first: 10
  ) {
    totalCount
    nodes { key { computer { name domain } } count lastStartedAt }
  }
}`;

export const SYSTEMS = `query OperatingSystems($filter: SessionFilter!) {
  sessionStats(filter: $filter, groupBy: [{ by: COMPUTER_OS }], orderBy: COUNT_DESC, first: 10) {
    totalCount
    nodes { key { computerOs } count }
  }
}`;

/// The choices of the filters.
export const CHOICES = `query Choices {
  technicians(first: 200) { nodes { username name } }
  customFieldNames
}`;

/// The fields that each column of the list needs.
const SELECTIONS = {
  startedAt: "startedAt",
  legacyId: "legacyId",
  technician: "technician { name username }",
  customer: "customer { name email }",
  customerNumber: "customer { number }",
  computer: "computer { name domain }",
  computerOs: "computer { os }",
  startMethod: "startMethod",
  durationSeconds: "durationSeconds",
  firstResponseSeconds: "firstResponseSeconds",
  chatMessageCount: "chatMessageCount",
  problemDescription: "problemDescription",
  notes: "notes",
};

const selection = (columns) => columns.map((column) => SELECTIONS[column]).join(" ");

/// A page of the list.
export const sessionsQuery = (columns) => `query Sessions($filter: SessionFilter!, $order: SessionOrder!, $first: Int!, $after: String) {
  sessions(filter: $filter, orderBy: $order, first: $first, after: $after) {
    nodes { legacyId answered ${selection(columns)} }
    pageInfo { endCursor hasNextPage }
  }
}`;

/// The whole list, for a file.
export const exportQuery = (columns) => `query Sessions($filter: SessionFilter!, $order: SessionOrder!) {
  sessions(filter: $filter, orderBy: $order) { nodes { ${selection(columns)} } }
}`;

export const COUNT = `query Count($filter: SessionFilter!) { sessions(filter: $filter, first: 0) { totalCount } }`;

export const SESSION = `query Session($id: ID!, $after: String) {
  session(id: $id) {
    legacyId
    startedAt
    endedAt
    durationSeconds
    firstResponseSeconds
    startMethod
    technician { name username }
    customer { name email number }
    computer { name domain os }
    problemDescription
    notes
    customFields { name value }
    videos(first: 100) { nodes { url recordedAt durationSeconds } pageInfo { hasNextPage } }
    chatMessages(first: 100, after: $after) {
      nodes { sentAt sender senderRole body }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

export const CHANGES = `subscription Changes($filter: SessionFilter!) {
  sessionChanges(filter: $filter) { kind legacyId }
}`;
