import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isFault } from "../../../kiosk/core/fault.ts";
import type { Frame } from "../../../kiosk/core/ports/senses.ts";
import type { DemoDesk, Screen } from "../../../kiosk/core/ports/wall.ts";
import type { DemoAct, Screenful, Touch } from "../../../kiosk/core/view.ts";
import { openScreen } from "../../../kiosk/ui/server.ts";
import { sessionOf } from "../../process/session.ts";

let dist = "";
beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), "lintel-dist-"));
  await writeFile(join(dist, "index.html"), "<!doctype html><title>wall</title>");
  await writeFile(join(dist, "gallery.html"), "<!doctype html><title>gallery</title>");
});
afterAll(() => rm(dist, { recursive: true, force: true }));

const health = { camera: "on", reader: "on", uplink: "online" } as const;
const strip = { ...health, waiting: 0, outage: null, locked: null, notice: null, volume: 100 } as const;
const screenful = (progress: number): Screenful => ({
  view: { at: "look", box: null, problem: null, progress, challenge: null, alsoWants: null },
  strip: { ...strip, simulated: true },
  place: { site: "Site", gate: "Gate", timeZone: "Etc/UTC", locale: "en-GB" },
});
const frame = (jpeg: Uint8Array): Frame => ({ jpeg, number: 0, at: { utcMs: 0, monoMs: 0 } });

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Plain HTTP, because fetch would not let a test choose Host, Origin or Sec-Fetch-Site. */
function ask(
  screen: Screen,
  path: string,
  { method = "GET", headers = {}, body }: Asked = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(new URL(path, screen.url), { method, headers, agent: false }, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Reads a stream until `done` likes what came, then hangs up. */
function readUntil(answer: IncomingMessage, done: (bytes: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const timer = setTimeout(() => reject(new Error(`only ${bytes.length} bytes came`)), 5_000);
    answer.on("error", () => undefined);
    answer.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!done(bytes)) return;
      clearTimeout(timer);
      answer.destroy();
      resolve(bytes);
    });
  });
}

const posted = async (
  screen: Screen,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<IncomingMessage> => {
  const session = await sessionOf(screen.url);
  return ask(screen, path, {
    method: "POST",
    headers: {
      ...{ "content-type": "application/json", origin: new URL(screen.url).origin, "lintel-session": session },
      ...headers,
    },
    body: JSON.stringify(body),
  });
};

test("a page that comes late is sent the last screen at once, and then every newer one", async () => {
  await using screen = await openScreen({ port: 0, dist });
  screen.show(screenful(0.1));
  screen.show(screenful(0.2));
  const answer = await ask(screen, "/events");
  expect(answer.headers["content-type"]).toContain("text/event-stream");
  let newerSent = false;
  const text = await readUntil(answer, (bytes) => {
    if (!newerSent && bytes.includes('"progress":0.2')) {
      newerSent = true;
      screen.show(screenful(0.3));
    }
    return bytes.includes('"progress":0.3');
  });
  expect(text.toString()).not.toContain('"progress":0.1');
  expect(text.toString()).toContain(`event: screen\ndata: ${JSON.stringify(screenful(0.2))}\n\n`);
  expect(text.toString()).toMatch(/^retry: \d+\nevent: page\n/);
});

test("a page is told which build it is served, and beats keep coming", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const text = await readUntil(await ask(screen, "/events"), (bytes) => bytes.includes("event: beat"));
  expect(text.toString()).toMatch(/event: page\ndata: [\w-]{12}\n\n/);
}, 15_000);

test("the preview passes pictures through untouched and opens the next part behind each, so that it is painted at once", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const jpeg = Uint8Array.from({ length: 40_000 }, (_, index) => (index * 31) % 256);
  const answer = await ask(screen, "/preview");
  const [, boundary = ""] = /boundary=(.+)$/.exec(answer.headers["content-type"] ?? "") ?? [];
  const head = `--${boundary}\r\nContent-Type: image/jpeg\r\n\r\n`;
  const wanted = Buffer.concat([Buffer.from(head), jpeg, Buffer.from(`\r\n${head}`)]);
  const reading = readUntil(answer, (bytes) => bytes.length >= wanted.length);
  screen.preview(frame(jpeg));
  // The caller may give the picture's memory away at once.
  structuredClone(jpeg, { transfer: [jpeg.buffer] });
  expect((await reading).equals(wanted)).toBe(true);
});

