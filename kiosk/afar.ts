import { type Config, configSchema, parsed, readConfig, type Settled, settle, type Values } from "./config.ts";
import { Fault } from "./core/fault.ts";
import type { Wanted, WantedSettings } from "./core/ports/uplink.ts";

/**
 * What may be set from afar: how the site wants to work, and where the broker is. Not who this clock is, where it keeps
 * things, which files it reads keys from or which programs it runs: those would let whoever holds the key for settings
 * become somebody else or run something.
 */
export const settableFromAfar = [
  "siteName",
  "gate",
  "timeZone",
  "locale",
  "nameMasking",
  "liveMin",
  "liveSure",
  "challengeShare",
  "fpirTarget",
  "similarityMin",
  "marginMin",
  "badge",
  "lookMs",
  "thanksMs",
  "duplicateWindowMs",
  "keepDays",
  "groups",
  "broker",
  "brokerUser",
  "brokerProfile",
  "batches",
  // Whoever sets these chooses among what the owner of the fleet signed, and nothing older than what is here.
  "updateTo",
  "updateFrom",
  "updateWindow",
] as const satisfies readonly (keyof Config)[];

/** A change of one of these is only kept once a receipt has come under it. */
const networkKeys = ["broker", "brokerUser", "brokerProfile", "batches"] as const satisfies readonly (keyof Config)[];

type Environment = Readonly<Record<string, string | undefined>>;

/** How settings from afar would stand here. */
export interface Weighed {
  /** Nothing changes by them. */
  readonly isSame: boolean;
  readonly touchesNetwork: boolean;
  readonly overruled: readonly string[];
}

/**
 * What the settings are with what is wanted from afar.
 *
 * @throws Fault `config-unknown-key`, `config-invalid`.
 */
export function settleAfar(argv: readonly string[], env: Environment, wanted: Values): Settled {
  for (const key of Object.keys(wanted)) {
    if ((settableFromAfar as readonly string[]).includes(key) || !(key in configSchema.shape)) continue;
    throw new Fault(
      "config-invalid",
      `${key}: may not be set from afar`,
      "Leave it out; a technician sets it at the clock.",
    );
  }
  // By themselves first: also what is overruled here has to be right.
  parsed(wanted);
  if (typeof wanted.broker === "string") mayMoveTo(wanted.broker, readConfig(argv, env).broker);
  return settle(argv, env, wanted);
}

/**
 * @param wanted to be tried. @param good what holds now; null: nothing from afar.
 * @throws Fault `config-unknown-key`, `config-invalid`.
 */
export function weigh(argv: readonly string[], env: Environment, wanted: Values, good: Values | null): Weighed {
  const { config, overruled } = settleAfar(argv, env, wanted);
  const before = good === null ? readConfig(argv, env) : settleAfar(argv, env, good).config;
  const isSame = JSON.stringify(config) === JSON.stringify(before);
  return { isSame, overruled, touchesNetwork: networkKeys.some((key) => config[key] !== before[key]) };
}

/**
 * What the clock runs with now: what is tried, what held, or what was said at the clock; the first of them that is valid
 * here. Call it once in every start and every re-run: it counts the starts of a trial.
 *
 * @param told why something from afar is not used.
 * @throws Fault `config-…` where what was said at the clock is wrong.
 */
export async function configNow(
  argv: readonly string[],
  env: Environment,
  wanted: WantedSettings,
  told: (fault: Fault) => void,
): Promise<Config> {
  const isFault = (error: unknown): error is Fault => {
    if (!(error instanceof Fault)) throw error;
    told(error);
    return true;
  };
  const valuesOf = ({ doc }: Wanted): Values => JSON.parse(doc) as Values;
  // A disk that is full keeps a trial from being counted, and so from being run.
  const isTrial = await wanted.begin().catch((error: unknown) => !isFault(error));
  const trying = wanted.trying();
  if (isTrial && trying !== null) {
    try {
      return settleAfar(argv, env, valuesOf(trying.wanted)).config;
    } catch (error) {
      if (isFault(error)) await wanted.revert().catch(isFault);
    }
  }
  const good = wanted.good();
  try {
    if (good !== null) return settleAfar(argv, env, valuesOf(good)).config;
  } catch (error) {
    isFault(error);
  }
  return readConfig(argv, env);
}

/** To another broker, and never to a connection that anybody can read where this one cannot be, nor in or out of a demo. */
function mayMoveTo(wanted: string, here: string): void {
  const isDemo = wanted === "embedded" || here === "embedded";
  if (!isDemo && (wanted.startsWith("mqtts:") || here.startsWith("mqtt:"))) return;
  const why = isDemo ? "a demo stays a demo, and a real clock does not become one" : "only TLS may follow TLS";
  throw new Fault("config-invalid", `broker: ${why}`, "A technician changes this at the clock.");
}
