/* The figures of a run: the few that count, and all of them. */
import type { Backtest } from "api-types";
import { noValue } from "../../lib/format";
import {
    type Figure,
    figures,
    groups,
    headline,
    reasonOf,
    valueOf,
    written,
} from "../../lib/results/figures";
import type { CurveFigures } from "../../lib/results/measures";
import { Card, Explained, joined, Stat, Stats } from "../../ui/parts";

interface Props {
    readonly run: Backtest;
    /** The same of buying and holding, once its bars are here. */
    readonly held: CurveFigures | null;
}

/** What the reader is told under a finger: how it is computed, and why there is none. */
const explained = (figure: Figure, run: Backtest): string =>
    valueOf(figure, run) === null ? `${figure.explain} Here: ${reasonOf(figure, run)}` : figure.explain;

/** What the server knows of holding comes with the run; the rest is computed from its bars. */
function heldValue(figure: Figure, { results }: Backtest, held: CurveFigures | null): number | null {
    if (figure.key === "totalReturnPct") return results?.benchmarkReturnPct ?? null;
    if (figure.key === "maxDrawdownPct") return results?.benchmarkMaxDrawdownPct ?? null;
    return figure.holding === undefined ? null : held?.[figure.holding] ?? null;
}

const signed = new Set<Figure["format"]>(["change", "points"]);
const toneOf = (figure: Figure, value: number | null): "up" | "down" | undefined =>
    !signed.has(figure.format) || value === null || value === 0 ? undefined : value > 0 ? "up" : "down";

export function Headline({ run, held }: Props): JSX.Element {
    return (
        <Card label="Headline figures" className="result-headline">
            <Stats>
                {headline.map((figure) => {
                    const value = valueOf(figure, run);
                    const detail =
                        figure.holding !== undefined
                            ? `Holding ${written(heldValue(figure, run, held), figure.format)}`
                            : beside(figure, run);
                    return (
                        <Stat
                            key={figure.key}
                            label={figure.label}
                            value={written(value, figure.format)}
                            detail={detail}
                            explain={explained(figure, run)}
                            tone={toneOf(figure, value)}
                        />
                    );
                })}
            </Stats>
        </Card>
    );
}

/** Where holding has no such figure, what else belongs beside it. */
function beside({ key }: Figure, { results }: Backtest): string {
    const percent = (value: number | null | undefined): string => written(value ?? null, "change");
    if (key === "profitFactor") return `Average trade ${percent(results?.expectancyPct)}`;
    if (key === "winRatePct") return `${percent(results?.avgWinPct)} / ${percent(results?.avgLossPct)} each`;
    if (key === "numTrades") return `${written(results?.avgBarsHeld ?? null, "bars")} bars each`;
    return "Holding 100.00%";
}

export function FullFigures({ run, held }: Props): JSX.Element {
    return (
        <Card title="All figures" className="result-figures">
            <div className="figure-groups">
                {groups.map((group) => (
                    <div key={group} className="table-scroll" tabIndex={0} role="region" aria-label={`Figures: ${group}`}>
                        <table className="figures">
                            <thead>
                                <tr>
                                    <th scope="col">{group}</th>
                                    <th scope="col" className="number">
                                        This run
                                    </th>
                                    {hasHolding(group) && (
                                        <th scope="col" className="number">
                                            Holding
                                        </th>
                                    )}
                                </tr>
                            </thead>
                            <tbody>
                                {figures
                                    .filter((figure) => figure.group === group)
                                    .map((figure) => (
                                        <Row key={figure.key} {...{ figure, run, held }} />
                                    ))}
                            </tbody>
                        </table>
                    </div>
                ))}
            </div>
        </Card>
    );
}

/** Only these have something to hold against. */
const hasHolding = (group: Figure["group"]): boolean =>
    figures.some((figure) => figure.group === group && figure.holding !== undefined);

function Row({ figure, run, held }: Props & { figure: Figure }): JSX.Element {
    const value = valueOf(figure, run);
    return (
        <tr data-figure={figure.key}>
            <th scope="row">
                <span className="figure-name">
                    {figure.label}
                    <Explained label={figure.label} text={explained(figure, run)} />
                </span>
            </th>
            <td className={joined("number", toneOf(figure, value))}>{written(value, figure.format)}</td>
            {hasHolding(figure.group) && (
                <td className="number dim">
                    {figure.holding === undefined ? noValue : written(heldValue(figure, run, held), figure.format)}
                </td>
            )}
        </tr>
    );
}
