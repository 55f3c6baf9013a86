import { cardHasher } from "../../../kiosk/core/card.ts";

/** Hashes under a key that every test has. */
export const testHash = cardHasher(new Uint8Array(32).fill(7));
