import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { guardianDays } from "../../kiosk/core/consent/guardian.ts";
import { noticeIn } from "../../kiosk/core/consent/notice.ts";
import { packs } from "../../kiosk/core/consent/packs.ts";
import { drawingHash } from "../../kiosk/core/consent/signature.ts";
import type { ConsentWish } from "../../kiosk/core/consent/types.ts";
import type { ConsentAct } from "../../kiosk/core/consent/view.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { pieceOf } from "../../kiosk/privacy/consent-desk.ts";
import { actData } from "../../kiosk/uplink/contract/acts.ts";
import { scratch } from "../scratch.ts";
import { ana, bo, documentOf, drawing, newEmployer, openConsentWorld } from "./consent-world.ts";
import { dayMs, startMs } from "./time-machine.ts";

/** Between the two ages of a policy somebody agrees together with a guardian, at the clock or on paper. */

/** As the guardian's name would be: numbers that nothing else here has. */
const guardians = [[111, 222, 333, 141, 507, 93, 629, 161]] as const;

const employer = newEmployer();
const withGuardian = (more: Readonly<Record<string, unknown>> = {}) =>
  employer.sign(documentOf({ guardian_age: 15, ...more }));
const openWorld = (more: { readonly policy?: string; readonly state?: string } = {}) =>
  openConsentWorld({ state: scratch(), employer, policy: withGuardian(), ...more });
type World = Awaited<ReturnType<typeof openWorld>>;

/** From the badge to the question whether a guardian is there. */
async function tooYoungAlone(world: World, id: PersonId): Promise<void> {
  await world.identify(id);
  world.act({ act: "read" });
  world.act({ act: "page", page: 99 });
  world.act({ act: "agree" });
  await world.shows("consent", "age");
  world.act({ act: "age", isReached: false });
}

/** Both read it together and draw, the guardian first. */
async function agreeTogether(world: World, id: PersonId, drawn: typeof guardians | typeof drawing = guardians) {
  await tooYoungAlone(world, id);
  await world.shows("consent", "guardian");
  world.act({ act: "guardian", isHere: true });
  await world.shows("consent", "both");
  world.act({ act: "read" });
  await world.shows("consent", "notice");
  world.act({ act: "page", page: 99 });
  world.act({ act: "agree" });
  await world.shows("consent", "guardian-sign");
  world.act({ act: "sign", strokes: drawn });
  await world.shows("consent", "sign");
  world.act({ act: "sign", strokes: drawing });
}

test("P12 SC-26 between the two ages a young person is enrolled with a guardian beside them: both read, both draw, and of the guardian nothing stays but a hash", async () => {
  const state = scratch();
  await using world = await openWorld({ state });
  await tooYoungAlone(world, ana);
  await world.shows("consent", "guardian");
  expect(world.view()).toMatchObject({ page: { years: 15 } });
  world.act({ act: "guardian", isHere: true });
  await world.shows("consent", "both");
  const { now } = world.privacy.standing();
  if (now === null) throw new Error("no policy");
  const both = noticeIn("en-GB", now, "blr-01", true);
  expect(world.view()).toMatchObject({ page: { lines: both.guardian?.both } });
  await agreeTogether(world, ana);
  await world.shows("consent", "given");

  const [record] = world.said();
  expect(record).toMatchObject({
    ...{ sub: ana, act: "given", purpose: "face", age: 15, by: "self:card", text: both.text },
    sign: { how: "drawn", h: drawingHash(drawing) },
    guardian: { how: "drawn", h: drawingHash(guardians) },
    until: utcText(startMs + guardianDays * dayMs),
  });
  // What was said to both is in the hash of what they read.
  expect(both.text.h).not.toBe(noticeIn("en-GB", now, "blr-01").text.h);
  expect(actData["dev.lintel.consent.v1"].safeParse(record).success).toBe(true);
  // The young person's own drawing is sealed; the guardian's is in no piece and in no file.
  expect(world.vault.pieces(ana)).toContain(pieceOf(drawingHash(drawing)));
  expect(world.vault.pieces(ana)).not.toContain(pieceOf(drawingHash(guardians)));
  for (const file of readdirSync(state, { recursive: true, encoding: "utf8", withFileTypes: true })) {
    if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), "latin1")).not.toContain("111,222,333");
  }
  await world.beSeen(30);
  await world.isKnown(30, ana);

  // Taking it back needs nobody.
  await world.identify(ana);
  world.act({ act: "stop" });
  world.act({ act: "sure" });
  await world.shows("consent", "stopped");
  await world.isKnown(30, null);
  expect(world.people.templates()).toEqual([]);
});

