/** The list with the item at `from` at `to`, everything else in its order; the same where either is none of its places. */
export function moved<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
    if (from === to || !(from in items) || !(to in items)) return items;
    const rest = items.filter((_, index) => index !== from);
    return [...rest.slice(0, to), items[from]!, ...rest.slice(to)];
}

/** The list without the item, or with it at the end. */
export const toggled = <Item>(items: readonly Item[], item: Item): readonly Item[] =>
    items.includes(item) ? items.filter((one) => one !== item) : [...items, item];
