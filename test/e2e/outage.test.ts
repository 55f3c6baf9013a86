import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Event } from "../../kiosk/core/event.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { blankMemory } from "../../kiosk/core/memory.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import type { UplinkNews } from "../../kiosk/core/ports/uplink.ts";
import type { Screen } from "../../kiosk/core/ports/wall.ts";
import { stripOf, viewOf } from "../../kiosk/core/show.ts";
import { step } from "../../kiosk/core/station.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { samplePlace } from "../../kiosk/ui/web/samples.ts";
import { brokerFault } from "../../kiosk/uplink/mqtt-faults.ts";
import { openTimeWatch, witnessOf } from "../../kiosk/uplink/time-check.ts";
import { buildPage, complaintsOf, openBrowser } from "./browser.ts";

/** Every cause of trouble with the uplink, from what a socket or a broker says to what stands on the wall. */

const open = new AsyncDisposableStack();
let screen: Screen;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  const { dist } = open.use(await buildPage());
  screen = open.use(await openScreen({ port: 0, dist }));
  page = await open.use(await openBrowser("reduce")).context.newPage();
  await page.setViewportSize({ width: 1080, height: 1920 });
  complaints = complaintsOf(page, screen.url);
});
afterAll(() => open.disposeAsync());

const where = "mqtt.example:8883";
const error = (code: string, message: string) => Object.assign(new Error(message), { code });
const mqtt = (code: number, message: string) => Object.assign(new Error(message), { code });
const startMs = Date.parse("2026-11-23T08:57:00+01:00");

/** What the watch over our clock says when the receiver's signed time is this far from ours. */
function clockTrouble(utcMs: number): Fault {
  let said: Fault | null = null;
  const at = { utcMs, monoMs: 1_000 };
  const clock = { now: () => at, quality: () => ({ source: "none", errorMs: 100_000, ageS: 0 }) as const };
  const trouble = (fault: Fault | null) => {
    said = fault;
  };
  openTimeWatch({ clock, fixed: () => undefined, trouble, ask: () => undefined }).witness(witnessOf(startMs, at, 900));
  if (said === null) throw new Error("nothing was said");
  return said;
}

const receiptInvalid = new Fault(
  "receipt-invalid",
  "A receipt was not signed by a key that we know",
  "Compare the receiver's key with the one in the uplink settings.",
);
const silent = new Fault(
  "receiver-silent",
  `${where} takes our punches and nobody has receipted them`,
  "Check that the receiver runs and knows this clock's key.",
);

const causes: readonly {
  readonly name: string;
  readonly trouble: Fault;
  readonly online?: boolean;
  readonly says: RegExp;
  readonly next: RegExp;
  readonly nowMs?: number;
}[] = [
  {
    name: "a broker whose name nobody knows",
    trouble: brokerFault(where, error("ENOTFOUND", "getaddrinfo ENOTFOUND mqtt.example")),
    says: /does not answer/,
    next: /broker's address .* DNS/,
  },
  {
    name: "a broker that is away",
    trouble: brokerFault(where, error("ECONNREFUSED", "connect ECONNREFUSED")),
    says: /does not answer/,
    next: /Check network and broker/,
  },
  {
    name: "somebody else's broker",
    trouble: brokerFault(where, error("ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match")),
    says: /wrong one/,
    next: /Check the broker's address/,
  },
  {
    name: "a broker's certificate that has expired",
    trouble: brokerFault(where, error("CERT_HAS_EXPIRED", "certificate has expired")),
    says: /certificate has expired/,
    next: /Renew the certificate on the broker/,
  },
  {
    name: "this clock's certificate that has expired",
    trouble: brokerFault(where, error("ERR_SSL_TLSV13_ALERT_CERTIFICATE_EXPIRED", "alert certificate expired")),
    says: /certificate has expired/,
    next: /Renew the device's certificate/,
  },
  {
    name: "a login that is refused",
    trouble: brokerFault(where, mqtt(0x86, "Connection refused: Bad User Name or Password")),
    says: /does not let this clock in/,
    next: /login or certificate/,
  },
  {
    name: "an access list that keeps us from listening",
    trouble: brokerFault(where, mqtt(0x87, "Not authorized"), "subscribe"),
    says: /does not let this clock in/,
    next: /Allow this device to read its own dn/,
  },
  {
    name: "an access list that keeps our punches out",
    trouble: brokerFault(where, mqtt(0x87, "Not authorized"), "publish"),
    online: true,
    says: /does not let this clock in/,
    next: /Allow this device to write its own up/,
  },
  {
    name: "a clock of 1970, for which no certificate is valid yet",
    trouble: brokerFault(where, error("CERT_NOT_YET_VALID", "certificate is not yet valid")),
    nowMs: 60_000,
    says: /time of this box is wrong/,
    next: /Set this box's clock/,
  },
  {
    name: "a clock of 1970, as the receiver's signed time shows",
    trouble: clockTrouble(60_000),
    online: true,
    nowMs: 60_000,
    says: /time of this box is wrong/,
    next: /NTP.*battery/,
  },
  {
    name: "receipts that do not come",
    trouble: silent,
    online: true,
    says: /nobody sends receipts/,
    next: /Check that the receiver runs/,
  },
  {
    name: "a receipt that is not genuine",
    trouble: receiptInvalid,
    online: true,
    says: /receipt came that is not genuine/,
    next: /Compare the receiver's key/,
  },
  {
    name: "a second box with the same identity",
    trouble: brokerFault(where, mqtt(0x8e, "Session taken over")),
    says: /Another box uses this clock's identity/,
    next: /find the copy/,
  },
];

