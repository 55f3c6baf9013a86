import { describe, expect, test } from "vitest";
import { doorRules } from "./house/doors.ts";
import { packageRules } from "./house/packages.ts";
import { filesIn } from "./house/source.ts";
import { wordRules } from "./house/words.ts";

describe.for([...doorRules, ...wordRules, ...packageRules])("$rule", ({ rule, why, guards, broken }) => {
  test("guards files that are there", () => {
    const gone = guards.filter((guarded) => filesIn([guarded]).length === 0);
    expect(gone, `"${rule}" guards what is not there any more: move the rule to where it went`).toEqual([]);
  });

  test("holds", () => {
    expect(broken(), `${rule}: because ${why}.`).toEqual([]);
  });
});
