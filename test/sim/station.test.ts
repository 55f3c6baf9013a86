import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cardHash } from "../../kiosk/core/card.ts";
import type { Event } from "../../kiosk/core/event.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Signer } from "../../kiosk/core/jws.ts";
import { blankMemory, recalled, withPeople } from "../../kiosk/core/memory.ts";
import { type Person, personId } from "../../kiosk/core/person.ts";
import type { PinAnswer, PinQuestion } from "../../kiosk/core/pin.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import type { PunchData } from "../../kiosk/core/record.ts";
import type { FaceSeen } from "../../kiosk/core/sight.ts";
import type { Stamp } from "../../kiosk/core/time.ts";
import type { Screenful, Touch } from "../../kiosk/core/view.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { createStation } from "../../kiosk/run.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";

/**
 * The real loop, reducer and record builder in a virtual world: a clock moved by hand and a disk that fails when told to.
 * fast-check writes the days and shrinks the bad ones.
 */

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const signer: Signer = {
  kid: "AAAAAAAAAAAAAAAA",
  alg: "EdDSA",
  publicKey,
  sign: (input) => sign(null, Buffer.from(input), privateKey),
};
const identity = { tenant: "t", site: "s", device: `k${"0".repeat(20)}` };
const people: readonly Person[] = ["ana", "b00", "c00"].map((name, n) => ({
  id: personId(`p_${name.padStart(20, "0")}`),
  displayName: name,
  badges: [cardHash(`card-${n}`)],
  lookAlikes: [],
}));
const policy: Policy = { ...defaultPolicy, timeZone: "Etc/UTC" };
const place = { site: "", gate: "", timeZone: "Etc/UTC", locale: "en" };

