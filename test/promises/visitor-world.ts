import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type GuestsPolicy, usualGuests } from "../../kiosk/core/guests/types.ts";
import type { GuestsPage } from "../../kiosk/core/guests/view.ts";
import type { Signer } from "../../kiosk/core/jws.ts";
import { blankMemory, withPeople } from "../../kiosk/core/memory.ts";
import { type Person, type PersonId, personId } from "../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import type { VisitorData } from "../../kiosk/core/record.ts";
import type { Screenful, Touch, View } from "../../kiosk/core/view.ts";
import { type GuestBook, type GuestBookOptions, openGuestBook } from "../../kiosk/guests/book.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { createStation, type Station } from "../../kiosk/run.ts";
import { type DeviceKeys, openDeviceKeys } from "../../kiosk/store/device-keys.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";
import { openVault } from "../../kiosk/store/vault.ts";

/** The real loop, book, vault and keys; the clock is moved by hand, and the power can go at any moment. */

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const signer: Signer = {
  kid: "AAAAAAAAAAAAAAAA",
  alg: "EdDSA",
  publicKey,
  sign: (input) => sign(null, Buffer.from(input), privateKey),
};
const identity = { tenant: "t", site: "s", device: `k${"0".repeat(20)}` };
const person = (id: string, displayName: string, more: Partial<Person> = {}): Person => ({
  ...{ id: personId(`p_${id.padStart(20, "0")}`), displayName, badges: [], lookAlikes: [] },
  ...more,
});
export const people = {
  ana: person("ana", "Ana Morales"),
  jurgen: person("jurgen", "Jürgen Weiß"),
  shy: person("shy", "Anabel Quiet", { perm: ["unlisted"] }),
} as const;
export const visitorId = (id: string): PersonId => personId(`v_${id.padStart(20, "0")}`);

export interface WorldOptions {
  readonly visitors?: Partial<GuestsPolicy>;
  readonly policy?: Partial<Policy>;
  readonly startUtcMs?: number;
  readonly seal?: GuestBookOptions["seal"];
  readonly state?: string;
  /** What stands on the wall goes here too. */
  readonly show?: (screenful: Screenful) => void;
}

export type VisitorWorld = Awaited<ReturnType<typeof openVisitorWorld>>;

