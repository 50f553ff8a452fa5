import type { Runner, RunnerComparison } from "api-types";
import { differenceParts } from "../../lib/trading/runner-words";
import { cash } from "../../lib/trading/words";
import { Gain } from "../../ui/amount-columns";
import { Card } from "../../ui/parts";

interface Props {
    readonly runner: Runner;
    readonly comparison: RunnerComparison;
}

/** What it has more, or less, than the backtest of the same bars, taken apart. */
export const Difference = ({ runner, comparison }: Props): JSX.Element => (
    <Card title="Beside the backtest">
        <table className="figures runner-difference" data-testid="difference">
            <tbody>
                <Row title="Backtest of the same bars" help="What the version makes of the bars since the start, as they are stored now.">
                    {cash(String(comparison.backtestEquity))}
                </Row>
                {differenceParts.map(({ part, title, help }) => (
                    <Row key={part} title={title} help={help}>
                        <Amount of={comparison[part]} />
                    </Row>
                ))}
                <Row title="The runner" help={`All of it together: ${inWords(comparison.difference)}.`}>
                    <b>{cash(runner.equity)}</b>
                </Row>
            </tbody>
        </table>
    </Card>
);

const Row = ({ title, help, children }: { title: string; help: string; children: JSX.Element | string }): JSX.Element => (
    <tr>
        <th scope="row">
            {title}
            <small>{help}</small>
        </th>
        <td className="number">{children}</td>
    </tr>
);

/** What rounds to nothing has no sign. */
const Amount = ({ of }: { of: number }): JSX.Element => <Gain amount={of === 0 ? "0" : String(of)} />;

function inWords(difference: number): string {
    if (difference === 0) return "no difference to the cent";
    return `${cash(String(Math.abs(difference)))} ${difference > 0 ? "more" : "less"} than the backtest`;
}
