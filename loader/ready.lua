#!lua
-- Asks whether Redis takes writes at present. To a script that says what it does, and may
-- write, it gives the same refusal as to a write: of a replica (READONLY), of a full memory
-- (OOM), of a disk that fails (MISCONF), of too few replicas (NOREPLICAS). It writes nothing.
-- KEYS  1 plan
return 1
