import type { EquitySnapshot } from "api-types";
import { useMemo } from "react";
import { curveKey, readCurve } from "../../api/trading";
import { curveOf } from "../../lib/trading/curve";
import { Chart, type Pane } from "../../ui/chart/chart";
import { Link } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { Card } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";
import { Reading } from "./reading";

interface Props {
    /** An account of before its reset; null: the running one. */
    readonly generation: number | null;
}

/** What the account was worth after each fill and at the end of each day. */
export function Equity({ generation }: Props): JSX.Element {
    const [found, reload] = useResource<readonly EquitySnapshot[]>(curveKey(generation), () => readCurve(generation));
    return (
        <Card
            title={generation === null ? "Equity" : `Equity of account ${generation}`}
            className="trade-equity"
            actions={generation !== null && <Link href="/trade?view=account">Back to the running account</Link>}
        >
            <Reading found={found} reload={reload} what="the equity curve" lines={6}>
                {(points) => <Curve points={points} />}
            </Reading>
        </Card>
    );
}

function Curve({ points }: { points: readonly EquitySnapshot[] }): JSX.Element {
    const curve = useMemo(() => curveOf(points), [points]);
    const panes = useMemo<readonly Pane[]>(
        () => [
            {
                id: "equity",
                label: "",
                weight: 1,
                scale: "price",
                guides: curve.equity.length === 0 ? [] : [{ at: curve.equity[0]! }],
                series: [
                    { kind: "line", name: "Equity", values: curve.equity, colour: 4, digits: 2 },
                    { kind: "line", name: "Cash", values: curve.cash, colour: "muted", isDashed: true, digits: 2 },
                ],
            },
        ],
        [curve],
    );
    if (curve.times.length < 2) {
        return (
            <EmptyNotice title="The curve begins with your first trade.">
                A point is added at each fill and at the end of each day.
            </EmptyNotice>
        );
    }
    return <Chart label="Equity and cash of the paper account" times={curve.times} interval="1h" panes={panes} />;
}
