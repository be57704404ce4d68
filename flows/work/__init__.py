"""The models' work on an archive: features in, target, baseline, model, finding; one file a piece."""
