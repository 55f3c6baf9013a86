import type { Clock } from "../core/ports.ts";
import type { Identity } from "../core/record.ts";
import type { PublicJwk } from "./contract/keys.ts";
import { type DemoBackend, openDemoBackend } from "./sim/backend.ts";
import { openSimBroker } from "./sim/broker.ts";

/** The other side of the wire, for the demo: a broker and a backend on this machine, and a cable that can be pulled. */
export interface DemoCloud extends Omit<DemoBackend, typeof Symbol.asyncDispose>, AsyncDisposable {
  /** Where the kiosk connects. */
  readonly brokerUrl: string;
  readonly cutNetwork: () => void;
  readonly restoreNetwork: () => void;
  readonly network: () => "connected" | "cut";
}

export interface DemoCloudOptions {
  readonly device: { readonly identity: Identity; readonly jwk: PublicJwk };
  /** Folder that exists; the backend keeps its key and its records there. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly coalesceMs?: number;
}

export async function openDemoCloud(options: DemoCloudOptions): Promise<DemoCloud> {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await openSimBroker());
  const backend = stack.use(await openDemoBackend({ ...options, broker: { brokerUrl: broker.backendUrl } }));
  const owned = stack.move();
  return {
    receiver: backend.receiver,
    receipts: backend.receipts,
    state: backend.state,
    stored: backend.stored,
    counts: backend.counts,
    brokerUrl: broker.deviceUrl,
    cutNetwork: broker.cut,
    restoreNetwork: broker.restore,
    network: () => (broker.isCut() ? "cut" : "connected"),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
