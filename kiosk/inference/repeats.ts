/**
 * Notices a camera that repeats itself. No two pictures of a real sensor are the same, bit for bit: noise sees to it. A
 * frozen camera, a recording in a loop and a still fed in through a cable are.
 *
 * A source slower than the clock's frame rate shows each picture twice in a row. That is no fraud, only nothing new.
 */
export interface Repeats {
  /** @returns true where this picture was not seen before: only then does it say anything. */
  readonly isNew: (picture: Uint8ClampedArray, atMs: number) => boolean;
  /** True from the moment the camera was caught until `forget`. */
  readonly isRepeating: () => boolean;
  readonly forget: () => void;
}

export interface RepeatRules {
  /** The same picture for longer than this is a frozen camera. */
  readonly freezeMs: number;
  /** How many different pictures are remembered: a loop longer than this is not noticed. */
  readonly keep: number;
}

export function openRepeats({ freezeMs, keep }: RepeatRules): Repeats {
  /** A set remembers in which order it was filled, so the first is the oldest. */
  const seen = new Set<number>();
  let last: { readonly print: number; readonly sinceMs: number } | null = null;
  let isRepeating = false;

  return {
    isNew: (picture, atMs) => {
      const print = fingerprintOf(picture);
      if (last?.print === print) {
        if (atMs - last.sinceMs > freezeMs) isRepeating = true;
        return false;
      }
      last = { print, sinceMs: atMs };
      if (seen.has(print)) {
        isRepeating = true;
        return false;
      }
      seen.add(print);
      for (const oldest of seen) {
        if (seen.size <= keep) break;
        seen.delete(oldest);
      }
      return true;
    },
    isRepeating: () => isRepeating,
    forget: () => {
      seen.clear();
      last = null;
      isRepeating = false;
    },
  };
}

/**
 * 52 bits over every bit of the picture: among 600 pictures two different ones share a number once in 10^10 visits.
 * Two lanes as FNV-1a (Fowler, Noll, Vo), one word at a time. Against chance, not against somebody who computes
 * collisions: who can feed bits into the camera has no need of them.
 */
export function fingerprintOf(levels: Uint8ClampedArray): number {
  const words = new Uint32Array(levels.buffer, levels.byteOffset, levels.length >>> 2);
  let low = 0x811c9dc5;
  let high = 0x01234567;
  for (const word of words) {
    low = Math.imul(low ^ word, 0x01000193);
    // The first lane alone never lets a high bit change a lower one.
    high = Math.imul(high ^ word ^ (low >>> 15), 0x85ebca6b);
    high ^= high >>> 13;
  }
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}
