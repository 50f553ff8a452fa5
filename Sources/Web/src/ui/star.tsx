import { longestWatchlist } from "../api/watchlist";
import { excluding, including } from "../lib/order";
import { StarIcon } from "./icons";
import { IconButton } from "./parts";
import type { Watchlist } from "./use-watchlist";

interface Props {
    readonly symbol: string;
    readonly watchlist: Watchlist;
}

/** Puts a symbol on the user's watchlist, and takes it off. While the list is not known it says neither. */
export function Star({ symbol, watchlist }: Props): JSX.Element {
    const { symbols } = watchlist;
    if (symbols === null) {
        const isFailed = watchlist.list.state === "failed";
        return (
            <IconButton
                label={isFailed ? `Watch ${symbol}: your watchlist did not load` : `Watch ${symbol}: loading your watchlist`}
                className="star star-unknown"
                disabled
            >
                <StarIcon isFull={false} />
            </IconButton>
        );
    }
    const isWatched = symbols.includes(symbol);
    const isFull = !isWatched && symbols.length >= longestWatchlist;
    return (
        <IconButton
            label={isFull ? `Your watchlist is full: it holds ${longestWatchlist} symbols` : `Watch ${symbol}`}
            className={isWatched ? "star star-on" : "star"}
            aria-pressed={isWatched}
            disabled={isFull}
            onClick={() => watchlist.change((now) => (isWatched ? excluding(now, symbol) : including(now, symbol)))}
        >
            <StarIcon isFull={isWatched} />
        </IconButton>
    );
}
