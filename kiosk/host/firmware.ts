import { readFileSync } from "node:fs";

/** Version of the software that runs, `1.4.2`: what records, status and telemetry say of it, and updates go by. */
export const firmware = versionIn(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

function versionIn(text: string): string {
  const { version } = JSON.parse(text) as { readonly version?: unknown };
  if (typeof version !== "string") throw new TypeError("package.json says no version");
  return version;
}
