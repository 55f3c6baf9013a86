import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Waiver } from "../../kiosk/core/ticket.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import type { writeAtomically } from "../../kiosk/store/atomic.ts";
import { toolsOf } from "../../provisioning/doctor/tools.ts";
import { createContext, placesBelow, type Wish } from "../../provisioning/provision/context.ts";
import type { StepName, StepNews } from "../../provisioning/provision/news.ts";
import { plainTalk } from "../../provisioning/provision/plain.ts";
import { renew } from "../../provisioning/provision/renew.ts";
import { runSteps } from "../../provisioning/provision/run.ts";
import { steps } from "../../provisioning/provision/steps/all.ts";
import type { Talk } from "../../provisioning/provision/talk.ts";
import { makeCloudKeys, openCloudKeys, publicSetOf } from "../../provisioning/receive/cloud-keys.ts";
import { openRegistrar } from "../../provisioning/ticket/answer.ts";
import { type Book, openBook } from "../../provisioning/ticket/book.ts";
import { type AuthorityFolder, makeFolder, openFolder } from "../../provisioning/ticket/folder.ts";
import { issueTicket } from "../../provisioning/ticket/issue.ts";
import { type Endpoint, openEndpoint } from "../../provisioning/ticket/server.ts";
import { freePort } from "../contract/broker-parts.ts";
import { type FakeTools, openFakeTools } from "./fake-tools.ts";

/** An authority that answers, and boards that are set up with its tickets, in one process and one folder. */
export interface Scene extends AsyncDisposable {
  readonly folder: string;
  readonly authority: AuthorityFolder;
  readonly book: Book;
  /** A new ticket's text. */
  readonly ticket: (change?: {
    readonly isOnline?: boolean;
    readonly hours?: number;
    readonly releaseKeys?: string;
  }) => Promise<string>;
  readonly serve: () => Promise<Endpoint>;
  readonly board: (name: string) => Promise<Board>;
}

export interface Board {
  readonly root: string;
  readonly tools: FakeTools;
  readonly etc: (name: string) => Promise<string>;
  readonly run: (options?: RunWish) => Promise<Outcome>;
  /** What a timer does. @returns its sentence. */
  readonly renew: (nowMs: number) => Promise<string>;
}

export interface RunWish extends Partial<Wish> {
  readonly until?: StepName;
  readonly isDryRun?: boolean;
  /** Steps that are left out: what takes long and is tried elsewhere. */
  readonly but?: readonly StepName[];
  readonly answer?: Talk["ask"];
  /** What this machine's clock says. */
  readonly nowMs?: () => number;
  readonly store?: typeof writeAtomically;
}

export interface Outcome {
  readonly isDone: boolean;
  readonly news: readonly StepNews[];
  readonly said: readonly string[];
  /** How that step came out. */
  readonly of: (step: StepName) => StepNews | undefined;
  /** Code of the step that failed. */
  readonly code: string | null;
  readonly sentence: string;
}

const assets = join(import.meta.dirname, "../../.cache/assets");

export async function openScene(
  brokers: readonly string[],
  may: readonly Waiver[] = ["no-camera", "no-reader"],
): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "lintel-scene-"));
  const directory = join(folder, "authority");
  const port = await freePort();
  const place = { tenant: "acme", site: "north", hosts: ["localhost"], port, profile: "generic5", days: 365 };
  await makeFolder(directory, { ...place, brokers: [...brokers], may: [...may], settings: {} }, null);
  const authority = await openFolder(directory);
  const book = openBook(authority);
  makeCloudKeys(join(folder, "keys.json"), "payroll");
  const cloudKeys = join(folder, "cloud.json");
  await writeFile(cloudKeys, publicSetOf(openCloudKeys([join(folder, "keys.json")])));
  return {
    ...{ folder, authority, book },
    ticket: async ({ isOnline = true, hours = 8, releaseKeys = null } = {}) =>
      (await issueTicket(authority, { name: "Gate 2", hours, cloudKeys, releaseKeys, isOnline })).text,
    serve: () =>
      openEndpoint({
        ...{ folder: authority, book, listen: "127.0.0.1", port },
        ...{ registrar: openRegistrar(authority, book), enrolled: () => {} },
      }),
    board: (name) => openBoard(join(folder, name)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function openBoard(root: string): Promise<Board> {
  await mkdir(join(root, "etc"), { recursive: true });
  await writeFile(join(root, "etc/os-release"), 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n');
  const tools = openFakeTools(root);
  const env = { PATH: tools.path };
  const places = placesBelow(root);
  const given = { places, env, ask: toolsOf(env), signal: new AbortController().signal };
  const plain: Wish = {
    ...{ ticket: null, usb: join(root, "stick"), camera: "none", reader: "none", assets, timeZone: null },
    ...{ words: null, without: ["camera", "reader"], hasServices: true, waitMs: 2_000 },
  };
  return {
    ...{ root, tools },
    renew: async (nowMs) => {
      const clock = await openSystemClock({ ask: async () => false });
      const late = { ...clock, now: () => ({ ...clock.now(), utcMs: nowMs }) };
      return renew(createContext({ ...given, wish: plain, clock: late, talk: plainTalk(() => {}) }));
    },
    etc: (name) => readFile(join(root, "etc/lintel", name), "utf8"),
    run: async ({ until = "settings", isDryRun = false, but = [], answer, nowMs, store, ...wish } = {}) => {
      const [news, said]: [StepNews[], string[]] = [[], []];
      const clock = await openSystemClock({ ask: async () => false });
      const context = createContext({
        ...given,
        wish: { ...plain, ...wish },
        clock: nowMs === undefined ? clock : { ...clock, now: () => ({ ...clock.now(), utcMs: nowMs() }) },
        talk: {
          step: (one) => news.push(one),
          say: (sentence) => said.push(sentence),
          ask: answer ?? (async ({ about }) => (about === "words" ? "same" : null)),
          words: () => {},
        },
        ...(store !== undefined && { store }),
      });
      const wanted = steps.filter(({ name }) => !but.includes(name));
      const isDone = await runSteps(wanted, context, { isDryRun, until });
      const failed = news.find((one) => one.is === "failed");
      return {
        ...{ isDone, news, said, code: failed?.code ?? null, sentence: failed?.sentence ?? "" },
        of: (step) => news.findLast((one) => one.step === step),
      };
    },
  };
}
