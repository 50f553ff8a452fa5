import { FailureNotice } from "../../ui/notices";
import { Button } from "../../ui/parts";
import type { Pages } from "./use-pages";

/** The way to the older rows of a list, while there are some. */
export const LoadMore = ({ pages, noun }: { pages: Pages<unknown>; noun: string }): JSX.Element => (
    <>
        {pages.hasMore && (
            <p className="table-note">
                <Button isBusy={pages.more.isRunning} onClick={pages.loadMore}>
                    Load older {noun}
                </Button>
            </p>
        )}
        {pages.more.error !== null && <FailureNotice what={`Older ${noun} did not load.`} error={pages.more.error} />}
    </>
);
