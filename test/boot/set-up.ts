import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { openSite } from "../e2e/provision-site.ts";
import { type Delivery, openBench } from "./bench.ts";
import { until } from "./cloud.ts";
import type { Board, Machine } from "./machine.ts";
import type { Scene } from "./parts.ts";
import { pagesOpen, playDisplay } from "./screen.ts";
import { goesOn, isSealed, isSetUp, reader, type Shelf, takesTurns, unit } from "./set-up-course.ts";
import { pageOfSetUp } from "./set-up-page.ts";

/**
 * A clock out of its box: the package is there and no settings, and nobody has a keyboard. Its screen leads through the
 * set-up by itself, which is killed and loses its power on the way, and ends with a receipted punch and a clock that starts.
 */

export async function showSetUp({ scene, root, deb, assets }: Delivery): Promise<void> {
  await using site = await openSite({ host: "127.0.0.1", flags: ["--may", "no-camera"] });
  await using receiver = await site.receiver();
  await using bench = await openBench({ root, deb, assets });
  const machine = bench.machine();
  scene.note(`${(await machine.run("systemctl", "--version")).split("\n")[0]} is process 1`);
  try {
    const apt = ["apt-get", "-q", "-y", "install", "--no-install-recommends", `/media/stick/${basename(deb)}`];
    await machine.run("env", "DEBIAN_FRONTEND=noninteractive", ...apt);
    pretendReader(bench.board);
    const hasScreen = existsSync(join(root, "usr/bin/cage"));
    if (hasScreen) await playDisplay(machine, "/etc/systemd/system");
    else scene.note("no screen here: delete .cache/boot-root and run with --screen --set-up to see it too");
    await story({ scene, site, again: bench.again }, hasScreen);
  } catch (error) {
    const words = ["--namespace=+lintel", "--no-pager", "--output=short-precise", "--lines=80"];
    scene.note(await bench.machine().ask("journalctl", ...words));
    scene.note(receiver.stderr().slice(-2_000));
    throw error;
  }
}

/** A container has no USB: the reader is a socket, for the set-up as for the clock; all else is the unit as it is shipped. */
function pretendReader({ disk }: Board): void {
  const place = join(disk, "etc/systemd/system", `${unit}.d`);
  mkdirSync(place, { recursive: true });
  const run = "/usr/lib/lintel/bin/lintel-launch provisioning/cli.ts provision --screen --wait 3600";
  writeFileSync(join(place, "reader.conf"), `[Service]\nExecStart=\nExecStart=${run} --reader sim:${reader}\n`);
}

async function story(shelf: Shelf, hasScreen: boolean): Promise<void> {
  const { scene, site, again } = shelf;
  let machine = await again("switched off");
  const startedMs = performance.now();
  await until("the page of the set-up", async () => (await pageOfSetUp()) !== null, 60_000);
  scene.within(
    "machine up, nobody types: until the screen leads through the set-up",
    performance.now() - startedMs,
    20_000,
  );
  if (hasScreen) await atItsScreen(scene, machine);
  const clock = (await machine.ask("systemctl", "is-active", "lintel.service")).trim();
  scene.check("there is no clock yet, and it has not failed", clock === "inactive");
  const level = await machine.ask("systemd-analyze", "security", "--no-pager", unit);
  const exposure = Number(/exposure level for lintel-set-up\.service: ([\d.]+)/.exec(level)?.[1]);
  scene.check(`as it runs, the set-up's exposure is ${exposure} of 10 (at most 3.5)`, exposure <= 3.5);
  await takesTurns(shelf, machine);

  const ticketedMs = performance.now();
  const jti = await site.ticket("Gate 2", "--usb", await stickIn(machine));
  await goesOn(shelf, machine);
  machine = await again("unplugged");
  scene.note("unplugged before anybody punched, and plugged in again");
  await isSetUp(shelf, machine, jti);
  scene.within(
    "from the making of the ticket to the receipt, with a kill and a power cut",
    performance.now() - ticketedMs,
    120_000,
  );

  machine = await again("switched off");
  const states = (await machine.ask("systemctl", "is-active", "lintel.service", unit)).trim();
  scene.check(
    `after a start the clock is READY and the set-up stays away (${states.replace("\n", ", ")})`,
    states === "active\ninactive",
  );
  scene.check("what seals people is a credential that systemd sealed during the set-up", isSealed(machine));
  const left = await readFile(machine.path("/etc/lintel/provision.json"), "utf8");
  scene.check("nothing of the ticket is left", JSON.parse(left).ticket === null && !left.includes("lintel-tkt"));
}

/** The browser that the machine started by itself; it goes again, because it takes what this computer has. */
async function atItsScreen(scene: Scene, machine: Machine): Promise<void> {
  const tookMs = await until("the browser asks for the page", async () => (await pagesOpen(machine)) > 0, 60_000);
  scene.within("and until the browser on the clock's own screen has that page", tookMs, 60_000);
  await machine.run("systemctl", "disable", "--now", "lintel-screen.service");
}

/** A folder of the machine that a technician's stick was mounted on. */
async function stickIn(machine: Machine): Promise<string> {
  await machine.run("mkdir", "-p", "/media/office");
  return machine.path("/media/office");
}
