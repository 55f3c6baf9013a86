import type { RightsWords } from "./words.ts";

export const spanishRights: RightsWords = { close: "Cerrar" };
