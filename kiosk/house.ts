import { join } from "node:path";
import { openBoots } from "./boots.ts";
import { hasCamera, openCamera, stillsOf } from "./camera/open.ts";
import { openReplay, type Replay } from "./camera/replay.ts";
import { createClerk, outdatedOf } from "./clerk.ts";
import { type Afar, openCloud } from "./cloud.ts";
import { type Config, placeOf, policyOf } from "./config.ts";
import type { Event } from "./core/event.ts";
import { Fault, isFault } from "./core/fault.ts";
import type { RoomState } from "./core/health.ts";
import { blankMemory, recalled, withPeople } from "./core/memory.ts";
import type { Camera, Checked, Engine, Journal } from "./core/ports.ts";
import { type Identity, sourceOf } from "./core/record.ts";
import { utcText } from "./core/time.ts";
import { demoPolicy, demoScenes, enrolCast, openDemoDesk } from "./demo.ts";
import { openDesk } from "./desk/open.ts";
import { erasedIn, openErasure } from "./erasure.ts";
import { createEyes } from "./eyes.ts";
import { bootId, openSystemClock } from "./host/clock.ts";
import type { Log, LogTail } from "./host/log.ts";
import { openSigner } from "./host/signer.ts";
import { openVitals } from "./host/telemetry.ts";
import { openEngine } from "./inference/engine.ts";
import { keep } from "./keep.ts";
import { listen } from "./listen.ts";
import { openMembers } from "./members.ts";
import { openNetwork, readTrust } from "./network.ts";
import { openQuiet } from "./quiet.ts";
import { openSimReader } from "./reader/sim.ts";
import { keepReader } from "./readers.ts";
import { openRotation } from "./rotation.ts";
import { createStation, type Station } from "./run.ts";
import { checkedLine, type Line, lineOf, receiptLines, welcomeLines } from "./say.ts";
import { openJournal } from "./store/journal.ts";
import { openPeople } from "./store/people.ts";
import { openRoster } from "./store/roster.ts";
import { openSuppressed } from "./store/suppressed.ts";
import { keepJournal } from "./store/upkeep.ts";
import { openFootage, openModelFiles } from "./supplies.ts";
import { openScreen } from "./ui/server.ts";
import type { TimeFix } from "./uplink/time-check.ts";

/** Opens the rooms in order, lets them work, and closes them in reverse: the only file that knows them all. */

const firmware = "0.1.0";
/** Punches older than this do not shape what a person most likely means now. */
const recallMs = 3 * 24 * 3_600_000;
const backoff = { baseMs: 500, capMs: 5_000 };
const enrolFramesPerS = 3;
const page = join(import.meta.dirname, "ui/dist");

export interface HouseOptions {
  readonly config: Config;
  readonly log: Log;
  readonly tail: LogTail;
  readonly afar: Afar;
}

/**
 * Runs until `signal` aborts, or until the house has to be opened anew: with other settings, or by order.
 *
 * @returns why it should be opened anew; null where it was asked to stop.
 * @throws Fault what keeps a clock from working at all; anything else is a bug.
 */
