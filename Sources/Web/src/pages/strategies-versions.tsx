import type { Strategy, StrategyVersion } from "api-types";
import { useMemo } from "react";
import { ApiError } from "../api/http";
import { strategy, strategyKey, versions, versionsKey } from "../api/strategies";
import { type Difference, differences } from "../lib/definition/differences";
import { type Definition, readDefinition, UnreadableDefinition } from "../lib/definition/tree";
import { newBacktestPath, newRunnerPath, type RoomProps, strategyPath } from "../lib/routes";
import { SelectField } from "../ui/form";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Card } from "../ui/parts";
import { useResource } from "../ui/use-resource";
import { When } from "../ui/when";
import { DifferenceList } from "./strategies/difference-list";
import { VersionRuns } from "./strategies/version-runs";

/** `/strategies/ID/versions?from=1&to=3`: how a strategy came to be what it is. */
export default function StrategyVersions({ params }: RoomProps): JSX.Element {
    const id = params["id"]!;
    const [found, reload] = useResource(strategyKey(id), () => strategy(id));
    const [list, reloadList] = useResource(versionsKey(id), () => versions(id));
    const failed = found.state === "failed" ? found : list.state === "failed" ? list : null;
    if (failed) {
        const isMissing = failed.error instanceof ApiError && failed.error.isNotFound;
        return (
            <div className="page">
                <PageHeading title="Versions · BitStockerz">Versions</PageHeading>
                {isMissing ? (
                    <EmptyNotice title="This strategy is not here.">
                        It was deleted, or it belongs to another account. <Link href="/strategies">All strategies</Link>
                    </EmptyNotice>
                ) : (
                    <FailureNotice
                        what="The versions could not be loaded."
                        error={failed.error}
                        retry={() => {
                            reload();
                            reloadList();
                        }}
                    />
                )}
            </div>
        );
    }
    if (found.state !== "ready" || list.state !== "ready")
        return <Skeleton label="Loading the versions" lines={8} className="page" />;
    return <Versions strategy={found.value} list={list.value} />;
}

/** Newest first. */
type List = readonly StrategyVersion[];

function Versions({ strategy: { id, name }, list }: { strategy: Strategy; list: List }): JSX.Element {
    return (
        <div className="page page-versions">
            <div className="page-head">
                <div>
                    <PageHeading title={`Versions of ${name} · BitStockerz`}>
                        Versions of <bdi title={name}>{name}</bdi>
                    </PageHeading>
                    <p className="sub">
                        <Link href={strategyPath(id)}>Back to the builder</Link>
                    </p>
                </div>
            </div>
            {list.length > 1 && <Comparison id={id} list={list} />}
            <Card title="History">
                <ol className="history">
                    {list.map((version, index) => (
                        <VersionRow key={version.versionId} id={id} version={version} before={list[index + 1]} isNewest={index === 0} />
                    ))}
                </ol>
            </Card>
        </div>
    );
}

interface VersionRowProps {
    readonly id: string;
    readonly version: StrategyVersion;
    readonly before: StrategyVersion | undefined;
    readonly isNewest: boolean;
}

function VersionRow({ id, version, before, isNewest }: VersionRowProps): JSX.Element {
    const { versionNumber, versionId, summary, createdAt } = version;
    const changes = useMemo(() => (before ? changesBetween(before, version) : null), [before, version]);
    return (
        <li>
            <div className="history-head">
                <h3>
                    Version {versionNumber} {isNewest && <small>newest</small>}
                </h3>
                <span className="dim">
                    <When at={createdAt} />
                </span>
                <span className="row-actions">
                    <Link
                        href={isNewest ? strategyPath(id) : `${strategyPath(id)}?version=${versionNumber}`}
                        className="button button-quiet"
                        aria-label={isNewest ? "Edit the newest version" : `Go on from version ${versionNumber}`}
                    >
                        {isNewest ? "Edit" : "Edit from here"}
                    </Link>
                    <Link
                        href={newBacktestPath({ strategy: id, version: String(versionId) })}
                        className="button button-quiet"
                        aria-label={`Backtest version ${versionNumber}`}
                    >
                        Backtest
                    </Link>
                    <Link
                        href={newRunnerPath({ strategy: id, version: String(versionId) })}
                        className="button button-quiet"
                        aria-label={`Run version ${versionNumber} on paper`}
                    >
                        Run on paper
                    </Link>
                </span>
            </div>
            <p>{summary}</p>
            {changes && <Changes changes={changes} />}
        </li>
    );
}

function Comparison({ id, list }: { id: string; list: List }): JSX.Element {
    const query = new URLSearchParams(useQuery());
    const named = (name: string): StrategyVersion | undefined =>
        list.find((version) => String(version.versionNumber) === query.get(name));
    const after = named("to") ?? list[0]!;
    const before = named("from") ?? list.find((version) => version.versionNumber < after.versionNumber) ?? list[1]!;
    const changes = useMemo(() => changesBetween(before, after), [before, after]);
    const choose = (from: string, to: string): void => navigate(`${location.pathname}?from=${from}&to=${to}`, { replace: true });
    const options = list.map(({ versionNumber }) => ({ value: String(versionNumber), label: `Version ${versionNumber}` }));
    const [from, to] = [String(before.versionNumber), String(after.versionNumber)];
    return (
        <div className="version-comparison">
            <Card
                title="In words"
                actions={
                    <div className="version-choice">
                        <SelectField
                            label="From version"
                            isLabelHidden
                            options={options}
                            value={from}
                            change={(next) => choose(next, to)}
                        />
                        <span aria-hidden="true">{"\u2192"}</span>
                        <SelectField
                            label="To version"
                            isLabelHidden
                            options={options}
                            value={to}
                            change={(next) => choose(from, next)}
                        />
                    </div>
                }
            >
                <Changes changes={changes} />
            </Card>
            <VersionRuns
                id={id}
                before={before.versionNumber}
                after={after.versionNumber}
                versionIDs={[before.versionId, after.versionId]}
            />
        </div>
    );
}

type Changed = readonly Difference[] | "unreadable";

function Changes({ changes }: { changes: Changed }): JSX.Element {
    if (changes === "unreadable")
        return <p className="dim">Saved with rules that this page does not know yet: their differences are not told.</p>;
    if (changes.length === 0) return <p className="dim">The same rules.</p>;
    return <DifferenceList changes={changes} />;
}

function changesBetween(before: StrategyVersion, after: StrategyVersion): Changed {
    try {
        return differences(read(before), read(after));
    } catch (error) {
        if (error instanceof UnreadableDefinition) return "unreadable";
        throw error;
    }
}

const read = (version: StrategyVersion): Definition => readDefinition(version.definition);
