import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cardText } from "../../kiosk/core/card.ts";
import { type AuditWish, type DeskRequest, enrolText, type SessionWish, sessionText } from "../../kiosk/core/desk.ts";
import { bodyOf } from "../../kiosk/core/draft.ts";
import { duties } from "../../kiosk/core/duties.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Hold } from "../../kiosk/core/hold.ts";
import { personId } from "../../kiosk/core/person.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import { type Role, roles } from "../../kiosk/core/roles.ts";
import { openAudit, sealAudit } from "../../provisioning/audit-export.ts";
import { everything as everyWay, sue, Wall } from "../unit/core/visit.ts";
import { openDeskScene, startUtcMs } from "./desk-parts.ts";

const ann = personId("p_8m2q7x4w9t1v6r3s5k0n");
const bob = personId("p_0000000000000000bob0");
const wish = { person: null, displayName: "Canary Quartz", badges: [], consent: "file 12", alsoLike: [] };
const everything: AuditWish = { person: null, act: null, by: null, sinceUtcMs: null };

const hold: Omit<Hold, "id"> = {
  ...{ sub: ann, classes: ["punch"], fromUtcMs: null, untilUtcMs: startUtcMs, owner: "file 12", reason: "dispute" },
};

/** Whose work what is. Written down once more on purpose: the clock's own table must say the same. */
const work: Readonly<Record<Role, readonly DeskRequest[]>> = {
  technician: [{ ask: "readers" }, { ask: "reader-test", forS: 1 }],
  supervisor: [
    { ask: "people" },
    { ask: "worst-served" },
    { ask: "spread" },
    { ask: "enrol", wish },
    { ask: "enrol-photographs", wish, jpegs: [Uint8Array.from([0xff])] },
    { ask: "badge", person: ann, card: cardText("card:0004711") },
    { ask: "badge-remove", person: ann },
    { ask: "pin", person: ann, wish: { number: "4711", pin: "80325" } },
    { ask: "pin-remove", person: ann },
    { ask: "muster" },
    { ask: "alert", act: "raised" },
    { ask: "unlock" },
    { ask: "camera", isOn: false },
  ],
  "privacy-officer": [
    { ask: "people" },
    { ask: "spread" },
    { ask: "withdraw", person: ann },
    { ask: "remove", person: ann },
    { ask: "requests" },
    { ask: "request-answer", request: "01a20428-6ad4-7087-a867-a92262d638e9", state: "done" },
    { ask: "holds" },
    { ask: "hold-set", hold },
    { ask: "hold-lift", hold: "h_00000000000000000000" },
    { ask: "hold-trust" },
    { ask: "renew" },
    { ask: "camera", isOn: true },
    { ask: "audit", wish: everything, seal: false },
    { ask: "disclose", wish: { person: ann, first: "2026-11-01", last: "2026-11-30" } },
    { ask: "snapshots", person: null },
  ],
};

const codeOf = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => "done",
    (error: unknown) => (error instanceof Fault ? error.code : "a bug"),
  );

test("IC-16 EC-9 each role does its own work and none can do another's, whatever they ask", async () => {
  const { ask, three, session, clock } = await openDeskScene();
  const { technician, supervisor, officer } = await three();
  for (const who of [technician, supervisor, officer]) {
    const { role } = who;
    // One of their own for each: a quarter of an hour is not enough for all of it.
    const token = await session(who, "inspection", 15, "CASE-815");
    for (const request of Object.values(work).flat()) {
      const isTheirs = work[role].some((one) => one.ask === request.ask);
      const code = await codeOf(ask(request, { sessions: [token] }));
      expect(`${role} ${request.ask}: ${code}`).toBe(`${role} ${request.ask}: ${isTheirs ? "done" : "role-refused"}`);
      // Refusals are limited; this is no attack.
      clock.advance(11_000);
    }
    expect(await codeOf(ask({ ask: "uplink" }, { sessions: [token] }))).toBe("done");
  }
});

test("IC-16 no kind of request is open to all three roles, and none to nobody", () => {
  for (const [kind, { need, trace }] of Object.entries(duties)) {
    if (need.who === "one") expect(need.of.length, kind).toBeLessThan(roles.length);
    if (need.who === "one" || need.who === "two") expect(need.of.length, kind).toBeGreaterThan(0);
    // Whatever is open to anybody shows nobody's data: what is traced is somebody's work.
    if (need.who === "anybody") expect(trace, kind).toBe("none");
  }
});

