/*
 * Which bars of a chart are in view. Every way to move a chart goes through here, so that none of them can lose the
 * bars: a window is never wider than the data and its margins, and never lies beside it. Pure: it knows no pixels.
 */

/** Bar indexes at the left and right edge; fractions, and empty space beside the data, are possible. */
export interface Window {
    readonly from: number;
    readonly to: number;
}

/** Empty bars right of the newest one, at least. */
const rightMargin = 3;
/** The part of a window that may be empty space right of the newest bar. */
const largestOverhang = 0.15;
/** No window is narrower than this many bars. */
const narrowest = 8;

/** All bars with their margins. Few bars stand in the middle of a window that is not narrower than the narrowest. */
export function wholeWindow(count: number): Window {
    const margin = Math.max(rightMargin, count * 0.03);
    const lacking = narrowest - (count - 1 + margin + 0.5);
    const pad = Math.max(0, lacking / 2);
    return { from: -0.5 - pad, to: count - 1 + margin + pad };
}

/** The nearest window to the one asked for that holds bars and no more empty space than it may. */
export function clamped({ from, to }: Window, count: number): Window {
    const whole = wholeWindow(count);
    if (!Number.isFinite(from) || !Number.isFinite(to)) return whole;
    const widest = whole.to - whole.from;
    const width = Math.max(to - from, narrowest);
    if (width >= widest) return whole;
    const middle = (from + to) / 2;
    const start = to - from < narrowest ? middle - width / 2 : from;
    // The nearer a window comes to holding everything, the less may lie beside: no bar is out of view in exchange.
    const beside = Math.min(width * largestOverhang, whole.to - (count - 1) + widest - width);
    const last = Math.max(count - 1 + Math.max(rightMargin, beside), whole.from + width);
    const kept = Math.min(Math.max(start, whole.from), last - width);
    return { from: kept, to: kept + width };
}

export class Viewport {
    private current: Window;
    private home: Window;
    private hasMoved = false;

    constructor(private count: number) {
        this.current = this.home = wholeWindow(count);
    }

    get window(): Window {
        return this.current;
    }

    /** Whether the reader has moved since the program last said what to show. */
    get isMovedByHand(): boolean {
        return this.hasMoved;
    }

    /** Whether the newest bar is in view. */
    get isNewestInView(): boolean {
        return this.current.from <= this.count - 1 && this.current.to >= this.count - 1;
    }

    /** Shows the bars from one index to another, with room beside the newest; `reset` comes back to this. */
    show(from: number, to: number): void {
        const margin = Math.max(rightMargin, (to - from) * 0.03);
        const isAtEnd = to >= this.count - 1;
        this.current = this.home = clamped({ from, to: isAtEnd ? this.count - 1 + margin : to }, this.count);
        this.hasMoved = false;
    }

    /** Goes to the bars from one index to another; `reset` still comes back to what was shown. */
    visit(from: number, to: number): void {
        this.move({ from, to });
    }

    reset(): void {
        this.current = this.home;
        this.hasMoved = false;
    }

    /** The reader has dragged or scrolled to this window; what comes of it lies within the data. */
    move(window: Window): void {
        this.current = clamped(window, this.count);
        this.hasMoved = true;
    }

    /** Moves by a part of what is visible; negative is back in time. */
    pan(part: number): void {
        const distance = (this.current.to - this.current.from) * part;
        this.move({ from: this.current.from + distance, to: this.current.to + distance });
    }

    /** Shows this many times as many bars. The newest bar keeps its place when it is in view, else the middle does. */
    zoom(factor: number): void {
        const { from, to } = this.current;
        const widest = wholeWindow(this.count);
        const width = Math.min(Math.max((to - from) * factor, narrowest), widest.to - widest.from);
        const anchor = this.isNewestInView ? this.count - 1 : (from + to) / 2;
        const part = (anchor - from) / (to - from);
        this.move({ from: anchor - width * part, to: anchor + width * (1 - part) });
    }

    /** Brings a bar into view when it is outside, with some bars beyond it. */
    reveal(index: number): void {
        const { from, to } = this.current;
        const beyond = Math.min(3, (to - from) * 0.05);
        const shift = index < from ? index - from - beyond : index > to ? index - to + beyond : 0;
        if (shift !== 0) this.move({ from: from + shift, to: to + shift });
    }

    /** The data has changed: so many bars now, so many of them new in front. The same bars stay in view. */
    resize(count: number, added: number): void {
        this.count = count;
        const shifted = ({ from, to }: Window): Window => clamped({ from: from + added, to: to + added }, count);
        this.current = shifted(this.current);
        this.home = shifted(this.home);
    }
}

/** Whole indexes of the bars in a window, among `count` bars. The hundredth is what layout arithmetic may be off. */
export const barsIn = (window: Window, count: number): [number, number] => [
    Math.max(0, Math.ceil(window.from - 0.01)),
    Math.min(count - 1, Math.floor(window.to + 0.01)),
];
