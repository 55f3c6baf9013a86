import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { attendanceOf } from "../../kiosk/core/attendance/attendance.ts";
import type { Written } from "../../kiosk/core/attendance/marks.ts";
import { musterOf, whoIsIn } from "../../kiosk/core/attendance/presence.ts";
import type { WallTrust } from "../../kiosk/core/attendance/trust.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { openPlace } from "../../provisioning/receive/places.ts";
import { putRoster } from "../../provisioning/receive/roster.ts";
import { openPostgres } from "../receiver/postgres.ts";
import { runLintel } from "../run-lintel.ts";
import { ann, bob, openDisclosureWorld } from "./disclosure-world.ts";

/** Whose the data are: all of them leave in lines that anybody can read, and mean the same elsewhere. */

const source = async (place: string): Promise<readonly Written[]> => {
  await using sink = (await openPlace(place)).sink;
  const pages = (await sink.read.streams()).map((stream) => sink.read.page(stream, 0, 100_000));
  return (await Promise.all(pages)).flat().map(({ jws }) => eventOfOwn(jws ?? "") as unknown as Written);
};

/** Who worked when, who is in, what people asked for, what is missing, what proves a punch, and who is employed. */
async function reportsOf(place: string, id: string) {
  const attendance = attendanceOf(await source(place));
  const at = { utcMs: Date.parse("2026-12-03T08:00:00.000Z"), monoMs: 9_000_000 };
  const trust: WallTrust = { reach: "minutes", why: [] };
  const present = whoIsIn(attendance, { at, boot: 4, trust });
  await using sink = (await openPlace(place)).sink;
  return {
    attendance: [...attendance.books].sort(([a], [b]) => (a < b ? -1 : 1)),
    muster: musterOf(present, (person) => (person === ann ? "Ann" : ""), "en-GB"),
    proof: (await runLintel("proof", id, "--from", place, "--json")).stdout,
    gaps: (await runLintel("gaps", place, "--json")).stdout,
    roster: (await sink.desired.read("ros")).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

test("IC-21 OH-21 everything leaves a receiver's store as lines of JSON, and into another kind of store, with the clocks' public keys and nothing of ours, it gives the same attendance, muster, proofs, gaps and roster", async () => {
  const world = await openDisclosureWorld();
  await using postgres = await openPostgres();
  const file = (name: string): string => join(world.folder, name);
  const origin = `sqlite:${file("payroll.sqlite")}`;
  {
    await using sink = openSqliteSink(file("payroll.sqlite"));
    await world.received(sink);
    const people = new Map([ann, bob].map((id) => [id, JSON.stringify({ st: "active", name: "Canary", cards: [] })]));
    await putRoster(sink.desired, people, Date.now());
  }
  const exported = await runLintel("store", "export", file("all.ndjson"), "--from", origin);
  expect(exported).toMatchObject({ code: 0, stderr: "" });
  const { source: clock } = eventOfOwn(world.journal.read({ epoch: 0, seq: -1 }, 1)[0]?.jws ?? "");
  await writeFile(file("devices.ndjson"), `${JSON.stringify({ source: clock, jwk: world.first })}\n`);
  const id = world.written.first?.id ?? "";
  const before = await reportsOf(origin, id);
  expect(before.muster.map(({ person }) => person)).toContain(ann);
  expect(before.attendance.map(([person]) => person)).toEqual(expect.arrayContaining([ann, bob]));
  expect(before.proof).toContain('"proved"');
  expect(before.roster).toHaveLength(2);

  // With nothing but a text editor: each line is JSON, and the payload of a record is base64url of JSON.
  const text = await readFile(file("all.ndjson"), "utf8");
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly is: string; readonly jws?: string });
  const spoken = lines.filter(({ is }) => is === "record").map(({ jws = "" }) => eventOfOwn(jws));
  expect(spoken).toEqual(world.journal.read({ epoch: 0, seq: -1 }, 10_000).map(({ jws }) => eventOfOwn(jws)));

  const places = [`sqlite:${file("fresh.sqlite")}`, await postgres.create()];
  for (const place of places) {
    const imported = await runLintel(
      "store",
      "import",
      file("all.ndjson"),
      "--sink",
      place,
      "--devices",
      file("devices.ndjson"),
    );
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    expect(imported.stdout).toContain(`${spoken.length} records, 0 were here; 3 of roster and settings`);
    expect(await reportsOf(place, id)).toEqual(before);
  }
  // And on from there, and out again: the same bytes but for the moment of the export.
  await runLintel("store", "export", file("again.ndjson"), "--from", places[1] ?? "");
  const again = await readFile(file("again.ndjson"), "utf8");
  expect(again.split("\n").slice(1, -2)).toEqual(text.split("\n").slice(1, -2));

  const forged = text.replace(/"jws":"([^"]+)\.[^".]+"/, (_, start: string) => `"jws":"${start}.${"A".repeat(86)}"`);
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    ["cut", text.slice(0, text.length / 2), 2, /no whole export: line \d+/],
    ["short", `${text.split("\n").slice(0, -2).join("\n")}\n`, 2, /it was cut short/],
    ["changed", text.replace("Canary", "Canaro"), 2, /the end is about other lines|line \d+/],
    ["forged", forged, 2, /line \d+/],
  ];
  for (const [name, content, code, what] of cases) {
    await writeFile(file(name), content);
    const sink = `sqlite:${file(`${name}.sqlite`)}`;
    const refused = await runLintel("store", "import", file(name), "--sink", sink, "--devices", file("devices.ndjson"));
    expect(refused.code, name).toBe(code);
    expect(refused.stderr, name).toMatch(what);
    await using kept = (await openPlace(sink)).sink;
    expect(await kept.desired.read("ros"), `${name}: no signature vouches for a roster`).toEqual([]);
  }
  await writeFile(file("others.ndjson"), "");
  const strangers = await runLintel(
    "store",
    "import",
    file("all.ndjson"),
    "--sink",
    "ndjson:-",
    "--devices",
    file("others.ndjson"),
  );
  expect(strangers).toMatchObject({ code: 1, stdout: expect.stringContaining(`REFUSED: ${spoken.length}`) });
}, 240_000);

/** SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt */
const apache2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30";

test("OH-21 the licence is the Apache License to the letter, and no other paper of ours asks anything of whoever runs a clock", async () => {
  const root = join(import.meta.dirname, "../..");
  const licence = await readFile(join(root, "LICENSE"), "utf8");
  expect(createHash("sha256").update(licence).digest("hex")).toBe(apache2);
  expect(JSON.parse(await readFile(join(root, "package.json"), "utf8"))).toMatchObject({ license: "Apache-2.0" });
  const papers = (await readdir(root)).filter((name) => /eula|terms|cla|notice|agreement|consent/i.test(name));
  expect(papers).toEqual([]);
});
