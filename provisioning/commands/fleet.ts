import { createPublicKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PublicJwk } from "../../kiosk/core/kid.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { type ProfileName, profiles } from "../../kiosk/uplink/contract/profiles.ts";
import type { UplinkOptions } from "../../kiosk/uplink/uplink.ts";
import { deviceLine, type FleetDevice, fleetDevice } from "../fleet/devices.ts";
import { lineOf, summaryOf } from "../fleet/figures.ts";
import { openFleet } from "../fleet/fleet.ts";
import { type JournalKind, onDiskMax } from "../fleet/journals.ts";
import { openChance } from "../fleet/rooms.ts";
import { print, printJson } from "./print.ts";

interface Options {
  readonly kiosks: number;
  readonly punchesPerMinute: number;
  readonly minutes: number;
  readonly rush: number;
  readonly broker?: string;
  readonly profile: ProfileName;
  readonly batches?: boolean;
  readonly receiver: string;
  readonly receiverKey?: string;
  readonly devicesOut?: string;
  readonly seed: string;
  readonly tenant: string;
  readonly site: string;
  readonly journals?: JournalKind;
  readonly state?: string;
  readonly arrive?: number;
  readonly drain: number;
  readonly every: number;
  readonly ca?: string;
  readonly cert?: string;
  readonly certKey?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly json?: boolean;
}

/** Connections a second that a fleet begins with, where nothing is said. */
const arrivalsPerS = 50;

export function addFleet(program: Command): void {
  program
    .command("fleet")
    .summary("try a broker and its receivers with a thousand clocks")
    .description(
      "Runs virtual kiosks in one process: the uplink, keys and journal are a clock's own, the rooms in front are not. " +
        "Without --broker it only writes --devices-out. Exit code 1 where a punch was promised and never receipted.",
    )
    .requiredOption("--kiosks <count>", "how many", whole)
    .option("--punches-per-minute <count>", "of the whole fleet, at random times", amount, 60)
    .option("--minutes <count>", "how long people punch", amount, 1)
    .option("--rush <times>", "a shift starts: in the middle third people come so many times as often", amount, 1)
    .option("--broker <url>", "mqtt://host or mqtts://host")
    .addOption(new Option("--profile <name>", "what kind of broker").choices(Object.keys(profiles)).default("generic5"))
    .option("--batches", "send backlogs in gzip batches")
    .option("--receiver <name>", "who receipts", "payroll")
    .option("--receiver-key <file>", "the key that signs receipts: JWK, or the PEM of lintel receive --key")
    .option("--devices-out <file>", "write the public keys for lintel receive --devices")
    .option("--seed <text>", "the same seed is the same fleet with the same keys", "1")
    .option("--tenant <name>", "tenant of every kiosk", "fleet")
    .option("--site <name>", "site of every kiosk", "box")
    .addOption(
      new Option("--journals <kind>", `disk up to ${onDiskMax} kiosks, else memory`).choices(["disk", "memory"]),
    )
    .option("--state <folder>", "keep journals here and go on with them; only with journals on disk")
    .option("--arrive <seconds>", `the kiosks connect spread over so long (${arrivalsPerS} a second)`, amount)
    .option("--drain <seconds>", "wait so long at the end for what is owed", amount, 60)
    .option("--every <seconds>", "say how it goes so often", amount, 5)
    .option("--ca <file>", "PEM of the broker's authority")
    .option("--cert <file>", "PEM of a certificate that all of them use")
    .option("--cert-key <file>", "PEM of its key")
    .option("--user <name>")
    .option("--password-file <file>")
    .option("--json", "print the end for a program")
    .action(fleet);
}

async function fleet(options: Options): Promise<void> {
  const home = { tenant: options.tenant, site: options.site };
  const devices = Array.from({ length: options.kiosks }, (_, number) => fleetDevice(options.seed, number, home));
  if (options.devicesOut !== undefined) writeDevices(options.devicesOut, devices);
  if (options.broker === undefined) {
    if (options.devicesOut === undefined) throw wrong("Neither --broker nor --devices-out", "Say at least one.");
    return;
  }
  if (options.receiverKey === undefined) throw wrong("No --receiver-key", "Name the file of the receipts' key.");
  const journals = options.journals ?? (options.kiosks <= onDiskMax || options.state !== undefined ? "disk" : "memory");
  if (journals === "memory" && options.state !== undefined) {
    throw wrong("--state with journals in memory", "Leave one of them out.");
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const clock = await openSystemClock();
  await using kiosks = await openFleet({
    devices,
    broker: brokerOf(options, options.broker),
    profile: options.profile,
    batches: options.batches ?? false,
    receiver: { name: options.receiver, jwk: readReceiptKey(options.receiverKey) },
    clock,
    chance: openChance(options.seed),
    journals,
    state: options.state ?? null,
    arriveMs: 1000 * (options.arrive ?? options.kiosks / arrivalsPerS),
  });
  const telling = setInterval(() => say(lineOf(kiosks.figures())), 1000 * options.every);
  try {
    await kiosks.arrive(stop.signal);
    refuseStrangers(kiosks.figures().troubles["receipt-invalid"] ?? 0);
    await kiosks.work(options, stop.signal);
    // Asked to stop, what was promised is still brought in; who asks twice means it.
    await kiosks.drain(1000 * options.drain, new AbortController().signal);
  } finally {
    clearInterval(telling);
  }
  const figures = kiosks.figures();
  if (options.json) printJson(figures);
  else print(summaryOf(figures));
  if (figures.owed > 0) process.exitCode = 1;
}

function brokerOf({ ca, cert, certKey, user, passwordFile }: Options, brokerUrl: string): UplinkOptions["broker"] {
  return {
    brokerUrl,
    ...(ca !== undefined && { caFile: ca }),
    ...(cert !== undefined && { certFile: cert }),
    ...(certKey !== undefined && { keyFile: certKey }),
    ...(user !== undefined && { username: user }),
    ...(passwordFile !== undefined && { passwordFile }),
  };
}

function writeDevices(file: string, devices: readonly FleetDevice[]): void {
  try {
    writeFileSync(file, devices.map((device) => `${deviceLine(device)}\n`).join(""));
  } catch (cause) {
    throw new Fault("state-unwritable", `${file} cannot be written`, "Name a file that this user may write.", cause);
  }
}

/** A receiver that knows more of a kiosk than its journal would rightly call all that follows a fork. */
function refuseStrangers(count: number): void {
  if (count === 0) return;
  throw new Fault(
    "receipt-invalid",
    `${count} of the kiosks get receipts that do not fit them`,
    "The receiver knows this --seed from an earlier run, or signs with another key: take another seed or an empty store.",
  );
}

/** The public half, whatever half the file has. */
function readReceiptKey(file: string): PublicJwk {
  try {
    const text = readFileSync(file, "utf8");
    const key = createPublicKey(text.trimStart().startsWith("{") ? { key: JSON.parse(text), format: "jwk" } : text);
    const { kty = "", crv = "", x = "" } = key.export({ format: "jwk" });
    if (crv !== "Ed25519") throw new RangeError(`a key of the kind ${crv}`);
    return { kty, crv, x };
  } catch (cause) {
    throw new Fault("key-unusable", `${file} holds no receipt key`, "Ed25519 as JWK or PEM is wanted.", cause);
  }
}

const wrong = (message: string, remedy: string): Fault => new Fault("config-invalid", message, remedy);

const say = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
};

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) throw new InvalidArgumentError("a number is wanted");
  return value;
}

function whole(text: string): number {
  const value = amount(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("at least 1");
  return value;
}
