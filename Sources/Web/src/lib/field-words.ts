/* What the server says of a field, as it stands at the field: without the field's name in the request. */

/** `1000000.00` as `1,000,000.00`. */
const grouped = (number: string): string => number.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));

/** A message that begins with the field's path is about nothing else: `fee_bps must be from 0 to 1000.` */
export function atField(field: string, message: string): string {
    if (!message.startsWith(`${field} `)) return message;
    const rest = message.slice(field.length + 1);
    const range = /^must be (?:a whole number )?(?:from )?(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)(.*)$/.exec(rest);
    if (range) return `From ${grouped(range[1]!)} to ${grouped(range[2]!)}${range[3]}`;
    if (/^is required\b/.test(rest)) return "This is needed.";
    return rest.charAt(0).toUpperCase() + rest.slice(1);
}
