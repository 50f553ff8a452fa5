import { type AuditEvent, listEvents, type Page } from "../../api/access";
import { asUser } from "../../api/session";
import { detailsInWords, eventInWords } from "../../lib/words";
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
            <h2 id="activity-heading">What happened to your account</h2>
            <p className="dim">
                Newest first, in a log that nobody can quietly change. Something you do not know? End all other
                sessions.
            </p>
            {list.state === "loading" && <Skeleton label="Loading the events" lines={8} />}
            {list.state === "failed" && (
                <FailureNotice what="The events could not be loaded." error={list.error} retry={reload} />
            )}
            {list.state === "ready" && list.value.items.length === 0 && (
                <EmptyNotice title="Nothing here.">No events have been written down.</EmptyNotice>
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
                <nav className="pager" aria-label="Pages of events">
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
