/* Where a tab keeps the symbol that somebody has come for: users each for themselves, visitors for whoever signs in. */

type Place = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const visitors = "symbol-in-mind";
const nameFor = (user: string | null): string => (user === null ? visitors : `${visitors}:${user}`);

export const symbolKept = (place: Place, user: string | null): string | null =>
    place.getItem(nameFor(user)) ?? place.getItem(visitors);

/** Null: what they came for is done. */
export function keepSymbol(place: Place, user: string | null, symbol: string | null): void {
    // What was a visitor's has gone along with this user, and is for no later one.
    place.removeItem(visitors);
    if (symbol === null) place.removeItem(nameFor(user));
    else place.setItem(nameFor(user), symbol);
}
