import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "./cloud.ts";
import { childrenOf, type Machine } from "./machine.ts";
import type { Wall } from "./parts.ts";

/** The screen itself: the unit as shipped, but for a display that exists in memory only, because a container has none. */

const unit = "lintel-screen.service";
const noDisplay = [
  "[Unit]",
  "ConditionPathExists=",
  "[Service]",
  "PAMName=",
  "TTYPath=",
  "StandardInput=null",
  "TTYReset=no",
  "TTYVHangup=no",
  "TTYVTDisallocate=no",
  "UtmpIdentifier=",
  "Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman XDG_RUNTIME_DIR=/run/lintel-screen",
].join("\\n");

/** @param folder of units: `/run/systemd/system` until the machine ends, `/etc/systemd/system` from its next start on. */
export async function playDisplay({ run }: Machine, folder: string): Promise<void> {
  const place = `${folder}/${unit}.d`;
  await run("sh", "-c", `mkdir -p ${place} && printf '${noDisplay}\\n' >${place}/test.conf`);
  // There is no graphics card either.
  await run("sh", "-c", `printf 'export CHROMIUM_FLAGS="$CHROMIUM_FLAGS --disable-gpu"\\n' >/etc/chromium.d/test`);
}

/** Connections that the screen's browser holds to the clock's port, whoever has that. */
export async function pagesOpen(machine: Machine): Promise<number> {
  const pid = await machine.mainPid(unit);
  return pid === 0 ? 0 : socketsOf(descendants(pid)).length;
}

export async function screenShows(wall: Wall): Promise<void> {
  const { scene, machine } = wall;
  await playDisplay(machine, "/run/systemd/system");
  await machine.run("systemctl", "daemon-reload");
  await machine.run("systemctl", "start", unit);
  const pid = await machine.mainPid(unit);
  await until("the browser asks for the page", async () => (await connections(wall)) > 0, 60_000);
  scene.check("cage runs Chromium, and the page is open", true);
  const [screenUser] = (await machine.run("id", "-u", "lintel-screen")).trim().split("\n");
  const all = descendants(pid);
  const owners = new Set(all.map((one) => /^Uid:\s+(\d+)/m.exec(statusOf(one))?.[1]));
  scene.check(
    `all ${all.length} of its processes are the screen's user's`,
    owners.size === 1 && owners.has(screenUser),
  );
  const renderer = all.find((one) => commandOf(one).includes("--type=renderer"));
  scene.check(
    "the page's process is in the browser's own sandbox: no way to the file system, seccomp",
    renderer !== undefined &&
      /^Seccomp:\s+2$/m.test(statusOf(renderer)) &&
      !commandOf(renderer).includes("--no-sandbox"),
  );
  scene.check("the clock's state cannot be read from the screen", isClosed(pid, "/var/lib/lintel"));
  scene.check("nor its settings", isClosed(pid, "/etc/lintel"));
  scene.check("nobody can debug it from outside", !all.some((one) => commandOf(one).includes("--remote-debugging")));

  const profile = machine.path("/run/lintel-screen/profile");
  const files = readdirSync(profile).length;
  process.kill(pid, "SIGKILL");
  const startedMs = performance.now();
  await until("it is started alone", async () => ![0, pid].includes(await machine.mainPid(unit)), 20_000);
  await until("the page is open again", async () => (await connections(wall)) > 0, 60_000);
  scene.within(
    `screen killed: a page again, with a new profile (${files} files before)`,
    performance.now() - startedMs,
    20_000,
  );

  const again = await machine.mainPid(unit);
  await machine.run("systemctl", "stop", "lintel.service");
  await machine.run(
    "sh",
    "-c",
    "mkdir -p /run/lintel-notice && printf 'out-of-order disk-full de' >/run/lintel-notice/notice",
  );
  await machine.run("systemctl", "start", "lintel-notice.socket");
  // What the page shows meanwhile is seen by test/e2e/notice.test.ts.
  await delay(8_000);
  await machine.run("systemctl", "start", "lintel.service");
  // Two seconds until it asks, and it loads.
  await delay(3_000);
  const backMs = await until("the clock's page is open", async () => (await streams(wall)) > 0, 45_000);
  scene.within("after a notice the clock's page comes back by itself (this looks for 15 s)", backMs, 45_000);
  scene.check("on a screen that nobody restarted", (await machine.mainPid(unit)) === again);
  await machine.run("systemctl", "stop", unit);
}

/** Pages that listen to the clock, our own visitor not counted. */
const connections = async ({ machine }: Wall): Promise<number> =>
  (await machine.mainPid("lintel.service")) === 0 ? 0 : pagesOpen(machine);

/** Connections that are still the same after three beats of the clock's page: what streams, and no single question. */
async function streams({ machine }: Wall): Promise<number> {
  const pids = descendants(await machine.mainPid(unit));
  const before = new Set(socketsOf(pids));
  await delay(15_000);
  return socketsOf(pids).filter((socket) => before.has(socket)).length;
}

/** Connections to port 8080 that one of these processes holds, each by its own port. */
function socketsOf(pids: readonly number[]): readonly string[] {
  const held = new Set(pids.flatMap(linksOf));
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
  return lines.flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const isHeld = words[2] === "0100007F:1F90" && words[3] === "01" && held.has(`socket:[${words[9]}]`);
    return isHeld ? [String(words[1])] : [];
  });
}

function linksOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

const descendants = (pid: number): readonly number[] => [pid, ...childrenOf(pid).flatMap(descendants)];
const statusOf = (pid: number): string => readFileSync(`/proc/${pid}/status`, "utf8");
const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");

/** What systemd puts in the place of a folder that a unit may not have: nothing, and nobody's. */
function isClosed(pid: number, folder: string): boolean {
  const { mode } = statSync(`/proc/${pid}/root${folder}`);
  return (mode & 0o777) === 0 && readdirSync(`/proc/${pid}/root${folder}`).length === 0;
}
