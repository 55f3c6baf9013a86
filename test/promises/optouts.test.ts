import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { openPortraits } from "../../kiosk/camera/portrait.ts";
import { posted } from "../../kiosk/core/bulletin.ts";
import type { PunchDraft } from "../../kiosk/core/draft.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import type { JournalConsents } from "../../kiosk/core/ports/journal.ts";
import { readReceiptCode } from "../../kiosk/core/receipt.ts";
import type { ConsentData } from "../../kiosk/core/record.ts";
import { createEvidence } from "../../kiosk/evidence.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { createConsents } from "../../kiosk/privacy/consents.ts";
import { createOwnPictures, type OwnPictures } from "../../kiosk/privacy/own-pictures.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openFileKeyBox } from "../../kiosk/store/seal.ts";
import { openSnapshots, type Snapshots } from "../../kiosk/store/snapshots.ts";
import { type OpeningKey, openingKeyIn, sealingKeyIn } from "../../kiosk/store/two-keys.ts";
import { actData } from "../../kiosk/uplink/contract/acts.ts";
import { scratch } from "../scratch.ts";
import { everything, Wall } from "../unit/core/visit.ts";
import { at } from "../unit/core/wall.ts";
import { marked, others, turn } from "./household.ts";
import { openWorld, timeZone, type World } from "./rights-world.ts";
import { dayMs, startMs } from "./time-machine.ts";

/** Each use of somebody is refused by itself, at the wall, and everything else goes on. */

const newPair = (): OpeningKey => {
  const { kty, crv, x, d } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  return openingKeyIn(JSON.stringify({ kty, crv, x, d }), "somebody");
};
const publicOf = ({ kty, crv, x }: OpeningKey) => sealingKeyIn(JSON.stringify({ kty, crv, x }), "somebody");
const keys = [publicOf(newPair()), publicOf(newPair())] as const;

interface Pictured {
  readonly world: World;
  readonly snapshots: Snapshots;
  readonly own: OwnPictures;
  /** What a punch of theirs takes, as the station asks for it. */
  readonly punch: (person: PersonId) => ReturnType<ReturnType<typeof createEvidence>>;
}

/** A clock that takes pictures with punches, over the stores of a real one. */
async function withPictures(options: { readonly state: string; readonly nowUtcMs?: number; readonly isOn?: boolean }) {
  const { state, isOn = true, nowUtcMs = startMs } = options;
  const keyBox = await openFileKeyBox(join(state, "device.key"));
  const snapshots = await openSnapshots({ directory: join(state, "snapshots"), keyBox, keys });
  let own: OwnPictures | undefined;
  const world = await openWorld({
    ...{ state, nowUtcMs },
    pictures: ({ house, consents }) => {
      own = createOwnPictures({ snapshots, isOn, days: 90, consents, holds: house.keeping.holds });
      return own;
    },
  });
  if (own === undefined) throw new Error("nobody asked for pictures");
  const jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: "teal" } })
    .jpeg()
    .toBuffer();
  const clock = testClock(nowUtcMs);
  const take = createEvidence({
    ...{ of: "all", days: 90, snapshots, shrink: await openPortraits(), clock },
    frame: () => ({ jpeg, number: 1, at: clock.now() }),
    mayTake: (sub) => world.consents.picturesOf(sub).may,
    note: (fault) => {
      throw fault;
    },
  });
  const made: Pictured = {
    ...{ world, snapshots, own },
    punch: (person) => {
      clock.advance(1_000);
      const draft: PunchDraft = {
        ...{ draft: "punch", person, methods: ["card"], kind: "in", inferred: true, flags: [], at: clock.now() },
        assure: { match: "none", live: "na", card: "static" },
      };
      return take(draft);
    },
  };
  return {
    ...made,
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await snapshots[Symbol.asyncDispose]();
    },
  };
}

const [bo] = others;
if (bo === undefined) throw new Error("nobody else");

const said = ({ records }: World): readonly ConsentData[] => records("consent").map(({ data }) => data as ConsentData);

