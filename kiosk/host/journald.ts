import { fstatSync } from "node:fs";

/**
 * How urgent a line is, for `journalctl -p warning`. journald reads it from the line's beginning (sd-daemon(3),
 * SyslogLevelPrefix=) and takes it off again, so what it stores is the line as it was. It knows nothing of the `level`
 * in our JSON: without this everything would be as important as everything else.
 */

/** pino's levels and syslog's: critical, error, warning, info, debug. */
const priorities: readonly (readonly [number, number])[] = [
  [60, 2],
  [50, 3],
  [40, 4],
  [30, 6],
];

/** @param level of pino: 30 info, 40 warning, 60 fatal. */
export const priorityPrefix = (level: number): string => `<${priorities.find(([least]) => level >= least)?.[1] ?? 7}>`;

/**
 * Whether journald reads what is written to this file: systemd says which one it connected (`JOURNAL_STREAM`), and a
 * child whose output somebody redirected inherits the variable and not the stream.
 */
export function isJournal({ JOURNAL_STREAM }: Readonly<Record<string, string | undefined>>, file: number): boolean {
  if (JOURNAL_STREAM === undefined) return false;
  try {
    const { dev, ino } = fstatSync(file, { bigint: true });
    return JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
