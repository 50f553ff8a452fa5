/* One series: its facts, and every finding with what it means and what to do. */
import { useState } from "react";
import type { KnownSeries } from "../../api/market-data";
import { judgeFinding } from "../../api/sources";
import { checkName, findingTime, sumOf } from "../../lib/data/checks";
import { coverageInWords, standingOf } from "../../lib/data/standing";
import { adjustmentInWords, counted, spelled, whole } from "../../lib/format";
import { timeframeNames } from "../../lib/kinds";
import { writtenDay, writtenTime } from "../../lib/time";
import { Findings, ToneMark } from "../../ui/findings";
import { FailureNotice } from "../../ui/notices";
import { Button, Card } from "../../ui/parts";
import { useWork } from "../../ui/use-work";
import { When } from "../../ui/when";
import { useMayImport } from "./data-head";

/** A series with a fault in every bar has a hundred of them. */
const firstShown = 8;

export function SeriesCard({ series }: { series: KnownSeries }): JSX.Element {
    const { stored, health } = series;
    const { interval } = stored;
    const { tone, line, remarks, unlisted } = standingOf(series);
    const [isOpen, setOpen] = useState(false);
    const mayJudge = useMayImport();
    const [work, run] = useWork();
    const listed = stored.findingsShown.length;
    const total = listed + sumOf(unlisted);
    const shown = isOpen ? stored.findingsShown : stored.findingsShown.slice(0, firstShown);
    const facts: readonly (readonly [string, JSX.Element | string])[] = [
        ["Bars", `${counted(stored.bars, "bar")}, ${writtenTime(stored.first, interval)} to ${writtenTime(stored.last, interval)}`],
        ["Coverage", health?.coverage == null ? "not checked yet" : coverageInWords(health.coverage)],
        ["Source", spelled(stored.provider)],
        ["Prices", adjustmentInWords(stored.adjustment)],
        ...(stored.priceBasisDate === null ? [] : [["Adjusted as of", writtenDay(stored.priceBasisDate)] as const]),
        ["Revision", String(stored.revision)],
        ["Changed", <When key="changed" at={stored.updatedAt} />],
        ["Checked", stored.checkedAt === null ? "not yet" : <When key="checked" at={stored.checkedAt} />],
    ];
    return (
        <Card title={`${timeframeNames[interval]} bars`} className="series-card">
            <p className="data-state" data-testid={`state-${interval}`}>
                <ToneMark tone={tone} /> {line}
            </p>
            <dl className="data-facts">
                {facts.map(([label, value]) => (
                    <div key={label}>
                        <dt>{label}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
            </dl>
            {remarks.map((sentence) => (
                <p key={sentence} className="dim">
                    {sentence}
                </p>
            ))}
            {stored.findingsShown.length === 0 ? (
                stored.checkedAt !== null && <p className="dim">Nothing was found against these bars.</p>
            ) : (
                <Findings
                    findings={shown}
                    interval={interval}
                    action={
                        mayJudge
                            ? (finding) => (
                                  <Button
                                      kind="quiet"
                                      isBusy={work.isRunning}
                                      aria-label={`${finding.isDismissed ? "Restore" : "Dismiss"}: ${checkName(finding.check)}, ${findingTime(finding, interval)}`}
                                      onClick={() => void run(() => judgeFinding(finding.id, !finding.isDismissed))}
                                  >
                                      {finding.isDismissed ? "Restore" : "Dismiss"}
                                  </Button>
                              )
                            : undefined
                    }
                />
            )}
            {work.error !== null && <FailureNotice what="It was not changed." error={work.error} />}
            {shown.length < listed ? (
                <p>
                    <Button onClick={() => setOpen(true)}>
                        Show {listed < total ? `${listed} of ${whole(total)}` : `all ${listed}`} findings
                    </Button>
                </p>
            ) : (
                listed < total && (
                    <p className="dim">
                        These are the worst {listed} of {whole(total)} findings.
                    </p>
                )
            )}
        </Card>
    );
}
