import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startKioskIn } from "./kiosk.ts";

/** What systemd would hear, by a socket of our own: Node has none of this kind. */
const listener = `
import socket, sys
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind(sys.argv[1])
print("up", flush=True)
while True:
    for line in heard.recv(4096).decode().splitlines():
        print(line, flush=True)
`;

test("systemd hears that the clock is ready, that it lives, and that it stops", { timeout: 90_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "lintel-notify-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, "notify");
  const python: ChildProcess = spawn("python3", ["-c", listener, socket], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void python.kill("SIGKILL"));
  let heard = "";
  python.stdout?.on("data", (chunk: Buffer) => {
    heard += chunk.toString();
  });
  const lines = (word: string): number => heard.split("\n").filter((line) => line.startsWith(word)).length;
  await expect.poll(() => lines("up"), { timeout: 20_000 }).toBe(1);
  await using kiosk = startKioskIn(
    { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "1500000" },
    join(folder, "state"),
    "--camera",
    "none",
  );
  const url = await kiosk.url();
  await expect.poll(() => lines("READY=1"), { timeout: 20_000 }).toBe(1);
  expect(heard).toContain(`STATUS=Punching at ${url}`);
  await expect.poll(() => lines("WATCHDOG=1"), { timeout: 20_000 }).toBeGreaterThan(2);

  // A process that hangs says nothing, so that systemd ends it.
  kiosk.child.kill("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const before = lines("WATCHDOG=1");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(lines("WATCHDOG=1")).toBe(before);
  kiosk.child.kill("SIGCONT");

  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
  await expect.poll(() => lines("STOPPING=1"), { timeout: 10_000 }).toBe(1);
  python.kill("SIGKILL");
  await once(python, "exit");
});
