import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { noticeIn } from "../../kiosk/core/consent/notice.ts";
import { drawingHash } from "../../kiosk/core/consent/signature.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { parseRequest } from "../../kiosk/desk/messages.ts";
import { pieceOf } from "../../kiosk/privacy/consent-desk.ts";
import {
  ana,
  bo,
  type ConsentWorldOptions,
  documentOf,
  drawing,
  newEmployer,
  openConsentWorld,
} from "./consent-world.ts";
import { dayMs, startMs } from "./time-machine.ts";

const folder = async (): Promise<string> => {
  const state = await mkdtemp(join(tmpdir(), "lintel-consent-"));
  onTestFinished(() => rm(state, { recursive: true, force: true, maxRetries: 10 }));
  return state;
};
const openWorld = async (more: Partial<ConsentWorldOptions> = {}) =>
  openConsentWorld({ state: await folder(), ...more });

test("P1 somebody agrees at the kiosk: what stood there, in which language and version, and their drawn name are one signed record", async () => {
  await using world = await openWorld();
  await world.agree(ana);
  const [record] = world.said();
  const { now } = world.privacy.standing();
  if (now === null) throw new Error("no policy");
  expect(record).toMatchObject({
    ...{ sub: ana, act: "given", purpose: "face", basis: "consent", age: 16, by: "self:card" },
    pol: { v: 1, h: now.h },
    text: noticeIn("en-GB", now, "blr-01").text,
    sign: { how: "drawn", h: drawingHash(drawing) },
    until: utcText(startMs + 365 * dayMs),
  });
  // The drawing itself is sealed, and no record has it.
  const sealed = await world.vault.get(ana, pieceOf(drawingHash(drawing)));
  expect(JSON.parse(Buffer.from(sealed ?? []).toString())).toEqual(drawing);
  expect(JSON.stringify(world.said())).not.toContain("620");
  const view = world.view();
  expect(view?.at === "consent" && view.page.is === "given" && view.page.receipt).toMatch(/^([0-9A-Z]{4}-){8}/);
});

test("P1 whoever reads another language agrees to that text, and its hash stands in the record", async () => {
  await using world = await openWorld();
  await world.identify(ana);
  world.act({ act: "speak", lang: "de" });
  world.act({ act: "read" });
  await world.shows("consent", "notice");
  const view = world.view();
  expect(view?.at === "consent" && view.page.is === "notice" && view.page.items[0]?.head).toBe("Wer fragt");
  world.act({ act: "agree" });
  await world.shows("consent", "notice");
  world.act({ act: "page", page: 99 });
  world.act({ act: "agree" });
  world.act({ act: "age", isReached: true });
  world.act({ act: "sign", strokes: drawing });
  await world.shows("consent", "given");
  const [record] = world.said();
  expect(record?.text?.lang).toBe("de");
});

test("P1 badge and PIN of the same person confirm it too; a dot is no name", async () => {
  await using world = await openWorld();
  await world.identify(ana);
  world.act({ act: "read" });
  world.act({ act: "page", page: 99 });
  world.act({ act: "agree" });
  world.act({ act: "age", isReached: true });
  world.act({ act: "sign", strokes: [[500, 100, 501, 100]] });
  await expect
    .poll(() => {
      const view = world.view();
      return view?.at === "consent" && view.page.is === "sign" && view.page.isEmpty;
    })
    .toBe(true);
  world.act({ act: "badge-pin" });
  await world.shows("pin");
  for (const digit of [4, 7, 1, 1]) world.touch({ touch: "digit", digit });
  world.touch({ touch: "enter" });
  await world.shows("consent", "given");
  expect(world.said()).toMatchObject([{ act: "given", sign: { how: "card+pin", h: null } }]);
});

