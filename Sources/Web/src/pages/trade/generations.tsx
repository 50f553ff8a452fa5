import type { Generation } from "api-types";
import { useMemo } from "react";
import { generationsKey, readGenerations } from "../../api/trading";
import { noValue } from "../../lib/format";
import { isoDay } from "../../lib/time";
import { Card } from "../../ui/parts";
import { type Column, Table } from "../../ui/table/table";
import { useResource } from "../../ui/use-resource";
import { gainColumn, moneyColumn } from "../../ui/amount-columns";
import { Reading } from "./reading";

/** The running account and those of before its resets, whose figures stay readable. */
export function Generations({ shown }: { shown: number | null }): JSX.Element {
    const [found, reload] = useResource<readonly Generation[]>(generationsKey, readGenerations);
    const columns = useMemo(() => columnsOf(), []);
    return (
        <Card title="This account and those before it" isFlush={found.state === "ready"}>
            <Reading found={found} reload={reload} what="your accounts" lines={2}>
                {(rows) => (
                    <Table
                        label="Accounts"
                        rows={rows}
                        columns={columns}
                        rowKey={({ generation }) => String(generation)}
                        rowHref={({ generation, endedAt }) =>
                            endedAt === null ? null : `/trade?view=account&generation=${generation}`
                        }
                        isChosen={({ generation }) => generation === shown}
                        testID="generations"
                    />
                )}
            </Reading>
        </Card>
    );
}

const columnsOf = (): readonly Column<Generation>[] => [
    {
        key: "generation",
        title: "Account",
        isPrimary: true,
        value: ({ generation, endedAt }) => `${generation}${endedAt === null ? ", running" : ""}`,
    },
    { key: "from", title: "From", kind: "number", value: ({ startedAt }) => isoDay(startedAt) },
    { key: "to", title: "To", kind: "number", value: ({ endedAt }) => (endedAt === null ? noValue : isoDay(endedAt)) },
    moneyColumn("start", "Started with", ({ startingBalance }) => startingBalance),
    moneyColumn("end", "Equity", ({ finalEquity }) => finalEquity, { explain: "When it was reset." }),
    gainColumn("realised", "Realised", ({ realizedPnl }) => realizedPnl, { explain: "By sales, less every fee." }),
    moneyColumn("fees", "Fees", ({ fees }) => fees),
    { key: "orders", title: "Orders", kind: "number", value: ({ orders }) => orders },
];
