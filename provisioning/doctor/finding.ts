import type { Fault } from "../../kiosk/core/fault.ts";
import { areaOf, type DoctorCode, remedyOf } from "./catalogue.ts";

/** What one look at something showed. */
export interface Finding {
  /** What was looked at, in a word or two: "certificate". */
  readonly about: string;
  /** `weak` works and will not for ever; `unknown` could not be looked at. */
  readonly is: "good" | "weak" | "wrong" | "unknown";
  readonly sentence: string;
  /** What to do next; null where nothing needs doing. */
  readonly remedy: string | null;
  /** Of docs/doctor.md; null where nothing needs doing. */
  readonly code: string | null;
}

export const good = (about: string, sentence: string): Finding => ({
  ...{ about, is: "good", sentence },
  ...{ remedy: null, code: null },
});

/** @param sentence with the measured value; what to do stands in the catalogue. */
export const weak = (code: DoctorCode, sentence: string, about: string = areaOf(code)): Finding => ({
  ...{ about, is: "weak", sentence, remedy: remedyOf(code), code },
});

export const bad = (code: DoctorCode, sentence: string, about: string = areaOf(code)): Finding => ({
  ...{ about, is: "wrong", sentence, remedy: remedyOf(code), code },
});

export const unknown = (about: string, sentence: string, remedy: string | null = null): Finding => ({
  ...{ about, is: "unknown", sentence, remedy },
  code: null,
});

/** A finding that only somebody with more rights could make. */
export const unseen = (about: string, what: string): Finding => ({
  ...{ about, is: "unknown", sentence: `${what} may not be read as this user`, remedy: remedyOf("rights-missing") },
  code: "rights-missing",
});

/** What another part of the house refused, in its own words. */
export const wrong = (
  about: string,
  { message, remedy, code }: Pick<Fault, "message" | "remedy" | "code">,
): Finding => ({
  ...{ about, is: "wrong", sentence: message, remedy, code },
});

const marks = { good: "ok   ", weak: "note ", wrong: "WRONG", unknown: "?    " } as const;

/** As a technician reads it: the sentence, and under it what to do. */
export function linesOf({ about, is, sentence, remedy, code }: Finding): string {
  const ending = code === null ? "" : ` (${code})`;
  const next = remedy === null ? "" : `\n${" ".repeat(20)}-> ${remedy}`;
  return `${marks[is]} ${about.padEnd(13)} ${sentence}${ending}${next}`;
}
