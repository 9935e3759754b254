"""The ground floor: organisation, context, clock, journal, audit, outbox, files, live events, jobs."""
