import { join } from "node:path";
import { openFootage, openModelFiles } from "./supplies.ts";
import { bootNumber } from "./boots.ts";
import { hasCamera, openCamera, stillsOf } from "./camera/open.ts";
import { openReplay, type Replay } from "./camera/replay.ts";
import { createClerk, outdatedOf } from "./clerk.ts";
import { type Config, placeOf, policyOf } from "./config.ts";
import { Fault } from "./core/fault.ts";
import type { RoomState } from "./core/health.ts";
import { blankMemory, recalled, withPeople } from "./core/memory.ts";
import type { Camera, Checked, Engine, Journal, Template } from "./core/ports.ts";
import type { Identity } from "./core/record.ts";
import { utcText } from "./core/time.ts";
import { demoPolicy, demoScenes, enrolCast, openDemoDesk } from "./demo.ts";
import { openDesk } from "./desk/open.ts";
import { createEyes } from "./eyes.ts";
import { openSystemClock } from "./host/clock.ts";
import type { Log } from "./host/log.ts";
import { openSigner } from "./host/signer.ts";
import { openVitals } from "./host/telemetry.ts";
import { openEngine } from "./inference/engine.ts";
import { keep } from "./keep.ts";
import { listen } from "./listen.ts";
import { openNetwork } from "./network.ts";
import { openSimReader } from "./reader/sim.ts";
import { keepReader } from "./readers.ts";
import { createStation } from "./run.ts";
import { checkedLine, type Line, lineOf, receiptLines, welcomeLines } from "./say.ts";
import { openJournal } from "./store/journal.ts";
import { openPeople } from "./store/people.ts";
import { claimFolder, startOver } from "./store/start-over.ts";
import { keepJournal } from "./store/upkeep.ts";
import { openScreen } from "./ui/server.ts";
import type { TimeFix } from "./uplink/time-check.ts";

/** Opens the rooms in order, lets them work, and closes them in reverse: the only file that knows them all. */

const firmware = "0.1.0";
/** Punches older than this do not shape what a person most likely means now. */
const recallMs = 3 * 24 * 3_600_000;
const backoff = { baseMs: 500, capMs: 5_000 };
const enrolFramesPerS = 3;
const page = join(import.meta.dirname, "ui/dist");

