import { Star } from "../../ui/star";
import type { Column } from "../../ui/table/table";
import type { Watchlist } from "../../ui/use-watchlist";
import type { Row } from "./columns";

export const starColumn = (watchlist: Watchlist): Column<Row> => ({
    key: "star",
    title: "Watch",
    isControl: true,
    value: () => null,
    cell: ({ symbol }) => <Star symbol={symbol} watchlist={watchlist} />,
});
