import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { Screenful, Touch, View } from "../../kiosk/core/view.ts";
import { openDatabase } from "../../kiosk/store/database.ts";
import { type KioskProcess, startKiosk } from "./kiosk.ts";
import { sessionOf } from "./session.ts";

/** Visitors at the real process: killed in the middle of a visit, nothing is lost and nothing doubled. */

type Act = Extract<Touch, { touch: "guests" }>["act"];
type Page = Extract<View, { at: "guests" }>["page"];

const patienceMs = 60_000;

test("a clock that is killed while a host is asked goes on asking, and a visitor who is in is in once", async () => {
  const state = await mkdtemp(join(tmpdir(), "lintel-visitors-"));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  const flags = ["--visitors", "--visitor-contact", "hidden", "--camera", "none", "--muster", "everybody"];
  let kiosk = startKiosk(state, ...flags);
  onTestFinished(async () => void (await kiosk.end("SIGKILL")));
  let wall = await wallOf(kiosk);
  await wall.idle();
  await wall.touch({ act: "open" }, { act: "arrive" });
  for (const text of "Zebedee") await wall.touch({ act: "key", text });
  await wall.touch({ act: "next" }, { act: "host", id: null }, { act: "confirm" });
  const { number } = (await wall.page("asking")) as Extract<Page, { is: "asking" }>;
  await kiosk.end("SIGKILL");

  kiosk = startKiosk(state, ...flags);
  wall = await wallOf(kiosk);
  await wall.idle();
  await wall.touch({ act: "open" }, { act: "code" });
  await wall.digits(number);
  expect(await wall.page("asking")).toMatchObject({ number });
  // Nobody answers, and this site signs them in all the same.
  expect(await wall.page("told", 90_000)).toMatchObject({ what: "in-unanswered", number });
  await kiosk.end("SIGKILL");

  kiosk = startKiosk(state, ...flags);
  wall = await wallOf(kiosk);
  await wall.idle();
  await wall.post({ touch: "errand", errand: "muster" });
  const muster = await wall.view((view) => view.at === "muster");
  expect(muster).toMatchObject({ lines: [{ name: "Zebedee", isVisitor: true }] });
  await wall.post({ touch: "dismiss" });
  await wall.touch({ act: "open" }, { act: "leave" });
  await wall.digits(number);
  expect(await wall.page("told")).toMatchObject({ what: "goodbye" });
  const said = JSON.stringify([kiosk.lines, kiosk.stderr()]);
  await kiosk.end();

  expect(actsIn(state)).toEqual(["asked", "no-answer", "in", "out"]);
  expect(said).not.toContain("Zebedee");
  for (const file of await readdir(state, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    expect((await readFile(join(file.parentPath, file.name), "latin1")).includes("Zebedee"), file.name).toBe(false);
  }
}, 300_000);

async function wallOf(kiosk: KioskProcess) {
  const url = await kiosk.url();
  const session = await sessionOf(url);
  let latest: View | null = null;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  void (async () => {
    const { body } = await fetch(new URL("/events", url), { signal: stop.signal });
    let text = "";
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) {
        const [, data] = /^data: (\{.*\})$/m.exec(message) ?? [];
        if (data?.includes('"view"')) latest = (JSON.parse(data) as Screenful).view;
      }
    }
  })().catch(() => undefined);
  const post = async (touch: Touch): Promise<void> => {
    const headers = { "content-type": "application/json", origin: new URL(url).origin, "lintel-session": session };
    const { status } = await fetch(new URL("/touch", url), { method: "POST", headers, body: JSON.stringify(touch) });
    expect(status).toBe(204);
  };
  const view = async (isIt: (view: View) => boolean, withinMs = patienceMs): Promise<View> => {
    for (const endMs = Date.now() + withinMs; Date.now() < endMs; await pause(50)) {
      if (latest !== null && isIt(latest)) return latest;
    }
    throw new Error(`the wall shows ${JSON.stringify(latest)}`);
  };
  const touch = async (...acts: readonly Act[]): Promise<void> => {
    for (const act of acts) await post({ touch: "guests", act });
  };
  return {
    ...{ post, touch, view },
    idle: () => view(({ at }) => at === "idle"),
    page: async (is: Page["is"], withinMs = patienceMs): Promise<Page> => {
      const found = await view((now) => now.at === "guests" && now.page.is === is, withinMs);
      if (found.at !== "guests") throw new Error("not there");
      return found.page;
    },
    digits: async (text: string): Promise<void> => {
      for (const digit of text) await touch({ act: "digit", digit: Number(digit) });
      await touch({ act: "next" });
    },
  };
}

function actsIn(state: string): readonly string[] {
  const database = openDatabase(join(state, "journal.sqlite"), "read");
  try {
    return database
      .after({ epoch: 0, seq: -1 }, 10_000)
      .filter(({ type }) => type === "visitor")
      .map(({ jws }) => JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()).data.act);
  } finally {
    database[Symbol.dispose]();
  }
}
