import { ArrowIcon } from "../../ui/icons";
import { Link, PageHeading } from "../../ui/navigation";
import { HeroChart } from "./hero-chart";

const steps: readonly [string, string][] = [
    [
        "Write the rule",
        "Pick indicators and conditions from lists, or start from a template. No code: the rule reads as one plain sentence.",
    ],
    [
        "Run it on real prices",
        "Ten years of daily bars take milliseconds. Orders fill at the next open and pay commission and slippage, unless you choose otherwise.",
    ],
    [
        "See whether it was luck",
        "Every figure stands next to buying and holding. Every variant you try is counted, because the best of many tries always looks good.",
    ],
];

const promises: readonly [string, string][] = [
    [
        "No peeking",
        "A rule sees finished bars only. Filling at the very close that gave the signal is possible, and marked.",
    ],
    ["Costs count", "Commission and slippage come off every fill. A gap through your stop fills at the gap."],
    ["Doubt goes against you", "When one bar touches both your stop and your target, the stop wins."],
    ["The same answer twice", "Each run keeps its rule, prices and engine version. Anyone can run it again and compare."],
];

/** For visitors: what BitStockerz does, shown on real prices, and one way in. */
export function Welcome(): JSX.Element {
    return (
        <div className="page page-home">
            <section className="hero">
                <div>
                    <PageHeading title="BitStockerz · honest backtests on real prices">
                        Find out whether an idea works before it costs you money.
                    </PageHeading>
                    <p className="lead">
                        Say when to buy and when to sell. BitStockerz replays your rule over years of real prices, takes
                        off the costs, and shows what you would have made, next to simply holding.
                    </p>
                    <p className="actions">
                        <Link href="/sign-up" className="button button-primary">
                            Try it <ArrowIcon />
                        </Link>
                        <span className="dim">
                            An email and a passkey, no password. Or <Link href="/markets">look at the prices</Link>.
                        </span>
                    </p>
                </div>
                <HeroChart />
            </section>
            <ol className="home-steps">
                {steps.map(([title, text], index) => (
                    <li key={title} className="card">
                        <span aria-hidden="true">{index + 1}</span>
                        <h2>{title}</h2>
                        <p>{text}</p>
                    </li>
                ))}
            </ol>
            <section className="home-honest" aria-labelledby="honest-heading">
                <h2 id="honest-heading">What keeps it honest</h2>
                <dl className="promises">
                    {promises.map(([title, text]) => (
                        <div key={title}>
                            <dt>{title}</dt>
                            <dd>{text}</dd>
                        </div>
                    ))}
                </dl>
                <p className="note">
                    A good past is no promise of a good future. BitStockerz never trades with real money, and nothing
                    here is advice. <Link href="/about">What the engine assumes, and what it leaves out</Link>
                </p>
            </section>
        </div>
    );
}
