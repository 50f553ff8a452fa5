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

/** Reads the newest page (`before` is null) or the page that ends right before a bar's time. */
export type PageReader = (before: number | null) => Promise<BarPage>;

export class BarHistory {
    private current: HistoryState = { bars: noBars, isComplete: false, isLoading: false, error: null };
    private pending: Promise<void> | null = null;
    private readonly listeners = new Set<() => void>();

    constructor(private readonly read: PageReader) {}

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
     * request failed on the way.
     */
    async loadBack(time: number, extra: number): Promise<boolean> {
        while (!this.current.isComplete && !this.reaches(time, extra)) {
            await this.loadMore();
            if (this.current.error !== null) return false;
        }
        return true;
    }

    private reaches(time: number, extra: number): boolean {
        const start = this.current.bars.time[extra];
        return start !== undefined && start <= time;
    }

    private async loadPage(): Promise<void> {
        this.update({ isLoading: true, error: null });
        const before = this.current.bars.time[0] ?? null;
        try {
            const page = await this.read(before);
            const bars = joined(page.bars, this.current.bars);
            // A server that promises more but gives nothing new would be asked for ever.
            const isStuck = bars.time.length === this.current.bars.time.length;
            this.update({ bars, isComplete: !page.hasOlder || isStuck, isLoading: false });
        } catch (error) {
            this.update({ isLoading: false, error });
        }
    }

    private update(change: Partial<HistoryState>): void {
        this.current = { ...this.current, ...change };
        this.listeners.forEach((listener) => listener());
    }
}
