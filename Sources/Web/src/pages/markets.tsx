import "../shared";
import type { AssetType } from "../lib/bars";
import { signInPath } from "../lib/routes";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Segmented } from "../ui/parts";
import { useAccount } from "../ui/use-account";
import { useWatchlist, type Watchlist } from "../ui/use-watchlist";
import { AllSymbols } from "./markets/all-symbols";
import { OwnSymbols } from "./markets/own-symbols";

type View = "all" | "stocks" | "crypto" | "watchlist";

const labels: Readonly<Record<View, string>> = {
    all: "All",
    stocks: "Stocks",
    crypto: "Crypto",
    watchlist: "Watchlist",
};
const kinds: Readonly<Record<Exclude<View, "watchlist">, AssetType | null>> = {
    all: null,
    stocks: "EQUITY",
    crypto: "CRYPTO",
};
const views = Object.keys(labels) as readonly View[];

const viewOf = (query: string): View => {
    const written = new URLSearchParams(query).get("view");
    return views.find((view) => view === written) ?? "all";
};

/** Every symbol with stored prices, and those that the reader watches. */
export default function Markets(): JSX.Element {
    const account = useAccount();
    const isUser = account.state === "signed-in" && account.profile.session?.kind === "full";
    if (account.state === "loading") return <Skeleton label="Loading your account" lines={8} className="page" />;
    return isUser ? <OwnMarkets /> : <Content watchlist={null} />;
}

const OwnMarkets = (): JSX.Element => <Content watchlist={useWatchlist()} />;

function Content({ watchlist }: { watchlist: Watchlist | null }): JSX.Element {
    const view = viewOf(useQuery());
    const options = views
        .filter((value) => value !== "watchlist" || watchlist !== null)
        .map((value) => ({ value, label: labels[value] }));
    return (
        <div className="page">
            <div className="page-head">
                <div>
                    <PageHeading title="Markets · BitStockerz">Markets</PageHeading>
                    <p className="sub">
                        {watchlist ? (
                            "Every symbol with prices on this server."
                        ) : (
                            <>
                                Every symbol with prices on this server.{" "}
                                <Link href={signInPath("/markets?view=watchlist")}>Sign in</Link> to keep a watchlist.
                            </>
                        )}
                    </p>
                </div>
                <Segmented
                    label="List"
                    options={options}
                    value={view}
                    change={(next) => navigate(next === "all" ? "/markets" : `/markets?view=${next}`)}
                />
            </div>
            {watchlist !== null && watchlist.error !== null && (
                <FailureNotice what="Your watchlist was not saved." error={watchlist.error} />
            )}
            {watchlist?.list.state === "failed" && view !== "watchlist" && (
                <FailureNotice
                    what="Your watchlist did not load, so no star tells what you watch."
                    error={watchlist.list.error}
                    retry={watchlist.reload}
                />
            )}
            {view !== "watchlist" ? (
                <AllSymbols key={view} kind={kinds[view]} watchlist={watchlist} />
            ) : watchlist ? (
                <OwnSymbols watchlist={watchlist} />
            ) : (
                <EmptyNotice title="A watchlist needs an account.">
                    <Link href={signInPath("/markets?view=watchlist")}>Sign in</Link> to see yours, or look at{" "}
                    <Link href="/markets">all symbols</Link>.
                </EmptyNotice>
            )}
        </div>
    );
}
