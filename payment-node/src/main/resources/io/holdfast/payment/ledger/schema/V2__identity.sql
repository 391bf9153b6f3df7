-- Known to the nodes of this ledger and to nobody else: by it they tell each other's requests and
-- answers from those of strangers. 244 random bits.
ALTER TABLE ledger_layout ADD COLUMN secret bytea NOT NULL DEFAULT
  decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
