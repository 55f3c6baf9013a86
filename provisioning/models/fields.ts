import { Fault } from "../../kiosk/core/fault.ts";

export type Field = readonly [path: string, value: unknown];

/**
 * @param text as `decoder.strides=[8,16,32]` or `input.color=RGB`; a value that is no JSON is taken as text.
 * @throws Fault `config-invalid`
 */
export function parseField(text: string): Field {
  const at = text.indexOf("=");
  const path = text.slice(0, Math.max(0, at));
  if (!/^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$/.test(path)) {
    throw new Fault("config-invalid", `--set ${text} names no field`, "Write it as --set input.color=RGB.");
  }
  return [path, readValue(text.slice(at + 1))];
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A copy of an entry with fields put in by their paths; what lies between is made. */
export function assigned(
  entry: Readonly<Record<string, unknown>>,
  fields: readonly Field[],
): Readonly<Record<string, unknown>> {
  return fields.reduce((whole, [path, value]) => put(whole, path.split("."), value), entry);
}

function put(
  entry: Readonly<Record<string, unknown>>,
  [name = "", ...rest]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (rest.length === 0) return { ...entry, [name]: value };
  const inner = Object.hasOwn(entry, name) ? entry[name] : undefined;
  const below = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
  return { ...entry, [name]: put(below as Readonly<Record<string, unknown>>, rest, value) };
}