test("P2 without the employer's policy nobody agrees and nobody is enrolled, and without the person the policy is nothing", async () => {
  await using world = await openWorld({ policy: null });
  await world.identify(ana);
  expect(world.view()).toMatchObject({ page: { is: "home", face: "off", can: { read: false } } });
  const wish = { person: ana, displayName: null, badges: [], consent: "file 12", alsoLike: [] };
  const enrolling = world.clerk.answer({ ask: "enrol", wish }, () => {}, new AbortController().signal);
  await expect(enrolling).rejects.toMatchObject({ code: "faces-not-allowed" });
  expect(world.said()).toEqual([]);
  // The first key comes, and with it the offer; the second is still missing.
  await world.privacy.take(world.employer.sign(documentOf()));
  await expect(world.consenting.wish({ of: "consent", is: "enrol", person: ana })).rejects.toMatchObject({
    code: "consent-refused",
  });
  await world.join(ana, 30);
  await world.isKnown(30, ana);
});

test("SC-2 the employer's policy is taken away: nobody is known within seconds, badges go on, and it may come back", async () => {
  await using world = await openWorld();
  await world.join(ana, 30);
  await world.isKnown(30, ana);
  const off = documentOf({
    v: 2,
    minor: true,
    face_sites: [],
    published_at: utcText(startMs),
    effective_at: utcText(startMs),
  });
  const began = performance.now();
  await world.privacy.handlers[0]?.[1]({
    ...{ id: "c1", op: "policy.set", expiresUtcMs: startMs + dayMs },
    args: { doc: world.employer.sign(off) },
  });
  await world.isKnown(30, null);
  expect(performance.now() - began).toBeLessThan(5_000);
  world.touch({ touch: "dismiss" });
  world.tap(ana);
  await world.shows("thanks");
});

test("P3 no template reaches the matcher without a live consent of its own person: missing, another's, withdrawn, expired", async () => {
  await using world = await openWorld();
  await world.join(ana, 30);
  const [template] = world.people.templates();
  if (template === undefined) throw new Error("no template");
  const { gate, closed } = world.consents;
  expect(gate([template])).toEqual([template]);
  expect(closed({ ...template, person: bo })).toBe("no-consent");
  await world.consents.give(bo, { text: null, sign: { how: "operator", h: null }, paper: "file 2", by: "desk" });
  expect(closed({ ...template, person: bo })).toBe("withdrawn");
  expect(gate([{ ...template, person: bo }])).toEqual([]);
  world.clock.advance(366 * dayMs);
  expect(closed(template)).toBe("expired");
  await world.isKnown(30, null);
  await expect.poll(() => world.people.templates()).toEqual([]);
});

test("EC-7 enrolment through the desk needs the paper's reference and leaves a consent record that names it", async () => {
  await using world = await openWorld();
  const unnamed = { person: bo, displayName: null, badges: [], alsoLike: [] };
  for (const consent of [undefined, ""]) {
    expect(() => parseRequest(JSON.stringify({ ask: "enrol", wish: { ...unnamed, consent } }))).toThrow();
  }
  const wish = { person: bo, displayName: null, badges: [], consent: "file 12", alsoLike: [] };
  const enrolling = world.clerk.answer({ ask: "enrol", wish }, () => {}, new AbortController().signal);
  await world.shows("enrol");
  await world.consents.withdraw(bo, "self:card");
  // Withdrawn in the middle of it: whatever would be made now is made under nothing.
  world.touch({ touch: "dismiss" });
  await expect(enrolling).rejects.toMatchObject({ code: "enrol-ended" });
  expect(world.said().map(({ act, paper = null }) => [act, paper])).toEqual([
    ["given", "file 12"],
    ["withdrawn", null],
    ["ended", null],
  ]);
  expect(world.people.templates()).toEqual([]);
});

