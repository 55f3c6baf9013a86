import type { Identity } from "../../core/record.ts";

/** Where messages go. Nothing but a codec knows how a topic is spelled: clouds with fixed topics bring their own. */

export type UpChannel = "rec" | "sta" | "req";
export type DownChannel = "ack";

export interface TopicCodec {
  readonly up: (device: Identity, channel: UpChannel) => string;
  readonly down: (device: Identity, channel: DownChannel) => string;
  /** What a device subscribes to. */
  readonly deviceFilters: (device: Identity) => readonly string[];
  /** What a receiver of every device subscribes to. */
  readonly receiverFilters: readonly string[];
  /** Who and what a topic is about, or null where it is none of ours. */
  readonly decode: (topic: string) => { readonly device: Identity; readonly channel: UpChannel | DownChannel } | null;
}

const channels: readonly string[] = ["up/rec", "up/sta", "up/req", "dn/ack"];

/** `lintel1/{tenant}/{site}/{device}/{up|dn}/{channel}`: any broker with free topics. At most 82 bytes, 5 slashes. */
export const generic5: TopicCodec = {
  up: (device, channel) => `${root(device)}/up/${channel}`,
  down: (device, channel) => `${root(device)}/dn/${channel}`,
  deviceFilters: (device) => [`${root(device)}/dn/+`],
  receiverFilters: ["lintel1/+/+/+/up/rec", "lintel1/+/+/+/up/sta", "lintel1/+/+/+/up/req"],
  decode: (topic) => {
    const [prefix, tenant, site, device, direction, channel, ...more] = topic.split("/");
    if (prefix !== "lintel1" || !tenant || !site || !device || more.length > 0) return null;
    if (!channels.includes(`${direction}/${channel}`)) return null;
    return { device: { tenant, site, device }, channel: channel as UpChannel | DownChannel };
  },
};

const root = ({ tenant, site, device }: Identity): string => `lintel1/${tenant}/${site}/${device}`;
