import type { Ease, View } from "../../core/view.ts";

/** What an idle wall does to last: it walks a little, and goes dark when nobody comes. Pure functions of time. */

export interface Shift {
  readonly xPx: number;
  readonly yPx: number;
}

const shiftPx = 6;

/**
 * The same digits stand on the same glass for years: a small walk spares it, one step of at most two pixels in a minute.
 * The two periods have no common divisor, so it takes 33 hours until a place comes again.
 */
export function shiftOf(nowMs: number): Shift {
  const minute = Math.floor(nowMs / 60_000);
  const at = (period: number): number => Math.round(shiftPx * Math.sin((2 * Math.PI * minute) / period)) + 0;
  return { xPx: at(37), yPx: at(53) };
}

/** @param aloneSinceMs when somebody was last seen or felt here. Only idle goes dark: everything else is for somebody. */
export function isDark(view: View | null, aloneSinceMs: number, nowMs: number, ease: Ease | undefined): boolean {
  const afterMin = ease?.darkAfterMin ?? 0;
  return view?.at === "idle" && afterMin > 0 && nowMs - aloneSinceMs >= afterMin * 60_000;
}
