import {
  type DownChannel,
  deviceForm,
  isDownChannel,
  isUpChannel,
  type Site,
  type TopicCodec,
  type UpChannel,
} from "./topics.ts";

/**
 * Azure IoT Hub has topics of its own; the channel travels in the property bag at the topic's end. Who a device belongs
 * to is not in them, so a codec is made for one site.
 */
export const openIotHubCodec = (home: Site): TopicCodec => ({
  up: ({ device }, channel) => `devices/${device}/messages/events/${bagOf(channel)}`,
  down: ({ device }, channel) => `devices/${device}/messages/devicebound/${bagOf(channel)}`,
  site: () => null,
  deviceFilters: ({ device }) => [`devices/${device}/messages/devicebound/#`],
  // Receivers listen at Event Hubs, where the bag arrives as properties.
  receiverFilters: [],
  decode: (topic) => {
    const [devices, device = "", messages, direction, bag, ...more] = topic.split("/");
    if (devices !== "devices" || messages !== "messages" || more.length > 0 || !deviceForm.test(device)) return null;
    const channel = channelIn(bag ?? "");
    const fits = direction === "events" ? isUpChannel : direction === "devicebound" ? isDownChannel : () => false;
    if (channel === null || !fits(channel)) return null;
    return { device: { ...home, device }, channel };
  },
});

/** The content type lets the hub route on members of the body. */
const bagOf = (channel: string): string =>
  `lt=${channel}&$.ct=${encodeURIComponent("application/cloudevents+json")}&$.ce=utf-8`;

function channelIn(bag: string): UpChannel | DownChannel | null {
  const values = bag
    .split("&")
    .filter((pair) => pair.startsWith("lt="))
    .map((pair) => pair.slice(3));
  const [value = ""] = values;
  if (values.length !== 1) return null;
  return isUpChannel(value) || isDownChannel(value) ? value : null;
}
