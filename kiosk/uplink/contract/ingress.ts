import { LuError } from "../../core/jws.ts";

/** What clouds put around a message on its way from their broker to a function, a queue or a stream. */
export interface Ingress {
  /** The message as the device sent it, or as JSON that says the same. */
  readonly bytes: Uint8Array;
  /** Where the wrapper says so. */
  readonly topic: string | null;
}

/** Base64 of the largest message, and room for what is around it. */
const maxIngressBytes = 256 * 1024;

/**
 * Takes off one wrapper: AWS IoT `encode(*, 'base64') AS b, topic() AS t`; Event Grid's and CloudEvents' `data_base64`.
 * Everything else passes as it is: Event Hubs bodies, Kafka values and AMQP bodies are the message itself, and in
 * CloudEvents' binary mode the body is the bare token.
 *
 * @throws LuError 1001, 1007.
 */
export function unwrapIngress(bytes: Uint8Array): Ingress {
  if (bytes.length > maxIngressBytes) throw new LuError(1007, "larger than any wrapped message");
  const asItIs: Ingress = { bytes, topic: null };
  if (bytes[0] !== "{".charCodeAt(0)) return asItIs;
  let outer: Record<string, unknown>;
  try {
    outer = JSON.parse(Buffer.from(bytes).toString("utf8")) as Record<string, unknown>;
  } catch {
    // Not a wrapper. What is wrong with it, the envelope will say.
    return asItIs;
  }
  if (typeof outer.b === "string" && typeof outer.t === "string") return { bytes: fromBase64(outer.b), topic: outer.t };
  if (typeof outer.data_base64 !== "string") return asItIs;
  const isMqttEvent = outer.type === "MQTT.EventPublished" && typeof outer.subject === "string";
  return { bytes: fromBase64(outer.data_base64), topic: isMqttEvent ? String(outer.subject) : null };
}

function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new LuError(1001, "the wrapper's base64 is damaged");
  return bytes;
}
