import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DemoDesk, Screen } from "../../kiosk/core/ports/wall.ts";
import type { DemoAct, Touch } from "../../kiosk/core/view.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { sampleDemo, samplePlace, sampleStrip } from "../../kiosk/ui/web/samples.ts";
import { sessionOf } from "../process/session.ts";
import { buildPage, complaintsOf, openBrowser } from "./browser.ts";

/** A page of somebody else's in the clock's own browser, from another port of the same machine, tries whatever it can. */

const open = new AsyncDisposableStack();
const acts: DemoAct[] = [];
const touches: Touch[] = [];
let screen: Screen;
let context: BrowserContext;
let hostile: Server;
let elsewhere = "";

const desk: DemoDesk = { state: () => sampleDemo, act: (act) => acts.push(act) };
const local = "2026-11-23T08:57:03.120+01:00";

beforeAll(async () => {
  const { dist } = open.use(await buildPage());
  screen = open.use(await openScreen({ port: 0, dist, demo: desk }));
  const stop = new AbortController();
  open.defer(() => stop.abort());
  void (async () => {
    for await (const touch of screen.touches(stop.signal)) touches.push(touch);
  })();
  screen.show({
    view: { at: "refused", why: "not-sure", local, canRetry: true },
    ...{ strip: sampleStrip, place: samplePlace },
  });
  context = open.use(await openBrowser("reduce")).context;
  hostile = createServer((_, answer) => {
    answer.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>free coffee</title><p>Win!");
  });
  await new Promise<void>((resolve) => hostile.listen(0, "127.0.0.1", resolve));
  const address = hostile.address();
  elsewhere = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`;
});
afterAll(async () => {
  hostile.close();
  hostile.closeAllConnections();
  await open.disposeAsync();
});

async function strangerAt(url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

const namesOf = (url: string): readonly string[] => {
  const { port } = new URL(url);
  return [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `http://[::1]:${port}/`, `http://0.0.0.0:${port}/`];
};

test("a page of another port reads nothing of the clock: not the page, the events, the pictures or the demo", async () => {
  const page = await strangerAt(elsewhere);
  const read = await page.evaluate(
    async (targets) => {
      const got: string[] = [];
      for (const url of targets) {
        for (const mode of ["cors", "no-cors"] as const) {
          const answer = await fetch(url, { mode, credentials: "include", signal: AbortSignal.timeout(2_000) }).catch(
            () => null,
          );
          const text = await answer?.text().catch(() => "");
          if (text) got.push(`${mode} ${url}: ${text}`);
        }
      }
      return got;
    },
    namesOf(screen.url).flatMap((base) => ["", "gallery", "events", "preview", "demo"].map((path) => base + path)),
  );
  expect(read).toEqual([]);
  const heard = await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const events = new EventSource(url);
        events.onopen = () => resolve("open");
        events.onerror = () => resolve("refused");
      }),
    `${screen.url}events`,
  );
  expect(heard).toBe("refused");
  for (const tag of ["img", "script", "link"] as const) {
    const came = await page.evaluate(
      ([name, base]) =>
        new Promise((resolve) => {
          const element = document.createElement(name as "img");
          element.onload = () => resolve(true);
          element.onerror = () => resolve(false);
          const url = `${base}${name === "img" ? "mark.svg" : "preview"}`;
          if (name === "link") Object.assign(element, { rel: "stylesheet", href: url });
          else element.src = url;
          document.head.append(element);
        }),
      [tag, screen.url] as const,
    );
    expect(came, tag).toBe(false);
  }
  await page.close();
});

test("it touches nothing: no fetch, form, beacon or preflight of another origin acts, even with the right session", async () => {
  const page = await strangerAt(elsewhere);
  const session = await sessionOf(screen.url);
  await page.evaluate(
    async ([targets, shown]) => {
      const body = '{"touch":"retry"}';
      for (const url of targets) {
        for (const headers of [
          { "content-type": "application/json" },
          { "content-type": "application/json", "lintel-session": shown },
          { "content-type": "text/plain" },
        ] as const) {
          for (const mode of ["cors", "no-cors"] as const) {
            await fetch(url, { method: "POST", mode, headers, body, signal: AbortSignal.timeout(2_000) }).catch(
              () => 0,
            );
          }
        }
        navigator.sendBeacon(url, new Blob([body], { type: "application/json" }));
        navigator.sendBeacon(url, body);
        const frame = document.createElement("iframe");
        frame.name = "sink";
        const form = Object.assign(document.createElement("form"), { action: url, method: "post", target: "sink" });
        form.enctype = "text/plain";
        form.append(Object.assign(document.createElement("input"), { name: '{"touch":"retry","a":"', value: '"}' }));
        document.body.append(frame, form);
        form.submit();
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    },
    [namesOf(screen.url).flatMap((base) => [`${base}touch`, `${base}demo`]), session] as const,
  );
  await page.close();
  expect(touches).toEqual([]);
  expect(acts).toEqual([]);
});

test("it cannot frame the clock, hold on to its window, or dress as it", async () => {
  const page = await strangerAt(elsewhere);
  const framed = await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.onload = () => setTimeout(() => resolve(frame.contentDocument === null ? "shut" : "open"), 300);
        frame.src = url;
        document.body.append(frame);
      }),
    screen.url,
  );
  expect(framed).toBe("shut");
  const inside = page.frames().find((frame) => frame !== page.mainFrame());
  expect(await inside?.locator(".screen").count()).toBe(0);
  const [popup, holds] = await Promise.all([
    context.waitForEvent("page"),
    page.evaluate(async (url) => {
      const opened = window.open(url);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return opened !== null && !opened.closed;
    }, screen.url),
  ]);
  expect(holds, "its own opener is cut off").toBe(false);
  await popup.locator(".screen").waitFor();
  expect(await popup.evaluate(() => window.opener === null)).toBe(true);
  await popup.close();
  await page.close();
});

