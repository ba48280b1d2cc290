-- Read by the projector: the folds remember more than before (FOLD_VERSION 2), so that tables with rows of an earlier fold are made
-- again from the log at the next start. Where nothing was folded yet there is nothing to make again.
UPDATE read.checkpoints SET fold_version = 2 WHERE position = 0;
