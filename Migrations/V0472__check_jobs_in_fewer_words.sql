-- As V0470 says: what is read anew for each statement is worth being short. The same rules in fewer words.
ALTER TABLE jobs
    DROP CONSTRAINT jobs_status,
    DROP CONSTRAINT jobs_outcome,
    ADD CONSTRAINT jobs_status CHECK (
        status = ANY ('{pending,running,completed,failed,timed_out,cancelled}')
    ) NOT VALID,
    ADD CONSTRAINT jobs_outcome CHECK (
        CASE status
            WHEN 'completed' THEN error_code IS NULL AND progress = 1 AND attempts > 0
            ELSE error_code IS NOT NULL OR status <> ALL ('{failed,timed_out}')
        END
    ) NOT VALID;

CREATE OR REPLACE TRIGGER jobs_identity_is_final
    BEFORE UPDATE OF id, job_type, user_id, dedupe_key, created_at ON jobs FOR EACH ROW
    WHEN (
        (OLD.id, OLD.job_type, OLD.user_id, OLD.dedupe_key, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.job_type, NEW.user_id, NEW.dedupe_key, NEW.created_at)
    )
    EXECUTE FUNCTION refuse_change('jobs_identity_is_final');
