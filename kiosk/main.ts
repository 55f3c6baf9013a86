import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCamera, openCamera, stillsOf } from "./camera/open.ts";
import { openReplay, type Replay } from "./camera/replay.ts";
import { type Config, placeOf, policyOf, readConfig, settingsHelp } from "./config.ts";
import { Fault, isFault } from "./core/fault.ts";
import type { RoomState } from "./core/health.ts";
import type { PublicJwk } from "./core/kid.ts";
import { blankMemory, recalled, withPeople } from "./core/memory.ts";
import type { Camera, Engine, Reader, Uplink } from "./core/ports.ts";
import type { Identity } from "./core/record.ts";
import { demoScenes, enrolCast, openDemoDesk } from "./demo.ts";
import { createEyes } from "./eyes.ts";
import { type Assets, openAssets, readAssetManifest } from "./host/assets.ts";
import { bootId, openSystemClock } from "./host/clock.ts";
import { type Log, openLog } from "./host/log.ts";
import { openSigner } from "./host/signer.ts";
import { openEngine } from "./inference/engine.ts";
import { type KeepOptions, keep } from "./keep.ts";
import { openHidReader } from "./reader/hid.ts";
import { openSimReader } from "./reader/sim.ts";
import { createStation, type Station } from "./run.ts";
import { type Line, lineOf, receiptLines, welcomeLines } from "./say.ts";
import { openJournal } from "./store/journal.ts";
import { openPeople } from "./store/people.ts";
import { countBoot, openSettings, resetSettings } from "./store/settings.ts";
import { claimFolder, startOver } from "./store/start-over.ts";
import { openScreen } from "./ui/server.ts";
import { type DemoBackend, openDemoBackend } from "./uplink/sim/backend.ts";
import { openSimBroker, type SimBroker } from "./uplink/sim/broker.ts";
import type { Speaker } from "./uplink/statements.ts";
import { openUplink } from "./uplink/uplink.ts";

/**
 * The only file that knows every room: it reads the settings, opens the rooms in order, lets them work, and closes them
 * in reverse. Exit codes: 0 asked to stop, 70 a bug, 75 something outside is not as it must be, 78 wrong settings.
 */

const firmware = "0.1.0";
/** Punches older than this do not shape what a person most likely means now. */
const recallMs = 3 * 24 * 3_600_000;
const backoff = { baseMs: 500, capMs: 5_000 };
const enrolFramesPerS = 3;
const page = join(import.meta.dirname, "ui/dist");

/** Closing takes half a second; a process that hangs in it is ended all the same. */
const closeMs = 10_000;

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    stop.abort();
    setTimeout(() => process.exit(75), closeMs).unref();
  });
}

process.exitCode = await main(process.argv.slice(2), stop.signal);
setTimeout(() => process.exit(), closeMs).unref();

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  if (argv.includes("--help")) {
    process.stdout.write(`${settingsHelp()}\n`);
    return 0;
  }
  let log = openLog("plain", (line) => process.stderr.write(line));
  const crash = (error: unknown): 70 => {
    // The stack names files and lines, never values: what people are called does not reach a log this way.
    log.fatal("a bug ended the clock; it will be started again", { stack: stackOf(error) });
    return 70;
  };
  // What nobody awaits is a bug as well; going on in an unknown state would be a second one.
  process.once("uncaughtException", (error) => process.exit(crash(error)));
  try {
    const config = readConfig(argv, process.env);
    log = openLog(config.log, (line) => process.stdout.write(line));
    await runKiosk(config, log, signal);
    return 0;
  } catch (error) {
    if (error instanceof Fault) {
      log.fatal(`${error.message}. ${error.remedy}`, { code: error.code });
      return error.code.startsWith("config-") ? 78 : 75;
    }
    return crash(error);
  }
}

