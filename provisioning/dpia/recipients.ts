import type { CloudTrust } from "../../kiosk/cloud-keys.ts";
import type { Config } from "../../kiosk/config.ts";
import type { Channel } from "../../kiosk/uplink/contract/topics.ts";
import { catalogue } from "../conform/catalogue.ts";
import { membersOf } from "./members.ts";

/**
 * Who can get what of this clock, as it is set: from the settings, the cloud's keys and the contract's own shapes, and from
 * no prose. test/promises holds it against what two watched days really sent.
 */

/** One kind of message. */
export interface Given {
  /** `punch.v1`, or words where it is no message of the contract. */
  readonly what: string;
  /** Null where it goes over no broker. */
  readonly channel: Channel | null;
  /** Of what is signed, `data.sub`. */
  readonly members: readonly string[];
}

export interface Recipient {
  readonly who: string;
  /** Host and port, a path, or what it is on this machine. */
  readonly where: string;
  /** The setting that makes it so. */
  readonly because: string;
  /** True where something leaves this machine for it. */
  readonly isOutside: boolean;
  readonly gets: readonly Given[];
}

const up: readonly (Channel | null)[] = ["rec", "sta", "req", "tel"];

export function recipientsOf(config: Config, trust: CloudTrust | null): readonly Recipient[] {
  const messages = catalogue.filter(({ channel }) => channel !== null).flatMap((entry) => givenBy(entry, config));
  const sent = messages.filter(({ channel }) => up.includes(channel));
  const isDemo = config.broker === "embedded";
  const broker: Recipient = {
    who: isDemo ? "the demo's own broker and backend" : `message broker (${config.brokerProfile})`,
    where: isDemo ? "this process, on the loopback" : new URL(config.broker).host,
    because: `broker: ${isDemo ? "embedded" : config.broker.replace(/\/\/.*@/, "//")}`,
    isOutside: !isDemo,
    // It carries what the office says as well: that is where names pass.
    gets: [...messages, ...rosterItem],
  };
  const behind = isDemo ? "this process" : "behind the broker";
  const names = new Set([config.receiver, ...[trust?.receiver, ...(trust?.alsoReceivers ?? [])].flatMap(nameIn)]);
  const receivers = [...names].map((name): Recipient => {
    return { who: `receiver ${name}`, where: behind, because: "receiver, cloudKeys", isOutside: !isDemo, gets: sent };
  });
  return [broker, ...receivers, ...holdersOf(config, behind), ...elsewhere(config)];
}

const nameIn = (receiver: { readonly name: string } | null | undefined): readonly string[] =>
  receiver == null ? [] : [receiver.name];

const rosterItem: readonly Given[] = catalogue
  .filter(({ name }) => name === "roster-item.v1")
  .map(({ name, schema }) => ({ what: name, channel: null, members: membersOf(schema) }));

/** What a setting keeps from being written at all. */
function givenBy({ name, channel, schema }: (typeof catalogue)[number], config: Config): readonly Given[] {
  const isNever =
    // What our journal lost stands in a genesis.
    name === "hole.v1" || (name === "visitor.v1" && !config.visitors) || (name === "leave.v1" && !config.leave);
  if (isNever) return [];
  const without = [
    ...(config.snapshot === "off" ? ["data.ev"] : []),
    ...(config.visitorKey === undefined ? ["data.pii"] : []),
    ...(config.jobs.length === 0 ? ["data.job"] : []),
  ];
  const isKept = (member: string): boolean => !without.some((gone) => member === gone || member.startsWith(`${gone}.`));
  return [{ what: name, channel, members: membersOf(schema).filter(isKept) }];
}

const sealed = (what: string, ...members: readonly string[]): readonly Given[] => [{ what, channel: null, members }];

/** Whoever holds a key can open what travels, or lies, sealed for it. */
function holdersOf(config: Config, where: string): readonly Recipient[] {
  const { supportKey, visitorKey, visitorContact, snapshot, visitors } = config;
  const contact = visitorContact === "hidden" ? [] : ["contact"];
  const taken = `pictures of punches, sealed to two keys, kept on the clock`;
  return [
    ...(supportKey === undefined
      ? []
      : [
          holder(
            "whoever holds the support key",
            where,
            "supportKey",
            sealed("log lines, redacted, by order", "lines"),
          ),
        ]),
    ...(visitorKey === undefined || !visitors
      ? []
      : [holder("whoever holds the visitors' key", where, "visitorKey", sealed("visitors", "name", ...contact))]),
    ...(snapshot === "off"
      ? []
      : [
          holder("whoever speaks for the staff, with the employer", "at the desk", "snapshotKeyStaff", sealed(taken)),
          holder(
            "the employer, with whoever speaks for the staff",
            "at the desk",
            "snapshotKeyEmployer",
            sealed(taken),
          ),
        ]),
  ];
}

const holder = (who: string, where: string, because: string, gets: readonly Given[]): Recipient => ({
  ...{ who, where, because, gets },
  isOutside: where === "behind the broker",
});

/** What is spoken to or served besides the broker. */
function elsewhere({ updateFrom, exportDir, exportLan, metricsPort }: Config): readonly Recipient[] {
  const copy = sealed("their own copy, sealed to a code on the wall");
  const isRemote = updateFrom?.startsWith("https:") === true;
  return [
    ...(updateFrom === undefined
      ? []
      : [
          {
            ...{ who: "whoever serves updates", where: isRemote ? new URL(updateFrom).host : updateFrom },
            ...{
              because: "updateFrom",
              isOutside: isRemote,
              gets: sealed("a question for a file, and nothing of anybody"),
            },
          },
        ]),
    ...(exportDir === undefined
      ? []
      : [{ who: "each person themselves", where: exportDir, because: "exportDir", isOutside: true, gets: copy }]),
    ...(exportLan === undefined
      ? []
      : [{ who: "each person themselves", where: exportLan, because: "exportLan", isOutside: true, gets: copy }]),
    ...(metricsPort === undefined
      ? []
      : [
          {
            ...{ who: "a scraper on this machine", where: `127.0.0.1:${metricsPort}`, because: "metricsPort" },
            ...{ isOutside: false, gets: sealed("figures about the machine") },
          },
        ]),
  ];
}
