import type { RosterStep } from "../core/ports/people.ts";
import type { RosterPage } from "./contract/roster.ts";

type Page = RosterPage["data"];

/**
 * Pages as they come: in any order, some twice, of several steps at once, and some never. Bounded: what there is no room
 * for is asked for again.
 */
export interface RosterPages {
  /** False where it was here already, or there is no room for it. */
  readonly add: (page: Page) => boolean;
  /** A whole step that leads on from version `have`, and the key to drop it by. */
  readonly whole: (have: number) => { readonly key: string; readonly step: RosterStep } | null;
  readonly drop: (key: string) => void;
  /** Drops what can never be used any more; @returns true where a step was among it that is newer than `have`. */
  readonly settle: (have: number) => boolean;
  /** Something is here and waits for more. */
  readonly isOpen: () => boolean;
  /** What is lacking of the step that was added to last: first and last page of each gap, at most 32. */
  readonly lacking: () => Lacking | null;
}

/** Stands in the question, so that a cloud need not send everything again. */
export interface Lacking {
  readonly base: number;
  readonly to: number;
  readonly pages: number;
  readonly miss: readonly (readonly [number, number])[];
}

interface Part {
  readonly base: number;
  readonly to: number;
  readonly of: number;
  readonly pages: Map<number, Page>;
  chars: number;
  touched: number;
}

const stepsMax = 4;
const charsMax = 48 * 1024 * 1024;
/** What an op weighs besides its text. */
const opChars = 64;
const missMax = 32;

export function openRosterPages(): RosterPages {
  const parts = new Map<string, Part>();
  let touches = 0;
  const chars = () => [...parts.values()].reduce((sum, part) => sum + part.chars, 0);
  const oldestBut = (key: string): string | undefined =>
    [...parts].filter(([other]) => other !== key).sort(([, a], [, b]) => a.touched - b.touched)[0]?.[0];

  return {
    add: (page) => {
      const { base, to, pages: of } = page;
      const key = `${base} ${to} ${of}`;
      const part = parts.get(key) ?? { base, to, of, pages: new Map(), chars: 0, touched: 0 };
      if (page.page >= of || part.pages.has(page.page)) return false;
      const weight = weightOf(page);
      while (parts.size >= stepsMax || chars() + weight > charsMax) {
        const oldest = oldestBut(key);
        if (oldest === undefined) break;
        parts.delete(oldest);
      }
      if (part.chars + weight > charsMax) return false;
      part.pages.set(page.page, page);
      part.chars += weight;
      touches += 1;
      part.touched = touches;
      parts.set(key, part);
      return true;
    },
    whole: (have) => {
      const usable = [...parts].filter(
        ([, { base, to, of, pages }]) => pages.size === of && to > have && (base === have || base === 0),
      );
      // A step from here is smaller than a snapshot; of snapshots the newest.
      usable.sort(([, a], [, b]) => Number(b.base === have) - Number(a.base === have) || b.to - a.to);
      const [first] = usable;
      if (first === undefined) return null;
      const [key, { base, to, of, pages }] = first;
      const ordered = Array.from({ length: of }, (_, n) => pages.get(n)).filter((page) => page !== undefined);
      const root = ordered.at(-1)?.root ?? "";
      return { key, step: { base, to, root, ops: ordered.flatMap(({ ops }) => ops) } };
    },
    drop: (key) => void parts.delete(key),
    settle: (have) => {
      let isBehind = false;
      for (const [key, { base, to }] of parts) {
        const isStray = base !== 0 && base < have;
        if (to > have && !isStray) continue;
        if (to > have) isBehind = true;
        parts.delete(key);
      }
      return isBehind;
    },
    isOpen: () => parts.size > 0,
    lacking: () => {
      const part = [...parts.values()].sort((a, b) => b.touched - a.touched).find(({ pages, of }) => pages.size < of);
      if (part === undefined) return null;
      const miss: [number, number][] = [];
      for (let page = 0; page < part.of && miss.length <= missMax; page += 1) {
        if (part.pages.has(page)) continue;
        const last = miss.at(-1);
        if (last?.[1] === page - 1) last[1] = page;
        else miss.push([page, page]);
      }
      return { base: part.base, to: part.to, pages: part.of, miss: miss.slice(0, missMax) };
    },
  };
}

const weightOf = ({ ops }: Page): number => ops.reduce((sum, [, , , text = ""]) => sum + opChars + text.length, 0);
