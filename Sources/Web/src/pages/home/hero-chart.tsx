import { listKey, symbolList, yearsKey, yearsOfDays } from "../../api/resources";
import type { SymbolList, SymbolSummary } from "../../api/symbols";
import type { BarPage } from "../../lib/bar-history";
import { counted, direction, directionMark, signedPercent } from "../../lib/format";
import { fastPeriod, type Hero, heroOf, type Mark, slowPeriod } from "../../lib/hero";
import { symbolPath } from "../../lib/routes";
import { writtenDay } from "../../lib/time";
import { Link } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { PricesAsOf } from "../../ui/prices-as-of";
import { SymbolName } from "../../ui/spark";
import { useResource } from "../../ui/use-resource";

const width = 800;
const height = 380;

/** A rule at work on the first stored symbol with years of days. Its place is kept while they come. */
export function HeroChart(): JSX.Element | null {
    const [list, retry] = useResource<SymbolList>(listKey("", null), () => symbolList("", null));
    if (list.state === "loading") return <div className="card hero-card" aria-hidden="true" />;
    if (list.state === "failed") {
        return (
            <div className="card hero-card">
                <FailureNotice what="The chart did not load." error={list.error} retry={retry} />
            </div>
        );
    }
    const first = list.value.symbols.find(({ intervals }) => intervals.includes("1d"));
    return first ? <SymbolHero symbol={first} /> : null;
}

function SymbolHero({ symbol }: { symbol: SymbolSummary }): JSX.Element | null {
    const [page, retry] = useResource<BarPage>(yearsKey(symbol.symbol), () =>
        yearsOfDays(symbol.symbol, symbol.assetType),
    );
    const hero = page.state === "ready" ? heroOf(page.value.bars, width, height) : null;
    if (page.state === "ready" && hero === null) return null;
    return (
        <figure className="card hero-card" data-testid="hero">
            {page.state === "failed" && (
                <FailureNotice what="The chart did not load." error={page.error} retry={retry} />
            )}
            {hero && <Picture symbol={symbol} hero={hero} />}
        </figure>
    );
}

function Picture({ symbol, hero }: { symbol: SymbolSummary; hero: Hero }): JSX.Element {
    const change = hero.last / hero.first - 1;
    const way = direction(change);
    const buys = hero.marks.filter(({ side }) => side === "above").length;
    const span = `${writtenDay(hero.firstTime)} to ${writtenDay(hero.lastTime)}`;
    return (
        <>
            <div className="hero-head">
                <Link href={symbolPath(symbol.symbol)} className="hero-symbol">
                    <SymbolName {...symbol} />
                </Link>
                <ul className="hero-legend">
                    <li className="hero-close">Close</li>
                    <li className="hero-fast">{fastPeriod}-day average</li>
                    <li className="hero-slow">{slowPeriod}-day average</li>
                    <li className="hero-mark up">{directionMark.up} Buy</li>
                    <li className="hero-mark down">{directionMark.down} Sell</li>
                </ul>
            </div>
            <div
                className="hero-plot"
                role="img"
                aria-label={
                    `${symbol.symbol}, daily closes from ${span}, with its ${fastPeriod}-day and ${slowPeriod}-day ` +
                    `averages and ${counted(hero.marks.length, "crossing")}`
                }
            >
                <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
                    {hero.prices.map(({ at }) => (
                        <path key={at} className="hero-grid" d={`M0 ${at * height}H${width}`} />
                    ))}
                    <path className="hero-area" d={`${hero.close}V${height}H0Z`} />
                    <path className="hero-close" d={hero.close} />
                    <path className="hero-slow" d={hero.slow} />
                    <path className="hero-fast" d={hero.fast} />
                </svg>
                <div aria-hidden="true">
                    {hero.prices.map(({ at, text }) => (
                        <span key={text} className="hero-price" style={{ top: percent(at) }}>
                            {text}
                        </span>
                    ))}
                    {hero.years.map(({ at, text }) => (
                        <span key={text} className="hero-year" style={{ left: percent(at) }}>
                            {text}
                        </span>
                    ))}
                    {hero.marks.map((mark) => (
                        <Signal key={mark.index} mark={mark} />
                    ))}
                </div>
            </div>
            <figcaption>
                Buy when the {fastPeriod}-day average crosses above the {slowPeriod}-day one, sell when it crosses back:
                that gave {counted(buys, "buy signal")} from {span}. Just holding made{" "}
                <b className={way}>
                    {directionMark[way]} {signedPercent(change, 0)}
                </b>
                . Would the rule have done better, after costs? That is what a backtest tells you.
            </figcaption>
            <PricesAsOf newest={[hero.lastTime]} />
        </>
    );
}

const Signal = ({ mark }: { mark: Mark }): JSX.Element => (
    <span className={`hero-signal hero-${mark.side}`} style={{ left: percent(mark.x), top: percent(mark.y) }}>
        {mark.side === "above" ? directionMark.up : directionMark.down}
    </span>
);

const percent = (part: number): string => `${(part * 100).toFixed(2)}%`;
