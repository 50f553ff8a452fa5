import { readReplays, type Replay, replaysKey } from "../../api/replays";
import { newPracticePath } from "../../lib/routes";
import { Link } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { Card } from "../../ui/parts";
import { ReplayTable } from "../practice/replay-table";
import { LoadMore } from "./load-more";
import { Reading } from "./reading";
import { usePages } from "./use-pages";

/** Accounts of their own on past days. */
export function Practice(): JSX.Element {
    const pages = usePages<Replay>(replaysKey, readReplays);
    return (
        <Card
            title="Practise on past days"
            isFlush={pages.found.state === "ready"}
            actions={
                <Link href={newPracticePath()} className="button">
                    Practise
                </Link>
            }
        >
            <Reading found={pages.found} reload={pages.reload} what="your practice" lines={2}>
                {() =>
                    pages.rows.length === 0 ? (
                        <EmptyNotice title="No practice yet.">
                            Trade past days bar by bar, without seeing the next one, with money that is not this account’s.
                        </EmptyNotice>
                    ) : (
                        <ReplayTable replays={pages.rows} />
                    )
                }
            </Reading>
            <LoadMore pages={pages} noun="practice" />
        </Card>
    );
}
