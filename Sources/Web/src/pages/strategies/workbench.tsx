/* The builder itself, for a new strategy and for a saved one. */
import type { Strategy } from "api-types";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/http";
import { deleteStrategy, duplicateStrategy } from "../../api/strategies";
import { type Catalog, sides } from "../../lib/definition/grammar";
import { indicatorLabels, type Labels } from "../../lib/definition/names";
import { fileText, type StrategyDraft } from "../../lib/definition/strategy";
import type { Faults } from "../../lib/definition/faults";
import { savedDraftKey } from "../../lib/definition/unfinished";
import type { Template } from "../../lib/definition/templates";
import { emptyDefinition, isSameDefinition } from "../../lib/definition/tree";
import { fileName } from "../../lib/file-name";
import { newBacktestPath, newRunnerPath, strategyPath, strategyVersionsPath } from "../../lib/routes";
import { useCommands } from "../../ui/commands";
import { faultOf } from "../../ui/form";
import { RedoIcon, UndoIcon } from "../../ui/icons";
import { Link, navigate, PageHeading, useGuard } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Button, IconButton, Menu, Notice, Question, toast } from "../../ui/parts";
import { saveFile } from "../../ui/save-file";
import { AboutTemplate, Templates } from "../../ui/templates";
import { useWork } from "../../ui/use-work";
import { AboutFields } from "./about-fields";
import { SideCard } from "./conditions";
import { goOn, goOnAt, isGoingOn } from "./going-on";
import { ImportButton, takeHanded } from "./import";
import { Indicators } from "./indicators";
import { Levels } from "./levels";
import { Overtaken } from "./overtaken";
import { Preview } from "./preview";
import type { Edit } from "./rows";
import { Sentence } from "./sentence";
import { type Builder, useBuilder } from "./use-builder";
import { useFresh } from "./use-fresh";
import { useValidation } from "./use-validation";

interface Props {
    readonly user: string;
    readonly draftKey: string;
    readonly catalog: Catalog;
    readonly saved: Strategy | null;
    readonly initial: StrategyDraft;
    readonly template: Template | null;
    /** A definition to go on with in the place of the saved one: an earlier version. */
    readonly restored?: ((now: StrategyDraft) => StrategyDraft) | undefined;
}

