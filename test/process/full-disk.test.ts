import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import type { Screenful } from "../../kiosk/core/view.ts";
import { fill } from "../torture/disk.ts";
import { startKiosk } from "./kiosk.ts";
import { sessionOf } from "./session.ts";

test("a full disk is said on the wall, never thanked, and heals by itself when there is room again", async ({
  skip,
}) => {
  if (process.getuid?.() !== 0) skip("only root may mount a small disk of its own");
  const state = mkdtempSync(join(tmpdir(), "lintel-full-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=12m", "lintel-test", state]);
  onTestFinished(() => {
    execFileSync("umount", [state]);
    rmSync(state, { recursive: true });
  });
  await using kiosk = startKiosk(state, "--duplicate-window-ms", "0");
  onTestFailed(() =>
    console.error(kiosk.lines.map(({ msg, stack }) => `${msg} ${stack ?? ""}`).join("\n"), kiosk.stderr()),
  );
  const url = await kiosk.url();
  const screens: Screenful[] = [];
  const stop = new AbortController();
  const listening = listen(new URL("/events", url), stop.signal, (screen) => screens.push(screen));
  const shown = (isIt: (screen: Screenful) => boolean) =>
    expect.poll(() => screens.some(isIt), { timeout: 20_000, interval: 50 }).toBe(true);
  const session = await sessionOf(url);
  const act = async (what: object) => {
    const headers = { "content-type": "application/json", origin: new URL(url).origin, "lintel-session": session };
    expect((await fetch(new URL("/demo", url), { method: "POST", headers, body: JSON.stringify(what) })).status).toBe(
      204,
    );
  };
  await shown(({ view, strip }) => view.at === "idle" && strip.camera === "on");
  await act({ act: "scene", id: "empty" });

  fill(join(state, "filler"));
  for (let taps = 0; taps < 40 && !screens.some(({ view }) => view.at === "refused"); taps += 1) {
    screens.length = 0;
    await act({ act: "tap", badge: taps % 2 === 0 ? "demo:1001" : "demo:1002" });
    await shown(({ view }) => view.at === "thanks" || view.at === "refused");
  }
  expect(screens.filter(({ view }) => view.at === "refused").at(-1)?.view).toMatchObject({ why: "not-saved" });
  expect(screens.some(({ view }) => view.at === "thanks")).toBe(false);
  await kiosk.line(({ event, code }) => event === "save-failed" && code === "disk-full");
  await shown(({ view }) => view.at === "out-of-order");

  screens.length = 0;
  rmSync(join(state, "filler"));
  await shown(({ view }) => view.at === "idle");
  await act({ act: "tap", badge: "demo:1002" });
  await shown(({ view }) => view.at === "thanks");
  stop.abort();
  await listening;
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
});

async function listen(url: URL, signal: AbortSignal, hear: (screen: Screenful) => void): Promise<void> {
  const { body } = await fetch(url, { signal });
  let text = "";
  try {
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (text + chunk).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = /^event: screen\ndata: (.*)$/m.exec(event)?.[1];
        if (data !== undefined) hear(JSON.parse(data) as Screenful);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
