import { expect, test } from "vitest";
import { bodyOf, type Draft, type PunchDraft } from "../../../kiosk/core/draft.ts";
import type { TimeSource } from "../../../kiosk/core/time.ts";
import { recordData } from "../../../kiosk/uplink/contract/wire.ts";
import { ana, at, policy } from "./wall.ts";

const punch: PunchDraft = {
  draft: "punch",
  person: ana.id,
  kind: "in",
  inferred: true,
  methods: ["card", "face"],
  assure: { match: "high", live: "pass", card: "static" },
  flags: [],
  at: at(1_000),
};
const moment = (source: TimeSource = "ntp") => ({ clock: { source, errorMs: 25, ageS: 60 }, boot: 1 });
const bodies: readonly Draft[] = [
  punch,
  { ...punch, flags: ["pad-suspect"] },
  { draft: "correction", person: ana.id, kind: "out", ref: "id-1", at: at(2_000) },
  { draft: "alarm", count: 3, windowMs: 180_000, restMs: 300_000, at: at(3_000) },
];

test.each([
  [[], "ntp", "accept", undefined],
  [[], "none", "flag", ["clock-weak"]],
  [["face-unverified"], "ntp", "flag", ["face-unverified"]],
  [["pad-suspect"], "none", "flag", ["pad-suspect", "clock-weak"]],
] as const)("a punch with %j on a clock from %s is written as %s", (flags, source, dec, why) => {
  const { data } = bodyOf({ ...punch, flags }, policy, moment(source));
  expect(data).toMatchObject({ method: ["card", "face"], dec });
  expect((data as { why?: readonly string[] }).why).toEqual(why);
});

test("SC-14 an alarm is about nobody", () => {
  const alarm: Draft = { draft: "alarm", count: 3, windowMs: 180_000, restMs: 300_000, at: at(3_000) };
  expect(bodyOf(alarm, policy, moment())).toEqual({
    type: "audit",
    data: {
      act: "alarm",
      sub: null,
      by: "station",
      detail: "3 faces did not seem alive within 180 s; faces rest for 300 s",
    },
  });
});

test.each(bodies)("what a receiver checks takes $draft", (draft) => {
  const body = bodyOf(draft, policy, moment());
  expect(recordData[`dev.lintel.${body.type}.v1`]?.safeParse(body.data).success).toBe(true);
});