export function Workbench({ user, draftKey, catalog, saved, initial, template, restored }: Props): JSX.Element {
    const builder = useBuilder({ user, draftKey, saved, initial });
    const { work, draft, base, isUnsaved, overtaking, saving } = builder;
    const { definition } = draft;
    const { change } = work;
    const verdict = useValidation(definition, catalog);
    const root = useRef<HTMLDivElement>(null);
    const [isArrived] = useState(() => isGoingOn(draftKey));
    // Nobody is told what is missing before they have begun.
    const isBegun = !isSameDefinition(definition, emptyDefinition) || saving.error !== null;
    const fresh = useFresh(definition, verdict.faults);
    const faults = isBegun ? fresh.told : nothingWrong;
    const latest = useRef(definition);
    latest.current = definition;
    const edit = useCallback<Edit>(
        (next, of) => {
            if (of === undefined) fresh.change(latest.current, next(latest.current));
            change((now) => {
                const changed = next(now.definition);
                return changed === now.definition ? now : { ...now, definition: changed };
            }, of);
        },
        [change, fresh.change],
    );
    // A key first shows in its own field; what else follows from it, names in forty lists and the chart, comes behind.
    const labels = useDeferredValue(useLabels(draft));
    const shown = useDeferredValue(definition);
    const shownVerdict = useDeferredValue(verdict);

    const isFirst = useRef(true);
    useEffect(() => {
        // React's strict mode runs this twice; what was handed over is taken once.
        if (!isFirst.current) return;
        isFirst.current = false;
        goOn(draftKey, root.current);
        const handed = saved === null ? takeHanded() : null;
        if (handed) change(() => handed);
        if (!restored) return;
        change(restored);
        // Taken once: after a reload the draft is what counts.
        navigate(location.pathname, { replace: true });
    }, []);

    useGuard(isUnsaved, "Your changes are not saved. They stay in this browser as a draft, and wait for you here.");

    const goToFault = useCallback((): void => {
        const found = root.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid="true"]');
        found?.focus();
        found?.scrollIntoView({ block: "center" });
    }, []);
    useEffect(() => {
        if (saving.error !== null) goToFault();
    }, [saving.error, goToFault]);
    const [asked, setAsked] = useState(0);
    const showFault = useCallback((): void => {
        fresh.tellAll();
        setAsked((count) => count + 1);
    }, [fresh.tellAll]);
    useEffect(() => {
        if (asked > 0) goToFault();
    }, [asked, goToFault]);

    const save = async (then?: (strategy: Strategy) => string, over = false): Promise<void> => {
        if (base !== null && !isUnsaved) {
            if (saved && then) navigate(then(saved));
            return;
        }
        fresh.tellAll();
        const now = await builder.save({ over, leaves: then !== undefined });
        if (!now) return;
        const isNew = base?.version !== now.versionNumber;
        toast(isNew ? `Saved as version ${now.versionNumber}.` : "Saved.");
        const next = then?.(now) ?? (saved === null ? savedPath(now.id) : null);
        if (saved === null && !then) goOnAt(savedDraftKey(now.id), root.current);
        if (next !== null) navigate(next, { replace: saved === null && !then, force: true });
    };
    const symbol = new URLSearchParams(location.search).get("symbol");
    const backtest = (strategy: Strategy): string => newBacktestPath({ strategy: strategy.id, symbol });
    const runOnPaper = (id: string): void => navigate(newRunnerPath({ strategy: id, symbol }));
    useCommands([
        { id: "save strategy", label: "Save the strategy", group: "Strategy", keys: "Ctrl+S", run: () => void save() },
        ...(saved ? [{ id: "run on paper", label: "Run on paper", group: "Strategy", run: () => runOnPaper(saved.id) }] : []),
        { id: "undo", label: "Undo", group: "Strategy", keys: "Ctrl+Z", run: work.undo },
        { id: "redo", label: "Redo", group: "Strategy", keys: "Ctrl+Shift+Z", run: work.redo },
    ]);

    const title = draft.name.trim() || "New strategy";
    return (
        <div className="page page-workspace builder" ref={root}>
            <div className="page-head builder-head">
                <div className="builder-title">
                    <PageHeading title={`${title} \u00B7 BitStockerz`}>
                        <bdi>{title}</bdi>
                    </PageHeading>
                    <p className="sub" role="status" data-testid="save-state">
                        {stateInWords(builder)}
                    </p>
                </div>
                <div className="builder-actions">
                    <IconButton
                        label="Undo"
                        title="Undo (Ctrl+Z)"
                        aria-disabled={!work.canUndo}
                        onClick={work.undo}
                    >
                        <UndoIcon />
                    </IconButton>
                    <IconButton
                        label="Redo"
                        title="Redo (Ctrl+Shift+Z)"
                        aria-disabled={!work.canRedo}
                        onClick={work.redo}
                    >
                        <RedoIcon />
                    </IconButton>
                    <More {...{ builder, saved, symbol }} />
                    <Button isBusy={saving.isRunning} onClick={() => void save(backtest)}>
                        {isUnsaved || base === null ? "Save and backtest" : "Backtest"}
                    </Button>
                    <Button
                        kind="primary"
                        isBusy={saving.isRunning}
                        aria-disabled={base !== null && !isUnsaved}
                        title="Save (Ctrl+S)"
                        onClick={() => void save()}
                    >
                        {saving.isRunning ? "Saving\u2026" : "Save"}
                    </Button>
                </div>
            </div>
            <Trouble builder={builder} isNews={!isArrived} />
            {saved && base && overtaking && (
                <Overtaken
                    {...{ base, draft }}
                    id={saved.id}
                    current={overtaking}
                    isBusy={saving.isRunning}
                    saveMine={() => void save(undefined, true)}
                    takeTheirs={builder.discard}
                />
            )}
            {saved === null && template === null && !builder.isRestored && (
                <section aria-labelledby="templates-heading">
                    <h2 id="templates-heading">
                        Start from a template <small>or build your own below</small>
                    </h2>
                    <Templates symbol={symbol} />
                </section>
            )}
            <Sentence {...{ verdict, isBegun }} told={faults} goToFault={showFault} />
            <div className="builder-columns">
                <div className="builder-rules" {...fresh.watch}>
                    <AboutFields draft={draft} error={saving.error} change={change} />
                    <Indicators {...{ definition, catalog, edit }} faults={faults} />
                    {sides.map((row) => (
                        <SideCard
                            key={row.side}
                            {...{ row, labels, catalog, edit }}
                            group={definition[row.side]}
                            faults={faults}
                        />
                    ))}
                    <Levels risk={definition.risk} faults={faults} edit={edit} />
                </div>
                <div className="builder-side">
                    <Preview
                        definition={shown}
                        verdict={shownVerdict}
                        assetType={draft.assetType}
                        timeframe={draft.timeframe}
                    />
                    {template && <AboutTemplate template={template} />}
                </div>
            </div>
        </div>
    );
}

