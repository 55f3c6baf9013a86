import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { Fault } from "./core/fault.ts";
import { housingPattern } from "./core/housing.ts";
import { retentionSetting } from "./privacy/retention-settings.ts";
import { siteSettings } from "./site-settings.ts";

/**
 * Every setting there is, in one table: flags, LINTEL_* variables, the config file and the JSON Schema for editors all
 * come from it. What comes first wins: flag, variable, what the cloud wants, file, default. The cloud may set some of them
 * only, and none that the file names in `pinned` (docs/decisions/0011-roster-and-settings.md).
 */

const label = z.string().regex(/^[a-z0-9-]{1,24}$/, "1 to 24 of a-z, 0-9 and -");
const score = z.number().min(0).max(1);
const durationMs = z.int().min(100).max(86_400_000);
const file = z.string().min(1);

export const configSchema = z.strictObject({
  port: z.int().min(0).max(65_535).default(8080).describe("Port of the screen on 127.0.0.1; 0 takes a free one."),
  metricsPort: z
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe("Serve figures for Prometheus on this port of 127.0.0.1; 0 takes a free one. Off where nothing is said."),
  state: file.default("state").describe("Folder of everything this clock keeps."),
  fresh: z.boolean().default(false).describe("Empty a demo's state folder and start over."),
  camera: z
    .string()
    .regex(
      /^(auto|demo|none|usb(:.+)?|pi-csi|jetson|replay:.+|command:.+)$/,
      "one of auto, demo, none, usb, usb:DEVICE, pi-csi, jetson, replay:FILE, command:JSON-ARRAY",
    )
    .default("auto")
    .describe("auto takes a real camera; without one, and with the embedded broker, the demo's footage."),
  cameraTurn: z
    .literal([0, 90, 180, 270])
    .default(0)
    .describe("Degrees clockwise that turn its pictures upright: a camera on its side sees people of more heights."),
  reader: z
    .string()
    .regex(/^(auto|demo|none|sim(:.+)?|hid(:.+)?)$/, "one of auto, none, sim, sim:SOCKET, hid, hid:PATH")
    .default("auto")
    .describe(
      "Badge reader; auto takes a HID reader when there is one, sim:SOCKET is pretended: cards are written to it.",
    ),
  readers: file.optional().describe("JSON file with profiles of the site's own badge readers (docs/readers.md)."),
  cardKey: file
    .optional()
    .describe("File with the site's card key, 32 bytes; sealed at the first start and not needed afterwards."),
  turnKey: file
    .optional()
    .describe(
      "File with the key that turns this site's templates, 32 bytes; another one turns them anew at the next start.",
    ),
  broker: z
    .string()
    .regex(/^(embedded|mqtts?:\/\/.+)$/, "embedded, or a URL with mqtt or mqtts")
    .default("embedded")
    .describe("MQTT broker; embedded is the demo's own broker and backend."),
  brokerCa: file.optional().describe("PEM file of the certificate authorities that may vouch for the broker."),
  brokerCert: file.optional().describe("PEM file of this device's client certificate."),
  brokerKey: file.optional().describe("PEM file of its private key."),
  brokerUser: z.string().min(1).optional().describe("User name at the broker, where it wants one."),
  brokerPasswordFile: file.optional().describe("File whose first line is the password; never on the command line."),
  brokerProfile: z
    .enum(["generic5", "aws", "azure-eg", "azure-iothub", "rabbitmq", "nats"])
    .default("generic5")
    .describe("What kind of broker it is: how its topics are spelled and what it allows (docs/uplink.md)."),
  batches: z
    .boolean()
    .default(false)
    .describe("Send a backlog in gzip batches; every receiver must be able to open them."),
  receiver: label
    .default("payroll")
    .describe(
      "Who receipts punches, on the screen and in receipts. One name per backend: what was receipted under it is not sent again.",
    ),
  receiverKey: file
    .optional()
    .describe("JWK file of the key that signs receipts; a real broker needs it or cloudKeys."),
  cloudKeys: file
    .optional()
    .describe("JWKS file of what the cloud signs with: receivers, commands, roster, settings, time (docs/uplink.md)."),
  privacyPolicy: file
    .optional()
    .describe("File of the employer's signed privacy policy; without one, faces stay off (docs/decisions/0015)."),
  visitorKey: file
    .optional()
    .describe("JWK file of the public key that visitors' names are sealed for; without it no name leaves this clock."),
  supportKey: file.optional().describe("JWK file of the key that collected log lines are sealed for."),
  groups: z.array(label).max(16).default([]).describe("Groups that commands may speak to this clock by; with commas."),
  pinned: z
    .array(z.string())
    .default([])
    .describe("Settings that stay as they are written here, whatever the cloud wants; with commas."),
  tenant: label.default("demo").describe("Organisation in every record's source."),
  site: label.default("riverside").describe("Site in every record's source."),
  ticket: z
    .string()
    .regex(/^[A-Za-z0-9_-]{22}$/, "the id of a ticket")
    .optional()
    .describe("Id of the ticket that this clock was set up with; it stands in its journal's first record."),
  siteName: z.string().min(1).max(60).default("Riverside Works").describe("Site name on the screen."),
  gate: z.string().min(1).max(40).default("Gate 2").describe("This clock's place on the screen."),
  timeZone: z
    .string()
    .refine(isTimeZone, "an IANA time zone such as Europe/Berlin")
    .default(Intl.DateTimeFormat().resolvedOptions().timeZone)
    .describe("IANA time zone of the site."),
  locale: z
    .string()
    .refine(isLocale, "a BCP 47 tag such as en-GB")
    .default("en-GB")
    .describe("Language of the screen."),
  nameMasking: z
    .enum(["full", "first-and-initial", "none"])
    .default("first-and-initial")
    .describe("Names on the screen."),
  liveMin: score.default(0.2).describe("Mean passive liveness below this is never accepted."),
  liveSure: score
    .default(0.4)
    .describe("From here on it is enough by itself; between the two a movement is asked for."),
  challengeShare: score
    .default(0.05)
    .describe("Share of visits that are asked for a movement at random; 1 asks everybody."),
  fpirTarget: z
    .number()
    .min(1e-6)
    .max(0.5)
    .default(0.01)
    .describe("How often a stranger may be taken for somebody; with the number of people it gives the threshold."),
  similarityMin: score
    .optional()
    .describe("Cosine below this is nobody, instead of the threshold that follows from fpirTarget."),
  marginMin: score.default(0.08).describe("Distance that the second identity must keep."),
  badge: z
    .enum(["alone", "with-face"])
    .default("alone")
    .describe("Whether a badge wants the face too; a face that cannot be verified never costs a punch, it flags it."),
  lookMs: durationMs.default(8_000).describe("A face is looked at this long before another way is offered."),
  thanksMs: durationMs.default(5_000).describe("How long thanks shows."),
  duplicateWindowMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(60_000)
    .describe("A second punch within this is asked about."),
  models: file.optional().describe("A model manifest instead of the release's own (docs/models.md)."),
  allowNonCommercial: z
    .boolean()
    .default(false)
    .describe("Load models whose licence forbids commercial use: for research or a private home."),
  housing: z
    .string()
    .regex(housingPattern, "one of none, gpio:gpiochip0/17, gpio:gpiochip0/17:low, hwmon:FILE, sim:FILE")
    .default("none")
    .describe("The switch that knows whether the housing is open (docs/housing.md)."),
  onOpened: z
    .enum(["tell", "lock"])
    .default("tell")
    .describe("What an opened housing does besides its record: nothing, or it locks the clock until `lintel unlock`."),
  keepDays: z
    .int()
    .min(7)
    .max(3_650)
    .default(35)
    .describe("Days that a record stays here after every receiver has receipted it; never less than a week."),
  retention: retentionSetting,
  desk: file
    .optional()
    .describe("Folder of the desk's socket, for a group of operators who cannot read the state (docs/operators.md)."),
  snapshot: z
    .enum(["off", "badge-pin", "all"])
    .default("off")
    .describe("Pictures of punches, sealed to two keys and kept 90 days at most (docs/operators.md)."),
  snapshotKeyStaff: file.optional().describe("JWK file: public key of whoever speaks for the staff, for pictures."),
  snapshotKeyEmployer: file.optional().describe("JWK file: public key of the employer, for pictures."),
  exportDir: file
    .optional()
    .describe(
      "Folder where a USB stick is mounted, /media/lintel-stick on an installed clock: people may take a sealed copy of their data on it.",
    ),
  exportLan: z
    .string()
    .regex(
      /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d{1,5}$/,
      "an address of this box and a port, such as 192.168.1.20:8090",
    )
    .optional()
    .describe("Address and port that phones here reach: opened for one sealed copy at a time; nothing without it."),
  controller: z.string().max(80).default("").describe("Who decides about people's data, for the public notice."),
  contact: z.string().max(120).default("").describe("How they are reached about it."),
  policyUrl: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe("Where the whole privacy policy stands; shown as a code too."),
  ...siteSettings,
  updateTo: z
    .string()
    .regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/, "a version such as 1.4.2")
    .optional()
    .describe("Version that this clock is to run; without it nothing is installed by itself (docs/updates.md)."),
  updateFrom: z
    .string()
    .regex(/^(https:\/\/|http:\/\/127\.0\.0\.1[:/]|\/)\S+$/, "an https URL, or the path of a folder")
    .optional()
    .describe("Where release bundles are: an https URL or a folder, such as that of a USB stick."),
  updateWindow: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "HH:MM-HH:MM")
    .default("02:00-05:00")
    .describe("When an update may be installed, in the site's own time; also then only while nobody is there."),
  assets: file.default(".cache/assets").describe("Folder of the models and the demo footage."),
  log: z.enum(["plain", "json"]).default("plain").describe("Sentences for a person or JSON lines for a journal."),
});

