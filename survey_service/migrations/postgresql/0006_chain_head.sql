-- The last entry of the trail, held until the transaction ends. Each statement of a volatile function sees what was
-- committed while the lock was waited for; one plain statement with both would see the chain as it was before.
CREATE FUNCTION survey_service_audit_head() RETURNS TABLE (seq BIGINT, mac TEXT) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(727002);
    RETURN QUERY SELECT e.seq::bigint, e.mac::text FROM survey_service_audit_entry e ORDER BY e.seq DESC LIMIT 1;
END
$$;
