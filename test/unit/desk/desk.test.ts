import { chmodSync, existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { DeskNews, DeskRequest } from "../../../kiosk/core/desk.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import { personId } from "../../../kiosk/core/person.ts";
import type { Clerk } from "../../../kiosk/core/ports/wall.ts";
import { enrolledAnswer, forgottenAnswer, peopleAnswer, photographMaxBytes } from "../../../kiosk/desk/messages.ts";
import { openDesk, socketPath } from "../../../kiosk/desk/open.ts";
import { type Limits, usualLimits } from "../../../kiosk/desk/wait.ts";
import { askDesk } from "../../../provisioning/desk-client.ts";

const ann = personId("p_8m2q7x4w9t1v6r3s5k0n");
const wish = { person: null, displayName: "Ann", badges: [], consent: "file 12", alsoLike: [] };
const nobody = { spaceId: "space-1", people: [] };

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-desk-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A desk on which `clerk` serves. */
async function openServed(clerk: Clerk, limits: Partial<Limits> = {}, directory = folder()) {
  const desk = await openDesk({ directory, limits: { ...usualLimits, ...limits } });
  const stop = new AbortController();
  const serving = desk.serve(clerk, stop.signal);
  serving.catch(() => undefined);
  return {
    directory,
    serving,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await serving.catch(() => undefined);
      await desk[Symbol.asyncDispose]();
    },
  };
}

/** What any program hears that writes this, until the desk closes. */
async function say(directory: string, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const socket = createConnection(socketPath(directory));
  for (const part of parts) {
    socket.write(part);
    await delay(5);
  }
  let heard = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) heard += chunk.toString("utf8");
  return heard;
}

const refused = (heard: string): string => {
  const { fault } = JSON.parse(heard);
  expect(fault).toMatchObject({ code: "desk-refused", remedy: expect.stringMatching(/\w/) });
  return fault.message;
};

test("a tool is answered, hears how it goes meanwhile, and the clock gets exactly what was asked", async () => {
  const asked: DeskRequest[] = [];
  const going: DeskNews = { state: "going", pose: "straight", accepted: 1, needed: 5, problem: "too-far" };
  const enrolled = { person: ann, again: false, spaceId: "space-1", quality: 80, frames: 2, lookAlikes: [] };
  await using desk = await openServed(async (request, tell) => {
    asked.push(request);
    if (request.ask === "people") return nobody;
    if (request.ask === "remove") return { person: request.person, forgotten: "everything" };
    tell(going);
    return enrolled;
  });
  const { directory } = desk;
  const news: DeskNews[] = [];
  expect(await askDesk({ directory, request: { ask: "people" }, answer: peopleAnswer })).toEqual(nobody);
  const jpegs = [Uint8Array.from({ length: photographMaxBytes }, (_, at) => at), Uint8Array.from([0xff, 0xd8])];
  const request = { ask: "enrol-photographs", wish, jpegs } as const;
  expect(await askDesk({ directory, request, answer: enrolledAnswer, onNews: (one) => news.push(one) })).toEqual(
    enrolled,
  );
  const removal = { ask: "remove", person: ann } as const;
  await askDesk({ directory, request: removal, answer: forgottenAnswer });
  expect(news).toEqual([going]);
  expect(asked).toEqual([{ ask: "people" }, request, removal]);
});

test("a Fault reaches whoever asked, and the next one is served", async () => {
  await using desk = await openServed(async ({ ask }) => {
    if (ask === "enrol") throw new Fault("engine-lost", "it is gone", "Wait.");
    return nobody;
  });
  const { directory } = desk;
  await expect(askDesk({ directory, request: { ask: "enrol", wish }, answer: enrolledAnswer })).rejects.toMatchObject({
    name: "Fault",
    code: "engine-lost",
    message: "it is gone",
    remedy: "Wait.",
  });
  expect(await askDesk({ directory, request: { ask: "people" }, answer: peopleAnswer })).toEqual(nobody);
});

