// The columns of the list: their titles, their texts, and the orders that a click on a title chooses.

import { START_METHODS, count, duration, moment } from "../shared/format.js";

export const COLUMNS = {
  startedAt: { title: "Start", order: "STARTED_AT", text: (session, zone) => moment(session.startedAt, zone) },
  legacyId: { title: "Number", isNumber: true, text: (session) => session.legacyId },
  technician: {
    title: "Technician",
    text: ({ technician }) => (technician ? technician.name ?? technician.username : "missed"),
  },
  customer: { title: "Customer", text: ({ customer }) => customer.name ?? customer.email },
  customerNumber: { title: "Customer number", text: ({ customer }) => customer.number },
  computer: { title: "Computer", text: ({ computer }) => computer.name },
  computerOs: { title: "Operating system", text: ({ computer }) => computer.os },
  startMethod: { title: "Started by", text: (session) => START_METHODS[session.startMethod] },
  durationSeconds: {
    title: "Duration",
    order: "DURATION",
    isNumber: true,
    text: (session) => (session.durationSeconds === null ? "open" : duration(session.durationSeconds)),
  },
  firstResponseSeconds: {
    title: "First response",
    isNumber: true,
    text: (session) => duration(session.firstResponseSeconds),
  },
  chatMessageCount: { title: "Messages", isNumber: true, text: (session) => count(session.chatMessageCount) },
  problemDescription: { title: "Problem", isLong: true, text: (session) => session.problemDescription },
  notes: { title: "Notes", isLong: true, text: (session) => session.notes },
};
