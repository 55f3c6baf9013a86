import { once } from "node:events";
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/**
 * A bad network on loopback, between a clock and its broker.
 *
 * Loss is modelled by what it does to a TCP stream: TCP repeats a lost segment until it arrives and everything after it
 * waits, so no byte is missing and all of them are late. Each segment of at most 1,460 bytes waits one retransmission time
 * for every time that it was "lost" in a row, doubling up to sixteen times the first wait. What is not modelled: the
 * congestion window, and SYN or ACK that are lost.
 */
export interface Weather {
  /** In [0, 1): how likely each segment is lost, each time anew. */
  readonly loss: number;
  /** Wait of the first repetition. Linux starts at 200. */
  readonly repeatMs: number;
  /** One way; half of a round trip. */
  readonly delayMs: number;
}

const fair: Weather = { loss: 0, repeatMs: 50, delayMs: 0 };

export interface BadCable extends AsyncDisposable {
  readonly url: string;
  readonly set: (weather: Partial<Weather>) => void;
  /** Bytes of one direction disappear and nobody is told, as on a link of which half is dead. New connections too. */
  readonly blackHole: (direction: "to-broker" | "to-clock" | "both" | "none") => void;
  /** Every connection is reset, and a new one may come at once. */
  readonly cut: () => void;
  /** PUBACKs that went through to the clock: what the broker has promised. */
  readonly promised: () => number;
  readonly connections: () => number;
  /** Segments that were late because they were "lost", of all. */
  readonly segments: () => { readonly lost: number; readonly all: number };
}

const segmentBytes = 1460;

export async function openProxy(port: number, random: () => number = Math.random): Promise<BadCable> {
  let weather = fair;
  let hole: "to-broker" | "to-clock" | "both" | "none" = "none";
  let promised = 0;
  let connections = 0;
  const segments = { lost: 0, all: 0 };
  const open = new Set<Socket>();

  const lateMs = (): number => {
    segments.all += 1;
    let ms = weather.delayMs;
    for (let times = 0; random() < weather.loss; times += 1) {
      segments.lost += 1;
      ms += weather.repeatMs * 2 ** Math.min(times, 4);
    }
    return ms;
  };

  /** In order, each segment after the one before; reading goes on only as fast as the far side takes it. */
  const carry = (from: Socket, to: Socket, direction: "to-broker" | "to-clock", seen: (bytes: Buffer) => void) => {
    let last = Promise.resolve();
    let freeMs = 0;
    let queued = 0;
    from.on("data", (chunk: Buffer) => {
      if (hole === direction || hole === "both") return;
      for (let at = 0; at < chunk.length; at += segmentBytes) {
        const piece = chunk.subarray(at, at + segmentBytes);
        // A delay alone lets many segments be under way at once; a repetition holds up all that follow.
        const dueMs = Math.max(freeMs, performance.now() + lateMs());
        freeMs = dueMs;
        queued += piece.length;
        if (queued > 256 * 1024) from.pause();
        last = last.then(async () => {
          const waitMs = dueMs - performance.now();
          if (waitMs > 0) await delay(waitMs);
          queued -= piece.length;
          if (queued < 128 * 1024) from.resume();
          if (hole === direction || hole === "both" || to.destroyed) return;
          to.write(piece);
          seen(piece);
        });
      }
    });
    from.once("end", () => void last.then(() => to.end()));
  };

  const server = createServer({ noDelay: true }, (near) => {
    connections += 1;
    const far = dial({ port, host: "127.0.0.1", noDelay: true });
    const count = pubackCounter(() => {
      promised += 1;
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", () => {});
      one.once("close", () => {
        open.delete(one);
        // Behind a hole nobody learns that the other side is gone.
        if (hole === "none") other.destroy();
      });
    }
    carry(near, far, "to-broker", () => {});
    carry(far, near, "to-clock", count);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (changes) => {
      weather = { ...weather, ...changes };
    },
    blackHole: (direction) => {
      hole = direction;
    },
    cut,
    promised: () => promised,
    connections: () => connections,
    segments: () => ({ ...segments }),
    [Symbol.asyncDispose]: async () => {
      server.close();
      cut();
    },
  };
}

/** Follows MQTT's framing: a type, a length of one to four bytes, so many bytes. PUBACK is type 4. */
function pubackCounter(found: () => void): (bytes: Buffer) => void {
  let kind = -1;
  let length = 0;
  let shift = 0;
  let left = -1;
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      if (left > 0) {
        const step = Math.min(left, bytes.length - at);
        left -= step;
        at += step;
      } else if (kind === -1) {
        kind = (bytes[at] ?? 0) >> 4;
        [length, shift] = [0, 0];
        at += 1;
        continue;
      } else {
        const byte = bytes[at] ?? 0;
        length += (byte & 0x7f) << shift;
        shift += 7;
        at += 1;
        if ((byte & 0x80) !== 0) continue;
        left = length;
      }
      if (left === 0) {
        if (kind === 4) found();
        [kind, left] = [-1, -1];
      }
    }
  };
}
