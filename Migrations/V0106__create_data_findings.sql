-- What was found out about the bars of each series, and at which revision of them. A series whose revision has moved on,
-- or that has no row here, is still to be checked.
CREATE TABLE series_checks (
    symbol_id integer NOT NULL,
    interval text NOT NULL,
    revision bigint NOT NULL CONSTRAINT series_checks_revision CHECK (revision >= 1),
    expected bigint NOT NULL CONSTRAINT series_checks_expected CHECK (expected >= 0),
    missing bigint NOT NULL CONSTRAINT series_checks_missing CHECK (missing BETWEEN 0 AND expected),
    infos integer NOT NULL DEFAULT 0 CONSTRAINT series_checks_infos CHECK (infos >= 0),
    warnings integer NOT NULL DEFAULT 0 CONSTRAINT series_checks_warnings CHECK (warnings >= 0),
    errors integer NOT NULL DEFAULT 0 CONSTRAINT series_checks_errors CHECK (errors >= 0),
    checked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol_id, interval),
    FOREIGN KEY (symbol_id, interval) REFERENCES bar_series (symbol_id, interval)
);

CREATE TABLE data_findings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    symbol_id integer NOT NULL,
    interval text NOT NULL,
    check_name text NOT NULL CONSTRAINT data_findings_check_name CHECK (check_name ~ '^[a-z][a-z_]{0,63}$'),
    severity text NOT NULL CONSTRAINT data_findings_severity CHECK (severity IN ('info', 'warning', 'error')),
    first timestamptz NOT NULL,
    last timestamptz NOT NULL,
    count bigint NOT NULL CONSTRAINT data_findings_count CHECK (count >= 1),
    detail text NOT NULL CONSTRAINT data_findings_detail CHECK (length(detail) BETWEEN 1 AND 1000),
    dismissed_at timestamptz,
    CONSTRAINT data_findings_range CHECK (first <= last),
    CONSTRAINT data_findings_key UNIQUE (symbol_id, interval, check_name, first, last),
    FOREIGN KEY (symbol_id, interval) REFERENCES series_checks (symbol_id, interval)
);

COMMENT ON TABLE series_checks IS 'What the checks of each series came to';
COMMENT ON COLUMN series_checks.revision IS 'Of the bars that were looked at';
COMMENT ON COLUMN series_checks.expected IS 'How many bars there should be from the first to the last';
COMMENT ON COLUMN series_checks.missing IS 'How many of them there are not';
COMMENT ON COLUMN series_checks.infos IS 'Findings of that severity that nobody has dismissed; so are the other two';
COMMENT ON TABLE data_findings IS 'What a person should know before trusting a result over these bars';
COMMENT ON COLUMN data_findings.check_name IS 'What was looked for; the words are in Sources/Quality/Finding.swift';
COMMENT ON COLUMN data_findings.first IS 'Start of the first bar it is about, or of the first that is missing';
COMMENT ON COLUMN data_findings.last IS 'Start of the last one';
COMMENT ON COLUMN data_findings.count IS 'How many bars, missing bars or days it is about';
COMMENT ON COLUMN data_findings.detail IS 'What was found and what to do, for people';
COMMENT ON COLUMN data_findings.dismissed_at IS 'When an operator said it is all right; kept while severity and count stay the same';
