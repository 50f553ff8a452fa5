/* What storing a file would do, before it is done. */
import type { StoredBars, Timeframe } from "api-types";
import type { ReactNode } from "react";
import { outcomeInWords, seriesInWords } from "../../lib/data/outcome";
import { Card } from "../../ui/parts";

interface Props {
    readonly stored: StoredBars;
    readonly timeframe: Timeframe;
    /** What can be done about it. */
    readonly children: ReactNode;
}

export const Outcome = ({ stored, timeframe, children }: Props): JSX.Element => (
    <Card title="What storing it does" className="upload-outcome">
        <div data-testid="outcome" role="status">
            <p>
                <strong>{outcomeInWords(stored, timeframe)}</strong>
            </p>
            <p className="dim">{seriesInWords(stored, timeframe, "then")}</p>
        </div>
        <p className="form-actions">{children}</p>
    </Card>
);
