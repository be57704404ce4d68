"""Online learners: classes, since they live across calls; predict first, then learn.

====================  ==========================================================================
``scale``             mean and spread of columns, one row at a time
``restorable``        settings and arrays, to be saved and made again from
``learner``           what all regressors have: rows that are checked, many at once, saving
``linear``            least squares that are solved afresh for each row: the same bits in any pieces
``recursive``         least squares that carry the inverse along: fast, in exact blocks
``descent``           stochastic gradient descent: fastest, in exact blocks
``ftrl``              follow the regularised leader: a rate a column, weights that are 0
``poisson``           counts, with steps that cannot leap
``prequential``       how good has a learner been, row by row?
``drift``             when has a stream changed?
``conformal``         intervals around any learner's predictions
====================  ==========================================================================
"""
