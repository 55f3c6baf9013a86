import { z } from "zod";
import type { Channel } from "../../kiosk/uplink/contract/topics.ts";
import { catalogue } from "./catalogue.ts";
import { jsonText } from "./json-text.ts";

/** The contract as AsyncAPI 3 describes it: which messages pass where, seen by the program behind the broker. */

export const asyncApiFile = (): readonly [path: string, text: string] => [
  "docs/uplink/asyncapi.json",
  jsonText(asyncApi()),
];

const versionOfContract = "1.0.0";

interface Place {
  readonly channel: Channel;
  readonly address: string;
  readonly summary: string;
  /** What the receiver does with it. */
  readonly action: "send" | "receive";
  readonly qos: 0 | 1;
}

const up = (channel: Channel, summary: string, qos: 0 | 1 = 1): Place => ({
  channel,
  address: `lintel1/{tenant}/{site}/{device}/up/${channel}`,
  summary,
  action: "receive",
  qos,
});

const down = (channel: Channel, summary: string): Place => ({
  ...up(channel, summary),
  address: `lintel1/{tenant}/{site}/{device}/dn/${channel}`,
  action: "send",
});

const places: readonly Place[] = [
  up("rec", "Records of the journal, one by one or in gzip batches"),
  up("sta", "What a device says of itself; also its will"),
  up("req", "What a device asks for"),
  up("tel", "How a device feels; may be lost", 0),
  down("ack", "Receipts"),
  down("cmd", "Commands"),
  down("cfg", "Settings that are wanted"),
  down("ros", "Pages of the roster"),
  down("tim", "Answers to what time it is"),
];

const parameters = {
  tenant: { description: "1 to 24 of a-z 0-9 -" },
  site: { description: "1 to 24 of a-z 0-9 -" },
  device: { description: "k and 20 of 0-9 a-z; also the MQTT client id" },
};

const typOf = (channel: Channel): string => `lintel-${channel}+jws`;

function asyncApi(): object {
  const messages = catalogue.filter(({ channel }) => channel !== null);
  const onChannel = (channel: Channel) => messages.filter((entry) => entry.channel === channel);
  return {
    asyncapi: "3.0.0",
    info: {
      title: "LU1, the uplink of a Lintel time clock",
      version: versionOfContract,
      description:
        "On the wire is a CloudEvent whose data is the compact JWS of the same CloudEvent (schema `wire`). The payloads " +
        "below are what is signed. docs/uplink.md has the rules that no schema can say.",
      license: { name: "Apache-2.0" },
    },
    defaultContentType: "application/cloudevents+json",
    channels: Object.fromEntries(
      places.map(({ channel, address, summary }) => [
        channel,
        {
          address,
          summary,
          parameters,
          messages: Object.fromEntries(
            onChannel(channel).map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      places.map(({ channel, action, summary, qos }) => [
        `${action}-${channel}`,
        {
          action,
          summary,
          channel: { $ref: `#/channels/${channel}` },
          bindings: { mqtt: { qos, retain: false, bindingVersion: "0.2.0" } },
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        messages.map(({ name, title, channel }) => [
          name,
          {
            name,
            title,
            contentType: "application/cloudevents+json",
            payload: { $ref: `#/components/schemas/${name}` },
            "x-jws-typ": channel === null ? null : typOf(channel),
          },
        ]),
      ),
      schemas: Object.fromEntries(catalogue.map(({ name, schema }) => [name, draft7(schema)])),
    },
  };
}

/** AsyncAPI's own schema language is draft-07 with additions. */
function draft7(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: "draft-07", io: "input" });
  return rest;
}
