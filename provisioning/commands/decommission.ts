import type { Command } from "commander";
import { type Config, readConfig } from "../../kiosk/config.ts";
import { readTrust } from "../../kiosk/network.ts";
import { writeBackup } from "../backup/file.ts";
import { owedIn, punchesIn } from "../backup/owed.ts";
import { readSealingKey } from "../backup/sealing-key.ts";
import { writeToStick } from "../backup/stick.ts";
import { decommission, type Ended } from "../decommission/decommission.ts";
import { endAsOrdered } from "../decommission/ordered.ts";
import { print, printJson } from "./print.ts";

interface Flags {
  readonly out: string;
  readonly waitS: string;
  readonly takeAlong?: string;
  readonly for?: string;
  readonly raw: readonly string[];
  readonly ordered?: boolean;
  readonly settingsFolder?: string;
  readonly credentials?: string;
  readonly json?: boolean;
}

/** Who is waited for: one that never receipted anything is owed everything. */
const receiversOf = async (config: Config): Promise<readonly string[]> =>
  config.broker === "embedded" ? [] : (await readTrust(config)).required;

export function addDecommission(program: Command): void {
  program
    .command("decommission")
    .summary("end a clock: send or take along what it owes, destroy its keys and all it kept, and prove it")
    .description(
      "The clock must not run. Takes the settings that the clock itself takes (--config, --state, --broker …). Refuses while " +
        "punches have no receipt. What was cut off is finished by running it again with the same --out.",
    )
    .requiredOption("--out <dir>", "where the signed certificate goes; not into the state folder")
    .option("--wait-s <seconds>", "how long to send what is owed and wait for receipts", "60")
    .option("--take-along <dir>", "stick that takes what has no receipt, sealed with --for")
    .option("--for <file>", "public JWK of whoever shall be able to open it")
    .option("--raw <path...>", "disks that are looked through afterwards, byte by byte (as root)", [])
    .option("--ordered", "carry out the order of this clock's cloud; without one, nothing is done")
    .option("--settings-folder <dir>", "with --ordered: everything in it goes too, but for the language in kiosk.json")
    .option("--credentials <dir>", "with --ordered: what systemd sealed for the clock goes too")
    .option("--json", "print it for a program")
    .argument("[settings...]", "the clock's own settings, as for npm start")
    .allowUnknownOption()
    .action(async (settings: readonly string[], flags: Flags, self: Command) => {
      const { out, waitS, takeAlong, for: keyFile, raw, json } = flags;
      if (flags.ordered !== true && (flags.settingsFolder ?? flags.credentials) !== undefined) {
        return self.error("error: --settings-folder and --credentials belong to --ordered");
      }
      if (flags.ordered === true && takeAlong !== undefined) {
        return self.error("error: --ordered takes nothing along: leave it away to end the clock from here");
      }
      if ((takeAlong === undefined) !== (keyFile === undefined)) {
        return self.error("error: --take-along and --for belong together");
      }
      const config = readConfig(settings, process.env);
      const key = keyFile === undefined ? null : await readSealingKey(keyFile);
      const how = {
        ...{ config, out, patienceMs: Number(waitS) * 1000 || 0, raw },
        say: (sentence: string) => void process.stderr.write(`${sentence}\n`),
      };
      if (flags.ordered === true) {
        const { settingsFolder = null, credentials = null } = flags;
        return tell(await endAsOrdered({ ...how, settings: settingsFolder, credentials }), json);
      }
      const ended = await decommission({
        ...how,
        takeAlong:
          key === null || takeAlong === undefined
            ? null
            : async () => {
                const owed = owedIn(config.state, await receiversOf(config));
                const name = `lintel-${owed.source.split(":")[4]}-last.backup`;
                const path = await writeToStick(takeAlong, name, await writeBackup(owed, key, new Date()));
                return { path, punches: punchesIn(owed.records) };
              },
      });
      tell(ended, json);
    });
}

function tell(ended: Ended | null, isJson: boolean | undefined): void {
  if (isJson) printJson(ended);
  else if (ended === null) print("This clock was ended before. Nothing was left to do.");
  else {
    const { certificate, jws } = ended;
    print(`This clock is no more. Its certificate is ${certificate}; give it to whoever asks, and to the receivers.`);
    if (jws !== null) print(jws);
  }
}
