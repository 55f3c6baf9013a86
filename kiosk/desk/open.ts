import { lstat, unlink } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Clerk, Desk } from "../core/ports/wall.ts";
import { type Limits, usualLimits, wait } from "./wait.ts";

export interface DeskOptions {
  /** Where `desk.sock` lies. */
  readonly directory: string;
  /** The folder's group may use it too: operators who cannot read the clock's state. Default: its own user alone. */
  readonly isShared?: boolean;
  readonly limits?: Limits;
}

export const socketPath = (directory: string): string => join(directory, "desk.sock");

/** Of a socket's address, without the zero at its end (unix(7): 108 bytes with it). */
const pathMaxBytes = 107;

/**
 * Opens the desk: a socket that the clock's own user and root can reach, and where it is shared the group of its folder.
 * Who may do what of those who reach it is the gate's business (kiosk/office/gate.ts).
 *
 * @throws Fault `config-invalid` where the folder's path is too long for a socket, `state-unwritable` where something
 *   else has its name, `journal-busy` where another clock answers there.
 */
export async function openDesk({ directory, isShared = false, limits = usualLimits }: DeskOptions): Promise<Desk> {
  const path = socketPath(directory);
  if (Buffer.byteLength(path) > pathMaxBytes) {
    throw new Fault(
      "config-invalid",
      `state: ${path} is ${Buffer.byteLength(path)} bytes long, and a socket's path may have ${pathMaxBytes}`,
      "Give the state folder a shorter path with --state; a relative one counts as it is written.",
    );
  }
  await clear(path);
  const clerk = Promise.withResolvers<Clerk>();
  const bug = Promise.withResolvers<never>();
  bug.promise.catch(() => undefined);
  const visitors = new Set<Socket>();
  const server = createServer((socket) => {
    visitors.add(socket);
    socket.once("close", () => visitors.delete(socket));
    wait(socket, { limits, isFull: visitors.size > limits.visitors, clerk: clerk.promise }).catch(bug.reject);
  });
  await listen(server, path, isShared ? 0o117 : 0o177);
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of visitors) socket.destroy();
    await closed;
  };
  return {
    serve: async (serving, signal) => {
      clerk.resolve(serving);
      const stopped = new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.race([stopped, bug.promise]).finally(close);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Takes away what a clock left that died. */
async function clear(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (found === null) return;
  if (!found.isSocket()) {
    throw new Fault("state-unwritable", `${path} is in the way of the desk's socket`, "Move that file elsewhere.");
  }
  if (await answers(path)) {
    throw new Fault(
      "journal-busy",
      "another clock answers at this state folder's desk",
      "Only one clock may run on a state folder: stop the other one (systemctl stop lintel), then start again.",
    );
  }
  await unlink(path);
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createConnection(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });

/** The socket is bound within `listen`, so that nothing else makes a file under this mask. */
function listen(server: Server, path: string, maskBits: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", resolve);
    const mask = process.umask(maskBits);
    try {
      server.listen(path);
    } finally {
      process.umask(mask);
    }
  });
}
