import type { FaultCode } from "../core/fault.ts";
import type { PersonId } from "../core/person.ts";
import type { EnrolPlan, Likeness, Template } from "../core/ports/engine.ts";
import type { Attention, Sight } from "../core/sight.ts";
import type { Stamp } from "../core/time.ts";
import type { ModelSet } from "./models.ts";
import type { ModelBytes } from "./networks.ts";
import type { Gate } from "./quality.ts";
import type { FaceDraft } from "./template.ts";
import type { EngineCounters } from "./watcher.ts";

/** What crosses the thread: pictures in, conclusions out. Embeddings leave the worker only as an enrolment's template. */

export interface WorkerStart {
  readonly models: ModelSet;
  readonly bytes: ModelBytes;
  readonly gate: Gate;
  /** The site's (site-turn.ts); null: none. */
  readonly turnKey: Uint8Array | null;
}

export type Request =
  | { readonly ask: "observe"; readonly jpeg: Uint8Array; readonly at: Stamp; readonly attention: Attention }
  | { readonly ask: "begin-enrolment"; readonly plan: EnrolPlan }
  | { readonly ask: "finish-enrolment"; readonly person: PersonId }
  | { readonly ask: "enrol-photographs"; readonly person: PersonId; readonly jpegs: readonly Uint8Array[] }
  | { readonly ask: "gallery"; readonly templates: readonly Template[] }
  | { readonly ask: "admit"; readonly template: Template }
  | { readonly ask: "withdraw"; readonly person: PersonId }
  | { readonly ask: "forget" }
  | { readonly ask: "close" }
  | { readonly ask: "counters" };

/** What a template is made of, and whom it resembles. */
export interface Drafted extends FaceDraft {
  readonly alike: readonly Likeness[];
}

/** What each request is answered with. */
export interface Answers {
  readonly observe: Sight;
  readonly "begin-enrolment": null;
  readonly "finish-enrolment": Drafted;
  readonly "enrol-photographs": Drafted;
  readonly gallery: null;
  readonly admit: null;
  readonly withdraw: null;
  readonly forget: null;
  readonly close: null;
  readonly counters: EngineCounters;
}

export interface Asked {
  readonly id: number;
  readonly request: Request;
}

/** A Fault as data: classes do not survive the structured clone. */
interface FaultData {
  readonly code: FaultCode;
  readonly message: string;
  readonly remedy: string;
}

/** `id` 0 answers the start itself. A bug in the worker has no message here: it ends the worker. */
export type Reply =
  | { readonly id: number; readonly ok: true; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly ok: false; readonly fault: FaultData };
