import type { BacktestResults, RunStatistics } from "api-types";
import { figureOf, valueOf, written } from "../../lib/results/figures";
import { outcomeInWords, verdictInWords } from "../../lib/results/verdict";
import { Explained } from "../../ui/parts";

interface Props {
    readonly results: BacktestResults;
    readonly statistics: RunStatistics;
    readonly symbol: string;
}

const beside = (["dsr", "dsrExcess", "trials", "symbolsTried", "ownerTrials"] as const).map(figureOf);

/** Luck or not, in a sentence, with what the sentence rests on. */
export function Verdict({ results, statistics, symbol }: Props): JSX.Element {
    const { tone, title, text, tried } = verdictInWords(results, statistics, symbol);
    const outcome = outcomeInWords(results, symbol);
    return (
        <section className={`card verdict verdict-${tone}`} data-testid="verdict" aria-labelledby="verdict">
            <div className="verdict-words">
                <p className="verdict-kind">Luck or not?</p>
                <h2 id="verdict">{title}</h2>
                {outcome !== null && <p>{outcome}</p>}
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