async function runKiosk(config: Config, log: Log, signal: AbortSignal): Promise<void> {
  await using rooms = new AsyncDisposableStack();
  const say = (line: Line | null): void => {
    if (line !== null) log[line.level](line.sentence, line.fields);
  };
  const clock = await openSystemClock();
  const { footage, models } = await openAllAssets(config.assets);
  if (config.fresh) await startOver(config.state);
  await claimFolder(config.state, config.broker === "embedded" ? "demo" : "real");

  // What must be there before anybody can punch: a name, a journal, the people.
  const signer = await openSigner(config.state);
  const identity: Identity = { tenant: config.tenant, site: config.site, device: signer.device };
  const boot = await bootNumber(config.state, log);
  const isFirstStart = signer.fresh;
  const speaker = { identity, signer, clock, fw: firmware };
  const journal = rooms.use(
    await openJournal({ directory: config.state, identity, signer, clock, firmware, boot, isFirstStart }),
  );
  await signer.markUsed();
  const people = rooms.use(await openPeople({ directory: join(config.state, "people") }));
  for (const { message, remedy, code } of people.faults) log.warn(`${message}. ${remedy}`, { code });
  const network = await openNetwork(config, { ...speaker, journal }, rooms);

  // What is pretended, and the drawer that plays with it.
  const play = (await isPlayed(config)) ? await demoScenes(footage.path) : null;
  const theatre: { now: Replay | null } = { now: null };
  const cards = openSimReader({ clock });
  const tricks = network.demo?.broker ?? null;
  const desk = play && openDemoDesk({ ...play, theatre: () => theatre.now, tap: cards.tap, network: tricks });
  const screen = rooms.use(await openScreen({ port: config.port, dist: page, ...(desk && { demo: desk }) }));

  const remembered = recalled(withPeople(blankMemory, people.all()), journal.recall(clock.now().utcMs - recallMs));
  const simulated = desk !== null || network.demo !== null || config.camera.startsWith("replay:");
  const station = createStation({
    memory: { ...remembered, notice: journal.notice, simulated },
    policy: policyOf(config),
    place: placeOf(config),
    clock,
    journal,
    screen,
    moment: () => ({ clock: clock.quality(), boot }),
    forget: () => eyes.forget(),
    observed: (event) => {
      if (event.kind === "saved") network.uplink.wake();
      say(lineOf(event));
    },
  });
  const { post } = station;
  const eyes = createEyes({ clock, screen, post, effort: station.effort });
  const kept = (room: "camera" | "engine" | "reader") => ({
    report: (state: RoomState) => {
      post({ kind: "room", room, state, at: clock.now() });
      // Eyes that do not open are no reason to keep people from their badges.
      if (room === "engine") ready();
    },
    backoff,
    clock,
    random: Math.random,
  });
  const ready = (): void => {
    post({ kind: "people", people: people.all(), at: clock.now() });
    post({ kind: "ready", at: clock.now() });
  };

  const stills = async (name: string, startS: number, durationS: number): Promise<readonly Uint8Array[]> =>
    stillsOf(await footage.path(name), startS, durationS, enrolFramesPerS);

  // A bug anywhere ends everything: the others are asked to stop, and the process starts anew.
  const ended = new AbortController();
  const ending = AbortSignal.any([signal, ended.signal]);
  const keepEngine = (): Promise<void> =>
    keep<Engine>(
      {
        ...kept("engine"),
        open: async () => {
          await using opened = new AsyncDisposableStack();
          const engine = opened.use(await openEngine({ modelBytes: models.bytes }));
          if (desk !== null) await enrolCast({ engine, people, journal, clock, stillsOf: stills });
          // Templates of another model's space wait for their people to be enrolled again.
          await engine.setGallery(people.templates().filter(({ spaceId }) => spaceId === engine.spaceId));
          opened.move();
          return engine;
        },
        use: (engine, until, healthy) => {
          healthy();
          return eyes.lend(engine, until);
        },
      },
      ending,
    );
  const keepCamera = (): Promise<void> =>
    keep<Camera>(
      {
        ...kept("camera"),
        open: async (until) => {
          if (play === null) return openCamera(config.camera, { clock, signal: until });
          theatre.now = await openReplay({ ...play, label: "demo footage", clock, signal: until });
          return theatre.now;
        },
        use: eyes.watch,
      },
      ending,
    );
  const receipts = receiptLines();
  const isSighted = config.camera !== "none";
  const work = [
    station.run(ending),
    ...(isSighted ? [keepEngine(), keepCamera()] : []),
    keepReader(config.reader, desk === null ? null : cards, { ...kept("reader"), post }, ending),
    listen(network.uplink.news(ending), (news) => {
      post({ kind: "uplink", news, at: clock.now() });
      say(receipts.line(news));
    }),
    listen(screen.touches(ending), (touch) => post({ kind: "touch", touch, at: clock.now() })),
  ];
  post({ kind: "room", room: "journal", state: { is: "up" }, at: clock.now() });
  if (!isSighted) for (const room of ["camera", "engine"] as const) kept(room).report({ is: "none" });
  // Only the demo's very first start has to wait for its people to be enrolled.
  if (desk === null || people.all().length > 0) ready();
  const demoBrokerUrl = network.demo?.broker.backendUrl ?? null;
  const welcome = { url: screen.url, state: config.state, device: signer.device, isDemo: desk !== null, demoBrokerUrl };
  welcomeLines({ ...welcome, camera: config.camera }).forEach(say);
  try {
    await Promise.all(work);
  } finally {
    ended.abort();
    await Promise.allSettled(work);
  }
}

/** A clock that has a broker of its own is never a play: a camera that is missing there is missing. */
async function isPlayed({ camera, broker }: Config): Promise<boolean> {
  if (broker === "embedded") return camera === "demo" || (camera === "auto" && !(await hasCamera()));
  if (camera !== "demo") return false;
  const remedy = "Leave out --broker to play the demo, or name a real camera.";
  throw new Fault("config-invalid", "camera: the demo's people may not punch at a real broker", remedy);
}

