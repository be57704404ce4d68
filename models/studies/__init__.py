"""Studies: the experiments that the models were learned from, run again beside what was published."""
