import { pino } from "pino";

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

/** @param write takes one line with its newline; stdout in a process, a list in a test. */
export function openLog(format: "plain" | "json", write: (line: string) => void): Log {
  const destination = { write: format === "json" ? write : (line: string) => write(sentenceOf(line)) };
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: (sentence, fields = {}) => logger.info(fields, sentence),
    warn: (sentence, fields = {}) => logger.warn(fields, sentence),
    fatal: (sentence, fields = {}) => logger.fatal(fields, sentence),
  };
}

function sentenceOf(line: string): string {
  const { time, msg, level } = JSON.parse(line) as {
    readonly time: string;
    readonly msg: string;
    readonly level: number;
  };
  const mark = level >= 40 ? "!" : " ";
  return `${new Date(time).toTimeString().slice(0, 8)} ${mark} ${msg}\n`;
}
