import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../kiosk/config.ts";
import type { UplinkCard } from "../../kiosk/core/desk.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import { uplinkAnswer } from "../../kiosk/desk/messages.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { type DeviceSigner, openSigner } from "../../kiosk/host/signer.ts";
import { brokerOf, readTrust } from "../../kiosk/network.ts";
import { readWitness } from "../../kiosk/store/witness.ts";
import type { CloudKey } from "../../kiosk/uplink/contract/keys.ts";
import { askDesk } from "../desk-client.ts";
import { examineBroker, examineRoad } from "./dial.ts";
import { type Finding, good, unknown, wrong } from "./finding.ts";
import { examinePapers } from "./papers.ts";

/**
 * Everything between this clock and a receipt, in the order in which it has to be right, and no further than the first
 * thing that is wrong: what comes after it could only seem wrong. Changes nothing.
 */
export async function* examineUplink(config: Config, signal: AbortSignal): AsyncGenerator<Finding> {
  const clock = await openSystemClock();
  if (config.broker === "embedded") {
    yield unknown(
      "broker",
      "the demo has a broker of its own: there is no way out to look at",
      "Name one with --broker.",
    );
    return;
  }
  const receivers = await receiversOf(config);
  if (!Array.isArray(receivers)) return yield receivers;
  yield good("keys", `receipts count from ${receivers.map(({ source }) => source.split(":").at(-1)).join(", ")}`);
  const signer = await identityIn(config.state);
  const broker = brokerOf(config);
  const papers = examinePapers(broker, signer?.device ?? null, clock.now().utcMs);
  yield* papers;
  if (papers.some(isWrong)) return;
  const running = await askRunning(config.desk ?? config.state);
  if (running !== null) return yield* tellRunning(running);
  const road = await examineRoad(broker.brokerUrl);
  yield* road;
  if (road.some(isWrong)) return;
  if (signer === null) {
    yield unknown("connection", "this clock has no identity yet, so it cannot say who it is", "Start the clock once.");
    return;
  }
  yield* await examineBroker(
    {
      broker,
      profile: config.brokerProfile,
      identity: { tenant: config.tenant, site: config.site, device: signer.device },
      signer,
      head: readWitness(config.state),
      receivers,
      clock,
    },
    signal,
  );
}

const isWrong = ({ is }: Finding): boolean => is === "wrong";

/** Whose receipts count, or what is wrong with the settings about it. */
async function receiversOf(config: Config): Promise<CloudKey[] | Finding> {
  try {
    const trust = await readTrust(config);
    const receivers = trust.keys.filter(({ role }) => role === "ack");
    if (receivers.length > 0) return receivers;
    const remedy = "Name the receipt key with --receiver-key, or a JWKS with --cloud-keys.";
    return wrong("keys", { code: "config-invalid", message: "no key is known that may receipt", remedy });
  } catch (error) {
    if (!isFault(error)) throw error;
    return wrong("keys", error);
  }
}

/** Never makes one: looking changes nothing. */
const identityIn = async (state: string): Promise<DeviceSigner | null> =>
  existsSync(join(state, "identity.json")) ? openSigner(state) : null;

/** Null where no clock runs on this folder: then we may speak in its name. */
const askRunning = (directory: string): Promise<UplinkCard | null> =>
  askDesk({ directory, request: { ask: "uplink" }, answer: uplinkAnswer }).catch((error: unknown) => {
    if (isFault(error, "desk-unreachable")) return null;
    throw error;
  });

/** Two connections of one id throw each other out, so a clock that runs is asked instead. */
function* tellRunning({ online, receiver, waiting, receipted, trouble }: UplinkCard): Generator<Finding> {
  yield good("clock runs", "it is asked, because only one may speak in its name");
  if (trouble !== null)
    yield { about: "uplink", is: "wrong", sentence: trouble.message, remedy: trouble.remedy, code: trouble.code };
  else if (online) yield good("uplink", "connected");
  else yield unknown("uplink", "still connecting", "Ask again in a moment.");
  const upto = receipted === null ? "nothing yet" : `everything up to record ${receipted.epoch}/${receipted.seq}`;
  yield good("receiver", `${receiver} has receipted ${upto}; ${waiting} wait here`);
}
