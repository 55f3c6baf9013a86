import { parentPort, workerData } from "node:worker_threads";
import { Fault, isFault } from "../core/fault.ts";
import type { PersonId } from "../core/person.ts";
import { openGallery } from "./gallery.ts";
import type { Answers, Asked, Drafted, Reply, Request, WorkerStart } from "./messages.ts";
import { openNetworks } from "./networks.ts";
import { draftFromPhotographs } from "./photographs.ts";
import { turnedSpace } from "./site-turn.ts";
import { draftOf, type FaceDraft, likenesses } from "./template.ts";
import { openWatcher } from "./watcher.ts";

/**
 * The thread that owns the pixels. `session.run()` blocks the thread it is called on for as long as the model takes, so
 * it must never be the one that answers people (microsoft/onnxruntime#19611).
 */

const port = parentPort;
if (port === null) throw new Error("worker.ts runs only as a worker thread");
const send = (reply: Reply): void => port.postMessage(reply);

const handle = await open(workerData as WorkerStart).catch((error: unknown) => answerFault(0, error));
if (handle !== undefined) {
  send({ id: 0, ok: true, answer: null });
  // One request at a time, in the order of arrival; the caller bounds how many there are.
  let previous = Promise.resolve();
  port.on("message", ({ id, request }: Asked) => {
    previous = previous.then(async () => {
      try {
        send({ id, ok: true, answer: await handle(request) });
      } catch (error) {
        answerFault(id, error);
      }
    });
  });
}

async function open({
  models,
  bytes,
  gate,
  turnKey,
}: WorkerStart): Promise<(request: Request) => Promise<Answers[keyof Answers]>> {
  const networks = await openNetworks(models, bytes, turnKey);
  const { spaceId, dimension } = models.embedding;
  const gallery = openGallery(turnedSpace(spaceId, turnKey), dimension);
  const watcher = openWatcher(networks, gallery, gate);
  const drafted = (draft: FaceDraft, person: PersonId): Drafted => ({
    ...draft,
    alike: likenesses(draft.vectors, person, gallery, models.embedding),
  });
  return async (request) => {
    switch (request.ask) {
      case "observe":
        return watcher.observe(request.jpeg, request.at, request.attention);
      case "begin-enrolment":
        watcher.beginEnrolment(request.plan);
        return null;
      case "finish-enrolment": {
        const taken = watcher.endEnrolment();
        if (taken === null) throw notDone();
        return drafted(draftOf(taken), request.person);
      }
      case "enrol-photographs":
        return drafted(await draftFromPhotographs(networks, gate, request.jpegs), request.person);
      case "gallery":
        gallery.set(request.templates);
        return null;
      case "admit":
        gallery.admit(request.template);
        return null;
      case "withdraw":
        gallery.withdraw(request.person);
        return null;
      case "forget":
        watcher.forget();
        return null;
      case "counters":
        return watcher.counters();
      case "close":
        await networks[Symbol.asyncDispose]();
        // Nothing native runs any more, so the thread can end by itself.
        port?.close();
        return null;
    }
  };
}

const notDone = (): Fault =>
  new Fault(
    "enrol-unusable",
    "Enrolment: its frames are not complete",
    "Stand alone, straight before the clock, in even light, and begin again.",
  );

/** Anything that is no Fault is a bug: it ends the worker, and the main thread reports `engine-lost`. */
function answerFault(id: number, error: unknown): void {
  if (!isFault(error)) throw error;
  const { code, message, remedy } = error;
  send({ id, ok: false, fault: { code, message, remedy } });
}
