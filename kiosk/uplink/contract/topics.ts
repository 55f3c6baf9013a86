import type { Identity } from "../../core/record.ts";

/** Where messages go. Nothing but a codec knows how a topic is spelled: clouds with fixed topics bring their own. */

export type UpChannel = "rec" | "sta" | "req" | "tel";
export type DownChannel = "ack" | "cmd" | "cfg" | "ros" | "tim";
/** What the clocks of a site send each other. */
export type SiteChannel = DownChannel | "tpl";
export type Channel = UpChannel | SiteChannel;

export type Site = Pick<Identity, "tenant" | "site">;

export interface Address {
  /** Whom it is about; its device is `everyDevice` where it is for a whole site. */
  readonly device: Identity;
  readonly channel: Channel;
}

/** Stands where a device's id would. No id is like it: ids begin with k and have 21 characters. */
export const everyDevice = "all";

export interface TopicCodec {
  readonly up: (device: Identity, channel: UpChannel) => string;
  readonly down: (device: Identity, channel: DownChannel) => string;
  /** One topic that every device of a site hears; null where a sender has to write to each of them. */
  readonly site: (site: Site, channel: SiteChannel) => string | null;
  /** What a device subscribes to. */
  readonly deviceFilters: (device: Identity) => readonly string[];
  /** What a receiver of every device subscribes to; none where it has to listen elsewhere than at the broker. */
  readonly receiverFilters: readonly string[];
  /** Who and what a topic is about, or null where it is none of ours. */
  readonly decode: (topic: string) => Address | null;
}

const up: readonly string[] = ["rec", "sta", "req", "tel"] satisfies readonly UpChannel[];
const down: readonly string[] = ["ack", "cmd", "cfg", "ros", "tim"] satisfies readonly DownChannel[];

export const isUpChannel = (name: string): name is UpChannel => up.includes(name);
export const isDownChannel = (name: string): name is DownChannel => down.includes(name);

const labelForm = /^[a-z0-9-]{1,24}$/;
export const deviceForm = /^k[0-9a-z]{20}$/;

/** `lintel1/{tenant}/{site}/{device}/{up|dn}/{channel}`: any broker with free topics. At most 86 bytes, 5 slashes. */
export const generic5: TopicCodec = {
  up: (device, channel) => `${root(device)}/up/${channel}`,
  down: (device, channel) => `${root(device)}/dn/${channel}`,
  site: (site, channel) => `${root({ ...site, device: everyDevice })}/${channel === "tpl" ? "x" : "dn"}/${channel}`,
  deviceFilters: (device) => [`${root(device)}/dn/+`, `${root({ ...device, device: everyDevice })}/dn/+`],
  receiverFilters: ["lintel1/+/+/+/up/rec", "lintel1/+/+/+/up/sta", "lintel1/+/+/+/up/req"],
  decode: (topic) => {
    const [prefix, tenant = "", site = "", device = "", direction, channel = "", ...more] = topic.split("/");
    if (prefix !== "lintel1" || more.length > 0 || !labelForm.test(tenant) || !labelForm.test(site)) return null;
    const isForAll = device === everyDevice;
    if (!isForAll && !deviceForm.test(device)) return null;
    const address = (known: Channel): Address => ({ device: { tenant, site, device }, channel: known });
    if (direction === "up" && !isForAll && isUpChannel(channel)) return address(channel);
    if (direction === "dn" && isDownChannel(channel)) return address(channel);
    return direction === "x" && isForAll && channel === "tpl" ? address(channel) : null;
  },
};

const root = ({ tenant, site, device }: Identity): string => `lintel1/${tenant}/${site}/${device}`;
