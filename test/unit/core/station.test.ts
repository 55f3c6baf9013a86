import { describe, expect, test } from "vitest";
import type { Event } from "../../../kiosk/core/event.ts";
import { lastMarkOf } from "../../../kiosk/core/ground.ts";
import { blankMemory, recalled, withPeople } from "../../../kiosk/core/memory.ts";
import { personId } from "../../../kiosk/core/person.ts";
import type { RecordEvent } from "../../../kiosk/core/record.ts";
import { attentionOf, stripOf, viewOf } from "../../../kiosk/core/show.ts";
import { ana, at, bo, play, policy, punches, ready, saved, seen, sight, startMs, tap, tick, touch } from "./wall.ts";

describe("a badge", () => {
  test("that is known makes a punch, and thanks comes only after it was saved", () => {
    const { memory, effects } = play(ready(), tap("4711", 100));
    expect(effects).toMatchObject([
      { do: "save", draft: { draft: "punch", person: ana.id, kind: "in", methods: ["card"] } },
    ]);
    expect(viewOf(memory, policy).at).toBe("saving");
    const thanked = play(memory, saved(effects[0], 1, 110)).memory;
    expect(viewOf(thanked, policy)).toMatchObject({
      at: "thanks",
      name: "Ana M.",
      kind: "in",
      saved: true,
      received: null,
    });
  });

  test("that nobody gave out is answered with words, not with a punch", () => {
    const { memory, effects } = play(ready(), tap("9999", 100));
    expect(effects).toEqual([]);
    expect(viewOf(memory, policy)).toMatchObject({ at: "refused", why: "badge-unknown", canRetry: false });
  });

  test("tapped while the disk is busy waits its turn and is never lost", () => {
    const first = play(ready(), tap("4711", 100), tap("4712", 120));
    expect(first.effects).toHaveLength(1);
    const second = play(first.memory, saved(first.effects[0], 1, 130));
    expect(second.effects).toMatchObject([{ do: "save", draft: { person: bo.id } }]);
    expect(viewOf(play(second.memory, saved(second.effects[0], 2, 140)).memory, policy)).toMatchObject({ name: "Bo" });
  });

  test("that waited for a disk which hangs is answered when the screen is free again", () => {
    const { memory, effects } = play(ready(), tap("4711", 100), tap("4712", 120), tick(5_100), tick(12_100));
    expect(effects).toMatchObject([{ draft: { person: ana.id } }, { draft: { person: bo.id } }]);
    expect(viewOf(memory, policy).at).toBe("saving");
  });

  test("tapped before the people are known counts when they are", () => {
    const early = play(withPeople(blankMemory, [ana]), tap("4711", 10));
    expect(early.effects).toEqual([]);
    const { memory, effects } = play(early.memory, { kind: "ready", at: at(500) });
    expect(effects).toMatchObject([{ do: "save", draft: { person: ana.id, at: at(10) } }]);
    expect(memory.taps).toEqual([]);
  });
});

describe("a second punch", () => {
  test("within the window is shown and not silently counted", () => {
    const first = play(ready(), tap("4711", 100));
    const thanked = play(first.memory, saved(first.effects[0], 1, 110), tick(10_000)).memory;
    const again = play(thanked, tap("4711", 20_000));
    expect(again.effects).toEqual([]);
    expect(viewOf(again.memory, policy)).toMatchObject({
      at: "duplicate",
      kind: "in",
      sinceLocal: "2026-11-23T08:57:00.100+01:00",
      choices: ["out", "break-start"],
    });
    const meant = play(again.memory, touch(21_000, "choose", "out"));
    expect(meant.effects).toMatchObject([{ do: "save", draft: { kind: "out", inferred: false, methods: ["card"] } }]);
  });

  test("is refused as a duplicate also when the process restarted in between", () => {
    const event: RecordEvent = {
      specversion: "1.0",
      id: "a",
      source: "urn:lintel:t:s:d",
      type: "dev.lintel.punch.v1",
      time: new Date(startMs).toISOString(),
      epoch: 1,
      seq: 2,
      prev: "",
      data: {
        kind: "in",
        sub: ana.id,
        method: ["card"],
        assure: { match: "none", live: "na", card: "static" },
        t: { local: "", tz: "UTC", src: "ntp", err: 1, age: 1, boot: 1, mono: 1 },
        loc: "gate-1",
        pol: "1",
        dec: "accept",
      },
    };
    const memory = ready(recalled(blankMemory, [event]));
    expect(viewOf(play(memory, tap("4711", 5_000)).memory, policy).at).toBe("duplicate");
    expect(play(memory, tap("4711", 90_000)).effects).toMatchObject([{ draft: { kind: "out" } }]);
  });
});

