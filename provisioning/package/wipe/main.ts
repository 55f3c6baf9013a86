import { parseArgs } from "node:util";
import { wipe } from "./wipe.ts";

/**
 * `node main.ts --state FOLDER --settings FOLDER --credentials FOLDER --out FOLDER`, as the package's postrm calls it on a purge. Exit codes:
 * 0 everything is gone, 1 something is left or no certificate could be written, and it can be tried again.
 */
const { values } = parseArgs({
  options: {
    state: { type: "string" },
    settings: { type: "string" },
    credentials: { type: "string" },
    out: { type: "string" },
  },
});
const { state, settings, credentials, out } = values;

if (state === undefined || settings === undefined || credentials === undefined || out === undefined) {
  process.stderr.write("usage: node main.ts --state FOLDER --settings FOLDER --credentials FOLDER --out FOLDER\n");
  process.exitCode = 2;
} else {
  try {
    const flag = "purge-everything";
    const { certificate, jws, left } = await wipe({ state, settings, credentials, flag, out, nowUtcMs: Date.now() });
    process.stdout.write(`lintel: wiped. The certificate${jws === null ? ", unsigned," : ""} is ${certificate}\n`);
    if (left.length > 0) {
      process.stderr.write(`lintel: ${left.length} files could not be destroyed: ${left.join(", ")}.\n`);
      process.stderr.write("What to do: see that the disk takes writes, then apt purge lintel again. (wipe-left)\n");
      process.exitCode = 1;
    }
  } catch (error) {
    process.stderr.write(`lintel: the wipe did not end: ${(error as Error).message}.\n`);
    process.stderr.write("What to do: see that the disk takes writes, then apt purge lintel again. (wipe-cut)\n");
    process.exitCode = 1;
  }
}
