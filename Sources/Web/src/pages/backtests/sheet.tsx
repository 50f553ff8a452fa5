/* The result on one sheet of paper, A4 or Letter: only there while it is printed. */
import { createPortal } from "react-dom";
import { noValue } from "../../lib/format";
import { monthReturn } from "../../lib/results/periods";
import type { Plot } from "../../lib/results/plot";
import { maximumYears, plotsOf, type Sheet } from "../../lib/results/sheet";
import { monthNames } from "../../lib/time";
import { joined } from "../../ui/parts";
import { ReturnCells, returnTone } from "./return-cells";

export const ResultSheet = ({ sheet }: { sheet: Sheet }): JSX.Element =>
    createPortal(
        <article className="sheet" data-testid="sheet">
            <header>
                <span className="sheet-maker">BitStockerz</span>
                <h1>{sheet.title}</h1>
                <p>{sheet.detail}</p>
            </header>
            <div className="sheet-answers">
                {sheet.outcome && (
                    <Answer question="Did it work?" {...sheet.outcome}>
                        {sheet.outcome.text}
                    </Answer>
                )}
                {sheet.verdict && (
                    <Answer question="Could it be luck?" {...sheet.verdict}>
                        {sheet.verdict.text} {sheet.verdict.tried}
                    </Answer>
                )}
            </div>
            <dl className="sheet-figures">
                {sheet.figures.map(({ figure, value, detail, tone }) => (
                    <div key={figure.key}>
                        <dt>{figure.label}</dt>
                        <dd className={joined("sheet-value", tone)}>{value}</dd>
                        <dd>{detail}</dd>
                    </div>
                ))}
            </dl>
            {sheet.equity.times.length > 0 && <Curves sheet={sheet} />}
            {sheet.years.length > 0 && (sheet.years.length > maximumYears ? <Years sheet={sheet} /> : <Months sheet={sheet} />)}
            <footer>
                <p className="sheet-assumptions">{sheet.assumptions.join(" ")}</p>
                <p className="sheet-hashes">{sheet.hashes.join(" · ")}</p>
            </footer>
        </article>,
        document.body,
    );

interface AnswerProps {
    readonly question: string;
    readonly title: string;
    readonly tone: string;
    readonly children: React.ReactNode;
}

const Answer = ({ question, title, tone, children }: AnswerProps): JSX.Element => (
    <section className={`verdict-words verdict-${tone}`}>
        <p className="verdict-kind">{question}</p>
        <h2>{title}</h2>
        <p>{children}</p>
    </section>
);

const [width, axis, tall, flat, gap, foot] = [720, 46, 150, 56, 18, 14];

function Curves({ sheet }: { sheet: Sheet }): JSX.Element {
    const across = width - axis;
    const [equity, falls] = plotsOf(sheet, { width: across, height: tall }, { width: across, height: flat }, 52);
    const second = tall + gap;
    return (
        <figure>
            <figcaption>
                <span className="letter line-4">Equity</span> <span className="letter line-muted">Holding</span>
                <span className="letter sheet-falls">Drawdown of the equity</span>
            </figcaption>
            <svg viewBox={`0 0 ${width} ${second + flat + foot}`} className="sheet-curves">
                <Lines plot={equity} colours={["line-muted", "line-4"]} />
                <g transform={`translate(0 ${second})`}>
                    <Lines plot={falls} colours={["sheet-falls"]} />
                    {falls.times.map(({ at, label }) => (
                        <text key={at} x={at} y={flat + foot - 2} textAnchor="middle">
                            {label}
                        </text>
                    ))}
                </g>
            </svg>
        </figure>
    );
}

const Lines = ({ plot, colours }: { plot: Plot; colours: readonly string[] }): JSX.Element => (
    <>
        {plot.levels.map(({ at, label }) => (
            <g key={at}>
                <path className="sheet-level" d={`M0 ${at}H${width - axis}`} />
                <text x={width - axis + 6} y={at + 3}>
                    {label}
                </text>
            </g>
        ))}
        {plot.lines.map((points, place) => (
            <polyline
                key={place}
                className={`sheet-line ${colours[place]!}`}
                points={points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")}
            />
        ))}
    </>
);

const Months = ({ sheet }: { sheet: Sheet }): JSX.Element => (
    <table className="returns sheet-returns">
        <thead>
            <tr>
                <th scope="col">Returns, %</th>
                {[...monthNames, "Year"].map((name) => (
                    <th key={name} scope="col" className="number">
                        {name}
                    </th>
                ))}
            </tr>
        </thead>
        <tbody>
            <ReturnCells years={sheet.years} />
        </tbody>
    </table>
);

const Years = ({ sheet }: { sheet: Sheet }): JSX.Element => (
    <dl className="sheet-years returns">
        {[...sheet.years].reverse().map(({ year, whole }) => (
            <div key={year}>
                <dt>{year}</dt>
                <dd className={returnTone(whole)}>{Number.isFinite(whole) ? monthReturn(whole) : noValue}%</dd>
            </div>
        ))}
    </dl>
);
