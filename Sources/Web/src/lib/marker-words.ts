/* Which markers of a chart have room for their words: no two of them overlap, and none is cut off at an edge. */

/** Pixels that a letter takes, and those between two markers' words. */
const letter = 6.4;
const between = 8;

export interface Worded {
    readonly index: number;
    readonly side: "buy" | "sell" | "note";
    readonly text: string;
}

/** What is visible: the first bar's index, pixels from one bar to the next, and pixels in all. */
export interface View {
    readonly from: number;
    readonly spacing: number;
    readonly width: number;
}

type Span = readonly [left: number, right: number];

function spanOf({ index, text }: Worded, { from, spacing }: View): Span {
    const half = (text.length * letter) / 2;
    const middle = (index - from + 0.5) * spacing;
    return [middle - half, middle + half];
}

/** An edge goes through its words. */
export function isCut(marker: Worded, view: View): boolean {
    const [left, right] = spanOf(marker, view);
    return (left < 0 && right > 0) || (left < view.width && right > view.width);
}

/**
 * Of markers in the order of their bars, those whose words are written. Words above bars and words below them are at
 * one height on a steep move: they make way for each other, too. What a sale came to goes before a purchase's number.
 */
export function worded<Marker extends Worded>(markers: readonly Marker[], view: View): ReadonlySet<Marker> {
    const found = new Set<Marker>();
    const taken: Span[] = [];
    for (const isBuy of [false, true]) {
        const others = [...taken];
        let next = 0;
        let end = -Infinity;
        for (const marker of markers) {
            if ((marker.side === "buy") !== isBuy || isCut(marker, view)) continue;
            const [left, right] = spanOf(marker, view);
            while (next < others.length && others[next]![1] + between <= left) next++;
            const other = others[next];
            if (left < end || (other !== undefined && other[0] - between < right)) continue;
            found.add(marker);
            taken.push([left, right]);
            end = right + between;
        }
    }
    return found;
}
