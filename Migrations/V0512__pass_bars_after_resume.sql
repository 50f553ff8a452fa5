-- A runner is resumed while bars have begun that are stored later: whoever resumes it may have seen what they brought.
ALTER TABLE paper_runners ADD COLUMN passes_until timestamptz;

COMMENT ON COLUMN paper_runners.passes_until IS 'Start of the last bar that had begun when it was last resumed, stored or not: it trades later ones';
COMMENT ON COLUMN paper_runners.after_bar IS 'Start of the last bar that had begun when it was started, stored or not; it trades later ones';
