import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Fault, isFault } from "../../kiosk/core/fault.ts";
import { type Book, isPassed, withReturn, writeBook } from "./book.ts";
import { selfCheck } from "./check.ts";
import { announceTrial, clean, dropTrial, isTrialLost, pointAt } from "./disk.ts";
import { answers, judge, onceCounted } from "./judge.ts";
import { type Found, look, manifestOf } from "./look.ts";
import type { Pace } from "./pace.ts";
import type { Service } from "./service.ts";
import { mustBeAsSigned, type Staging, stage } from "./stage.ts";
import { nextStep } from "./steps.ts";
import { isQuiet, type Sight } from "./wall.ts";

/** Carries updates out, one step at a time: look at the disk, decide, do, look again. Whoever is cut off begins here. */

export interface Updating extends Omit<Staging, "nowUtcMs"> {
  readonly nowUtcMs: () => number;
  readonly service: Service;
  readonly sight: () => Promise<Sight>;
  readonly pace: Pace;
  readonly say: (line: string) => void;
}

export interface Wish {
  /** null: nothing new; what was begun is brought to its end all the same. */
  readonly version: string | null;
  readonly from: string | null;
  /** False: it is staged and waits. */
  readonly mayInstall: boolean;
  /** A person asked: what was taken back before is tried again. */
  readonly isByHand: boolean;
}

export type Outcome =
  | { readonly is: "nothing"; readonly version: string }
  | { readonly is: "waiting"; readonly version: string; readonly for: "window" | "somebody" }
  | { readonly is: "kept"; readonly version: string; readonly outMs: number | null }
  | { readonly is: "returned"; readonly version: string; readonly why: string };

const run = promisify(execFile);
const launchMs = 30_000;
/** The clock that runs has 20 s to end. */
const countedMs = 60_000;
/** More than the longest way there is. */
const stepsMax = 24;

/**
 * One run at a time: whoever calls holds the lock of the folder.
 *
 * @throws Fault why it goes no further now; the version that runs goes on, and the next run begins where this one ended.
 */
export async function update(updating: Updating, wish: Wish): Promise<Outcome> {
  const { places, keyOf, service, mark, say } = updating;
  let outcome: Outcome | null = null;
  let before: Sight | null = null;
  let switchedMs: number | null = null;
  let started: string | null = null;
  for (let step = 0; step < stepsMax; step += 1) {
    const found = await look(places, keyOf);
    const next = nextStep({ ...found, wanted: wantedOf(wish, found, updating.nowUtcMs()) });
    mark(next.do);
    switch (next.do) {
      case "rest":
        await clean(places, keptOf(found));
        // Left as it is where nothing works: then it is what leads back (lintel-launch --failed).
        if ((await isTrialLost(places)) && (await updating.sight()).wall?.fw === found.version) await dropTrial(places);
        return outcome ?? { is: "nothing", version: found.version };
      case "stage":
        await stageNext(updating, next.version, wish, found);
        break;
      case "switch": {
        if (!wish.mayInstall) return { is: "waiting", version: next.version, for: "window" };
        // Proving takes a while, and somebody may come meanwhile.
        if (!isQuiet(await updating.sight(), updating.pace.idleMs)) return waitingFor(next.version);
        await mustStillFit(updating, next.version, found);
        before = await updating.sight();
        if (!isQuiet(before, updating.pace.idleMs)) return waitingFor(next.version);
        say(`Version ${next.version} takes the place of ${found.version}.`);
        await announceTrial(places, next.version, found.current);
        mark("point");
        await pointAt(places, next.version);
        switchedMs = performance.now();
        break;
      }
      case "drop-trial":
        await dropTrial(places);
        break;
      case "start":
        if (started === next.version) await giveUp(updating, "not-counted");
        else {
          started = next.version;
          await service.begin();
          await onceCounted(updating, next.version, countedMs);
        }
        break;
      case "judge": {
        const judged = await judge(updating, next.version, before);
        if (judged.is === "gone") break;
        if (judged.is === "ill") {
          await giveUp(updating, judged.why);
          break;
        }
        const outMs = switchedMs === null ? null : Math.round(judged.atMs - switchedMs);
        await keep(updating, next.version, next.before, found);
        outcome = { is: "kept", version: next.version, outMs };
        break;
      }
      case "finish-return":
        await giveUp(updating, next.why);
        break;
      case "note-return": {
        await writeBook(places, withReturn(found.book, next.version, next.why, updating.nowUtcMs()));
        mark("noted");
        await dropTrial(places);
        // Whoever took it back may have been cut off before the clock was started again.
        if (!(await answers(updating, found.version))) await service.restart();
        outcome = { is: "returned", version: next.version, why: next.why };
        wish = { ...wish, version: null };
        break;
      }
    }
  }
  throw new RangeError("an update went in circles");
}

