import { type Strategy } from "api-types";
import { useMemo, useState } from "react";
import { deleteStrategy, duplicateStrategy, strategiesKey, strategyList } from "../api/strategies";
import { freeName } from "../lib/definition/free-name";
import { counted } from "../lib/format";
import { assetTypeNames, timeframeNames } from "../lib/kinds";
import { newBacktestPath, newStrategyPath, strategyPath, strategyVersionsPath } from "../lib/routes";
import { isoDay } from "../lib/time";
import { useCommands } from "../ui/commands";
import { BacktestsIcon, CopyIcon, PlusIcon, TrashIcon } from "../ui/icons";
import { Link, navigate, PageHeading } from "../ui/navigation";
import { FailureNotice, Skeleton } from "../ui/notices";
import { Card, IconButton, Question, toast } from "../ui/parts";
import { type Column, Table } from "../ui/table/table";
import { Templates } from "../ui/templates";
import { useAccount } from "../ui/use-account";
import { useResource } from "../ui/use-resource";
import { useWork } from "../ui/use-work";
import { handOver, ImportButton } from "./strategies/import";
import { UnfinishedWork } from "./strategies/unfinished";

export default function Strategies(): JSX.Element {
    const account = useAccount();
    const [list, reload] = useResource(strategiesKey, strategyList);
    const names = list.state === "ready" ? list.value.map(({ name }) => name) : [];
    useCommands([
        { id: "new strategy", label: "New strategy", group: "Strategies", keys: "n", run: () => navigate(newStrategyPath()) },
    ]);
    return (
        <div className="page">
            <div className="page-head">
                <div>
                    <PageHeading title="Strategies · BitStockerz">Strategies</PageHeading>
                    <p className="sub">Rules for when to buy and when to sell. Every change is kept as a version.</p>
                </div>
                <div className="row">
                    <ImportButton
                        take={(draft) => {
                            handOver({ ...draft, name: freeName(draft.name, names) });
                            navigate(newStrategyPath());
                        }}
                    />
                    <Link href={newStrategyPath()} className="button button-primary">
                        <PlusIcon /> New strategy
                    </Link>
                </div>
            </div>
            {list.state === "loading" && <Skeleton label="Loading your strategies" lines={6} />}
            {list.state === "failed" && (
                <FailureNotice what="Your strategies could not be loaded." error={list.error} retry={reload} />
            )}
            {list.state === "ready" && account.state === "signed-in" && (
                <UnfinishedWork user={account.profile.id} saved={list.value.map(({ id }) => id)} />
            )}
            {list.state === "ready" && (list.value.length === 0 ? <First /> : <List strategies={list.value} />)}
        </div>
    );
}

const First = (): JSX.Element => (
    <>
        <div className="notice notice-empty">
            <strong>No strategies yet.</strong>
            <div>Open a template, look at its signals on a chart, change what you like, and save it as yours.</div>
        </div>
        <Templates />
    </>
);

function List({ strategies }: { strategies: readonly Strategy[] }): JSX.Element {
    const [leaving, setLeaving] = useState<Strategy | null>(null);
    const [work, run] = useWork();
    const copy = (one: Strategy): void =>
        void run(async () => {
            const made = await duplicateStrategy(one.id);
            toast(`Copied as \u201C${made.name}\u201D.`);
        });
    const remove = async (one: Strategy): Promise<void> => {
        if (await run(() => deleteStrategy(one.id))) toast(`\u201C${one.name}\u201D is deleted.`);
        setLeaving(null);
    };
    const columns = useMemo<readonly Column<Strategy>[]>(
        () => [
            {
                key: "name",
                title: "Name",
                value: (one) => one.name,
                cell: (one) => <bdi title={one.name}>{one.name}</bdi>,
                isPrimary: true,
            },
            {
                key: "rules",
                title: "Rules",
                value: (one) => one.summary,
                isFiller: true,
                cell: (one) => (
                    <span className="dim" title={one.summary ?? undefined}>
                        {one.summary}
                    </span>
                ),
            },
            { key: "description", title: "Description", isHidden: true, value: (one) => one.description || null },
            { key: "kind", title: "Kind", value: (one) => assetTypeNames[one.assetType] },
            { key: "timeframe", title: "Timeframe", value: (one) => timeframeNames[one.timeframe] },
            {
                key: "versions",
                title: "Versions",
                kind: "number",
                value: (one) => one.versionNumber,
                cell: (one) => (
                    <Link
                        href={strategyVersionsPath(one.id)}
                        className="version-count"
                        aria-label={`${counted(one.versionNumber, "version")} of ${one.name}`}
                    >
                        {one.versionNumber}
                    </Link>
                ),
            },
            { key: "created", title: "Created", kind: "number", isHidden: true, value: (one) => isoDay(one.createdAt) },
            { key: "updated", title: "Updated", kind: "number", value: (one) => isoDay(one.updatedAt) },
            {
                key: "do",
                title: "Actions",
                isControl: true,
                value: () => null,
                cell: (one) => (
                    <span className="row-actions">
                        <Link href={strategyPath(one.id)} className="button button-quiet" aria-label={`Edit ${one.name}`}>
                            Edit
                        </Link>
                        <Link
                            href={newBacktestPath({ strategy: one.id })}
                            className="button button-quiet"
                            aria-label={`Backtest ${one.name}`}
                        >
                            <BacktestsIcon /> Backtest
                        </Link>
                        <IconButton label={`Duplicate ${one.name}`} title="Duplicate" onClick={() => copy(one)}>
                            <CopyIcon />
                        </IconButton>
                        <IconButton label={`Delete ${one.name}`} title="Delete" onClick={() => setLeaving(one)}>
                            <TrashIcon />
                        </IconButton>
                    </span>
                ),
            },
        ],
        [],
    );
    return (
        <>
            {work.error !== null && <FailureNotice what="That did not work." error={work.error} />}
            <Card isFlush>
                <Table
                    label="Your strategies"
                    noun="strategy"
                    filter="Find a strategy"
                    csvName="strategies"
                    rows={strategies}
                    columns={columns}
                    rowKey={(one) => one.id}
                    rowHref={(one) => strategyPath(one.id)}
                />
            </Card>
            <details className="more-templates">
                <summary>Start another from a template</summary>
                <Templates />
            </details>
            <Question
                title={leaving ? `Delete \u201C${leaving.name}\u201D?` : ""}
                isOpen={leaving !== null}
                yes="Delete it"
                isBusy={work.isRunning}
                agree={() => leaving && void remove(leaving)}
                decline={() => setLeaving(null)}
            >
                <p>All its versions go. Its backtests stay, and what was tried stays counted.</p>
            </Question>
        </>
    );
}
