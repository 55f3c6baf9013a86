import type { Drawn } from "./drawn.ts";

export const alert: Drawn<"alert"> = {
  draw: ({ name }) => <p>{name}</p>,
  sentence: ({ name }) => name,
};