function openWorld(rules: Policy = policy, checkPin?: (question: PinQuestion) => Promise<PinAnswer>) {
  const clock = testClock(Date.UTC(2026, 10, 23, 8));
  const journal = openMemoryJournal({ identity, signer, clock, firmware: "0", boot: 1 });
  let screen: Screenful | null = null;
  const thanked = new Set<string>();
  const outcomes: (readonly [number, string])[] = [];
  const boot = () => {
    const stop = new AbortController();
    const memory = recalled(withPeople(blankMemory, people), journal.recall(0));
    const station = createStation({
      memory,
      policy: rules,
      place,
      clock,
      journal,
      screen: {
        show: (screenful) => {
          screen = screenful;
          if (screenful.view.at === "thanks") thanked.add(screenful.view.receipt);
        },
      },
      moment: () => ({ clock: clock.quality(), boot: 1 }),
      forget: () => {},
      enrolled: (session, outcome) => outcomes.push([session, outcome]),
      ...(checkPin && { checkPin }),
      observed: () => {},
    });
    const running = station.run(stop.signal);
    for (const room of ["camera", "engine"] as const) {
      station.post({ kind: "room", room, state: { is: "up" }, at: clock.now() });
    }
    station.post({ kind: "ready", at: clock.now() });
    return { station, stop: () => stop.abort(), running };
  };
  /** Lets every promise that can go on go on. */
  const settle = async () => {
    for (let n = 0; n < 30; n += 1) await Promise.resolve();
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { clock, journal, boot, settle, thanked, outcomes, screen: () => screen };
}

const punchesIn = (world: ReturnType<typeof openWorld>) =>
  world.journal.recall(0).flatMap((event) => (event.type === "dev.lintel.punch.v1" ? [event.data as PunchData] : []));

test("tap, kill, tap is one punch", async () => {
  const world = openWorld();
  const tap = (run: ReturnType<typeof world.boot>) =>
    run.station.post({ kind: "tap", tap: { badge: cardHash("card-0"), at: world.clock.now() }, at: world.clock.now() });
  const first = world.boot();
  tap(first);
  await world.settle();
  first.stop();
  await first.running;
  const second = world.boot();
  world.clock.advance(5_000);
  tap(second);
  await world.settle();
  expect(world.screen()?.view.at).toBe("duplicate");
  second.stop();
  await second.running;
  expect(punchesIn(world)).toHaveLength(1);
});

test("an ill disk is tried again by itself, and the wall heals without a technician", async () => {
  const world = openWorld();
  const run = world.boot();
  world.journal.failNext(new Fault("disk-full", "no space", "Free some space."), 6);
  run.station.post({ kind: "tap", tap: { badge: cardHash("card-0"), at: world.clock.now() }, at: world.clock.now() });
  await world.settle();
  expect(world.screen()?.view).toMatchObject({ at: "refused", why: "not-saved" });
  const seen: (string | undefined)[] = [];
  // One append and five probes, five seconds apart: well again after half a minute, and not a moment earlier.
  for (let second = 1; second <= 32; second += 1) {
    world.clock.advance(1_000);
    await world.settle();
    seen.push(world.screen()?.view.at);
  }
  expect(seen.slice(0, 6)).toEqual(Array(6).fill("refused"));
  expect(seen.slice(7, 28)).toEqual(Array(21).fill("out-of-order"));
  expect(seen.at(-1)).toBe("idle");
  run.stop();
  await run.running;
});

/** A face as the engine would report it to what the station asks for at this moment. */
function look(run: ReturnType<ReturnType<typeof openWorld>["boot"]>, at: Stamp, who: number, live: number): Event {
  const { claim } = run.station.attention();
  const whom = people[who]?.id ?? null;
  const face: FaceSeen = {
    track: who + 1,
    box: { x: 0.3, y: 0.3, width: 0.3, height: 0.4 },
    problem: null,
    progress: 1,
    live,
    repeats: false,
    company: false,
    able: { turn: false, blink: false },
    challenge: null,
    match: claim === null ? { person: whom, similarity: 0.9, margin: 0.5, agreeing: 5 } : null,
    claim: claim === null ? null : { person: claim, similarity: claim === whom ? 0.9 : 0.1, agreeing: 5 },
  };
  return { kind: "sight", sight: { at, faces: 1, face, codes: [], enrol: null }, draw: 0.9, at };
}

test("pictures held before the lens raise one alarm in the journal, faces rest, and then count again", async () => {
  const world = openWorld();
  const run = world.boot();
  const wait = async (ms: number) => {
    world.clock.advance(ms);
    await world.settle();
  };
  for (let visit = 0; visit < 3; visit += 1) {
    for (let n = 0; n < 17; n += 1) {
      run.station.post(look(run, world.clock.now(), 0, 0.05));
      await wait(500);
    }
    run.station.post({ kind: "touch", touch: { touch: "retry" }, at: world.clock.now() });
    await world.settle();
  }
  expect(world.screen()?.view).toMatchObject({ at: "idle", faceRestsUntil: expect.stringContaining("T") });
  expect(run.station.attention().effort).toBe("glance");
  const audits = world.journal
    .read({ epoch: 0, seq: -1 }, 100)
    .filter(({ type }) => type === "audit")
    .map(({ jws }) => JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()).data);
  expect(audits).toMatchObject([{ act: "alarm", sub: null, by: "station" }]);
  await wait(policy.restMs);
  expect(world.screen()?.view).toMatchObject({ at: "idle", faceRestsUntil: null });
  for (let n = 0; n < 3; n += 1) {
    run.station.post(look(run, world.clock.now(), 0, 0.9));
    await wait(100);
  }
  expect(punchesIn(world)).toMatchObject([{ method: ["face"], dec: "accept" }]);
  run.stop();
  await run.running;
});

test("a badge that wants its face is written with it, or flagged without it", async () => {
  const world = openWorld({ ...policy, badge: "with-face" });
  const run = world.boot();
  const tap = async (card: number) => {
    const at = world.clock.now();
    run.station.post({ kind: "tap", tap: { badge: cardHash(`card-${card}`), at }, at });
    await world.settle();
  };
  await tap(0);
  expect(world.screen()?.view).toMatchObject({ at: "look", alsoWants: "face" });
  run.station.post(look(run, world.clock.now(), 0, 0.9));
  await world.settle();
  expect(world.screen()?.view).toMatchObject({ at: "thanks" });
  world.clock.advance(10_000);
  await world.settle();
  await tap(1);
  world.clock.advance(policy.leaveMs);
  await world.settle();
  expect(world.screen()?.view).toMatchObject({ at: "thanks" });
  expect(punchesIn(world)).toMatchObject([
    { method: ["card", "face"], assure: { live: "pass" }, dec: "accept" },
    { method: ["card"], dec: "flag", why: ["face-unverified"] },
  ]);
  run.stop();
  await run.running;
});

