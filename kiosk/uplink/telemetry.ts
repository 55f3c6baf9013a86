import { v7 } from "uuid";
import { sourceOf } from "../core/record.ts";
import { utcText } from "../core/time.ts";
import type { Figures } from "../core/vitals.ts";
import { telemetryEvent } from "./contract/telemetry.ts";
import type { Letter } from "./mqtt.ts";
import type { Speaker } from "./statements.ts";

/** Figures older than this are of no use to anybody. */
const expiryS = 300;

/**
 * Figures as a message that may be lost. It is not signed: nothing is decided by it, and it would cost more than it says.
 *
 * @returns null where the figures are not of the contract's shape: then somebody's counter is wrong, and hours are not
 *   put at risk for that.
 */
export function telemetryLetter(
  figures: Figures,
  overMs: number,
  { identity, clock, fw }: Speaker,
  topic: string,
): Letter | null {
  const event = telemetryEvent.safeParse({
    specversion: "1.0",
    id: v7(),
    source: sourceOf(identity),
    type: "dev.lintel.telemetry.v1",
    time: utcText(clock.now().utcMs),
    datacontenttype: "application/json",
    data: { over: Math.round(overMs / 1000), ...figures, fw },
  });
  if (!event.success) return null;
  const bytes = Buffer.from(JSON.stringify(event.data));
  return { topic, bytes, contentType: "application/cloudevents+json", qos: 0, expiryS };
}
