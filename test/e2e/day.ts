import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";
import sharp from "sharp";
import type { Event } from "../../kiosk/core/event.ts";
import { blankMemory, withPeople } from "../../kiosk/core/memory.ts";
import type { Person } from "../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import type { Journal } from "../../kiosk/core/ports/journal.ts";
import type { Attention } from "../../kiosk/core/sight.ts";
import type { Stamp } from "../../kiosk/core/time.ts";
import type { Screenful, Touch, View } from "../../kiosk/core/view.ts";
import { type TestClock, testClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { createStation } from "../../kiosk/run.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { openPins, type SealedPins } from "../../kiosk/store/pins.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { buildPage, openBrowser } from "./browser.ts";

/**
 * A day at the wall in minutes: the real station and reducer, the real journal and PINs on a disk, the real server and a
 * real browser that is sent every screenful; only the clock is moved by hand, and the camera and the readers are events.
 */
export interface Day extends AsyncDisposable {
  readonly clock: TestClock;
  readonly page: Page;
  readonly pins: SealedPins;
  readonly view: () => View;
  readonly attention: () => Attention;
  /** Resolves once the station has dealt with it and with all that follows from it. */
  readonly happen: (event: EventNow) => Promise<void>;
  /** Both clocks go on; whatever was due has happened. */
  readonly pass: (ms: number) => Promise<void>;
  /** A finger on the page itself, until the station has dealt with it. */
  readonly press: (selector: string, place?: number) => Promise<void>;
  /** Pictures for the page's preview, as the camera sends them. */
  readonly preview: () => void;
  /** The page has everything that was shown so far. */
  readonly drawn: () => Promise<void>;
  readonly tally: () => Tally;
  readonly weigh: () => Promise<Weight>;
}

/** An event without its moment: that is now. */
export type EventNow = Event extends infer E ? (E extends Event ? Omit<E, "at"> & { at?: Stamp } : never) : never;

export interface Tally {
  readonly screenfuls: number;
  readonly thanked: number;
  readonly kept: number;
  readonly views: ReadonlySet<string>;
}

/** After the garbage was collected, with the same idle wall on the page. */
export interface Weight {
  readonly heapMb: number;
  readonly residentMb: number;
  readonly pageHeapMb: number;
  readonly pageNodes: number;
  readonly pageListeners: number;
}

const policy: Policy = {
  ...defaultPolicy,
  timeZone: "Europe/Berlin",
  challengeShare: 0,
  ways: ["badge", "pin", "face"],
  muster: "everybody",
  jobs: [
    { code: "press", label: "Press" },
    { code: "paint", label: "Paint" },
  ],
};
const place = { site: "Riverside Works", gate: "Gate 2", timeZone: policy.timeZone, locale: "en-GB" };
const boot = 1;

/** Counts what the page is sent, and keeps nothing of it. */
const countEvents = `
  globalThis.sent = 0;
  const add = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (kind, heard, ...rest) {
    const counted = (event) => { globalThis.sent += 1; heard(event); };
    return add.call(this, kind, kind === "screen" ? counted : heard, ...rest);
  };
`;

/** @param collect the process's garbage, all of it. */
export async function openDay(people: readonly Person[], startUtcMs: number, collect: () => void): Promise<Day> {
  await using rooms = new AsyncDisposableStack();
  const directory = await mkdtemp(join(process.platform === "linux" ? "/dev/shm" : tmpdir(), "lintel-day-"));
  rooms.defer(() => rm(directory, { recursive: true }));
  const clock = testClock(startUtcMs);
  const signer = await openSigner(directory);
  const identity = { tenant: "t", site: "s", device: signer.device };
  const shared = { directory, identity, signer, clock, firmware: "0", boot, isFirstStart: true };
  const journal = rooms.use(await openJournal(shared));
  const pins = rooms.use(await openPins({ directory: join(directory, "pins"), boot, now: clock.now }));
  const built = rooms.use(await buildPage());
  const screen = rooms.use(await openScreen({ port: 0, dist: built.dist }));
  const { context } = rooms.use(await openBrowser("no-preference"));
  const page = await context.newPage();
  await page.setViewportSize({ width: 1080, height: 1920 });
  await page.addInitScript(countEvents);

  /** What the station waits for: one answer for each save and each check. */
  let owed = 0;
  let [screenfuls, kept] = [0, 0];
  let view: View = { at: "starting", step: "models" };
  const thanked = new Set<string>();
  const views = new Set<string>();
  const watching = new Set<(event: Event) => void>();
  const book: Pick<Journal, "append" | "probe"> = {
    probe: journal.probe,
    append: async (body, at) => {
      owed += 1;
      const appended = await journal.append(body, at);
      if (body.type === "punch") kept += 1;
      return appended;
    },
  };
  const station = createStation({
    memory: withPeople(blankMemory, people),
    ...{ policy, place, clock, journal: book },
    screen: {
      show: (screenful: Screenful) => {
        view = screenful.view;
        screenfuls += 1;
        views.add(view.at);
        if (view.at === "thanks") thanked.add(view.receipt);
        screen.show(screenful);
      },
    },
    moment: () => ({ clock: clock.quality(), boot }),
    forget: () => undefined,
    enrolled: () => undefined,
    checkPin: (question) => {
      owed += 1;
      return pins.check(question);
    },
    observed: (event) => {
      if (event.kind === "saved" || event.kind === "save-failed" || event.kind === "pin-checked") owed -= 1;
      for (const watch of watching) watch(event);
    },
  });
  const seen = (isIt: (event: Event) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const watch = (event: Event): void => {
        if (!isIt(event)) return;
        watching.delete(watch);
        resolve();
      };
      watching.add(watch);
    });
  const settled = async (): Promise<void> => {
    do await turn();
    while (owed > 0);
  };
  const stop = new AbortController();
  const running = [station.run(stop.signal), readTouches(screen.touches(stop.signal))];
  rooms.defer(async () => {
    stop.abort();
    await Promise.all(running);
  });
  async function readTouches(touches: AsyncIterable<Touch>): Promise<void> {
    for await (const touch of touches) station.post({ kind: "touch", touch, at: clock.now() });
  }

  const happen: Day["happen"] = async (what) => {
    const event = { at: clock.now(), ...what } as Event;
    const done = seen((one) => one === event);
    station.post(event);
    await done;
    await settled();
  };
  const drawn = async (): Promise<void> => {
    // Whatever a full socket skipped, the newest came; a page that stands still is found out by its time.
    await page.locator(`.screen[data-at="${view.at}"]`).waitFor({ state: "attached" });
  };
  const picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: "#8f8f8a" } })
    .jpeg()
    .toBuffer();
  let pictures = 0;

  for (const room of ["camera", "engine", "reader", "journal"] as const) {
    await happen({ kind: "room", room, state: { is: "up" } });
  }
  await happen({ kind: "ready" });
  await page.goto(screen.url, { waitUntil: "domcontentloaded" });
  await drawn();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");

  const owned = rooms.move();
  return {
    ...{ clock, page, pins, happen, drawn },
    view: () => view,
    attention: station.attention,
    pass: async (ms) => {
      clock.advance(ms);
      await settled();
    },
    press: async (selector, nth = 0) => {
      const done = seen(({ kind }) => kind === "touch");
      await page.locator(selector).nth(nth).dispatchEvent("click");
      await done;
      await settled();
    },
    preview: () => {
      screen.preview({ jpeg: picture, number: pictures, at: clock.now() });
      pictures += 1;
    },
    tally: () => ({ screenfuls, thanked: thanked.size, kept, views }),
    weigh: async () => {
      collect();
      const { heapUsed, rss } = process.memoryUsage();
      return { heapMb: heapUsed / 2 ** 20, residentMb: rss / 2 ** 20, ...(await weighPage(devtools)) };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function weighPage(devtools: CDPSession): Promise<Omit<Weight, "heapMb" | "residentMb">> {
  // What is only reachable from a finaliser goes with the second round.
  for (let round = 0; round < 3; round += 1) await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return {
    pageHeapMb: metric("JSHeapUsedSize") / 2 ** 20,
    pageNodes: metric("Nodes"),
    pageListeners: metric("JSEventListeners"),
  };
}

/** How many screenfuls reached the page. */
export const sentTo = (page: Page): Promise<number> => page.evaluate<number>("globalThis.sent");
