import { useEffect, useMemo, useState } from "react";

import { useKeyState, useSettledKey } from "../shared/key-field.jsx";
import { KeyState } from "../shared/key.js";
import { show } from "../shared/shell.jsx";
import { HoursOfWeek, Timeline } from "./charts.jsx";
import { Controls } from "./controls.jsx";
import { Drawer } from "./drawer.jsx";
import { Figures } from "./figures.jsx";
import { filterOf, listFilterOf } from "./filter.js";
import { useChanges } from "./live.js";
import { localOf, periodOf } from "./period.js";
import { COUNTS, TIMES } from "./queries.js";
import { Rankings } from "./rankings.jsx";
import { Sessions } from "./sessions.jsx";
import { useQuery } from "./use-query.js";
import { follow, useView } from "./view.js";

const DAY_CHECK_MS = 30_000;

function Dashboard() {
  const view = useView();
  const key = useSettledKey();
  const state = useKeyState();
  const day = useDay(view.zone);
  // The filters name moments: the same view means others tomorrow, but not at each change of the page.
  const period = useMemo(() => periodOf(view), [view, day]);

  return (
    // The links of all charts lead to another view of this page.
    <main className="page-body" onClick={follow}>
      <h1>Dashboard</h1>
      {state !== KeyState.ACCEPTED || key === null ? (
        <p className="panel">Enter a key at the top. The figures and sessions of its account are shown here.</p>
      ) : (
        // Another key is another account: nothing of the last one stays.
        <Content key={key} view={view} period={period} />
      )}
    </main>
  );
}

/// The date on the clock of a zone. A page that stays open has a new one after midnight.
function useDay(zone) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), DAY_CHECK_MS);
    return () => clearInterval(timer);
  }, []);
  return localOf(now, zone).slice(0, 10);
}

function Content({ view, period }) {
  const live = useChanges(view, period);
  if (period === null) {
    return (
      <>
        <Controls view={view} />
        <p className="panel">Choose the beginning and the end of the period. It ends after it begins, and has at most 30 years.</p>
      </>
    );
  }
  const filter = filterOf(view, period);
  return (
    <>
      <Controls view={view} live={live} />
      <Overview view={view} period={period} filter={filter} version={live.version} />
      <HoursOfWeek view={view} period={period} filter={filter} version={live.version} />
      <Rankings view={view} filter={filter} version={live.version} />
      <Sessions view={view} filter={listFilterOf(view, period)} live={live} />
      {view.session && <Drawer key={view.session} id={view.session} view={view} />}
    </>
  );
}

function Overview({ view, period, filter, version }) {
  const [from, until] = period.before;
  const periods = { now: filter, before: { ...filter, startedAt: { gte: from, lt: until } } };
  const counts = useQuery(COUNTS, { ...periods, zone: view.zone, unit: period.unit }, version);
  const times = useQuery(TIMES, periods, version);
  return (
    <>
      <Figures view={view} counts={counts} times={times} />
      <Timeline view={view} period={period} groups={counts.data?.now.nodes} isLoading={counts.isLoading} />
    </>
  );
}

show("dashboard", <Dashboard />);
