import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./cloud.ts";
import type { Wall } from "./parts.ts";
import { pageAtWall } from "./wall.ts";

/** From a package on a stick to a clock that punches, and what is left when the package goes. */

const settings = "/etc/lintel/kiosk.json";
/** Pictures without a person, from the real capture program; it goes as soon as somebody pulls the "plug". */
const camera = [
  ...["sh", "-c"],
  "test -e /etc/lintel/camera || exit 1; exec ffmpeg -nostdin -v error -re -f lavfi -i testsrc=size=640x480:rate=12 -q:v 3 -f mpjpeg pipe:1",
];

export async function installed({ scene, machine }: Wall, deb: string): Promise<void> {
  const startedMs = performance.now();
  await machine.run(
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "-q",
    "-y",
    "install",
    "--no-install-recommends",
    deb,
  );
  scene.within("apt install ./lintel.deb, its dependencies being here", performance.now() - startedMs, 120_000);
  scene.check(
    "dpkg says that it is installed",
    /^Status: install ok installed$/m.test(await machine.run("dpkg", "-s", "lintel")),
  );
  scene.check(
    "there are users for the clock and its screen",
    (await machine.ask("getent", "passwd", "lintel", "lintel-screen")).split("\n").length === 3,
  );
  const units = ["lintel.service", "lintel-set-up.service", "lintel-selfcheck.timer"];
  const enabled = (await machine.ask("systemctl", "is-enabled", ...units)).trim().split("\n");
  scene.check(
    `${units.join(", ")} start with the machine`,
    enabled.every((word) => word === "enabled"),
  );
}

export async function notSetUp({ scene, machine }: Wall): Promise<void> {
  await machine.run("systemctl", "start", "lintel-set-up.service", "lintel.service");
  const state = (await machine.ask("systemctl", "is-active", "lintel.service")).trim();
  scene.check("a clock without settings does not start, and has not failed", state === "inactive");
  await until("the screen leads through the set-up", async () => (await pageAtWall())?.status === 200, 20_000);
  scene.check(
    "the screen leads through the set-up",
    (await pageAtWall())?.text.includes("Setting up this clock") === true,
  );
  // Whoever sets it up with their own means stops that.
  await machine.run("systemctl", "stop", "lintel-set-up.service");
  await until("a page says so", async () => (await pageAtWall())?.code === "not-set-up", 10_000);
  const page = await pageAtWall();
  scene.check(
    "the screen says that the clock is not set up, and how to",
    page?.text.includes("sudo lintel provision") === true,
  );
}

export async function setUp(wall: Wall): Promise<void> {
  const { scene, machine, visitor, cloud, punch } = wall;
  cpSync(cloud.state, machine.path("/var/lib/lintel"), { recursive: true });
  await machine.run("chown", "-R", "lintel:lintel", "/var/lib/lintel");
  for (const name of readdirSync(cloud.settings))
    cpSync(join(cloud.settings, name), machine.path(`/etc/lintel/${name}`));
  writeFileSync(machine.path("/etc/lintel/camera"), "");
  writeSettings(wall, {});
  await machine.run("sh", "-c", "chgrp lintel /etc/lintel/* && chmod 640 /etc/lintel/*");
  const key =
    "head -c 32 /dev/urandom | systemd-creds encrypt --with-key=host --name=lintel.kek - /etc/credstore.encrypted/lintel.kek";
  await machine.run("sh", "-c", `mkdir -p -m 700 /etc/credstore.encrypted && ${key}`);

  const startedMs = performance.now();
  await machine.run("systemctl", "start", "lintel.service");
  scene.within("from systemctl start to READY", performance.now() - startedMs, 5_000);
  await onceWell(wall);
  scene.within("and to the camera's first picture", performance.now() - startedMs, 10_000);
  scene.check(
    "the notice is gone",
    (await machine.ask("systemctl", "is-active", "lintel-notice.socket")).trim() === "inactive",
  );
  const keks = machine.path("/var/lib/lintel/keys");
  const by = readdirSync(keks)
    .filter((name) => name.endsWith(".kek"))
    .map((name) => readFileSync(join(keks, name), "utf8"));
  scene.check(
    "what seals people rests on a credential of systemd",
    by.length > 0 && by.every((text) => text.includes('"by":"credential"')),
  );
  await visitor.sees("that it is online", ({ strip }) => strip.uplink === "online");
  await until("the roster is here", async () => (await visitor.tap(String(cloud.cards[0]))) !== null);
  scene.check("ten people punch", (await punch(10)) === 10);
  const level = await machine.ask("systemd-analyze", "security", "--no-pager", "lintel.service");
  const exposure = Number(/exposure level for lintel\.service: ([\d.]+)/.exec(level)?.[1]);
  scene.check(`as it runs, its exposure is ${exposure} of 10 (at most 2.2)`, exposure <= 2.2);
}

/** Writes `kiosk.json`, with changes. */
export function writeSettings({ machine, cloud }: Wall, changes: Readonly<Record<string, unknown>>): void {
  const values = {
    ...{ tenant: "acme", site: "blr-01", broker: cloud.broker.url, cloudKeys: "/etc/lintel/cloud.json" },
    ...{ cardKey: "/etc/lintel/card.key", camera: `command:${JSON.stringify(camera)}`, duplicateWindowMs: 0 },
    ...{ reader: "sim:/run/lintel/reader.sock", assets: "/usr/lib/lintel/models", timeZone: "Europe/Berlin" },
    ...changes,
  };
  writeFileSync(machine.path(settings), JSON.stringify(values, null, 2));
}

/** Milliseconds until the wall shows itself with a camera that gives pictures. */
export const onceWell = ({ visitor }: Pick<Wall, "visitor">, withinMs = 60_000): Promise<number> =>
  visitor.sees(
    "an idle wall with pictures",
    ({ view, strip }) => strip.camera === "on" && strip.reader === "on" && view.at !== "out-of-order",
    withinMs,
  );

export async function removed({ scene, machine }: Wall, journal: string): Promise<void> {
  await machine.run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "remove", "lintel");
  scene.check("apt remove takes the program", !existsSync(machine.path("/usr/lib/lintel/bin/node")));
  scene.check("and leaves the journal", existsSync(machine.path(journal)));
}
