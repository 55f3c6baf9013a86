import type { Event } from "../core/event.ts";
import type { Room, RoomState } from "../core/health.ts";
import { starting } from "../core/health.ts";
import type { Checked, JournalNotice } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Screen } from "../core/ports/wall.ts";
import { type Condition, type OwedSince, owedForS, type Spread, wordOf } from "../core/technician.ts";
import type { Gauge, LiveFigures } from "../core/technician-view.ts";

export interface GaugeOptions {
  readonly clock: Clock;
  readonly notice: JournalNotice | null;
  readonly cards: () => Condition["cards"];
  /** Punches that nobody has receipted. */
  readonly waiting: () => number;
  /** When the oldest of them was written. Asked once in a step. */
  readonly oldestWaitingUtcMs: () => OwedSince;
  /** The hottest part of the box; null where it does not tell. Asked once in a step. */
  readonly celsius: () => Promise<number | null>;
}

/**
 * How the clock has been for five minutes, in figures that concern nobody: counted while it happens, so that whoever comes
 * to look sees what led there. Nothing of it is written down or sent.
 */
export interface Gauges {
  /** The station handled this. */
  readonly saw: (event: Event) => void;
  /** Counts pictures on their way to the wall. */
  readonly watch: <S extends Pick<Screen, "preview">>(screen: S) => S;
  /** A record became durable after so long. */
  readonly committed: (tookMs: number) => void;
  readonly checked: (checked: Checked) => void;
  readonly condition: () => Omit<Condition, "pages" | "shut" | "housing">;
  readonly live: () => LiveFigures;
  /** Takes a reading at every step until `signal` aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

const stepMs = 2_000;
/** Five minutes. */
const stepsKept = 150;
const valuesKept = 200;
/** Pictures in a second are told over so many steps. */
const paceSteps = 5;

export function createGauges({ clock, notice, cards, waiting, oldestWaitingUtcMs, celsius }: GaugeOptions): Gauges {
  let rooms: Readonly<Record<Room, RoomState>> = starting;
  let reason = notice?.reason ?? null;
  let check: Checked["is"] | null = null;
  let frames = 0;
  let frameMs: number | null = null;
  let faces: readonly FaceLine[] = [];
  const looks = openValues();
  const commits = openValues();
  let steps: readonly Readonly<Record<Gauge, number | null>>[] = [];

  const step = async (): Promise<void> => {
    const oldest = oldestWaitingUtcMs();
    const taken = {
      framesPerS: rooms.camera.is === "none" ? null : (1_000 * frames) / stepMs,
      lookMs: looks.step(),
      celsius: await celsius(),
      waiting: waiting(),
      commitMs: commits.step(),
      lagS: owedForS(oldest, clock.now().utcMs),
    };
    frames = 0;
    steps = [...steps.slice(1 - stepsKept), taken];
  };

  return {
    saw: (event) => {
      if (event.kind === "room") rooms = { ...rooms, [event.room]: event.state };
      if (event.kind === "uplink")
        rooms = { ...rooms, uplink: event.news.online ? { is: "up" } : downFor(event.news.trouble) };
      if (event.kind === "notice") reason = event.notice?.reason ?? null;
      if (event.kind !== "sight") return;
      looks.add(event.at.monoMs - event.sight.at.monoMs);
      const { face } = event.sight;
      if (face !== null) faces = [...faces.slice(1 - valuesKept), { why: face.problem, repeats: face.repeats }];
    },
    watch: (screen) => ({
      ...screen,
      preview: (frame) => {
        frames += 1;
        frameMs = frame.at.monoMs;
        screen.preview(frame);
      },
    }),
    committed: commits.add,
    checked: ({ is }) => {
      check = is === "running" && check !== null ? check : is;
    },
    condition: () => {
      const pace = steps.slice(-paceSteps).map(({ framesPerS }) => framesPerS);
      const known = pace.filter((value) => value !== null);
      const count = (why: FaceLine["why"]): number => faces.filter((face) => face.why === why).length;
      return {
        rooms: {
          ...{ camera: wordOf(rooms.camera), engine: wordOf(rooms.engine), reader: wordOf(rooms.reader) },
          ...{ uplink: wordOf(rooms.uplink), journal: wordOf(rooms.journal) },
        },
        framesPerS:
          known.length === 0 || frameMs === null ? null : known.reduce((all, one) => all + one, 0) / known.length,
        frameAgeMs: frameMs === null ? null : Math.max(0, clock.now().monoMs - frameMs),
        look: looks.spread(),
        commit: commits.spread(),
        faces: {
          ...{
            seen: faces.length,
            tooDark: count("too-dark"),
            tooBright: count("too-bright"),
            blurred: count("blurred"),
          },
          repeats: faces.some(({ repeats }) => repeats),
        },
        cards: { taps: cards().taps, garbage: cards().garbage },
        journal: { notice: reason, checked: check, oldestWaitingUtcMs: oldestWaitingUtcMs() },
      };
    },
    live: () => {
      const of = (gauge: Gauge) => steps.map((taken) => taken[gauge]);
      return {
        everyMs: stepMs,
        series: {
          ...{ framesPerS: of("framesPerS"), lookMs: of("lookMs"), celsius: of("celsius") },
          ...{ waiting: of("waiting"), commitMs: of("commitMs"), lagS: of("lagS") },
        },
      };
    },
    run: async (signal) => {
      while (!signal.aborted) {
        await clock.sleep(stepMs, signal);
        if (!signal.aborted) await step();
      }
    },
  };
}

interface FaceLine {
  /** Why the face could not be used yet; null where it could. */
  readonly why: string | null;
  readonly repeats: boolean;
}

const downFor = (trouble: { readonly code: string; readonly remedy: string } | null): RoomState =>
  trouble === null ? { is: "starting" } : ({ is: "down", ...trouble } as RoomState);

/** The newest values of a kind, and those of this step. */
function openValues() {
  let newest: readonly number[] = [];
  let fresh: number[] = [];
  return {
    add: (value: number): void => {
      newest = [...newest.slice(1 - valuesKept), value];
      fresh.push(value);
    },
    /** The worst since the step before: a chart that hid it would be of no use. Null where there was none. */
    step: (): number | null => {
      const worst = fresh.length === 0 ? null : Math.max(...fresh);
      fresh = [];
      return worst;
    },
    spread: (): Spread | null => {
      if (newest.length === 0) return null;
      const sorted = newest.toSorted((a, b) => a - b);
      const rounded = (ms: number): number => Math.round(10 * ms) / 10;
      return {
        p50Ms: rounded(sorted[Math.floor(sorted.length / 2)] ?? 0),
        worstMs: rounded(sorted.at(-1) ?? 0),
        count: sorted.length,
      };
    },
  };
}