test("a PIN is checked beside the loop: badges go on meanwhile, and a try that cannot be counted is not made", async () => {
  const answers: (PinAnswer | Fault)[] = [
    new Fault("state-unwritable", "read-only", "Check the disk."),
    { is: "good", person: people[0]?.id ?? personId("p_none"), isDuress: false },
  ];
  const asked: PinQuestion[] = [];
  const world = openWorld({ ...policy, ways: ["badge", "pin", "face"] }, async (question) => {
    asked.push(question);
    await new Promise<void>((resolve) => setImmediate(resolve));
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Fault) throw answer;
    return answer;
  });
  const run = world.boot();
  const type = async () => {
    const at = world.clock.now();
    const touch = (touch: Touch): void => run.station.post({ kind: "touch", touch, at });
    touch({ touch: "way", way: "pin" });
    for (const digit of [4, 7, 1, 1]) touch({ touch: "digit", digit });
    touch({ touch: "enter" });
    for (const digit of [8, 0, 3, 2]) touch({ touch: "digit", digit });
    touch({ touch: "enter" });
    const tap = { badge: cardHash("card-1"), at };
    run.station.post({ kind: "tap", tap, at });
    for (let n = 0; n < 5; n += 1) await world.settle();
  };
  await type();
  expect(world.screen()?.view).toMatchObject({ at: "thanks", name: "b00" });
  world.clock.advance(120_000);
  await world.settle();
  await type();
  expect(asked).toEqual(Array(2).fill({ who: { number: "4711" }, pin: "8032" }));
  expect(punchesIn(world).map(({ method }) => method)).toEqual([["card"], ["pin"], ["card"]]);
  run.stop();
  await run.running;
});

test("the desk hears once how the clock's part of an enrolment came out", async () => {
  const world = openWorld();
  const run = world.boot();
  run.station.post({ kind: "enrol-begin", session: 1, at: world.clock.now() });
  await world.settle();
  expect(run.station.attention().effort).toBe("enrol");
  world.clock.advance(policy.enrolMs);
  await world.settle();
  expect(world.outcomes).toEqual([[1, "timed-out"]]);
  expect(world.screen()?.view).toMatchObject({ at: "enrolled", isKept: false });
  run.stop();
  await run.running;
});

test("whatever the day brings, thanks and records agree, and every view ends by itself", {
  timeout: 60_000,
}, async () => {
  const act = fc.oneof(
    { weight: 5, arbitrary: fc.record({ act: fc.constant("tap" as const), card: fc.nat(3) }) },
    { weight: 4, arbitrary: fc.record({ act: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 90_000 }) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant("fail" as const), times: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.constant({ act: "restart" as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        act: fc.constant("look" as const),
        who: fc.nat(2),
        live: fc.constantFrom(0.9, 0.9, 0.1),
        times: fc.integer({ min: 1, max: 20 }),
      }),
    },
  );
  const badge = fc.constantFrom("alone" as const, "with-face" as const);
  await fc.assert(
    fc.asyncProperty(badge, fc.array(act, { minLength: 5, maxLength: 25 }), async (badge, acts) => {
      const world = openWorld({ ...policy, badge });
      let run = world.boot();
      for (const one of acts) {
        if (one.act === "tap") {
          const at = world.clock.now();
          run.station.post({ kind: "tap", tap: { badge: cardHash(`card-${one.card}`), at }, at });
        } else if (one.act === "look") {
          for (let n = 0; n < one.times; n += 1) {
            run.station.post(look(run, world.clock.now(), one.who, one.live));
            await world.settle();
            world.clock.advance(500);
            await world.settle();
          }
        } else if (one.act === "wait") world.clock.advance(one.ms);
        else if (one.act === "fail")
          world.journal.failNext(new Fault("disk-full", "no space", "Free some."), one.times);
        else {
          run.stop();
          await run.running;
          run = world.boot();
        }
        await world.settle();
      }
      for (let n = 0; n < 12; n += 1) {
        world.clock.advance(10_000);
        await world.settle();
      }
      run.stop();
      await run.running;
      const punches = punchesIn(world);
      expect(world.thanked.size).toBeLessThanOrEqual(punches.length);
      for (const { method, assure, dec } of punches) {
        expect(assure.live).toBe(method.includes("face") ? "pass" : dec === "accept" ? "na" : assure.live);
      }
      for (const person of people) {
        const times = punches.filter(({ sub }) => sub === person.id).map(({ t }) => t.mono);
        for (const [n, mono] of times.entries()) {
          const before = times[n - 1];
          if (before !== undefined) expect(mono - before).toBeGreaterThanOrEqual(policy.duplicateWindowMs);
        }
      }
      expect(world.screen()?.view.at).toMatch(/^(idle|out-of-order)$/);
    }),
    { numRuns: 120 },
  );
});
