import "../shared";
import { ArrowIcon } from "../ui/icons";
import { Link, PageHeading } from "../ui/navigation";
import { Featured } from "./home/featured";
import { HealthCard } from "./home/health-card";
import { StoredData } from "./home/stored-data";

const promises: readonly [string, string][] = [
    [
      "No look-ahead",
      "A rule sees closed bars only. It can trade at the next open; a fill at the very close of the signal is marked.",
    ],
    ["Costs are counted", "Commission and slippage come off every fill, and a gap fills at the gap, not at the stop."],
    [
        "The same answer twice",
        "Every run keeps its definition, prices and engine version, and a hash that proves them.",
    ],
    [
        "Attempts are remembered",
        "Each variant you try is written down, because the best of many is luck more often than skill.",
    ],
];

/** What BitStockerz is, whether it works, and what it holds. */
export default function Home(): JSX.Element {
    return (
        <div className="page">
            <section className="hero">
                <div>
                    <PageHeading title="BitStockerz · honest backtests on real prices">
                        Find out whether an idea works before it costs you money.
                    </PageHeading>
                    <p className="lead">
                        BitStockerz tests trading rules on real stock and crypto prices, on your own machine. You
                        describe when to buy and when to sell; it replays history bar by bar and shows what would have
                        happened, next to simply having held.
                    </p>
                    <p className="actions">
                        <Link href="/markets" className="button button-primary">
                            Open the markets <ArrowIcon />
                        </Link>
                    </p>
                </div>
                <Featured />
            </section>
            <div className="columns">
                <section className="card" aria-labelledby="promise-heading">
                    <h2 id="promise-heading">What we promise</h2>
                    <dl className="promises">
                        {promises.map(([title, text]) => (
                            <div key={title}>
                                <dt>{title}</dt>
                                <dd>{text}</dd>
                            </div>
                        ))}
                    </dl>
                    <p className="note">
                        A good past is no promise of a good future. BitStockerz never trades with real money, and
                        nothing here is advice.
                    </p>
                </section>
                <HealthCard />
            </div>
            <StoredData />
        </div>
    );
}
