import { expect, test } from "vitest";
import type { Draft } from "../../../kiosk/core/draft.ts";
import type { Event } from "../../../kiosk/core/event.ts";
import { personId } from "../../../kiosk/core/person.ts";
import { checkedLine, lineOf } from "../../../kiosk/say.ts";

const person = personId("p_00000000000000000ana");
const at = { utcMs: 0, monoMs: 0 };
const punch: Draft = {
  draft: "punch",
  person,
  kind: "in",
  inferred: true,
  methods: ["card", "face"],
  assure: { match: "high", live: "pass", card: "static" },
  flags: [],
  at,
};
const alarm: Draft = { draft: "alarm", count: 3, windowMs: 180_000, restMs: 300_000, at };
const saved = (draft: Draft): Event => ({
  kind: "saved",
  draft,
  id: "id-1",
  position: { epoch: 1, seq: 4 },
  rh: "A".repeat(43),
  at,
});

test("a punch is told with how it was made and whether somebody should look at it", () => {
  expect(lineOf(saved(punch))?.sentence).toBe(`Punch in by card and face, ${person}: saved as record 1/4`);
  const flagged: Draft = { ...punch, methods: ["card"], flags: ["face-unverified"] };
  expect(lineOf(saved(flagged))).toMatchObject({
    sentence: `Punch in by card, ${person}: saved as record 1/4; to be looked at: face-unverified`,
    fields: { flags: "face-unverified" },
  });
});

test("an alarm and the rest after it are told without anybody's pseudonym", () => {
  const line = lineOf(saved(alarm));
  expect(line).toMatchObject({
    level: "warn",
    sentence: "Alarm: 3 faces did not seem alive within 180 s. Only badges count for 300 s: saved as record 1/4",
    fields: { event: "alarm", count: 3, windowS: 180, restS: 300 },
  });
  expect(JSON.stringify(line)).not.toContain("p_");
});

test("what could not be saved is told for what it was", () => {
  const failed = (draft: Draft): Event => ({
    kind: "save-failed",
    draft,
    code: "disk-full",
    remedy: "Free space.",
    at,
  });
  expect(lineOf(failed(punch))?.sentence).toBe("A punch could NOT be saved. Free space.");
  expect(lineOf(failed(alarm))?.sentence).toBe("An alarm could NOT be saved. Free space.");
});

test("a check of the whole journal is told when it ends, and what to do when it found something", () => {
  expect(checkedLine({ is: "running", records: 10, of: 100 })).toBeNull();
  expect(checkedLine({ is: "good", records: 100, of: 100 })).toMatchObject({ level: "info" });
  const bad = checkedLine({ is: "bad", records: 41, of: 100 });
  expect(bad).toMatchObject({ level: "warn", fields: { event: "journal-checked", good: false, records: 41 } });
  expect(bad?.sentence).toContain("Copy the state folder");
});
