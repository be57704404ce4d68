"""Online learners: classes, since they live across calls; predict first, then learn."""