test("a viewer that does not read is skipped, not queued for", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const answer = await ask(screen, "/preview");
  answer.pause();
  const before = process.memoryUsage().arrayBuffers;
  const jpeg = new Uint8Array(500_000);
  for (let number = 0; number < 200; number += 1) {
    screen.preview(frame(jpeg));
    await new Promise(setImmediate);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000);
  answer.destroy();
});

test("touches arrive in order; what is no touch is refused and never seen", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const wrong: readonly unknown[] = [
    { touch: "choose", kind: "transfer" },
    { touch: "explode" },
    { touch: "retry", more: 1 },
    null,
    "retry",
  ];
  for (const body of wrong) expect((await posted(screen, "/touch", body)).statusCode).toBe(400);
  const touches: readonly Touch[] = [
    { touch: "retry" },
    { touch: "choose", kind: "break-start" },
    { touch: "dismiss" },
  ];
  for (const touch of touches) expect((await posted(screen, "/touch", touch)).statusCode).toBe(204);

  const stop = new AbortController();
  const seen: Touch[] = [];
  for await (const touch of screen.touches(stop.signal)) {
    seen.push(touch);
    if (seen.length === touches.length) stop.abort();
  }
  expect(seen).toEqual(touches);
});

test("touches nobody reads are bounded, and the page hears that they were not taken", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const codes: (number | undefined)[] = [];
  for (let count = 0; count < 20; count += 1)
    codes.push((await posted(screen, "/touch", { touch: "retry" })).statusCode);
  expect(codes.filter((code) => code === 204)).toHaveLength(16);
  expect(codes.at(-1)).toBe(503);
});

test("waiting for a touch ends when the signal aborts", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const stop = new AbortController();
  const next = screen.touches(stop.signal)[Symbol.asyncIterator]().next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test("only our own page may touch: another origin, no origin, another type and large bodies are refused", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const touch = { touch: "retry" };
  const status = async (headers: Readonly<Record<string, string>>): Promise<number | undefined> =>
    (await posted(screen, "/touch", touch, headers)).statusCode;
  expect(await status({ origin: "http://evil.example" })).toBe(403);
  expect(await status({ origin: "null" })).toBe(403);
  expect(await status({ "sec-fetch-site": "cross-site" })).toBe(403);
  expect(await status({ "sec-fetch-site": "same-site" })).toBe(403);
  expect(await status({ "sec-fetch-site": "same-origin" })).toBe(204);
  expect(await status({ "content-type": "text/plain" })).toBe(415);
  expect(await status({ "content-type": "application/x-www-form-urlencoded" })).toBe(415);
  const bare = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(touch) };
  expect((await ask(screen, "/touch", bare)).statusCode).toBe(403);
  // A name drawn with a finger is the largest touch; what is only padded is none.
  expect((await posted(screen, "/touch", { touch: "retry", pad: "x".repeat(2_000) })).statusCode).toBe(400);
  expect((await posted(screen, "/touch", { touch: "retry", pad: "x".repeat(9_000) })).statusCode).toBe(413);
});

/** Hosts that are not this clock, though some of them lead here. */
const strangers = (port: string): readonly string[] => [
  "evil.example",
  `evil.example:${port}`,
  `127.0.0.1.evil.example:${port}`,
  `localhost.evil.example:${port}`,
  `localhost.:${port}`,
  `0.0.0.0:${port}`,
  `127.0.0.2:${port}`,
  `2130706433:${port}`,
  `[::ffff:127.0.0.1]:${port}`,
  `[::]:${port}`,
  `user@127.0.0.1:${port}`,
  "127.0.0.1",
  "127.0.0.1:1",
  `127.0.0.1:${port}:${port}`,
  `127.0.0.1:0${port}`,
];
const nameOf = (screen: Screen): string => `localhost:${new URL(screen.url).port}`;

