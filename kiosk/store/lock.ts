import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../core/fault.ts";
import { isBusy } from "./sqlite-error.ts";

export const lockName = "lock.sqlite";

/**
 * One writer per folder. The lock is an open transaction on a database of its own, so that the operating system lets
 * go of it when the process dies, and it also holds while `journal.sqlite` itself is being replaced.
 *
 * @throws Fault `journal-busy`.
 */
export function takeLock(directory: string): Disposable {
  const database = new DatabaseSync(join(directory, lockName), { timeout: 200 });
  try {
    database.exec("pragma journal_mode = memory; begin exclusive");
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new Fault(
      "journal-busy",
      "another process has this journal open",
      "Only one clock may run on a state folder: stop the other one (systemctl stop lintel), then start again.",
      error,
    );
  }
  return { [Symbol.dispose]: () => database.close() };
}
