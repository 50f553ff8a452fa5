/* Looking up what a code means. */

export type Words = Readonly<Record<string, string>>;

/**
 * Codes may come from a later server, or from an address that anybody has written: nothing but the table's own words is
 * found.
 */
export const wordsFor = <Meaning>(table: Readonly<Record<string, Meaning>>, code: string): Meaning | undefined =>
    Object.prototype.hasOwnProperty.call(table, code) ? table[code] : undefined;
