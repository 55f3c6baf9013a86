import type { Drawn } from "./drawn.ts";

export const absence: Drawn<"absence"> = {
  draw: ({ name }) => <p>{name}</p>,
  sentence: ({ name }) => name,
};
