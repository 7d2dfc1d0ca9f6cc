//! What breaks, breaks on purpose here: kills, full disks, wrong input. Nothing answered with success is lost, nothing refused changes anything.