export async function openVisitorWorld(options: WorldOptions = {}) {
  const state = options.state ?? (await mkdtemp(join(tmpdir(), "lintel-visitors-")));
  if (options.state === undefined) onTestFinished(() => rm(state, { recursive: true, force: true, maxRetries: 10 }));
  const clock = testClock(options.startUtcMs ?? Date.UTC(2026, 10, 23, 9));
  const journal = openMemoryJournal({ identity, signer, clock, firmware: "0", boot: 1 });
  const visitors: GuestsPolicy = { ...usualGuests, contact: "hidden", ...options.visitors };
  const policy: Policy = {
    ...defaultPolicy,
    timeZone: "Europe/Berlin",
    visitors,
    muster: "everybody",
    ...options.policy,
  };
  const shown: View[] = [];
  let screen: Screenful | null = null;
  let isDiskIll = false;

  const boot = async () => {
    const stop = new AbortController();
    const keys: DeviceKeys = await openDeviceKeys({
      directory: join(state, "keys"),
      root: { assurance: "software", secret: null, former: null },
      holders: ["vault"],
      nowUtcMs: () => clock.now().utcMs,
    });
    const vault = await openVault({ directory: join(state, "people"), keyBox: keys });
    let post: Station["post"] = () => {};
    const book: GuestBook = await openGuestBook({
      ...{ vault, journal, clock, timeZone: policy.timeZone, policy: policy.visitors },
      seal: options.seal ?? null,
      told: (answer) => post({ kind: "counter", answer, at: clock.now() }),
    });
    const station = createStation({
      memory: withPeople(blankMemory, Object.values(people)),
      policy,
      place: { site: "", gate: "", timeZone: policy.timeZone, locale: "en" },
      clock,
      journal: {
        append: async (body, at) => {
          if (isDiskIll)
            throw new (await import("../../kiosk/core/fault.ts")).Fault("disk-full", "full", "Free space.");
          return journal.append(body, at);
        },
        probe: journal.probe,
      },
      screen: {
        show: (next) => {
          screen = next;
          options.show?.(next);
          shown.push(next.view);
        },
      },
      moment: () => ({ clock: clock.quality(), boot: 1 }),
      forget: () => {},
      enrolled: () => {},
      wish: (wish) => {
        if (wish.of !== "guests") throw new RangeError("only visitors come here");
        return book.wish(wish);
      },
      observed: () => {},
    });
    post = station.post;
    const running = station.run(stop.signal);
    for (const room of ["camera", "engine"] as const) {
      station.post({ kind: "room", room, state: { is: "up" }, at: clock.now() });
    }
    station.post({ kind: "ready", at: clock.now() });
    await book.begin();
    return {
      ...{ book, keys, vault, station },
      /** As when the power goes: nothing more is done or told. */
      cut: async () => {
        post = () => {};
        stop.abort();
        await running;
        await vault[Symbol.asyncDispose]();
      },
    };
  };
  let life = await boot();
  onTestFinished(async () => life.cut());

  const view = (): View | null => screen?.view ?? null;
  const page = (): GuestsPage | null => {
    const now = view();
    return now?.at === "guests" ? now.page : null;
  };
  const until = async <T>(what: string, look: () => T | null | undefined | false): Promise<T> => {
    for (const endMs = performance.now() + 20_000; performance.now() < endMs; ) {
      const found = look();
      if (found !== null && found !== undefined && found !== false) return found;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`${what} did not come; the wall shows ${JSON.stringify(view())}`);
  };
  const touch = (act: Extract<Touch, { touch: "guests" }>["act"]): void =>
    life.station.post({ kind: "touch", touch: { touch: "guests", act }, at: clock.now() });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const at = <I extends GuestsPage["is"]>(is: I) =>
    until(is, () => {
      const now = page();
      return now?.is === is ? (now as Extract<GuestsPage, { is: I }>) : null;
    });
  const type = async (text: string): Promise<void> => {
    for (const letter of text) touch({ act: "key", text: letter });
    await settle();
  };
  const digits = async (text: string): Promise<void> => {
    for (const digit of text) touch({ act: "digit", digit: Number(digit) });
    touch({ act: "next" });
    await settle();
  };
  const order = async (op: string, args: Record<string, unknown>) => {
    const handler = life.book.orders.get(op);
    if (handler === undefined) throw new Error(`nobody carries out ${op}`);
    return handler({ id: "o", op, args, expiresUtcMs: clock.now().utcMs + 60_000 });
  };
  const records = (): readonly VisitorData[] =>
    journal
      .read({ epoch: 0, seq: -1 }, 100_000)
      .filter(({ type: typ }) => typ === "visitor")
      .map(({ jws }) => JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()).data);
  const acts = (): readonly string[] => records().map(({ act }) => act);
  /** Time goes by in steps, as ticks find it. */
  const wait = async (ms: number, stepMs = 30_000): Promise<void> => {
    for (let left = ms; left > 0; left -= stepMs) {
      clock.advance(Math.min(stepMs, left));
      await settle();
    }
  };

  return {
    ...{ state, clock, journal, policy, shown, view, page, at, until, touch, type, digits, order, records, acts },
    ...{ settle, wait },
    life: () => life,
    /** A walk-in up to the question whether it is right. */
    walkIn: async (name: string, host: "ana" | "office") => {
      touch({ act: "open" });
      touch({ act: "arrive" });
      await type(name);
      touch({ act: "next" });
      if (host === "ana") await type("mor");
      touch({ act: "host", id: host === "office" ? null : people.ana.id });
      await settle();
    },
    /** To where they are signed in. */
    signIn: async (name: string) => {
      touch({ act: "open" });
      touch({ act: "arrive" });
      await type(name);
      touch({ act: "next" });
      touch({ act: "host", id: null });
      if (visitors.contact === "optional") touch({ act: "skip" });
      touch({ act: "confirm" });
      await at("asking");
      const v = records().at(-1)?.v ?? "";
      await order("visitor.answer", { v, answer: "come" });
      const told = await at("told");
      touch({ act: "close" });
      await settle();
      return { v: personId(v), number: told.number, qr: told.qr };
    },
    disk: (isIll: boolean) => {
      isDiskIll = isIll;
    },
    restart: async () => {
      await life.cut();
      life = await boot();
      await settle();
    },
  };
}