export async function runHouse(config: Config, log: Log, signal: AbortSignal): Promise<void> {
  await using rooms = new AsyncDisposableStack();
  const say = (line: Line | null): void => {
    if (line !== null) log[line.level](line.sentence, line.fields);
  };
  const clock = await openSystemClock();
  const footage = await openFootage(config);
  const { models, weights } = await openModelFiles(config);
  const { spaceId, thresholds } = models.embedding;
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
  const outdated = outdatedOf(people.templates(), spaceId).length;
  if (outdated > 0) {
    const sentence = `${outdated} people must enrol again: their templates are of another model (lintel people re-enrol-list)`;
    log.warn(sentence, { event: "must-enrol-again", count: outdated, space: spaceId });
  }
  const desk = rooms.use(await openDesk({ directory: config.state }));
  const vitals = rooms.use(await openVitals({ directory: config.state }));
  // Records are never rewritten, only understood better: what time it truly was is one more record.
  const fixed = ({ monoMs, utcMs, errMs }: TimeFix): void => {
    const data = { boot, mono: Math.round(monoMs), utc: utcText(utcMs), err: Math.ceil(errMs), src: "ack" } as const;
    book.append({ type: "timefix", data }, clock.now()).catch(noteFault);
  };
  /** The journal says so itself when it cannot take a punch; a remark of our own may be missed. */
  const noteFault = (error: unknown): void => {
    if (!(error instanceof Fault)) throw error;
    log.warn(`${error.message}. ${error.remedy}`, { code: error.code });
  };
  const talk = { ...speaker, journal, vitals, condition: vitals.condition, fixed };
  const network = await openNetwork(config, talk, rooms);

  // What is pretended, and the drawer that plays with it.
  const play = (await isPlayed(config)) ? await demoScenes(footage.path) : null;
  const theatre: { now: Replay | null } = { now: null };
  const cards = openSimReader({ clock });
  const tricks = network.demo?.broker ?? null;
  const drawer = play && openDemoDesk({ ...play, theatre: () => theatre.now, tap: cards.tap, network: tricks });
  const screen = rooms.use(await openScreen({ port: config.port, dist: page, ...(drawer && { demo: drawer }) }));

  const remembered = recalled(withPeople(blankMemory, people.all()), journal.recall(clock.now().utcMs - recallMs));
  const simulated = drawer !== null || network.demo !== null || config.camera.startsWith("replay:");
  /** Whatever is written down is sent soon. */
  const book: Pick<Journal, "append" | "probe"> = {
    probe: journal.probe,
    append: async (body, at) => {
      const appended = await journal.append(body, at);
      network.uplink.wake();
      return appended;
    },
  };
  const station = createStation({
    memory: { ...remembered, notice: journal.notice, simulated },
    policy: play === null ? policyOf(config, thresholds) : demoPolicy(policyOf(config, thresholds)),
    place: placeOf(config),
    clock,
    journal: book,
    screen,
    moment: () => ({ clock: clock.quality(), boot }),
    forget: () => eyes.forget(),
    enrolled: (session, outcome) => clerk.enrolled(session, outcome),
    observed: (event) => {
      if (event.kind === "sight" && event.sight.enrol !== null) clerk.saw(event.sight.enrol);
      say(lineOf(event));
    },
  });
  const { post } = station;
  const eyes = createEyes({ clock, screen, post, attention: station.attention, random: Math.random });
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
  /** Templates of another model's space wait for their people to be enrolled again. */
  const gallery = (): readonly Template[] => people.templates().filter((template) => template.spaceId === spaceId);
  const tellPeople = (): void =>
    post({ kind: "people", people: people.all(), enrolled: gallery().length, at: clock.now() });
  const uplink = network.uplink.newest;
  const clerk = createClerk({ journal: book, people, clock, spaceId, post, changed: tellPeople, uplink });
  const ready = (): void => {
    tellPeople();
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
          const engine = opened.use(await openEngine({ models, modelBytes: weights.bytes }));
          if (drawer !== null) {
            await engine.setGallery(gallery());
            await enrolCast({ engine, people, journal: book, clock, by: "demo", stillsOf: stills });
          }
          opened.move();
          return engine;
        },
        use: async (engine, until, healthy) => {
          clerk.lend(engine);
          try {
            // Only now: from here on the clerk tells this engine of everybody who comes and goes.
            await engine.setGallery(gallery());
            healthy();
            await eyes.lend(engine, until);
          } finally {
            clerk.lend(null);
          }
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
  // What every receiver has, and is older than a month, may go.
  const retention = { receivers: network.required, keepDays: config.keepDays, holdSinceUtcMs: null };
  const tellChecked = (checked: Checked): void => {
    say(checkedLine(checked));
    if (checked.is === "bad") post({ kind: "notice", notice: journal.notice, at: clock.now() });
  };
  const isSighted = config.camera !== "none";
  const work = [
    station.run(ending),
    ...(isSighted ? [keepEngine(), keepCamera()] : []),
    keepReader(config.reader, drawer === null ? null : cards, { ...kept("reader"), post }, ending),
    listen(network.uplink.news(ending), (news) => {
      post({ kind: "uplink", news, at: clock.now() });
      say(receipts.line(news));
    }),
    desk.serve(clerk.answer, ending),
    keepJournal({ journal, clock, retention: () => retention, told: tellChecked }, ending),
    listen(screen.touches(ending), (touch) => post({ kind: "touch", touch, at: clock.now() })),
  ];
  post({ kind: "room", room: "journal", state: { is: "up" }, at: clock.now() });
  if (!isSighted) for (const room of ["camera", "engine"] as const) kept(room).report({ is: "none" });
  // Only the demo's very first start has to wait for its people to be enrolled.
  if (drawer === null || people.all().length > 0) ready();
  const demoBrokerUrl = network.demo?.broker.backendUrl ?? null;
  const welcome = {
    url: screen.url,
    state: config.state,
    device: signer.device,
    isDemo: drawer !== null,
    demoBrokerUrl,
  };
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
