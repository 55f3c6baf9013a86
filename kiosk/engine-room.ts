import type { Consented } from "./core/consent/gate.ts";
import { isFault } from "./core/fault.ts";
import type { PersonId } from "./core/person.ts";
import type { Engine, Template } from "./core/ports/engine.ts";
import type { Eyes } from "./eyes.ts";
import { type EngineOptions, openEngine } from "./inference/engine.ts";
import type { ModelSet } from "./inference/models.ts";
import { turnedSpace } from "./inference/site-turn.ts";
import { type KeepOptions, keep } from "./keep.ts";

/** The engine that works now, where one does: whoever comes and goes is told to it. */
export interface EngineRoom {
  /** Of the templates that it makes and takes. */
  readonly spaceId: string;
  readonly now: () => Engine | null;
  /** Unknown to the very next frame. */
  readonly withdraw: (sub: PersonId) => Promise<void>;
  /** Keeps an engine until `signal` aborts. Once. */
  readonly keep: (keeping: EngineKeeping, signal: AbortSignal) => Promise<void>;
}

export interface EngineKeeping extends Omit<KeepOptions<Engine>, "open" | "use"> {
  readonly gallery: () => readonly Consented<Template>[];
  readonly eyes: Pick<Eyes, "lend">;
  /** Whoever enrols people gets it too; null where it is gone. */
  readonly lend: (engine: Engine | null) => void;
  /** Enrols the demo's people; null where nobody is pretended. */
  readonly cast: ((engine: Engine) => Promise<void>) | null;
}

export function openEngineRoom(options: EngineOptions & { readonly models: ModelSet }): EngineRoom {
  let engineNow: Engine | null = null;
  return {
    spaceId: turnedSpace(options.models.embedding.spaceId, options.turnKey ?? null),
    now: () => engineNow,
    withdraw: async (sub) => {
      await engineNow?.withdraw(sub).catch((error: unknown) => {
        if (!isFault(error, "engine-lost")) throw error;
      });
    },
    keep: ({ gallery, eyes, lend, cast, ...kept }, signal) =>
      keep<Engine>(
        {
          ...kept,
          open: async () => {
            await using opened = new AsyncDisposableStack();
            const engine = opened.use(await openEngine(options));
            if (cast !== null) {
              await engine.setGallery(gallery());
              await cast(engine);
            }
            opened.move();
            return engine;
          },
          use: async (engine, until, healthy) => {
            lend(engine);
            engineNow = engine;
            try {
              // Only now: from here on this engine is told of everybody who comes and goes.
              await engine.setGallery(gallery());
              healthy();
              await eyes.lend(engine, until);
            } finally {
              engineNow = null;
              lend(null);
            }
          },
        },
        signal,
      ),
  };
}
