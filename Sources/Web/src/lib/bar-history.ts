/*
 * The bars of one series as they arrive: the newest page first, then older ones on demand, one request at a time.
 */
import { type Bars, joined, noBars } from "./bars";

export interface BarPage {
    readonly bars: Bars;
    /** Whether the server has bars older than these. */
    readonly hasOlder: boolean;
}

export interface HistoryState {
    readonly bars: Bars;
    readonly isComplete: boolean;
    readonly isLoading: boolean;
    /** Why the last request failed; the bars read before it are still there. */
    readonly error: unknown;
}

/** Reads the newest page (`before` is null) or the page that ends right before a bar's time; pages count from 0. */
export type PageReader = (before: number | null, page: number) => Promise<BarPage>;

export class BarHistory {
    private current: HistoryState = { bars: noBars, isComplete: false, isLoading: false, error: null };
    /** All bars read; while a long way back is read, more than `current` tells of. */
    private read: Bars = noBars;
    private pages = 0;
    private pending: Promise<void> | null = null;
    /** What was asked for last. */
    private wanted: Wanted | null = null;
    /** The farthest of what could not be read: where to go on, though something nearer was asked for since. */
    private failed: Wanted | null = null;
    private isStopped = false;
    private readonly listeners = new Set<() => void>();

    constructor(private readonly readPage: PageReader) {}

    readonly state = (): HistoryState => this.current;

    readonly subscribe = (listener: () => void): (() => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };

    /** Reads the next older page, or the first. Calls while one is under way share it. Never throws: see `error`. */
    loadMore(): Promise<void> {
        if (this.current.isComplete) return Promise.resolve();
        this.pending ??= this.loadPage().finally(() => (this.pending = null));
        return this.pending;
    }

    /**
     * Reads until there are `extra` bars before the first one at or after `time`, or no older ones. False when a
     * request failed on the way or nobody looks any more.
     */
    async loadBack(time: number, extra: number): Promise<boolean> {
        const wanted = (this.wanted = { time, extra });
        this.isStopped = false;
        while (!this.isStopped && !this.current.isComplete && !this.reaches(wanted)) {
            await this.loadMore();
            if (this.current.error !== null) {
                if (this.failed === null || wanted.time < this.failed.time) this.failed = wanted;
                return false;
            }
        }
        return !this.isStopped;
    }

    /** Nobody looks any more: the page under way is the last. */
    stop(): void {
        this.isStopped = true;
    }

    /** Goes on where a request failed. */
    retry(): void {
        const goal = this.failed ?? this.wanted;
        // What failed may have been the one page more that somebody scrolled to.
        if (goal && !this.reaches(goal)) void this.loadBack(goal.time, goal.extra);
        else void this.loadMore();
    }

    private reaches({ time, extra }: Wanted): boolean {
        const start = this.read.time[extra];
        return start !== undefined && start <= time;
    }

    private async loadPage(): Promise<void> {
        this.update({ isLoading: true, error: null });
        try {
            const page = await this.readPage(this.read.time[0] ?? null, this.pages);
            this.pages += 1;
            this.failed = null;
            const before = this.read.time.length;
            this.read = joined(page.bars, this.read);
            const count = this.read.time.length;
            // A server that promises more but gives nothing new would be asked for ever.
            const isComplete = !page.hasOlder || count === before;
            // On a long way back not every page is worth computing every line again: what doubles the bars, in the end
            // all of them.
            const isOnTheWay = this.wanted !== null && !isComplete && !this.reaches(this.wanted);
            const isShown = !isOnTheWay || count >= 2 * this.current.bars.time.length;
            this.update({ ...(isShown && { bars: this.read }), isComplete, isLoading: isOnTheWay });
        } catch (error) {
            this.update({ bars: this.read, isLoading: false, error });
        }
    }

    private update(change: Partial<HistoryState>): void {
        this.current = { ...this.current, ...change };
        this.listeners.forEach((listener) => listener());
    }
}

interface Wanted {
    readonly time: number;
    readonly extra: number;
}
