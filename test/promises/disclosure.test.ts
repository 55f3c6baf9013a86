import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Statement } from "../../kiosk/core/disclosure.ts";
import { kidOf } from "../../kiosk/core/kid.ts";
import type { RecordEvent } from "../../kiosk/core/record.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { openNdjsonSink } from "../../kiosk/uplink/receiver/ndjson-sink.ts";
import { openPostgresSink } from "../../kiosk/uplink/receiver/postgres-sink.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { collect } from "../../provisioning/disclose/collect.ts";
import { countedOf, type Package } from "../../provisioning/disclose/package.ts";
import { verifyPackage } from "../../provisioning/disclose/verify.ts";
import { openArchive } from "../../provisioning/receive/archive.ts";
import { signedManifest } from "../../provisioning/sealed.ts";
import { at as stampAt } from "../contract/journal.ts";
import { openPostgres } from "../receiver/postgres.ts";
import { runLintel } from "../run-lintel.ts";
import { openDeskScene } from "./desk-parts.ts";
import { ann, bob, month, openDisclosureWorld, timeZone } from "./disclosure-world.ts";

/** What a court may demand of somebody's hours, and what it can check alone. */

const jwkText = (type: "ed25519" | "x25519"): string =>
  JSON.stringify(generateKeyPairSync(type as "ed25519").privateKey.export({ format: "jwk" }));
const xOf = (privateJwk: string): string => JSON.parse(privateJwk).x;
const publicOf = (privateJwk: string): string => {
  const { d: _, ...jwk } = JSON.parse(privateJwk);
  return JSON.stringify(jwk);
};
const clocks = (jwk: object) => {
  const { kty = "", crv = "", x = "" } = jwk as Record<string, string>;
  return new Map([[kidOf({ kty, crv, x }), createPublicKey({ key: { kty, crv, x }, format: "jwk" })]]);
};

const handedOut = ["first", "keychange", "out", "changed", "reckoned", "timefix", "undated", "last", "december"];
const besides = ["asked", "declined", "forgotten"];

async function packageOf(place: string, signer: string): Promise<Package> {
  await using archive = await openArchive(place);
  const why = { reason: "court-order", ticket: "CASE-4711" };
  const found = await collect(archive, { person: ann, ...month, timeZone }, why, Date.now());
  return { ...found, manifest: signedManifest(countedOf(found), signer, "2026-12-11T00:00:00.000Z") };
}

test("SC-15 out of every kind of store somebody's month is handed out whole: punches to the midnight of the site, corrections, time fixes, proof that they were forgotten, each provable alone, nothing of others, and a line in a log first", async () => {
  const world = await openDisclosureWorld();
  await using postgres = await openPostgres();
  const url = await postgres.create();
  const file = (name: string): string => join(world.folder, name);
  {
    await using sqlite = openSqliteSink(file("payroll.sqlite"));
    await using lines = await openNdjsonSink(file("payroll.ndjson"));
    await using tables = await openPostgresSink({ url });
    for (const sink of [sqlite, lines, tables]) await world.received(sink);
  }
  const [reader, clerk] = [jwkText("x25519"), jwkText("ed25519")];
  await writeFile(file("reader.key"), reader);
  await writeFile(file("reader.pub"), publicOf(reader));
  await writeFile(file("clerk.key"), clerk);
  await writeFile(file("clerk.pub"), publicOf(clerk));
  await writeFile(file("clock.jwk"), JSON.stringify(world.first));
  const places = [
    `sqlite:${file("payroll.sqlite")}`,
    `ndjson:${file("payroll.ndjson")}`,
    url,
    `journal:${file("state")}`,
  ];
  for (const [n, place] of places.entries()) {
    const out = file(`package-${n}`);
    const days = ["--first", month.first, "--last", month.last, "--zone", timeZone];
    const why = ["--reason", "court-order", "--ticket", "CASE-4711", "--log", file("log.ndjson")];
    const keys = ["--sign", file("clerk.key"), "--seal", file("reader.pub")];
    const made = await runLintel("disclose", "make", ann, "--from", place, ...days, ...why, ...keys, "--out", out);
    expect(made.stderr).toBe("");
    const proof = ["--key", file("reader.key"), "--clock", file("clock.jwk"), "--by", file("clerk.pub")];
    const read = await runLintel("disclose", "verify", out, ...proof, "--json");
    expect(read.code, read.stdout + read.stderr).toBe(0);
    const { statement, events, proved, wrong } = JSON.parse(read.stdout) as {
      readonly statement: Statement;
      readonly events: readonly RecordEvent[];
      readonly proved: number;
      readonly wrong: readonly string[];
    };
    expect(wrong).toEqual([]);
    const names = new Map(Object.entries(world.written).map(([name, { id }]) => [id, name]));
    expect(events.map(({ id }) => names.get(id))).toEqual([...handedOut, ...besides]);
    expect(proved, "each leads to a root that the clock signed").toBe(events.length);
    expect(statement.records.map(({ as }) => as)).toEqual([
      ...["punch", "keychange", "punch", "correction", "punch", "timefix", "undated", "punch", "corrected"],
      ...["correction", "correction", "erasure"],
    ]);
    expect(statement.looked.map(({ leftOut }) => leftOut)).toEqual([
      { others: 2, nobody: expect.any(Number), kinds: { leave: 1 }, outside: 2, forgotten: 0, notHere: 0 },
    ]);
    expect([statement.from, statement.until]).toEqual(["2026-10-31T23:00:00.000Z", "2026-11-30T23:00:00.000Z"]);
    const page = (await runLintel("disclose", "verify", out, ...proof)).stdout;
    expect(page).toContain("12 records, all genuine, and the manifest fits.\n12 of them are proved");
    expect(page).toContain("stays: punch by law:working-time until 2030-12-01");
    expect(await readFile(out, "latin1")).not.toContain(bob);
    const again = await runLintel("disclose", "verify", out, ...proof.with(-1, file("reader.pub")));
    expect(again.stdout, "made by somebody else").toContain("WRONG: the manifest is not signed by who it should be");
  }
  const log = (await readFile(file("log.ndjson"), "utf8")).trim().split("\n");
  expect(log.map((line) => JSON.parse(line))).toMatchObject(
    places.map(() => ({ person: ann, ...month, reason: "court-order", ticket: "CASE-4711", n: 12 })),
  );
  const unnoted = ["--log", join(file("nowhere"), "log"), "--reason", "court-order", "--ticket", "CASE-1"];
  const rest = ["--zone", timeZone, "--sign", file("clerk.key"), "--seal", file("reader.pub"), "--out", file("none")];
  const span = ["--first", month.first, "--last", month.last];
  const refused = await runLintel("disclose", "make", ann, "--from", places[0] ?? "", ...span, ...rest, ...unnoted);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("nothing was handed out") });
  expect(existsSync(file("none"))).toBe(false);
}, 240_000);

