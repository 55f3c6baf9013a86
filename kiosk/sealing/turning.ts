import type { PersonId } from "../core/person.ts";
import type { Template } from "../core/ports/engine.ts";
import type { People } from "../core/ports/people.ts";

export interface TurningRooms {
  readonly people: Pick<People, "templates"> & {
    readonly replace: (id: PersonId, change: (template: Template) => Template | null) => Promise<void>;
  };
  readonly turnKey: {
    readonly key: Uint8Array;
    readonly former: () => readonly Uint8Array[];
    readonly forgetFormer: () => Promise<void>;
  };
  /** The model's own space and its dimension, before any turn. */
  readonly spaceId: string;
  readonly dimension: number;
  /** What a space is called when turned by a key (kiosk/inference/site-turn.ts). */
  readonly spaceOf: (spaceId: string, key: Uint8Array | null) => string;
  readonly between: (
    from: Uint8Array | null,
    to: Uint8Array | null,
    dimension: number,
  ) => (vector: Float32Array) => Float32Array;
  /** Some faces can be looked for again. */
  readonly changed: () => Promise<void>;
}

/** People after whom the gallery is told, so that nobody waits for the last one. */
const batch = 250;

/**
 * Re-issues whatever is stored in a space of this model that is not today's: unturned, or turned by a former key. Nobody
 * has to come to the clock. Each template is replaced at once or not at all; what a crash left is done at the next call.
 * A former key is forgotten only after the last template of its space.
 *
 * @returns how many templates were turned.
 */
export async function reissue(rooms: TurningRooms, signal: AbortSignal): Promise<number> {
  const { people, turnKey, spaceId, dimension, spaceOf, between, changed } = rooms;
  const { key } = turnKey;
  const ours = spaceOf(spaceId, key);
  const former: readonly (Uint8Array | null)[] = [null, ...turnKey.former()];
  let count = 0;
  for (const from of former) {
    const theirs = spaceOf(spaceId, from);
    const waiting = people.templates().filter((template) => template.spaceId === theirs);
    if (theirs === ours || waiting.length === 0) continue;
    const turn = between(from, key, dimension);
    for (const { person } of waiting) {
      if (signal.aborted) return count;
      await people.replace(person, (template) =>
        template.spaceId === theirs ? { ...template, spaceId: ours, vectors: template.vectors.map(turn) } : null,
      );
      count += 1;
      if (count % batch === 0) await changed();
    }
  }
  await turnKey.forgetFormer();
  if (count % batch !== 0) await changed();
  return count;
}
