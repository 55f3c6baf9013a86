import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { snapshotAnswer, snapshotsAnswer } from "../../kiosk/desk/messages.ts";
import { pictureIs } from "../../kiosk/store/snapshots.ts";
import { openingKeyIn, openWithTwo, parcelHash } from "../../kiosk/store/two-keys.ts";
import { askDesk } from "../desk-client.ts";
import { personOf } from "./named.ts";
import { print, printJson } from "./print.ts";

interface SnapshotFlags {
  readonly state: string;
  readonly person?: PersonId;
  readonly json?: boolean;
}

interface OpenFlags {
  readonly state: string;
  readonly staffKey: string;
  readonly employerKey: string;
  readonly out: string;
}

export function addSnapshot(program: Command): void {
  const snapshot = program
    .command("snapshot")
    .summary("pictures of punches, where a site takes them: two keys together open one")
    .description("Off unless the site says otherwise; kept 90 days at most (docs/operators.md).");

  snapshot
    .command("key")
    .summary("make one of the two keys, and print its public half for the clock")
    .argument("<file>", "where the private half goes; it must not be there yet")
    .action((file: string) => {
      const { kty, crv, x, d } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
      save(file, `${JSON.stringify({ kty, crv, x, d }, null, 2)}\n`);
      printJson({ kty, crv, x });
    });

  snapshot
    .command("list")
    .summary("which pictures a running clock has; nobody sees them by this")
    .option("--state <dir>", "state folder of the clock", "state")
    .option("--person <id>", "only of them", personOf)
    .option("--json", "print it for a program")
    .action(async ({ state: directory, person, json }: SnapshotFlags) => {
      const request = { ask: "snapshots", person: person ?? null } as const;
      const cards = await askDesk({ directory, request, answer: snapshotsAnswer });
      if (json) return printJson(cards);
      const lines = cards.snapshots.map(
        ({ snapshot: id, person: whose, takenUtcMs }) => `${id}  ${new Date(takenUtcMs).toISOString()}  ${whose}`,
      );
      print([...lines, `${lines.length} pictures`].join("\n"));
    });

  snapshot
    .command("open")
    .summary("open one, with both keys and two operators")
    .description(
      "Needs sessions of a privacy officer and of a supervisor. The picture is opened here, never on the clock.",
    )
    .argument("<picture>", "id that `lintel snapshot list` shows")
    .requiredOption("--staff-key <file>", "private key of whoever speaks for the staff")
    .requiredOption("--employer-key <file>", "private key of the employer")
    .requiredOption("--out <file>", "where the picture goes; it must not be there yet")
    .option("--state <dir>", "state folder of the clock", "state")
    .action(async (picture: string, { state: directory, staffKey, employerKey, out }: OpenFlags) => {
      // Whoever lacks a key is told before anybody is written down as having looked.
      const keys = [
        openingKeyIn(text(staffKey), "the staff"),
        openingKeyIn(text(employerKey), "the employer"),
      ] as const;
      const request = { ask: "snapshot-open", snapshot: picture } as const;
      const sealed = await askDesk({ directory, request, answer: snapshotAnswer });
      save(out, await openWithTwo(sealed.parcel, keys, pictureIs(sealed)));
      print(`Written to ${out}. The punch it belongs to names it as ev.h ${parcelHash(sealed.parcel)}.`);
    });
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Fault("key-unusable", `${path} cannot be read`, "Name a file that is there.", cause);
  }
}

function save(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new Fault("config-invalid", `${path} cannot be written`, "Name a new file in a folder of yours.", cause);
  }
}