test("AR-10 S10 at a locked clock the desk takes in nobody and gives out nothing of anybody; what finds, ends and deletes goes on", async () => {
  const locked = { now: false };
  const { ask, three, clock, audits } = await openDeskScene({ isLocked: () => locked.now });
  const { tokens } = await three();
  locked.now = true;
  const rests: readonly string[] = [
    ...["people", "worst-served", "enrol", "enrol-photographs", "badge", "pin", "renew", "snapshots", "disclose"],
    ...["acceptance", "operator-add", "operator-enrol", "snapshot-open"],
  ];
  for (const role of roles) {
    for (const request of work[role]) {
      const code = await codeOf(ask(request, { sessions: [tokens[role]] }));
      expect(`${request.ask}: ${code}`).toBe(
        `${request.ask}: ${rests.includes(request.ask) ? "clock-locked" : "done"}`,
      );
      clock.advance(11_000);
    }
  }
  // A new kind of request does not go by unseen: somebody has decided whether a locked clock still answers it.
  const resting = Object.entries(duties).flatMap(([kind, { restsWhenLocked }]) => (restsWhenLocked ? [kind] : []));
  expect(resting.sort()).toEqual([...rests].sort());
  expect(audits().filter(({ act, detail }) => act === "denied" && detail === "people")).toHaveLength(2);
});

test("S7 two operators are needed where one alone could do harm, and one person with both roles' words is not two", async () => {
  const { ask, three, clock } = await openDeskScene();
  const { tokens } = await three();
  const open = { ask: "snapshot-open", snapshot: "u_00000000000000000000" } as const;
  const trials: readonly (readonly [readonly Role[], string])[] = [
    [[], "session-needed"],
    [["supervisor"], "role-refused"],
    [["privacy-officer"], "role-refused"],
    [["technician", "supervisor"], "role-refused"],
    [["privacy-officer", "privacy-officer"], "role-refused"],
    // Both are there: they pass, and there is no such picture.
    [["privacy-officer", "supervisor"], "snapshot-unusable"],
  ];
  for (const [who, code] of trials) {
    expect(await codeOf(ask(open, { sessions: who.map((role) => tokens[role]) })), who.join()).toBe(code);
    clock.advance(11_000);
  }
});

test("S7 whoever keeps the machine names the first operators, and further ones only together with the privacy officer", async () => {
  const { ask, owner, operator, session, audits } = await openDeskScene();
  await expect(ask({ ask: "operator-add", role: "privacy-officer" })).rejects.toMatchObject({ code: "role-refused" });
  const officer = await operator("privacy-officer");
  const alone = { owner: await owner() };
  await expect(ask({ ask: "operator-add", role: "supervisor" }, alone)).rejects.toMatchObject({
    code: "session-needed",
  });
  const sessions = [await session(officer)];
  await expect(ask({ ask: "operator-add", role: "supervisor" }, { sessions })).rejects.toMatchObject({
    code: "role-refused",
  });
  await ask({ ask: "operator-add", role: "supervisor" }, { ...alone, sessions });
  const made = audits().filter(({ act, after }) => act === "operator" && after === "supervisor");
  expect(made.map(({ by, role }) => [by, role])).toEqual([
    ["owner", "owner"],
    [officer.operator, "privacy-officer"],
  ]);
});

test("S7 IC-12 a session ends with its time, with a changed clock, with a restart and with its operator, and each end is a record", async () => {
  const { ask, clock, operator, session, audits, restart, owner } = await openDeskScene();
  const technician = await operator("technician");
  const ends = () => audits().filter(({ act }) => act === "session-end");
  const asked = async (token: string) => codeOf(ask({ ask: "readers" }, { sessions: [token] }));
  const short = await session(technician, "repair", 1);
  clock.advance(59_000);
  expect(await asked(short)).toBe("done");
  clock.advance(1_000);
  expect(await asked(short)).toBe("session-needed");
  const jumped = await session(technician, "repair");
  clock.setWall(clock.now().utcMs - 3_600_000);
  expect(await asked(jumped)).toBe("session-needed");
  const before = await session(technician, "repair");
  await restart();
  expect(await asked(before)).toBe("session-needed");
  const last = await session(technician, "repair");
  await ask({ ask: "operator-end", operator: technician.operator }, { owner: await owner() });
  expect(await asked(last)).toBe("session-needed");
  const given = await session(await operator("technician"), "repair");
  await ask({ ask: "session-end" }, { sessions: [given] });
  expect(await asked(given)).toBe("session-needed");
  expect(ends().map(({ detail }) => detail)).toEqual([
    "its time was over",
    "the clock was set",
    "the operator is none any more",
    "ended",
  ]);
});

