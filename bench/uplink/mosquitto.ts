import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connectAsync } from "mqtt";

/** A broker of the bench's own on loopback; it ends with the house. */
export async function openMosquitto(house: AsyncDisposableStack): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const folder = mkdtempSync(join(tmpdir(), "lintel-bench-"));
  house.defer(() => rmSync(folder, { recursive: true }));
  const lines = [`listener ${port} 127.0.0.1`, "allow_anonymous true", "max_queued_messages 0", "set_tcp_nodelay true"];
  writeFileSync(join(folder, "conf"), [...lines, "log_type none", `user ${userInfo().username}`].join("\n"));
  const child = spawn("/usr/sbin/mosquitto", ["-c", join(folder, "conf")], { stdio: "ignore" });
  house.defer(async () => {
    const exited = once(child, "exit");
    if (child.kill("SIGKILL")) await exited;
  });
  const brokerUrl = `mqtt://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    const client = await connectAsync(brokerUrl, { reconnectPeriod: 0 }).catch(() => null);
    await client?.endAsync();
    if (client !== null) return brokerUrl;
    await delay(50);
  }
  throw new Error("mosquitto does not start: apt install mosquitto");
}
