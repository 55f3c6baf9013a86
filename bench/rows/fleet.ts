import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Figures } from "../../provisioning/fleet/figures.ts";
import { bound, type Row } from "../measure.ts";

/** A thousand clocks, mosquitto and `lintel receive`, each in a process of its own: how long a punch waits for its receipt. */

const cli = join(import.meta.dirname, "../../provisioning/cli.ts");
const kiosks = 1000;
/** Six a minute at every clock: the busiest minutes of a shift. */
const punchesPerMinute = 6000;

export async function measure(): Promise<readonly Row[]> {
  await using house = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "lintel-bench-"));
  house.defer(() => rmSync(folder, { recursive: true, maxRetries: 10 }));
  const broker = await openMosquitto(house, folder);
  const [devices, key] = [join(folder, "devices"), join(folder, "receipts.pem")];
  const fleet = ["fleet", "--kiosks", `${kiosks}`, "--seed", "bench"];
  await run(house, ...fleet, "--devices-out", devices);
  const sink = `sqlite:${join(folder, "payroll.sqlite")}`;
  start(house, "receive", "--broker", broker, "--sink", sink, "--devices", devices, "--key", key);
  await until(() => existsSync(key));
  const load = ["--punches-per-minute", `${punchesPerMinute}`, "--minutes", "0.5", "--arrive", "20"];
  const text = await run(house, ...fleet, ...load, "--broker", broker, "--receiver-key", key, "--json");
  const { lagMs, owed, punches, online, perThousand } = JSON.parse(text) as Figures;
  if (owed > 0 || punches === 0 || lagMs === null || perThousand === null)
    throw new Error(`a fleet that lost: ${text}`);
  const what = `${online} of ${kiosks} virtual kiosks online, ${punches} punches in half a minute, none lost`;
  return [
    bound(`${what}: from journal to receipt, p95`, lagMs.p95, 5000, "ms"),
    bound("the same, the slowest of all", lagMs.max, 30_000, "ms"),
  ];
}

function start(house: AsyncDisposableStack, ...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const exited = once(child, "exit");
  house.defer(async () => {
    if (child.kill("SIGKILL")) await exited;
  });
  return child;
}

/** @returns what it printed. */
async function run(house: AsyncDisposableStack, ...args: readonly string[]): Promise<string> {
  const child = start(house, ...args);
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`lintel ${args[0]} ended with ${code}: ${text}`);
  return text;
}

async function openMosquitto(house: AsyncDisposableStack, folder: string): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const lines = [`listener ${port} 127.0.0.1`, "allow_anonymous true", "set_tcp_nodelay true", "log_type none"];
  writeFileSync(join(folder, "conf"), [...lines, `user ${userInfo().username}`].join("\n"));
  const child = spawn("/usr/sbin/mosquitto", ["-c", join(folder, "conf")], { stdio: "ignore" });
  const exited = once(child, "exit");
  house.defer(async () => {
    if (child.kill("SIGKILL")) await exited;
  });
  await until(async () => {
    const socket = connect(port, "127.0.0.1");
    const isUp = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    return isUp;
  });
  return `mqtt://127.0.0.1:${port}`;
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await delay(50)) {
    if (await isTrue()) return;
  }
  throw new Error("broker or receiver does not start");
}
