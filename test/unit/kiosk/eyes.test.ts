import { expect, test } from "vitest";
import type { Event } from "../../../kiosk/core/event.ts";
import { personId } from "../../../kiosk/core/person.ts";
import type { Engine } from "../../../kiosk/core/ports/engine.ts";
import type { Camera, Frame } from "../../../kiosk/core/ports/senses.ts";
import type { Attention } from "../../../kiosk/core/sight.ts";
import { createEyes } from "../../../kiosk/eyes.ts";
import { testClock } from "../../../kiosk/host/clock.ts";

const glance: Attention = { effort: "glance", claim: null, challenge: null, codes: false };
const claim: Attention = {
  effort: "look",
  claim: personId("p_00000000000000000ana"),
  challenge: { id: 3, kind: "blink" },
  codes: false,
};

/** Ten pictures, a tenth of a second apart, each looked at before the next comes. */
async function watched(attention: () => Attention) {
  const clock = testClock(0);
  const asked: Attention[] = [];
  const events: Event[] = [];
  const draws = [0.25, 0.75];
  const engine: Pick<Engine, "observe"> = {
    observe: async (frame, how) => {
      asked.push(how);
      return { at: frame.at, faces: 0, face: null, codes: [], enrol: null };
    },
  };
  const frames = async function* (): AsyncGenerator<Frame> {
    for (let number = 0; number < 10; number += 1) {
      yield { jpeg: new Uint8Array(), number, at: clock.now() };
      await new Promise<void>((resolve) => setImmediate(resolve));
      clock.advance(100);
    }
  };
  const eyes = createEyes({
    clock,
    screen: { preview: () => {} },
    post: (event) => events.push(event),
    attention,
    random: () => draws[events.length % 2] ?? 0,
  });
  const stop = new AbortController();
  const lent = eyes.lend(engine as Engine, stop.signal);
  await eyes.watch({ frames } as unknown as Camera, stop.signal, () => {});
  stop.abort();
  await lent;
  return { asked, draws: events.flatMap((event) => (event.kind === "sight" ? [event.draw] : [])) };
}

test("the engine is asked what the station wants to know, and every sight brings a random number of its own", async () => {
  const { asked, draws } = await watched(() => claim);
  expect(asked).toEqual(Array(10).fill(claim));
  expect(draws.slice(0, 4)).toEqual([0.25, 0.75, 0.25, 0.75]);
});

test("SC-3 L12 glances are four a second, and nothing is looked at while nobody may be", async () => {
  expect((await watched(() => glance)).asked).toHaveLength(4);
  expect((await watched(() => ({ ...glance, effort: "off" }))).asked).toEqual([]);
});
