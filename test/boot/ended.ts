import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { KnownOrder } from "../../kiosk/uplink/receiver/order-shelf.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { runLintel } from "../run-lintel.ts";
import { type Delivery, openBench } from "./bench.ts";
import { openCloud, until } from "./cloud.ts";
import { installed, notSetUp, setUp } from "./installing.ts";
import type { Machine } from "./machine.ts";
import type { Scene, Wall } from "./parts.ts";
import { pageAtWall, punching, visit } from "./wall.ts";

/**
 * A clock that its office ends from afar, with the units as the package brings them: nobody touches the machine between the
 * order and the certificate, its power goes in the middle of it, and what is on the wall in the end says so at every boot.
 */
export async function showEnded({ scene, root, deb, assets }: Delivery): Promise<void> {
  await using cloud = await openCloud();
  await using bench = await openBench({ root, deb, assets });
  let machine = bench.machine();
  try {
    {
      await using visitor = visit(() => machine.path("/run/lintel/reader.sock"));
      const wall: Wall = { scene, machine, visitor, cloud, punch: punching(visitor, cloud.cards) };
      await installed(wall, `/media/stick/${basename(deb)}`);
      await notSetUp(wall);
      await setUp(wall);
    }
    const startedMs = performance.now();
    await ordered(scene, dirname(cloud.state), cloud.source);
    await until("that its end is begun", () => /ending\.json/.test(filesOf(machine)));
    scene.note("its power goes right after that it has accepted");
    machine = await bench.again("unplugged");
    await until("that it is over", () => existsSync(machine.path("/var/lib/lintel/ended.json")), 180_000);
    await until("that nothing is left to do", () => !existsSync(machine.path("/var/lib/lintel/ending.json")));
    scene.within("from the order to the end, with a power cut and a boot", performance.now() - startedMs, 240_000);
    await over(scene, machine, dirname(cloud.state));
    await bench.again("switched off");
    await saysSo(scene, "at the next boot as well");
  } catch (error) {
    scene.note(
      await bench.machine().ask("journalctl", "--namespace=+lintel", "--no-pager", "--output=cat", "--lines=80"),
    );
    throw error;
  }
}

const filesOf = (machine: Machine): string => {
  const name = "/var/lib/lintel/ending.json";
  return existsSync(machine.path(name)) ? name : "";
};

/** As the office does it; receipts of what was punched a moment ago may still be on their way. */
async function ordered(scene: Scene, office: string, source: string): Promise<void> {
  const sink = ["--sink", `sqlite:${join(office, "store.sqlite")}`];
  for (let tries = 0; tries < 8; tries += 1, await delay(3_000)) {
    const wish = ["--device", source, "--op", "decommission", "--keys", join(office, "keys.json")];
    const { id } = JSON.parse((await runLintel("command", ...sink, ...wish, "--json")).stdout) as { id: string };
    let state = "open";
    await until("an answer", async () => {
      const listed = await runLintel("command", ...sink, "--list", "--json");
      const found = (JSON.parse(listed.stdout) as readonly KnownOrder[]).find((one) => one.id === id);
      state = found?.state ?? "open";
      return !["open", "accepted"].includes(state);
    });
    if (state === "done") return scene.check("the clock accepts the order to end, and answers before it does", true);
    scene.note(`the order is ${state}, and is given again`);
  }
  throw new Error("the clock never accepted it");
}

async function over(scene: Scene, machine: Machine, office: string): Promise<void> {
  const names = async (folder: string): Promise<string> => (await machine.ask("ls", "-A", folder)).trim();
  scene.check(
    "of the clock's folder nothing is left but that it ended",
    (await names("/var/lib/lintel")) === "ended.json",
  );
  scene.check("nor of its settings but the language", (await names("/etc/lintel")) === "kiosk.json");
  scene.check("nor of what systemd sealed", (await names("/etc/credstore.encrypted")) === "");
  scene.check(
    "the certificate lies on the board",
    /decommissioned-k\w+\.txt/.test(await names("/var/lib/lintel-ended")),
  );
  await using sink = openSqliteSink(join(office, "store.sqlite"));
  const records = (await sink.read.ofType("dev.lintel.audit.v1")).map(({ jws }) =>
    Buffer.from(jws?.split(".")[1] ?? "", "base64url").toString("utf8"),
  );
  const ends = records.filter((text) => text.includes('"act":"decommission"'));
  scene.check(
    "the office has one last record, with a certificate",
    ends.length === 1 && /"wip":"ey/.test(ends[0] ?? ""),
  );
  const failed = await machine.ask("systemctl", "is-failed", "lintel-decommission.service");
  scene.check("the unit that did it has not failed", failed.trim() !== "failed");
  await saysSo(scene, "in words");
}

/** The notice goes and comes once more when the settings change, so one page has to say all of it. */
async function saysSo(scene: Scene, how: string): Promise<void> {
  await until(
    "the notice",
    async () => {
      const page = await pageAtWall();
      const isOf = page?.text.includes('data-kind="ended"') === true;
      return page?.code === "decommissioned" && isOf && page.text.includes("This clock is out of service.");
    },
    90_000,
  );
  scene.check(`the screen says ${how} that the clock is out of service`, true);
}
