import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, onTestFailed, test } from "vitest";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { deviceLine, introduce, openClock, openPayroll, punches, sourceOfClock } from "../provisioning/care.ts";
import { runLintel } from "../run-lintel.ts";
import { openBoard } from "./provision-board.ts";
import { must, openSite, type Site } from "./provision-site.ts";

/**
 * A board died. What the field guide tells a technician (chapter 7, with a backup), with real processes: the new board takes
 * the old one's place, the office accepts it, a new ticket gives it its certificate, and somebody punches.
 */

const rooms = new AsyncDisposableStack();
afterAll(() => rooms.disposeAsync());

/** A clock of that site that punched, was receipted in part, and left a sealed backup on a stick. @returns its punches. */
async function brokenClock(site: Site, old: string, stick: string): Promise<readonly string[]> {
  await mkdir(old, { recursive: true });
  await mkdir(stick, { recursive: true });
  await using sink = openSqliteSink(site.store);
  const payroll = await openPayroll(sink);
  const made: string[] = [];
  {
    await using clock = await openClock(old);
    await introduce(payroll, old);
    made.push(...(await punches(clock, 3)));
    await payroll.take(clock);
    made.push(...(await punches(clock, 20)));
  }
  writeFileSync(join(site.authority, "devices.ndjson"), `${await deviceLine(old)}\n`);
  writeFileSync(site.at("office.jwk"), await must("backup", "key", site.at("office.private.jwk")));
  await must("backup", "--state", old, "--to", stick, "--for", site.at("office.jwk"));
  return made;
}

test("a new board with a new ticket goes on where the old one ended: both chains are payroll's, and the first punch is its own", {
  timeout: 180_000,
}, async () => {
  const site = rooms.use(await openSite({ flags: ["--may", "no-camera"] }));
  const { at, authority } = site;
  const [old, stick, devices] = [at("old"), at("stick"), join(authority, "devices.ndjson")];
  const made = await brokenClock(site, old, stick);
  const source = await sourceOfClock(old);
  {
    // Whom the clock is to believe is in the receiver's own keys, and these in the ticket.
    await using _ = await site.receiver();
  }
  const [backup = ""] = readdirSync(stick);

  await using board = await openBoard(site, "board", ["--camera", "none", "--without", "camera"]);
  const { state } = board;
  onTestFailed(() => void process.stderr.write(board.log().slice(-4_000)));
  const taken = await runLintel(
    ...["replace", "board", "--state", state, "--backup", join(stick, backup)],
    ...["--key", at("office.private.jwk"), "--json"],
  );
  expect(taken.code, taken.stderr).toBe(0);
  expect(JSON.parse(taken.stdout)).toMatchObject({ source, epoch: 2, punches: 20, isHandedOver: false });

  // Too early: nobody has accepted that this board bears that name. The ticket is as good as before.
  const jti = await site.ticket("Gate 2", "--out", at("ticket.jws"));
  await using early = board.provision("--ticket", at("ticket.jws"));
  expect(await early.ended()).toBe(1);
  expect(early.said()).toContain("belongs to one that is known here, with another key");
  expect(early.said()).toContain("(authority-refused)");
  expect(readFileSync(devices, "utf8").trim().split("\n")).toHaveLength(1);

  const accept = ["replace", "accept", join(state, "replacement.json"), "--devices", devices];
  const asked = await runLintel(...accept, "--sink", `sqlite:${site.store}`);
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("(replace-refused)") });
  const accepted = await runLintel(...accept, "--sink", `sqlite:${site.store}`, "--by-hand");
  expect(accepted.code, accepted.stderr).toBe(0);

  await using receiver = await site.receiver();
  await using shown = board.provision("--ticket", at("ticket.jws"));
  expect(await shown.ended()).toBe(1);
  expect(shown.said()).toContain("(words-differ)");
  const { code, said } = await board.end(site.words());
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining("this clock is set up") });

  const records = await site.records();
  expect(new Set(records.map((one) => one.source))).toEqual(new Set([source]));
  const ids = records.filter(({ type }) => type === "dev.lintel.punch.v1").map(({ id }) => id);
  expect(ids.filter((id) => made.includes(id)).toSorted()).toEqual(made.toSorted());
  // One punch at least that the old board never saw: its card was hashed under the site's key.
  expect(ids.length).toBeGreaterThan(made.length);
  expect(records.filter(({ type }) => type === "dev.lintel.genesis.v1").map(({ data }) => data.reason)).toEqual([
    "factory",
    "reimage",
  ]);
  await expect
    .poll(async () => (await site.records()).filter(({ data }) => data.act === "install"), { timeout: 20_000 })
    .toMatchObject([{ data: { ticket: jti } }]);
  await using sink = openSqliteSink(site.store);
  expect(await sink.read.counts(), receiver.stderr()).toMatchObject({ forks: 0, quarantined: 0 });
  // The old key counts up to where the new one begins, and the ticket wrote nothing beside that.
  const lines = readFileSync(devices, "utf8").trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { source, revoked: [2, 0] },
    { source, from: [2, 0] },
  ]);
});
