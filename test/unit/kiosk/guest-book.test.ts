import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compactDecrypt, importJWK } from "jose";
import { expect, onTestFinished, test } from "vitest";
import { isFault } from "../../../kiosk/core/fault.ts";
import { visitsForErasure } from "../../../kiosk/guests/keepsakes.ts";
import { openVisitorSeal } from "../../../kiosk/uplink/visitor-seal.ts";
import { openVisitorWorld, people, visitorId } from "../../promises/visitor-world.ts";

/** The book of visits where things go wrong: damage, cuts, orders that make no sense, keys that are none. */

const scratch = (): ((name: string) => string) => {
  const directory = mkdtempSync(join(tmpdir(), "lintel-guests-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return (name) => join(directory, name);
};

test("a flipped byte makes one visit unreadable and no other, and whoever may be inside stays on the list", async () => {
  const world = await openVisitorWorld();
  const [sam, kim] = [await world.signIn("Sam"), await world.signIn("Kim")];
  const directory = join(world.state, "people");
  const file = readdirSync(directory).find((name) => name.startsWith(`${sam.v}.visit.`));
  if (file === undefined) throw new Error("no sealed visit");
  const bytes = readFileSync(join(directory, file));
  bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1;
  writeFileSync(join(directory, file), bytes);
  await world.restart();
  const { faults, here } = world.life().book;
  expect(faults.map(({ code }) => code)).toEqual(["seal-broken"]);
  expect((await here()).map(({ name }) => name).toSorted()).toEqual(["Kim", "Sam"]);
  // The number is gone with the damage; the hour signs them out all the same, once.
  await world.wait(9 * 3_600_000, 600_000);
  expect(
    world
      .records()
      .filter(({ act }) => act === "auto-out")
      .map(({ v }) => v)
      .toSorted(),
  ).toEqual([sam.v, kim.v].toSorted());
});

test("a cut between the sealed visit and its record leaves nothing, and an invitation as good as before", async () => {
  const world = await openVisitorWorld();
  const v = visitorId("guest");
  await world.order("visitor.expect", {
    ...{ v, host: people.ana.id, from: "2026-11-23T08:30:00Z", until: "2026-11-23T10:00:00Z", code: "480193" },
  });
  const open = (invited: boolean) =>
    world.life().book.wish({
      ...{ of: "guests", is: "open", name: "Zebedee", contact: "", host: null, mustAsk: false, atUtcMs: 0 },
      invite: invited ? { v, host: null, fromUtcMs: 0, untilUtcMs: 1, code: null } : null,
    });
  await open(false);
  await open(true);
  expect(world.life().vault.subjects()).toHaveLength(2);
  await world.restart();
  expect(world.life().vault.subjects()).toEqual([v]);
  expect(world.life().vault.pieces(v)).toEqual(["visit"]);
  world.touch({ act: "open" });
  world.touch({ act: "code" });
  await world.digits("480193");
  expect(await world.at("type")).toMatchObject({ field: "name" });
});

test("a disk that takes nothing: the visitor hears so, and nothing is kept", async () => {
  const world = await openVisitorWorld();
  await world.walkIn("Sam", "ana");
  world.disk(true);
  world.touch({ act: "confirm" });
  expect(await world.at("told")).toMatchObject({ what: "not-saved" });
  await world.until("nothing", () => world.life().vault.subjects().length === 0);
  expect(world.records()).toEqual([]);
});

test("orders that make no sense are refused in words, and change nothing", async () => {
  const world = await openVisitorWorld();
  const v = visitorId("guest");
  const window = { v, host: null, from: "2026-11-23T09:00:00Z", until: "2026-11-23T10:00:00Z" };
  await world.order("visitor.expect", { ...window, code: "123456" });
  const wrong: readonly (readonly [string, Record<string, unknown>])[] = [
    ["visitor.expect", { ...window, v: people.ana.id }],
    ["visitor.expect", { ...window, until: window.from }],
    ["visitor.expect", { ...window, until: "2027-11-23T10:00:00Z" }],
    ["visitor.expect", { ...window, code: "12" }],
    ["visitor.expect", { ...window, v: visitorId("other"), code: "123456" }],
    ["visitor.answer", { v: visitorId("nobody"), answer: "come" }],
    ["visitor.answer", { v, answer: "come" }],
    ["visitor.answer", { v, answer: "perhaps" }],
    ["visitor.answer", { v, answer: "no", note: "because he is ill" }],
  ];
  for (const [op, args] of wrong) {
    await expect(world.order(op, args), JSON.stringify(args)).rejects.toSatisfy((error) =>
      isFault(error, "order-refused"),
    );
  }
  const off = await openVisitorWorld({ policy: { visitors: null } });
  await expect(off.order("visitor.expect", window)).rejects.toSatisfy((error) => isFault(error, "order-refused"));
});

test("a visitor who is erased goes from the wall, the list and the disk at once", async () => {
  const world = await openVisitorWorld();
  const { v, number } = await world.signIn("Sam");
  const erasing = visitsForErasure(() => world.life().book);
  expect(erasing).toMatchObject({ what: "visit", cls: "visitor" });
  expect([erasing.subjects(), erasing.count(v), erasing.count(visitorId("nobody"))]).toEqual([[v], 1, 0]);
  await erasing.forget(v);
  await erasing.forget(v);
  expect(world.life().vault.subjects()).not.toContain(v);
  expect(await world.life().book.here()).toEqual([]);
  world.touch({ act: "open" });
  world.touch({ act: "leave" });
  await world.digits(number);
  expect(await world.at("code")).toMatchObject({ problem: "unknown" });
});

test("names are sealed for a public key alone; a private one on a clock is refused by name", async () => {
  const file = scratch();
  const { stdout } = lintel("visitors", "key", file("private.jwk"));
  writeFileSync(file("public.jwk"), stdout);
  const seal = await openVisitorSeal(file("public.jwk"));
  const key = await importJWK(JSON.parse(readFileSync(file("private.jwk"), "utf8")), "ECDH-ES+A256KW");
  const [short, long] = [await seal('{"name":"Bo"}'), await seal('{"name":"Maximiliana-Konstantinopoulou"}')];
  expect(JSON.parse(Buffer.from((await compactDecrypt(short, key)).plaintext).toString())).toEqual({ name: "Bo" });
  expect(long).toHaveLength(short.length);
  writeFileSync(file("none.jwk"), "{}");
  for (const name of ["private.jwk", "none.jwk", "missing.jwk"]) {
    await expect(openVisitorSeal(file(name)), name).rejects.toSatisfy((error) => isFault(error, "config-invalid"));
  }
});

test("lintel visitors opens names from a receiver's records while their days last, and with no other key", async () => {
  const file = scratch();
  writeFileSync(file("public.jwk"), lintel("visitors", "key", file("private.jwk")).stdout);
  lintel("visitors", "key", file("other.jwk"));
  const seal = await openVisitorSeal(file("public.jwk"));
  const world = await openVisitorWorld({ seal, startUtcMs: Date.now() });
  const { v } = await world.signIn("Sam Okoro");
  const lines = world.journal.read({ epoch: 0, seq: -1 }, 100).map(({ jws, epoch, seq, rh }) => {
    const { source, type, time, data } = JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString());
    return JSON.stringify({
      source,
      epoch,
      seq,
      type,
      time,
      data,
      rh,
      kid: "A".repeat(16),
      flaw: null,
      fork: false,
      jws,
    });
  });
  writeFileSync(file("store.ndjson"), `${lines.join("\n")}\n`);
  const list = (...more: readonly string[]) =>
    JSON.parse(lintel("visitors", "--from", `ndjson:${file("store.ndjson")}`, "--json", ...more).stdout);
  expect(list()).toMatchObject([{ v, name: null, acts: [{ act: "asked" }, { act: "in" }] }]);
  expect(list("--open", file("private.jwk"))).toMatchObject([{ v, name: "Sam Okoro" }]);
  expect(list("--open", file("other.jwk"))).toMatchObject([{ v, name: null }]);
});

function lintel(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["provisioning/cli.ts", ...args], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return { stdout };
}
