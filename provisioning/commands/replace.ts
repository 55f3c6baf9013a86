import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import { kidOf } from "../../kiosk/core/kid.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import { openBackup } from "../backup/file.ts";
import { type Owed, owedIn } from "../backup/owed.ts";
import { giveToOwner } from "../backup/owner.ts";
import { readOpeningKey } from "../backup/sealing-key.ts";
import { openPlace } from "../receive/places.ts";
import { acceptReplacement, describeDevice, placeOf } from "../replace/accept.ts";
import { replaceBoard } from "../replace/board.ts";
import { readPlace, writePlace } from "../replace/place.ts";
import { print, printJson } from "./print.ts";

interface BoardFlags {
  readonly state: string;
  readonly oldDisk?: string;
  readonly oldCopy?: string;
  readonly backup?: string;
  readonly key?: string;
  readonly place?: string;
  readonly above: string;
  readonly receiver: readonly string[];
  readonly json?: boolean;
}

interface AcceptFlags {
  readonly devices: string;
  readonly sink: string;
  readonly byHand?: boolean;
  readonly json?: boolean;
}

interface PlaceFlags {
  readonly device: string;
  readonly devices: string;
  readonly sink: string;
  readonly name: string;
  readonly out: string;
}

export function addReplace(program: Command): void {
  const replace = program
    .command("replace")
    .summary("put a new board in the place of an old one, so that its chain goes on")
    .description("On the new board before its first start, then once for each receiver (docs/fleet-care.md).");

  replace
    .command("board")
    .summary("on the new board: take the place, the name and the unsent punches of the old one")
    .option("--state <dir>", "the new board's state folder, on which no clock has run", "state")
    .option("--old-disk <dir>", "state folder on the old disk: it signs the change and is silenced")
    .option("--old-copy <dir>", "a copy of it: nothing in it is changed, and the receivers need a person's word")
    .option("--backup <file>", "what `lintel backup` wrote, with --key")
    .option("--key <file>", "private JWK that opens the backup")
    .option("--place <file>", "what `lintel replace place` wrote, where nothing of the old board is left")
    .option("--receiver <name...>", "all who are waited for; where nothing is said, those who ever receipted", [])
    .option("--above <epoch>", "begin above this epoch, where a receiver says that it is used", "0")
    .option("--json", "print it for a program")
    .action(async ({ state, above, json, ...from }: BoardFlags) => {
      const owed = await owedFrom(from);
      const oldDisk = from.oldDisk ?? null;
      const { claim, punches, isHandedOver } = await replaceBoard({ state, owed, oldDisk, above: Number(above) || 0 });
      await giveToOwner(state);
      const told = {
        source: claim.source,
        epoch: claim.epoch,
        kid: kidOf(claim.jwk),
        prev: claim.prev,
        punches,
        isHandedOver,
      };
      if (json) return printJson(told);
      const { epoch, seq } = claim.prev;
      const [, , tenant, site] = claim.source.split(":");
      print(
        [
          `This board is ${describeDevice(claim.source)} from epoch ${claim.epoch} on; it follows on record ${epoch}/${seq}.`,
          `${punches} punches of the old board will be sent from here.`,
          isHandedOver
            ? "The old key signed the change and was destroyed on the old disk."
            : "The old key could not sign: compare this key at the receiver before you accept it.",
          `New key ${told.kid}. Give ${state}/replacement.json to every receiver (\`lintel replace accept\`),`,
          `then start the clock with --tenant ${tenant} --site ${site}.`,
        ].join("\n"),
      );
    });

  replace
    .command("accept")
    .summary("at a receiver: believe the new board's key from its first epoch on, and the old one's up to there")
    .argument("<statement>", "replacement.json of the new board")
    .requiredOption("--devices <file>", "the clocks' public keys, as for `lintel receive`; it is written anew")
    .requiredOption("--sink <place>", "postgres://… or sqlite:FILE: where records are kept")
    .option("--by-hand", "a person compared the key: needed where the old disk could not sign")
    .option("--json", "print it for a program")
    .action(async (statement: string, { devices, sink: place, byHand, json }: AcceptFlags) => {
      const { sink } = await openPlace(place);
      await using store = sink;
      const claim = await acceptReplacement({ statement, devices, sink: store, isByHand: byHand === true });
      if (json)
        return printJson({
          source: claim.source,
          epoch: claim.epoch,
          kid: kidOf(claim.jwk),
          isVouched: claim.isVouched,
        });
      print(
        `${describeDevice(claim.source)} goes on with the key ${kidOf(claim.jwk)} from epoch ${claim.epoch}, ` +
          `${claim.isVouched ? "vouched for by its old key" : "on your word"}. Start the receivers anew.`,
      );
    });

  replace
    .command("place")
    .summary("at a receiver: write down how far a lost clock got, for a new board")
    .requiredOption("--device <source>", "urn:lintel:TENANT:SITE:DEVICE")
    .requiredOption("--devices <file>", "the clocks' public keys, as for `lintel receive`")
    .requiredOption("--sink <place>", "postgres://… or sqlite:FILE: where records are kept")
    .requiredOption("--out <file>", "where it is written")
    .option("--name <name>", "the name that clocks know this receiver by", "payroll")
    .action(async ({ device, devices, sink: place, name, out }: PlaceFlags) => {
      const { sink } = await openPlace(place);
      await using store = sink;
      const owed = await placeOf(device, name, devices, store);
      await writeAtomically(out, writePlace(owed), 0o644);
      print(
        `${describeDevice(device)} got as far as record ${owed.newest.epoch}/${owed.newest.seq}: written to ${out}.`,
      );
    });
}

async function owedFrom({ oldDisk, oldCopy, backup, key, place, receiver }: Partial<BoardFlags>): Promise<Owed> {
  const named = [oldDisk, oldCopy, backup, place].filter((one) => one !== undefined);
  if (named.length !== 1) {
    throw new Fault(
      "config-invalid",
      `${named.length} places of the old board are named, and it must be one`,
      "Say one of --old-disk, --old-copy, --backup with --key, and --place.",
    );
  }
  const folder = oldDisk ?? oldCopy;
  if (folder !== undefined) return owedIn(folder, receiver);
  if (place !== undefined) return readPlace(readFileSync(place, "utf8"));
  if (key === undefined) {
    throw new Fault("key-unusable", "A backup is sealed", "Name the private key that opens it with --key.");
  }
  return openBackup(backup ?? "", await readOpeningKey(key));
}
