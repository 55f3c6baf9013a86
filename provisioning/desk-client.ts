import { createConnection } from "node:net";
import type { z } from "zod";
import type { DeskNews, DeskRequest } from "../kiosk/core/desk.ts";
import { Fault, type FaultCode } from "../kiosk/core/fault.ts";
import { openLines } from "../kiosk/desk/lines.ts";
import { parseReply, requestLine } from "../kiosk/desk/messages.ts";
import { socketPath } from "../kiosk/desk/open.ts";
import { readOwnerProof } from "../kiosk/store/owner-proof.ts";
import { sessionsFor } from "./session-file.ts";

export interface AskOptions<T> {
  /** The state folder of the clock that runs. */
  readonly directory: string;
  readonly request: DeskRequest;
  /** What this kind of request is answered with (kiosk/desk/messages.ts). */
  readonly answer: z.ZodType<T>;
  readonly onNews?: (news: DeskNews) => void;
  /** Show that we can read the clock's state folder. */
  readonly asOwner?: boolean;
  /** Aborting hangs up: the clock then cancels what was asked. */
  readonly signal?: AbortSignal;
}

/** What is true on a demo alone, and so said each time. */
export const demoSentence =
  "A demo's clock: you act as its own operator, and the record says so (docs/operators.md).\n";

/** More than any list of people needs. */
const replyMaxBytes = 64 * 1024 * 1024;

/**
 * Asks a running clock for one thing.
 * @throws the clock's own Fault; `desk-unreachable` where no clock runs on that folder, or it ended meanwhile;
 *   `enrol-ended` after `signal` aborted.
 */
export async function askDesk<T>({ directory, request, answer, onNews, asOwner, signal }: AskOptions<T>): Promise<T> {
  const owner = asOwner ? await readOwnerProof(directory) : null;
  const sessions = await sessionsFor(directory);
  const socket = createConnection(socketPath(directory));
  const hangUp = (): void => void socket.destroy(cancelled());
  signal?.addEventListener("abort", hangUp, { once: true });
  if (signal?.aborted) hangUp();
  try {
    socket.write(requestLine(request, { sessions, owner }));
    const lines = openLines(replyMaxBytes);
    for await (const chunk of socket as AsyncIterable<Uint8Array>) {
      for (const line of lines.take(chunk)) {
        const reply = parseReply(line);
        if ("news" in reply && "actedAs" in reply.news) process.stderr.write(demoSentence);
        else if ("news" in reply) onNews?.(reply.news);
        else if ("answer" in reply) return answer.parse(reply.answer);
        else throw faultOf(reply.fault);
      }
    }
    throw unreachable("the clock ended before it answered");
  } catch (error) {
    if (error instanceof Fault) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ECONNREFUSED") throw unreachable("no clock runs on this state folder", error);
    if (code === "EACCES") throw unreachable("the clock's desk is not yours to use", error);
    if (code === "ECONNRESET" || code === "EPIPE") throw unreachable("the clock ended before it answered", error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", hangUp);
    socket.destroy();
  }
}

/** The codes of a newer clock are passed on as they are. */
const faultOf = ({ code, message, remedy }: { code: string; message: string; remedy: string }): Fault =>
  new Fault(code as FaultCode, message, remedy);

const cancelled = (): Fault =>
  new Fault("enrol-ended", "you cancelled it", "Nothing was kept; begin anew when everybody is ready.");

const unreachable = (message: string, cause?: unknown): Fault =>
  new Fault(
    "desk-unreachable",
    message,
    "Name the folder of a running clock with --state, and be the user it runs as, or root.",
    cause,
  );
