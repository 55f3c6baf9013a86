import { createReadStream, existsSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { goBack } from "../../provisioning/update/back.ts";
import { look } from "../../provisioning/update/look.ts";
import { systemd } from "../../provisioning/update/service.ts";
import { lookAt } from "../../provisioning/update/wall.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld({ startMs: 1_000 });
});
afterAll(async () => world[Symbol.asyncDispose]());
beforeEach(async () => world.reset());

const found = async () => look(world.places, (await world.updating()).keyOf);
const answers = async (): Promise<string | undefined> => (await lookAt(world.places.state, systemd)).wall?.fw;
/** A version that does not come is waited for only so long. */
const brisk = { idleMs: 0, readyMs: 800, healthMs: 800, steadyMs: 30, lookMs: 15 };

test("one version follows on the other, two are kept, and the counter only rises", async () => {
  for (const version of ["2.0.0", "3.0.0", "4.0.0"]) {
    await world.publish(version, "well");
    expect(await world.update({ version })).toMatchObject({ is: "kept", version, outMs: expect.any(Number) });
    expect(await answers()).toBe(version);
  }
  const { book, current } = await found();
  expect({ current, previous: book.previous, highest: book.highest }).toEqual({
    ...{ current: "4.0.0", previous: "3.0.0", highest: { counter: 4, version: "4.0.0" } },
  });
  expect(readdirSync(world.places.releases).sort()).toEqual(["3.0.0", "4.0.0", "book.json", "current"]);
  expect(await world.update({ version: "4.0.0" })).toEqual({ is: "nothing", version: "4.0.0" });
  await expect(world.update({ version: "3.0.0" })).rejects.toMatchObject({ code: "update-older" });
});

test.each([
  ["crashes", "starts"],
  ["silent", "not-ready"],
  ["no-page", "no-page"],
  ["blind", "engine"],
] as const)("a version that %s is taken back, and left alone until somebody asks for it", async (manner, why) => {
  await world.publish("2.0.0", manner);
  expect(await world.update({}, { pace: brisk })).toEqual({ is: "returned", version: "2.0.0", why });
  expect([await answers(), await world.chosen()]).toEqual(["1.0.0", "1.0.0"]);
  expect(await world.update({})).toEqual({ is: "nothing", version: "1.0.0" });
  const tomorrow = { nowUtcMs: () => Date.now() + 86_400_000, pace: brisk };
  if (manner === "blind") {
    expect(await world.update({}, tomorrow)).toMatchObject({ is: "returned" });
    expect(await world.update({}, tomorrow)).toMatchObject({ is: "nothing" });
  }
  // Mended under the same name: a person says that it is worth another try.
  await world.publish("2.0.0", "well");
  expect(await world.update({ isByHand: true })).toMatchObject({ is: "kept", version: "2.0.0" });
});

test("a version that does not pass its own check is never switched to", async () => {
  await world.publish("2.0.0", "unfit");
  await expect(world.update({})).rejects.toMatchObject({ code: "update-unfit" });
  expect(await world.update({})).toEqual({ is: "nothing", version: "1.0.0" });
  expect(existsSync(join(world.places.releases, "2.0.0"))).toBe(false);
});

test("it waits for its hour, and for the wall to be empty", async () => {
  await world.publish("2.0.0", "well");
  expect(await world.update({ mayInstall: false })).toMatchObject({ is: "waiting", for: "window" });
  const { sight } = await world.updating();
  const somebody = async () => {
    const now = await sight();
    return now.wall === null ? now : { ...now, wall: { ...now.wall, idleMs: null } };
  };
  expect(await world.update({}, { sight: somebody })).toMatchObject({ is: "waiting", for: "somebody" });
  expect(await world.update({}, { pace: { ...brisk, idleMs: 60_000 } })).toMatchObject({ for: "somebody" });
  expect(await answers()).toBe("1.0.0");
  expect(await world.update({})).toMatchObject({ is: "kept" });
});

test("a clock that does not run is updated: nobody could punch", async () => {
  await world.publish("2.0.0", "well");
  await world.supervisor.cut();
  expect(await world.update({})).toMatchObject({ is: "kept" });
});

test("what the version before could do, the new one must do", async () => {
  await world.publish("2.0.0", "well");
  const { sight } = await world.updating();
  const withoutBroker = async () => {
    const now = await sight();
    return { ...now, isOnline: now.wall?.fw === "1.0.0" };
  };
  expect(await world.update({}, { sight: withoutBroker, pace: brisk })).toMatchObject({
    is: "returned",
    why: "broker",
  });
});