test("S7 a session ends also where the journal is full, and its end is written as soon as there is room", async () => {
  const { ask, clock, operator, session, audits, failWith } = await openDeskScene();
  const token = await session(await operator("technician"), "repair", 1);
  clock.advance(60_000);
  failWith(new Fault("disk-full", "the disk is full", "Make room."));
  expect(await codeOf(ask({ ask: "readers" }, { sessions: [token] }))).toBe("session-needed");
  expect(await codeOf(ask({ ask: "uplink" }))).toBe("done");
  failWith(null);
  await ask({ ask: "uplink" });
  expect(audits().filter(({ act }) => act === "session-end")).toMatchObject([{ detail: "its time was over" }]);
});

test("S7 IC-11 a replayed answer, one for another clock, a stale question and another's key begin no session", async () => {
  const { ask, operator, challenge, clock } = await openDeskScene();
  const technician = await operator("technician");
  const supervisor = await operator("supervisor");
  const said: SessionWish = { operator: technician.operator, reason: "repair", ticket: null, minutes: 15 };
  const begin = (challenged: string, sig: string, more: Partial<SessionWish> = {}) =>
    codeOf(ask({ ask: "session-begin", challenge: challenged, sig, ...said, ...more }));
  const first = await challenge();
  const sig = technician.sign(sessionText(first, said));
  expect(await begin(first.challenge, sig)).toBe("done");
  expect(await begin(first.challenge, sig)).toBe("operator-refused");
  const other = await challenge();
  const elsewhere = technician.sign(sessionText({ ...other, device: "kanother0000000000000" }, said));
  expect(await begin(other.challenge, elsewhere)).toBe("operator-refused");
  clock.advance(61_000);
  const third = await challenge();
  expect(await begin(third.challenge, supervisor.sign(sessionText(third, said)))).toBe("operator-refused");
  const fourth = await challenge();
  // What was signed for one reason is no leave for another.
  expect(await begin(fourth.challenge, technician.sign(sessionText(fourth, said)), { reason: "court-order" })).toBe(
    "operator-refused",
  );
  const stale = await challenge();
  const late = technician.sign(sessionText(stale, said));
  clock.advance(60_000);
  expect(await begin(stale.challenge, late)).toBe("operator-refused");
  expect(await begin("a".repeat(43), late)).toBe("operator-refused");
});

test("S7 S9 whoever tries again and again is refused without filling the journal", async () => {
  const { ask, operator, audits, clock } = await openDeskScene();
  const { operator: id } = await operator("technician");
  const guess = { ask: "session-begin", challenge: "x", sig: "y", operator: id } as const;
  const wanted: Omit<SessionWish, "operator"> = { reason: "repair", ticket: null, minutes: 15 };
  for (let count = 0; count < 40; count += 1)
    expect(await codeOf(ask({ ...guess, ...wanted }))).toBe("operator-refused");
  expect(audits().filter(({ act }) => act === "denied")).toHaveLength(6);
  clock.advance(60_000);
  await codeOf(ask({ ...guess, ...wanted }));
  expect(audits().filter(({ act }) => act === "denied")).toHaveLength(7);
});

