import type { Effect, Event } from "../../../kiosk/core/event.ts";
import { type Memory, recalled } from "../../../kiosk/core/memory.ts";
import type { Person } from "../../../kiosk/core/person.ts";
import type { PinAnswer } from "../../../kiosk/core/pin.ts";
import type { Policy } from "../../../kiosk/core/policy.ts";
import type { PunchKind, RecordEvent } from "../../../kiosk/core/record.ts";
import { viewOf } from "../../../kiosk/core/show.ts";
import type { Touch, View } from "../../../kiosk/core/view.ts";
import { ana, at, bo, type Played, playWith, policy, ready, room, saved, startMs, tap, tick, touched } from "./wall.ts";

/** A wall that offers everything, and hands that use it. */
export const everything: Policy = {
  ...policy,
  ways: ["badge", "pin", "qr", "face"],
  jobs: [
    { code: "press", label: "Press 4" },
    { code: "paint", label: "Paint shop", group: "Finishing" },
  ],
  muster: "everybody",
};
export const sue: Person = {
  ...bo,
  id: "p_00000000000000000sue" as Person["id"],
  displayName: "Sue",
  badges: ["4714"] as never,
  perm: ["supervise"],
};

export class Wall {
  memory: Memory;
  ms: number;
  readonly rules: Policy;
  readonly effects: Effect[] = [];
  readonly kept: Extract<Effect, { do: "save" }>["draft"][] = [];

  constructor(
    rules: Policy = everything,
    people: readonly Person[] = [ana, bo, sue],
    before: readonly RecordEvent[] = [],
  ) {
    this.rules = rules;
    this.memory = recalled(ready(undefined, people), before);
    this.ms = 1_000;
    this.happen(room(0, "reader", "up"));
  }

  happen(...events: readonly Event[]): this {
    const played: Played = playWith(this.rules, this.memory, ...events);
    this.memory = played.memory;
    this.effects.push(...played.effects);
    return this;
  }

  touch(...touches: readonly Touch[]): this {
    for (const one of touches) this.happen(touched(++this.ms, one));
    return this;
  }

  digits(text: string): this {
    return this.touch(...[...text].map((digit): Touch => ({ touch: "digit", digit: Number(digit) })));
  }

  tap(badge: string): this {
    return this.happen(tap(badge, ++this.ms));
  }

  /** The disk takes what waits for it. */
  save(): this {
    for (const effect of this.effects.splice(0)) {
      if (effect.do !== "save") continue;
      this.kept.push(effect.draft);
      this.happen(saved(effect, this.kept.length, ++this.ms));
    }
    return this;
  }

  checked(answer: PinAnswer): this {
    const ticket = this.memory.tickets;
    return this.happen({ kind: "pin-checked", ticket, answer, at: at(++this.ms) });
  }

  wait(ms: number): this {
    this.ms += ms;
    return this.happen(tick(this.ms));
  }

  view(): View {
    return viewOf(this.memory, this.rules);
  }
}

/** A punch of another day, `hours` before the wall was put up. */
export const punchBefore = (person: Person, kind: PunchKind, hours: number, seq: number): RecordEvent => ({
  specversion: "1.0",
  id: `before-${seq}`,
  source: "urn:lintel:demo:riverside:k00000000000000000000",
  type: "dev.lintel.punch.v1",
  time: new Date(startMs - hours * 3_600_000).toISOString(),
  ...{ epoch: 1, seq, prev: "" },
  data: {
    kind,
    sub: person.id,
    method: ["card"],
    assure: { match: "none", live: "na", card: "static" },
    t: { local: "", tz: "Europe/Berlin", src: "ntp", err: 25, age: 60, boot: 9, mono: seq },
    ...{ loc: "gate-1", pol: "default.1", dec: "accept" },
  },
});
