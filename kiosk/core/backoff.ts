/**
 * Full-jitter exponential backoff: a random wait between zero and a cap that doubles, so that a thousand clocks whose
 * broker came back do not return in the same second. Source: Brooker, "Exponential Backoff And Jitter" (AWS, 2015).
 */
export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * @param attempt 0 for the first wait.
 * @param random in [0, 1).
 * @returns milliseconds in [baseMs / 2, min(capMs, baseMs * 2^attempt)]: never zero, so a dead device cannot spin us.
 */
export function waitMs({ baseMs, capMs }: Backoff, attempt: number, random: number): number {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  const floorMs = baseMs / 2;
  return Math.round(floorMs + random * (ceilingMs - floorMs));
}