test("IC-6 a new clock has no credential of any kind, and its disk never holds one", async () => {
  const { ask, directory, operator, session, owner, challenge, clock, restart } = await openDeskScene();
  expect(readdirSync(directory)).not.toContain("operators.json");
  for (const request of Object.values(work).flat()) {
    expect(await codeOf(ask(request)), request.ask).toBe("session-needed");
    expect(await codeOf(ask(request, { sessions: ["admin", "0000"], owner: "admin" })), request.ask).toBe(
      "session-needed",
    );
  }
  const added = await ask({ ask: "operator-add", role: "technician" }, { owner: await owner() });
  const secret = "secret" in added ? added.secret : "";
  expect(secret.replaceAll("-", "")).toHaveLength(26);
  const technician = await operator("technician");
  const token = await session(technician, "repair");
  const disk = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
  expect(disk).not.toContain(secret);
  expect(disk).not.toContain(token);
  // A secret is good once, and for a day.
  const { privateKey } = generateKeyPairSync("ed25519");
  const { x = "" } = privateKey.export({ format: "jwk" });
  clock.advance(24 * 3_600_000);
  const bring = { ask: "operator-enrol", secret, x, sig: technician.sign(enrolText(secret, x)) } as const;
  expect(await codeOf(ask(bring))).toBe("operator-refused");
  // What could be read from the disk before a restart proves nothing after it.
  const old = await owner();
  await restart();
  expect(await codeOf(ask({ ask: "operators" }, { owner: old }))).toBe("role-refused");
  expect(await challenge()).toMatchObject({ device: expect.stringMatching(/^k/) });
});

test("IC-6 a demo acts as its own operator and says so, until it has one", async () => {
  const { ask, news, worked, audits, operator } = await openDeskScene({ isDemo: true });
  await ask({ ask: "people" });
  expect(news).toEqual([{ actedAs: "demo" }]);
  expect(worked[0]?.actor).toMatchObject({ by: "demo", role: "demo" });
  expect(audits()).toMatchObject([{ act: "look", by: "demo", role: "demo", detail: "people" }]);
  await operator("technician");
  expect(await codeOf(ask({ ask: "people" }))).toBe("session-needed");
});

test("IC-23 every session stands in the journal with who, as what, why and for how long, and nobody can take it out again", async () => {
  const { ask, three, audits, journal, owner } = await openDeskScene();
  const { technician, tokens } = await three();
  const begun = audits().filter(({ act }) => act === "session");
  expect(begun).toHaveLength(3);
  expect(begun[0]).toMatchObject({
    ...{ by: technician.operator, role: "technician", reason: "repair", detail: "15 min", sub: null },
  });
  const before = journal.head();
  // No request deletes a record: the kinds there are, are these, and every one of them only adds.
  for (const kind of Object.keys(duties)) expect(kind).not.toMatch(/audit-|journal|log-/);
  await ask({ ask: "operator-end", operator: technician.operator }, { owner: await owner() });
  expect(await codeOf(ask({ ask: "readers" }, { sessions: [tokens.technician] }))).toBe("session-needed");
  expect(audits().filter(({ act }) => act === "session")).toEqual(begun);
  expect(journal.head().seq).toBeGreaterThan(before.seq);
});

test("IC-23 a list of operators that was taken away is missed, and says so in the journal", async () => {
  const { ask, operator, directory, restart, audits, owner } = await openDeskScene();
  await operator("technician");
  rmSync(join(directory, "operators.json"));
  await restart();
  await ask({ ask: "operators" }, { owner: await owner() });
  const missed = () =>
    audits()
      .filter(({ by }) => by === "kiosk")
      .map(({ detail }) => detail);
  expect(missed()).toEqual(["the list of operators is gone"]);
  await operator("technician");
  writeFileSync(join(directory, "operators.json"), "123 []\n");
  await restart();
  await ask({ ask: "operators" }, { owner: await owner() });
  expect(missed()).toEqual(["the list of operators is gone", "the list of operators was damaged"]);
});

