import type { Socket } from "node:net";
import { Fault } from "../core/fault.ts";
import type { Clerk } from "../core/ports/wall.ts";
import { openLines } from "./lines.ts";
import { type Heard, lineMaxBytes, parseRequest, type Reply, replyLine } from "./messages.ts";

/** What one visitor may cost the clock. */
export interface Limits {
  /** Who is served at once; more are sent away. */
  readonly visitors: number;
  readonly lineBytes: number;
  /** A request must be whole within this. */
  readonly requestMs: number;
}

export const usualLimits: Limits = { visitors: 4, lineBytes: lineMaxBytes, requestMs: 20_000 };

/** News that nobody reads is dropped; the answer never is. */
const unreadMaxBytes = 65_536;

export interface Waiting {
  readonly limits: Limits;
  /** True where there are enough visitors already. */
  readonly isFull: boolean;
  readonly clerk: Promise<Clerk>;
}

/** Waits on one visitor: hears the request, has it answered, and closes. Throws only bugs of the clerk. */
export async function wait(socket: Socket, { limits, isFull, clerk }: Waiting): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  socket.once("close", leave);
  socket.once("end", leave);
  // A broken line ends in "close" as well; there is nobody left to tell.
  socket.on("error", leave);
  const say = (reply: Reply): void => {
    if (!gone.signal.aborted) socket.write(replyLine(reply));
  };
  try {
    if (isFull) throw refusal("too many tools talk to this clock at once", "Try again when another one is done.");
    const heard = await hear(socket, limits);
    if (heard === null) return;
    const tell: Parameters<Clerk>[1] = (news) => {
      if (socket.writableLength < unreadMaxBytes) say({ news });
    };
    say({ answer: await (await clerk)(heard.request, tell, gone.signal, heard.shown) });
  } catch (error) {
    if (!(error instanceof Fault)) {
      socket.destroy();
      throw error;
    }
    const { code, message, remedy } = error;
    say({ fault: { code, message, remedy } });
  }
  socket.resume();
  socket.end();
  // A visitor who never hangs up does not keep a place.
  socket.setTimeout(limits.requestMs, () => socket.destroy());
}

/** @returns null where the visitor left before the request was whole. */
function hear(socket: Socket, { lineBytes, requestMs }: Limits): Promise<Heard | null> {
  const lines = openLines(lineBytes);
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(refusal("the request did not come in time", "Send it at once, as one line.")),
      requestMs,
    );
    const left = (): void => {
      clearTimeout(late);
      resolve(null);
    };
    socket.once("close", left);
    socket.once("end", left);
    socket.on("data", function onData(chunk: Uint8Array) {
      try {
        const [line, ...more] = lines.take(chunk);
        if (line === undefined) return;
        if (more.length > 0) throw refusal("one connection carries one request", "Connect again for the next.");
        resolve(parseRequest(line));
      } catch (error) {
        reject(error instanceof RangeError ? refusal("the request is too long", "Send fewer pictures.") : error);
      }
      clearTimeout(late);
      socket.off("data", onData);
      // Still read, so that hanging up is noticed; nothing is kept of it.
      socket.resume();
    });
  });
}

const refusal = (message: string, remedy: string): Fault => new Fault("desk-refused", message, remedy);