interface Shown {
  readonly trouble: Fault | null;
  readonly online?: boolean;
  readonly nowMs?: number;
}

/** The same memory that the station keeps, told of this trouble and drawn by the real page. */
function show({ trouble, online = false, nowMs = startMs }: Shown, waiting: number): void {
  const at = { utcMs: nowMs, monoMs: 1_000 };
  const news: UplinkNews = { online, waiting, receipted: null, receiver: "payroll", trouble };
  const events: readonly Event[] = [
    { kind: "room", room: "journal", state: { is: "up" }, at },
    { kind: "room", room: "camera", state: { is: "up" }, at },
    { kind: "room", room: "engine", state: { is: "up" }, at },
    { kind: "ready", at },
    { kind: "uplink", news, at },
  ];
  const policy = { ...defaultPolicy, timeZone: samplePlace.timeZone };
  const memory = events.reduce((before, event) => step(before, event, policy)[0], blankMemory);
  screen.show({ view: viewOf(memory, policy), strip: stripOf(memory, policy), place: samplePlace });
}

test.each(causes)("$name has a name, a next step, a beginning and a code for the technician", async (cause) => {
  show(cause, 4);
  await page.goto(screen.url, { waitUntil: "domcontentloaded" });
  const wall = page.locator(".screen");
  // Whoever comes to punch reads that it is safe, and nothing of what is wrong.
  await wall.getByText("Look at the screen to clock in or out.").waitFor();
  const calm = await wall.innerText();
  expect(calm).toMatch(/Saved here; 4 waiting to be sent\./);
  expect(calm).not.toMatch(/broker|certificate|error|receipt/i);
  await page.getByRole("button", { name: "For the technician" }).click();
  const panel = page.getByRole("dialog");
  await panel.waitFor();
  const text = await panel.innerText();
  expect(await panel.getByRole("heading").innerText()).toMatch(cause.says);
  expect(text).toMatch(cause.next);
  expect(text).toContain(cause.trouble.code);
  expect(text).toContain(cause.trouble.message);
  expect(text).toContain("4 saved here, and will be sent");
  expect(text).toContain(cause.nowMs === undefined ? "Monday 23 November, 08:57" : "Thursday 1 January, 01:01");
  await panel.getByRole("button", { name: "Close" }).click();
  await panel.waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
});

test("the panel goes with its cause, and a cause that waits for nobody is calm too", async () => {
  const [cause] = causes;
  if (cause === undefined) throw new Error("there are causes");
  show({ ...cause, online: true }, 0);
  await page.getByText("What you clock is saved here and will be sent.").waitFor();
  await page.getByRole("button", { name: "For the technician" }).click();
  await page.getByRole("dialog").waitFor();
  show({ trouble: null, online: true }, 0);
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await page.getByRole("button", { name: "For the technician" }).count()).toBe(0);
});