/** What no client library would send: the request as it stands, and the first line of the answer. */
async function raw(screen: Screen, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(screen.url);
  const socket = connect(Number(port), hostname);
  const said = new Promise<string>((resolve, reject) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\r\n")) socket.destroy();
    });
    socket.on("close", () => resolve(text.split("\r\n")[0] ?? ""));
    socket.on("error", reject);
    socket.setTimeout(10_000, () => socket.destroy());
  });
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return said;
}

test("requests that name somebody else, nobody, two hosts or a whole address get nothing", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const { host } = new URL(screen.url);
  const answer = async (...lines: readonly string[]): Promise<string> => (await raw(screen, lines)).slice(9, 12);
  expect(await answer("GET / HTTP/1.1", `Host: ${host}`, "Connection: close")).toBe("200");
  expect(await answer("GET / HTTP/1.1", "Connection: close")).toBe("400");
  expect(await answer("GET / HTTP/1.1", "Host:", "Connection: close")).toBe("403");
  expect(await answer("GET / HTTP/1.0")).toBe("403");
  for (const second of ["evil.example", host]) {
    expect(await answer("GET / HTTP/1.1", `Host: ${host}`, `Host: ${second}`, "Connection: close")).toMatch(/40[03]/);
  }
  for (const target of [`http://evil.example/`, `http://${host}/`, "http:/", "*"]) {
    expect(await answer(`GET ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close"), target).toMatch(/40[034]/);
  }
  expect(await answer("OPTIONS * HTTP/1.1", `Host: ${host}`, "Connection: close")).toMatch(/40[034]/);
  expect(await answer(`CONNECT ${host} HTTP/1.1`, `Host: ${host}`)).not.toBe("200");
  // A proxy's word about who was asked counts for nothing.
  expect(await answer("GET / HTTP/1.1", "Host: evil.example", `X-Forwarded-Host: ${host}`, "Connection: close")).toBe(
    "403",
  );
});

test("every post shows the session of this process, and nothing else counts as one", async () => {
  await using screen = await openScreen({ port: 0, dist });
  await using other = await openScreen({ port: 0, dist });
  const session = await sessionOf(screen.url);
  expect(session).toMatch(/^[\w-]{43}$/);
  const status = async (shown: string): Promise<number | undefined> =>
    (await posted(screen, "/touch", { touch: "retry" }, { "lintel-session": shown })).statusCode;
  expect(await status(session)).toBe(204);
  for (const wrong of ["", session.slice(1), `${session}A`, session.toLowerCase(), await sessionOf(other.url)]) {
    expect(await status(wrong)).toBe(403);
  }
  const headers = { "content-type": "application/json", origin: new URL(screen.url).origin, cookie: session };
  const without = await ask(screen, "/touch", { method: "POST", headers, body: '{"touch":"retry"}' });
  expect(without.statusCode).toBe(403);
  expect(JSON.parse(await textOf(without))).toEqual({ error: "session" });
  // The page itself never carries it: whoever could read a file of ours would have it.
  expect(await textOf(await ask(screen, "/"))).not.toContain(session);
});

test("a name that was rebound to this machine reaches nothing, and other pages cannot embed the pictures", async () => {
  await using screen = await openScreen({ port: 0, dist });
  for (const path of ["/", "/events", "/preview", "/gallery"]) {
    for (const host of strangers(new URL(screen.url).port)) {
      expect((await ask(screen, path, { headers: { host } })).statusCode, host).toBe(403);
    }
  }
  for (const path of ["/events", "/preview"]) {
    expect((await ask(screen, path, { headers: { "sec-fetch-site": "cross-site" } })).statusCode).toBe(403);
    const open = await ask(screen, path, { headers: { "sec-fetch-site": "same-origin", host: nameOf(screen) } });
    expect(open.statusCode).toBe(200);
    expect(open.headers["cross-origin-resource-policy"]).toBe("same-origin");
    open.destroy();
  }
});

test("the page comes with a policy that allows its own files only, is never stored, and sets no cookie", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const page = await ask(screen, "/");
  expect(page.statusCode).toBe(200);
  expect(await textOf(page)).toContain("wall");
  expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
  expect(page.headers["cache-control"]).toBe("no-store");
  expect(page.headers["set-cookie"]).toBeUndefined();
  expect(await textOf(await ask(screen, "/gallery"))).toContain("gallery");
  const missing = await ask(screen, "/../package.json");
  expect(missing.statusCode).toBe(404);
  expect(await textOf(missing)).not.toContain(dist);
});

test("without a demo there is no drawer; with one, only what lies on the table can be done", async () => {
  await using plain = await openScreen({ port: 0, dist });
  expect((await ask(plain, "/demo")).statusCode).toBe(404);
  expect((await posted(plain, "/demo", { act: "auto" })).statusCode).toBe(404);

  const acts: DemoAct[] = [];
  const desk: DemoDesk = {
    state: () => ({
      scenes: [{ id: "ana", label: "Ana" }],
      scene: "ana",
      auto: true,
      badges: [{ id: "blue", label: "Blue" }],
      network: "connected",
    }),
    act: (act) => acts.push(act),
  };
  await using screen = await openScreen({ port: 0, dist, demo: desk });
  expect(JSON.parse(await textOf(await ask(screen, "/demo")))).toEqual(desk.state());
  expect((await posted(screen, "/demo", { act: "tap", badge: "blue" })).statusCode).toBe(204);
  expect((await posted(screen, "/demo", { act: "network", state: "cut" })).statusCode).toBe(204);
  expect((await posted(screen, "/demo", { act: "tap", badge: "red" })).statusCode).toBe(400);
  expect((await posted(screen, "/demo", { act: "scene", id: "toString" })).statusCode).toBe(400);
  expect(acts).toEqual([
    { act: "tap", badge: "blue" },
    { act: "network", state: "cut" },
  ]);
});

test("streams are limited, so that a leaking tab cannot use the clock up", async () => {
  await using screen = await openScreen({ port: 0, dist });
  const opened = await Promise.all(Array.from({ length: 4 }, () => ask(screen, "/preview")));
  expect((await ask(screen, "/preview")).statusCode).toBe(503);
  opened[0]?.destroy();
  await expect
    .poll(async () => {
      const again = await ask(screen, "/preview");
      again.destroy();
      return again.statusCode;
    })
    .toBe(200);
  for (const answer of opened) answer.destroy();
});

test("closing ends open streams and everything else in less than half a second", async () => {
  const screen = await openScreen({ port: 0, dist });
  screen.show(screenful(0));
  const events = await ask(screen, "/events");
  const preview = await ask(screen, "/preview");
  const ended = Promise.all(
    [events, preview].map((answer) => {
      answer.on("error", () => undefined);
      answer.resume();
      return new Promise((resolve) => answer.on("close", resolve));
    }),
  );
  const beforeMs = performance.now();
  await screen[Symbol.asyncDispose]();
  expect(performance.now() - beforeMs).toBeLessThan(500);
  await ended;
});

test("a taken port, an unbuilt page and an open host are said in words", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const busy: unknown = await openScreen({ port, dist }).catch((error: unknown) => error);
  taken.close();
  expect(isFault(busy, "port-taken") && busy.remedy).toContain("--port");
  const unbuilt: unknown = await openScreen({ port: 0, dist: join(dist, "nowhere") }).catch((error: unknown) => error);
  expect(isFault(unbuilt, "asset-missing") && unbuilt.remedy).toContain("npm run build");
  const open: unknown = await openScreen({ port: 0, dist, host: "0.0.0.0" }).catch((error: unknown) => error);
  expect(isFault(open, "config-invalid")).toBe(true);
});
