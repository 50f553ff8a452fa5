/* How symbols are written: the server's own rule. */
const pattern = /^[A-Za-z0-9^][A-Za-z0-9.=-]{0,31}$/;

/** In capitals; null for what is no symbol. */
export const tickerIn = (text: string): string | null => (pattern.test(text) ? text.toUpperCase() : null);
