import type { BacktestResults, RunStatistics } from "api-types";
import { figureOf, valueOf, written } from "../../lib/results/figures";
import { outcomeInWords, verdictInWords } from "../../lib/results/verdict";
import { Explained } from "../../ui/parts";

interface Props {
    readonly results: BacktestResults;
    readonly statistics: RunStatistics;
    readonly symbol: string;
}

/** What the symbol did by itself is taken out first: the verdict rests on both, and that one is the harder to pass. */
const beside = (["dsrExcess", "dsr", "trials", "symbolsTried", "ownerTrials"] as const).map(figureOf);

/** What came of it, and whether that can be luck: two answers in a sentence or two, with what they rest on. */
export function Verdict({ results, statistics, symbol }: Props): JSX.Element {
    const { tone, title, text, tried } = verdictInWords(results, statistics, symbol);
    const outcome = outcomeInWords(results, symbol);
    return (
        <section className="card verdict" data-testid="verdict" aria-label="Verdict">
            {outcome !== null && (
                <div className={`verdict-words verdict-${outcome.tone}`}>
                    <p className="verdict-kind">Did it work?</p>
                    <h2>{outcome.title}</h2>
                    <p>{outcome.text}</p>
                </div>
            )}
            <div className={`verdict-words verdict-${tone}`}>
                <p className="verdict-kind">Could it be luck?</p>
                <h2>{title}</h2>
                <p>{text}</p>
                <p className="dim">{tried}</p>
            </div>
            <dl className="verdict-figures">
                {beside.map((figure) => (
                    <div key={figure.key}>
                        <dt>
                            {figure.label}
                            <Explained label={figure.label} text={figure.explain} />
                        </dt>
                        <dd>{written(valueOf(figure, { results, statistics }), figure.format)}</dd>
                    </div>
                ))}
            </dl>
        </section>
    );
}
