import type { Drawn } from "./drawn.ts";

export const consent: Drawn<"consent"> = {
  draw: ({ name }) => <p>{name}</p>,
  sentence: ({ name }) => name,
};
