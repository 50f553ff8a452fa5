import { longestWatchlist } from "../../api/watchlist";
import { toggled } from "../../lib/order";
import { StarIcon } from "../../ui/icons";
import { IconButton } from "../../ui/parts";
import type { Column } from "../../ui/table/table";
import type { Watchlist } from "../../ui/use-watchlist";
import type { Row } from "./columns";

/** Puts a symbol on the user's watchlist, and takes it off. */
export function Star({ symbol, watchlist }: { symbol: string; watchlist: Watchlist }): JSX.Element {
    const symbols = watchlist.symbols ?? [];
    const isWatched = symbols.includes(symbol);
    const isFull = !isWatched && symbols.length >= longestWatchlist;
    return (
        <IconButton
            label={isFull ? `Your watchlist is full: it holds ${longestWatchlist} symbols` : `Watch ${symbol}`}
            className={isWatched ? "star star-on" : "star"}
            aria-pressed={isWatched}
            disabled={watchlist.symbols === null || isFull}
            onClick={() => watchlist.change(toggled(symbols, symbol))}
        >
            <StarIcon isFull={isWatched} />
        </IconButton>
    );
}

export const starColumn = (watchlist: Watchlist): Column<Row> => ({
    key: "star",
    title: "Watch",
    isControl: true,
    value: () => null,
    cell: ({ symbol }) => <Star symbol={symbol} watchlist={watchlist} />,
});
