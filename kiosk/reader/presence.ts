/**
 * Whether a card was just laid down or still lies there: readers repeat a card that is left on them, some for ever. A card
 * is away when it was not seen for a while, never because a while has passed since it came.
 */
export interface Presence {
  /** @returns true where this is a tap. */
  readonly seen: (card: string, monoMs: number) => boolean;
  /** The reader says by itself that nothing lies on it. */
  readonly away: (monoMs: number) => void;
}

/** A reader that says "nothing" in between is not believed at once: a card at the edge of its field flickers. */
const flickerMs = 250;

export function createPresence(absentMs: number): Presence {
  let last: { readonly card: string; readonly monoMs: number } | null = null;
  let awaySinceMs: number | null = null;
  return {
    seen: (card, monoMs) => {
      const isAway = awaySinceMs !== null && monoMs - awaySinceMs >= flickerMs;
      const isSame = last !== null && last.card === card && monoMs - last.monoMs < absentMs && !isAway;
      last = { card, monoMs };
      awaySinceMs = null;
      return !isSame;
    },
    away: (monoMs) => {
      awaySinceMs ??= monoMs;
    },
  };
}
