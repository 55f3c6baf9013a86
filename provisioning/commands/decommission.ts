import type { Command } from "commander";
import { type Config, readConfig } from "../../kiosk/config.ts";
import { readTrust } from "../../kiosk/network.ts";
import { writeBackup } from "../backup/file.ts";
import { owedIn, punchesIn } from "../backup/owed.ts";
import { readSealingKey } from "../backup/sealing-key.ts";
import { writeToStick } from "../backup/stick.ts";
import { decommission } from "../decommission/decommission.ts";
import { print, printJson } from "./print.ts";

interface Flags {
  readonly out: string;
  readonly waitS: string;
  readonly takeAlong?: string;
  readonly for?: string;
  readonly raw: readonly string[];
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
    .option("--json", "print it for a program")
    .argument("[settings...]", "the clock's own settings, as for npm start")
    .allowUnknownOption()
    .action(
      async (settings: readonly string[], { out, waitS, takeAlong, for: keyFile, raw, json }: Flags, self: Command) => {
        if ((takeAlong === undefined) !== (keyFile === undefined)) {
          return self.error("error: --take-along and --for belong together");
        }
        const config = readConfig(settings, process.env);
        const key = keyFile === undefined ? null : await readSealingKey(keyFile);
        const ended = await decommission({
          ...{ config, out, patienceMs: Number(waitS) * 1000 || 0, raw },
          takeAlong:
            key === null || takeAlong === undefined
              ? null
              : async () => {
                  const owed = owedIn(config.state, await receiversOf(config));
                  const name = `lintel-${owed.source.split(":")[4]}-last.backup`;
                  const path = await writeToStick(takeAlong, name, await writeBackup(owed, key, new Date()));
                  return { path, punches: punchesIn(owed.records) };
                },
          say: (sentence) => process.stderr.write(`${sentence}\n`),
        });
        if (json) return printJson(ended);
        print(
          `This clock is no more. Its certificate is ${ended.certificate}; give it to whoever asks, and to the receivers.`,
        );
        if (ended.jws !== null) print(ended.jws);
      },
    );
}
