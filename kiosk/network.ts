import { readFile } from "node:fs/promises";
import type { Config } from "./config.ts";
import { Fault } from "./core/fault.ts";
import type { PublicJwk } from "./core/kid.ts";
import type { Uplink } from "./core/ports.ts";
import { type DemoBackend, openDemoBackend } from "./uplink/sim/backend.ts";
import { openSimBroker, type SimBroker } from "./uplink/sim/broker.ts";
import type { Speaker } from "./uplink/statements.ts";
import { openUplink, type UplinkOptions } from "./uplink/uplink.ts";

export interface Network {
  readonly uplink: Uplink;
  /** The demo's own broker and payroll office; null with a real broker. */
  readonly demo: { readonly broker: SimBroker; readonly backend: DemoBackend } | null;
}

/** Who speaks, how the box feels, and what to do when true time comes to be known. */
export type NetworkSpeaker = Speaker & Pick<UplinkOptions, "vitals" | "fixed">;

/** Opens the broker that the settings name, or one of the demo's own. */
export async function openNetwork(
  config: Config,
  speaker: NetworkSpeaker,
  rooms: AsyncDisposableStack,
): Promise<Network> {
  if (config.broker !== "embedded") {
    const receiver = { name: config.receiver, jwk: await receiptKey(config.receiverKey) };
    const broker = {
      brokerUrl: config.broker,
      ...(config.brokerCa && { caFile: config.brokerCa }),
      ...(config.brokerCert && { certFile: config.brokerCert }),
      ...(config.brokerKey && { keyFile: config.brokerKey }),
      ...(config.brokerUser && { username: config.brokerUser }),
      ...(config.brokerPasswordFile && { passwordFile: config.brokerPasswordFile }),
    };
    const { brokerProfile: profile, batches } = config;
    const uplink = await openUplink({ ...speaker, broker, profile, receiver, batches, simulated: false });
    return { uplink: rooms.use(uplink), demo: null };
  }
  const { identity, clock, signer } = speaker;
  const broker = rooms.use(await openSimBroker());
  const jwk = signer.publicKey.export({ format: "jwk" }) as PublicJwk;
  const backend = rooms.use(
    await openDemoBackend({
      broker: { brokerUrl: broker.backendUrl },
      device: { identity, jwk },
      stateDir: config.state,
      clock,
      name: config.receiver,
    }),
  );
  const toBroker = { brokerUrl: broker.deviceUrl };
  // A newcomer who pulls the cable wants to see it come back.
  const pace = { backoff: { baseMs: 300, capMs: 2_000 } };
  const uplink = rooms.use(
    await openUplink({ ...speaker, broker: toBroker, receiver: backend.receiver, simulated: true, pace }),
  );
  return { uplink, demo: { broker, backend } };
}

async function receiptKey(file: string | undefined): Promise<PublicJwk> {
  const remedy = "Name the JWK file of the backend's receipt key with --receiver-key.";
  if (file === undefined)
    throw new Fault("config-invalid", "receiverKey: a real broker needs to know who may receipt", remedy);
  try {
    return JSON.parse(await readFile(file, "utf8")) as PublicJwk;
  } catch (cause) {
    throw new Fault("config-invalid", `receiverKey: ${file} cannot be read as a JWK`, remedy, cause);
  }
}
