import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFailed, test } from "vitest";
import { openSmallDisk } from "../torture/disk.ts";
import { startKiosk } from "./kiosk.ts";
import { sessionOf } from "./session.ts";

test("a clock whose disk is given up stays there: it refuses in words, answers its page, and says its figures", {
  timeout: 90_000,
}, async ({ skip }) => {
  using disk = openSmallDisk(64);
  if (disk === null) return skip("mounting a small disk needs root; run this test as root to have it");
  await using kiosk = startKiosk(disk.folder, "--metrics-port", "0", "--duplicate-window-ms", "0");
  const url = await kiosk.url();
  const { url: figures } = await kiosk.line(({ event }) => event === "figures");
  onTestFailed(() =>
    console.error(
      kiosk.lines
        .slice(-14)
        .map((l) => JSON.stringify(l))
        .join("\n"),
      kiosk.stderr(),
    ),
  );
  const session = await sessionOf(url);
  const tap = async (badge: string): Promise<void> => {
    const headers = { "content-type": "application/json", origin: new URL(url).origin, "lintel-session": session };
    await fetch(new URL("/demo", url), { method: "POST", headers, body: JSON.stringify({ act: "tap", badge }) });
  };
  await tap("demo:1002");
  await kiosk.line(({ event, kind }) => event === "saved" && kind !== undefined);
  disk.fail();
  for (let n = 0; n < 3; n += 1) {
    await tap("demo:1001");
    await delay(1_200);
  }
  await kiosk.line(({ event }) => event === "save-failed");
  // Long enough for everything that looks at the journal every few seconds.
  await delay(5_000);
  const text = await (await fetch(String(figures))).text();
  expect(text).toContain("lintel_saves_failed_total");
  expect((await fetch(url)).status).toBe(200);
  expect(kiosk.lines.filter(({ level }) => level === 60 || level === "fatal")).toEqual([]);
});
