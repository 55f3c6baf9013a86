import type { Choices } from "./view.ts";

/** What somebody wishes for themselves at this wall; kept sealed, and read by whatever shows something of them. */

/** Its piece of the vault. */
export const choicesPiece = "choices";
/** The languages that the wall speaks. */
export const wallLangs = ["en", "es", "de", "hi", "ar", "zh"] as const;

export const noChoices: Choices = { isNameless: false, isMuted: false, lang: null };

export const isNoChoice = ({ isNameless, isMuted, lang }: Choices): boolean => !isNameless && !isMuted && lang === null;

export const choicesBytes = ({ isNameless, isMuted, lang }: Choices): Uint8Array =>
  Buffer.from(JSON.stringify({ isNameless, isMuted, lang }));

/** What is not understood is no wish. */
export function choicesIn(bytes: Uint8Array | null): Choices {
  if (bytes === null) return noChoices;
  try {
    const { isNameless, isMuted, lang } = JSON.parse(Buffer.from(bytes).toString());
    return {
      isNameless: isNameless === true,
      isMuted: isMuted === true,
      lang: wallLangs.find((known) => known === lang) ?? null,
    };
  } catch {
    return noChoices;
  }
}