test("SC-15 whatever is taken out of a package, put into it or exchanged in it is found by whoever has the clock's first key", async () => {
  const world = await openDisclosureWorld();
  const place = `sqlite:${join(world.folder, "payroll.sqlite")}`;
  {
    await using sink = openSqliteSink(place.slice("sqlite:".length));
    await world.received(sink);
  }
  const clerk = jwkText("ed25519");
  const whole = await packageOf(place, clerk);
  const verdictOf = (one: Package) => verifyPackage(one, clocks(world.first), xOf(clerk));
  expect(verdictOf(whole)).toMatchObject({ wrong: [], proved: 12 });

  /** Whoever signs anew: so that what is caught is not the manifest. */
  const signedAnew = (one: Package): Package => ({ ...one, manifest: signedManifest(countedOf(one), clerk, "later") });
  const statement = JSON.parse(whole.statement) as Statement;
  const told = (change: Partial<Statement>): Package =>
    signedAnew({ ...whole, statement: JSON.stringify({ ...statement, ...change }) });
  const bobs = world.journal.at({ epoch: 1, seq: world.written["bob's"]?.seq ?? -1 })?.jws ?? "";
  const early = world.journal.at({ epoch: 1, seq: world.written["too early"]?.seq ?? -1 })?.jws ?? "";
  const [one = ""] = whole.records;
  const [head, , tail] = one.split(".");
  const changed = eventOfOwn(one);
  const forged = [
    head,
    Buffer.from(JSON.stringify({ ...changed, time: "2026-11-01T05:00:00.000Z" })).toString("base64url"),
    tail,
  ];
  const exchanged = (jws: string): Package => ({ ...whole, records: whole.records.with(0, jws) });
  const withProof = (path: readonly string[]): Package => {
    const [proof] = whole.proofs;
    return signedAnew({ ...whole, proofs: whole.proofs.with(0, proof == null ? null : { ...proof, path }) });
  };
  const cases: readonly (readonly [string, Package, RegExp])[] = [
    [
      "a record less",
      { ...whole, records: whole.records.slice(1), proofs: whole.proofs.slice(1) },
      /counts 12 records/,
    ],
    ["a record less, signed anew", signedAnew({ ...whole, records: whole.records.slice(1) }), /statement is about 12/],
    ["a time that was written over", signedAnew(exchanged(forged.join("."))), /record 1 is not genuine: LU-1006/],
    ["somebody else's punch", signedAnew(exchanged(bobs)), /record 1 is not the one that the statement names/],
    ["another day's punch", signedAnew(exchanged(early)), /record 1 is not the one that the statement names/],
    [
      "another day's punch that is named",
      signedAnew({
        ...exchanged(early),
        statement: JSON.stringify({
          ...statement,
          records: statement.records.with(0, {
            ...{ source: changed.source, epoch: 1, seq: world.written["too early"]?.seq ?? -1, as: "punch" },
          }),
        }),
      }),
      /record 1 was not asked for/,
    ],
    ["a shorter period", told({ last: "2026-11-29" }), /moments are not those/],
    ["another zone", told({ timeZone: "Europe/London" }), /moments are not those/],
    ["another person", told({ person: bob }), /was not asked for/],
    [
      "another statement",
      { ...whole, statement: whole.statement.replace("court-order", "inspection") },
      /not those that/,
    ],
    ["a way that leads nowhere", withProof(["A".repeat(43)]), /record 1 is not in the log/],
    ["no root", signedAnew({ ...whole, checkpoints: [] }), /record 1 is not in the log/],
    [
      "a root that is none",
      signedAnew({ ...whole, checkpoints: whole.records.slice(0, 1) }),
      /record 1 is not in the log/,
    ],
  ];
  for (const [name, one, what] of cases) expect(verdictOf(one).wrong.join("\n"), name).toMatch(what);
  const strangers = verifyPackage(
    whole,
    clocks(generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" })),
    xOf(clerk),
  );
  expect(strangers.wrong.join("\n")).toMatch(/record 1 is not genuine: LU-1004/);
});

test("SC-15 of whom a store has forgotten it says how many texts are gone that may be of the period, and gives the proof", async () => {
  const world = await openDisclosureWorld();
  const place = `sqlite:${join(world.folder, "payroll.sqlite")}`;
  {
    await using sink = openSqliteSink(place.slice("sqlite:".length));
    await world.received(sink);
    expect(await sink.stub(ann, () => true)).toBe(12);
  }
  const clerk = jwkText("ed25519");
  const whole = await packageOf(place, clerk);
  const { wrong, statement, proved } = verifyPackage(whole, clocks(world.first), xOf(clerk));
  expect(wrong).toEqual([]);
  expect(statement?.records.map(({ as }) => as)).toEqual(["keychange", "erasure"]);
  expect(proved, "the log proves also where texts are gone").toBe(2);
  const [looked] = statement?.looked ?? [];
  // Those between others' sure times; whose they were, the store does not know any more.
  expect(looked?.leftOut).toMatchObject({ others: 2, outside: 0, kinds: {} });
  expect(looked?.leftOut.forgotten).toBeGreaterThanOrEqual(9);
});

test("SC-15 a clock hands out what it still holds to a privacy officer with a case alone, and its own record counts and hashes it first", async () => {
  const {
    ask,
    three,
    officer: _,
    session,
    operator,
    audits,
    signer,
    jwk,
    journal,
    clock,
  } = {
    officer: null,
    ...(await openDeskScene()),
  };
  void operator;
  const { tokens, officer } = await three();
  const punch = (sub: typeof ann, ms: number) =>
    journal.append(
      {
        type: "punch",
        data: {
          ...{ kind: "in", sub, method: ["card"], assure: { match: "none", live: "na", card: "static" } },
          t: { local: "2026-11-22T09:00:00.000+01:00", tz: timeZone, src: "ntp", err: 25, age: 60, boot: 1, mono: ms },
          ...{ loc: "gate-1", pol: "default.1", dec: "accept" },
        },
      },
      { ...stampAt(ms), utcMs: clock.now().utcMs + ms },
    );
  const mine = await punch(ann, 1);
  await punch(bob, 2);
  await journal.checkpoint(clock.now());
  const late = await punch(ann, 3);
  const wish = { person: ann, ...month };
  for (const token of [tokens.technician, tokens.supervisor]) {
    await expect(ask({ ask: "disclose", wish }, { sessions: [token] })).rejects.toMatchObject({ code: "role-refused" });
  }
  const caseless = { sessions: [await session(officer, "court-order")] };
  await expect(ask({ ask: "disclose", wish }, caseless)).rejects.toMatchObject({ code: "operator-refused" });
  const mayAsk = { sessions: [tokens["privacy-officer"]] };
  const wrongDays = { person: ann, first: "2026-11-30", last: "2026-11-01" };
  await expect(ask({ ask: "disclose", wish: wrongDays }, mayAsk)).rejects.toMatchObject({ code: "desk-refused" });

  const found = await ask({ ask: "disclose", wish }, mayAsk);
  if (!("signed" in found)) throw new Error("nothing was handed out");
  const { signed, ...disclosed } = found;
  expect(disclosed.records).toEqual([mine.stored.jws, late.stored.jws]);
  const whole: Package = { ...disclosed, manifest: { by: "clock", jws: signed } };
  const keys = new Map([[signer.kid, createPublicKey({ key: { ...jwk }, format: "jwk" })]]);
  const verdict = verifyPackage(whole, keys, null);
  expect(verdict.wrong).toEqual([]);
  expect(verdict.proved, "the newest has no checkpoint yet").toBe(1);
  expect(verdict.statement).toMatchObject({ reason: "rights-request", ticket: "CASE-815", timeZone });
  expect(audits().at(-1)).toMatchObject({
    ...{ act: "export", sub: ann, by: officer.operator, role: "privacy-officer", ticket: "CASE-815" },
    ...{ detail: "punches 2026-11-01 to 2026-11-30", out: countedOf(disclosed) },
  });
  const short = { ...whole, records: whole.records.slice(1), proofs: whole.proofs.slice(1) };
  expect(verifyPackage(short, keys, null).wrong).not.toEqual([]);
  expect(verifyPackage({ ...whole, manifest: { by: "clock", jws: mine.stored.jws } }, keys, null).wrong).toEqual([
    "the manifest is not signed by who it should be",
  ]);
});