test("L7 P4 OH-13 two touches after showing a badge, nobody is asked, and the very face is unknown within two seconds with the badge at hand", async () => {
  await using world = await openWorld();
  await world.join(ana, 30);
  await world.isKnown(30, ana);
  await world.identify(ana);
  world.act({ act: "stop" });
  await world.shows("consent", "stop");
  const began = performance.now();
  world.act({ act: "sure" });
  await world.isKnown(30, null);
  expect(performance.now() - began).toBeLessThan(2_000);
  await world.shows("consent", "stopped");
  expect(world.said().map(({ act }) => act)).toEqual(["given", "withdrawn"]);
  expect(world.people.templates()).toEqual([]);
  // The next thing at the same wall is a badge, and it counts.
  world.tap(ana);
  await world.shows("thanks");
});

test("L7 a withdrawal holds although the disk takes nothing: unknown at once, written down when it can be", async () => {
  await using world = await openWorld();
  await world.join(ana, 30);
  await world.identify(ana);
  world.appends.fail = new Fault("disk-full", "the disk is full", "Make room.");
  world.act({ act: "stop" });
  world.act({ act: "sure" });
  await world.isKnown(30, null);
  await world.shows("consent", "stopped");
  expect(world.view()).toMatchObject({ page: { is: "stopped", receipt: null } });
  world.appends.fail = null;
  await expect
    .poll(() => {
      world.clock.advance(6_000);
      return world.said().map(({ act }) => act);
    })
    .toEqual(["given", "withdrawn"]);
  await expect.poll(() => world.people.templates()).toEqual([]);
});

test("L7 what was withdrawn stays so after a restart, also with an older copy of the sealed pieces", async () => {
  const state = await folder();
  const employer = newEmployer();
  let copy: Uint8Array | null = null;
  {
    await using world = await openConsentWorld({ state, employer });
    await world.join(ana, 30);
    copy = await world.vault.get(ana, "consent");
    const [template] = world.people.templates();
    const [known] = world.people.all().filter(({ id }) => id === ana);
    await world.consents.withdraw(ana, "self:card");
    if (template === undefined || known === undefined || copy === null) throw new Error("nothing to copy");
    // A backup is put back: the face, and a piece that knows of no withdrawal.
    await world.people.put(known, template);
    await world.vault.put(ana, "consent", copy);
  }
  await using again = await openConsentWorld({ state, employer, policy: null });
  expect(again.engine.whoIs(30)).toBeNull();
  expect(again.consents.standingOf(ana)).toMatchObject({ face: "withdrawn", isUsed: false });
  await expect.poll(() => again.people.templates()).toEqual([]);
});

test("P12 whoever is too young is refused and nothing is kept: no record, no piece, no face; India's pack asks for eighteen", async () => {
  const employer = newEmployer();
  await using world = await openWorld({ employer, policy: employer.sign(documentOf({ pack: "IN", min_age: 18 })) });
  const before = world.vault.pieces(ana);
  await world.identify(ana);
  world.act({ act: "read" });
  world.act({ act: "page", page: 99 });
  world.act({ act: "agree" });
  await world.shows("consent", "age");
  expect(world.view()).toMatchObject({ page: { years: 18 } });
  world.act({ act: "age", isReached: false });
  await world.shows("consent", "young");
  world.act({ act: "sign", strokes: drawing });
  expect(world.said()).toEqual([]);
  expect(world.vault.pieces(ana)).toEqual(before);
});

test("SC-26 a policy below the least age of its country is refused, and raising it later asks those who agreed anew", async () => {
  await using world = await openWorld();
  const young = documentOf({ v: 2, pack: "IN", min_age: 16 });
  await expect(world.privacy.take(world.employer.sign(young))).rejects.toMatchObject({
    code: "policy-refused",
    message: expect.stringContaining("18"),
  });
  await world.join(ana, 30);
  const raised = documentOf({
    v: 2,
    min_age: 18,
    minor: true,
    effective_at: utcText(startMs),
    published_at: utcText(startMs),
  });
  await world.privacy.take(world.employer.sign(raised));
  await world.isKnown(30, null);
  const [template] = world.people.templates();
  expect(template && world.consents.closed(template)).toBe("age");
});