test("P12 SC-26 without a guardian there, with a dot for a name, or when either of them says no, nobody is enrolled and nothing of a guardian is kept", async () => {
  await using world = await openWorld();
  const before = world.vault.pieces(ana);
  await tooYoungAlone(world, ana);
  world.act({ act: "guardian", isHere: false });
  await world.shows("consent", "young");
  expect(world.view()).toMatchObject({ page: { years: 16, guardianYears: 15 } });
  expect(world.said()).toEqual([]);

  await tooYoungAlone(world, ana);
  world.act({ act: "guardian", isHere: true });
  await world.shows("consent", "both");
  // Nobody comes past the guardian's name, nor past reading it together.
  for (const act of [{ act: "agree" }, { act: "sign", strokes: drawing }] satisfies ConsentAct[]) world.act(act);
  await world.shows("consent", "both");
  world.act({ act: "read" });
  world.act({ act: "agree" });
  await world.shows("consent", "notice");
  world.act({ act: "page", page: 99 });
  world.act({ act: "agree" });
  world.act({ act: "sign", strokes: [[500, 500, 501, 501]] });
  await world.shows("consent", "guardian-sign");
  expect(world.view()).toMatchObject({ page: { isEmpty: true } });
  // Badge and PIN are one person's.
  world.act({ act: "badge-pin" });
  await world.shows("consent", "guardian-sign");
  expect(world.said()).toEqual([]);
  // As both were told: nothing is kept, not even that a child said no.
  world.act({ act: "decline" });
  await world.shows("consent", "declined");
  expect(world.said()).toEqual([]);
  expect(world.vault.pieces(ana)).toEqual(before);
});

test("P12 SC-26 a no of both to new terms ends what they agreed to before, and that is written down", async () => {
  await using world = await openWorld();
  await agreeTogether(world, ana);
  await world.shows("consent", "given");
  await world.beSeen(30);
  await world.isKnown(30, ana);
  const dates = { published_at: utcText(startMs), effective_at: utcText(startMs + 31 * dayMs) };
  await world.privacy.take(
    employer.sign(documentOf({ v: 2, guardian_age: 15, purposes: ["work-day", "safety"], ...dates })),
  );
  world.clock.advance(32 * dayMs);
  await world.isKnown(30, null);
  // The wall is told a moment after the matcher.
  await expect
    .poll(async () => {
      await world.identify(ana);
      return world.view();
    })
    .toMatchObject({ page: { is: "why" } });
  await tooYoungAlone(world, ana);
  world.act({ act: "guardian", isHere: true });
  await world.shows("consent", "both");
  world.act({ act: "decline" });
  await world.shows("consent", "declined");
  expect(world.said().map(({ act }) => act)).toEqual(["given", "declined"]);
  await expect
    .poll(() => {
      world.clock.advance(30_000);
      return world.people.templates();
    })
    .toEqual([]);
});

test("P12 SC-26 it ends after a year whatever the policy's term is: the face is unknown and destroyed, and both are asked anew", async () => {
  await using world = await openWorld({ policy: withGuardian({ term_days: null, retention: { template: 1_095 } }) });
  await agreeTogether(world, ana);
  await world.shows("consent", "given");
  await world.beSeen(30);
  world.clock.advance(guardianDays * dayMs - 60_000);
  await world.isKnown(30, ana);
  await expect
    .poll(() => {
      world.clock.advance(30_000);
      return world.people.templates();
    })
    .toEqual([]);
  await world.isKnown(30, null);
  // A year later the same drawing is somebody's who kept it; the guardian draws anew.
  await agreeTogether(world, ana);
  await world.shows("consent", "failed");
  expect(world.view()).toMatchObject({ page: { code: "guardian-refused" } });
  await agreeTogether(world, ana, [[121, 232, 343, 151, 517, 103, 639, 171]] as never);
  await world.shows("consent", "given");
});

type Give = Extract<ConsentWish, { is: "give" }>;

const wishOf = (world: World, person: PersonId, more: Partial<Give> = {}): Give => {
  const { now } = world.privacy.standing();
  if (now === null) throw new Error("no policy");
  const { text } = noticeIn("en", now, "blr-01", true);
  return {
    ...{ of: "consent", is: "give", person, text, pol: { v: now.policy.v, h: now.h }, by: "self:card" },
    ...{ signed: { how: "drawn", strokes: drawing }, age: 15, guardian: guardians },
    ...more,
  };
};

test("P12 SC-26 bad input: no guardian, a replayed drawing, one drawing for both, a badge for a name, too young, old enough alone: each refused with its sentence, nothing written", async () => {
  await using world = await openWorld();
  const { wish } = world.consenting;
  const refused = async (what: Partial<Give>, code: string, message: string) => {
    const before = { said: world.said(), pieces: world.vault.pieces(bo) };
    const failing = wish(wishOf(world, bo, what));
    await expect(failing, message).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect({ said: world.said(), pieces: world.vault.pieces(bo) }).toEqual(before);
  };
  const { guardian: _, ...alone } = wishOf(world, bo);
  await expect(wish(alone)).rejects.toMatchObject({
    code: "guardian-missing",
    message: expect.stringContaining("from 15 to 16"),
  });
  await refused({ age: 14 }, "guardian-refused", "14 is under 15");
  await refused({ age: 16 }, "guardian-refused", "agrees alone");
  await refused({ age: undefined as never }, "guardian-refused", "which age");
  await refused({ guardian: drawing }, "guardian-refused", "one drawing");
  await refused({ signed: { how: "card+pin" } }, "guardian-refused", "not both");
  await refused({ guardian: [[1, 1, 2, 2]] }, "consent-refused", "nothing was drawn");
  await wish(wishOf(world, ana));
  // Ana's guardian is nobody's but hers, and neither is what Ana drew.
  await refused({ signed: { how: "drawn", strokes: [[9, 9, 400, 400]] } }, "guardian-refused", "another record");
  await refused(
    { signed: { how: "drawn", strokes: [[9, 9, 400, 400]] }, guardian: drawing },
    "guardian-refused",
    "another record",
  );
});

