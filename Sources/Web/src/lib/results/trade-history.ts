/*
 * The trades of one run as they arrive: those that came with the run, then the others, page after page. What has been
 * read is kept when a page fails, and the next attempt goes on behind it.
 */
import type { Trade } from "api-types";

export interface TradesState {
    /** In their order, without gaps. */
    readonly trades: readonly Trade[];
    readonly isComplete: boolean;
    /** Why the last page did not come. */
    readonly error: unknown;
}

interface Source {
    readonly first: readonly Trade[];
    /** How many there are, by the run's own figures. */
    readonly total: number;
    /** The page that begins after so many trades; empty when there are no more. */
    readonly readPage: (offset: number) => Promise<readonly Trade[]>;
}

export class TradeHistory {
    private current: TradesState;
    private read: readonly Trade[];
    private reading: Promise<void> | null = null;
    private isStopped = false;
    private readonly listeners = new Set<() => void>();

    /** `wanted`: the trade that somebody waits for; it is told of as soon as it is there. */
    constructor(private readonly source: Source, private readonly wanted: number | null) {
        this.read = source.first;
        this.current = { trades: source.first, isComplete: source.first.length >= source.total, error: null };
    }

    readonly state = (): TradesState => this.current;

    readonly subscribe = (listener: () => void): (() => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };

    /** Reads what is missing, from where it stands. Calls while that is under way share it. Never throws: see `error`. */
    load(): Promise<void> {
        this.isStopped = false;
        if (this.current.isComplete) return Promise.resolve();
        this.reading ??= this.readRest().finally(() => (this.reading = null));
        return this.reading;
    }

    /** Nobody looks any more: the page under way is the last. */
    stop(): void {
        this.isStopped = true;
    }

    private async readRest(): Promise<void> {
        if (this.current.error !== null) this.update({ error: null });
        try {
            while (!this.isStopped && !this.current.isComplete) {
                const page = await this.source.readPage(this.read.length);
                this.read = [...this.read, ...page];
                const count = this.read.length;
                // A server that promises more but gives none would be asked for ever.
                const isComplete = page.length === 0 || count >= this.source.total;
                // Not every page is worth a new chart and a new table: what doubles them is, and what is waited for.
                const shown = this.current.trades.length;
                const isWanted = this.wanted !== null && shown < this.wanted && count >= this.wanted;
                if (isComplete || isWanted || count >= 2 * shown) this.update({ trades: this.read, isComplete });
            }
        } catch (error) {
            this.update({ trades: this.read, error: error ?? new Error("It failed.") });
        }
    }

    private update(change: Partial<TradesState>): void {
        this.current = { ...this.current, ...change };
        this.listeners.forEach((listener) => listener());
    }
}
