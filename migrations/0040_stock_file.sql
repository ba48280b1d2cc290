-- Read by nobody: the local copy of INSEE's stock is an index file in the data directory now (crate `directory`, `stock`).
--
-- Import the stock file once more after this migration; until then the local copy is silent, as an empty table was.
-- directory.imports keeps its rows of kind 'sirene', old and new.

DROP TABLE directory.sirene;
