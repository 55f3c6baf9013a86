import { type Config, configSchema } from "../../kiosk/config.ts";

/** Settings whose values are a number, a switch or one of our own words, and say nothing of a person or a place. */
const shown = [
  ...["port", "metricsPort", "brokerProfile", "batches", "nameMasking", "liveMin", "liveSure", "challengeShare"],
  ...["fpirTarget", "similarityMin", "marginMin", "badge", "lookMs", "thanksMs", "duplicateWindowMs"],
  ...["allowNonCommercial", "keepDays", "snapshot", "log"],
] as const satisfies readonly (keyof Config)[];

/** Every setting by name: its value where it may be shown, else whether it differs from the default. */
export function settingsOf(config: Config): Readonly<Record<string, string | number | boolean>> {
  const all = Object.keys(configSchema.shape) as (keyof Config)[];
  return Object.fromEntries(
    all.map((name) => {
      const value = config[name];
      const isShown = (shown as readonly string[]).includes(name);
      if (isShown && (typeof value === "number" || typeof value === "boolean" || typeof value === "string"))
        return [name, value];
      if (name === "broker") return [name, brokerOf(config.broker)];
      if (name === "camera" || name === "reader") return [name, String(value).split(":")[0] ?? ""];
      const preset: unknown = configSchema.shape[name].safeParse(undefined).data;
      return [name, JSON.stringify(value) === JSON.stringify(preset) ? "as it comes" : "set"];
    }),
  );
}

/** How it is spoken to, and not where or as whom. */
function brokerOf(broker: string): string {
  if (broker === "embedded") return broker;
  try {
    const { protocol, port } = new URL(broker);
    return `${protocol}//…${port === "" ? "" : `:${port}`}`;
  } catch {
    return "unreadable";
  }
}