interface ReaderKeeping extends Omit<KeepOptions<Reader>, "open" | "use"> {
  readonly post: Station["post"];
}

/** @param cards the pretended reader of a demo; null where cards are real. */
function keepReader(setting: string, cards: Reader | null, keeping: ReaderKeeping, signal: AbortSignal): Promise<void> {
  const { clock, post, report } = keeping;
  const [kind, path] = setting.split(/:(.*)/s);
  const isPretended = kind === "sim" || (kind === "auto" && cards !== null);
  if (kind === "none" || (isPretended && cards === null)) {
    report({ is: "none" });
    return Promise.resolve();
  }
  return keep<Reader>(
    {
      ...keeping,
      // A site that never had a reader is not ill; one that is plugged in later is taken up all the same.
      report: (state) =>
        report(kind === "auto" && state.is === "down" && state.code === "reader-missing" ? { is: "none" } : state),
      open: async () => (isPretended && cards !== null ? cards : openHidReader({ clock, ...(path && { path }) })),
      use: (reader, until, healthy) => {
        healthy();
        return listen(reader.taps(until), (tap) => post({ kind: "tap", tap, at: clock.now() }));
      },
    },
    signal,
  );
}

interface Network {
  readonly uplink: Uplink;
  /** The demo's own broker and payroll office; null with a real broker. */
  readonly demo: { readonly broker: SimBroker; readonly backend: DemoBackend } | null;
}

async function openNetwork(config: Config, speaker: Speaker, rooms: AsyncDisposableStack): Promise<Network> {
  if (config.broker !== "embedded") {
    const receiver = { name: config.receiver, jwk: await receiptKey(config.receiverKey) };
    const broker = {
      brokerUrl: config.broker,
      ...(config.brokerCa && { caFile: config.brokerCa }),
      ...(config.brokerCert && { certFile: config.brokerCert }),
      ...(config.brokerKey && { keyFile: config.brokerKey }),
      ...(config.brokerUser && { username: config.brokerUser }),
      ...(config.brokerPasswordFile && { passwordFile: config.brokerPasswordFile }),
    };
    return { uplink: rooms.use(await openUplink({ ...speaker, broker, receiver, simulated: false })), demo: null };
  }
  const { identity, clock, signer } = speaker;
  const broker = rooms.use(await openSimBroker());
  const jwk = signer.publicKey.export({ format: "jwk" }) as PublicJwk;
  const backend = rooms.use(
    await openDemoBackend({
      broker: { brokerUrl: broker.backendUrl },
      device: { identity, jwk },
      stateDir: config.state,
      clock,
      name: config.receiver,
    }),
  );
  const toBroker = { brokerUrl: broker.deviceUrl };
  // A newcomer who pulls the cable wants to see it come back.
  const pace = { backoff: { baseMs: 300, capMs: 2_000 } };
  const uplink = rooms.use(
    await openUplink({ ...speaker, broker: toBroker, receiver: backend.receiver, simulated: true, pace }),
  );
  return { uplink, demo: { broker, backend } };
}

async function receiptKey(file: string | undefined): Promise<PublicJwk> {
  const remedy = "Name the JWK file of the backend's receipt key with --receiver-key.";
  if (file === undefined)
    throw new Fault("config-invalid", "receiverKey: a real broker needs to know who may receipt", remedy);
  try {
    return JSON.parse(await readFile(file, "utf8")) as PublicJwk;
  } catch (cause) {
    throw new Fault("config-invalid", `receiverKey: ${file} cannot be read as a JWK`, remedy, cause);
  }
}

async function openAllAssets(directory: string): Promise<{ readonly footage: Assets; readonly models: Assets }> {
  const open = async (url: URL): Promise<Assets> => openAssets({ manifest: await readAssetManifest(url), directory });
  return {
    footage: await open(new URL("camera/footage.json", import.meta.url)),
    models: await open(new URL("inference/models.json", import.meta.url)),
  };
}

/** Small settings may be lost: they are never a reason to keep people from punching. */
async function bootNumber(state: string, log: Log): Promise<number> {
  const settings = await openSettings(state).catch(async (error: unknown) => {
    if (!isFault(error, "settings-corrupt")) throw error;
    log.warn(`${error.message}; the clock counts its boots anew`, { code: error.code });
    await resetSettings(state);
    return openSettings(state);
  });
  return countBoot(settings, await bootId());
}

async function listen<T>(values: AsyncIterable<T>, hear: (value: T) => void): Promise<void> {
  for await (const value of values) hear(value);
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.name).replace(error.message, "(message withheld)") : "not an Error";
