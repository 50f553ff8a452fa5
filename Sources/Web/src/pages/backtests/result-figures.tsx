/* The figures of a run: the few that count, and all of them. */
import type { Backtest } from "api-types";
import { noValue } from "../../lib/format";
import { type Figure, figures, groups, valueOf, written } from "../../lib/results/figures";
import { explained, headlined, heldValue, wayOf } from "../../lib/results/headline";
import type { CurveFigures } from "../../lib/results/measures";
import { Card, Explained, joined, Stat, Stats } from "../../ui/parts";

interface Props {
    readonly run: Backtest;
    /** The same of buying and holding, once its bars are here. */
    readonly held: CurveFigures | null;
}

export const Headline = ({ run, held }: Props): JSX.Element => (
    <Card label="Headline figures" className="result-headline">
        <Stats>
            {headlined(run, held).map(({ figure, value, detail, tone }) => (
                <Stat
                    key={figure.key}
                    label={figure.label}
                    value={value}
                    detail={detail}
                    explain={explained(figure, run)}
                    tone={tone}
                />
            ))}
        </Stats>
    </Card>
);

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
            <td className={joined("number", wayOf(figure, value))}>{written(value, figure.format)}</td>
            {hasHolding(figure.group) && (
                <td className="number dim">
                    {figure.holding === undefined ? noValue : written(heldValue(figure, run, held), figure.format)}
                </td>
            )}
        </tr>
    );
}