test("what is not understood is refused in words that repeat nothing of it", async () => {
  await using desk = await openServed(() => Promise.reject(new Error("the clerk was troubled")));
  const { directory } = desk;
  for (const line of ["", "hello", "[]", "null", '{"ask":"open-the-door"}', "\u0000\ufffd", '{"ask":"people"']) {
    expect(refused(await say(directory, `${line}\n`))).toContain("does not understand");
  }
  const bad = [
    { ask: "people", extra: "Canary" },
    { ask: "remove", person: "Canary" },
    { ask: "enrol", wish: { ...wish, displayName: " " } },
    { ask: "enrol", wish: { ...wish, displayName: "Canary\u001b[2J" } },
    { ask: "enrol", wish: { ...wish, badges: ["Canary"] } },
    { ask: "enrol", wish: { ...wish, consent: "" } },
    { ask: "enrol", wish: { ...wish, alsoLike: ["Canary"] } },
    { ask: "enrol-photographs", wish, jpegs: [] },
  ];
  for (const request of bad) {
    const message = refused(await say(directory, `${JSON.stringify(request)}\n`));
    expect(message).not.toContain("Canary");
  }
  expect(refused(await say(directory, '{"ask":"people"}\n{"ask":"people"}\n'))).toContain("one request");
});

test("a request may come in pieces, and its words in any", async () => {
  await using desk = await openServed(async (request) => {
    expect(request).toMatchObject({ wish: { displayName: "Zoë" } });
    return nobody;
  });
  const bytes = Buffer.from(`${JSON.stringify({ ask: "enrol", wish: { ...wish, displayName: "Zoë" } })}\n`);
  const at = bytes.indexOf("ë") + 1;
  expect(JSON.parse(await say(desk.directory, bytes.subarray(0, at), bytes.subarray(at)))).toEqual({ answer: nobody });
});

test("nobody keeps the clock busy with half a line, an endless one, or by staying", async () => {
  await using desk = await openServed(async () => nobody, { lineBytes: 1_000, requestMs: 150, visitors: 2 });
  const { directory } = desk;
  expect(refused(await say(directory, '{"ask":'))).toContain("in time");
  expect(refused(await say(directory, "x".repeat(600), "x".repeat(600)))).toContain("too long");
  const staying = [0, 1].map(() => createConnection(socketPath(directory)));
  await Promise.all(staying.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
  expect(refused(await say(directory, '{"ask":"people"}\n'))).toContain("too many");
  await Promise.all(
    staying.map(async (socket) => {
      socket.resume();
      await new Promise((resolve) => socket.once("close", resolve));
    }),
  );
  await expect
    .poll(async () => JSON.parse(await say(directory, '{"ask":"people"}\n')), { timeout: 2_000 })
    .toEqual({ answer: nobody });
});

test("two tools are served at once, and hanging up tells the clerk", async () => {
  const cancelled = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await using desk = await openServed(async ({ ask }, _tell, gone) => {
    if (ask === "people") return nobody;
    begun.resolve();
    await new Promise<void>((resolve) => gone.addEventListener("abort", () => resolve(), { once: true }));
    cancelled.resolve();
    throw new Fault("enrol-ended", "cancelled", "Begin anew.");
  });
  const { directory } = desk;
  const stop = new AbortController();
  const request = { ask: "enrol", wish } as const;
  const waiting = askDesk({ directory, request, answer: enrolledAnswer, signal: stop.signal });
  waiting.catch(() => undefined);
  await begun.promise;
  expect(await askDesk({ directory, request: { ask: "people" }, answer: peopleAnswer })).toEqual(nobody);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: "enrol-ended" });
  await cancelled.promise;
});

test("news that nobody reads is dropped, and the answer comes all the same", async () => {
  const news: DeskNews = { state: "going", pose: "straight", accepted: 0, needed: 5, problem: null };
  await using desk = await openServed(async (_request, tell) => {
    for (let count = 0; count < 200_000; count += 1) tell(news);
    return nobody;
  });
  const heard = (await say(desk.directory, '{"ask":"people"}\n')).trim().split("\n");
  expect(heard.length).toBeLessThan(100_000);
  expect(JSON.parse(heard.at(-1) ?? "")).toEqual({ answer: nobody });
});

