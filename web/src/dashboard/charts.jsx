// The sessions over time. Each bar and each cell is a link to its sessions.

import { axisX, axisY, barY, cell, plot, ruleY } from "@observablehq/plot";
import { useEffect, useRef, useState } from "react";

import { WEEKDAYS, count, moment } from "../shared/format.js";
import { MAX_RANGES } from "./filter.js";
import { startsOf } from "./period.js";
import { HOURS } from "./queries.js";
import { useQuery } from "./use-query.js";
import { addressOf } from "./view.js";

const WIDTH_OF_LABEL = 90;

/// The sessions by hour, day or month. The missed ones are on top of the answered ones.
export function Timeline({ view, period, groups, isLoading }) {
  const unit = period.unit.toLowerCase();
  const bars = (groups ?? []).flatMap(({ key, ...counts }) =>
    ["answered", "missed"].map((kind) => ({
      start: Date.parse(key.periodStart),
      kind,
      count: counts[kind],
      // An hour needs its day too.
      label: `${moment(key.periodStart, view.zone, unit === "hour" ? "minute" : unit)}: ${count(counts[kind])} ${kind}`,
      href: addressOf({ ...view, pick: ["between", key.periodStart, key.periodEnd, String(kind === "answered")] }),
    })),
  );
  // A change of the clock by half an hour moves the hours that follow.
  const ofGroups = bars.map(({ start }) => start).filter((start) => start > Date.parse(period.from) && start < Date.parse(period.until));
  const starts = [...new Set([...startsOf(period, view.zone), ...ofGroups])].sort((a, b) => a - b);
  return (
    <section className="panel" aria-label={`Sessions by ${unit}`} aria-busy={isLoading}>
      <h2>
        Sessions by {unit} <Legend />
      </h2>
      <Chart
        isEmpty={bars.length === 0}
        draw={(width) =>
          plot({
            width,
            height: 220,
            marginLeft: 40,
            marginBottom: 24,
            x: { type: "band", domain: starts, label: null },
            y: { grid: true, label: null },
            color: { domain: ["answered", "missed"], range: ["var(--page-answered)", "var(--page-missed)"] },
            marks: [
              axisY({ ticks: 5, tickSize: 0, label: null, tickFormat: count }),
              axisX(shownTicks(starts, width), {
                tickFormat: (start) => moment(start, view.zone, unit),
                tickSize: 0,
                label: null,
              }),
              barY(bars, {
                x: "start",
                y: "count",
                fill: "kind",
                href: "href",
                title: "label",
                ariaLabel: "label",
                order: ["answered", "missed"],
                filter: "count",
              }),
              ruleY([0], { ariaHidden: "true" }),
            ],
          })
        }
      />
    </section>
  );
}

function Legend() {
  return (
    <span className="legend soft">
      <i className="swatch answered" /> answered <i className="swatch missed" /> missed
    </span>
  );
}

/// The starts that get a label. Labels do not overlap.
function shownTicks(starts, width) {
  const step = Math.ceil((starts.length * WIDTH_OF_LABEL) / width);
  return starts.filter((_, index) => index % step === 0);
}

/// The sessions by hour and day of the week.
export function HoursOfWeek({ view, period, filter, version }) {
  const { data, error, isLoading } = useQuery(HOURS, { filter, zone: view.zone }, version);
  const isLinked = period.lengthInDays / 7 < MAX_RANGES;
  const cells = (data?.sessionStats.nodes ?? []).map(({ key, count: sessions, missed }) => ({
    day: WEEKDAYS[key.dayOfWeek - 1],
    hour: key.hourOfDay,
    count: sessions,
    label: `${WEEKDAYS[key.dayOfWeek - 1]} ${key.hourOfDay}:00: ${count(sessions)} sessions, ${count(missed)} missed`,
    href: isLinked ? addressOf({ ...view, pick: ["hour", String(key.dayOfWeek), String(key.hourOfDay)] }) : null,
  }));
  return (
    <section className="panel" aria-label="Sessions by hour and day of the week" aria-busy={isLoading}>
      <h2>Sessions by hour and day of the week</h2>
      {error && <p className="bad" role="alert">{error}</p>}
      <Chart
        isEmpty={cells.length === 0}
        draw={(width) =>
          plot({
            width,
            height: 210,
            marginLeft: 40,
            marginBottom: 24,
            padding: 0.04,
            x: { type: "band", domain: Array.from({ length: 24 }, (_, hour) => hour), label: null },
            y: { type: "band", domain: WEEKDAYS, label: null },
            opacity: { type: "sqrt", range: [0.12, 1] },
            marks: [
              axisY({ tickSize: 0, label: null }),
              axisX({ tickSize: 0, label: null, ticks: width < 500 ? [0, 6, 12, 18] : undefined }),
              cell(cells, {
                x: "hour",
                y: "day",
                fill: "var(--page-answered)",
                fillOpacity: "count",
                href: "href",
                title: "label",
                ariaLabel: "label",
              }),
            ],
          })
        }
      />
    </section>
  );
}

/// A chart that is as wide as its panel.
function Chart({ draw, isEmpty }) {
  const place = useRef(null);
  const [width, setWidth] = useState(0);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (width === 0 || isEmpty) {
      place.current.replaceChildren();
      return;
    }
    const chart = draw(width);
    // The page's policy allows no styles in markup. style.css has them.
    for (const style of chart.querySelectorAll("style")) style.remove();
    place.current.replaceChildren(chart);
  });
  return (
    <div className="chart">
      <div ref={place} />
      {isEmpty && <p className="soft">No sessions.</p>}
    </div>
  );
}
