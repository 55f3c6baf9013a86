import { Fault } from "../core/fault.ts";
import { diskFull, diskReadOnly } from "./disk-fault.ts";

/** Result codes of SQLite (sqlite.org/rescode.html), primary unless said otherwise. */
const code = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  format: 24,
  notDb: 26,
};
const shortRead = 522;

/** The extended result code, or null where `error` is not SQLite's: then it is a bug of ours. */
const extendedCode = (error: unknown): number | null =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : null;

const primaryCode = (error: unknown): number => (extendedCode(error) ?? 0) & 0xff;

export const isSqliteError = (error: unknown): boolean => extendedCode(error) !== null;
export const isBusy = (error: unknown): boolean => [code.busy, code.locked].includes(primaryCode(error));

/** The file's content is wrong, as opposed to the disk or its permissions. */
export const isDamage = (error: unknown): boolean =>
  extendedCode(error) === shortRead || [code.error, code.corrupt, code.format, code.notDb].includes(primaryCode(error));

/** What a disk that fails means to the person in front of the box. Not SQLite's: returned as it is. */
export function sqliteFault(error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  const primary = primaryCode(error);
  if (primary === code.full) return diskFull(error);
  if (primary === code.readOnly) return diskReadOnly(error);
  return new Fault(
    "journal-write-failed",
    `the journal could not be read or written (SQLite ${extendedCode(error)})`,
    "Restart the clock; if it stays like this, replace the SD card or disk.",
    error,
  );
}

/** What is stored is not what was written. */
export const corrupt = (message: string): Fault =>
  new Fault(
    "journal-corrupt",
    message,
    "Restart the clock: it then checks the whole journal, keeps what is good and declares the rest.",
  );

/** What a failed opening means, once damage is ruled out. */
export function openFault(error: unknown, file: string): unknown {
  if (primaryCode(error) !== code.cantOpen) return sqliteFault(error);
  return new Fault(
    "state-unwritable",
    `${file} cannot be opened`,
    "Check that the file belongs to the clock's user and that the state folder is writable.",
    error,
  );
}