export async function runHouse({ config, log, tail, afar }: HouseOptions, signal: AbortSignal): Promise<string | null> {
  await using rooms = new AsyncDisposableStack();
  const say = (line: Line | null): void => {
    if (line !== null) log[line.level](line.sentence, line.fields);
  };
  /** The journal says so itself when it cannot take a punch; a remark of our own may be missed. */
  const noteFault = (error: unknown): void => {
    if (!(error instanceof Fault)) throw error;
    log.warn(`${error.message}. ${error.remedy}`, { code: error.code });
  };
  const clock = await openSystemClock();
  const footage = await openFootage(config);
  const { models, weights } = await openModelFiles(config);
  const { spaceId, thresholds } = models.embedding;

  // What must be there before anybody can punch: a name, a journal, the people.
  const signer = await openSigner(config.state);
  const identity: Identity = { tenant: config.tenant, site: config.site, device: signer.device };
  const { settings, boot } = await openBoots(config.state, log);
  const isFirstStart = signer.fresh;
  const speaker = { identity, signer, clock, fw: firmware };
  const journal = rooms.use(
    await openJournal({ directory: config.state, identity, signer, clock, firmware, boot, isFirstStart }),
  );
  await signer.markUsed();
  const suppressed = await openSuppressed({ directory: config.state, remembered: () => erasedIn(journal) });
  if (suppressed.notice !== null) noteFault(suppressed.notice);
  const people = rooms.use(await openPeople({ directory: join(config.state, "people"), isSuppressed: suppressed.has }));
  people.faults.forEach(noteFault);
  const outdated = outdatedOf(people.templates(), spaceId).length;
  if (outdated > 0) {
    const sentence = `${outdated} people must enrol again: their templates are of another model (lintel people re-enrol-list)`;
    log.warn(sentence, { event: "must-enrol-again", count: outdated, space: spaceId });
  }
  const desk = rooms.use(await openDesk({ directory: config.state }));
  const vitals = rooms.use(await openVitals({ directory: config.state }));

  // A bug anywhere ends everything: the others are asked to stop, and the process starts anew.
  const ended = new AbortController();
  const ending = AbortSignal.any([signal, ended.signal]);
  const quiet = openQuiet();
  let again: string | null = null;
  const openAgain = (why: string): void => {
    again ??= why;
    void quiet.wait(clock, ending).then(() => ended.abort());
  };

  /** The station opens last, because it tells of all the others; what they say before that waits for it. */
  const early: Event[] = [];
  let post: Station["post"] = (event) => void early.push(event);

  /** Whatever is written down is sent soon. */
  const book: Pick<Journal, "append" | "probe"> = {
    probe: journal.probe,
    append: async (body, at) => {
      const appended = await journal.append(body, at);
      network.uplink.wake();
      return appended;
    },
  };
  const trust = await readTrust(config);
  const roster = rooms.use(await openRoster({ directory: join(config.state, "roster") }));
  if (roster.notice !== null) noteFault(roster.notice);
  /** The engine that works now: whoever comes and goes is told to it. */
  let engineNow: Engine | null = null;
  const rotation = openRotation({ ring: signer, journal, clock, receivers: trust.required });
  const erasure = openErasure({
    journal: { append: book.append, read: journal.read, head: journal.head },
    ...{ people, suppressed, clock },
    withdraw: async (sub) => {
      await engineNow?.withdraw(sub).catch((error: unknown) => {
        if (!isFault(error, "engine-lost")) throw error;
      });
    },
    roster: {
      count: async (sub) => (await roster.items()).filter(({ id }) => id === sub).length,
      forget: async (sub) => ((await roster.erase(sub, clock.now())) ? 1 : 0),
      root: () => roster.standing().root,
    },
    changed: () => void members.reread().catch(noteFault),
  });
  const cloud = await openCloud(
    {
      ...{ config, trust, afar, roster, settings, log, tail, ending },
      speaker: { ...speaker, journal: { append: book.append, read: journal.read, head: journal.head } },
      bootId: await bootId(),
      screen: {
        announce: (bulletin) => post({ kind: "bulletin", bulletin, at: clock.now() }),
        identify: (forMs) => post({ kind: "identify", forMs, at: clock.now() }),
      },
      setVolume: (percent) => post({ kind: "volume", percent, at: clock.now() }),
      again: openAgain,
      rosterChanged: () => members.reread().catch(noteFault),
      more: [...erasure.handlers, ["key.rotate", rotation.handle]],
    },
    rooms,
  );
  // Records are never rewritten, only understood better: what time it truly was is one more record.
  const fixed = (fix: TimeFix): void => {
    cloud.learn(fix);
    const { monoMs, utcMs, errMs } = fix;
    const data = { boot, mono: Math.round(monoMs), utc: utcText(utcMs), err: Math.ceil(errMs), src: "ack" } as const;
    book.append({ type: "timefix", data }, clock.now()).catch(noteFault);
  };
  const network = await openNetwork(
    config,
    {
      ...{ ...speaker, journal, vitals, fixed },
      condition: () => ({ ...vitals.condition(), ...cloud.condition() }),
      heard: cloud.heard,
      receipted: cloud.receipted,
      yieldTo: async (claim) => {
        const notice = await journal.yieldTo(claim, clock.now());
        if (notice !== null) post({ kind: "notice", notice, at: clock.now() });
        return notice !== null;
      },
    },
    rooms,
    trust,
  );
  cloud.connect(network.uplink);

  const members = await openMembers({
    ...{ people, roster, clock, spaceId },
    isSuppressed: suppressed.has,
    engine: () => engineNow,
    changed: () => tellPeople(),
    unreadable: (count) => log.warn(`${count} entries of the roster cannot be read`, { event: "roster", count }),
  });
  const retireKeys = (): void => void rotation.retire().catch(noteFault);

  // What is pretended, and the drawer that plays with it.
  const play = (await isPlayed(config)) ? await demoScenes(footage.path) : null;
  const theatre: { now: Replay | null } = { now: null };
  const cards = openSimReader({ clock });
  const tricks = network.demo?.broker ?? null;
  const drawer = play && openDemoDesk({ ...play, theatre: () => theatre.now, tap: cards.tap, network: tricks });
  const screen = quiet.watch(
    rooms.use(await openScreen({ port: config.port, dist: page, ...(drawer && { demo: drawer }) })),
  );

  const remembered = recalled(withPeople(blankMemory, members.all()), journal.recall(clock.now().utcMs - recallMs));
  const simulated = drawer !== null || network.demo !== null || config.camera.startsWith("replay:");
  const volume = settings.get().volume ?? blankMemory.volume;
  const station = createStation({
    memory: { ...remembered, notice: journal.notice, simulated, source: sourceOf(identity), volume },
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
  post = station.post;
  early.forEach(post);
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
  const tellPeople = (): void =>
    post({ kind: "people", people: members.all(), enrolled: members.gallery().length, at: clock.now() });
  const clerk = createClerk({
    ...{ journal: book, clock, spaceId, post },
    // Whoever only the roster names can be enrolled here too.
    people: { ...people, all: members.all },
    changed: () => void members.refresh().catch(noteFault),
    uplink: network.uplink.newest,
  });
  const ready = (): void => {
    tellPeople();
    post({ kind: "ready", at: clock.now() });
  };

  const stills = async (name: string, startS: number, durationS: number): Promise<readonly Uint8Array[]> =>
    stillsOf(await footage.path(name), startS, durationS, enrolFramesPerS);

  // What a crash cut short is forgotten before anybody is looked for.
  await erasure.resume();
  const keepEngine = (): Promise<void> =>
    keep<Engine>(
      {
        ...kept("engine"),
        open: async () => {
          await using opened = new AsyncDisposableStack();
          const engine = opened.use(await openEngine({ models, modelBytes: weights.bytes }));
          if (drawer !== null) {
            await engine.setGallery(members.gallery());
            await enrolCast({ engine, people, journal: book, clock, by: "demo", stillsOf: stills });
            await members.refresh();
          }
          opened.move();
          return engine;
        },
        use: async (engine, until, healthy) => {
          clerk.lend(engine);
          engineNow = engine;
          try {
            // Only now: from here on the clerk tells this engine of everybody who comes and goes.
            await engine.setGallery(members.gallery());
            healthy();
            await eyes.lend(engine, until);
          } finally {
            engineNow = null;
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
  const retention = { receivers: trust.required, keepDays: config.keepDays, holdSinceUtcMs: null };
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
      const receipt = receipts.line(news);
      say(receipt);
      if (receipt !== null) retireKeys();
    }),
    cloud.run(ending),
    members.run(ending),
    desk.serve(clerk.answer, ending),
    keepJournal({ journal, clock, retention: () => retention, told: tellChecked }, ending),
    listen(screen.touches(ending), (touch) => post({ kind: "touch", touch, at: clock.now() })),
  ];
  retireKeys();
  post({ kind: "room", room: "journal", state: { is: "up" }, at: clock.now() });
  if (!isSighted) for (const room of ["camera", "engine"] as const) kept(room).report({ is: "none" });
  // Only the demo's very first start has to wait for its people to be enrolled.
  if (drawer === null || members.all().length > 0) ready();
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
  return signal.aborted ? null : again;
}

/** A clock that has a broker of its own is never a play: a camera that is missing there is missing. */
async function isPlayed({ camera, broker }: Config): Promise<boolean> {
  if (broker === "embedded") return camera === "demo" || (camera === "auto" && !(await hasCamera()));
  if (camera !== "demo") return false;
  const remedy = "Leave out --broker to play the demo, or name a real camera.";
  throw new Fault("config-invalid", "camera: the demo's people may not punch at a real broker", remedy);
}
