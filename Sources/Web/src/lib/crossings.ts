/** A bar on which one line has come to the other side of another. */
export interface Crossing {
    readonly index: number;
    readonly side: "above" | "below";
}

/** Where `fast` crosses `slow`, as the engine has it: at most equal on the bar before, and beyond on this one. */
export function crossings(fast: ArrayLike<number>, slow: ArrayLike<number>): readonly Crossing[] {
    const found: Crossing[] = [];
    for (let index = 1; index < Math.min(fast.length, slow.length); index++) {
        const before = fast[index - 1]! - slow[index - 1]!;
        const now = fast[index]! - slow[index]!;
        if (before <= 0 && now > 0) found.push({ index, side: "above" });
        else if (before >= 0 && now < 0) found.push({ index, side: "below" });
    }
    return found;
}
