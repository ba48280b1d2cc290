-- Read and written by the console: a purpose there is as long as every other stated reason (3 to 200 characters).
ALTER TABLE console.sessions
  DROP CONSTRAINT sessions_purpose_check,
  ADD CONSTRAINT sessions_purpose_check CHECK (length(purpose) BETWEEN 3 AND 200);
