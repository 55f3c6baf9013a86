import "./runtime/silence.ts";
import { Worker } from "node:worker_threads";
import { Fault } from "../core/fault.ts";
import type { Engine, Enrolment, Template } from "../core/ports/engine.ts";
import type { Frame } from "../core/ports/senses.ts";
import type { Sight } from "../core/sight.ts";
import type { Answers, Asked, Drafted, Reply, Request, WorkerStart } from "./messages.ts";
import { type ModelSet, modelFiles, readModels } from "./models.ts";
import type { ModelBytes } from "./networks.ts";
import { defaultGate, type Gate } from "./quality.ts";
import { turnedSpace } from "./site-turn.ts";
import type { EngineCounters } from "./watcher.ts";

export interface EngineOptions {
  /**
   * The checked bytes of a model file (`openAssets(...).bytes` of the host room). Asked once per file and opening, so
   * that a file swapped on the disk after its check is never loaded.
   */
  readonly modelBytes: (file: string) => Promise<Uint8Array>;
  /** Another model set than the release's own `models.json`, as `parseModels` gives it. */
  readonly models?: ModelSet;
  readonly gate?: Gate;
  /** The site's key, by which all templates are turned: 32 bytes or more. Default: they are as the model gives them. */
  readonly turnKey?: Uint8Array | null;
}

export interface FaceEngine extends Engine {
  /** How much was done since opening: the proof that glances and bystanders are never embedded. */
  readonly counters: () => Promise<EngineCounters>;
}

/**
 * Opens the recognition worker and loads the models.
 *
 * A frame's JPEG is copied before it is transferred: the caller's buffer stays whole for the preview.
 * @throws Fault `model-mismatch`, `model-banned`, and whatever `modelBytes` throws.
 */
export async function openEngine(options: EngineOptions): Promise<FaceEngine> {
  const models = options.models ?? (await readModels());
  const bytes = await bytesOf(models, options.modelBytes);
  const turnKey = options.turnKey ?? null;
  const thread = await startThread({ models, bytes, gate: options.gate ?? defaultGate, turnKey });
  const spaceId = turnedSpace(models.embedding.spaceId, turnKey);
  return {
    spaceId,
    observe: async (frame, attention) => {
      // Nobody looks, so no picture needs to cross the thread.
      if (attention.effort === "off" && !attention.codes) return unseen(frame);
      const jpeg = Uint8Array.from(frame.jpeg);
      return thread.ask({ ask: "observe", jpeg, at: frame.at, attention }, [jpeg.buffer]);
    },
    beginEnrolment: async (plan) => {
      await thread.ask({ ask: "begin-enrolment", plan });
    },
    finishEnrolment: async (person, consentId, at) => {
      const drafted = await thread.ask({ ask: "finish-enrolment", person });
      return enrolment(drafted, { person, consentId, spaceId, createdMs: at.utcMs, source: "camera" });
    },
    enrolPhotographs: async (person, consentId, jpegs, at) => {
      const drafted = await thread.ask({ ask: "enrol-photographs", person, jpegs });
      return enrolment(drafted, { person, consentId, spaceId, createdMs: at.utcMs, source: "photographs" });
    },
    setGallery: async (templates) => {
      await thread.ask({ ask: "gallery", templates });
    },
    admit: async (template) => {
      await thread.ask({ ask: "admit", template });
    },
    withdraw: async (person) => {
      await thread.ask({ ask: "withdraw", person });
    },
    forget: async () => {
      await thread.ask({ ask: "forget" });
    },
    counters: () => thread.ask({ ask: "counters" }),
    [Symbol.asyncDispose]: thread.stop,
  };
}

const enrolment = ({ vectors, quality, alike }: Drafted, whose: Omit<Template, "vectors" | "quality">): Enrolment => ({
  template: { ...whose, vectors, quality },
  alike,
});

const unseen = ({ at }: Frame): Sight => ({ at, faces: 0, face: null, codes: [], enrol: null });

async function bytesOf(models: ModelSet, modelBytes: EngineOptions["modelBytes"]): Promise<ModelBytes> {
  const files = modelFiles(models);
  const bytes = await Promise.all(files.map(modelBytes));
  return new Map(files.map((file, at) => [file, bytes[at] ?? new Uint8Array()]));
}

interface Thread {
  readonly ask: <R extends Request>(request: R, transfer?: readonly ArrayBuffer[]) => Promise<Answers[R["ask"]]>;
  readonly stop: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One frame, one enrolment and a few words beside them; more means that a caller does not wait for answers. */
const waitingMax = 8;
/** A worker that does not end itself within this is not working any more. */
const closeMs = 3_000;

async function startThread(start: WorkerStart): Promise<Thread> {
  // The parent's own flags (a test runner's loaders) are none of the worker's business.
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: start,
    execArgv: [],
    name: "engine",
    // Each frame leaves a megabyte of pixels behind. A small nursery hands it back at once; the usual one keeps 70 MB of
    // pictures that nobody needs (npm run bench -- process).
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 },
  });
  const waitingById = new Map<number, Waiting>();
  let lost: Fault | null = null;
  let lastId = 0;

  const end = (fault: Fault): void => {
    lost ??= fault;
    for (const { reject } of waitingById.values()) reject(lost);
    waitingById.clear();
  };
  const answered = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waitingById.set(id, { resolve, reject });
    });

  worker.on("message", (reply: Reply) => {
    const waiting = waitingById.get(reply.id);
    waitingById.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.answer);
    else waiting?.reject(new Fault(reply.fault.code, reply.fault.message, reply.fault.remedy));
  });
  worker.on("error", (cause) => end(gone(cause)));
  const exited = new Promise<void>((resolve) => {
    worker.on("exit", () => {
      end(gone());
      resolve();
    });
  });

  /** Native code that is cut in the middle takes the whole process along (Napi::Error), so the worker ends itself. */
  const stop = async (): Promise<void> => {
    end(gone());
    worker.postMessage({ id: 0, request: { ask: "close" } } satisfies Asked);
    const hammer = setTimeout(() => void worker.terminate(), closeMs);
    await exited;
    clearTimeout(hammer);
  };
  try {
    await answered(0);
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    stop,
    ask: async <R extends Request>(request: R, transfer: readonly ArrayBuffer[] = []) => {
      if (lost !== null) throw lost;
      if (waitingById.size >= waitingMax) throw new Error("engine: more requests at once than anybody should have");
      lastId += 1;
      const asked: Asked = { id: lastId, request };
      const answer = answered(lastId);
      worker.postMessage(asked, transfer);
      return (await answer) as Answers[R["ask"]];
    },
  };
}

const gone = (cause?: unknown): Fault =>
  new Fault(
    "engine-lost",
    "The recognition worker has ended",
    "It is started again by itself; see the log if not.",
    cause,
  );
