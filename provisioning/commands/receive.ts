import { writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Signer } from "../../kiosk/core/jws.ts";
import { type ProfileName, profiles } from "../../kiosk/uplink/contract/profiles.ts";
import { openReceiver } from "../../kiosk/uplink/receiver/receiver.ts";
import type { PostOptions } from "../receive/broker.ts";
import { makeCloudKeys, openCloudKeys, publicSetOf } from "../receive/cloud-keys.ts";
import { desiredFiles } from "../receive/desired-files.ts";
import { openDispatch } from "../receive/dispatch.ts";
import { filtersOf } from "../receive/filters.ts";
import { followDevices, openReceiptKey, readDevices } from "../receive/keys.ts";
import { openPlace, placeForms } from "../receive/places.ts";
import { runReceiver } from "../receive/run.ts";

interface Options {
  readonly broker: string;
  readonly sink: string;
  readonly devices: string;
  readonly key?: string;
  readonly keys?: string;
  readonly cloudKeys?: string;
  readonly roster?: string;
  readonly settings?: string;
  readonly name: string;
  readonly profile: ProfileName;
  readonly share?: string;
  readonly queue?: string;
  readonly dryRun?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly certKey?: string;
  readonly user?: string;
  readonly passwordFile?: string;
}

export function addReceive(program: Command): void {
  program
    .command("receive")
    .summary("receive, keep and receipt what clocks send")
    .description(
      "The reference backend: verifies every record, keeps it, and only then receipts it. Start as many as you like " +
        "with one --share over one PostgreSQL, and kill any of them.",
    )
    .requiredOption("--broker <url>", "mqtt://host or mqtts://host; amqp://a,amqp://b or amqps://… for a queue")
    .requiredOption("--sink <place>", placeForms)
    .requiredOption("--devices <file>", "the clocks' public keys, one JSON object a line; read again when it changes")
    .option("--key <file>", "the Ed25519 key that signs receipts, PEM; made where it is missing")
    .option(
      "--keys <file>",
      "keys for receipts, orders, rosters, settings, the time and passes, by role; made where missing",
    )
    .option("--cloud-keys <file>", "write their public halves there: what clocks are given with --cloud-keys")
    .option("--roster <file>", "who may use the clocks, one JSON object a line; read again when it changes")
    .option("--settings <file>", "settings of clocks, one JSON object a line; read again when it changes")
    .option("--name <name>", "the name that clocks know this receiver by", "payroll")
    .option("--share <group>", "divide the records with the other receivers of this group")
    .addOption(
      new Option("--profile <name>", "what kind of broker it is").choices(Object.keys(profiles)).default("generic5"),
    )
    .option("--queue <name>", "the queue that is shared, over AMQP; lintel-payroll where nothing is said")
    .option("--dry-run", "keep, but never receipt")
    .option("--ca <file>", "PEM of the broker's authority")
    .option("--cert <file>", "PEM of our certificate")
    .option("--cert-key <file>", "PEM of its key")
    .option("--user <name>")
    .option("--password-file <file>")
    .action(receive);
}

async function receive(options: Options): Promise<void> {
  if (!/^[a-z0-9-]{1,24}$/.test(options.name)) {
    throw new Fault("config-invalid", `--name ${options.name}`, "A receiver's name is 1 to 24 of a-z, 0-9 and -.");
  }
  const { keys, count } = readDevices(options.devices);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const place = await openPlace(options.sink);
  await using sink = place.sink;
  const mayReceipt = place.keeps && options.dryRun !== true;
  const signers = mayReceipt ? signersOf(options) : null;
  const codec = profiles[options.profile].codec({ tenant: "", site: "" });
  const signer = signers?.get("ack") ?? null;
  const receiver = openReceiver({ sink, keys, name: options.name, signer, codec });
  const dispatch =
    signers === null || options.keys === undefined ? null : openDispatch(sink, { name: options.name, signers }, codec);
  const desired = desiredFiles(options, sink.desired);
  const devices = followDevices(options.devices, keys);
  const changes = (): Promise<boolean> => {
    devices();
    return desired();
  };
  say(
    `Receiving as ${options.name} from ${count} clock key(s) into ${place.name}${signer === null ? ", no receipts" : ""}.`,
  );
  const running = { broker: postOf(options), sink, receiver, dispatch, changes, say };
  const tally = await runReceiver(running, stop.signal);
  say(
    `Stopped: ${tally.records} records kept, ${tally.duplicates} had come before, ${tally.forks} forks, ` +
      `${tally.refused} set aside, ${tally.bad} bad; ${tally.receipts} receipts.`,
  );
}

/** With one key receipts are all that can be signed. */
function signersOf({ key, keys, name, cloudKeys }: Options): ReadonlyMap<string, Signer> {
  if (keys !== undefined) {
    const isNew = makeCloudKeys(keys, name);
    const cloud = openCloudKeys([keys]);
    if (cloud.name !== name) {
      throw new Fault(
        "key-unusable",
        `${keys} signs as ${cloud.name}`,
        `Say --name ${cloud.name}, or name other keys.`,
      );
    }
    if (cloudKeys !== undefined) writePublic(cloudKeys, publicSetOf(cloud));
    const where = cloudKeys === undefined ? "say --cloud-keys FILE to have them written" : `they are in ${cloudKeys}`;
    say(`${isNew ? "Made" : "Read"} ${cloud.signers.size} keys; clocks need their public halves: ${where}.`);
    return cloud.signers;
  }
  if (key === undefined) {
    throw new Fault("key-unusable", "Receipts have to be signed", "Name a key file with --keys, or say --dry-run.");
  }
  const { isNew, jwk, signer } = openReceiptKey(key);
  say(`${isNew ? "Made" : "Read"} the receipt key; clocks need its public half: ${JSON.stringify(jwk)}`);
  return new Map([["ack", signer]]);
}

function writePublic(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new Fault("key-unusable", `${file} cannot be written`, "Name a file in a folder that can be written.", cause);
  }
}

/** Results go to standard output, where a sink may write lines of its own. */
const say = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
};

function postOf(options: Options): PostOptions {
  const { broker: brokerUrl, profile, share, queue, ca, cert, certKey, user, passwordFile } = options;
  return {
    brokerUrl,
    filters: filtersOf(profile, share),
    mqtt: profiles[profile].mqtt,
    ...(ca !== undefined && { caFile: ca }),
    ...(cert !== undefined && { certFile: cert }),
    ...(certKey !== undefined && { keyFile: certKey }),
    ...(user !== undefined && { username: user }),
    ...(passwordFile !== undefined && { passwordFile }),
    ...(queue !== undefined && { queue }),
  };
}