export type Config = Readonly<z.output<typeof configSchema>>;
type Key = keyof Config;

const keys = Object.keys(configSchema.shape) as Key[];

/** For editors: the schema that a config file is checked against. */
export const configJsonSchema = (): object => ({
  title: "Lintel kiosk",
  ...z.toJSONSchema(configSchema, { io: "input", target: "draft-2020-12" }),
});

/** Text from outside, by key: parsed and found to be an object, nothing more. */
export type Values = Readonly<Record<string, unknown>>;

export interface Settled {
  readonly config: Config;
  /** What the cloud wanted and does not get, because somebody at the clock said otherwise. */
  readonly overruled: readonly string[];
}

/**
 * @param argv without node and script.
 * @throws Fault `config-unknown-key` naming the nearest valid one, `config-invalid` naming the key and what it takes.
 */
export const readConfig = (argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Config =>
  settle(argv, env, {}).config;

/**
 * The same, with settings from afar.
 *
 * @param afar already known to be allowed (`kiosk/afar.ts`).
 */
export function settle(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  afar: Values,
): Settled {
  const flags = fromFlags(argv);
  const variables = fromVariables(env);
  const state = String(flags.values.state ?? variables.state ?? configSchema.shape.state.parse(undefined));
  const path = flags.config ?? env.LINTEL_CONFIG;
  const fileValues = path === undefined ? fromFile(join(state, "config.json"), "optional") : fromFile(path, "required");
  const here = parsed({ ...fileValues, ...variables, ...flags.values });
  const said = { ...variables, ...flags.values };
  const overruled = Object.keys(afar).filter((key) => key in said || here.pinned.includes(key));
  const wanted = Object.fromEntries(Object.entries(afar).filter(([key]) => !overruled.includes(key)));
  return { config: Object.keys(wanted).length === 0 ? here : parsed({ ...fileValues, ...wanted, ...said }), overruled };
}

/** @throws Fault `config-unknown-key`, `config-invalid`. */
export function parsed(values: Values): Config {
  const result = configSchema.safeParse(values);
  if (result.success) return Object.freeze(coherent(result.data));
  const [issue] = result.error.issues;
  if (issue?.code === "unrecognized_keys") throw unknownKey(String(issue.keys[0]), "the config file", keys);
  const key = String(issue?.path[0] ?? "");
  throw new Fault(
    "config-invalid",
    `${key}: ${issue?.message ?? "not valid"}`,
    `Correct \`${key}\` (--${kebab(key)}, ${variableOf(key)}, or the config file).`,
  );
}

/** Settings that are valid each by itself and not together. */
function coherent(config: Config): Config {
  const { liveMin, liveSure, badge, camera, pinned, snapshot } = config;
  const stray = pinned.find((key) => !(keys as readonly string[]).includes(key));
  if (stray !== undefined) throw unknownKey(stray, "pinned", keys);
  if (liveMin > liveSure) {
    throw new Fault(
      "config-invalid",
      `liveMin: ${liveMin} is above liveSure, which is ${liveSure}`,
      "Lower `liveMin` or raise `liveSure`: what lies between the two is asked for a movement.",
    );
  }
  if (badge === "with-face" && camera === "none") {
    throw new Fault(
      "config-invalid",
      "badge: with-face needs a camera, and camera is none",
      "Name a camera, or set `badge` to alone.",
    );
  }
  if (snapshot !== "off") {
    const missing = (["snapshotKeyStaff", "snapshotKeyEmployer"] as const).find((key) => config[key] === undefined);
    if (missing !== undefined) {
      throw new Fault(
        "config-invalid",
        `${missing}: snapshot is ${snapshot}, and a picture is only ever taken sealed to two keys`,
        `Make one with \`lintel snapshot key\` and name its public half as \`${missing}\`, or set \`snapshot\` to off.`,
      );
    }
    if (camera === "none") {
      throw new Fault(
        "config-invalid",
        `snapshot: ${snapshot} needs a camera, and camera is none`,
        "Name a camera, or set `snapshot` to off.",
      );
    }
  }
  return config;
}

/** What `--help` prints: every setting with its default, from the same table. */
export function settingsHelp(): string {
  const lines = keys.map((key) => {
    const schema = configSchema.shape[key];
    const preset: unknown = schema.safeParse(undefined).data;
    const isList = typeof preset === "object" && Object.keys(preset ?? {}).length === 0;
    const ending = preset === undefined || isList ? "" : ` [${String(preset)}]`;
    return `  --${kebab(key).padEnd(22)} ${schema.description ?? ""}${ending}`;
  });
  return [
    "npm start -- [--setting VALUE ...]",
    "",
    ...lines,
    `  --${"config".padEnd(22)} A JSON file with any of these; else STATE/config.json if there is one.`,
    "",
    "What is given first here wins: flag, LINTEL_* variable (LINTEL_STATE), what the cloud wants, config file, default.",
  ].join("\n");
}

/** Flags that stand alone: what they set is true or false. */
const isSwitch = (key: Key): boolean => typeof configSchema.shape[key].safeParse(undefined).data === "boolean";

export const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
export const variableOf = (key: string): string => `LINTEL_${kebab(key).replaceAll("-", "_").toUpperCase()}`;

const switches = new Set(keys.filter(isSwitch).map(kebab));

function fromFlags(argv: readonly string[]): {
  readonly values: Record<string, unknown>;
  readonly config: string | undefined;
} {
  const names = ["config", ...keys.map(kebab)];
  const options = Object.fromEntries(
    names.map((name) => [name, { type: switches.has(name) ? "boolean" : "string" } as const]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true, allowPositionals: true });
  const values: Record<string, unknown> = {};
  let config: string | undefined;
  for (const token of tokens) {
    if (token.kind === "positional")
      throw new Fault("config-invalid", `"${token.value}" is not a setting`, "Settings are written --name VALUE.");
    if (token.kind !== "option") continue;
    const key = keys.find((candidate) => kebab(candidate) === token.name);
    if (token.name === "config") config = token.value;
    else if (key === undefined) throw unknownKey(token.name, "the command line", names);
    else values[key] = fromText(key, token.value ?? "true");
  }
  return { values, config };
}

function fromVariables(env: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const known = new Map<string, Key>(keys.map((key) => [variableOf(key), key]));
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith("LINTEL_") || name === "LINTEL_CONFIG" || text === undefined) continue;
    const key = known.get(name);
    if (key === undefined) throw unknownKey(name, "the environment", [...known.keys(), "LINTEL_CONFIG"]);
    values[key] = fromText(key, text);
  }
  return values;
}

