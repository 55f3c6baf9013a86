/** Of the words that people read before they agree. A change of what they say is a new version; a record names it. */
export const textVersion = 1;

/** Those this clock can show. */
export const textVersions: readonly number[] = [textVersion];
