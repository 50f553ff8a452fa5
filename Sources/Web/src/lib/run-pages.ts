/*
 * A list that is read in pages while it changes: new runs push the others down, deleted ones let them move up. What is
 * known is always without a gap.
 */
interface Named {
    readonly id: string;
}

export interface Page<Row> {
    readonly runs: readonly Row[];
    readonly hasMore: boolean;
}

/** `known`, newest first, once the first page has been read anew. What is there no more is left out. */
export function withNewest<Row extends Named>(known: readonly Row[], { runs, hasMore }: Page<Row>): readonly Row[] {
    const last = lastIn(known, runs);
    // Nothing in common: so much is new that what lies between is not known.
    return hasMore && last >= 0 ? [...runs, ...known.slice(last + 1)] : runs;
}

/** The runs that follow the last of `known`. `readPage` gives `size` runs from an offset on. */
export async function olderThan<Row extends Named>(
    known: readonly Row[],
    size: number,
    readPage: (offset: number) => Promise<Page<Row>>,
): Promise<Page<Row>> {
    // From the last known one on; further up where runs have been deleted meanwhile, further down where some have come.
    let offset = Math.max(0, known.length - 1);
    for (let isGoingDown = false; ; ) {
        const { runs, hasMore } = await readPage(offset);
        const last = lastIn(runs, known);
        if (last < 0 && offset > 0 && !isGoingDown) {
            offset = Math.max(0, offset - size);
        } else if (last >= 0 && last === runs.length - 1 && hasMore) {
            offset += size;
            isGoingDown = true;
        } else {
            return { runs: runs.slice(last + 1), hasMore };
        }
    }
}

/** Where the last of `rows` stands that is among `others`, too; -1 for none. */
function lastIn(rows: readonly Named[], others: readonly Named[]): number {
    const ids = new Set(others.map(({ id }) => id));
    for (let index = rows.length - 1; index >= 0; index--) if (ids.has(rows[index]!.id)) return index;
    return -1;
}
