import { FailureNotice } from "../../ui/notices";
import { Star } from "../../ui/star";
import { useAccount } from "../../ui/use-account";
import { useWatchlist } from "../../ui/use-watchlist";

/** For whoever has a watchlist. */
export function OwnStar({ symbol }: { symbol: string }): JSX.Element | null {
    const account = useAccount();
    const isUser = account.state === "signed-in" && account.profile.session?.kind === "full";
    return isUser ? <Watch symbol={symbol} /> : null;
}

function Watch({ symbol }: { symbol: string }): JSX.Element {
    const watchlist = useWatchlist();
    return (
        <>
            <Star symbol={symbol} watchlist={watchlist} />
            {watchlist.error !== null && <FailureNotice what="Your watchlist was not saved." error={watchlist.error} />}
        </>
    );
}