test("EC-15 every act of a scripted session stands in the records with who did it, why, and what was before and after", async () => {
  let badges = 1;
  const { ask, three, audits } = await openDeskScene({
    standing: () => `face camera, badges ${badges}, no pin`,
    worker: async (request) => {
      if (request.ask === "badge") badges += 1;
      if (request.ask === "remove") throw new Fault("engine-lost", "it is gone", "Wait.");
      return { person: ann, badges, isNew: true };
    },
  });
  const { supervisor, officer, tokens } = await three();
  const since = audits().length;
  const mine = { sessions: [tokens.supervisor] };
  await ask({ ask: "badge", person: ann, card: cardText("card:0004711") }, mine);
  await ask({ ask: "enrol", wish }, mine);
  expect(await codeOf(ask({ ask: "remove", person: ann }, { sessions: [tokens["privacy-officer"]] }))).toBe(
    "engine-lost",
  );
  const script = audits().slice(since);
  const by = { by: supervisor.operator, role: "supervisor", reason: "enrolment" };
  const [one, two] = ["face camera, badges 1, no pin", "face camera, badges 2, no pin"];
  const announced = expect.stringMatching(/^[0-9a-f-]{36}$/);
  expect(script).toEqual([
    { act: "badge", sub: ann, detail: "badge", before: one, ...by },
    { act: "badge", sub: ann, detail: "badge: done", ref: announced, before: one, after: two, ...by },
    { act: "enrol", sub: null, detail: "enrol", ...by },
    { act: "enrol", sub: ann, detail: "enrol: done", ref: announced, after: two, ...by },
    ...["remove", "remove: engine-lost"].map((detail) =>
      expect.objectContaining({ act: "erase", sub: ann, by: officer.operator, reason: "rights-request", detail }),
    ),
  ]);
  expect(JSON.stringify(script)).not.toMatch(/Canary|4711/);
});

test("P18 a look at people's data is a signed record before anything is shown, and where it cannot be written nothing is shown", async () => {
  const { ask, three, audits, worked, failWith } = await openDeskScene({ snapshots: null });
  const { tokens, supervisor } = await three();
  const mine = { sessions: [tokens.supervisor] };
  await ask({ ask: "people" }, mine);
  expect(worked).toHaveLength(1);
  const [look] = audits().filter(({ act }) => act === "look");
  expect(look).toMatchObject({ by: supervisor.operator, role: "supervisor", reason: "enrolment", detail: "people" });
  const looks: readonly (readonly [DeskRequest, Role])[] = [
    [{ ask: "people" }, "supervisor"],
    [{ ask: "readers" }, "technician"],
    [{ ask: "holds" }, "privacy-officer"],
    [{ ask: "audit", wish: everything, seal: false }, "privacy-officer"],
    [{ ask: "audit", wish: everything, seal: true }, "privacy-officer"],
    [{ ask: "badge", person: ann, card: null }, "supervisor"],
  ];
  failWith(new Fault("disk-full", "the disk is full", "Make room."));
  for (const [request, role] of looks) {
    expect(await codeOf(ask(request, { sessions: [tokens[role]] })), request.ask).toBe("disk-full");
  }
  expect(worked).toHaveLength(1);
  failWith(null);
  expect(await codeOf(ask({ ask: "people" }, mine))).toBe("done");
});

test("P18 a person learns who looked: as what, when and why, and not who by name", async () => {
  const { ask, three, looksAt, clock } = await openDeskScene();
  const { tokens } = await three();
  clock.advance(60_000);
  await ask({ ask: "people" }, { sessions: [tokens.supervisor] });
  clock.advance(60_000);
  await ask(
    { ask: "audit", wish: { ...everything, person: ann }, seal: false },
    { sessions: [tokens["privacy-officer"]] },
  );
  const [newest, older, ...more] = await looksAt(ann);
  expect(newest).toEqual({ atUtcMs: clock.now().utcMs, role: "privacy-officer", reason: "rights-request" });
  expect(older).toEqual({ atUtcMs: clock.now().utcMs - 60_000, role: "supervisor", reason: "enrolment" });
  expect(more).toEqual([]);
  expect((await looksAt(bob)).map(({ role }) => role)).toEqual(["supervisor"]);
});

test("O8 what was done is found by person, by act, by operator and by time", async () => {
  const { ask, three, clock } = await openDeskScene();
  const { tokens, supervisor, officer } = await three();
  const officers = { sessions: [tokens["privacy-officer"]] };
  await ask({ ask: "pin-remove", person: ann }, { sessions: [tokens.supervisor] });
  await ask({ ask: "pin-remove", person: bob }, { sessions: [tokens.supervisor] });
  clock.advance(60_000);
  const sinceUtcMs = clock.now().utcMs;
  await ask({ ask: "withdraw", person: ann }, officers);
  const count = async (more: Partial<AuditWish>): Promise<number> => {
    const found = await ask({ ask: "audit", wish: { ...everything, ...more }, seal: false }, officers);
    return "manifest" in found ? found.lines.length : -1;
  };
  // Announced and done, each; a look at the trail of Ann is a look at Ann.
  expect(await count({ person: ann })).toBe(5);
  expect(await count({ person: bob })).toBe(3);
  expect(await count({ act: "pin" })).toBe(4);
  expect(await count({ by: supervisor.operator })).toBe(6);
  expect(await count({ by: officer.operator, act: "withdraw" })).toBe(2);
  expect(await count({ sinceUtcMs, act: "withdraw" })).toBe(2);
});

