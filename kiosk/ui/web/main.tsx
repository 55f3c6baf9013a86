import "./style/all.css";
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { useCallback } from "preact/hooks";
import type { Place, Strip, View } from "../../core/view.ts";
import { play } from "./chime.ts";
import { DemoDrawer } from "./demo.tsx";
import { heedTextWish } from "./larger.ts";
import { Notice } from "./notice.tsx";
import { Screen } from "./screen.tsx";
import { tellFor } from "./tell.ts";
import { listen, reachable, screenful, touch } from "./wire.ts";
import { wordsFor } from "./words.ts";

/** The kiosk page: the last Screenful, the time of day, and whether the notice is open. */

const nowMs = signal(Date.now());
const noticeOpen = signal(false);

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
  notice: null,
  simulated: false,
};

/** Views that a person has to see at once, whoever is reading the notice. */
const isUrgent = (view: View): boolean =>
  view.at === "thanks" ||
  view.at === "duplicate" ||
  view.at === "out-of-order" ||
  (view.at === "refused" && view.why === "not-saved");

function Page() {
  const closeNotice = useCallback(() => {
    noticeOpen.value = false;
  }, []);
  const last = screenful.value;
  const place = last?.place ?? nowhere;
  const words = wordsFor(place.locale);
  const view = reachable.value ? (last?.view ?? null) : null;
  // The first moments of a page are no loss of anything: it shows plain paper until it knows.
  if (reachable.value && last === null) return null;
  return (
    <>
      <Screen
        view={view}
        wall={{
          strip: last?.strip ?? unknown,
          place,
          words,
          tell: tellFor(place),
          nowMs: nowMs.value,
          previewUrl: "/preview",
          touch,
          openNotice: () => {
            noticeOpen.value = true;
          },
        }}
      />
      {noticeOpen.value && <Notice words={words} onClose={closeNotice} />}
      {last?.strip.simulated && reachable.value && <DemoDrawer />}
    </>
  );
}

function tickEveryMinute(): void {
  nowMs.value = Date.now();
  setTimeout(tickEveryMinute, 60_000 - (Date.now() % 60_000) + 20);
}

let shown: string | null = null;
effect(() => {
  const view = screenful.value?.view;
  if (view === undefined) return;
  // The next person's thanks sounds again; news about the same thanks does not.
  const moment = view.at === "thanks" ? `${view.at} ${view.local}` : view.at;
  if (moment === shown) return;
  shown = moment;
  if (isUrgent(view)) noticeOpen.value = false;
  if (view.at === "thanks") play("saved");
  if (view.at === "refused" || view.at === "duplicate") play("look");
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
