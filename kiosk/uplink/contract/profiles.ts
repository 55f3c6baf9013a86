import { generic5, type Site, type TopicCodec } from "./topics.ts";
import { openIotHubCodec } from "./topics-iothub.ts";

/**
 * What brokers allow, as data. Figures are the services' documented limits or tighter; where a service documents none,
 * they are ours, so that one noisy clock cannot hurt a shared broker.
 */
export interface Profile {
  /** MQTT versions in the order in which they are tried. */
  readonly mqtt: readonly (5 | 4)[];
  readonly retain: boolean;
  /** At which a clock hears: what is lost on the way down is sent again, so nothing hangs on it. */
  readonly hearsAtQos: 0 | 1;
  /** Longest delay of a will, seconds; 0: delayed wills misbehave here; null: there is no such thing. */
  readonly willDelayMaxS: number | null;
  readonly payloadMaxBytes: number;
  readonly publishesPerS: number;
  /** Null: no bound is known. */
  readonly keepaliveMaxS: number | null;
  readonly topicMaxBytes: number;
  /** Slashes of a topic; `$share/{group}/` in front of a filter is not counted. */
  readonly topicMaxSlashes: number;
  readonly filtersPerSubscribe: number;
  /** How several receivers divide the records among themselves. */
  readonly sharing: "$share" | "amqp" | "jetstream" | "event-hubs";
  /** IoT Hub's topics do not say whose a device is, so the codec is told. */
  readonly codec: (home: Site) => TopicCodec;
}

const usual: Profile = {
  mqtt: [5, 4],
  retain: true,
  hearsAtQos: 1,
  willDelayMaxS: 60,
  payloadMaxBytes: 96 * 1024,
  publishesPerS: 200,
  keepaliveMaxS: null,
  topicMaxBytes: 256,
  topicMaxSlashes: 7,
  filtersPerSubscribe: 8,
  sharing: "$share",
  codec: () => generic5,
};

export const profiles = {
  /** HiveMQ, EMQX, mosquitto 2. */
  generic5: usual,
  aws: { ...usual, publishesPerS: 80, keepaliveMaxS: 1200 },
  /** User properties outside of PUBLISH are refused, and retain under 3.1.1 closes the connection. */
  "azure-eg": { ...usual, retain: false, willDelayMaxS: 300, publishesPerS: 80, keepaliveMaxS: 1160 },
  "azure-iothub": {
    ...usual,
    mqtt: [4],
    retain: false,
    willDelayMaxS: null,
    publishesPerS: 50,
    keepaliveMaxS: 1177,
    filtersPerSubscribe: 5,
    sharing: "event-hubs",
    codec: openIotHubCodec,
  },
  /**
   * A will that is both delayed and retained is not retained here, and there are no shared subscriptions. A subscription
   * at QoS 1 is a durable queue on one node: while that node is down, no other one lets its clock in.
   */
  rabbitmq: { ...usual, hearsAtQos: 0, willDelayMaxS: 0, sharing: "amqp" },
  /** MQTT 3.1.1 only; slashes become dots in its subjects. */
  nats: { ...usual, mqtt: [4], willDelayMaxS: null, sharing: "jetstream" },
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof profiles;

/**
 * Where a group of receivers finds the records: shared filters, AMQP binding keys, JetStream subjects; none at Event
 * Hubs, which has consumer groups of its own.
 */
export function receiverAddresses(name: ProfileName, group: string): readonly string[] {
  const { sharing, codec } = profiles[name];
  const { receiverFilters } = codec({ tenant: "", site: "" });
  if (sharing === "$share") return receiverFilters.map((filter) => `$share/${group}/${filter}`);
  return receiverFilters.map((filter) => filter.replaceAll("/", ".").replaceAll("+", "*"));
}

/** Why a broker of this profile would refuse a topic, or null. */
export function topicProblem(name: ProfileName, topic: string): string | null {
  const { topicMaxBytes, topicMaxSlashes } = profiles[name];
  if (Buffer.byteLength(topic) > topicMaxBytes) return `longer than ${topicMaxBytes} bytes`;
  if (topic.split("/").length - 1 > topicMaxSlashes) return `more than ${topicMaxSlashes} slashes`;
  // A bag has dots and dollars; elsewhere they would be rewritten into levels, or are the broker's own.
  const foreign = name === "azure-iothub" ? /[^a-zA-Z0-9\-/$.%=&]/ : /[^a-z0-9\-/]/;
  return foreign.test(topic) ? "characters that some broker rewrites or refuses" : null;
}
