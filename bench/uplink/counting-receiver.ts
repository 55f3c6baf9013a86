import { Worker } from "node:worker_threads";
import type { PublicJwk } from "../../kiosk/core/kid.ts";

/** A receiver on a thread of its own that counts and receipts, and verifies nothing: the device is what is measured. */
export interface CountingReceiver extends AsyncDisposable {
  readonly jwk: PublicJwk;
  /** From now on it receipts under this name and has nothing. */
  readonly expect: (name: string) => Promise<void>;
  /** Resolves when so many came since. */
  readonly has: (records: number) => Promise<void>;
}

export async function openCountingReceiver(brokerUrl: string): Promise<CountingReceiver> {
  const ready = Promise.withResolvers<PublicJwk>();
  let answered = Promise.withResolvers<void>();
  const ask = (question: string | number): Promise<void> => {
    answered = Promise.withResolvers<void>();
    worker.postMessage(question);
    return answered.promise;
  };
  const worker = new Worker(new URL("counting-thread.ts", import.meta.url), { workerData: { brokerUrl } });
  worker.on("error", ready.reject);
  worker.on("message", (message: { jwk?: PublicJwk }) => {
    if (message.jwk !== undefined) ready.resolve(message.jwk);
    else answered.resolve();
  });
  return {
    jwk: await ready.promise,
    expect: ask,
    has: ask,
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}
