-- Read by the console: registrations by the end of their number, by the day they were started on, and those whose mail failed.
CREATE INDEX registrations_by_handle ON read.registrations (right(registration_id::text, 8));
CREATE INDEX registrations_by_start ON read.registrations (started_at);
CREATE INDEX registrations_with_failed_mail ON read.registrations (position) WHERE mail = 'failed';
CREATE INDEX registrations_by_handle ON read_next.registrations (right(registration_id::text, 8));
CREATE INDEX registrations_by_start ON read_next.registrations (started_at);
CREATE INDEX registrations_with_failed_mail ON read_next.registrations (position) WHERE mail = 'failed';
