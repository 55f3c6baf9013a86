import { pino } from "pino";
import { priorityPrefix } from "./journald.ts";

/**
 * One line per thing that happened: JSON for journald, or sentences for a person at a terminal. Fields are codes, numbers
 * and pseudonyms; a name, a card number or a picture has no way in, because callers have none to give.
 */
export interface Log {
  readonly info: (sentence: string, fields?: LogFields) => void;
  readonly warn: (sentence: string, fields?: LogFields) => void;
  /** The last line of a process that must end. */
  readonly fatal: (sentence: string, fields?: LogFields) => void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** The newest lines, for somebody far away who has to find out what is wrong. */
export interface LogTail {
  readonly keep: (line: string) => void;
  /** JSON without newlines, redacted, oldest first. */
  readonly lines: () => readonly string[];
}

const tailLines = 400;
const tailLineChars = 1024;

export function openLogTail(): LogTail {
  const lines: string[] = [];
  return {
    keep: (line) => {
      lines.push(redacted(line.trimEnd()).slice(0, tailLineChars));
      if (lines.length > tailLines) lines.shift();
    },
    lines: () => [...lines],
  };
}

/**
 * Nothing personal is in a line to begin with. What looks like it all the same does not leave the box: pseudonyms,
 * addresses, passwords in URLs, and digits long enough for a card, but for the time.
 */
const redacted = (line: string): string =>
  line
    .replace(/\b[pvu]_[0-9a-z]{20}\b/g, (id) => `${id.slice(0, 2)}…`)
    .replace(/\/\/[^/\s"@]+@/g, "//…@")
    .replace(/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+/gu, "…@…")
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, "…");

/**
 * @param write takes one line with its newline; stdout in a process, a list in a test.
 * @param tail hears every line too.
 * @param reader journald wants to know how urgent a line is; nobody else does.
 */
export function openLog(
  format: "plain" | "json",
  write: (line: string) => void,
  tail?: LogTail,
  reader: "journald" | "anybody" = "anybody",
): Log {
  const destination = {
    write: (line: string) => {
      tail?.keep(line);
      const shown = format === "json" ? line : sentenceOf(line);
      write(reader === "journald" ? priorityPrefix(levelOf(line)) + shown : shown);
    },
  };
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: (sentence, fields = {}) => logger.info(fields, sentence),
    warn: (sentence, fields = {}) => logger.warn(fields, sentence),
    fatal: (sentence, fields = {}) => logger.fatal(fields, sentence),
  };
}

const levelOf = (line: string): number => (JSON.parse(line) as { readonly level: number }).level;

function sentenceOf(line: string): string {
  const { time, msg, level } = JSON.parse(line) as {
    readonly time: string;
    readonly msg: string;
    readonly level: number;
  };
  const mark = level >= 40 ? "!" : " ";
  return `${new Date(time).toTimeString().slice(0, 8)} ${mark} ${msg}\n`;
}
