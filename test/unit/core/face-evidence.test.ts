import { describe, expect, test } from "vitest";
import { identified, isStill, resembled, verdictOf, verified } from "../../../kiosk/core/face-evidence.ts";
import { withPeople } from "../../../kiosk/core/memory.ts";
import { claimOf, proofBy } from "../../../kiosk/core/proof.ts";
import type { FaceSeen } from "../../../kiosk/core/sight.ts";
import { ana, at, bo, policy, ready, sure, zed } from "./wall.ts";

const face = (change: Partial<FaceSeen>): FaceSeen => ({ ...sure, ...change });
const alike = (similarity: number, margin = 0.5, agreeing = 3): Partial<FaceSeen> => ({
  match: { person: ana.id, similarity, margin, agreeing },
});

describe("1:N", () => {
  test.each([
    [2, 0.5, ana.id],
    [2, 0.499, null],
    [1_000, 0.601, ana.id],
    [1_000, 0.59, null],
    [10_000, 0.66, ana.id],
    [10_000, 0.64, null],
  ])("among %i enrolled people a similarity of %d says %s", (enrolled, similarity, expected) => {
    const memory = withPeople(ready(), [ana, bo], enrolled);
    expect(identified(face(alike(similarity)), memory, policy)).toBe(expected);
  });

  test("a site's own threshold is taken instead", () => {
    const own = { ...policy, similarityMin: 0.75 };
    expect(identified(face(alike(0.74)), ready(), own)).toBeNull();
    expect(identified(face(alike(0.75)), ready(), own)).toBe(ana.id);
  });

  test("until it is known how many are enrolled, everybody counts", () => {
    const crowd = Array.from({ length: 1_000 }, (_, n) => ({
      ...bo,
      id: `p_${String(n).padStart(20, "0")}` as typeof bo.id,
    }));
    const memory = withPeople(ready(), [...crowd, ana]);
    expect(identified(face(alike(0.59)), memory, policy)).toBeNull();
  });

  test.each([
    ["a second identity is near", alike(0.9, 0.07), ana.id],
    ["too few frames agree", alike(0.9, 0.5, 2), null],
    ["the frame is unusable", { problem: "blurred" as const }, null],
    ["the gallery is empty", { match: { person: null, similarity: -1, margin: 2, agreeing: 5 } }, null],
    ["the person left", { match: { person: zed.id, similarity: 0.9, margin: 0.5, agreeing: 3 } }, null],
  ])("nobody is identified where %s", (_, change, whom) => {
    expect(identified(face(change), ready(), policy)).toBeNull();
    expect(resembled(face(change), ready(), policy)).toBe(whom);
  });

  test.each([
    [0.5, true],
    [0.4, true],
    [0.39, false],
  ])("a face of %d is still the one that was thanked: %s", (similarity, expected) => {
    expect(isStill(face(alike(similarity)), ana.id, policy)).toBe(expected);
  });
});

describe("1:1", () => {
  const claim = claimOf(proofBy("badge", ana.id), at(0), "punch");
  test.each([
    ["alike", { claim: { person: ana.id, similarity: 0.5, agreeing: 3 } }, ana.id],
    ["not alike enough", { claim: { person: ana.id, similarity: 0.49, agreeing: 3 } }, null],
    ["alike in too few frames", { claim: { person: ana.id, similarity: 0.9, agreeing: 2 } }, null],
    ["compared with somebody else", { claim: { person: bo.id, similarity: 0.9, agreeing: 3 } }, null],
    ["compared with everybody only", {}, null],
    ["turned", { problem: "turned" as const, claim: { person: ana.id, similarity: 0.9, agreeing: 3 } }, null],
  ])("a face that is %s", (_, change, expected) => {
    expect(verified(face(change), claim, ready(), policy)).toBe(expected);
  });
});

test.each([
  [{ live: null }, "pending"],
  [{ live: 0.19 }, "fail"],
  [{ live: 0.2 }, "unsure"],
  [{ live: 0.39 }, "unsure"],
  [{ live: 0.4 }, "pass"],
  [{ live: 0.9, company: true }, "unsure"],
  [{ live: 0.1, company: true }, "fail"],
  [{ live: 0.9, repeats: true }, "fail"],
  [{ live: null, repeats: true }, "fail"],
])("passive evidence %o: %s", (change, verdict) => {
  expect(verdictOf(face(change), policy)).toBe(verdict);
});
