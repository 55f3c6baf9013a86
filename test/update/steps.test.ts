import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nextStep, type Seen, type Step, startsMax, type Trial } from "../../provisioning/update/steps.ts";

const rest: Seen = { current: "1.1.0", trial: null, staged: null, wanted: null, version: "1.1.0" };
const counted = (version: string, starts: number, before: string | null = "1.1.0"): Trial => ({
  ...{ is: "counted" as const, version, starts, before },
});
const returning: Trial = { is: "returning", version: "1.2.0", before: "1.1.0", why: "starts" };
const switched: Partial<Seen> = { current: "1.2.0", version: "1.2.0" };

/** Every state that a cut can leave, in the order in which an update comes through them. */
test.each<readonly [string, Partial<Seen>, Step]>([
  ["nothing is wanted", {}, { do: "rest" }],
  ["what is wanted runs", { wanted: "1.1.0" }, { do: "rest" }],
  [
    "the package's own version runs and is wanted",
    { current: null, version: "1.0.0", wanted: "1.0.0" },
    { do: "rest" },
  ],
  ["something is wanted", { wanted: "1.2.0" }, { do: "stage", version: "1.2.0" }],
  ["another is staged than is wanted", { wanted: "1.3.0", staged: "1.2.0" }, { do: "stage", version: "1.3.0" }],
  ["it is staged", { wanted: "1.2.0", staged: "1.2.0" }, { do: "switch", version: "1.2.0" }],
  ["it is staged and wanted no more", { staged: "1.2.0" }, { do: "rest" }],
  ["cut after the trial was announced", { trial: counted("1.2.0", 0), wanted: "1.2.0" }, { do: "drop-trial" }],
  ["cut after the link", { ...switched, trial: counted("1.2.0", 0) }, { do: "start", version: "1.2.0" }],
  [
    "cut while it started, or before it was judged",
    { ...switched, trial: counted("1.2.0", 1) },
    { do: "judge", version: "1.2.0", before: "1.1.0" },
  ],
  [
    "started after the package's own",
    { ...switched, trial: counted("1.2.0", 3, null) },
    { do: "judge", version: "1.2.0", before: null },
  ],
  ["cut between the end of the counting and the end of the trial", { ...switched, wanted: "1.2.0" }, { do: "rest" }],
  ["cut in a return", { ...switched, trial: returning }, { do: "finish-return", version: "1.2.0", why: "starts" }],
  ["taken back by the launcher", { trial: returning }, { do: "note-return", version: "1.2.0", why: "starts" }],
  [
    "on trial, and something newer is wanted",
    { ...switched, trial: counted("1.2.0", 1), wanted: "1.3.0" },
    { do: "judge", version: "1.2.0", before: "1.1.0" },
  ],
  ["a trial of something else", { trial: counted("1.3.0", 2) }, { do: "drop-trial" }],
  [
    "the tree that was on trial is broken",
    { current: null, version: "1.0.0", trial: counted("1.2.0", 1), wanted: "1.2.0" },
    { do: "drop-trial" },
  ],
])("%s", (_, seen, step) => {
  expect(nextStep({ ...rest, ...seen })).toEqual(step);
});

test("from every state that there is, steps that succeed lead to rest, and to what was wanted or what was before", () => {
  const versions = [null, "1.1.0", "1.2.0"] as const;
  const trials = [
    null,
    returning,
    ...[0, 1, 3].flatMap((starts) => [counted("1.2.0", starts), counted("1.3.0", starts)]),
  ];
  for (const current of versions)
    for (const staged of versions)
      for (const wanted of versions)
        for (const trial of trials) {
          let seen: Seen = { current, trial, staged, wanted, version: current ?? "1.0.0" };
          const way: string[] = [];
          for (let step = nextStep(seen); step.do !== "rest"; step = nextStep(seen)) {
            way.push(step.do);
            expect(way.length, way.join(" ")).toBeLessThan(10);
            seen = after(seen, step);
          }
          expect(seen.trial).toBeNull();
          expect([wanted, current, "1.1.0"]).toContain(seen.current);
        }
});

/** What the disk shows after a step that succeeded. */
function after(seen: Seen, step: Step): Seen {
  const point = (current: string | null): Partial<Seen> => ({ current, version: current ?? "1.0.0" });
  switch (step.do) {
    case "stage":
      return { ...seen, staged: step.version };
    case "switch":
      return { ...seen, trial: counted(step.version, 0, seen.current), ...point(step.version) };
    case "start":
      return { ...seen, trial: counted(step.version, 1, seen.trial?.before ?? null) };
    case "judge":
      return { ...seen, trial: null, staged: null };
    case "finish-return":
      return { ...seen, ...point(seen.trial?.before ?? null) };
    // What was taken back is not wanted any more.
    case "note-return":
      return { ...seen, trial: null, staged: null, wanted: null };
    case "drop-trial":
      return { ...seen, trial: null };
    case "rest":
      return seen;
  }
}

test("shell counts to the same number", () => {
  const launch = readFileSync(join(import.meta.dirname, "../../provisioning/package/lintel-launch"), "utf8");
  expect(launch).toContain(`\nstarts_max=${startsMax}\n`);
});
