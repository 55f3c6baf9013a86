import { Fault } from "../core/fault.ts";

/** What a disk says that fails, in our words: the operating system's errors about our files, and what they ask of people. */

const fullCodes = ["ENOSPC", "EDQUOT"];
/** Mounted read-only, given up by its file system, or gone. */
const deadCodes = ["EROFS", "EIO", "EUCLEAN", "ENODEV", "ENXIO"];

/**
 * @returns a `Fault` for what the operating system says of a file: `disk-full`, `disk-read-only`, `state-unwritable`.
 *   Anything else stays what it is, also what it says of a socket or a process: where files are written that is a bug of ours.
 */
export function diskFault(error: unknown): unknown {
  if (!isOfTheSystem(error)) return error;
  if (fullCodes.includes(error.code)) return diskFull(error);
  if (deadCodes.includes(error.code)) return diskReadOnly(error);
  return new Fault(
    "state-unwritable",
    `a file of the clock could not be written (${error.code})`,
    "Check that the state folder is there and belongs to the clock's user, then restart the clock.",
    error,
  );
}

export const diskFull = (cause: unknown): Fault =>
  new Fault(
    "disk-full",
    "the disk is full",
    "Free some space on the state partition; saving resumes by itself.",
    cause,
  );

export const diskReadOnly = (cause: unknown): Fault =>
  new Fault(
    "disk-read-only",
    "the disk no longer takes writes",
    "Restart the clock; if it stays like this, replace the SD card or disk. Saved punches can still be read from it.",
    cause,
  );

/** The operating system says the same of sockets and processes, and those are no disk. */
const elsewhere = /^(connect|getaddrinfo|bind|listen|accept|shutdown|send|recvmsg|sendmsg|setsockopt|kill|spawn)\b/;
/** Said of a `read` or `write`, which files and sockets have in common. */
const socketCodes = /^E(CONN|HOST|NET|ADDR|AI_|PIPE|NOTFOUND|TIMEDOUT|NOTCONN)/;

const isOfTheSystem = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error &&
  "syscall" in error &&
  "code" in error &&
  typeof error.code === "string" &&
  !elsewhere.test(String(error.syscall)) &&
  !socketCodes.test(error.code);
