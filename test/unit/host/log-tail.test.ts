import { expect, test } from "vitest";
import { openLog, openLogTail } from "../../../kiosk/host/log.ts";

test("the tail keeps the newest lines, whatever the format that is printed", () => {
  const tail = openLogTail();
  const printed: string[] = [];
  const log = openLog("plain", (line) => printed.push(line), tail);
  for (let n = 0; n < 500; n += 1) log.info(`line ${n}`, { event: "test" });
  expect(printed).toHaveLength(500);
  expect(tail.lines()).toHaveLength(400);
  expect(JSON.parse(tail.lines()[0] ?? "")).toMatchObject({ msg: "line 100", event: "test" });
  expect(tail.lines().at(-1)).not.toContain("\n");
});

test("what looks personal does not stay in it, and neither does what is endless", () => {
  const tail = openLogTail();
  const log = openLog("json", () => {}, tail);
  log.warn("badge 04A1B2C3D4E5F6 of p_8m2q7x4w9t1v6r3s5k0n, ann@works.example at mqtt://user:secret@10.0.0.7:1883");
  log.warn("x".repeat(5_000));
  const [first = "", second = ""] = tail.lines();
  for (const secret of ["04A1B2C3", "8m2q7x4w", "ann@", "secret"]) expect(first).not.toContain(secret);
  expect(first).toContain("p_…");
  expect(first).toMatch(/"time":"\d{4}-/);
  expect(first).toContain("10.0.0.7:1883");
  expect(second.length).toBeLessThanOrEqual(1_024);
});
