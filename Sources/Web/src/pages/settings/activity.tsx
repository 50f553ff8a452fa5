import { type AuditEvent, listEvents, type Page } from "../../api/access";
import { asUser } from "../../api/session";
import { detailsInWords } from "../../lib/activity-words";
import { eventInWords } from "../../lib/words";
import { navigate, useQuery } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { useResource } from "../../ui/use-resource";
import { When } from "../../ui/when";

const perPage = 25;

export function Activity(): JSX.Element {
    const page = Math.max(1, Math.floor(Number(new URLSearchParams(useQuery()).get("page")) || 1));
    const [list, reload] = useResource<Page<AuditEvent>>(`events ${page}`, () =>
        asUser(() => listEvents((page - 1) * perPage)),
    );
    const turn = (to: number): void => navigate(to === 1 ? "/settings/activity" : `/settings/activity?page=${to}`);
    return (
        <section className="card form" aria-labelledby="activity-heading">
            <h2 id="activity-heading">Account activity</h2>
            <p className="dim">
                Newest first, in a log that cannot be changed unnoticed. If you see something you do not recognise, sign out all other sessions.
            </p>
            {list.state === "loading" && <Skeleton label="Loading your activity" lines={8} />}
            {list.state === "failed" && (
                <FailureNotice what="Your activity did not load." error={list.error} retry={reload} />
            )}
            {list.state === "ready" && list.value.items.length === 0 && (
                <EmptyNotice title="No activity on this page.">Go back to the newest.</EmptyNotice>
            )}
            {list.state === "ready" && list.value.items.length > 0 && (
                <ul className="rows">
                    {list.value.items.map((event) => (
                        <li key={event.id}>
                            <span>
                                <b>{eventInWords(event.type)}</b>
                                <small>{detailsInWords(event.details)}</small>
                            </span>
                            <small className="event-time">
                                <When at={event.createdAt} />
                            </small>
                        </li>
                    ))}
                </ul>
            )}
            {list.state === "ready" && (page > 1 || list.value.hasMore) && (
                <nav className="pager" aria-label="Pages of activity">
                    <button type="button" disabled={page === 1} onClick={() => turn(page - 1)}>
                        Newer
                    </button>
                    <span role="status">Page {page}</span>
                    <button type="button" disabled={!list.value.hasMore} onClick={() => turn(page + 1)}>
                        Older
                    </button>
                </nav>
            )}
        </section>
    );
}
