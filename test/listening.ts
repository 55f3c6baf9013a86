import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Resolves once something listens on this port of the loopback. */
export async function untilListening(port: number, withinMs = 20_000): Promise<void> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await delay(20)) {
    if (await answers(port)) return;
  }
  throw new Error(`nothing listens on ${port}`);
}

/** Resolves once nothing does any more. */
export async function untilClosed(port: number): Promise<void> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await delay(20)) {
    if (!(await answers(port))) return;
  }
  throw new Error(`something still listens on ${port}`);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const isUp = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isUp;
}