test("a bug of the clerk ends the desk instead of hiding", async () => {
  const directory = folder();
  const desk = await openDesk({ directory });
  const serving = desk.serve(() => Promise.reject(new TypeError("a bug")), new AbortController().signal);
  const asking = askDesk({ directory, request: { ask: "people" }, answer: peopleAnswer });
  asking.catch(() => undefined);
  await expect(serving).rejects.toThrow("a bug");
  await expect(asking).rejects.toMatchObject({ code: "desk-unreachable" });
});

test("only the clock's own user may come in, and nothing is left when it closes", async () => {
  const directory = folder();
  chmodSync(directory, 0o755);
  {
    await using _ = await openServed(async () => nobody, {}, directory);
    expect(statSync(socketPath(directory)).mode & 0o777).toBe(0o600);
  }
  expect(existsSync(socketPath(directory))).toBe(false);
  await expect(askDesk({ directory, request: { ask: "people" }, answer: peopleAnswer })).rejects.toMatchObject({
    code: "desk-unreachable",
    remedy: expect.stringContaining("--state"),
  });
});

test("a shared desk is for the group of its folder and for nobody else", async () => {
  const directory = folder();
  await using _ = await openDesk({ directory, isShared: true });
  expect(statSync(socketPath(directory)).mode & 0o777).toBe(0o660);
});

test("what shows who asks is told to the clerk apart from the request, and anything else in its place is refused", async () => {
  const shown: unknown[] = [];
  await using desk = await openServed(async (_request, _tell, _gone, credentials) => {
    shown.push(credentials);
    return nobody;
  });
  const { directory } = desk;
  await say(directory, '{"ask":"people"}\n');
  await say(directory, '{"ask":"people","sessions":["aa","bb"],"owner":"cc"}\n');
  expect(shown).toEqual([
    { sessions: [], owner: null },
    { sessions: ["aa", "bb"], owner: "cc" },
  ]);
  for (const wrong of [
    '"sessions":"aa"',
    '"sessions":["a","b","c"]',
    '"sessions":["Ca nary"]',
    '"owner":7',
    '"owner":"Canary\\u0000"',
  ]) {
    expect(refused(await say(directory, `{"ask":"people",${wrong}}\n`))).not.toContain("Canary");
  }
  const begin = { ask: "session-begin", challenge: "a", sig: "b", operator: "o_00000000000000000000" };
  for (const wrong of [
    { reason: "curiosity", ticket: null, minutes: 15 },
    { reason: "repair", ticket: "about Canary", minutes: 15 },
    { reason: "repair", ticket: null, minutes: 16 },
    { reason: "repair", ticket: null, minutes: 0 },
  ]) {
    expect(refused(await say(directory, `${JSON.stringify({ ...begin, ...wrong })}\n`))).not.toContain("Canary");
  }
  expect(shown).toHaveLength(2);
});

test("the socket of a clock that died is replaced; a living one, and somebody's file, are not", async () => {
  const directory = folder();
  const path = socketPath(directory);
  // A socket whose process is gone: bound elsewhere, moved here, and closed without being taken away.
  const dead = createServer().listen(`${path}.dead`);
  await new Promise((resolve) => dead.once("listening", resolve));
  linkSync(`${path}.dead`, path);
  await new Promise((resolve) => dead.close(resolve));
  expect(statSync(path).isSocket()).toBe(true);
  {
    await using _ = await openServed(async () => nobody, {}, directory);
    expect(await askDesk({ directory, request: { ask: "people" }, answer: peopleAnswer })).toEqual(nobody);
    await expect(openDesk({ directory })).rejects.toMatchObject({ code: "journal-busy" });
  }
  writeFileSync(path, "precious");
  await expect(openDesk({ directory })).rejects.toMatchObject({ code: "state-unwritable" });
});

test("a folder whose path is too long for a socket is refused with what to do about it", async () => {
  const directory = join(folder(), "x".repeat(90));
  await expect(openDesk({ directory })).rejects.toMatchObject({
    code: "config-invalid",
    remedy: expect.stringContaining("--state"),
  });
});
