import type { Scene } from "../../boot/parts.ts";
import type { Bench } from "./bench.ts";
import { onStick } from "./disk.ts";
import type { Page } from "./page.ts";

/** Readers and cameras of a real kernel, through the unit and the udev rules as they are shipped. */

const unit = "lintel.service";
const group = `/sys/fs/cgroup/system.slice/${unit}/cgroup.procs`;
const vivid = "/sys/bus/platform/drivers/vivid";
export const patienceMs = 240_000;

/** What systemd and the clock said of starts that came to nothing. */
const whyNot = `journalctl --namespace=+lintel --no-pager -o cat -u ${unit} | grep -E 'exited|Failed|timed out|"level":[56]0' | cut -c1-300`;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const shell = ({ board }: Bench, script: string): Promise<string> => board().ask("sh", "-c", script);

const property = async ({ board }: Bench, name: string): Promise<string> =>
  (await board().ask("systemctl", "show", unit, `--property=${name}`, "--value")).trim();

/** A clock that takes punches. */
export async function ready(bench: Bench, scene: Scene): Promise<void> {
  const startedMs = performance.now();
  // Waits for the start that goes on, which asks less of an emulated processor than looking again and again.
  for (let isUp = false; !isUp; isUp = (await property(bench, "ActiveState")) === "active") {
    if (performance.now() - startedMs > 2 * patienceMs) throw new Error("it never was READY");
    await bench.board().ask("systemctl", "start", unit);
  }
  const again = await property(bench, "NRestarts");
  scene.note(
    `READY ${seconds(performance.now() - startedMs)} later${again === "0" ? "" : `, start ${again} after the first`}`,
  );
  if (again !== "0") scene.note(await bench.board().ask("sh", "-c", whyNot));
  bench.lookAtWall();
}

const plugCamera = (bench: Bench): Promise<string> =>
  shell(bench, `modprobe vivid n_devs=1 node_types=0x1; [ -e ${vivid}/vivid.0 ] || echo vivid.0 >${vivid}/bind`);

export const plugEverything = async (bench: Bench): Promise<void> => {
  await bench.board().reader("plug");
  await plugCamera(bench);
  await bench.visitor.sees(
    "reader and camera",
    ({ strip }) => strip.reader === "on" && strip.camera === "on",
    patienceMs,
  );
};

/** Starts with nothing plugged in, as a clock does whose kernel has never seen a camera. */
export async function bare(bench: Bench, scene: Scene): Promise<void> {
  const { board, visitor } = bench;
  scene.check(
    "the unit is the package's: nothing added but patience, devices closed but for its own",
    (await property(bench, "DropInPaths")) === `/etc/systemd/system/${unit}.d/patience.conf` &&
      (await property(bench, "FragmentPath")).endsWith(`/lib/systemd/system/${unit}`) &&
      (await property(bench, "DevicePolicy")) === "closed",
  );
  const [fed, dog] = [
    (await board().ask("systemctl", "show", "--property=RuntimeWatchdogUSec", "--value")).trim(),
    (await board().ask("cat", "/sys/class/watchdog/watchdog0/identity")).trim(),
  ];
  scene.check(`systemd feeds the board's watchdog: ${dog}, ${fed}`, fed === "15s" && dog !== "");
  await visitor.sees("that both are away", ({ strip }) => strip.reader === "lost" && strip.camera === "lost");
  scene.check(
    "nothing is plugged in: the clock runs, and says so",
    (await property(bench, "ActiveState")) === "active",
  );
}

export async function firstPlugged(bench: Bench, scene: Scene): Promise<void> {
  const { board, visitor } = bench;
  const pid = await property(bench, "MainPID");
  await board().reader("plug");
  const readerMs = await visitor.sees("the reader", ({ strip }) => strip.reader === "on", patienceMs);
  scene.check(`a badge reader is plugged in, the first HID device of this kernel: on after ${seconds(readerMs)}`, true);
  await plugCamera(bench);
  const cameraMs = await visitor.sees("pictures", ({ strip }) => strip.camera === "on", patienceMs);
  scene.check(
    `a camera is plugged in, the first V4L2 device of this kernel: pictures after ${seconds(cameraMs)}`,
    true,
  );
  scene.check("by the same process as before", (await property(bench, "MainPID")) === pid);
  const [hid, video] = (await shell(bench, "stat -c '%a %U:%G' /dev/hidraw0 /dev/video0")).trim().split("\n");
  scene.check(
    `our rules gave the reader to the clock (${hid}), Debian's the camera (${video})`,
    hid === "660 root:lintel" && video === "660 root:video",
  );
  const open = await shell(
    bench,
    `for p in $(cat ${group}); do for f in /proc/$p/fd/*; do echo "$(stat -c %U /proc/$p) $(readlink $f)"; done; done | grep -E ' /dev/(hidraw|video)' | sort -u`,
  );
  scene.check(
    `the user lintel has them open: ${open.trim().split("\n").join(", ")}`,
    open.includes("lintel /dev/hidraw0") && open.includes("lintel /dev/video0"),
  );
  // Root in the clock's group: the fence is the kernel's, not a matter of owners.
  const fenced = await shell(
    bench,
    `echo 0 >${group}; head -c 1 /dev/vdb 2>&1 | tr -d '\\0'; true </dev/hidraw0 && echo reader`,
  );
  scene.check(
    "the fence is in force: not even root opens the disk in there, but the reader",
    fenced.includes("Operation not permitted") && fenced.includes("reader"),
  );
}