test("S5 a machine that is cut off while a version is on trial starts it three times, and then the version before", async () => {
  await world.publish("2.0.0", "well");
  // Killed in the test, right before it is judged: nobody ever confirms it.
  const gone = new Error("gone");
  const die = (stage: string): void => {
    if (stage === "judge") throw gone;
  };
  await expect(world.update({}, { mark: die })).rejects.toBe(gone);
  // The start was counted, and goes on without whoever asked for it.
  await expect.poll(answers).toBe("2.0.0");
  const versions: (string | undefined)[] = [await answers()];
  for (let boot = 0; boot < 3; boot += 1) {
    await world.supervisor.cut();
    await world.supervisor.start();
    versions.push(await answers());
  }
  expect(versions).toEqual(["2.0.0", "2.0.0", "2.0.0", "1.0.0"]);
  expect(await world.update({ version: null })).toEqual({ is: "returned", version: "2.0.0", why: "starts" });
});

test("going back leads to the version before, also where that is not well any more, and nothing comes again by itself", async () => {
  const updating = await world.updating();
  await expect(goBack(updating)).rejects.toMatchObject({ code: "update-nothing" });
  await world.publish("2.0.0", "well");
  await world.publish("3.0.0", "well");
  await world.update({});
  await world.update({ version: "3.0.0" });
  expect(await goBack(updating)).toMatchObject({ is: "kept", version: "2.0.0" });
  expect(await answers()).toBe("2.0.0");
  expect(await world.update({ version: "3.0.0" })).toEqual({ is: "nothing", version: "2.0.0" });
  expect(await world.update({ version: "3.0.0", isByHand: true })).toMatchObject({ is: "kept" });
  writeFileSync(join(world.places.releases, "2.0.0/kiosk/main.ts"), "process.exit(70);");
  expect(await goBack(updating)).toMatchObject({ is: "returned", version: "2.0.0" });
  expect(await answers()).toBe("3.0.0");
});

test("going back from the first update leads to the package's own version", async () => {
  await world.publish("2.0.0", "well");
  await world.update({});
  expect(await goBack(await world.updating())).toMatchObject({ version: "1.0.0" });
  expect([await answers(), await world.chosen()]).toEqual(["1.0.0", "1.0.0"]);
  await expect(world.update({ version: "1.9.0" })).rejects.toMatchObject({ code: "update-unreachable" });
});

test("a trial that a worn card lost leads back where nothing works, and is over where something does", async () => {
  const trial = join(world.places.releases, "trial");
  await world.publish("2.0.0", "well");
  await world.update({});
  writeFileSync(trial, "");
  expect(await world.update({ version: null })).toEqual({ is: "nothing", version: "2.0.0" });
  expect(existsSync(trial)).toBe(false);
  writeFileSync(trial, "");
  writeFileSync(join(world.places.releases, "2.0.0/kiosk/main.ts"), "process.exit(70);");
  await world.supervisor.cut();
  expect(await world.supervisor.start()).toBe("failed");
  await expect.poll(answers, { timeout: 10_000 }).toBe("1.0.0");
  expect(await world.update({ version: null })).toMatchObject({ is: "returned", why: "failed" });
});

test("without its book, a clock still goes below nothing that its trees show", async () => {
  await world.publish("2.0.0", "well");
  await world.update({});
  writeFileSync(join(world.places.releases, "book.json"), "{");
  expect((await found()).book.highest).toEqual({ counter: 2, version: "2.0.0" });
});

test("bundles come from a web server too, and one that breaks off is asked again", async () => {
  await world.publish("2.0.0", "well");
  let isBroken = true;
  const server = createServer((request, reply) => {
    const file = createReadStream(join(world.published, request.url ?? ""));
    file.once("error", () => reply.writeHead(404).end());
    if (!isBroken || !request.url?.endsWith("zst")) return void file.pipe(reply);
    file.once("data", (piece) => reply.writeHead(200, { "content-length": 1e6 }).write(piece, () => reply.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const from = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  await expect(world.update({ from })).rejects.toMatchObject({ code: "update-unreachable" });
  await expect(world.update({ from, version: "7.0.0" })).rejects.toMatchObject({ code: "update-unreachable" });
  isBroken = false;
  expect(await world.update({ from })).toMatchObject({ is: "kept" });
});
