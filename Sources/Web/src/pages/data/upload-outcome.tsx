/* What storing a file would do, before it is done; and what it did. */
import type { ImportReport } from "api-types";
import type { ReactNode } from "react";
import { outcomeInWords, seriesInWords } from "../../lib/data/outcome";
import { Card } from "../../ui/parts";

interface Props {
    readonly report: ImportReport;
    /** What can be done about it. */
    readonly children: ReactNode;
}

export const Outcome = ({ report, children }: Props): JSX.Element => (
    <Card title="What storing it does" className="upload-outcome">
        <div data-testid="outcome">
            {report.stored ? (
                <>
                    <p>
                        <strong>{outcomeInWords(report.stored, report.timeframe)}</strong>
                    </p>
                    <p className="dim">{seriesInWords(report.stored, report.timeframe, "then")}</p>
                </>
            ) : (
                <p>Say where the bars go.</p>
            )}
        </div>
        <p className="form-actions">{children}</p>
    </Card>
);
