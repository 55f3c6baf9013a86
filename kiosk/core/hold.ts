import type { RetentionClass } from "./keepsake.ts";
import type { PersonId } from "./person.ts";

/** Somebody answers for it that a few things stay beyond their time, for a reason and until a day. */
export interface Hold {
  /** Id of the order, or `h_` and random letters where it was set at the desk. */
  readonly id: string;
  /** Null: about everybody. */
  readonly sub: PersonId | null;
  readonly classes: readonly RetentionClass[];
  /** Records from this day on; null: from the beginning. Only the journal goes by it. */
  readonly fromUtcMs: number | null;
  readonly untilUtcMs: number;
  /** Who answers for it: a role or a file number, never a name. */
  readonly owner: string;
  /** A code: `dispute`, `claim`, `inspection`. */
  readonly reason: string;
}

/** What a hold may be about: what this clock deletes by itself. */
export const holdable: readonly RetentionClass[] = [
  "snapshot",
  "template",
  "spoof",
  "visitor",
  "punch",
  "audit",
  "person",
];

/** Longer than this has to be said again. */
export const holdDaysMax = 1_096;

export const isAbout = ({ sub, classes }: Hold, cls: RetentionClass, whom: PersonId | null): boolean =>
  classes.includes(cls) && (sub === null || sub === whom);
