import type { Strategy } from "api-types";
import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../api/http";
import {
    catalog,
    catalogKey,
    readStrategy,
    strategiesKey,
    strategy,
    strategyKey,
    strategyList,
} from "../api/strategies";
import { symbolList } from "../api/resources";
import type { SymbolSummary } from "../api/symbols";
import { freeName } from "../lib/definition/free-name";
import type { Catalog } from "../lib/definition/grammar";
import { emptyDraft, type StrategyDraft } from "../lib/definition/strategy";
import { type Template, templateNamed, templateNote } from "../lib/definition/templates";
import { readDefinition, UnreadableDefinition } from "../lib/definition/tree";
import { newDraftKey, savedDraftKey } from "../lib/definition/unfinished";
import { newStrategyPath, type RoomProps } from "../lib/routes";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { symbolInMind } from "../ui/symbol-in-mind";
import { useAccount } from "../ui/use-account";
import { useResource } from "../ui/use-resource";
import { Workbench } from "./strategies/workbench";

/** `/strategies/new?template=NAME&symbol=SYMBOL` and `/strategies/ID`, which goes on from `?version=N`. */
export default function StrategyBuilder({ params }: RoomProps): JSX.Element {
    const account = useAccount();
    const [rows, reload] = useResource(catalogKey, catalog);
    const id = params["id"];
    if (account.state === "failed")
        return <Failed what="Your account could not be loaded." error={account.error} retry={() => location.reload()} />;
    if (rows.state === "failed") return <Failed what="The builder could not be loaded." error={rows.error} retry={reload} />;
    if (rows.state === "loading" || account.state !== "signed-in") return <Loading />;
    const user = account.profile.id;
    return id === undefined ? <New user={user} catalog={rows.value} /> : <Saved user={user} catalog={rows.value} id={id} />;
}

interface Props {
    readonly user: string;
    readonly catalog: Catalog;
}

function New(props: Props): JSX.Element {
    const query = new URLSearchParams(useQuery());
    const template = templateNamed(query.get("template"));
    const [list] = useResource(strategiesKey, strategyList);
    // Read once: the one that the preview shows changes with it.
    const [symbol] = useState(() => query.get("symbol")?.toUpperCase() ?? symbolInMind());
    useEffect(() => {
        // It goes along to the templates and to the backtest.
        if (symbol === null || query.get("symbol") !== null) return;
        query.set("symbol", symbol);
        navigate(`${newStrategyPath()}?${query}`, { replace: true });
    }, []);
    const [tested] = useResource(`tested ${symbol ?? ""}`, async () =>
        symbol === null ? null : (await symbolList(symbol, null)).symbols.find((one) => one.symbol === symbol) ?? null,
    );
    // Without the list a name may be taken: saving tells. A symbol that is not there is not tested.
    if (list.state === "loading" || tested.state === "loading") return <Loading />;
    const names = list.state === "ready" ? list.value.map(({ name }) => name) : [];
    const empty = tested.state === "ready" && tested.value !== null ? draftFor(tested.value) : emptyDraft;
    return <Begun key={template?.name ?? ""} {...props} {...{ template, names, empty }} />;
}

/** A strategy that can be run on it. */
const draftFor = ({ assetType, intervals }: SymbolSummary): StrategyDraft => ({
    ...emptyDraft,
    assetType,
    timeframe: intervals.includes(emptyDraft.timeframe) ? emptyDraft.timeframe : intervals[0] ?? emptyDraft.timeframe,
});

interface BegunProps extends Props {
    readonly template: Template | null;
    readonly names: readonly string[];
    readonly empty: StrategyDraft;
}

function Begun({ template, names, empty, ...props }: BegunProps): JSX.Element {
    // Once: what the work is compared with stays what it was begun from.
    const [initial] = useState<StrategyDraft>(() =>
        template
            ? {
                  ...empty,
                  name: freeName(template.title, names),
                  description: templateNote(template),
                  definition: readDefinition(template.definition),
              }
            : empty,
    );
    return <Workbench draftKey={newDraftKey(template?.name ?? null)} saved={null} {...props} {...{ initial, template }} />;
}

function Saved({ id, ...props }: Props & { id: string }): JSX.Element {
    // Read once: the builder takes it out of the address again.
    const [version] = useState(() => versionIn(location.search));
    const [found, reload] = useResource(strategyKey(id), () => strategy(id));
    const [earlier, reloadEarlier] = useResource(`${strategyKey(id)} version ${version ?? ""}`, async () =>
        version === null ? null : readStrategy(id, version),
    );
    const last = useRef<Strategy | null>(null);
    if (found.state === "ready") last.current = found.value;
    const isMissing = found.state === "failed" && found.error instanceof ApiError && found.error.isNotFound;
    if (isMissing) return <Missing />;
    // A later reading that failed takes nothing off the screen: saving says what is wrong.
    if (found.state === "failed" && last.current === null)
        return <Failed what="The strategy could not be loaded." error={found.error} retry={reload} />;
    if (earlier.state === "failed")
        return <Failed what={`Version ${version} could not be loaded.`} error={earlier.error} retry={reloadEarlier} />;
    if (last.current === null || earlier.state === "loading") return <Loading />;
    return <Readable {...props} id={id} strategy={last.current} earlier={earlier.value} />;
}

function versionIn(query: string): number | null {
    const text = new URLSearchParams(query).get("version");
    return text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null;
}

interface ReadableProps extends Props {
    readonly id: string;
    readonly strategy: Strategy;
    readonly earlier: Strategy | null;
}

/** A strategy that was saved with rules of a later release is not opened: saving it here would lose them. */
function Readable({ id, strategy: saved, earlier, ...props }: ReadableProps): JSX.Element {
    const fault = useMemo(() => {
        try {
            readDefinition(saved.definition);
            if (earlier) readDefinition(earlier.definition);
            return null;
        } catch (error) {
            return error;
        }
    }, [saved, earlier]);
    if (fault instanceof UnreadableDefinition)
        return <Failed what="This page cannot show the strategy's rules:" error={fault} retry={() => location.reload()} />;
    return (
        <Workbench
            draftKey={savedDraftKey(id)}
            saved={saved}
            initial={emptyDraft}
            template={null}
            restored={earlier ? (now) => ({ ...now, definition: readDefinition(earlier.definition) }) : undefined}
            {...props}
        />
    );
}

const Loading = (): JSX.Element => <Skeleton label="Loading the strategy" lines={10} className="page" />;

const Failed = (props: { what: string; error: unknown; retry: () => void }): JSX.Element => (
    <div className="page">
        <PageHeading title="Strategy · BitStockerz">Strategy</PageHeading>
        <FailureNotice {...props} />
    </div>
);

const Missing = (): JSX.Element => (
    <div className="page">
        <PageHeading title="No such strategy · BitStockerz">No such strategy</PageHeading>
        <EmptyNotice title="This strategy is not here.">
            It was deleted, or it belongs to another account. <Link href="/strategies">All strategies</Link>
        </EmptyNotice>
    </div>
);