const nothingWrong: Faults = new Map();

/** Of a strategy that was new until now: what is looked at stays, the template has done its work. */
function savedPath(id: string): string {
    const query = new URLSearchParams(location.search);
    query.delete("template");
    const text = query.toString();
    return strategyPath(id) + (text && `?${text}`);
}

/** The same object as long as every label is the same: rows that show them need not be drawn again. */
function useLabels({ definition }: StrategyDraft): Labels {
    const labels = useMemo(() => indicatorLabels(definition.indicators), [definition.indicators]);
    const held = useRef(labels);
    const isSame = JSON.stringify([...held.current]) === JSON.stringify([...labels]);
    if (!isSame) held.current = labels;
    return held.current;
}

function stateInWords({ base, isUnsaved, saving, work }: Builder): string {
    const kept = work.isKept ? "kept as a draft in this browser" : "not saved, and this browser keeps no drafts";
    if (saving.isRunning) return "Saving\u2026";
    if (base === null) return isUnsaved ? `Not saved yet, ${kept}` : "Not saved yet";
    return isUnsaved ? `Version ${base.version} with changes, ${kept}` : `Version ${base.version}, saved`;
}

/** What stands above the form: a draft that has come back, and a failure that no field shows. */
function Trouble({ builder, isNews }: { builder: Builder; isNews: boolean }): JSX.Element {
    const { saving, isRestored, isUnsaved } = builder;
    const [isRead, setRead] = useState(false);
    const { error } = saving;
    const isAtField =
        ["name", "description", "asset_type", "timeframe"].some((field) => faultOf(error, field) !== null) ||
        (error instanceof ApiError && error.fieldErrors.some(({ field }) => field.startsWith("definition")));
    return (
        <>
            {error !== null && !isAtField && (
                <FailureNotice what="The strategy was not saved. What you typed is still here." error={error} />
            )}
            {isRestored && isUnsaved && isNews && !isRead && (
                <Notice title="Your draft is back.">
                    It was not saved when you left, and was kept in this browser.
                    <p className="row">
                        <Button onClick={() => setRead(true)}>Keep it</Button>
                        <Button
                            onClick={() => {
                                setRead(true);
                                builder.discard();
                            }}
                        >
                            Discard it
                        </Button>
                    </p>
                </Notice>
            )}
        </>
    );
}

interface MoreProps {
    readonly builder: Builder;
    readonly saved: Strategy | null;
    /** That its signals are shown on. */
    readonly symbol: string | null;
}

function More({ builder, saved, symbol }: MoreProps): JSX.Element {
    const { work, draft, isUnsaved } = builder;
    const [isDeleting, setDeleting] = useState(false);
    const [other, run] = useWork();
    const copy = (id: string): void =>
        void run(async () => {
            const made = await duplicateStrategy(id);
            toast(`Copied as \u201C${made.name}\u201D.`);
            navigate(strategyPath(made.id));
        });
    const remove = (id: string): void =>
        void run(async () => {
            await deleteStrategy(id);
            work.end();
            setDeleting(false);
            toast(`\u201C${draft.name}\u201D is deleted.`);
            navigate("/strategies", { force: true });
        });
    return (
        <>
            <Menu label="More">
                {saved && <Link href={strategyVersionsPath(saved.id)}>Versions</Link>}
                {saved && (
                    <Link href={newRunnerPath({ strategy: saved.id, symbol })}>
                        Run version {saved.versionNumber} on paper
                    </Link>
                )}
                {saved && (
                    <Button kind="quiet" isBusy={other.isRunning} onClick={() => copy(saved.id)}>
                        {isUnsaved ? "Duplicate what is saved" : "Duplicate"}
                    </Button>
                )}
                <Button kind="quiet" onClick={() => saveFile(fileName([draft.name, "strategy"], "json"), "application/json", fileText(draft))}>
                    Export JSON
                </Button>
                {saved && (
                    <Button kind="quiet" className="menu-danger" onClick={() => setDeleting(true)}>
                        Delete
                    </Button>
                )}
            </Menu>
            <ImportButton className="button-quiet" take={(next) => work.change(() => next)} />
            {other.error !== null && <FailureNotice what="That did not work." error={other.error} />}
            <Question
                title={`Delete \u201C${draft.name}\u201D?`}
                isOpen={isDeleting}
                yes="Delete it"
                isBusy={other.isRunning}
                agree={() => saved && remove(saved.id)}
                decline={() => setDeleting(false)}
            >
                <p>All its versions go. Its backtests stay, and what was tried stays counted.</p>
            </Question>
        </>
    );
}
