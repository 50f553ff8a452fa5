import { useLeaving } from "./navigation";
import { Question } from "./parts/dialog";

/** Asks before the reader leaves behind what is not saved. */
export function LeaveQuestion(): JSX.Element {
    const leaving = useLeaving();
    return (
        <Question
            title="Leave this page?"
            isOpen={leaving !== null}
            yes="Leave"
            no="Stay"
            agree={() => leaving?.go()}
            decline={() => leaving?.stay()}
        >
            <p>{leaving?.message}</p>
        </Question>
    );
}
