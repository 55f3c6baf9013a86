import type { Drawn } from "./drawn.ts";

export const guests: Drawn<"guests"> = {
  draw: ({ name }) => <p>{name}</p>,
  sentence: ({ name }) => name,
};