test("IC-34 a policy with five days' notice is refused and the one before rules; thirty days are counted from when it came", async () => {
  await using world = await openWorld();
  const soon = documentOf({
    v: 2,
    purposes: ["work-day", "safety"],
    published_at: utcText(startMs),
    effective_at: utcText(startMs + 5 * dayMs),
  });
  await expect(world.privacy.take(world.employer.sign(soon))).rejects.toMatchObject({
    code: "policy-notice-short",
    message: expect.stringContaining("5 days"),
  });
  expect(world.privacy.standing().now?.policy.v).toBe(1);
  // Published long ago and delivered today: people of this clock hear of it today.
  const late = documentOf({
    v: 3,
    purposes: ["work-day", "safety"],
    published_at: utcText(startMs - 40 * dayMs),
    effective_at: utcText(startMs - 2 * dayMs),
  });
  await world.privacy.take(world.employer.sign(late));
  expect(world.privacy.standing()).toMatchObject({ now: { policy: { v: 1 } }, coming: { policy: { v: 3 } } });
  world.clock.advance(29 * dayMs);
  expect(world.privacy.standing().now?.policy.v).toBe(1);
  world.clock.advance(dayMs);
  expect(world.privacy.standing().now?.policy.v).toBe(3);
});

test("IC-34 what is called minor and takes something from people is refused; what gives may hold at once", async () => {
  await using world = await openWorld();
  const now = { published_at: utcText(startMs), effective_at: utcText(startMs), minor: true };
  for (const more of [
    { purposes: ["work-day", "secure-area"] },
    { face_sites: ["blr-01", "blr-02"] },
    { retention: { template: 365 } },
    { term_days: null },
    { controller: { name: "Other Works", contact: "x@example.org" } },
  ]) {
    const document = documentOf({ v: 2, ...now, ...more });
    await expect(world.privacy.take(world.employer.sign(document))).rejects.toMatchObject({ code: "policy-refused" });
  }
  await world.privacy.take(world.employer.sign(documentOf({ v: 2, ...now, retention: { template: 30 } })));
  expect(world.privacy.standing().now?.policy.v).toBe(2);
});

test("P15 another purpose: people are told before, and from that day on their face waits until they agree anew", async () => {
  await using world = await openWorld();
  await world.join(ana, 30);
  await world.isKnown(30, ana);
  const wider = documentOf({
    v: 2,
    purposes: ["work-day", "safety"],
    published_at: utcText(startMs),
    effective_at: utcText(startMs + 31 * dayMs),
  });
  await world.privacy.take(world.employer.sign(wider));
  await world.isKnown(30, ana);
  world.clock.advance(32 * dayMs);
  await world.isKnown(30, null);
  expect(world.people.templates()).toHaveLength(1);
  await world.identify(ana);
  await world.shows("consent", "why");
  world.act({ act: "read" });
  world.act({ act: "page", page: 99 });
  world.act({ act: "agree" });
  world.act({ act: "age", isReached: true });
  world.act({ act: "sign", strokes: drawing });
  await world.shows("consent", "given");
  await world.isKnown(30, ana);
});

test("SC-27 after the next punch the new rules stand on the wall, once: read, later, or stop using the face", async () => {
  await using world = await openWorld();
  await world.join(ana, 30);
  const next = documentOf({
    v: 2,
    authority: "Another authority",
    published_at: utcText(startMs),
    effective_at: utcText(startMs + 40 * dayMs),
  });
  await world.privacy.take(world.employer.sign(next));
  const punch = async () => {
    world.touch({ touch: "dismiss" });
    await world.shows("idle");
    world.clock.advance(120_000);
    world.tap(ana);
    await world.shows("thanks");
    world.touch({ touch: "dismiss" });
  };
  await punch();
  await world.shows("consent", "news");
  expect(world.view()).toMatchObject({ page: { kind: "coming", fromLocal: expect.stringContaining("2026-12-12") } });
  world.act({ act: "later" });
  await world.shows("idle");
  await expect.poll(() => world.consents.standingOf(ana).toldV).toBe(2);
  await punch();
  await world.shows("idle");
  const third = documentOf({
    v: 3,
    authority: "A third",
    published_at: utcText(startMs),
    effective_at: utcText(startMs + 40 * dayMs),
  });
  await world.privacy.take(world.employer.sign(third));
  await punch();
  await world.shows("consent", "news");
  world.act({ act: "stop" });
  world.act({ act: "sure" });
  await world.shows("consent", "stopped");
  await world.isKnown(30, null);
});

