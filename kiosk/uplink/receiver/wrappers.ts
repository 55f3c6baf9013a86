import type { JwsTyp } from "../../core/jws.ts";
import { type Ingress, unwrapIngress } from "../contract/ingress.ts";
import type { UpChannel } from "../contract/topics.ts";

/**
 * What a function, a queue or a stream hands over, whatever is around it: the event of a Lambda behind an IoT rule, SQS,
 * Kinesis or MSK; of an Azure Function behind Event Grid, Event Hubs or IoT Hub; a Kafka value; a payload of MQTT.
 *
 * @param event bytes, text, or the parsed event as the platform gives it.
 * @throws LuError 1001, 1007 where a wrapper is damaged.
 */
export function lettersIn(event: unknown): readonly Ingress[] {
  if (event instanceof Uint8Array) return [unwrapIngress(event)];
  if (typeof event === "string") return [unwrapIngress(Buffer.from(event))];
  if (Array.isArray(event)) return event.flatMap(lettersIn);
  if (typeof event !== "object" || event === null) return [];
  const { Records, records, kinesis, body, value, data, type, eventType } = event as Record<string, unknown>;
  // SQS and Kinesis.
  if (Array.isArray(Records)) return Records.flatMap(lettersIn);
  // MSK and self-managed Kafka: lists by topic and partition.
  if (isObject(records)) return Object.values(records).flatMap(lettersIn);
  if (isObject(kinesis) && typeof kinesis.data === "string") return lettersIn(fromBase64(kinesis.data));
  if (typeof value === "string" && "partition" in event) return lettersIn(fromBase64(value));
  if (typeof body === "string" && ("messageId" in event || "receiptHandle" in event)) return lettersIn(body);
  // IoT Hub through Event Grid: base64, or JSON where the message said it was JSON.
  const isTelemetry = [type, eventType].includes("Microsoft.Devices.DeviceTelemetry");
  if (isTelemetry && isObject(data)) {
    return typeof data.body === "string" ? lettersIn(fromBase64(data.body)) : lettersIn(data.body);
  }
  return [unwrapIngress(Buffer.from(JSON.stringify(event)))];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const fromBase64 = (text: string): Uint8Array => Buffer.from(text, "base64");

/**
 * The channel that a message says it belongs to, for where no topic came with it. It is only where to look: the header
 * that says so is signed, and verifying asks it again.
 */
export function channelIn(bytes: Uint8Array): UpChannel | null {
  // A batch holds records alone.
  if (bytes[0] === 0x1f) return "rec";
  const token = bytes[0] === "{".charCodeAt(0) ? dataOf(bytes) : Buffer.from(bytes.subarray(0, 512)).toString("latin1");
  const header = parsed(Buffer.from(token.split(".")[0] ?? "", "base64url"));
  return channels[String(header?.typ)] ?? null;
}

const channels: Readonly<Record<string, UpChannel>> = {
  "lintel-rec+jws": "rec",
  "lintel-sta+jws": "sta",
  "lintel-req+jws": "req",
  "lintel-tel+jws": "tel",
} satisfies Partial<Record<JwsTyp, UpChannel>>;

const dataOf = (bytes: Uint8Array): string => {
  const data = parsed(bytes)?.data;
  return typeof data === "string" ? data : "";
};

function parsed(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
