/** Somebody else's answer to the same question: from one JPEG to one face embedding. */
export interface Peer {
  readonly name: string;
  /** @returns the length of the embedding; 0 where no face was found. */
  readonly embed: (jpeg: Uint8Array) => Promise<number>;
  readonly close: () => Promise<void>;
}
