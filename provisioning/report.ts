import type { JournalReport } from "../kiosk/store/verify.ts";

/** A journal report as a person reads it: the verdict first, then what it rests on. */
export function sentencesOf({ records, epochs, head, firstBad }: JournalReport): readonly string[] {
  const verdict =
    firstBad === null
      ? `Good: ${counted(records, "record")}, every signature, number and link proved.`
      : `BAD at record ${firstBad.epoch}/${firstBad.seq}: ${firstBad.sentence} (${firstBad.code})`;
  const lives = epochs.map(({ epoch, records: count, reason, lost, pruned }) => {
    const declared = lost === null ? "" : `; declares ${lost[0]} to ${lost[1]} of the epoch before as lost`;
    const forgotten = pruned === null ? "" : `; ${pruned[0]} to ${pruned[1]} were receipted and let go, as announced`;
    return `  epoch ${epoch}: ${counted(count, "record")}, began because of ${reason}${declared}${forgotten}`;
  });
  const before = firstBad === null ? [] : [`  ${counted(records, "record")} before it proved themselves.`];
  const last = head === null ? [] : [`  newest: ${head.epoch}/${head.seq}, hash ${head.rh}`];
  return [verdict, ...before, ...lives, ...last];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
