import "./style/all.css";
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { useCallback } from "preact/hooks";
import type { Place, Strip, View } from "../../core/view.ts";
import { wordsFor } from "./catalogue.ts";
import { type Chime, play } from "./chime.ts";
import { DemoDrawer } from "./demo.tsx";
import { heedTextWish } from "./larger.ts";
import { Notice } from "./notice.tsx";
import { Outage } from "./outage.tsx";
import { Screen } from "./screen.tsx";
import { tellFor } from "./tell.ts";
import { listen, reachable, screenful, touch } from "./wire.ts";

/** The kiosk page: the last Screenful, the time of day, and what is read over it. */

const nowMs = signal(Date.now());
/** What somebody reads over the wall. */
const over = signal<"notice" | "outage" | null>(null);

/** Until the first Screenful comes, a page knows only what its browser knows. */
const nowhere: Place = {
  site: "Lintel",
  gate: "",
  locale: navigator.language,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
};
const unknown: Strip = {
  camera: "starting",
  reader: "starting",
  uplink: "connecting",
  waiting: 0,
  outage: null,
  notice: null,
  simulated: false,
  volume: 100,
};

/** Views that a person has to see at once, whoever is reading what stands over them. */
const isUrgent = (view: View): boolean =>
  view.at === "thanks" ||
  view.at === "enrol" ||
  view.at === "enrolled" ||
  view.at === "duplicate" ||
  view.at === "out-of-order" ||
  (view.at === "refused" && view.why === "not-saved");

function Page() {
  const close = useCallback(() => {
    over.value = null;
  }, []);
  const last = screenful.value;
  const place = last?.place ?? nowhere;
  const strip = last?.strip ?? unknown;
  const words = wordsFor(place.locale);
  const tell = tellFor(place);
  const view = reachable.value ? (last?.view ?? null) : null;
  // The first moments of a page are no loss of anything: it shows plain paper until it knows.
  if (reachable.value && last === null) return null;
  return (
    <>
      <Screen
        view={view}
        wall={{
          strip,
          place,
          words,
          tell,
          nowMs: nowMs.value,
          previewUrl: "/preview",
          touch,
          openNotice: () => {
            over.value = "notice";
          },
          openOutage: () => {
            over.value = "outage";
          },
        }}
      />
      {over.value === "notice" && <Notice words={words} onClose={close} />}
      {over.value === "outage" && strip.outage !== null && (
        <Outage outage={strip.outage} waiting={strip.waiting} words={words} tell={tell} onClose={close} />
      )}
      {last?.strip.simulated && reachable.value && <DemoDrawer />}
    </>
  );
}

function tickEveryMinute(): void {
  nowMs.value = Date.now();
  setTimeout(tickEveryMinute, 60_000 - (Date.now() % 60_000) + 20);
}

/** The next person's thanks sounds again, and so does a new wish; news about the same one does not. */
function momentOf(view: View): string {
  if (view.at === "thanks") return `${view.at} ${view.local}`;
  return view.at === "look" ? `${view.at} ${view.challenge?.kind} ${view.alsoWants}` : view.at;
}

function chimeOf(view: View): Chime | null {
  switch (view.at) {
    case "thanks":
      return "saved";
    case "enrolled":
      return view.isKept ? "saved" : "look";
    case "refused":
    case "duplicate":
      return "look";
    case "identify":
      return "here";
    case "look":
      return view.challenge !== null || view.alsoWants !== null ? "look" : null;
    default:
      return null;
  }
}

let shown: string | null = null;
effect(() => {
  const view = screenful.value?.view;
  if (view === undefined) return;
  const moment = momentOf(view);
  if (moment === shown) return;
  shown = moment;
  if (isUrgent(view)) over.value = null;
  const chime = chimeOf(view);
  if (chime !== null) play(chime, screenful.value?.strip.volume ?? unknown.volume);
});

effect(() => {
  const words = wordsFor(screenful.value?.place.locale ?? nowhere.locale);
  document.documentElement.lang = words.lang;
  document.documentElement.dir = words.dir;
});

heedTextWish(location.search);
const page = document.getElementById("page");
if (page !== null) render(<Page />, page);
tickEveryMinute();
listen();
