import { z } from "zod";
import { batchEvent } from "../../kiosk/uplink/contract/batch.ts";
import { commandEvent, dualCommand } from "../../kiosk/uplink/contract/command.ts";
import { configEvent } from "../../kiosk/uplink/contract/config.ts";
import { configRequest, rosterRequest, timeReply, timeRequest } from "../../kiosk/uplink/contract/requests.ts";
import { rosterItem, rosterPage } from "../../kiosk/uplink/contract/roster.ts";
import { telemetryEvent } from "../../kiosk/uplink/contract/telemetry.ts";
import type { Channel } from "../../kiosk/uplink/contract/topics.ts";
import {
  ackEvent,
  recordData,
  recordEvent,
  signedEvent,
  statusEvent,
  syncEvent,
} from "../../kiosk/uplink/contract/wire.ts";

/** Every shape of the contract by the name of its published schema. */
export interface Entry {
  readonly name: string;
  readonly title: string;
  readonly schema: z.ZodType;
  /** Where a message of this shape goes, or null: it is a part of one, or what is around one. */
  readonly channel: Channel | null;
  /** Members anybody on the way may add, so that numbers need not be integers. */
  readonly isOutside?: true;
}

const what: Readonly<Record<string, string>> = {
  genesis: "A new life of a journal begins",
  boot: "The software started",
  checkpoint: "Root over all records so far",
  hole: "Records that cannot be read any more",
  keychange: "Another key signs from here on",
  punch: "Somebody came or went",
  correction: "Adds to a punch",
  timefix: "True time of a moment of a boot",
  visitor: "A visitor came or went",
  cmdlog: "What became of a command",
  audit: "An act of a technician, a person or the box",
  erasure: "Proof that somebody was forgotten",
  consent: "Somebody agreed, did not, or took it back",
  purge: "Things of one class went because their time was over",
  request: "Somebody uses one of their rights",
  leave: "Leave is asked for at the clock",
  alert: "An emergency, and its end",
};

const records: readonly Entry[] = Object.entries(recordData).map(([type, data]) => {
  const short = type.split(".")[2] ?? "";
  return {
    name: `${short}.v1`,
    title: what[short] ?? short,
    schema: recordEvent.extend({ type: z.literal(type), data }),
    channel: "rec",
  };
});

/** What goes over the wire around a signed event: its copied attributes and its token. */
const wire = signedEvent.extend({
  datacontenttype: z.literal("application/jose"),
  epoch: recordEvent.shape.epoch.optional(),
  seq: recordEvent.shape.seq.optional(),
  data: z.string().max(16 * 1024),
});

export const catalogue: readonly Entry[] = [
  ...records,
  { name: "status.v1", title: "Birth, heartbeat, farewell; also the will", schema: statusEvent, channel: "sta" },
  { name: "sync.v1", title: "How far has the receiver got?", schema: syncEvent, channel: "req" },
  { name: "roster-request.v1", title: "Send the roster", schema: rosterRequest, channel: "req" },
  { name: "config-request.v1", title: "Send the settings", schema: configRequest, channel: "req" },
  { name: "time-request.v1", title: "What time is it?", schema: timeRequest, channel: "req" },
  { name: "telemetry.v1", title: "How the box feels", schema: telemetryEvent, channel: "tel" },
  { name: "ack.v1", title: "Receipt: durable up to here", schema: ackEvent, channel: "ack" },
  { name: "cmd.v1", title: "A command", schema: commandEvent, channel: "cmd" },
  { name: "config.v1", title: "Settings that are wanted", schema: configEvent, channel: "cfg" },
  { name: "roster.v1", title: "A page of changes to the roster", schema: rosterPage, channel: "ros" },
  { name: "time.v1", title: "What time it is", schema: timeReply, channel: "tim" },
  { name: "cmd2.v1", title: "A command with two signatures", schema: dualCommand, channel: null, isOutside: true },
  { name: "roster-item.v1", title: "What the text of a roster item says", schema: rosterItem, channel: null },
  {
    name: "batch.v1",
    title: "A bag of record tokens, gzipped on the wire",
    schema: batchEvent,
    channel: null,
    isOutside: true,
  },
  { name: "wire", title: "The outside of every signed message", schema: wire, channel: null, isOutside: true },
];