test("O8 an export is sealed for one reader, carries a signed count and hash, and shows whatever was left out or changed", async () => {
  const { ask, three, jwk, signer } = await openDeskScene();
  const { tokens } = await three();
  const officers = { sessions: [tokens["privacy-officer"]] };
  await ask({ ask: "pin-remove", person: ann }, { sessions: [tokens.supervisor] });
  const found = await ask({ ask: "audit", wish: everything, seal: true }, officers);
  if (!("manifest" in found) || found.manifest === null) throw new Error("nothing was exported");
  const manifest = { by: "clock", jws: found.manifest.jws } as const;
  const records = found.lines.map((line) => line.jws);
  const { x, d, crv, kty } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  const reader = { seal: JSON.stringify({ kty, crv, x }), open: JSON.stringify({ kty, crv, x, d }) };
  const clockKey = (kid: string) => (kid === signer.kid ? signer.publicKey : undefined);
  const sealed = await sealAudit(manifest, records, reader.seal);
  expect(sealed).not.toContain(records[0]);
  const opened = await openAudit(sealed, reader.open, clockKey, null);
  expect(opened.wrong).toEqual([]);
  expect(opened.records.map(({ id }) => id)).toEqual(found.lines.map(({ id }) => id));
  const wrongOf = async (kept: readonly string[]) =>
    (await openAudit(await sealAudit(manifest, kept, reader.seal), reader.open, clockKey, null)).wrong;
  expect(await wrongOf(records.slice(1))).toHaveLength(2);
  expect(await wrongOf([...records.slice(1), records[0] ?? ""])).toHaveLength(1);
  const [first = ""] = records;
  expect(await wrongOf([`${first.slice(0, -4)}AAAA`, ...records.slice(1)])).toHaveLength(2);
  expect((await openAudit(sealed, reader.open, () => undefined, null)).wrong).not.toEqual([]);
  const other = JSON.stringify(generateKeyPairSync("x25519").privateKey.export({ format: "jwk" }));
  await expect(openAudit(sealed, other, clockKey, null)).rejects.toMatchObject({ code: "key-unusable" });
  expect(jwk.crv).toBe("Ed25519");
});

test("P18 a supervisor at the wall sees others' names once it is written down that they look, and nothing where it cannot be", () => {
  const asking = (): Wall => {
    const wall = new Wall({ ...everyWay, muster: "supervisors" }).touch({ touch: "errand", errand: "override" });
    wall.tap("4714").digits("80325").touch({ touch: "enter" });
    return wall.checked({ is: "good", person: sue.id, isDuress: false });
  };
  expect(asking().view()).toMatchObject({ at: "saving" });
  const wall = asking().save();
  expect(wall.view()).toMatchObject({ at: "override" });
  const [draft] = wall.kept;
  if (draft === undefined) throw new Error("nobody was written down");
  const moment = { clock: { source: "ntp", errorMs: 20, ageS: 60 }, boot: 1 } as const;
  expect(bodyOf(draft, defaultPolicy, moment)).toEqual({
    type: "audit",
    data: { act: "look", sub: null, by: sue.id, role: "supervisor", detail: "override" },
  });
  const ill = asking();
  const at = { utcMs: 0, monoMs: ++ill.ms };
  for (const effect of ill.effects.splice(0)) {
    if (effect.do !== "save") continue;
    ill.happen({ kind: "save-failed", draft: effect.draft, code: "disk-full", remedy: "Make room.", at });
  }
  expect(ill.view()).toMatchObject({ at: "refused", why: "not-saved" });
  const muster = new Wall({ ...everyWay, muster: "supervisors" }).touch({ touch: "errand", errand: "muster" });
  expect(muster.tap("4714").view().at).toBe("saving");
  expect(muster.save().view().at).toBe("muster");
});
