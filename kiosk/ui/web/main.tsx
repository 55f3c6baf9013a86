import "./style/all.css";
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import type { Place, Strip, View } from "../../core/view.ts";
import { play } from "./chime.ts";
import { type Choice, choiceAfter, chosenAt, isOver } from "./choice.ts";
import { DemoDrawer } from "./demo.tsx";
import { holdPage } from "./hold.ts";
import { english } from "./language/english.ts";
import { areHere, wordsIn } from "./language/spoken.ts";
import type { Words } from "./language/words.ts";
import { heedTextWish } from "./larger.ts";
import { Notice } from "./notice.tsx";
import { Outage } from "./outage.tsx";
import { isDark } from "./rest.ts";
import { Screen, sentenceOf } from "./screen.tsx";
import type { Wall } from "./sheet.tsx";
import { hush, speak } from "./speak.ts";
import { heedArrows, type Scan, scan } from "./steer.ts";
import { tellFor } from "./tell.ts";
import { drawnOf, momentOf } from "./views/all.ts";
import { listen, reachable, screenful, touch } from "./wire.ts";

/** The kiosk page: the last Screenful, the time of day, the language of whoever stands here, and what is read over it. */

const nowMs = signal(Date.now());
/** What somebody reads over the wall. */
const over = signal<"notice" | "outage" | null>(null);
const choice = signal<Choice | null>(null);
/** When somebody was last seen or felt here. */
const aloneSinceMs = signal(Date.now());

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
  locked: null,
  notice: null,
  simulated: false,
  volume: 100,
};

/** What somebody touched comes before what we know of a person, and that before what the site speaks. */
function wordsNow(): Words {
  const last = screenful.value;
  const wished = choice.value?.lang ?? last?.lang ?? null;
  return (wished === null ? null : wordsIn(wished)) ?? wordsIn(last?.place.locale ?? nowhere.locale) ?? english;
}

const viewNow = (): View | null => (reachable.value ? (screenful.value?.view ?? null) : null);

function wallNow(): Wall {
  const last = screenful.value;
  const place = last?.place ?? nowhere;
  const words = wordsNow();
  return {
    strip: last?.strip ?? unknown,
    ...{ place, words, tell: tellFor(place, words), nowMs: nowMs.value },
    isDark: isDark(viewNow(), aloneSinceMs.value, nowMs.value, last?.ease),
    ...{ previewUrl: "/preview", touch },
    speakIn: (lang) => {
      choice.value = chosenAt(lang, Date.now());
    },
    openNotice: () => {
      over.value = "notice";
    },
    openOutage: () => {
      over.value = "outage";
    },
  };
}

const close = (): void => {
  over.value = null;
};

function Page() {
  // The first moments of a page are no loss of anything: it shows plain paper until it knows what to say, and how.
  if (reachable.value && screenful.value === null) return null;
  if (screenful.value !== null && !areHere(screenful.value.place.locale)) return null;
  const wall = wallNow();
  const { strip, words, tell } = wall;
  return (
    <>
      <Screen view={viewNow()} wall={wall} />
      {over.value === "notice" && <Notice words={words} notice={wall.place.notice} onClose={close} />}
      {over.value === "outage" && strip.outage !== null && (
        <Outage outage={strip.outage} waiting={strip.waiting} words={words} tell={tell} onClose={close} />
      )}
      {strip.simulated && reachable.value && <DemoDrawer />}
    </>
  );
}

function tickEveryMinute(): void {
  nowMs.value = Date.now();
  setTimeout(tickEveryMinute, 60_000 - (Date.now() % 60_000) + 20);
}

function felt(): void {
  aloneSinceMs.value = Date.now();
}

let before: View | null = null;
let scanning: Scan | null = null;

/** What a new moment does beside being drawn: it sounds, takes the wall back, and may end somebody's visit. */
effect(() => {
  const view = screenful.value?.view;
  if (view === undefined) return;
  const last = before;
  before = view;
  if (view.at !== "idle") felt();
  if (last !== null && momentOf(last) === momentOf(view)) return;
  choice.value = choiceAfter(choice.peek(), last, view, Date.now());
  scanning?.anew();
  const drawn = drawnOf(view);
  if (drawn.isUrgent?.(view)) close();
  const chime = drawn.chime?.(view) ?? null;
  if (chime !== null) play(chime, screenful.peek()?.strip.volume ?? unknown.volume);
});

/** Nobody hears an idle wall talk to itself. */
let said = "";
effect(() => {
  const view = viewNow();
  if (screenful.value?.ease?.speech !== true || view === null || drawnOf(view).isSilent === true) {
    if (said !== "") hush();
    said = "";
    return;
  }
  const wall = wallNow();
  const sentence = sentenceOf(view, wall);
  if (sentence !== said) speak(sentence, wall.words.lang);
  said = sentence;
});

let scanMs: number | null = null;
effect(() => {
  const wished = screenful.value?.ease?.scanMs ?? null;
  if (wished === scanMs) return;
  scanMs = wished;
  scanning?.stop();
  scanning = wished === null ? null : scan(wished);
});

effect(() => {
  const chosen = choice.value;
  const view = screenful.value?.view;
  if (chosen === null || view?.at !== "idle") return;
  const timer = setTimeout(() => {
    if (isOver(chosen, view, Date.now())) choice.value = null;
  }, chosen.untilMs - Date.now());
  return () => clearTimeout(timer);
});

effect(() => {
  const { lang, dir } = wordsNow();
  document.documentElement.lang = lang;
  document.documentElement.dir = dir;
});

holdPage();
heedArrows();
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, felt);
heedTextWish(location.search);
const page = document.getElementById("page");
if (page !== null) render(<Page />, page);
tickEveryMinute();
listen();
// Thousands of letters in a hundred files: their list comes behind the first picture.
void import("./style/chinese.css");
