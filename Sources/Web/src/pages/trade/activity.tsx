import type { ActivityEntry } from "api-types";
import { activityKey, readActivity } from "../../api/trading";
import { orderPath } from "../../lib/routes";
import { activityWords, cash, feeInWords } from "../../lib/trading/words";
import { Link } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { When } from "../../ui/when";
import { LoadMore } from "./load-more";
import { Reading } from "./reading";
import { usePages } from "./use-pages";

/** Orders, fills, refusals and resets in one list, newest first. */
export function Activity(): JSX.Element {
    const pages = usePages<ActivityEntry>(activityKey, readActivity);
    return (
        <>
            <Reading found={pages.found} reload={pages.reload} what="your activity">
                {() =>
                    pages.rows.length === 0 ? (
                        <EmptyNotice title="Nothing has happened yet.">Orders, fills and resets are told here.</EmptyNotice>
                    ) : (
                        <ul className="rows trade-activity" data-testid="activity">
                            {pages.rows.map((entry, index) => (
                                <li key={index}>
                                    <Entry entry={entry} />
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Reading>
            <LoadMore pages={pages} noun="activity" />
        </>
    );
}

const Entry = ({ entry: { at, kind, text, orderId, amount, fee } }: { entry: ActivityEntry }): JSX.Element => (
    <>
        <span>
            <b>{activityWords[kind]}</b>
            <small>{orderId === null ? text : <Link href={orderPath(orderId)}>{text}</Link>}</small>
        </span>
        {amount !== null && (
            <span title="What it moved of the cash, its fee included">
                {Number(amount) > 0 && "+"}
                {cash(amount)}
            </span>
        )}
        {feeInWords(fee) !== null && <small>{feeInWords(fee)}</small>}
        <small className="event-time">
            <When at={at} />
        </small>
    </>
);