test("bad input: a policy of another key, role, tenant or shape is refused with a sentence, and so is a consent record that was changed", async () => {
  await using world = await openWorld();
  const refused = async (token: string, sentence: string) =>
    expect(world.privacy.take(token)).rejects.toMatchObject({
      code: "policy-refused",
      message: expect.stringContaining(sentence),
    });
  await refused(newEmployer().sign(documentOf({ v: 2 })), "kid is not registered");
  await refused(world.employer.sign(documentOf({ v: 2, tenant: "other" })), "another organisation");
  await refused(world.employer.sign(documentOf({ v: 2, basis: undefined })), "basis");
  await refused(world.employer.sign(documentOf({ v: 2, mood: true })), "mood");
  await refused(world.employer.sign(documentOf({ v: 2, purposes: ["marketing"] })), "purposes");
  await refused(world.employer.sign(documentOf({ v: 2, retention: { visitor: 181 } })), "181");
  await refused(world.employer.sign(documentOf({ v: 1, authority: "x" })), "not newer");
  await refused(
    world.employer.sign(documentOf({ v: 2 })).replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    "",
  );
  // Spain: off, until the assessment is named.
  const spain = documentOf({
    v: 2,
    pack: "ES",
    published_at: utcText(startMs),
    effective_at: utcText(startMs + 31 * dayMs),
  });
  await world.privacy.take(world.employer.sign(spain));
  world.clock.advance(32 * dayMs);
  await world.identify(ana);
  await expect.poll(() => world.view()).toMatchObject({ page: { is: "home", face: "off" } });
});

test("bad input: somebody's consent in another one's piece, or with one letter changed, lets nobody in", async () => {
  const state = await folder();
  const employer = newEmployer();
  {
    await using world = await openConsentWorld({ state, employer });
    await world.join(ana, 30);
    const [template] = world.people.templates();
    const [other] = world.people.all().filter(({ id }) => id === bo);
    const piece = await world.vault.get(ana, "consent");
    if (template === undefined || other === undefined || piece === null) throw new Error("nothing there");
    // Ana's signed consent, laid into Bo's piece beside Ana's face under Bo's name.
    await world.people.put(other, { ...template, person: bo });
    await world.vault.put(bo, "consent", piece);
  }
  await using again = await openConsentWorld({ state, employer, policy: null });
  expect(again.engine.whoIs(30)).toBe(ana);
  expect(again.consents.standingOf(bo)).toMatchObject({ face: "none", isUsed: false });
  expect(again.faults).toMatchObject([{ code: "consent-refused" }]);
});

test("bad input: a damaged policy file turns faces off with a sentence, and the last good copy is used where it is whole", async () => {
  const state = await folder();
  const employer = newEmployer();
  {
    await using world = await openConsentWorld({ state, employer });
    await world.join(ana, 30);
  }
  const { writeFile } = await import("node:fs/promises");
  const path = join(state, "privacy.json");
  const whole = await readFile(path, "utf8");
  await writeFile(path, "{");
  {
    await using none = await openConsentWorld({ state, employer, policy: null });
    expect(none.engine.whoIs(30)).toBeNull();
    expect(none.faults).toMatchObject([{ code: "policy-damaged" }]);
    expect(none.people.templates()).toHaveLength(1);
  }
  await writeFile(`${path}.bak`, whole);
  await writeFile(path, "{");
  await using world = await openConsentWorld({ state, employer, policy: null });
  expect(world.engine.whoIs(30)).toBe(ana);
});