export async function punches(bench: Bench, scene: Scene, count: number, what: string): Promise<void> {
  let thanked = 0;
  const startedMs = performance.now();
  for (let left = count; left > 0; left -= 1) if (await bench.punch()) thanked += 1;
  scene.check(
    `${what}: ${thanked} of ${count} badges thanked, ${seconds((performance.now() - startedMs) / count)} each`,
    thanked === count,
  );
}

export async function readerPulled(bench: Bench, scene: Scene, page: Page): Promise<void> {
  const { board, visitor } = bench;
  await board().reader("unplug");
  const lostMs = await visitor.sees("a lost reader", ({ strip }) => strip.reader === "lost", patienceMs);
  scene.check(`reader pulled: noticed after ${seconds(lostMs)}`, true);
  scene.check("the page says: The badge reader is resting", await page.says("The badge reader is resting"));
  await board().reader("plug");
  const backMs = await visitor.sees("the reader", ({ strip }) => strip.reader === "on", patienceMs);
  scene.check(`plugged in again: on after ${seconds(backMs)}`, true);
  scene.check("the page says it no more", await page.saysNoMore("The badge reader is resting"));
  await punches(bench, scene, 3, "after that");
}

export async function cameraPulled(bench: Bench, scene: Scene, page: Page): Promise<void> {
  const { visitor } = bench;
  await shell(bench, `echo vivid.0 >${vivid}/unbind`);
  const lostMs = await visitor.sees("a lost camera", ({ strip }) => strip.camera === "lost", patienceMs);
  const gone = (await shell(bench, "ls /dev/video0 2>&1")).includes("No such file");
  scene.check(`camera pulled, /dev/video0 is gone: noticed after ${seconds(lostMs)}`, gone);
  scene.check(
    "the page says: The camera is resting. Tap your badge",
    await page.says("The camera is resting. Tap your badge"),
  );
  await punches(bench, scene, 3, "without a camera");
  await plugCamera(bench);
  const backMs = await visitor.sees("pictures", ({ strip }) => strip.camera === "on", patienceMs);
  scene.check(`plugged in again: pictures after ${seconds(backMs)}`, true);
  scene.check("the page says it no more", await page.saysNoMore("The camera is resting"));
}

/** Somebody's own copy goes out on a stick: mounted for the clock alone, and written when it is pulled. */
export async function stickPlugged(bench: Bench, scene: Scene): Promise<void> {
  const { board, stick } = bench;
  const place = "/media/lintel-stick";
  const mounted = async (): Promise<string> => (await shell(bench, `findmnt -no FSTYPE,OPTIONS ${place}`)).trim();
  const until = async (isIt: (found: string) => boolean): Promise<string> => {
    for (const endMs = performance.now() + patienceMs; performance.now() < endMs; ) {
      const found = await mounted();
      if (isIt(found)) return found;
    }
    throw new Error(
      `the stick: ${await shell(bench, "systemctl status --no-pager 'lintel-stick@*'; lsblk; dmesg | tail -5")}`,
    );
  };
  await board().stick("plug");
  const how = await until((found) => found !== "");
  scene.check(
    `a stick is plugged in and mounted: ${how.slice(0, 60)}…`,
    ["vfat", "nosuid", "nodev", "noexec", "sync"].every((word) => how.includes(word)),
  );
  const pid = await property(bench, "MainPID");
  const asClock = `nsenter --mount --target ${pid} setpriv --reuid lintel --regid lintel --clear-groups`;
  const seen = await shell(
    bench,
    `${asClock} sh -c 'cat ${place}/lintel-ticket-4711.jws; echo "sealed for Ada" >${place}/copy.jwe' && setpriv --reuid nobody --clear-groups ls ${place} 2>&1`,
  );
  scene.check(
    "the running clock, as its own user and where it may write, reads and writes it; nobody else looks into it",
    seen.includes("what set-up looks for") && seen.includes("Permission denied"),
  );
  await board().stick("unplug");
  await until((found) => found === "");
  scene.check("pulled: it is mounted no more", true);
  scene.check("and what was written is on it", onStick(stick, "copy.jwe") === "sealed for Ada\n");
}

export async function killed(bench: Bench, scene: Scene): Promise<void> {
  const { board, visitor } = bench;
  const pid = await property(bench, "MainPID");
  await board().run("kill", "-9", pid);
  const startedMs = performance.now();
  await ready(bench, scene);
  await visitor.sees("reader and camera", ({ strip }) => strip.reader === "on" && strip.camera === "on", patienceMs);
  scene.check("killed: another process", !["0", pid].includes(await property(bench, "MainPID")));
  scene.check(`reader and pictures again after ${seconds(performance.now() - startedMs)}`, true);
  await punches(bench, scene, 3, "after that");
}