describe("a face", () => {
  test("that is sure, alive and known makes a punch", () => {
    const { effects } = play(ready(), seen(100, { match: null, live: null }), seen(600));
    expect(effects).toMatchObject([
      {
        do: "save",
        draft: { person: ana.id, methods: ["face"], assure: { match: "high", live: "pass", card: "none" } },
      },
      { do: "served", person: ana.id, end: "known" },
    ]);
  });

  test.each([
    ["not alive", { live: 0.19 }, "not-live"],
    ["not like anybody", { match: { person: ana.id, similarity: 0.499, margin: 0.5, agreeing: 3 } }, "not-sure"],
    [
      "too close to somebody else",
      { match: { person: ana.id, similarity: 0.9, margin: 0.07, agreeing: 3 } },
      "not-sure",
    ],
    [
      "not agreed on by three frames",
      { match: { person: ana.id, similarity: 0.9, margin: 0.5, agreeing: 2 } },
      "not-sure",
    ],
    [
      "of somebody who was withdrawn",
      { match: { person: personId("p_00000000000000000zed"), similarity: 0.9, margin: 0.5, agreeing: 3 } },
      "not-sure",
    ],
    ["one of several", { problem: "several" as const }, "several"],
  ])("that is %s never makes a punch, and hears what to do instead", (_, change, why) => {
    const looks = Array.from({ length: 90 }, (_, n) => seen(100 + n * 100, change));
    const { memory, effects } = play(ready(), ...looks);
    expect(effects).toEqual([]);
    expect(viewOf(memory, policy)).toMatchObject({ at: "refused", why, canRetry: true });
  });

  test("that stays after thanks is not asked again, and the next person is at once", () => {
    const first = play(ready(), seen(100), seen(600));
    const thanked = play(first.memory, saved(first.effects[0], 1, 610), seen(3_000));
    expect(viewOf(thanked.memory, policy).at).toBe("thanks");
    expect(viewOf(play(thanked.memory, seen(3_500, { track: 2 })).memory, policy).at).toBe("look");
  });

  test("that was refused is not asked again while it stays, but is once somebody new was enrolled", () => {
    const looks = Array.from({ length: 90 }, (_, n) => seen(100 + n * 100, { match: null }));
    const idle = play(ready(), ...looks, touch(9_200, "dismiss"), seen(9_300, { match: null }));
    expect(viewOf(idle.memory, policy).at).toBe("idle");
    const zoe = { ...ana, id: personId("p_00000000000000000zoe"), badges: [] };
    const known: Event = { kind: "people", people: [ana, bo, zoe], enrolled: 3, at: at(9_400) };
    const match = { person: zoe.id, similarity: 0.8, margin: 0.5, agreeing: 3 };
    const { effects } = play(idle.memory, known, seen(9_500, { match }), seen(9_600, { match }));
    expect(punches(effects)).toMatchObject([{ person: zoe.id, methods: ["face"] }]);
  });

  test("that took the place of somebody who was just thanked is recognised although nobody saw the change", () => {
    const first = play(ready(), seen(100), seen(600));
    const idle = play(first.memory, saved(first.effects[0], 1, 610), seen(3_000), tick(8_000));
    expect(attentionOf(idle.memory, policy).effort).toBe("look");
    const lingering = Array.from({ length: 30 }, (_, n) => seen(8_200 + n * 1_000));
    expect(viewOf(play(idle.memory, ...lingering).memory, policy).at).toBe("idle");
    const other = { match: { person: bo.id, similarity: 0.8, margin: 0.5, agreeing: 3 } };
    const { effects } = play(idle.memory, seen(8_200, other), seen(8_300, other));
    expect(punches(effects)).toMatchObject([{ person: bo.id }]);
    const stranger = { match: null };
    const looks = Array.from({ length: 90 }, (_, n) => seen(8_200 + n * 100, stranger));
    const turned = Array.from({ length: 130 }, (_, n) =>
      seen(8_200 + n * 100, { ...stranger, problem: "turned", progress: 0 }),
    );
    expect(viewOf(play(idle.memory, ...turned).memory, policy).at).toBe("refused");
    expect(viewOf(play(idle.memory, ...looks).memory, policy)).toMatchObject({ at: "refused", why: "not-sure" });
  });

  test("that was punched by badge a moment ago is not punched again by camera", () => {
    const first = play(ready(), seen(100, { match: null }), tap("4711", 300));
    const { effects } = play(
      first.memory,
      saved(first.effects[0], 1, 310),
      seen(2_000),
      seen(4_000),
      tick(9_000),
      seen(9_100),
    );
    expect(effects).toEqual([]);
  });

  test("that walks away leaves the idle clock behind", () => {
    const { memory } = play(ready(), seen(100, { match: null }), sight(1_400, null));
    expect(viewOf(memory, policy).at).toBe("idle");
  });

  test("may be tried again, with nothing of the last look", () => {
    const looks = Array.from({ length: 90 }, (_, n) => seen(100 + n * 100, { live: 0.1 }));
    const { memory, effects } = play(ready(), ...looks, touch(9_500, "retry"));
    expect(effects).toEqual([{ do: "forget" }]);
    expect(viewOf(memory, policy).at).toBe("idle");
  });
});

