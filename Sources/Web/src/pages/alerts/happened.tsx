import { markAllRead, markRead, readTold, type Told, toldKey } from "../../api/alerts";
import { headingOf, placeOf } from "../../lib/alert-words";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice } from "../../ui/notices";
import { Button, Card } from "../../ui/parts";
import { useWork } from "../../ui/use-work";
import { When } from "../../ui/when";
import { LoadMore } from "../trade/load-more";
import { Reading } from "../trade/reading";
import { usePages } from "../trade/use-pages";

/** What the user was told, newest first. */
export function Happened(): JSX.Element {
    const pages = usePages<Told>(toldKey, readTold);
    const [work, run] = useWork();
    const hasUnread = pages.rows.some(({ isRead }) => !isRead);
    return (
        <Card
            title="What happened"
            actions={
                hasUnread && (
                    <Button isBusy={work.isRunning} onClick={() => void run(markAllRead)}>
                        Mark all as read
                    </Button>
                )
            }
        >
            {work.error !== null && <FailureNotice what="Nothing was marked as read." error={work.error} />}
            <Reading found={pages.found} reload={pages.reload} what="what happened">
                {() =>
                    pages.rows.length === 0 ? (
                        <EmptyNotice title="Nothing yet.">
                            Set an alert for a price, or choose what else you want to be told of.
                        </EmptyNotice>
                    ) : (
                        <ul className="rows" data-testid="told">
                            {pages.rows.map((told) => (
                                <li key={told.id} className={told.isRead ? undefined : "alerts-unread"}>
                                    <Row told={told} read={() => void run(() => markRead(told.id))} />
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Reading>
            <LoadMore pages={pages} noun="alerts" />
        </Card>
    );
}

function Row({ told, read }: { told: Told; read: () => void }): JSX.Element {
    const place = placeOf(told);
    return (
        <>
            <span>
                <b>
                    {headingOf(told.kind)}
                    {!told.isRead && <span className="visually-hidden">, unread</span>}
                </b>
                <small>
                    {place === null ? (
                        told.detail
                    ) : (
                        <Link href={place} onClick={() => !told.isRead && read()}>
                            {told.detail}
                        </Link>
                    )}
                </small>
            </span>
            <small className="event-time">
                <When at={told.createdAt} />
            </small>
            {!told.isRead && (
                <Button aria-label={`Mark as read: ${told.detail}`} onClick={read}>
                    Mark as read
                </Button>
            )}
        </>
    );
}
