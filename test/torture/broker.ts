import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "../contract/broker-parts.ts";
import { untilListening } from "../listening.ts";

/** A mosquitto of the test's own that can be killed and comes back on its port, with what its disk remembers. */
export interface Mosquitto extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** @param settings lines of mosquitto.conf in addition; `persistence true` is what its distributors ship. */
export async function openMosquitto(settings: readonly string[] = []): Promise<Mosquitto> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "lintel-torture-broker-"));
  const config = join(folder, "mosquitto.conf");
  const lines = [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "persistence true",
    `persistence_location ${folder}/`,
    `user ${userInfo().username}`,
    "log_type error",
    ...settings,
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const starting = spawn("/usr/sbin/mosquitto", ["-c", config], { stdio: "ignore" });
    child = starting;
    const failed = once(starting, "error").then(([cause]) => {
      throw new Error("mosquitto does not start: apt install mosquitto", { cause });
    });
    failed.catch(() => {});
    await Promise.race([untilListening(port), failed]);
  };
  const kill = async (): Promise<void> => {
    const dying = child;
    child = null;
    if (dying === null || dying.exitCode !== null) return;
    const exited = once(dying, "exit");
    dying.kill("SIGKILL");
    await exited;
  };
  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    kill,
    start,
    [Symbol.asyncDispose]: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