describe("the kind", () => {
  test("may be changed on the thanks screen, as a correction that points at the punch", () => {
    const first = play(ready(), tap("4711", 100));
    const thanked = play(first.memory, saved(first.effects[0], 1, 110));
    const changing = play(thanked.memory, touch(900, "choose", "out"));
    expect(changing.effects).toMatchObject([{ draft: { draft: "correction", ref: "id-1", kind: "out" } }]);
    const twice = play(changing.memory, touch(950, "choose", "break-end"));
    expect(twice.effects).toEqual([]);
    const changed = play(twice.memory, saved(changing.effects[0], 2, 960)).memory;
    expect(viewOf(changed, policy)).toMatchObject({ at: "thanks", kind: "out", changed: true, choices: [] });
    expect(lastMarkOf(changed, ana.id)).toMatchObject({ kind: "out", utcMs: startMs + 100, was: { kind: "in" } });
  });
});

describe("bad days", () => {
  test("a punch that could not be saved is never thanked; the wall says so until the disk is well", () => {
    const first = play(ready(), tap("4711", 100));
    const [effect] = first.effects;
    if (effect?.do !== "save") throw new Error("nothing to save");
    const failed = play(first.memory, {
      kind: "save-failed",
      draft: effect.draft,
      code: "disk-full",
      remedy: "Free space.",
      at: at(120),
    });
    expect(viewOf(failed.memory, policy)).toMatchObject({ at: "refused", why: "not-saved", canRetry: false });
    expect(viewOf(play(failed.memory, tick(20_000)).memory, policy)).toMatchObject({
      at: "out-of-order",
      code: "disk-full",
    });
    const well = play(
      failed.memory,
      { kind: "room", room: "journal", state: { is: "up" }, at: at(21_000) },
      tick(21_000),
    );
    expect(viewOf(well.memory, policy).at).toBe("idle");
  });

  test("a commit that takes too long is not called safe, and is when it comes after all", () => {
    const first = play(ready(), tap("4711", 100));
    const late = play(first.memory, tick(100 + policy.saveMs));
    expect(viewOf(late.memory, policy)).toMatchObject({ at: "refused", why: "not-saved" });
    expect(viewOf(play(late.memory, saved(first.effects[0], 1, 6_000)).memory, policy).at).toBe("thanks");
  });

  test("P20 IC-25 AR-7 a lost camera ends the look, keeps badges working and stops the engine", () => {
    const lost = play(ready(), seen(100, { match: null }), {
      kind: "room",
      room: "camera",
      state: { is: "down", code: "camera-lost", remedy: "Replug it." },
      at: at(300),
    });
    expect(viewOf(lost.memory, policy).at).toBe("idle");
    expect(attentionOf(lost.memory, policy).effort).toBe("off");
    expect(stripOf(lost.memory, policy).camera).toBe("lost");
    expect(play(lost.memory, tap("4711", 400)).effects).toHaveLength(1);
  });

  test("received is said at once where the receiver has the punch and waits for what was before it", () => {
    const first = play(ready(), tap("4711", 100));
    const thanked = play(first.memory, saved(first.effects[0], 5, 110)).memory;
    const news = (epoch: number, from: number, to: number): Event => ({
      kind: "uplink",
      news: {
        ...{ online: true, waiting: 100_001, receipted: { epoch: 1, seq: 2 }, receiver: "payroll", trouble: null },
        held: {
          epoch,
          ranges: [
            [0, 2],
            [from, to],
          ],
        },
      },
      at: at(500),
    });
    const receivedAfter = (event: Event) => viewOf(play(thanked, event).memory, policy);
    for (const event of [news(1, 4, 4), news(1, 6, 9), news(2, 5, 5)]) {
      expect(receivedAfter(event)).toMatchObject({ received: null });
    }
    expect(receivedAfter(news(1, 4, 5))).toMatchObject({ received: { by: "payroll" } });
  });

  test("received is said when the receipt covers the punch, not before", () => {
    const first = play(ready(), tap("4711", 100));
    const thanked = play(first.memory, saved(first.effects[0], 5, 110)).memory;
    const news = (seq: number): Event => ({
      kind: "uplink",
      news: { online: true, waiting: 1, receipted: { epoch: 1, seq }, receiver: "payroll", trouble: null },
      at: at(500),
    });
    expect(viewOf(play(thanked, news(4)).memory, policy)).toMatchObject({ received: null });
    expect(viewOf(play(thanked, news(5)).memory, policy)).toMatchObject({ received: { by: "payroll" } });
  });
});

test("what the check of the journal finds stands on the wall until it is signed off", () => {
  const notice = { reason: "corrupt" as const, setAside: null, lost: null };
  const found = play(ready(), { kind: "notice", notice, at: at(100) });
  expect(stripOf(found.memory, policy).notice).toEqual({ reason: "corrupt", lost: null });
  expect(stripOf(play(found.memory, { kind: "notice", notice: null, at: at(200) }).memory, policy).notice).toBeNull();
});
