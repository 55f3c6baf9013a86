import { Counter, Histogram, type Registry } from "prom-client";
import type { Event } from "../core/event.ts";
import type { UplinkNews } from "../core/ports/uplink.ts";
import type { Screen } from "../core/ports/wall.ts";
import { isBefore, type Position } from "../core/record.ts";

/** What is counted while it happens. Labels are codes of ours: never a person, a card, a name or a place of a record. */
export interface Meters {
  /** The station handled this. */
  readonly saw: (event: Event) => void;
  /** Counts pictures and refusals on their way to the wall. */
  readonly watch: <S extends Pick<Screen, "show" | "preview">>(screen: S) => S;
  /** A record became durable after so long. Those that did not are counted by `saw`. */
  readonly committed: (tookMs: number) => void;
  /** Gives the same look, timed. */
  readonly look: <A extends readonly unknown[], T>(observe: (...asked: A) => Promise<T>) => (...asked: A) => Promise<T>;
}

/** Punches whose receipts are timed at once; beyond it the newest are not, and a backlog is told by other figures. */
const timedMax = 512;

export function createMeters(registry: Registry): Meters {
  const registers = [registry];
  const punches = new Counter({
    name: "lintel_punches_total",
    help: "Punches that are durable on this clock, by the ways they were made and what was decided.",
    labelNames: ["ways", "decision"],
    registers,
  });
  const corrections = new Counter({
    name: "lintel_corrections_total",
    help: "Corrections and requests for them that are durable on this clock.",
    registers,
  });
  const refusals = new Counter({
    name: "lintel_refusals_total",
    help: "Visits that ended without a punch, by the reason that stood on the wall.",
    labelNames: ["code"],
    registers,
  });
  const unsaved = new Counter({
    name: "lintel_saves_failed_total",
    help: "Records that could not be written to the disk, by fault code.",
    labelNames: ["code"],
    registers,
  });
  const commits = new Histogram({
    name: "lintel_journal_commit_seconds",
    help: "From asking for a record until its bytes are on the disk, waiting for company included.",
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const frames = new Counter({ name: "lintel_camera_frames_total", help: "Pictures that the camera gave.", registers });
  const looks = new Histogram({
    name: "lintel_look_seconds",
    help: "How long the engine looked at one picture.",
    buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2],
    registers,
  });
  const receipts = new Histogram({
    name: "lintel_receipt_seconds",
    help: "From a durable punch until the receiver's receipt for it.",
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86_400],
    registers,
  });

  let unreceipted: { readonly place: Position; readonly sinceMs: number }[] = [];
  const receipted = ({ receipted: upto }: UplinkNews, nowMs: number): void => {
    if (upto === null) return;
    for (const one of unreceipted) if (!isBefore(upto, one.place)) receipts.observe((nowMs - one.sinceMs) / 1000);
    unreceipted = unreceipted.filter(({ place }) => isBefore(upto, place));
  };
  let shown = "";
  return {
    saw: (event) => {
      if (event.kind === "uplink") return receipted(event.news, event.at.monoMs);
      if (event.kind === "save-failed") return unsaved.inc({ code: event.code });
      if (event.kind !== "saved") return;
      const { draft, position } = event;
      if (draft.draft === "correction" || draft.draft === "request") corrections.inc();
      if (draft.draft !== "punch") return;
      // Whoever forces somebody must not learn of it from a page of figures either.
      const isFlagged = draft.flags.some((flag) => flag !== "duress");
      punches.inc({ ways: draft.methods.toSorted().join("+"), decision: isFlagged ? "flag" : "accept" });
      if (unreceipted.length < timedMax) unreceipted.push({ place: position, sinceMs: event.at.monoMs });
    },
    watch: (screen) => ({
      ...screen,
      preview: (frame) => {
        frames.inc();
        screen.preview(frame);
      },
      show: (screenful) => {
        const { view } = screenful;
        // Drawn anew for every change of the strip: counted when it comes up.
        const now = view.at === "refused" ? `refused ${view.why} ${view.local}` : view.at;
        if (view.at === "refused" && now !== shown) refusals.inc({ code: view.why });
        shown = now;
        screen.show(screenful);
      },
    }),
    committed: (tookMs) => commits.observe(tookMs / 1000),
    look:
      (observe) =>
      async (...asked) => {
        const sinceMs = performance.now();
        const seen = await observe(...asked);
        looks.observe((performance.now() - sinceMs) / 1000);
        return seen;
      },
  };
}
