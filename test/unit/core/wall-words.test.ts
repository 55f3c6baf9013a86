import { describe, expect, test } from "vitest";
import type { Bulletin } from "../../../kiosk/core/bulletin.ts";
import type { Event } from "../../../kiosk/core/event.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import { blankMemory, type Memory } from "../../../kiosk/core/memory.ts";
import { longReceiptCode } from "../../../kiosk/core/receipt.ts";
import { langOf, stripOf, viewOf } from "../../../kiosk/core/show.ts";
import { deadlineOf } from "../../../kiosk/core/station.ts";
import { ana, at, bo, play, policy, ready, saved, seen, startMs, tap, tick, touch } from "./wall.ts";

/** What the cloud may put on the wall, what a technician is told, and the receipt. */

const source = "urn:lintel:acme:blr-01:k3v8m2q7x4w9t1v6r3s5";
const wall = (): Memory => ready({ ...blankMemory, source });
const pin = (id: string, change: Partial<Bulletin> = {}, ms = 0): Event => ({
  kind: "bulletin",
  bulletin: { id, text: `Words of ${id}`, untilUtcMs: null, sub: null, ...change },
  at: at(ms),
});
const textsOf = (memory: Memory): readonly string[] => {
  const view = viewOf(memory, policy);
  return view.at === "idle" || view.at === "thanks" ? view.bulletins.map(({ text }) => text) : [view.at];
};
const punched = (memory: Memory, badge: string, ms: number): Memory => {
  const { memory: saving, effects } = play(memory, tap(badge, ms));
  return play(saving, saved(effects[0], ms, ms + 10)).memory;
};

describe("bulletins", () => {
  test("for everybody stand on the idle wall, the newest three, and the same one again changes nothing", () => {
    const { memory } = play(wall(), pin("a"), pin("b"), pin("c"), pin("d"), pin("d", { text: "Other words" }));
    expect(textsOf(memory)).toEqual(["Words of d", "Words of c", "Words of b"]);
    expect(play(memory, pin("c", { text: "Other words" })).memory).toEqual(memory);
  });

  test("for one person stand on that person's thanks, never on anybody else's and never on the idle wall", () => {
    const { memory } = play(wall(), pin("ana", { sub: ana.id }), pin("all"));
    expect(textsOf(memory)).toEqual(["Words of all"]);
    const anas = punched(memory, "4711", 100);
    expect(textsOf(anas)).toEqual(["Words of ana"]);
    expect(textsOf(punched(play(anas, touch(200, "dismiss")).memory, "4712", 300))).toEqual([]);
    expect(JSON.stringify(viewOf(punched(memory, "4712", 100), policy))).not.toContain("Words");
  });

  test("come down at their end, also where somebody sets the wall clock past it, and are not put up after it", () => {
    const untilUtcMs = startMs + 60_000;
    const { memory } = play(wall(), pin("a", { untilUtcMs }));
    expect(deadlineOf(memory, policy)).toBe(60_000);
    expect(textsOf(play(memory, tick(59_999)).memory)).toHaveLength(1);
    expect(textsOf(play(memory, tick(60_000)).memory)).toEqual([]);
    const isSet: Event = { kind: "tick", at: { utcMs: untilUtcMs, monoMs: 5 } };
    expect(textsOf(play(memory, isSet).memory)).toEqual([]);
    expect(textsOf(play(wall(), pin("a", { untilUtcMs }, 60_000)).memory)).toEqual([]);
    // A box that thinks it is 1970 must neither wait for fifty years nor set a timer that overflows.
    const old: Event = { ...pin("a", { untilUtcMs }), at: { utcMs: 0, monoMs: 0 } } as Event;
    expect(deadlineOf(play(wall(), old).memory, policy)).toBeLessThan(2 ** 31);
  });

  test("are plain text of one line: no markup, no line ends, nothing that turns what stands beside them", () => {
    const rtl = "\u202Eevil\u202C \u2066x\u2069\u200F";
    const { memory } = play(
      wall(),
      pin("a", { text: `  one\n\n<b>two</b>\t\u0007 ${rtl}` }),
      pin("b", { text: "\u202E \n" }),
      pin("c", { text: "x".repeat(900) }),
    );
    const [long = "", odd] = textsOf(memory);
    expect(odd).toBe("one <b>two</b> evil x");
    expect(long).toHaveLength(200);
    expect(textsOf(memory)).toHaveLength(2);
  });

  test("go with the person they were meant for", () => {
    const { memory } = play(wall(), pin("ana", { sub: ana.id }), pin("bo", { sub: bo.id }), pin("all"));
    const left = play(memory, { kind: "people", people: [bo], enrolled: 0, at: at(10) }).memory;
    expect(left.bulletins.map(({ id }) => id)).toEqual(["all", "bo"]);
  });

  test("are bounded, whatever the cloud sends", () => {
    const many = Array.from({ length: 700 }, (_, n) => pin(`p${n}`, { sub: n % 2 === 0 ? ana.id : bo.id }));
    const { memory } = play(wall(), ...many, ...Array.from({ length: 50 }, (_, n) => pin(`g${n}`)));
    expect(memory.bulletins.length).toBeLessThanOrEqual(503);
    expect(textsOf(punched(memory, "4711", 100))).toEqual(["Words of p698"]);
    const long = play(wall(), ...["a", "b", "c"].map((id) => pin(id, { text: `${id}${"x".repeat(199)}` }))).memory;
    expect(textsOf(long)).toHaveLength(1);
  });
});

