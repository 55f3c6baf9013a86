import type { Drawn } from "./drawn.ts";

export const rights: Drawn<"rights"> = {
  draw: ({ name }) => <p>{name}</p>,
  sentence: ({ name }) => name,
};
