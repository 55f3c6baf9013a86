import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openCloud } from "../../boot/cloud.ts";
import type { Scene } from "../../boot/parts.ts";
import { visit } from "../../boot/wall.ts";
import type { Chance } from "../../torture/chance.ts";
import { type Bench, openBench } from "./bench.ts";
import {
  bare,
  cameraPulled,
  firstPlugged,
  killed,
  patienceMs,
  punches,
  readerPulled,
  ready,
  stickPlugged,
} from "./devices.ts";
import { makeState, makeStick, settle } from "./disk.ts";
import { openGate } from "./gate.ts";
import { lidOpened } from "./lid.ts";
import { openPage } from "./page.ts";
import { kernelHangs, powerCut } from "./power.ts";

export interface Show {
  readonly scene: Scene;
  /** Of `make-machine.sh`. */
  readonly folder: string;
  /** Of `make-disk.sh`. */
  readonly root: string;
  readonly repository: string;
  readonly chance: Chance;
}

/** vivid has no JPEGs of its own, as USB cameras do: ffmpeg makes them here. Five a second is what an emulated processor bears. */
const camera = [
  ...["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-f", "v4l2", "-video_size", "640x480"],
  ...["-framerate", "5", "-i", "/dev/video0", "-q:v", "5", "-f", "mpjpeg", "pipe:1"],
];
/** What the machine's network calls us. */
const gateway = "10.0.2.2";

export async function showClock({ scene, folder, root, repository, chance }: Show): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), "lintel-vm-run-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(place, { recursive: true }));
  const cloud = stack.use(await openCloud());
  const gate = stack.use(await openGate(8080, 8081));
  const visitor = stack.use(visit(() => ""));
  settle(root, cloud.settings, {
    ...{ tenant: "acme", site: "blr-01", cloudKeys: "/etc/lintel/cloud.json", cardKey: "/etc/lintel/card.key" },
    ...{ broker: cloud.broker.url.replace("127.0.0.1", gateway), duplicateWindowMs: 0, timeZone: "Europe/Berlin" },
    ...{ camera: `command:${JSON.stringify(camera)}`, reader: "hid", readers: "/etc/lintel/readers.json" },
    ...{ assets: "/usr/lib/lintel/models", exportDir: "/media/lintel-stick" },
    housing: "gpio:gpiochip0/2",
  });
  makeState(join(place, "state.img"), root, cloud.state);
  const bench = stack.use(openBench({ cloud, visitor, gate, place, chance, folder, root, repository }));
  makeStick(bench.stick, "lintel-ticket-4711.jws", "what set-up looks for");
  const board = await bench.switchOn();
  scene.note(
    `${(await board.run("uname", "-sr")).trim()}, ${(await board.run("systemctl", "--version")).split("\n")[0]} as process 1: up after ${(board.bootMs / 1000).toFixed(1)} s`,
  );
  try {
    await story(bench, scene, chance);
  } catch (error) {
    const words = ["journalctl", "--namespace=+lintel", "--no-pager", "--output=cat", "--lines=60"] as const;
    scene.note(
      await Promise.resolve()
        .then(() => bench.board().ask(...words))
        .catch(String),
    );
    throw error;
  }
}

async function story(bench: Bench, scene: Scene, chance: Chance): Promise<void> {
  const { cloud, visitor } = bench;
  await ready(bench, scene);
  await bare(bench, scene);
  await firstPlugged(bench, scene);
  await visitor.sees("that it is online", ({ strip }) => strip.uplink === "online", patienceMs);
  await punches(bench, scene, 5, "through /dev/hidraw0");
  {
    await using page = await openPage();
    await readerPulled(bench, scene, page);
    await cameraPulled(bench, scene, page);
  }
  await lidOpened(bench, scene);
  await stickPlugged(bench, scene);
  await killed(bench, scene);
  await powerCut(bench, scene, "in the middle of punches", chance.whole(0, 1_500));
  await cloud.broker.kill();
  await visitor.sees("that it is offline", ({ strip }) => strip.uplink === "offline", patienceMs);
  await powerCut(bench, scene, "without a network, so nobody else has them", chance.whole(0, 1_500));
  await cloud.broker.start();
  await kernelHangs(bench, scene);

  await delay(1_000);
  const receiptedMs = await visitor.sees("that all is receipted", ({ strip }) => strip.waiting === 0, patienceMs);
  scene.note(`all is receipted ${(receiptedMs / 1000).toFixed(1)} s later`);
  const board = bench.board();
  await board.run("systemctl", "stop", "lintel.service");
  board.ask("systemctl", "poweroff").catch(() => {});
  await board.ended;
  bench.afterShutdown();
  bench.journal((book) => {
    const { lost, reused, twice, unequal, forks, refused, accepted } = cloud.verdict(visitor.receipts, book);
    // A clean stop writes a checkpoint, which goes with the next start.
    const strange = unequal
      .map((where) => cloud.typeAt(book, where))
      .filter((what) => !what.endsWith(".checkpoint.v1"));
    scene.check(
      `${accepted} punches were thanked for in four lives: lost ${lost.length}, twice ${twice.length + reused.length}, ` +
        `journal and receiver differ in ${strange.length}, forks ${forks}, refused ${refused}`,
      accepted > 0 && [lost, reused, twice, strange].every(({ length }) => length === 0) && forks + refused === 0,
    );
  });
}
