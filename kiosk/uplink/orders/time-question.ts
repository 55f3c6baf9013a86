import { randomUUID } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import { LuError } from "../../core/jws.ts";
import { type CloudKey, unwrapFromCloud } from "../contract/keys.ts";
import { timeReply } from "../contract/requests.ts";
import { timeFromReply } from "../contract/true-time.ts";
import { requestOf, type Speaker } from "../statements.ts";
import type { TimeWitness } from "../time-check.ts";

/** Asks the cloud what time it is. An answer counts once, and only to a question of ours. */
export interface TimeQuestions {
  /** @throws Fault `clock-wrong` where nobody answers: then nothing is known about our clock. */
  readonly ask: (signal: AbortSignal) => Promise<TimeWitness>;
  /** What came on the time channel; noise is ignored. */
  readonly receive: (bytes: Uint8Array) => Promise<void>;
}

export interface TimeQuestionOptions {
  readonly speaker: Pick<Speaker, "identity" | "signer" | "clock">;
  readonly keys: () => readonly CloudKey[];
  /** Puts a signed request on its way; nothing where there is no connection. */
  readonly request: (bytes: Uint8Array) => void;
  /** Whoever watches our clock. */
  readonly witness: (witness: TimeWitness) => void;
  /** For each answer; a question that got lost is put again. */
  readonly patienceMs?: number;
  readonly tries?: number;
}

const openMax = 8;

export function openTimeQuestions(options: TimeQuestionOptions): TimeQuestions {
  const { speaker, keys, request, witness, patienceMs = 5_000, tries = 4 } = options;
  const { clock } = speaker;
  const open = new Map<string, { readonly sentMono: number; readonly answer: (witness: TimeWitness) => void }>();
  const askOnce = async (signal: AbortSignal): Promise<TimeWitness | null> => {
    const n = randomUUID();
    const answered = Promise.withResolvers<TimeWitness>();
    const done = new AbortController();
    open.set(n, { sentMono: clock.now().monoMs, answer: answered.resolve });
    for (const old of [...open.keys()].slice(0, -openMax)) open.delete(old);
    request(requestOf(speaker, "dev.lintel.time-request.v1", { n }));
    const late = clock.sleep(patienceMs, AbortSignal.any([signal, done.signal])).then(() => null);
    const answer = await Promise.race([answered.promise, late]);
    done.abort();
    open.delete(n);
    return answer;
  };
  return {
    ask: async (signal) => {
      for (let left = tries; left > 0 && !signal.aborted; left -= 1) {
        const answer = await askOnce(signal);
        if (answer !== null) return answer;
      }
      const remedy = "Look at the connection, and whether the backend answers requests for the time.";
      throw new Fault("clock-wrong", "nobody answered the question for the time", remedy);
    },
    receive: async (bytes) => {
      try {
        const { event } = unwrapFromCloud(bytes, "lintel-tim+jws", "tim", keys());
        const reply = timeReply.safeParse(event);
        if (!reply.success) return;
        const { n } = reply.data.data;
        const asked = open.get(n);
        if (asked === undefined) return;
        open.delete(n);
        const at = clock.now();
        const span = timeFromReply({ n, sentMono: asked.sentMono, gotMono: at.monoMs }, reply.data.data);
        const said: TimeWitness = { ...span, at };
        witness(said);
        asked.answer(said);
      } catch (error) {
        if (!(error instanceof LuError)) throw error;
      }
    },
  };
}
