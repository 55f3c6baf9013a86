import { join } from "node:path";
import { Fault, isFault } from "../core/fault.ts";
import type { Clock } from "../core/ports/senses.ts";
import { openDeviceRoot } from "../host/device-root.ts";
import type { ModelSet } from "../inference/models.ts";
import { turnedSpace, turningBetween } from "../inference/site-turn.ts";
import type { ErasureRooms } from "../privacy/erasure.ts";
import { type DeviceKeys, openDeviceKeys } from "../store/device-keys.ts";
import { openTurnKey, type TurnKey } from "../store/turn-key.ts";
import { keepKeys } from "./keys-at-night.ts";
import { reissue, type TurningRooms } from "./turning.ts";

export interface SealingOptions {
  readonly state: string;
  /** The environment's `CREDENTIALS_DIRECTORY`. */
  readonly credentials: string | undefined;
  /** A site's own key for its turn (config `turnKey`); without it each clock has one of its own. */
  readonly turnKeyFile: string | undefined;
  readonly models: Pick<ModelSet, "embedding">;
  readonly clock: Clock;
  readonly note: (fault: unknown) => void;
}

/** The keys that everything about people is sealed and turned with. */
export interface Sealing {
  /** For whoever seals: vault, people, cards, PINs, roster. */
  readonly keys: DeviceKeys;
  /** For the engine, and for whoever orders a new one (renewal.ts). */
  readonly turnKey: TurnKey;
  /** What the templates of this clock are called. */
  readonly spaceId: string;
  /** A template of this space is turned soon, and nobody has to come for it. */
  readonly isComing: (spaceId: string) => boolean;
  /** For an erasure, and for its certificate. */
  readonly forErasure: Required<Pick<ErasureRooms, "rekey" | "sealing">>;
  /** Turns what is stored and not turned yet, then replaces the device's key when it is due, until `signal` aborts. */
  readonly run: (rooms: SealingRooms, signal: AbortSignal) => Promise<void>;
}

export interface SealingRooms extends Pick<TurningRooms, "people" | "changed"> {
  /** So many templates were turned, and the keys before are destroyed. */
  readonly turned: (count: number) => Promise<void>;
  readonly timeZone: string;
}

const holders = ["vault", "cards", "turn", "pins", "roster"];

/** Before anything that is sealed is opened. @throws Fault `seal-broken`, `config-invalid`, `state-unwritable`, `disk-full`. */
export async function openSealing(options: SealingOptions): Promise<Sealing> {
  const { state, credentials, turnKeyFile, models, clock, note } = options;
  const directory = join(state, "keys");
  const root = await openDeviceRoot({ credentials, tpm: { directory } });
  if (root.notice !== null) note(root.notice);
  const keys = await openDeviceKeys({
    ...{ directory, root, holders, nowUtcMs: () => clock.now().utcMs },
    former: ["people", "pins", "roster"].map((folder) => join(state, folder, "device.seal")),
  });
  const turnKey = await openTurnKey({
    ...{ directory: join(state, "people"), keyBox: keys },
    ...(turnKeyFile !== undefined && { file: turnKeyFile }),
  });
  if (turnKey.notice !== null) note(turnKey.notice);
  const { spaceId, dimension } = models.embedding;
  return {
    keys,
    turnKey,
    spaceId: turnedSpace(spaceId, turnKey.key),
    isComing: (space) => [null, ...turnKey.former()].some((key) => turnedSpace(spaceId, key) === space),
    forErasure: {
      // An erasure is true without it: the night does what a full disk kept from being done now.
      rekey: () =>
        keys.rotate().catch((error: unknown) => {
          if (!isFault(error)) throw error;
          note(error);
        }),
      sealing: () => ({ assure: keys.assurance, rotated: keys.lastRotation() }),
    },
    run: async ({ people, changed, turned, timeZone }, signal) => {
      const turning = { people, turnKey, spaceId, dimension, spaceOf: turnedSpace, between: turningBetween, changed };
      const hadFormer = turnKey.former().length > 0;
      const all = async (): Promise<void> => {
        const count = await reissue(turning, signal);
        if (!signal.aborted && (hadFormer || count > 0)) await turned(count);
      };
      const turns = all().catch((error: unknown) => {
        // What is left is turned at the next start; until then those people come by badge.
        if (!(error instanceof Fault)) throw error;
        note(error);
      });
      await Promise.all([turns, keepKeys({ keys, clock, timeZone, note }, signal)]);
    },
  };
}
