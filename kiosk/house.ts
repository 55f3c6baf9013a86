import { join } from "node:path";
import { createAcceptance } from "./acceptance/open.ts";
import { createAlarm } from "./alarm.ts";
import { openBoots } from "./boots.ts";
import { openBulletins } from "./bulletins.ts";
import type { Afar } from "./cloud.ts";
import type { Config } from "./config.ts";
import type { Event } from "./core/event.ts";
import { Fault } from "./core/fault.ts";
import type { RoomState } from "./core/health.ts";
import { blankMemory, recalled, withPeople } from "./core/memory.ts";
import type { PersonId } from "./core/person.ts";
import type { Engine } from "./core/ports/engine.ts";
import type { Checked, Journal, Retention } from "./core/ports/journal.ts";
import { type Identity, sourceOf } from "./core/record.ts";
import { daysWith } from "./core/retention.ts";
import { demoPolicy } from "./demo.ts";
import { openDesk } from "./desk/open.ts";
import { openEngineRoom } from "./engine-room.ts";
import { createEvenWays } from "./even-ways.ts";
import { createEyes } from "./eyes.ts";
import { openFigures } from "./figures/endpoint.ts";
import { openSystemClock } from "./host/clock.ts";
import { firmware } from "./host/firmware.ts";
import type { Log, LogTail } from "./host/log.ts";
import type { Notify } from "./host/notify.ts";
import { openSigner } from "./host/signer.ts";
import { openVitals } from "./host/telemetry.ts";
import { openHousehold } from "./household.ts";
import { createInside } from "./inside.ts";
import { createHousing } from "./keep-housing.ts";
import { listen } from "./listen.ts";
import { createLock } from "./lock.ts";
import { noteAlike, openMembers } from "./members.ts";
import { createClerk, outdatedOf } from "./office/clerk.ts";
import { openEntrance } from "./office/entrance.ts";
import { standingOf } from "./office/standing.ts";
import { openOutside } from "./outside.ts";
import { oldestOf, openOwed } from "./owed.ts";
import { easeOf, placeOf, policyOf } from "./policy.ts";
import { openKeeping } from "./privacy/keeping.ts";
import { openOwnData } from "./privacy/own-data.ts";
import { type OwnRetention, openOwnRetention } from "./privacy/own-retention.ts";
import { createServing } from "./privacy/serving.ts";
import { createPulse } from "./pulse.ts";
import { openQuiet } from "./quiet.ts";
import { openProfiles } from "./reader/profiles-file.ts";
import { openSimReader } from "./reader/sim.ts";
import { createReaders, keepReader } from "./readers.ts";
import { createRoomCodes } from "./room-codes.ts";
import { createRoomLines } from "./room-lines.ts";
import { createStation, type Station } from "./run.ts";
import { checkedLine, type Line, lineOf, outdatedLine, readerLine, receiptLines, welcomeLines } from "./say.ts";
import { createRenewal } from "./sealing/renewal.ts";
import { openSealing } from "./sealing/sealing.ts";
import { createSight } from "./sight.ts";
import { openCardKey } from "./store/card-key.ts";
import { diskFault } from "./store/disk-fault.ts";
import { openJournal } from "./store/journal.ts";
import { openLocks } from "./store/locks.ts";
import { eventOf } from "./store/make-record.ts";
import { keepJournal } from "./store/upkeep.ts";
import { openWayBook } from "./store/way-book.ts";
import { openModelFiles } from "./supplies.ts";
import { createTechnician } from "./technician/open.ts";
import { openTheatre } from "./theatre.ts";
import { openScreen } from "./ui/server.ts";

/** Opens the rooms in order, lets them work, and closes them in reverse: the only file that knows them all. */

/** Nobody waits longer for a wall than this because there is much to delete; the rest goes meanwhile. */
const sweepMs = 10_000;
/** How far back the wall knows: people may see their last fourteen days. */
const recallMs = 16 * 24 * 3_600_000;
const backoff = { baseMs: 500, capMs: 5_000 };
const page = join(import.meta.dirname, "ui/dist");

export interface HouseOptions {
  readonly config: Config;
  readonly log: Log;
  readonly tail: LogTail;
  readonly afar: Afar;
  readonly notify: Notify;
}

/**
 * Runs until `signal` aborts, or until the house has to be opened anew: with other settings, or by order.
 *
 * @returns why it should be opened anew; null where it was asked to stop.
 * @throws Fault what keeps a clock from working at all; anything else is a bug.
 */