const waitingFor = (version: string): Outcome => ({ is: "waiting", version, for: "somebody" });

/** What was taken back is left alone, unless somebody asks for it by hand. */
function wantedOf({ version, isByHand }: Wish, { book }: Found, nowUtcMs: number): string | null {
  if (version === null) return null;
  return !isByHand && isPassed(book, version, nowUtcMs) ? null : version;
}

const keptOf = ({ current, book }: Found): readonly (string | null)[] => [current, book.previous, book.staged];

async function stageNext(updating: Updating, version: string, { from }: Wish, found: Found): Promise<void> {
  const { places, say } = updating;
  if (from === null) {
    throw new Fault(
      "update-unreachable",
      `nobody says where version ${version} is`,
      "Name the folder or URL with `updateFrom`, or with --from.",
    );
  }
  // Room first, and no half of anything: what an earlier run left is not gone on with.
  await clean(places, [...keptOf(found), found.trial?.version ?? null, found.trial?.before ?? null]);
  try {
    await stage(version, from, found, { ...updating, nowUtcMs: updating.nowUtcMs() });
  } catch (error) {
    const isOwn = isFault(error, "update-unfit") && error.message.includes("does not work");
    if (isOwn) await writeBook(places, withReturn(found.book, version, "self-check", updating.nowUtcMs()));
    throw error;
  }
  updating.mark("book");
  await writeBook(places, { ...found.book, staged: version });
  say(`Version ${version} is here, proved and checked; it waits until nobody is at the clock.`);
}

/** Days may have passed since it was staged. What does not fit any more is let go of. */
async function mustStillFit({ places, keyOf, mark }: Updating, version: string, { book }: Found): Promise<void> {
  try {
    mark("prove");
    await mustBeAsSigned(places, version, keyOf);
    await selfCheck(places, version);
  } catch (error) {
    if (error instanceof Fault) await writeBook(places, { ...book, staged: null });
    throw error;
  }
}

/** The counter first, then the end of the trial: cut off between the two, it is judged and kept once more. */
async function keep(updating: Updating, version: string, before: string | null, found: Found): Promise<void> {
  const { places, keyOf, mark, say } = updating;
  const release = await manifestOf(places, version, keyOf);
  const { highest } = found.book;
  const isHigher = release !== null && release.counter > highest.counter;
  const book: Book = {
    ...found.book,
    highest: isHigher ? { counter: release.counter, version } : highest,
    previous: before,
    staged: null,
    passed: found.book.passed.filter((one) => one.version !== version),
    last: { version, is: "kept", why: null, atUtcMs: updating.nowUtcMs() },
  };
  mark("keep");
  await writeBook(places, book);
  mark("confirm");
  await dropTrial(places);
  say(`Version ${version} is well and stays.`);
}

/** Shell does it, as it does where no Node of ours runs any more; then the version before is started. */
async function giveUp({ places, service, mark, say }: Updating, why: string): Promise<void> {
  say(`The version on trial is taken back: ${why}.`);
  mark("return");
  const env = { ...process.env, LINTEL_RELEASES: places.releases, LINTEL_FACTORY: places.factory };
  await run(join(places.factory, "bin/lintel-launch"), ["--return", why], { env, timeout: launchMs });
  mark("restart-before");
  await service.restart();
}
