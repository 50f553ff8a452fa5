/* What a table does with its rows, without the page: sorting, filtering, paging, and the file of it. */

export type Cell = string | number | null;

export interface Sort {
    readonly key: string;
    readonly isDescending: boolean;
}

/** Figures are asked for largest first, words from A. */
export const beginsDescending = ({ kind }: { readonly kind?: "text" | "number" }): boolean => kind === "number";

/** `compare` after the collation of the reader's language; numbers in texts count as numbers: `v2` before `v10`. */
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** In order of `value`; rows without one are last whatever the direction, and equal ones keep their order. */
export function sorted<Row>(
    rows: readonly Row[],
    value: (row: Row) => Cell,
    isDescending: boolean,
): readonly Row[] {
    const sign = isDescending ? -1 : 1;
    const isMissing = (cell: Cell): boolean => cell === null || (typeof cell === "number" && Number.isNaN(cell));
    return rows
        .map((row, index) => ({ row, index, cell: value(row) }))
        .sort((left, right) => {
            const [a, b] = [left.cell, right.cell];
            if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b)) || left.index - right.index;
            const order = typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
            return sign * order || left.index - right.index;
        })
        .map(({ row }) => row);
}

/** Rows in whose texts every word of `text` is found, whatever its case. */
export function filtered<Row>(
    rows: readonly Row[],
    values: readonly ((row: Row) => Cell)[],
    text: string,
): readonly Row[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return rows;
    return rows.filter((row) => {
        const all = values.map((value) => String(value(row) ?? "").toLowerCase()).join("\n");
        return words.every((word) => all.includes(word));
    });
}

export interface PageOfRows<Row> {
    readonly rows: readonly Row[];
    /** From 1; within what there is, whatever was asked for. */
    readonly page: number;
    readonly pages: number;
}

/** `total`: how many rows there are in all, where more are to come behind these. */
export function paged<Row>(rows: readonly Row[], page: number, size: number, total = rows.length): PageOfRows<Row> {
    const pages = Math.max(1, Math.ceil(Math.max(total, rows.length) / size));
    const shown = Math.max(1, Math.min(page, pages));
    return { rows: rows.slice((shown - 1) * size, shown * size), page: shown, pages };
}