export async function runHouse(
  { config, log, tail, afar, notify }: HouseOptions,
  signal: AbortSignal,
): Promise<string | null> {
  await using rooms = new AsyncDisposableStack();
  const say = (line: Line | null): void => {
    if (line !== null) log[line.level](line.sentence, line.fields);
  };
  /** The journal says so itself when it cannot take a punch; a remark of our own may be missed. */
  const noteFault = (error: unknown): void => {
    const fault = diskFault(error);
    if (!(fault instanceof Fault)) throw error;
    log.warn(`${fault.message}. ${fault.remedy}`, { code: fault.code });
  };
  const clock = await openSystemClock();
  const { models, weights } = await openModelFiles(config);
  const { thresholds } = models.embedding;

  // What must be there before anybody can punch: a name, a journal, the people.
  const signer = await openSigner(config.state);
  const identity: Identity = { tenant: config.tenant, site: config.site, device: signer.device };
  const { settings, boot, start } = await openBoots(config.state, log);
  const isFirstStart = signer.fresh;
  const speaker = { identity, signer, clock, fw: firmware };
  const journal = rooms.use(
    await openJournal({
      directory: config.state,
      identity,
      signer,
      clock,
      firmware,
      boot,
      isFirstStart,
      ticket: config.ticket ?? null,
    }),
  );
  await signer.markUsed();
  const desk = rooms.use(
    await openDesk({ directory: config.desk ?? config.state, isShared: config.desk !== undefined }),
  );

  // A bug anywhere ends everything: the others are asked to stop, and the process starts anew.
  const ended = new AbortController();
  const ending = AbortSignal.any([signal, ended.signal]);
  const quiet = openQuiet(clock);
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
      const sinceMs = performance.now();
      const appended = await outside.append(body, at);
      committed(performance.now() - sinceMs);
      wrote(body);
      return appended;
    },
  };
  let wrote: OwnRetention["wrote"] = () => {};
  /** Nothing is measured before there is somebody who keeps the figures. */
  let committed: (tookMs: number) => void = () => {};
  /** Nobody is being enrolled before there is a clerk. */
  let interrupt: (sub: PersonId) => void = () => {};
  let areMembersOpen = false;
  const days = daysWith(config.retention);
  const keeping = await openKeeping({ state: config.state, journal: book, clock, start, days, note: noteFault });
  const roomCodes = createRoomCodes();
  const roomLine = createRoomLines();
  const sealing = await openSealing({
    ...{ state: config.state, turnKeyFile: config.turnKey, models, clock, note: noteFault },
    credentials: process.env.CREDENTIALS_DIRECTORY,
  });
  const { keys: keyBox, spaceId } = sealing;
  const renewal = createRenewal({ renew: sealing.turnKey.renew, journal: book, clock, openAgain });
  const engines = openEngineRoom({ models, modelBytes: weights.bytes, turnKey: sealing.turnKey.key });
  const bulletins = openBulletins({
    ...{ settings, clock, note: noteFault },
    show: (bulletin) => post({ kind: "bulletin", bulletin, at: clock.now() }),
  });
  const cardKey = await openCardKey({
    ...{ directory: join(config.state, "people"), keyBox },
    ...(config.cardKey && { file: config.cardKey }),
  });
  if (cardKey.notice !== null) noteFault(cardKey.notice);
  const hashCard = cardKey.hash;
  const readers = createReaders({
    hash: hashCard,
    profiles: await openProfiles(config.readers),
    told: (state) => say(readerLine(state)),
  });
  const vitals = rooms.use(await openVitals({ directory: config.state, counters: readers.figures }));
  const { people, roster, suppressed, erasure, vault, pins, pictures, visits, consenting } = await openHousehold(
    {
      ...{ config, clock, boot, source: sourceOf(identity), keyBox, hashCard, keeping, note: noteFault },
      ...sealing.forErasure,
      journal: { ...book, read: journal.read, head: journal.head, consents: journal.consents },
      takeOut: engines.withdraw,
      forgetMessages: bulletins.forget,
      post: (event) => post(event),
      frame: () => eyes.newest(),
      later: {
        members: () => (areMembersOpen ? members : null),
        enrol: (person, consentId) => clerk.enrolAgreed(person, consentId),
        interrupt: (sub) => interrupt(sub),
      },
    },
    rooms,
  );
  say(
    outdatedLine(
      outdatedOf(
        people.templates().filter((template) => !sealing.isComing(template.spaceId)),
        spaceId,
      ).length,
      spaceId,
    ),
  );
  const lock = createLock({
    ...{ file: await openLocks(config.state, clock.now().utcMs), journal: book, clock },
    post: (event) => post(event),
    changed: () => shutter.look(),
  });
  const housing = createHousing({ config, journal: book, clock, lock, log, note: noteFault });
  const alarm = createAlarm({ clock, post: (event) => post(event) });
  const outside = await openOutside(
    {
      ...{ config, speaker, journal, vitals, boot, afar, roster, settings, erasure, bulletins, log, tail, ending },
      lock,
      rooms: roomCodes.codes,
      handlers: [
        ...alarm.handlers,
        ...consenting.handlers,
        ...visits.orders,
        ...keeping.holds.handlers,
        ...renewal.handlers,
      ],
      learnt: keeping.lateness.learn,
      post: (event) => post(event),
      again: openAgain,
      rosterChanged: () => members.reread().catch(noteFault),
      note: noteFault,
    },
    rooms,
  );
  const evenWays = createEvenWays({
    ...{ file: await openWayBook(config.state), clock, timeZone: config.timeZone, note: noteFault },
    isLookedFor: (id) => members.isLookedFor(id),
  });
  const owedSince = openOwed({ journal, writtenUtcMs: (jws) => Date.parse(eventOf(jws).time) });
  const figures = rooms.use(
    await openFigures({
      ...{ port: config.metricsPort ?? null, version: firmware, journal, receivers: outside.receivers },
      ...{ uplink: outside.uplink.newest, condition: vitals.condition, nowUtcMs: () => clock.now().utcMs },
      ...{ directory: config.state, certificateFile: config.brokerCert },
      owedSince,
      ways: evenWays.told,
    }),
  );
  if (figures.url !== null)
    log.info(`Figures for Prometheus are at ${figures.url}`, { event: "figures", url: figures.url });

  const technician = createTechnician({
    ...{ clock, notice: journal.notice, settings: process.argv.slice(2), wall: () => screen },
    ...{ cards: readers.counts, shut: lock.shown, housing: housing.shown },
    waiting: () => outside.uplink.newest().waiting,
    oldestWaitingUtcMs: () => oldestOf(outside.receivers.map(owedSince)),
  });
  committed = (tookMs) => {
    technician.committed(tookMs);
    figures.committed(tookMs);
  };

  const tellPeople = (): void => {
    post({ kind: "people", people: members.all(), enrolled: members.gallery().length, at: clock.now() });
    void serving.follow().catch(noteFault);
  };
  const serving = createServing({
    ...{ looks: people.looks, clock, note: noteFault },
    isLookedFor: (id) => members.isLookedFor(id),
    isFrozen: (template) => consenting.consents.closed(template) === "frozen",
  });
  const members = await openMembers({
    ...{ people, roster, clock, spaceId },
    isSuppressed: suppressed.has,
    gate: consenting.consents.gate,
    engine: engines.now,
    adopt: pins.adopt,
    changed: () => tellPeople(),
    unreadable: (count) => log.warn(`${count} entries of the roster cannot be read`, { event: "roster", count }),
    note: noteFault,
  });

  areMembersOpen = true;
  const tidy = openOwnRetention({
    ...{
      keeping,
      clock,
      days,
      people,
      departed: members.departed,
      erasure,
      others: [visits.keepsakes, ...(pictures === null ? [] : [pictures.snapshots])],
      ...(pictures && { follow: pictures.own.follow }),
      note: noteFault,
    },
    journal: { ...book, read: journal.read, head: journal.head },
    faceGone: async (gone) => {
      await members.refresh();
      for (const { person, consentId } of gone) await consenting.consents.end(person, consentId, "idle");
    },
  });
  wrote = tidy.wrote;
  // What a crash cut short is forgotten, and what is over is gone, before anybody is looked for or shown anything.
  await erasure.resume();
  await tidy.sweep(AbortSignal.timeout(sweepMs));
  const cards = openSimReader({ clock });
  const tricks = { tap: cards.tap, network: outside.demo?.broker ?? null, hash: hashCard };
  const theatre = await openTheatre(config, clock, tricks);
  const { drawer } = theatre;
  const served = await openScreen({
    ...{ port: config.port, dist: page, technician: technician.page },
    ...(drawer && { demo: drawer }),
  });
  const screen = technician.watch(quiet.watch(figures.watch(rooms.use(served))));

  const ownData = rooms.use(
    openOwnData({
      ...{ config, days, clock, people, pins, roster, vault, keeping, eventOf, consents: consenting.consents },
      source: sourceOf(identity),
      journal: { append: book.append, read: journal.read, at: journal.at },
      members: members.all,
      messages: bulletins.for,
      served: people.looks.of,
      erase: erasure.erase,
      pictures: pictures?.own ?? null,
      changed: () => void members.refresh().catch(noteFault),
      looks: async (sub) =>
        (await entrance.trail.looksAt(sub)).map(({ atUtcMs, role, reason }) => ({
          ...{ utcMs: atUtcMs, role, why: reason ?? "" },
        })),
    }),
  );
  const remembered = recalled(
    withPeople(blankMemory, members.all()),
    journal.recall(clock.now().utcMs - recallMs, recallMs),
  );
  const simulated =
    drawer !== null ||
    outside.demo !== null ||
    [config.camera, config.reader].some((one) => /^(replay|sim):/.test(one));
  const volume = settings.get().volume ?? blankMemory.volume;
  const policy = policyOf(config, thresholds, outside.passKeys);
  const { detector, landmarks, embedding, pads, eye } = models;
  const acceptance = createAcceptance({
    ...{ clock, policy: drawer === null ? policy : demoPolicy(policy), journal: book, random: Math.random },
    station: { post: (event) => post(event), attention: () => station.attention() },
    forget: () => eyes.forget(),
    uplink: outside.uplink.newest,
    network: outside.demo?.broker ?? null,
    ...{ identity, kid: () => signer.kid, release: firmware, spaceId, isSimulated: simulated },
    models: [detector, landmarks, embedding, ...pads, eye].filter((model) => model !== null),
    weight: weights.bytes,
  });
  const station = createStation({
    memory: {
      ...remembered,
      rights: await ownData.memory(),
      start,
      notice: journal.notice,
      simulated,
      source: sourceOf(identity),
      volume,
      locked: lock.cause(),
    },
    policy: drawer === null ? policy : demoPolicy(policy),
    place: placeOf(config),
    ease: easeOf(config),
    clock,
    journal: book,
    screen: acceptance.over(screen),
    moment: () => ({ clock: clock.quality(), boot }),
    forget: () => eyes.forget(),
    enrolled: (session, outcome) => clerk.enrolled(session, outcome),
    checkPin: pins.check,
    ...(pictures?.evidence && { evidence: pictures.evidence }),
    wish: async (wish) => {
      if (wish.of === "consent") return consenting.wish(wish);
      if (wish.of === "guests") return visits.wish(wish);
      if (wish.of === "rights") return ownData.wish(wish);
      throw new Fault("not-here", "this clock has nobody for that", "Ask the office.");
    },
    served: (person, end) => {
      serving.served(person, end);
      evenWays.served(person, end);
    },
    alike: (pair) => void noteAlike(people, pair).then(members.refresh).catch(noteFault),
    observed: (event, memory) => {
      pulse?.saw(event);
      acceptance.observed(event);
      figures.saw(event);
      evenWays.saw(event, memory);
      technician.saw(event);
      if (event.kind === "sight" && event.sight.enrol !== null) clerk.saw(event.sight.enrol);
      say(event.kind === "room" ? roomLine(event.room, event.state) : lineOf(event));
    },
  });
  post = station.post;
  early.forEach(post);
  bulletins.showAgain();
  await visits.begin();
  const { attention } = acceptance;
  const eyes = createEyes({ clock, screen, post: acceptance.post, attention, random: Math.random });
  const { everyMs } = notify;
  const pulse =
    everyMs === null
      ? null
      : createPulse({ clock, post, lookingSinceMs: eyes.lookingSinceMs, alive: notify.alive, everyMs });
  const kept = (room: "camera" | "engine" | "reader") => ({
    report: (state: RoomState) => {
      roomCodes.note(room, state);
      post({ kind: "room", room, state, at: clock.now() });
      // Eyes that do not open are no reason to keep people from their badges.
      if (room === "engine") ready();
    },
    backoff,
    clock,
    random: Math.random,
  });
  const clerk = createClerk({
    ...{ journal: book, clock, spaceId, post, hashCard, readers, pins, consents: consenting.consents },
    ...{ erase: erasure.erase, holds: keeping.holds, office: ownData.office },
    // Whoever only the roster names can be enrolled here too.
    people: { ...people, all: members.all },
    changed: () => void members.refresh().catch(noteFault),
    uplink: outside.uplink.newest,
    alarm,
    technician,
    acceptance,
    wall: () => ({
      ...{ fw: firmware, page: screen.url, idleMs: quiet.idleMs() },
      rooms: { camera: roomCodes.of("camera"), engine: roomCodes.of("engine"), reader: roomCodes.of("reader") },
    }),
    ...{ renew: renewal.renew, lock, ways: evenWays.told },
    newestPunch: () =>
      journal.recall(clock.now().utcMs - 6 * 3_600_000).findLast(({ type }) => type === "dev.lintel.punch.v1") ?? null,
    ...{ muster: station.muster, serving },
    inside: createInside({
      gallery: members.gallery,
      closed: consenting.consents.closed,
      overdue: tidy.overdue,
      keys: () => sealing.keys.assurance,
      time: () => clock.quality().source,
      ways: evenWays.told,
    }),
  });
  interrupt = clerk.interrupt;
  const entrance = await openEntrance({
    ...{ directory: config.state, journal: { ...journal, ...book }, clock },
    ...{
      identity,
      timeZone: config.timeZone,
      isDemo: config.broker === "embedded",
      isLocked: () => lock.cause() !== null,
      note: noteFault,
      snapshots: pictures?.snapshots ?? null,
    },
    standing: standingOf({ people, pins }),
  });
  const ready = (): void => {
    tellPeople();
    post({ kind: "ready", at: clock.now() });
  };

  const cast = async (engine: Engine): Promise<void> => {
    await theatre.cast({ engine, people, journal: book, clock, hash: hashCard, consents: consenting.consents });
    await members.refresh();
  };
  const shutter = createSight({
    ...{ engines, eyes, kept, gallery: members.gallery, lend: clerk.lend, timed: figures.look },
    ...{ openCamera: theatre.openCamera, cast: drawer === null ? null : cast },
    mayLook: () => config.camera !== "none" && lock.mayLook(),
  });
  const receipts = receiptLines();
  // What every receiver has, and is older than a month, may go.
  const retention = (): Retention => ({
    ...{ receivers: outside.receivers, keepDays: config.keepDays },
    holdSinceUtcMs: keeping.holds.journalSinceUtcMs(),
  });
  const tellChecked = (checked: Checked): void => {
    technician.checked(checked);
    say(checkedLine(checked));
    if (checked.is === "bad") post({ kind: "notice", notice: journal.notice, at: clock.now() });
  };
  post({ kind: "room", room: "journal", state: { is: "up" }, at: clock.now() });
  const work = [
    station.run(ending),
    ...(pulse === null ? [] : [pulse.run(ending)]),
    shutter.run(ending),
    keepReader(config.reader, drawer === null ? null : cards, { ...kept("reader"), post, readers }, ending),
    listen(outside.uplink.news(ending), (news) => {
      post({ kind: "uplink", news, at: clock.now() });
      const receipt = receipts.line(news);
      say(receipt);
      if (receipt !== null) outside.retireKeys();
    }),
    outside.run(ending),
    members.run(ending),
    technician.run(ending),
    sealing.run({ people, changed: members.refresh, turned: renewal.turned, timeZone: policy.timeZone }, ending),
    consenting.run(ending),
    desk.serve(entrance.gate(clerk.answer), ending),
    housing.keep(ending),
    tidy.keep(ending),
    serving.keep(ending),
    evenWays.keep(ending),
    keepJournal({ journal, clock, retention, told: tellChecked }, ending),
    listen(screen.touches(ending), (touch) => post({ kind: "touch", touch, at: clock.now() })),
  ];
  outside.retireKeys();
  // Only the demo's very first start has to wait for its people to be enrolled.
  if (drawer === null || members.all().length > 0) ready();
  const demoBrokerUrl = outside.demo?.broker.backendUrl ?? null;
  const welcome = {
    url: screen.url,
    state: config.state,
    device: signer.device,
    isDemo: drawer !== null,
    demoBrokerUrl,
  };
  welcomeLines({ ...welcome, camera: config.camera }).forEach(say);
  void notify.ready(`Punching at ${screen.url}`);
  try {
    await Promise.all(work);
  } finally {
    ended.abort();
    await Promise.allSettled(work);
  }
  return signal.aborted ? null : again;
}