test("P16 IC-3 two touches, nobody asked: no picture with the next punch, those kept are gone, of nobody else, and the record is signed", async () => {
  await using clock = await withPictures({ state: scratch() });
  const { world, punch, snapshots } = clock;
  for (const one of [marked, bo]) await world.house.people.put(one, null);
  for (const { id } of [marked, bo, marked]) expect(await punch(id)).not.toBeNull();
  const visit = await world.visit(marked);
  const list = visit.page();
  expect(list.is === "list" && list.items.find(({ kind }) => kind === "snapshots")).toMatchObject({ count: 2 });
  // From what stands there of them, and as well from what they can do: two touches either way.
  expect(await visit.touch({ act: "item", kind: "snapshots" })).toMatchObject({
    facts: [{ label: "use", value: { code: "with-punch" } }],
    deeds: ["no-pictures"],
  });
  const page = await visit.touch({ act: "deed", deed: "no-pictures" });
  expect(page).toMatchObject({ is: "done", deed: "no-pictures" });
  expect(page).not.toHaveProperty("held");
  if (page.is !== "done" || page.certificate === null) throw new Error("no proof");
  expect(readReceiptCode(page.certificate)).not.toBeNull();

  expect(snapshots.list(marked.id)).toEqual([]);
  expect(await punch(marked.id)).toBeNull();
  expect(snapshots.list(bo.id)).toHaveLength(1);
  expect(await punch(bo.id)).not.toBeNull();
  // Their badge brought them here and is a punch as ever.
  visit.wall.touch({ touch: "rights", act: { act: "close" } }).tap("4711");
  expect(visit.wall.effects).toMatchObject([{ do: "save", draft: { draft: "punch", person: marked.id } }]);

  const [no] = said(world);
  expect(no).toMatchObject({ sub: marked.id, act: "declined", purpose: "snapshot", sign: { how: "tap", h: null } });
  expect(actData["dev.lintel.consent.v1"].safeParse(no).success).toBe(true);
  expect(world.requests()).toMatchObject([{ right: "object", about: "pictures", state: "done" }]);

  // It stands in what is theirs, in the copy, and can be taken back as easily.
  const again = await world.visit(marked);
  expect(await again.touch({ act: "item", kind: "consents" })).toMatchObject({
    lines: [{ line: "consent", act: "declined", purpose: "snapshot" }],
  });
  await again.touch({ act: "back" });
  expect(await again.touch({ act: "deeds" })).toMatchObject({ deeds: expect.not.arrayContaining(["no-pictures"]) });
  expect(await again.touch({ act: "deed", deed: "pictures" })).toMatchObject({ is: "done", deed: "pictures" });
  expect(await punch(marked.id)).not.toBeNull();
  expect(said(world).map(({ act, purpose }) => `${purpose} ${act}`)).toEqual([
    "snapshot declined",
    "snapshot released",
  ]);
});

test("P16 IC-3 whoever was never pictured says no before the first picture; the face, which is another word, stays as it is", async () => {
  await using clock = await withPictures({ state: scratch() });
  const { world, punch, snapshots } = clock;
  await world.house.people.put(marked, null);
  await world.agree(marked);
  const { consents, house } = world;
  const visit = await world.visit(marked);
  await visit.touch({ act: "deeds" }, { act: "deed", deed: "no-pictures" });
  expect(consents.gate(house.people.templates())).toHaveLength(1);
  expect(await punch(marked.id)).toBeNull();
  // And the other way round: the face taken back leaves the no to pictures as it was.
  await visit.touch({ act: "back" }, { act: "item", kind: "face" }, { act: "deed", deed: "stop" });
  expect(consents.gate(house.people.templates())).toHaveLength(0);
  expect(consents.picturesOf(marked.id)).toEqual({ isRefused: true, may: false });
  expect(snapshots.list(null)).toEqual([]);
});

test("P16 IC-3 the no outlives a restart, a roster that comes anew and changes of mind without number", async () => {
  const state = scratch();
  {
    await using clock = await withPictures({ state });
    const { world } = clock;
    await world.house.people.put(marked, null);
    await world.agree(marked);
    for (let count = 0; count < 70; count += 1) await world.consents.pictures(marked.id, count % 2 === 1, "self");
    await world.consents.pictures(marked.id, false, "self");
  }
  {
    await using clock = await withPictures({ state });
    const { world, punch } = clock;
    await turn(world.house.roster, [marked, ...others], []);
    await turn(world.house.roster, [{ ...marked, displayName: "Quintessa Renamed" }], []);
    expect(world.consents.picturesOf(marked.id)).toEqual({ isRefused: true, may: false });
    expect(await punch(marked.id)).toBeNull();
    expect(await punch(bo.id)).not.toBeNull();
    expect(world.consents.gate(world.house.people.templates())).toHaveLength(1);
    // The journal is pruned one day: what they said of their face was not pushed out of what is kept of both.
    const piece = JSON.parse(Buffer.from((await world.house.vault.get(marked.id, "consent")) ?? []).toString());
    const purposes = (piece.jws as string[]).map((jws) => (eventOf(jws).data as ConsentData).purpose);
    expect(purposes.filter((purpose) => purpose === "face")).toHaveLength(1);
    expect(purposes.filter((purpose) => purpose === "snapshot")).toHaveLength(64);
    const visit = await world.visit(marked);
    const sealed = await visit.touch({ act: "item", kind: "snapshots" });
    expect(sealed).toMatchObject({ item: { count: 0 }, facts: [{ value: { code: "said-no" } }], deeds: ["pictures"] });
  }
});

