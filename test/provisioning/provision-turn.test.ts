import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type FakeTools, openFakeTools } from "./fake-tools.ts";
import { type LintelProcess, lintel, startLintel } from "./lintel-process.ts";

/** Set-ups that run beside each other, as processes: one has its turn, and a killed one has none. */

interface Board {
  readonly root: string;
  readonly tools: FakeTools;
  readonly start: (...flags: readonly string[]) => LintelProcess;
  readonly run: (...flags: readonly string[]) => ReturnType<typeof lintel>;
}

function openBoard(): Board {
  const root = mkdtempSync(join(tmpdir(), "lintel-turn-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 10 }));
  const tools = openFakeTools(root);
  const words = ["provision", "--root", root, "--camera", "none", "--reader", "none", "--usb", join(root, "stick")];
  return {
    ...{ root, tools },
    start: (...flags) => startLintel([...words, ...flags], { PATH: tools.path }),
    run: (...flags) => lintel([...words, ...flags], { PATH: tools.path }),
  };
}

test("the second of two set-ups is refused in words, leaves the first alone, and has its turn when that was killed", {
  timeout: 60_000,
}, async () => {
  const board = openBoard();
  await using first = board.start();
  await first.says("ok     machine");
  await first.says("disk");
  const second = await board.run();
  expect(second).toMatchObject({ code: 2, said: expect.stringContaining("(set-up-busy)") });
  expect(second.said).toMatch(
    /^another set-up of this clock runs since \d\d:\d\dZ at a console \(process \d+\)\. Go on there;/,
  );
  // To look is nobody's turn.
  expect((await board.run("--dry-run", "--until", "machine")).code).toBe(0);
  await first.kill("SIGKILL");
  expect(await board.run("--until", "disk")).toMatchObject({ code: 0 });
});

test("a console goes before the screen's set-up, shows the same there, and gives the screen back where it is not done", {
  timeout: 60_000,
}, async () => {
  const board = openBoard();
  const log = join(board.root, "asked");
  const pid = join(board.root, "screen.pid");
  // What systemd does with the unit: ends its process and waits for that.
  const stop = `kill "$(cat ${pid})"; while kill -0 "$(cat ${pid})" 2>/dev/null; do sleep 0.1; done`;
  board.tools.put(
    "systemctl",
    `echo "$@" >>${log}; case "$*" in --version) echo "systemd 252";; "stop lintel-set-up.service") ${stop};; esac`,
  );
  await using screen = board.start("--screen", "--port", "0");
  await screen.says("The same is on this machine's screen");
  await screen.says("disk");
  writeFileSync(pid, String(pidIn(board)));
  // Nobody stops what is not a unit.
  expect((await board.run("--no-services")).said).toContain("runs since");
  const taken = await board.run("--wait", "1", "--port", "0");
  expect(taken).toMatchObject({ code: 1, said: expect.stringContaining("(ticket-missing)") });
  expect(taken.said).toContain("makes room");
  expect(taken.said).toContain("The same is on this machine's screen");
  expect(await screen.ended()).toBe(1);
  const asked = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.includes("set-up"));
  expect(asked).toEqual(["stop lintel-set-up.service", "start --no-block lintel-set-up.service"]);
});

test("the screen's set-up waits while a console has its turn, and ends when settings come from elsewhere", {
  timeout: 60_000,
}, async () => {
  const board = openBoard();
  await using console_ = board.start();
  await console_.says("disk");
  await using screen = board.start("--screen", "--port", "0");
  await screen.says("Waiting: another set-up of this clock runs");
  await console_.kill("SIGKILL");
  await screen.says("The same is on this machine's screen");
  const [, url = ""] = /(http:\S+)/.exec(screen.said()) ?? [];
  expect((await fetch(url)).headers.get("lintel-setup")).toBe("1");
  await screen.says("disk");
  mkdirSync(join(board.root, "etc/lintel"), { recursive: true });
  writeFileSync(join(board.root, "etc/lintel/kiosk.json"), "{}\n");
  expect(await screen.ended(), screen.said()).toBe(0);
  expect(screen.said()).toContain("nothing is left to do here");
  expect(existsSync(join(board.root, "run/lintel-set-up/holder.json"))).toBe(false);
});

test("where no lock can be made, it is said what to do", async () => {
  const board = openBoard();
  writeFileSync(join(board.root, "run"), "in the way");
  expect(await board.run()).toMatchObject({ code: 2, said: expect.stringContaining("(state-unwritable)") });
});

const pidIn = ({ root }: Board): number =>
  (JSON.parse(readFileSync(join(root, "run/lintel-set-up/holder.json"), "utf8")) as { readonly pid: number }).pid;