test("a file on the disk and a rebound name get no further than another port", async () => {
  const page = await context.newPage();
  await page.goto("data:text/html,<title>file</title>");
  const touched = await page.evaluate(async (url) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", mode: "no-cors", headers, body: '{"touch":"retry"}' }).catch(
      () => null,
    );
    return answer?.status ?? null;
  }, `${screen.url}touch`);
  expect(touched === null || touched === 0).toBe(true);
  await page.close();
  expect(touches).toEqual([]);
  const { port } = new URL(screen.url);
  // To the browser a rebound name is the page's own origin: only its Host gives it away.
  const rebound = await context.newPage();
  const answer = await rebound.goto(`http://lintel.localhost:${port}/`);
  expect(answer?.status()).toBe(403);
  await rebound.close();
});

test("S6 from its own page nothing leads away: no window, no other origin, no form, no key, no menu, no selection", async () => {
  const page = await context.newPage();
  const complaints = complaintsOf(page, screen.url);
  await page.goto(screen.url);
  await page.locator(".screen").waitFor();
  const tried = await page.evaluate(async (other) => {
    const windowOpened = window.open(other) !== null;
    const fetched = await fetch(other, { mode: "no-cors" }).then(
      () => true,
      () => false,
    );
    const frame = document.createElement("iframe");
    frame.src = other;
    document.body.append(frame);
    const script = document.createElement("script");
    let refusedScript = false;
    try {
      script.src = `${other}evil.js`;
      document.body.append(script);
    } catch {
      refusedScript = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    frame.remove();
    return { windowOpened, fetched, refusedScript };
  }, elsewhere);
  expect(tried).toEqual({ windowOpened: false, fetched: false, refusedScript: true });
  expect(complaints.filter((complaint) => complaint.startsWith(`asked ${elsewhere}`))).toEqual([]);

  const refused = await page.evaluate(() => {
    const at = document.querySelector("h1") ?? document.body;
    const isRefused = (event: Event): boolean => !at.dispatchEvent(event);
    const how = { bubbles: true, cancelable: true };
    const key = (init: KeyboardEventInit): boolean => isRefused(new KeyboardEvent("keydown", { ...how, ...init }));
    return {
      menu: isRefused(new MouseEvent("contextmenu", how)),
      selection: isRefused(new Event("selectstart", how)),
      drag: isRefused(new DragEvent("dragstart", how)),
      drop: isRefused(new DragEvent("drop", how)),
      back: isRefused(new MouseEvent("mousedown", { ...how, button: 3 })),
      zoom: isRefused(new WheelEvent("wheel", { ...how, ctrlKey: true })),
      print: key({ key: "p", ctrlKey: true }),
      reload: key({ key: "F5" }),
      tools: key({ key: "F12" }),
      home: key({ key: "Home", altKey: true }),
      typed: key({ key: "7" }),
      moved: key({ key: "Tab" }),
    };
  });
  const { typed, moved, ...kept } = refused;
  expect(Object.entries(kept).filter(([, isKept]) => !isKept)).toEqual([]);
  expect([typed, moved]).toEqual([false, false]);
  const style = await page.evaluate(() => {
    const { touchAction, userSelect, overscrollBehaviorX } = getComputedStyle(document.body);
    return { touchAction, userSelect, overscrollBehaviorX };
  });
  expect(style).toEqual({ touchAction: "pan-y", userSelect: "none", overscrollBehaviorX: "none" });
  await page.evaluate(() => history.back());
  await page.waitForTimeout(500);
  expect(page.url()).toBe(screen.url);
  await page.locator(".screen").waitFor();
  await page.getByRole("button", { name: "Try the camera again" }).click();
  await expect.poll(() => touches).toEqual([{ touch: "retry" }]);
  await page.close();
});

test("AR-15 S11 nothing of the clock answers beyond this machine", async () => {
  const { port } = new URL(screen.url);
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal);
  const answers = await Promise.all(
    outside.map(
      ({ address, scopeid }) =>
        new Promise<string>((resolve) => {
          const socket = connect(Number(port), scopeid ? `${address}%${scopeid}` : address);
          socket.setTimeout(3_000, () => socket.destroy(new Error("silence")));
          socket.on("connect", () => socket.destroy(new Error(`${address} answers`)));
          socket.on("error", ({ message }) => resolve(message));
        }),
    ),
  );
  expect(answers.filter((answer) => answer.endsWith("answers"))).toEqual([]);
});