function fromFile(path: string, need: "optional" | "required"): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (need === "optional") return {};
    throw new Fault(
      "config-invalid",
      `cannot read the config file ${path}`,
      "Name a file that exists with --config.",
      cause,
    );
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      // Editors write `$schema` to know what they edit; it is not a setting.
      const { $schema: _, ...values } = value as Record<string, unknown>;
      return values;
    }
  } catch (cause) {
    throw new Fault(
      "config-invalid",
      `${path} is not JSON`,
      "Correct the file; an editor shows where with the schema of `lintel config --schema`.",
      cause,
    );
  }
  throw new Fault("config-invalid", `${path} holds no object`, "The file is one JSON object of settings.");
}

/** Flags and variables are text; the schema says what each stands for. */
function fromText(key: Key, text: string): unknown {
  const schema = configSchema.shape[key];
  const sample: unknown = schema.safeParse(undefined).data;
  // A number that may be absent has no sample to go by.
  const isNumber = typeof sample === "number" || (sample === undefined && schema.safeParse(1).success);
  if (isNumber && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (Array.isArray(sample)) return text.split(",").filter((one) => one !== "");
  if (typeof sample === "boolean")
    return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : text;
  return text;
}

function unknownKey(name: string, where: string, valid: readonly string[]): Fault {
  return new Fault(
    "config-unknown-key",
    `"${name}" in ${where} is not a setting`,
    `Did you mean "${closest(name, valid)}"?`,
  );
}

function isTimeZone(name: string): boolean {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId.length > 0;
  } catch {
    return false;
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
