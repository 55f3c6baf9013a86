import type { VNode } from "preact";
import type { Chime } from "../chime.ts";
import type { At, ViewOf } from "../kinds.ts";
import type { Wall } from "../sheet.tsx";

/** All that the page has to know of one kind of view. A new kind is one of these and a line in `all.ts`. */
export interface Drawn<A extends At> {
  readonly draw: (view: ViewOf<A>, wall: Wall) => VNode;
  /** What is said aloud when it comes: the same sentence that stands on the wall. */
  readonly sentence: (view: ViewOf<A>, wall: Wall) => string;
  /** How it sounds; nothing where this is absent. */
  readonly chime?: (view: ViewOf<A>) => Chime | null;
  /** True where a person has to see it at once, whoever is reading what stands over the wall. */
  readonly isUrgent?: (view: ViewOf<A>) => boolean;
  /** True where nobody is there to listen, or nothing is worth saying aloud. */
  readonly isSilent?: boolean;
  /** Tells one of its kind from the next: the next person's thanks sounds again, news about the same one does not. */
  readonly moment?: (view: ViewOf<A>) => string;
  /** True where somebody's visit has come to its end: who comes next is met in the site's language again. */
  readonly endsVisit?: boolean;
}