test("P16 IC-3 a clock that has not read yet who said no takes a picture of nobody", async () => {
  await using world = await openWorld();
  const { clock, vault, people, journal } = world.house;
  const consents = createConsents({
    ...{ clock, vault, people, source: world.source, site: "blr-01" },
    journal: journal as typeof journal & JournalConsents,
    keyOf: () => undefined,
    policy: () => ({ now: null, coming: null }),
    ...{ advance: async () => {}, takeOut: async () => {}, changed: async () => {}, told: () => {} },
    note: (fault) => {
      throw fault;
    },
  });
  expect(consents.picturesOf(marked.id).may).toBe(false);
  await consents.load();
  expect(consents.picturesOf(marked.id).may).toBe(true);
});

test("P16 IC-3 what a dispute holds stays, and the wall says until when and who answers for it; the day that it ends the pictures go", async () => {
  await using clock = await withPictures({ state: scratch() });
  const { world, punch, snapshots, own } = clock;
  const { keeping, clock: time } = world.house;
  for (const one of [marked, bo]) await world.house.people.put(one, null);
  for (const { id } of [marked, bo]) await punch(id);
  const untilUtcMs = startMs + 30 * dayMs;
  const hold = { sub: marked.id, classes: ["snapshot"], fromUtcMs: null, untilUtcMs, owner: "case-17" } as const;
  await keeping.holds.set({ ...hold, reason: "dispute" }, "office");
  const visit = await world.visit(marked);
  const page = await visit.touch({ act: "deeds" }, { act: "deed", deed: "no-pictures" });
  expect(page).toMatchObject({ is: "done", deed: "no-pictures", held: { untilUtcMs, owner: "case-17" } });
  expect(snapshots.list(marked.id)).toHaveLength(1);
  // No more of them come meanwhile.
  expect(await punch(marked.id)).toBeNull();
  await own.follow();
  expect(snapshots.list(marked.id)).toHaveLength(1);
  time.advance(30 * dayMs + 60_000);
  await own.follow();
  expect(snapshots.list(marked.id)).toEqual([]);
  expect(snapshots.list(bo.id)).toHaveLength(1);
});

test("P16 IC-3 a cut between the word and the deletion ends in the deletion, and where no pictures are taken nothing is offered", async () => {
  const state = scratch();
  {
    await using clock = await withPictures({ state });
    await clock.world.house.people.put(marked, null);
    await clock.punch(marked.id);
    await clock.world.consents.pictures(marked.id, false, "self");
    expect(clock.snapshots.list(marked.id)).toHaveLength(1);
  }
  {
    await using clock = await withPictures({ state, isOn: false });
    await clock.own.follow();
    expect(clock.snapshots.list(marked.id)).toEqual([]);
    const visit = await clock.world.visit(marked);
    const page = await visit.touch({ act: "deeds" });
    expect(page.is === "deeds" && page.deeds.filter((deed) => deed.endsWith("pictures"))).toEqual([]);
    expect(await visit.touch({ act: "deed", deed: "no-pictures" })).toEqual(page);
  }
});

test("P16 IC-3 IC-14 news that somebody muted do not stand beside their next thanks, what is essential does; a name that they hide stands nowhere there", async () => {
  await using world = await openWorld();
  await world.house.people.put(marked, null);
  const visit = await world.visit(marked);
  const news = { id: "n", text: "Cake at three", untilUtcMs: null, sub: marked.id, isNews: true };
  const onlyNews = posted([], news, at(0));
  const both = posted(onlyNews, { ...news, id: "e", text: "Gate 2 is shut", isNews: false }, at(1));
  const thanks = (bulletins = onlyNews) => {
    const wall = new Wall({ ...everything, timeZone }, [{ ...marked, badges: ["4711" as never] }]);
    wall.memory = { ...wall.memory, rights: visit.wall.memory.rights, bulletins };
    const view = wall.tap("4711").save().view();
    if (view.at !== "thanks") throw new Error(view.at);
    return { name: view.name, told: view.bulletins.map(({ text }) => text) };
  };
  expect(thanks()).toEqual({ name: "Quintessa M.", told: ["Cake at three"] });
  await visit.touch({ act: "deeds" }, { act: "deed", deed: "choose" }, { act: "choose", what: "messages" });
  expect(thanks()).toEqual({ name: "Quintessa M.", told: [] });
  expect(thanks(both)).toEqual({ name: "Quintessa M.", told: ["Gate 2 is shut"] });
  await visit.touch({ act: "choose", what: "name" });
  expect(thanks(both)).toEqual({ name: "", told: ["Gate 2 is shut"] });
});
