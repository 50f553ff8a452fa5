/* Changes of a list in the reader's own order. Each says what is meant, so that it can be made to whatever is there by now. */

/** The list with the item at `from` at `to`, everything else in its order; the same where either is none of its places. */
export function moved<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
    if (from === to || !(from in items) || !(to in items)) return items;
    const rest = items.filter((_, index) => index !== from);
    return [...rest.slice(0, to), items[from]!, ...rest.slice(to)];
}

/** The list with the item `steps` further down, or up: as far as there is room; the same where it is not in it. */
export const shifted = <Item>(items: readonly Item[], item: Item, steps: number): readonly Item[] => {
    const from = items.indexOf(item);
    return moved(items, from, Math.max(0, Math.min(from + steps, items.length - 1)));
};

/** The list with the item at its end, unless it is in it. */
export const including = <Item>(items: readonly Item[], item: Item): readonly Item[] =>
    items.includes(item) ? items : [...items, item];

export const excluding = <Item>(items: readonly Item[], item: Item): readonly Item[] =>
    items.includes(item) ? items.filter((one) => one !== item) : items;
