import type { AlertAnswer } from "./core/alert/types.ts";
import type { Event } from "./core/event.ts";
import type { OrderHandler } from "./core/orders.ts";
import type { Clock } from "./core/ports/senses.ts";

export interface AlarmOptions {
  readonly clock: Pick<Clock, "now">;
  readonly post: (event: Event) => void;
}

/** Alerts that do not come from the wall's own glass: by order, or at the desk. Said twice is the same as said once. */
export interface Alarm {
  readonly handlers: readonly (readonly [string, OrderHandler])[];
  /** At the desk. */
  readonly order: (act: AlertAnswer["act"]) => void;
}

export function createAlarm({ clock, post }: AlarmOptions): Alarm {
  const tell = (act: AlertAnswer["act"], cmd: string | null): void =>
    post({ kind: "counter", answer: { of: "alert", is: "ordered", act, cmd }, at: clock.now() });
  const handler =
    (act: AlertAnswer["act"]): OrderHandler =>
    async ({ id }) => {
      tell(act, id);
      return {};
    };
  return {
    handlers: [
      ["alert.raise", handler("raised")],
      ["alert.clear", handler("cleared")],
    ],
    order: (act) => tell(act, null),
  };
}
