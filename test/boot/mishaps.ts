import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fill } from "../torture/disk.ts";
import { until } from "./cloud.ts";
import { onceWell, writeSettings } from "./installing.ts";
import { childrenOf } from "./machine.ts";
import type { Wall } from "./parts.ts";
import { pageAtWall } from "./wall.ts";

/** What happens to a clock, and how long it takes until it is itself again. */

const unit = "lintel.service";
const watchdogMs = 30_000;

const property = async ({ machine }: Wall, name: string): Promise<string> =>
  (await machine.ask("systemctl", "show", unit, `--property=${name}`, "--value")).trim();

export async function killed(wall: Wall): Promise<void> {
  const { scene, machine, visitor, punch } = wall;
  process.kill(await machine.mainPid(unit), "SIGKILL");
  const startedMs = performance.now();
  await until("the wall is gone", () => visitor.now() === null, 5_000);
  await onceWell(wall);
  scene.within("killed: until the next picture", performance.now() - startedMs, 4_000);
  scene.check("and punches are taken", (await punch(3)) === 3);
}

export async function hangs(wall: Wall): Promise<void> {
  const { scene, machine, punch } = wall;
  const pid = await machine.mainPid(unit);
  process.kill(pid, "SIGSTOP");
  const startedMs = performance.now();
  await until("systemd ends it", async () => (await machine.mainPid(unit)) !== pid, watchdogMs + 30_000);
  await onceWell(wall);
  scene.within("hung: until the next picture", performance.now() - startedMs, watchdogMs + 4_000);
  scene.check("and punches are taken", (await punch(3)) === 3);
  await machine.run("systemctl", "reset-failed", unit);
}

export async function cameraGone(wall: Wall): Promise<void> {
  const { scene, machine, visitor, punch } = wall;
  rmSync(machine.path("/etc/lintel/camera"));
  for (const pid of childrenOf(await machine.mainPid(unit))) process.kill(pid, "SIGKILL");
  await visitor.sees("a lost camera", ({ strip }) => strip.camera === "lost");
  scene.check("without a camera people punch by badge", (await punch(3)) === 3);
  writeFileSync(machine.path("/etc/lintel/camera"), "");
  scene.within("camera plugged in again: until the next picture", await onceWell(wall), 10_000);
}

export async function networkGone(wall: Wall): Promise<void> {
  const { scene, cloud, visitor, punch } = wall;
  await cloud.broker.kill();
  await visitor.sees("that it is offline", ({ strip }) => strip.uplink === "offline");
  scene.check("without a network people punch", (await punch(5)) === 5);
  await cloud.broker.start();
  const tookMs = await visitor.sees("that all is receipted", ({ strip }) => strip.waiting === 0, 90_000);
  scene.within("network back: until all is receipted", tookMs, 60_000);
}

/** @param disk the state's partition, as we see it. */
export async function diskFull(wall: Wall, disk: string): Promise<void> {
  const { scene, visitor, punch } = wall;
  const filler = join(disk, "filler");
  fill(filler);
  let taken = 0;
  for (let taps = 0; taps < 40 && visitor.now()?.view.at !== "out-of-order"; taps += 1) {
    // What the journal's own log gives back is taken as well.
    fill(filler);
    taken += await punch(1).catch(() => 0);
  }
  await visitor.sees("that it is out of order", ({ view }) => view.at === "out-of-order");
  scene.note(`disk full: ${taken} more were saved and thanked, then nobody was`);
  const view = visitor.now()?.view;
  scene.check("the wall says disk-full", view?.at === "out-of-order" && view.code === "disk-full");
  rmSync(filler);
  const tookMs = await visitor.sees("an idle wall", (shown) => shown.view.at === "idle");
  scene.within("room again: until punches are taken", tookMs, 15_000);
  scene.check("and they are", (await punch(3)) === 3);
}

export async function wrongSettings(wall: Wall): Promise<void> {
  const { scene, machine, punch } = wall;
  writeSettings(wall, { lokale: "de-DE", locale: "de-DE" });
  await machine.ask("systemctl", "restart", unit);
  await until("the screen says so", async () => (await pageAtWall())?.status === 503, 20_000);
  const page = await pageAtWall();
  scene.check(`wrong settings: the screen says ${page?.code}`, page?.code === "config-unknown-key");
  scene.check("in the site's language", page?.text.includes('<html lang="de"') === true);
  await delay(8_000);
  scene.check("it is not started again meanwhile", (await property(wall, "NRestarts")) === "0");
  scene.check("systemd names it failed", (await property(wall, "ActiveState")) === "failed");
  const startedMs = performance.now();
  writeSettings(wall, {});
  await onceWell(wall, 30_000);
  scene.within(
    "settings mended: until the next picture, nobody started anything",
    performance.now() - startedMs,
    15_000,
  );
  scene.check("and punches are taken", (await punch(2)) === 2);
}

/** Our own Node is broken: nothing but shell and systemd are left to say so. */
export async function brokenStarts(wall: Wall): Promise<void> {
  const { scene, machine, visitor, punch } = wall;
  const restMs = 10_000;
  const quick = "/run/systemd/system/lintel-out-of-order.service.d";
  const rest = `[Service]\nEnvironment=LINTEL_REST_S=${restMs / 1000}\n`;
  await machine.run("sh", "-c", `mkdir -p ${quick} && printf '${rest.replaceAll("\n", "\\n")}' >${quick}/test.conf`);
  await machine.run("systemctl", "daemon-reload");
  await machine.run("mv", "/usr/lib/lintel/bin/node", "/usr/lib/lintel/bin/node.whole");
  await machine.run(
    "sh",
    "-c",
    "printf '#!/bin/sh\\nexit 1\\n' >/usr/lib/lintel/bin/node && chmod 755 /usr/lib/lintel/bin/node",
  );
  process.kill(await machine.mainPid(unit), "SIGKILL");
  const startedMs = performance.now();
  await until("the screen says so", async () => (await pageAtWall())?.status === 503, 60_000);
  const page = await pageAtWall();
  scene.check(`a broken Node: the screen says ${page?.code}`, page?.code === "exit-1");
  scene.within("after", performance.now() - startedMs, 30_000);
  scene.check("and no wall is there", visitor.now() === null);
  // It goes on trying: once more in vain.
  await until("it is tried again", async () => (await property(wall, "ActiveState")) === "activating", restMs + 10_000);
  scene.note("it was tried again by itself, in vain");
  await until("the screen says so again", async () => (await pageAtWall())?.status === 503, 60_000);
  await machine.run("mv", "-f", "/usr/lib/lintel/bin/node.whole", "/usr/lib/lintel/bin/node");
  const mendedMs = performance.now();
  await onceWell(wall, 60_000);
  scene.within(
    `mended: until the next picture, with a rest of ${restMs / 1000} s`,
    performance.now() - mendedMs,
    restMs + 10_000,
  );
  const left = (
    await machine.ask("systemctl", "is-active", "lintel-out-of-order.service", "lintel-notice.socket")
  ).trim();
  scene.check(
    "nothing of the notice is left",
    left.split("\n").every((word) => word === "inactive"),
  );
  scene.check("and punches are taken", (await punch(2)) === 2);
}