describe("a clock that somebody looks for", () => {
  const identify = (ms: number, forMs = 30_000): Event => ({ kind: "identify", forMs, at: at(ms) });

  test("says which one it is for as long as it was asked to", () => {
    const { memory } = play(wall(), identify(0));
    expect(viewOf(memory, policy)).toEqual({ at: "identify", device: "k3v8m2q7x4w9t1v6r3s5" });
    expect(deadlineOf(memory, policy)).toBe(30_000);
    expect(viewOf(play(memory, tick(30_000)).memory, policy).at).toBe("idle");
    expect(deadlineOf(play(wall(), identify(0, 10 ** 12)).memory, policy)).toBe(600_000);
    expect(viewOf(play(wall(), identify(0, -1)).memory, policy).at).toBe("idle");
  });

  test("is a time clock again as soon as a face or a badge comes, and stays one", () => {
    for (const come of [seen(1_000), tap("4711", 1_000)]) {
      const { memory, effects } = play(wall(), identify(0), come);
      expect(viewOf(memory, policy).at).not.toBe("identify");
      expect(memory.beacon).toBeNull();
      if (come.kind === "tap") expect(effects).toHaveLength(1);
    }
  });

  test("asked for while somebody is thanked, waits until the screen is free", () => {
    const thanked = play(punched(wall(), "4711", 100), identify(200)).memory;
    expect(viewOf(thanked, policy).at).toBe("thanks");
    expect(viewOf(play(thanked, touch(300, "dismiss")).memory, policy).at).toBe("identify");
  });
});

test("loudness is carried to the page within its bounds", () => {
  const loud = (percent: number): number =>
    stripOf(play(wall(), { kind: "volume", percent, at: at(0) }).memory, policy).volume;
  expect([stripOf(wall(), policy).volume, loud(30), loud(0), loud(-5), loud(1_000)]).toEqual([100, 30, 0, 0, 100]);
});

describe("trouble with the uplink", () => {
  const news = (ms: number, trouble: Fault | null): Event => ({
    kind: "uplink",
    news: { online: false, waiting: 3, receipted: null, receiver: "payroll", trouble },
    at: at(ms),
  });
  const expired = (message = "It has expired") => new Fault("certificate-expired", message, "Renew it.");

  test("is told to the page with its code, what to do and since when, and a second try is no new trouble", () => {
    const { memory } = play(wall(), news(1_000, expired()), news(9_000, expired("It has expired, again")));
    expect(stripOf(memory, policy).outage).toEqual({
      code: "certificate-expired",
      message: "It has expired, again",
      remedy: "Renew it.",
      sinceMs: startMs + 1_000,
    });
    const other = play(memory, news(20_000, new Fault("broker-refused", "No", "Ask."))).memory;
    expect(stripOf(other, policy).outage).toMatchObject({ code: "broker-refused", sinceMs: startMs + 20_000 });
    expect(stripOf(play(other, news(30_000, null)).memory, policy).outage).toBeNull();
  });

  test("never takes more of the screen than it has", () => {
    const { memory } = play(wall(), news(0, expired("x".repeat(5_000))));
    expect(stripOf(memory, policy).outage?.message).toHaveLength(300);
  });
});

describe("the receipt", () => {
  const codeOf = (memory: Memory): string => {
    const view = viewOf(memory, policy);
    return view.at === "thanks" ? view.receipt : view.at;
  };
  const rh = "A".repeat(43);

  test("is that of the punch, and after a change that of the correction, which names the punch", () => {
    const thanked = punched(wall(), "4711", 100);
    expect(codeOf(thanked)).toBe(longReceiptCode({ source, epoch: 1, seq: 100, rh }));
    const changing = play(thanked, touch(900, "choose", "out"));
    const changed = play(changing.memory, saved(changing.effects[0], 101, 960)).memory;
    expect(codeOf(changed)).toBe(longReceiptCode({ source, epoch: 1, seq: 101, rh }));
  });

  test("stays when it is touched, and still makes way for the next badge or face at once", () => {
    const held = play(punched(wall(), "4711", 100), touch(1_000, "hold")).memory;
    expect(viewOf(held, policy)).toMatchObject({ at: "thanks", held: true });
    expect(deadlineOf(held, policy)).toBe(31_000);
    expect(viewOf(play(held, tap("4712", 3_000)).memory, policy).at).toBe("saving");
    expect(viewOf(play(held, seen(3_000, { track: 7 })).memory, policy).at).toBe("look");
    const changing = play(held, touch(2_000, "choose", "out"));
    const changed = play(changing.memory, saved(changing.effects[0], 101, 2_010)).memory;
    expect(deadlineOf(changed, policy)).toBe(31_000);
    expect(play(wall(), touch(0, "hold")).memory.state.at).toBe("idle");
  });
});

test("whoever the view is about is spoken to in their language, and nobody else", () => {
  const people = [{ ...ana, lang: "es" }, bo];
  const thanksOf = (badge: string) => {
    const first = play(ready(undefined, people), tap(badge, 100));
    return play(first.memory, saved(first.effects[0], 1, 110)).memory;
  };
  expect([langOf(ready(undefined, people)), langOf(thanksOf("4711")), langOf(thanksOf("4712"))]).toEqual([
    null,
    "es",
    null,
  ]);
  const undoing = play(thanksOf("4711"), touch(300, "not-me"));
  expect(langOf(play(undoing.memory, saved(undoing.effects[0], 2, 310)).memory)).toBeNull();
});
