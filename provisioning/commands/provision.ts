import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { toolsOf } from "../doctor/tools.ts";
import { consoleTalk } from "../provision/console.ts";
import { type Context, createContext, placesBelow } from "../provision/context.ts";
import { endWithSettings } from "../provision/elsewhere.ts";
import { type StepName, stepNames } from "../provision/news.ts";
import { goBeforeScreen, waitForTurn } from "../provision/place-in-line.ts";
import { jsonTalk, plainTalk } from "../provision/plain.ts";
import { renew } from "../provision/renew.ts";
import { runSteps } from "../provision/run.ts";
import { openSetupScreen, type SetupScreen, withScreen } from "../provision/screen/server.ts";
import { steps } from "../provision/steps/all.ts";
import type { Talk } from "../provision/talk.ts";
import { print } from "./print.ts";

interface Flags {
  readonly root: string;
  readonly ticket?: string;
  readonly usb?: string;
  readonly tenant?: string;
  readonly site?: string;
  readonly camera: string;
  readonly reader: string;
  readonly assets?: string;
  readonly timeZone?: string;
  readonly words?: string;
  readonly without: readonly ("camera" | "reader")[];
  readonly services: boolean;
  readonly wait: number;
  readonly dryRun?: boolean;
  readonly until?: StepName;
  readonly renew?: boolean;
  readonly screen?: boolean;
  readonly port: number;
  readonly json?: boolean;
}

/** Long enough to read why it stopped. */
const againMs = 15_000;
/** A tool that seals with a TPM, or starts a unit, takes a while on a small board. */
const toolMs = 30_000;

export function addProvision(program: Command): void {
  program
    .command("provision")
    .summary("set this clock up with a ticket, from the bare machine to the first receipted punch")
    .description(
      "Run it as root at the clock: sudo lintel provision. Every step looks, does and proves; run it again after whatever " +
        "stopped it, a power cut too, and it goes on there (docs/provisioning.md).",
    )
    .option("--ticket <text>", "the ticket, its code's line, or a file with either")
    .option("--usb <dir>", "the folder of a USB stick; else every one that is mounted is looked at")
    .option("--tenant <name>", "take a ticket of this tenant only")
    .option("--site <name>", "take a ticket of this site only")
    .option("--camera <camera>", "as the clock's own setting: auto, usb:DEVICE, pi-csi, jetson, none", "auto")
    .option("--reader <reader>", "as the clock's own setting: auto, hid:PATH, none", "auto")
    .addOption(
      new Option("--without <what...>", "go on without it where the site allows")
        .choices(["camera", "reader"])
        .default([]),
    )
    .option("--assets <dir>", "where the models are, or shall go")
    .option("--time-zone <zone>", "of this site, where the ticket does not say; else the machine's own")
    .option("--words <words>", "the six words that the authority shows, for a set-up that nobody watches")
    .option("--wait <seconds>", "how long somebody is waited for who has to do something", secondsOf, 300)
    .option("--no-services", "start nothing; say how to")
    .option("--until <step>", `stop after this step: ${stepNames.join(", ")}`, stepOf)
    .option("--dry-run", "say what is so and what would be done; change nothing")
    .option("--renew", "only have the clock's certificate renewed, where two thirds of its life are over")
    .option(
      "--screen",
      "on the clock's own screen, as its unit runs it: a page on this machine's port, and again until it is done",
    )
    .option("--port <n>", "of that page", Number, 8080)
    .option("--root <dir>", "everything below another root, for images and tests", "/")
    .option("--json", "one JSON object a line, for a program")
    .action(provision);
}

async function provision(flags: Flags): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  await using rooms = new AsyncDisposableStack();
  const own = talkFor(flags, rooms);
  if (flags.renew) {
    print(await renew(await contextFor(flags, own, stop.signal)));
    return;
  }
  try {
    await setUp(flags, own, stop, rooms);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.exitCode = stop.signal.reason === elsewhere ? 0 : 1;
  }
}

/** Why a set-up ends that has nothing more to do. */
const elsewhere = "settings came from elsewhere";

async function setUp(flags: Flags, own: Talk, stop: AbortController, rooms: AsyncDisposableStack): Promise<void> {
  const { signal } = stop;
  const places = placesBelow(flags.root);
  const options = { isDryRun: flags.dryRun === true, until: flags.until ?? null };
  const line = { folder: places.turn, say: own.say, signal };
  let hasScreen = flags.screen === true;
  if (!options.isDryRun && flags.screen) rooms.use(await waitForTurn(line));
  else if (!options.isDryRun)
    hasScreen = rooms.use(await goBeforeScreen(line, flags.services ? toolsOf(process.env, toolMs) : null)).hasScreen;
  // Where there are settings the port is the clock's, and so is the screen.
  const page = hasScreen && !existsSync(places.settings) ? rooms.use(await openScreenFor(flags)) : null;
  let talk = page === null ? own : withScreen(own, page);
  if (page !== null) {
    own.say(`The same is on this machine's screen: ${page.url}`);
    const end = (): void => {
      own.say(`${upper(elsewhere)}: nothing is left to do here.`);
      stop.abort(elsewhere);
    };
    talk = rooms.use(endWithSettings(places.settings, talk, end)).talk;
  }
  while (!(await runSteps(steps, await contextFor(flags, talk, signal), options))) {
    process.exitCode = 1;
    // Whoever reads the screen has no console to begin again at.
    if (!flags.screen || options.isDryRun) return;
    await wait(againMs, undefined, { signal });
    process.exitCode = 0;
  }
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The notice that nobody has set this clock up has the port until then. */
async function openScreenFor({ port, services }: Flags): Promise<SetupScreen> {
  if (services) await toolsOf(process.env, toolMs)("systemctl", "stop", "lintel-notice.socket");
  return openSetupScreen({ port });
}

function talkFor({ json }: Flags, rooms: AsyncDisposableStack): Talk {
  if (json) return jsonTalk(print);
  if (process.stdin.isTTY && process.stdout.isTTY) return rooms.use(consoleTalk());
  return plainTalk(print);
}

async function contextFor(flags: Flags, talk: Talk, signal: AbortSignal): Promise<Context> {
  const { root, ticket, usb, camera, reader, assets, words, without, tenant, site } = flags;
  return createContext({
    places: placesBelow(root),
    wish: {
      ...{ ticket: ticket ?? null, usb: usb ?? null, tenant, site, camera, reader, without },
      ...{
        assets: assets === undefined ? null : resolve(assets),
        words: words ?? null,
        timeZone: flags.timeZone ?? null,
      },
      ...{ hasServices: flags.services, waitMs: flags.wait * 1_000 },
    },
    ask: toolsOf(process.env, toolMs),
    env: process.env,
    clock: await openSystemClock(),
    ...{ talk, signal },
  });
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError("Between 0 and 86400 seconds.");
}

function stepOf(text: string): StepName {
  const found = stepNames.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`One of ${stepNames.join(", ")}.`);
}
