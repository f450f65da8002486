// The rows of a long list, page by page. Only the pages near the visible rows stay in memory. The cursors of all read
// pages stay too, so that a dropped page can be read again.

import { graphql } from "../shared/api.js";

const PAGE_SIZE = 100;
/// The number of pages in memory.
const KEPT_PAGES = 12;

export class SessionPages {
  /// Calls `onChange` when rows were read, or when reading failed.
  constructor(query, variables, onChange) {
    this.query = query;
    this.variables = variables;
    this.onChange = onChange;
    this.abort = new AbortController();
    this.pages = new Map();
    /// The cursor before each page.
    this.cursors = [null];
    this.rowCount = 0;
    this.hasMore = true;
    this.error = null;
    this.loading = new Set();
  }

  /// A row, or undefined while it is not read.
  row(index) {
    return this.pages.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE];
  }

  /// Reads the pages of these rows, and drops those that are far from them.
  show(first, last) {
    const [from, to] = [first, last].map((row) => Math.floor(row / PAGE_SIZE));
    for (let page = from; page <= to; page += 1) this.load(page);
    const middle = (from + to) / 2;
    const byDistance = [...this.pages.keys()].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    for (const page of byDistance.slice(KEPT_PAGES)) this.pages.delete(page);
  }

  async load(page) {
    const isKnown = page < this.cursors.length;
    if (!isKnown || this.pages.has(page) || this.loading.has(page) || this.error) return;
    this.loading.add(page);
    const variables = { ...this.variables, first: PAGE_SIZE, after: this.cursors[page] };
    try {
      const { sessions } = await graphql(this.query, variables, this.abort.signal);
      this.take(page, sessions);
    } catch (error) {
      if (this.abort.signal.aborted) return;
      this.error = error.message;
    }
    this.loading.delete(page);
    this.onChange();
  }

  /// Reads the list again from its beginning. The old rows stay until the new ones are there.
  async refresh() {
    try {
      const variables = { ...this.variables, first: PAGE_SIZE, after: null };
      const { sessions } = await graphql(this.query, variables, this.abort.signal);
      this.pages.clear();
      this.cursors = [null];
      this.hasMore = true;
      this.error = null;
      this.take(0, sessions);
    } catch (error) {
      if (this.abort.signal.aborted) return;
      this.error = error.message;
    }
    this.onChange();
  }

  take(page, { nodes, pageInfo }) {
    this.pages.set(page, nodes);
    if (page !== this.cursors.length - 1 || !this.hasMore) return;
    this.rowCount = page * PAGE_SIZE + nodes.length;
    this.hasMore = pageInfo.hasNextPage;
    if (this.hasMore) this.cursors.push(pageInfo.endCursor);
  }

  /// Tries again after a failure.
  retry() {
    this.error = null;
    this.onChange();
  }

  close() {
    this.abort.abort();
  }
}
