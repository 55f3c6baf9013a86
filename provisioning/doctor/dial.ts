import { randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { isFault } from "../../kiosk/core/fault.ts";
import { type Signer, signJws } from "../../kiosk/core/jws.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import { type Identity, sourceOf } from "../../kiosk/core/record.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { structuredContentType, wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { type CloudKey, unwrapFromCloud } from "../../kiosk/uplink/contract/keys.ts";
import { type ProfileName, profiles } from "../../kiosk/uplink/contract/profiles.ts";
import { ackEvent, type SyncEvent } from "../../kiosk/uplink/contract/wire.ts";
import { openPipe, type PipeOptions } from "../../kiosk/uplink/mqtt.ts";
import { brokerFault } from "../../kiosk/uplink/mqtt-faults.ts";
import { bad, type Finding, good, unknown, weak, wrong } from "./finding.ts";

export interface DialOptions {
  readonly broker: Omit<PipeOptions, "clientId" | "mqtt">;
  readonly profile: ProfileName;
  readonly identity: Identity;
  readonly signer: Signer;
  /** What the journal's witness says of its end; null where there is none yet, and then nobody is asked. */
  readonly head: { readonly epoch: number; readonly seq: number; readonly rh: string } | null;
  /** Whose receipts count here: keys of the role `ack`. */
  readonly receivers: readonly CloudKey[];
  readonly clock: Clock;
}

const patienceMs = 10_000;

/** The way to the broker, before anything of ours is said: name, then port. Ends with the first that is wrong. */
export async function examineRoad(brokerUrl: string): Promise<readonly Finding[]> {
  const { hostname, host, port, protocol } = new URL(brokerUrl);
  const findings: Finding[] = [];
  try {
    const { address } = await lookup(hostname.replace(/^\[|\]$/g, ""));
    findings.push(good("name", `${hostname} is ${address}`));
    const portNumber = port === "" ? (protocol === "mqtts:" ? 8883 : 1883) : Number(port);
    await answersAt(address, portNumber);
    findings.push(good("port", `${host} answers`));
  } catch (cause) {
    findings.push(wrong(findings.length === 0 ? "name" : "port", brokerFault(host, cause)));
  }
  return findings;
}

function answersAt(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: patienceMs });
    const end = (cause: Error | null): void => {
      socket.destroy();
      if (cause === null) resolve();
      else reject(cause);
    };
    socket.once("connect", () => end(null));
    socket.once("timeout", () => end(new Error("no answer in time")));
    socket.once("error", end);
  });
}

/**
 * Connects as this clock would, listens where it would, and asks every receiver how far it has got. Nothing but that
 * question is published. Not to be done while the clock runs: two connections of one id throw each other out.
 */
export async function examineBroker(options: DialOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { broker, identity, head, receivers, clock } = options;
  const profile = profiles[options.profile];
  const codec = profile.codec(identity);
  const findings: Finding[] = [];
  const heard: Uint8Array[] = [];
  let bell = Promise.withResolvers<void>();
  let step = "connection";
  try {
    await using pipe = await openPipe(
      { ...broker, clientId: identity.device, mqtt: profile.mqtt },
      null,
      (topic, bytes) => {
        if (codec.decode(topic)?.channel !== "ack") return;
        heard.push(bytes);
        bell.resolve();
      },
      signal,
    );
    findings.push(good("connection", `${new URL(broker.brokerUrl).host} lets us in and speaks ${pipe.protocol}`));
    step = "listening";
    await pipe.subscribe(codec.deviceFilters(identity), profile.hearsAtQos);
    findings.push(good("listening", "the broker lets us hear our own and our site's topics"));
    step = "publishing";
    if (head === null) {
      findings.push(
        unknown("receiver", "the journal is not there yet, so nobody can be asked about it", "Start the clock once."),
      );
      return findings;
    }
    const { bytes, n } = question(options, head);
    const askedMs = clock.now().monoMs;
    await new Promise<void>((resolve, reject) => {
      const letter = { topic: codec.up(identity, "req"), bytes, contentType: structuredContentType };
      pipe.publish(letter, (fault) => (fault === null ? resolve() : reject(fault)));
      void pipe.ended.then((fault) => fault !== null && reject(fault));
    });
    findings.push(good("publishing", "the broker takes what we publish"));
    const silent = new Map(receivers.map((receiver) => [receiver.kid, receiver]));
    const refused = new Set<string>();
    while (silent.size > 0 && clock.now().monoMs - askedMs < patienceMs && !signal.aborted) {
      for (const message of heard.splice(0)) {
        const answer = readAnswer(message, n, identity, receivers);
        if (typeof answer === "string") refused.add(answer);
        else if (silent.delete(answer.kid)) findings.push(...answered(answer, askedMs, clock));
      }
      bell = Promise.withResolvers();
      if (heard.length === 0) await Promise.race([bell.promise, clock.sleep(500, signal)]);
    }
    for (const { source } of silent.values()) findings.push(nobody(nameIn(source), [...refused]));
  } catch (error) {
    if (!isFault(error)) throw error;
    findings.push(wrong(step, error));
  }
  return findings;
}

interface Answer {
  readonly kid: string;
  readonly by: string;
  readonly atMs: number;
  readonly upto: number;
}

function question({ identity, signer, clock }: DialOptions, head: NonNullable<DialOptions["head"]>) {
  const n = randomUUID();
  const { epoch: ep, seq, rh } = head;
  const event: SyncEvent = {
    specversion: "1.0",
    id: randomUUID(),
    source: sourceOf(identity),
    type: "dev.lintel.sync.v1",
    time: utcText(clock.now().utcMs),
    data: { sess: randomUUID(), ep, head: { seq, rh }, n },
  };
  return { n, bytes: wrap(signJws("lintel-req+jws", JSON.stringify(event), signer).jws, event) };
}

/** @returns the answer to our question, or why it is none, in words. */
function readAnswer(
  bytes: Uint8Array,
  n: string,
  { device }: Identity,
  receivers: readonly CloudKey[],
): Answer | string {
  try {
    const { event, kid } = unwrapFromCloud(bytes, "lintel-ack+jws", "ack", receivers);
    const { data } = ackEvent.parse(event);
    if (data.dev !== device || data.n !== n) return "an answer to another question";
    return { kid, by: data.rcv, atMs: Date.parse(data.at), upto: data.upto };
  } catch (error) {
    return `an answer that no key of ours signed (${error instanceof Error ? error.message : "no receipt"})`;
  }
}

function answered({ by, atMs, upto }: Answer, askedMs: number, clock: Clock): readonly Finding[] {
  const { monoMs, utcMs } = clock.now();
  const wayMs = Math.round(monoMs - askedMs);
  const has = upto < 0 ? "has nothing of this journal's newest life yet" : `has everything up to number ${upto}`;
  const apartMs = Math.abs(utcMs - wayMs / 2 - atMs);
  const findings = [good("receiver", `${by} answered within ${wayMs} ms and ${has}`)];
  if (apartMs <= 60_000 + wayMs) return findings;
  const sentence = `our clock and ${by}'s differ by ${Math.round(apartMs / 1000)} s`;
  return [...findings, weak("receiver-clock-apart", sentence, "clock")];
}

function nobody(receiver: string, refused: readonly string[]): Finding {
  const heard = refused.length === 0 ? "" : `; there came ${refused.join(", and ")}`;
  const message = `${receiver} did not answer within ${patienceMs / 1000} s${heard}`;
  return bad("receiver-silent", message, "receiver");
}

const nameIn = (source: string): string => source.split(":").at(-1) ?? "";
