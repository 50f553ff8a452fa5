/* A figure of runs as a column of a list: its name, its sentence and its format are those of the result page. */
import type { BacktestResults } from "api-types";
import { direction, noValue } from "../lib/format";
import { figureOf, type Found, type FigureKey, shownValue, valueOf, written } from "../lib/results/figures";
import { Short } from "./short";
import type { Column } from "./table/table";

/** What is known of a run in a list. */
interface Listed {
    readonly results: BacktestResults | null;
}

const found = ({ results }: Listed): Found => ({ results, statistics: null });

export function figureColumn(key: FigureKey, isHidden = false): Column<Listed> {
    const figure = figureOf(key);
    return {
        key,
        title: figure.label,
        kind: "number",
        explain: figure.explain,
        isHidden,
        value: (run) => shownValue(figure, found(run)),
        cell: (run) => {
            const value = valueOf(figure, found(run));
            if (value === null) return noValue;
            const isSigned = figure.format === "change";
            return (
                <span className={isSigned ? direction(value) : undefined}>
                    <Short text={written(value, figure.format)} value={value} />
                </span>
            );
        },
    };
}
