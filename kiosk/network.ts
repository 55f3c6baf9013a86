import { type CloudTrust, readCloudKeys } from "./cloud-keys.ts";
import type { Config } from "./config.ts";
import { Fault } from "./core/fault.ts";
import type { PublicJwk } from "./core/kid.ts";
import { type DemoBackend, openDemoBackend } from "./uplink/sim/backend.ts";
import { openSimBroker, type SimBroker } from "./uplink/sim/broker.ts";
import type { Speaker } from "./uplink/statements.ts";
import { type LiveUplink, openUplink, type UplinkOptions } from "./uplink/uplink.ts";

export interface Network {
  readonly uplink: LiveUplink;
  /** The demo's own broker and payroll office; null with a real broker. */
  readonly demo: { readonly broker: SimBroker; readonly backend: DemoBackend } | null;
}

/** Who speaks, how the box feels, who listens to what comes down, and what to do when true time comes to be known. */
export type NetworkSpeaker = Speaker &
  Pick<UplinkOptions, "vitals" | "fixed" | "heard" | "receipted" | "yieldTo" | "isSilenced">;

/** Whom to believe. In a demo the receiver is the demo's own. @throws Fault `config-invalid`. */
export async function readTrust(config: Config): Promise<CloudTrust> {
  if (config.broker !== "embedded") return readCloudKeys(config);
  const trust = await readCloudKeys({ ...config, receiverKey: undefined });
  if (trust.receiver === null) return { ...trust, required: [config.receiver] };
  const remedy = "Name a real broker with --broker, or take the keys of the role ack out of the file.";
  throw new Fault("config-invalid", "cloudKeys: the demo has a receiver of its own", remedy);
}

/** Opens the broker that the settings name, or one of the demo's own. @param trust what `readTrust` gave. */
export async function openNetwork(
  config: Config,
  speaker: NetworkSpeaker,
  rooms: AsyncDisposableStack,
  trust: CloudTrust,
): Promise<Network> {
  if (config.broker !== "embedded") {
    const { receiver, alsoReceivers } = trust;
    if (receiver === null) {
      const remedy = "Name the JWK file of the backend's receipt key with --receiver-key, or a JWKS with --cloud-keys.";
      throw new Fault("config-invalid", "receiverKey: a real broker needs to know who may receipt", remedy);
    }
    const { brokerProfile: profile, batches } = config;
    const uplink = await openUplink({
      ...speaker,
      broker: brokerOf(config),
      profile,
      receiver,
      alsoReceivers,
      batches,
      simulated: false,
    });
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

/** Where the broker is, and with what to go there. */
export const brokerOf = (config: Config): UplinkOptions["broker"] => ({
  brokerUrl: config.broker,
  ...(config.brokerCa && { caFile: config.brokerCa }),
  ...(config.brokerCert && { certFile: config.brokerCert }),
  ...(config.brokerKey && { keyFile: config.brokerKey }),
  ...(config.brokerUser && { username: config.brokerUser }),
  ...(config.brokerPasswordFile && { passwordFile: config.brokerPasswordFile }),
});