test("P12 SC-26 where the policy has no guardians the wall does not ask for one, and a wish or a paper that names one is refused", async () => {
  await using world = await openWorld({ policy: employer.sign(documentOf()) });
  await tooYoungAlone(world, ana);
  await world.shows("consent", "young");
  expect(world.view()).toMatchObject({ page: { years: 16, guardianYears: null } });
  world.act({ act: "guardian", isHere: true });
  await world.shows("consent", "young");
  await expect(world.consenting.wish(wishOf(world, ana))).rejects.toMatchObject({
    code: "guardian-refused",
    message: expect.stringContaining("policy"),
  });
  const paper = { ...{ person: ana, displayName: null, badges: [], alsoLike: [] }, consent: "file 12", guardian: true };
  const enrolling = world.clerk.answer({ ask: "enrol", wish: paper }, () => {}, new AbortController().signal);
  await expect(enrolling).rejects.toMatchObject({ code: "guardian-refused" });
  expect(world.said()).toEqual([]);
});

test("P12 SC-26 an employer who ends it while both of them read ends it for them too", async () => {
  for (const page of ["guardian", "both"] as const) {
    await using world = await openWorld();
    await tooYoungAlone(world, ana);
    await world.shows("consent", "guardian");
    if (page === "both") world.act({ act: "guardian", isHere: true });
    await world.shows("consent", page);
    const day = utcText(startMs);
    await world.privacy.take(employer.sign(documentOf({ v: 2, minor: true, published_at: day, effective_at: day })));
    // Behind the one that the new policy itself set going: the wall knows it then.
    await world.consents.refresh();
    if (page === "guardian") {
      world.act({ act: "guardian", isHere: true });
      await world.shows("consent", "young");
    } else {
      world.act({ act: "read" });
      world.act({ act: "page", page: 99 });
      world.act({ act: "agree" });
      await world.shows("consent", "guardian-sign");
      world.act({ act: "sign", strokes: guardians });
      world.act({ act: "sign", strokes: drawing });
      await world.shows("consent", "home");
    }
    expect(world.said()).toEqual([]);
  }
});

test("P12 SC-26 the paper that a guardian signed too is told apart in the record, has no drawing, and ends after a year", async () => {
  await using world = await openWorld();
  const paper = { ...{ person: ana, displayName: null, badges: [], alsoLike: [] }, consent: "file 12", guardian: true };
  const stop = new AbortController();
  const enrolling = world.clerk.answer({ ask: "enrol", wish: paper }, () => {}, stop.signal);
  await world.shows("enrol");
  stop.abort();
  await expect(enrolling).rejects.toMatchObject({ code: "enrol-ended" });
  expect(world.said()[0]).toMatchObject({
    ...{ act: "given", age: 15, guardian: { how: "paper", h: null }, paper: "file 12" },
    until: utcText(startMs + guardianDays * dayMs),
  });
});

test("SC-26 a policy cannot have guardians below what the law of its place has, where that has none, or above its own least age; and lowering it is no minor change", async () => {
  await using world = await openConsentWorld({ state: scratch(), employer, policy: null });
  const take = (more: Readonly<Record<string, unknown>>) => world.privacy.take(employer.sign(documentOf(more)));
  for (const [more, said] of [
    [{ guardian_age: 14 }, "from 15 on"],
    [{ guardian_age: 16 }, "not under 16"],
    [{ pack: "IN", min_age: 18, guardian_age: 16 }, "for nobody"],
    [{ pack: "ES", assessment: "DPIA 7", guardian_age: 15 }, "for nobody"],
    [{ guardian_age: 12 }, "guardian_age"],
    [{ guardian_age: "15" }, "guardian_age"],
  ] as const) {
    await expect(take(more), said).rejects.toMatchObject({
      code: "policy-refused",
      message: expect.stringContaining(said),
    });
  }
  expect(Object.values(packs).every(({ guardianAge, minAge }) => guardianAge === null || guardianAge < minAge)).toBe(
    true,
  );
  await take({});
  const day = utcText(startMs);
  const minor = { v: 2, minor: true, published_at: day, effective_at: day };
  await expect(take({ ...minor, guardian_age: 15 })).rejects.toMatchObject({
    message: expect.stringContaining("the least age"),
  });
});
